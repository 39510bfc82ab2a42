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
  /** The same without waiting: undefined, as a result, where there is nothing yet. */
  tryRead: ((bytes: Uint8Array) => number | undefined) | undefined;
  /**
   * Calls `callback` later, from the event loop; 0 milliseconds: as soon as others have had their turn. Undefined where the host
   * has no event loop to hand.
   */
  schedule: ((callback: () => void, milliseconds: number) => void) | undefined;
  /**
   * Calls `callback` once after that time, from the event loop, which stays alive until then; returns how to take that back.
   * Undefined where the host has no timers.
   */
  startTimer: ((callback: () => void, milliseconds: number) => () => void) | undefined;
  /** Blocks the thread; undefined where the host cannot. */
  sleep: ((nanoseconds: bigint) => void) | undefined;
  /**
   * Makes a buffer that threads share and that may grow to `maxByteLength`; where the host has none that grow, it has that
   * length from the start. Undefined where the host has no shared buffers.
   */
  createSharedBuffer: ((byteLength: number, maxByteLength: number) => SharedBuffer) | undefined;
  /** Moves a buffer's bytes, uncopied, to a new one: whoever holds the old one has none. Undefined where the host cannot. */
  transferBuffer: ((buffer: ArrayBuffer) => ArrayBuffer) | undefined;
  /** Atomic access to shared buffers; undefined where the host has none. */
  atomics: HostAtomics | undefined;
  /**
   * Whether the engine remembers where the properties of objects stand, as all but the small ones do: then executors that are
   * made from now on run code as linked objects, else as words. See docs/rationale.md.
   */
  cachesProperties: boolean;
  /** Whether the engine compiles JavaScript to machine code, which the run loop is trained for. */
  compilesJavaScript: boolean;
}

/** A buffer that threads share. */
export type SharedBuffer = SharedArrayBuffer;

/** A view of signed integers of 64 bits, as bigints. */
export type Doublewords = BigInt64Array;

export function isSharedBuffer(value: unknown): value is SharedBuffer {
  return Object.prototype.toString.call(value) === "[object SharedArrayBuffer]";
}

/** The doublewords of a shared buffer. */
export function doublewordsOf(buffer: SharedBuffer, length: number): Doublewords {
  return new BigInt64Array(buffer, 0, length);
}

/** ECMAScript's `Atomics`, and what newer hosts add to it. */
export type HostAtomics = typeof Atomics & {
  /** Waits without blocking the thread. https://tc39.es/ecma262/multipage/structured-data.html#sec-atomics.waitasync */
  waitAsync?(
    view: Int32Array | Doublewords,
    index: number,
    value: number | bigint,
    milliseconds: number,
  ): { readonly value: WaitOutcome | Promise<WaitOutcome> };
};

/** How a wait has ended. */
export type WaitOutcome = "ok" | "not-equal" | "timed-out";

/** A shared buffer of a host in which they can grow. */
interface GrowableBuffer {
  readonly maxByteLength?: number;
  grow?(byteLength: number): void;
}

/** The bytes that a shared buffer can have at most. */
export function sharedCapacity(buffer: SharedBuffer): number {
  return (buffer as GrowableBuffer).maxByteLength ?? buffer.byteLength;
}

/** Makes a shared buffer at least `byteLength` long. @returns false where the host cannot */
export function growSharedBuffer(buffer: SharedBuffer, byteLength: number): boolean {
  if (byteLength > buffer.byteLength) {
    try {
      (buffer as GrowableBuffer).grow?.(byteLength);
    } catch {
      // No memory; or another thread was faster and has made it longer than that.
    }
  }
  return byteLength <= buffer.byteLength;
}

/** The parts of ECMAScript's newer hosts that are used where they exist. */
interface OptionalGlobals {
  readonly performance?: { now(): number };
  readonly crypto?: { getRandomValues(bytes: Uint8Array): unknown };
  readonly SharedArrayBuffer?: new (byteLength: number, options?: { readonly maxByteLength: number }) => SharedBuffer;
  readonly Atomics?: HostAtomics;
  readonly setTimeout?: (callback: () => void, milliseconds: number) => unknown;
  readonly setImmediate?: (callback: () => void) => unknown;
  readonly MessageChannel?: new () => { readonly port1: MessagePortLike; readonly port2: MessagePortLike };
  readonly clearTimeout?: (timer: unknown) => void;
  readonly structuredClone?: (
    value: ArrayBuffer,
    options: { readonly transfer: readonly ArrayBuffer[] },
  ) => ArrayBuffer;
  readonly process?: { readonly versions?: { readonly v8?: string } };
  readonly navigator?: { readonly userAgent?: string };
  readonly console?: { log(text: string): void; error(text: string): void };
}

