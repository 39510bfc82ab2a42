import type { BigIntStats } from "node:fs";
import { Errno, errnoOf, translatingErrors } from "../abi/errno.ts";
import { ExactTimes } from "./exact-times.ts";
import type { FileStat } from "./file-system.ts";
import { fs } from "./node-builtins.ts";

/** Node refuses to move more bytes at once. */
const MOST_AT_ONCE = 0x40000000;

/** A handle that nobody closed is closed when the object that holds it is collected. */
const abandoned = new FinalizationRegistry<number>((fd) => {
  try {
    fs.closeSync(fd);
  } catch {
    // Nobody is left to be told.
  }
});

/** A file descriptor of the host. */
export class NodeHandle {
  readonly fd: number;
  private closed = false;

  constructor(fd: number) {
    this.fd = fd;
    abandoned.register(this, fd, this);
  }

  /** @param flags numbers of `fs.constants` */
  static open(path: string, flags: number): NodeHandle {
    return new NodeHandle(translatingErrors(() => fs.openSync(path, flags, 0o644)));
  }

  stat(): FileStat {
    return fileStat(translatingErrors(() => fs.fstatSync(this.fd, { bigint: true })));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    abandoned.unregister(this);
    translatingErrors(() => fs.closeSync(this.fd));
  }
}

/** The times of host files that guests of this process set. */
export const exactTimes = new ExactTimes();

/** What `fs` tells of a file, in WASI's terms. */
export function fileStat(stats: BigIntStats): FileStat {
  return exactTimes.statOf(stats);
}

const sleepCell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread. */
export function sleepMilliseconds(milliseconds: number): void {
  Atomics.wait(sleepCell, 0, 0, milliseconds);
}

/** Blocks until a descriptor that does not block has something to give or take. */
function patiently<T>(operation: () => T): T {
  for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
    try {
      return operation();
    } catch (error) {
      if (errnoOf(error) !== Errno.AGAIN && errnoOf(error) !== Errno.INTR) throw error;
    }
    sleepMilliseconds(pause);
  }
}

/**
 * Reads what there is.
 * @param offset null for what has no places; reads from where the host stands
 * @throws WasiError AGAIN where there is nothing yet and the descriptor does not block
 */
export function readNow(fd: number, bytes: Uint8Array, offset: number | null): number {
  if (bytes.length === 0) return 0;
  return translatingErrors(() => {
    try {
      return fs.readSync(fd, bytes, 0, Math.min(bytes.length, MOST_AT_ONCE), offset);
    } catch (error) {
      // How Windows reports the end of a pipe.
      if ((error as { readonly code?: unknown }).code === "EOF") return 0;
      throw error;
    }
  });
}

/** The same, waiting as long as it takes. */
export function readFrom(fd: number, bytes: Uint8Array, offset: number | null): number {
  return patiently(() => readNow(fd, bytes, offset));
}

/**
 * Writes what there is room for.
 * @param offset null for what has no places, and to append
 * @throws WasiError AGAIN where there is no room yet and the descriptor does not block
 */
export function writeNow(fd: number, bytes: Uint8Array, offset: number | null): number {
  if (bytes.length === 0) return 0;
  return translatingErrors(() => fs.writeSync(fd, bytes, 0, Math.min(bytes.length, MOST_AT_ONCE), offset));
}

/** The same, waiting as long as it takes. */
export function writeTo(fd: number, bytes: Uint8Array, offset: number | null): number {
  return patiently(() => writeNow(fd, bytes, offset));
}
