// Loads a module several times, in a process of its own: `load-child.mjs ENGINE DIST FILE ROUNDS` prints a LoadSample as JSON.
// Needs Node's option --expose-gc.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cpuTime } from "./cpu-time.ts";
import type { OurBuild } from "./engines.ts";
import type { LoadEngine, LoadSample } from "./load-sample.ts";

const [kind = "", dist = "", file = "", rounds = ""] = process.argv.slice(2);

/** Loads and validates, and gives what must be kept to go on with the module. */
type Load = (bytes: Uint8Array) => unknown;

interface Validating {
  validate(bytes: Uint8Array): boolean;
}

async function loadOf(engine: LoadEngine): Promise<Load> {
  if (engine === "native") {
    const native = (globalThis as { readonly WebAssembly?: Validating }).WebAssembly;
    if (native === undefined) throw new Error("this Node has no WebAssembly");
    return (bytes) => {
      if (!native.validate(bytes)) throw new Error("V8 refuses the module");
      return bytes;
    };
  }
  const { Configure, Loader, Proposal, Validator } = (await import(
    pathToFileURL(join(dist, "index.js")).href
  )) as OurBuild & Pick<typeof import("../src/index.ts"), "Configure" | "Proposal">;
  const configure = new Configure();
  for (const proposal of [Proposal.Threads, Proposal.LegacyExceptionHandling]) configure.addProposal(proposal);
  configure.runtime.lazyValidation = engine === "lazy";
  return (bytes) => {
    const loader = new Loader(configure);
    const validator = new Validator(configure);
    // A build that `--baseline` names may have only the two steps.
    const { parseAndValidate }: Partial<typeof validator> = validator;
    if (parseAndValidate !== undefined) return parseAndValidate.call(validator, loader, bytes);
    const module = loader.parseModule(bytes);
    validator.validate(module);
    return module;
  };
}

function collectGarbage(): void {
  (globalThis as { readonly gc?: () => void }).gc?.();
}

/** Bytes of the heap and of the buffers outside of it. */
function heapAndBuffers(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function measure(): Promise<LoadSample> {
  const load = await loadOf(kind as LoadEngine);
  const heapBefore = heapAndBuffers();
  const { rss } = process.memoryUsage();
  const bytes = new Uint8Array(readFileSync(file));
  const times: number[] = [];
  const walls: number[] = [];
  let peak = 0;
  let after = 0;
  for (let round = 0; round < Number(rounds); round++) {
    const start = cpuTime();
    const wall = performance.now();
    const loaded = load(bytes);
    walls.push(performance.now() - wall);
    times.push(cpuTime() - start);
    if (round === 0) {
      peak = process.resourceUsage().maxRSS * 1024 - rss;
      after = heapAndBuffers() - heapBefore;
    }
    if (loaded === undefined) throw new Error("nothing was loaded");
  }
  return { times, walls, size: bytes.length, peak, after };
}

measure().then(
  (sample) => console.log(JSON.stringify(sample)),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