interface MessagePortLike {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

const globals = globalThis as unknown as OptionalGlobals;

function milliseconds(value: number): bigint {
  return BigInt(Math.round(value * 1_000_000));
}

/**
 * Timers are the last choice for what is to come at once: browsers let the fifth in a row wait for 4 milliseconds. Messages come
 * between timers, input and painting.
 */
function schedule(callback: () => void, delay: number): void {
  if (delay > 0) globals.setTimeout?.(callback, delay);
  else if (globals.setImmediate !== undefined) globals.setImmediate(callback);
  else if (globals.MessageChannel !== undefined) afterMessage(callback, globals.MessageChannel);
  else globals.setTimeout?.(callback, 0);
}

function afterMessage(callback: () => void, Channel: NonNullable<OptionalGlobals["MessageChannel"]>): void {
  const { port1, port2 } = new Channel();
  port1.onmessage = () => {
    // Where a port is open, Node's event loop does not end.
    port1.close();
    callback();
  };
  port2.postMessage(undefined);
}

function startTimer(callback: () => void, delay: number): () => void {
  const timer = globals.setTimeout?.(callback, delay);
  return () => globals.clearTimeout?.(timer);
}

let lastMonotonic = 0n;

/** `performance.now` where it exists; otherwise the wall clock, held back from going back. */
function monotonicNanoseconds(): bigint {
  const now = globals.performance ? milliseconds(globals.performance.now()) : BigInt(Date.now()) * 1_000_000n;
  if (now > lastMonotonic) lastMonotonic = now;
  return lastMonotonic;
}

/** getRandomValues takes at most 65,536 bytes a call, and none that threads share. */
function fillFromCrypto(bytes: Uint8Array): void {
  const own = new Uint8Array(Math.min(bytes.length, 65536));
  const crypto = globals.crypto as NonNullable<typeof globals.crypto>;
  for (let i = 0; i < bytes.length; i += own.length) {
    crypto.getRandomValues(own);
    bytes.set(own.subarray(0, bytes.length - i), i);
  }
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

/** Shared buffers are of use only with Atomics and with views of 64 bits: hosts have all of them, or none. */
const canShare =
  globals.SharedArrayBuffer !== undefined && globals.Atomics !== undefined && typeof BigInt64Array === "function";

function createSharedBuffer(byteLength: number, maxByteLength: number): SharedBuffer {
  const Buffer = globals.SharedArrayBuffer as NonNullable<typeof globals.SharedArrayBuffer>;
  if (!("growable" in Buffer.prototype)) return new Buffer(maxByteLength);
  return new Buffer(byteLength, { maxByteLength });
}

/** ECMAScript 2024 has it; before that, the web's structured cloning. */
function bufferTransfer(): Host["transferBuffer"] {
  const { structuredClone } = globals;
  const { transfer } = ArrayBuffer.prototype as { readonly transfer?: () => ArrayBuffer };
  if (transfer !== undefined) return (buffer) => transfer.call(buffer);
  return structuredClone && ((buffer) => structuredClone(buffer, { transfer: [buffer] }));
}

/** An engine that only interprets has no WebAssembly, but for some that interpret that as well. */
const compiles = "WebAssembly" in globals;

/** V8, JavaScriptCore and SpiderMonkey, which a switch or a policy may keep from compiling. */
function isLargeEngine(): boolean {
  const { process, navigator } = globals;
  return process?.versions?.v8 !== undefined || /AppleWebKit|Gecko\//.test(navigator?.userAgent ?? "");
}

/** The host at present. Read its members at each use: `installHost` may have replaced them. */
export const host: Host = {
  readFile: undefined,
  realtimeNanoseconds: () => BigInt(Date.now()) * 1_000_000n,
  monotonicNanoseconds,
  processTimeNanoseconds: monotonicNanoseconds,
  clockResolutionNanoseconds: 1_000_000n,
  // Asked for and not read: Node loads thirty modules of its own for who reads it.
  fillRandom: "crypto" in globals ? fillFromCrypto : undefined,
  write: writeToConsole,
  read: undefined,
  tryRead: undefined,
  schedule: globals.setTimeout ? schedule : undefined,
  startTimer: globals.setTimeout && globals.clearTimeout ? startTimer : undefined,
  sleep: undefined,
  createSharedBuffer: canShare ? createSharedBuffer : undefined,
  transferBuffer: bufferTransfer(),
  atomics: canShare ? globals.Atomics : undefined,
  cachesProperties: compiles || "HermesInternal" in globals || isLargeEngine(),
  compilesJavaScript: compiles,
};

/** Replaces parts of the host. */
export function installHost(parts: Partial<Host>): void {
  Object.assign(host, parts);
}
