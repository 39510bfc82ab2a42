import { readFileSync } from "node:fs";
import { Configure, HostRegistration, isTerminated, setLogLevel, VM } from "../../src/index.ts";
import "../../src/node.ts";

/**
 * Restores snapshots in a process that has nothing of the one that took them, and prints what each run ends with, a line of
 * JSON each. Arguments: the module's file, then the snapshots' files. Standard output of guests goes into the line.
 */

/** How a run that went on has ended. */
export interface End {
  readonly file: string;
  /** The results as text, or "exit" and the code. */
  readonly end: string;
  readonly count: number;
  readonly output: string;
}

const [moduleFile = "", ...files] = process.argv.slice(2);
const options = JSON.parse(process.env["SNAPSHOT_WASI"] ?? "null") as {
  readonly dirs: readonly string[];
} | null;

function restoreOne(module: Uint8Array, file: string): End {
  const configure = new Configure();
  configure.statistics.instructionCounting = true;
  configure.runtime.deterministic = true;
  if (options !== null) configure.addHostRegistration(HostRegistration.Wasi);
  let output = "";
  const stdout = {
    write: (bytes: Uint8Array) => {
      output += Buffer.from(bytes).toString("latin1");
      return bytes.length;
    },
  };
  const vm = new VM(configure, { wasi: { stdout, stderr: stdout } });
  const wasi = vm.getImportModule(HostRegistration.Wasi);
  if (options !== null) wasi?.init(options.dirs, "");
  const run = vm.restore(new Uint8Array(readFileSync(file)), { modules: [module] });
  let end: string;
  try {
    end = (run?.finish() ?? []).map(String).join(" ");
  } catch (error) {
    if (!isTerminated(error)) throw error;
    end = `exit ${wasi?.getExitCode()}`;
  }
  return { file, end, count: vm.getStatistics().getInstrCount(), output };
}

setLogLevel("off");
const module = new Uint8Array(readFileSync(moduleFile));
for (const file of files) console.log(JSON.stringify(restoreOne(module, file)));
