// `npm run test:wasi -- FOLDER`: runs the preview 1 programs of WebAssembly/wasi-testsuite with its own runner and its own
// adapter for `wasmedge`, whose one executable file is our dist/cli.js. FOLDER is a checkout of the branch `prod/testsuite-all`,
// which has the programs compiled. Then the same in this process on the other file systems. Fails where a program fails, is
// skipped or is missing. The runner gives each program five seconds, which may be too few where the machine has much else to do.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runInProcess } from "./testsuite-in-process.ts";
import { EXPECTED_PROGRAMS, judge, type TestsuiteReport } from "./testsuite-result.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Starts the runner, which is written for Python 3.12, where a text can be asked for among the values of an enumeration; before,
 * that was a TypeError.
 */
const start = `
import enum, os, runpy, sys
if sys.version_info < (3, 12):
    asked = enum.EnumMeta.__contains__
    enum.EnumMeta.__contains__ = lambda kind, member: (
        member in kind._value2member_map_ if isinstance(member, str) else asked(kind, member))
sys.argv = sys.argv[1:]
sys.path.insert(0, os.path.dirname(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
`;

function suitesOf(folder: string): string[] {
  return Object.keys(EXPECTED_PROGRAMS).map((name) => join(folder, "tests", name, "testsuite", "wasm32-wasip1"));
}

function run(folder: string, report: string): void {
  const suites = suitesOf(folder);
  const args = [
    ...[join(folder, "test-runner", "wasi_test_runner.py"), "--disable-colors"],
    ...["--runtime-adapter", join(folder, "adapters", "wasmedge.py"), "--json-output-location", report],
    ...["--test-suite", ...suites],
  ];
  const missing = [args[0], ...suites].find((path) => !existsSync(path));
  if (missing !== undefined) throw new Error(`there is no ${missing}: is the branch prod/testsuite-all checked out?`);
  const env = { ...process.env, WASMEDGE: join(root, "dist", "cli.js") };
  const { error } = spawnSync("python3", ["-c", start, ...args], { env, stdio: "inherit" });
  if (error !== undefined) throw error;
  if (!existsSync(report)) throw new Error("the runner has written no report");
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error(
    "usage: npm run test:wasi -- FOLDER   (a checkout of WebAssembly/wasi-testsuite, branch prod/testsuite-all)",
  );
  process.exit(2);
}
const directory = mkdtempSync(join(tmpdir(), "wasmedge-ts-testsuite-"));
try {
  const report = join(directory, "report.json");
  run(resolve(folder), report);
  const byRunner = judge(JSON.parse(readFileSync(report, "utf8")) as TestsuiteReport);
  const all = [
    { fileSystem: "with its runner, on host directories", ...byRunner },
    ...runInProcess(suitesOf(resolve(folder))),
  ];
  for (const complaint of all.flatMap(({ complaints }) => complaints)) console.log(complaint);
  for (const { fileSystem, passed, complaints } of all) {
    console.log(`${fileSystem}: ${passed} passed, ${complaints.length} failed`);
  }
  process.exitCode = all.some(({ complaints }) => complaints.length > 0) ? 1 : 0;
} finally {
  rmSync(directory, { recursive: true });
}
