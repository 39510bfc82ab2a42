import type { Host } from "../../common/host.ts";
import { FileType } from "../abi/constants.ts";
import { Errno, failWith, translatingErrors } from "../abi/errno.ts";
import type { WasiDefaults } from "../defaults.ts";
import { nodeNetwork } from "../sockets/node-network.ts";
import type { InputStream, OutputStream } from "../streams.ts";
import { fileType } from "./fs-like.ts";
import { fs, nodeBuiltin } from "./node-builtins.ts";
import { NodeFileSystem } from "./node-file-system.ts";
import { sleepMilliseconds, writeTo } from "./node-handles.ts";
import { NodeInput } from "./node-input.ts";
import { underQuota } from "./quota-file-system.ts";

/** `performance` gives the start in milliseconds and the time since in fractions of them: microseconds are sure. */
function realtimeNanoseconds(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
}

function processTimeNanoseconds(): bigint {
  const { user, system } = process.cpuUsage();
  return BigInt(user + system) * 1000n;
}

/** Writes all of it: the guest's output is whole, or there is an error. */
function writeAll(fd: number, bytes: Uint8Array): number {
  for (let done = 0; done < bytes.length; ) done += writeTo(fd, bytes.subarray(done), null);
  return bytes.length;
}

/** The longest that `Atomics.wait` is asked to wait at once, in milliseconds. */
const LONGEST_SLEEP = 2 ** 30;

function sleep(nanoseconds: bigint): void {
  const until = process.hrtime.bigint() + nanoseconds;
  for (;;) {
    const left = until - process.hrtime.bigint();
    if (left <= 0n) return;
    sleepMilliseconds(Math.min(Number(left) / 1e6, LONGEST_SLEEP));
  }
}

const standardInput = new NodeInput(0);

/** What Node gives to the core: `installHost(nodeHost)`. */
export const nodeHost: Partial<Host> = {
  readFile: (path) => fs.readFileSync(path),
  realtimeNanoseconds,
  monotonicNanoseconds: () => process.hrtime.bigint(),
  processTimeNanoseconds,
  clockResolutionNanoseconds: 1000n,
  fillRandom: (bytes) => void nodeBuiltin("node:crypto").randomFillSync(bytes),
  write: (stream, bytes) => writeAll(stream, bytes),
  read: (bytes) => standardInput.read(bytes),
  tryRead: (bytes) => standardInput.tryRead(bytes),
  sleep,
};

/** The type of what a descriptor leads to; the guest finds out by it whether it talks to a terminal. */
function typeOf(fd: number): FileType {
  try {
    return fileType(fs.fstatSync(fd));
  } catch {
    return FileType.UNKNOWN;
  }
}

/** @throws WasiError BADF */
function requireOpen(fd: number): void {
  // Of what is no descriptor Node says so in its own way.
  if (!(Number.isInteger(fd) && fd >= 0 && fd < 2 ** 31)) failWith(Errno.BADF);
  translatingErrors(() => fs.fstatSync(fd));
}

/**
 * A descriptor of this process as a guest's standard input.
 * @throws WasiError BADF where it is not open
 */
export function nodeInput(fd: number): InputStream {
  requireOpen(fd);
  return new NodeInput(fd);
}

/**
 * A descriptor of this process as a guest's standard output or error.
 * @throws WasiError BADF where it is not open
 */
export function nodeOutput(fd: number): OutputStream {
  requireOpen(fd);
  return { filetype: typeOf(fd), nativeHandle: fd, write: (bytes) => writeAll(fd, bytes) };
}

/** What Node gives to WASI: `installWasiDefaults(nodeWasiDefaults)`. */
export const nodeWasiDefaults: WasiDefaults = {
  fileSystem: (quota) => underQuota(new NodeFileSystem(), quota),
  standardFileType: typeOf,
  network: nodeNetwork,
};
