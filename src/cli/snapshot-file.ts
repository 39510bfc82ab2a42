import { WasmEdgeError } from "../common/error.ts";
import { log } from "../common/log.ts";
import { fs } from "../wasi/fs/node-builtins.ts";
import { logError } from "./logger.ts";
import { UsageError } from "./option-parser.ts";

/** The file itself where the path is that of a symbolic link: the link stays. */
function targetOf(path: string): string {
  return fs.existsSync(path) ? fs.realpathSync(path) : path;
}

/**
 * Writes a file as a whole or not at all: where the disk is full, or the machine stops, what was there before is there still.
 * @throws what the file system throws
 */
export function writeWhole(name: string, bytes: Uint8Array): void {
  const path = targetOf(name);
  const unfinished = `${path}.${process.pid}.unfinished`;
  try {
    // Memory may hold secrets.
    const file = fs.openSync(unfinished, "wx", 0o600);
    try {
      for (let at = 0; at < bytes.length; ) at += fs.writeSync(file, bytes, at);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(unfinished, path);
  } catch (error) {
    fs.rmSync(unfinished, { force: true });
    throw error;
  }
}

/** So that nobody finds out too late that there cannot be a file. @throws UsageError */
export function requireWritable(path: string): void {
  const probe = `${targetOf(path)}.${process.pid}.unfinished`;
  try {
    const found = fs.statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) throw new Error("it is a directory");
    // It would be replaced: a device, a pipe.
    if (found?.isFile() === false) throw new Error("it is no regular file");
    fs.closeSync(fs.openSync(probe, "wx", 0o600));
    fs.rmSync(probe);
  } catch (error) {
    throw new UsageError(`--snapshot: cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Writes a snapshot, and says where it is or why there is none.
 * @param take gives its bytes
 * @returns whether it is written
 */
export function saveSnapshot(path: string, count: number, take: () => Uint8Array): boolean {
  try {
    writeWhole(path, take());
  } catch (error) {
    if (error instanceof WasmEdgeError) logError(error);
    else if (!(error instanceof Error) || !("code" in error)) throw error;
    log.error(`The snapshot cannot be written${error instanceof WasmEdgeError ? "." : `: ${error.message}`}`);
    return false;
  }
  log.info(`The run is in ${path}, after ${count} instructions. It goes on with: resume ${path}`);
  return true;
}
