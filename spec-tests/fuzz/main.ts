// `npm run fuzz -- [OPTIONS]`: compares our engine with a native one on generated modules.
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Answer, difference } from "./compare.ts";
import { type Recorded, writeCorpus } from "./corpus.ts";
import { Generator } from "./generate.ts";
import { childProgram, LineProcess } from "./processes.ts";
import { isProfileName, type ProfileName, profiles } from "./profiles.ts";
import { newerNodeFile } from "./tools.ts";

const usage = `usage: npm run fuzz -- [OPTIONS]

Generates valid modules with binaryen's fuzzer, runs each on our engine and on a native one, and compares what can be seen.

  --profile NAME     what the modules may have (3.0):
                     2.0     compared with this Node
                     3.0     compared with the newer Node that npm ships
                     legacy  3.0 with exceptions of the legacy form too, which are translated for that Node
                     threads 3.0 with shared memories and atomic instructions
  --seeds FROM-TO    the seeds of the modules (1-100)
  --input-size N     bytes that a module is made from (14000)
  --seconds N        how long an engine may take for a module (60)
  --optimized        optimize the modules with -O3, drivers and all
  --record FILE      write modules of at most 4 KiB and what the native engine made of them into a corpus
  --interface        on us through the JavaScript interface
  --words            on our run loop for engines without caches of properties, as QuickJS is
  --keep             keep the modules in .cache/fuzz/modules, not only those with a difference
  --help             print this

The last line is "N modules, N well run, N different"; well run is a module of which ten functions or more came to results.
The exit code is 1 where a module was different. What was seen of each module is added to .cache/fuzz/PROFILE.jsonl.
`;

/** Functions that come to their results in a module that is well run. */
const WELL_RUN = 10;

/** The largest module that is recorded, in bytes. */
const RECORDED_SIZE = 4096;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

async function fuzz(profileName: ProfileName, seeds: readonly number[], options: FuzzOptions): Promise<number> {
  const profile = profiles[profileName];
  const work = join(root, ".cache", "fuzz");
  const modules = join(work, "modules");
  mkdirSync(modules, { recursive: true });
  const generator = new Generator(work);
  const program = childProgram("child");
  const nativeNode = profile.native === "own" ? process.execPath : newerNodeFile();
  const us = new LineProcess(
    process.execPath,
    [...program, options.words ? "words" : options.interface ? "interface" : "us", profileName],
    options.seconds,
  );
  const them = new LineProcess(nativeNode, [...program, "native", profileName], options.seconds);
  let wellRun = 0;
  let different = 0;
  const recorded: Recorded[] = [];
  for (const seed of seeds) {
    const largest = options.record === undefined ? Number.POSITIVE_INFINITY : RECORDED_SIZE;
    const fewest = options.record === undefined ? 2 * WELL_RUN : WELL_RUN;
    const fits = { inputSize: options.inputSize, fewest, largest, optimized: options.optimized };
    const bytes = await generator.generate(profile, seed, fits);
    const ours = (await us.ask(base64(bytes))) as Answer;
    const native = (await them.ask(base64(await generator.forNative(profile, bytes)))) as Answer;
    const found = difference(ours, native);
    const returned = "error" in native ? 0 : native.returned;
    if (returned >= WELL_RUN) wellRun++;
    if (found !== undefined) {
      different++;
      console.log(`seed ${seed} differs: ${found}`);
    }
    if (found !== undefined || options.keep) writeFileSync(join(modules, `${profileName}-${seed}.wasm`), bytes);
    if (!("error" in native)) recorded.push({ seed, bytes, lines: native.lines });
    const lines = "error" in native ? 0 : native.lines.length;
    const { inputSize, optimized } = options;
    const record = { seed, inputSize, optimized, size: bytes.length, returned, lines, found };
    appendFileSync(join(work, `${profileName}.jsonl`), `${JSON.stringify(record)}\n`);
  }
  if (options.record !== undefined) writeFileSync(options.record, writeCorpus(recorded));
  for (const child of [generator, us, them]) child.end();
  console.log(`${seeds.length} modules, ${wellRun} well run, ${different} different`);
  return different;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

interface FuzzOptions {
  readonly inputSize: number;
  readonly seconds: number;
  readonly keep: boolean;
  readonly record: string | undefined;
  readonly optimized: boolean;
  readonly words: boolean;
  readonly interface: boolean;
}

function range(text: string): number[] {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (from === undefined || Number(to) < Number(from)) throw new Error(`${text} is no range of seeds, as 1-100 is`);
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i);
}

const { values } = parseArgs({
  options: {
    profile: { type: "string", default: "3.0" },
    seeds: { type: "string", default: "1-100" },
    "input-size": { type: "string", default: "14000" },
    seconds: { type: "string", default: "60" },
    record: { type: "string" },
    optimized: { type: "boolean", default: false },
    words: { type: "boolean", default: false },
    interface: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(usage);
else if (!isProfileName(values.profile))
  throw new Error(`there is no profile ${values.profile}: 2.0, 3.0, legacy, threads`);
else {
  const { keep, record, optimized, words, interface: throughInterface } = values;
  const [inputSize, seconds] = [Number(values["input-size"]), Number(values.seconds)];
  const options = { inputSize, seconds, keep, record, optimized, words, interface: throughInterface };
  const different = await fuzz(values.profile, range(values.seeds), options);
  if (different > 0) process.exitCode = 1;
}
