// `npm run test:js-api -- FOLDER [NAME...]`: the specification's tests of the JavaScript interface on ours, each file in a process
// of its own; with --native on a Node's own interface, which shows whether the runner is right.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { newerNodeFile } from "../fuzz/tools.ts";
import type { FileResult } from "./harness.ts";
import { entriesWithoutFile, judge, type KnownDeviation } from "./judge.ts";
import { findTests, type TestFile, testFolder } from "./test-files.ts";

const usage = `usage: npm run test:js-api -- FOLDER [NAME...]

Runs the specification's tests of the JavaScript interface: FOLDER is a checkout of WebAssembly/spec, or its test/js-api.
With NAMEs, only the files whose paths have one of them in it.

  --native        on the WebAssembly of the newer Node that npm ships
  --node FILE     on this Node instead: ours in it, or with --native its own
  --jitless       where V8 makes no code: the Node's own WebAssembly does not exist there
  --list          print each failed subtest with its message, also where the failure is known
  --seconds N     how long a file may take (60); ten times that where it says that it takes long
  --help          print this

Subtests that are known to fail, and why, stand in known-deviations.json; one of these that passes is a failure. The last line is
"N passed, N failed"; the exit code is 1 where something failed or nothing passed.
`;

const folder = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(folder));

interface Options {
  readonly node: string;
  readonly flags: readonly string[];
  /** The module of our interface, or `native`. */
  readonly engine: string;
  readonly seconds: number;
}

/** What came of a file, run in a process of its own. */
function run(program: string, tests: string, { name, scripts, long }: TestFile, options: Options): FileResult {
  const result = join(dirname(program), "result.json");
  rmSync(result, { force: true });
  const seconds = long ? options.seconds * 10 : options.seconds;
  const argv = [...options.flags, program, result, options.engine, tests, ...scripts];
  const { error, signal, status, stderr } = spawnSync(options.node, argv, {
    encoding: "utf8",
    killSignal: "SIGKILL",
    timeout: seconds * 1000,
  });
  if (existsSync(result)) return JSON.parse(readFileSync(result, "utf8")) as FileResult;
  if (error !== undefined && (error as NodeJS.ErrnoException).code === "ETIMEDOUT") {
    return { subtests: [], errors: [`${name} did not end within ${seconds} s`] };
  }
  if (error !== undefined) throw error;
  return { subtests: [], errors: [`the process ended with ${signal ?? status}: ${stderr.slice(-2000)}`] };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      native: { type: "boolean", default: false },
      node: { type: "string" },
      jitless: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      seconds: { type: "string", default: "60" },
      help: { type: "boolean", default: false },
    },
  });
  const [named, ...names] = positionals;
  const seconds = Number(values.seconds);
  if (values.help || named === undefined || !(seconds > 0)) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const options: Options = {
    node: values.node ?? (values.native ? newerNodeFile() : process.execPath),
    flags: values.jitless ? ["--jitless"] : [],
    engine: values.native ? "native" : join(root, "dist", "js-api.js"),
    seconds,
  };
  const known = JSON.parse(readFileSync(join(folder, "known-deviations.json"), "utf8")) as {
    readonly [engine in "ours" | "native"]: readonly KnownDeviation[];
  };
  const deviations = known[values.native ? "native" : "ours"];
  const tests = testFolder(resolve(named));
  const all = findTests(tests);
  const isWanted = (name: string): boolean => names.length === 0 || names.some((part) => name.includes(part));
  const wanted = all.filter(({ name }) => isWanted(name));
  mkdirSync(join(root, ".cache"), { recursive: true });
  const work = mkdtempSync(join(root, ".cache", "js-api-"));
  process.on("exit", () => rmSync(work, { recursive: true, force: true }));
  const program = join(work, "child.mjs");
  await build({
    entryPoints: [join(folder, "child.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  let passed = 0;
  let failed = 0;
  let knownCount = 0;
  for (const test of wanted) {
    const verdict = judge(test.name, run(program, tests, test, options), deviations);
    passed += verdict.passed;
    failed += verdict.failures.length;
    knownCount += verdict.known.length;
    const knownText = verdict.known.length > 0 ? `, ${verdict.known.length} known to fail` : "";
    console.log(`${test.name}: ${verdict.passed} passed, ${verdict.failures.length} failed${knownText}`);
    if (!values.list) continue;
    for (const { subtest, message } of verdict.failures) console.log(`  ${subtest}\n    ${message}`);
    for (const { subtest, message } of verdict.known) console.log(`  known: ${subtest}\n    ${message}`);
  }
  for (const file of entriesWithoutFile(
    all.map(({ name }) => name),
    deviations.filter(({ file }) => isWanted(file)),
  )) {
    failed++;
    console.log(`known-deviations.json names ${file}, which is not there`);
  }
  if (knownCount > 0) console.log(`${knownCount} failed as is known, for the reasons in known-deviations.json`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

process.exitCode = await main();
