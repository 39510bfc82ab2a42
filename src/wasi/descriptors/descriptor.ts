import { FdFlags, type FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import { includes, type Rights, type RightsPair } from "../abi/rights.ts";
import type { FileStat, FileTimes } from "../fs/file-system.ts";
import type { Pending } from "../sockets/network.ts";
import type { EventSource } from "../waiting.ts";

/** What can be done at once. */
export interface Readiness {
  /** Bytes that can be read, 0 at the end; or written, as far as is known. */
  readonly bytes: number;
  /** Whether the other side has closed. */
  readonly hangup?: boolean;
}

/** Where a descriptor's file or directory was opened: a path below one of the preopens, for opening it again. */
export interface Origin {
  /** The number of the preopen, in their order. */
  readonly preopen: number;
  readonly path: string;
}

/**
 * What a guest's descriptor stands for: a file, a directory, a stream or a socket, with its rights and flags.
 * What one kind cannot do fails here with the errno that belongs to the kind. WasmEdge `WASI::VINode`.
 */
export abstract class Descriptor {
  rights: RightsPair;
  /** Bits of `FdFlags`. */
  flags: number;
  /** Undefined for what has no path. */
  origin: Origin | undefined;

  constructor(rights: RightsPair, flags: number) {
    this.rights = rights;
    this.flags = flags;
  }

  abstract readonly filetype: FileType;
  abstract readonly nativeHandle: number | undefined;
  abstract stat(): FileStat;
  abstract close(): void;

  /** Of one that is closed: tells when all that was written to it has left; undefined where it has. */
  get leaving(): Pending<unknown> | undefined {
    return undefined;
  }

  /** Whether a call fails with AGAIN rather than wait. */
  get isNonblocking(): boolean {
    return (this.flags & FdFlags.NONBLOCK) !== 0;
  }

  /** What reading and writing give for a kind that has neither. */
  protected abstract readonly withoutContent: Errno;
  /** What operations at a place give for a kind that has no places. */
  protected abstract readonly withoutPlaces: Errno;

  /** @throws WasiError NOTCAPABLE */
  require(needed: Rights): void {
    if (!includes(this.rights.base, needed)) failWith(Errno.NOTCAPABLE);
  }

  /** @throws WasiError NOTCAPABLE where a right would be added */
  restrict(rights: RightsPair): void {
    const { base, inheriting } = this.rights;
    if (!includes(base, rights.base) || !includes(inheriting, rights.inheriting)) failWith(Errno.NOTCAPABLE);
    this.rights = rights;
  }

  // --- Content ---

  /** What tells that waiting for it may be over; "ask": nothing does. For what never has to wait it is not asked. */
  readonly events: EventSource | "ask" = "ask";

  /**
   * Fills the buffers in turn.
   * @param mayBlock whether it may block the thread, however long it takes
   * @returns the number of bytes, 0 at the end; undefined where there are none yet
   */
  read(_buffers: readonly Uint8Array[], _mayBlock: boolean): number | undefined {
    return failWith(this.withoutContent);
  }

  /**
   * Writes the buffers in turn. Sockets `send`.
   * @returns the number of bytes that were taken; undefined where there is no room yet
   */
  write(_buffers: readonly Uint8Array[]): number | undefined {
    return failWith(this.withoutContent);
  }

  /** Whether reading would give something, or the end, at once; undefined where it has to wait. For `poll_oneoff`. */
  readable(): Readiness | undefined {
    return failWith(this.withoutContent);
  }

  /** Whether something can be written at once; undefined where it has to wait. For `poll_oneoff`. */
  writable(): Readiness | undefined {
    return failWith(this.withoutContent);
  }

  /** How long a call waits at most before it fails with AGAIN, in nanoseconds; undefined: however long it takes. */
  timeout(_direction: "read" | "write"): bigint | undefined {
    return undefined;
  }

  /** How often something has become readable or writable; undefined for what always is. For `epoll_oneoff`. */
  edges(_direction: "read" | "write"): number | undefined {
    return undefined;
  }

  /** Reads from a place, without moving the offset. */
  readAt(_buffers: readonly Uint8Array[], _offset: number): number {
    return failWith(this.withoutPlaces);
  }

  /** Writes to a place, without moving the offset. */
  writeAt(_buffers: readonly Uint8Array[], _offset: number): number {
    return failWith(this.withoutPlaces);
  }

  /** Moves the offset; returns the new one. @param whence of `Whence` */
  seek(_by: bigint, _whence: number): number {
    return failWith(this.withoutPlaces);
  }

  tell(): number {
    return failWith(this.withoutPlaces);
  }

  advise(): void {
    failWith(this.withoutPlaces);
  }

  allocate(_offset: number, _length: number): void {
    failWith(this.withoutPlaces);
  }

  setSize(_size: number): void {
    failWith(this.withoutContent);
  }

  sync(_dataOnly: boolean): void {
    failWith(Errno.BADF);
  }

  setTimes(_times: FileTimes): void {
    failWith(Errno.BADF);
  }
}
