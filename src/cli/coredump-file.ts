import { join } from "node:path";
import { WasmEdgeError } from "../common/error.ts";
import { host } from "../common/host.ts";
import { log } from "../common/log.ts";
import { type Coredump, coredumpOf } from "../executor/coredump/coredump.ts";
import { fs } from "../wasi/fs/node-builtins.ts";

const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** How many dumps of one second get names of their own. */
const MOST_NAMES = 100;

/**
 * Writes the core dump of a run that has failed, where one was asked for: `coredump.` and the second, as WasmEdge names it, in
 * the working directory. A file that is there already is never overwritten.
 * @param path the program, as the command line names it
 */
export function writeCoredump(error: WasmEdgeError, path: string): void {
  const dump = coredumpOf(error);
  if (dump === undefined) return;
  try {
    log.info(`Core dump written: ${saveCoredump(dump, path)}`);
  } catch (failure) {
    const reason = failure instanceof WasmEdgeError ? failure.lines().join(";") : String(failure);
    log.error(`The core dump cannot be written: ${reason}`);
  }
}

/**
 * Writes a core dump as `writeCoredump` does.
 * @returns the name of the file
 * @throws what the file system throws
 */
export function saveCoredump(dump: Coredump, path: string): string {
  const name = `coredump.${host.realtimeNanoseconds() / NANOSECONDS_PER_SECOND}`;
  return writeNew(process.cwd(), name, dump.toBytes({ executableName: path }));
}

/** @returns the name of the file, which has a further number where the name is taken */
function writeNew(folder: string, name: string, bytes: Uint8Array): string {
  for (let i = 0; ; i++) {
    const file = i === 0 ? name : `${name}.${i}`;
    try {
      // Memory may hold secrets.
      fs.writeFileSync(join(folder, file), bytes, { flag: "wx", mode: 0o600 });
      return file;
    } catch (error) {
      const taken = error instanceof Error && "code" in error && error.code === "EEXIST";
      if (!taken || i >= MOST_NAMES) throw error;
    }
  }
}
