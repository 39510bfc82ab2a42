/**
 * What the core needs of the machine around it: files, clocks, randomness, output, shared memory.
 *
 * The core itself asks nothing but ECMAScript 2020. This record is filled with what the engine at hand offers by itself,
 * and `installHost` replaces parts of it: `wasmedge-ts/node` installs Node's files and clocks, an embedding its own.
 */
export interface Host {
  /**
   * The bytes of a file, for `parseModule(path)` and its relatives.
   * @throws anything where the file cannot be read; the loader turns it into IllegalPath
   */
  readFile: ((path: string) => Uint8Array) | undefined;
  /** Nanoseconds since 1970-01-01 UTC. */
  realtimeNanoseconds: () => bigint;
  /** Nanoseconds of a clock that never goes back. */
  monotonicNanoseconds: () => bigint;
  /** Processor time of this process in nanoseconds. */
  processTimeNanoseconds: () => bigint;
  /** Resolution of these clocks in nanoseconds. */
  clockResolutionNanoseconds: bigint;
  /** Fills `bytes` from a cryptographic source; undefined where the host has none. */
  fillRandom: ((bytes: Uint8Array) => void) | undefined;
  /** Writes to standard output (1) or standard error (2); returns the number of bytes taken. */
  write: (stream: 1 | 2, bytes: Uint8Array) => number;
  /** Reads from standard input into `bytes`; 0 at its end. Undefined where the host has none. */
  read: ((bytes: Uint8Array) => number) | undefined;
  /** Calls `callback` later, from the event loop; undefined where the host has no event loop to hand. */
  schedule: ((callback: () => void, milliseconds: number) => void) | undefined;
  /** Blocks the thread; undefined where the host cannot. */
  sleep: ((nanoseconds: bigint) => void) | undefined;
  /** Makes a buffer that threads share; undefined where the host cannot. */
  createSharedBuffer: ((byteLength: number) => ArrayBuffer) | undefined;
}

/** The parts of ECMAScript's newer hosts that are used where they exist. */
interface OptionalGlobals {
  readonly performance?: { now(): number };
  readonly crypto?: { getRandomValues(bytes: Uint8Array): unknown };
  readonly SharedArrayBuffer?: new (byteLength: number) => ArrayBuffer;
  readonly setTimeout?: (callback: () => void, milliseconds: number) => unknown;
  readonly console?: { log(text: string): void; error(text: string): void };
}

const globals = globalThis as unknown as OptionalGlobals;

function milliseconds(value: number): bigint {
  return BigInt(Math.round(value * 1_000_000));
}

let lastMonotonic = 0n;

/** `performance.now` where it exists; otherwise the wall clock, held back from going back. */
function monotonicNanoseconds(): bigint {
  const now = globals.performance ? milliseconds(globals.performance.now()) : BigInt(Date.now()) * 1_000_000n;
  if (now > lastMonotonic) lastMonotonic = now;
  return lastMonotonic;
}

/** getRandomValues takes at most 65,536 bytes a call. */
function fillFromCrypto(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i += 65536) globals.crypto?.getRandomValues(bytes.subarray(i, i + 65536));
}

const pending = { 1: "", 2: "" };

/** Output over a console that writes whole lines only: text is held until its line ends. */
function writeToConsole(stream: 1 | 2, bytes: Uint8Array): number {
  for (const byte of bytes) {
    if (byte === 0x0a) {
      const line = decodeLatin1AsUtf8(pending[stream]);
      if (stream === 1) globals.console?.log(line);
      else globals.console?.error(line);
      pending[stream] = "";
    } else pending[stream] += String.fromCharCode(byte);
  }
  return bytes.length;
}

function decodeLatin1AsUtf8(text: string): string {
  try {
    return decodeURIComponent(
      text.replace(/[^a-zA-Z0-9]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`),
    );
  } catch {
    return text;
  }
}

/** The host at present. Read its members at each use: `installHost` may have replaced them. */
export const host: Host = {
  readFile: undefined,
  realtimeNanoseconds: () => BigInt(Date.now()) * 1_000_000n,
  monotonicNanoseconds,
  processTimeNanoseconds: monotonicNanoseconds,
  clockResolutionNanoseconds: 1_000_000n,
  fillRandom: globals.crypto ? fillFromCrypto : undefined,
  write: writeToConsole,
  read: undefined,
  schedule: globals.setTimeout ? (callback, delay) => void globals.setTimeout?.(callback, delay) : undefined,
  sleep: undefined,
  createSharedBuffer: globals.SharedArrayBuffer
    ? (byteLength) => new (globals.SharedArrayBuffer as new (byteLength: number) => ArrayBuffer)(byteLength)
    : undefined,
};

/** Replaces parts of the host. */
export function installHost(parts: Partial<Host>): void {
  Object.assign(host, parts);
}
