import type { FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import { includes, type Rights, type RightsPair } from "../abi/rights.ts";
import type { FileStat, FileTimes } from "../fs/file-system.ts";

/**
 * What a guest's descriptor stands for: a file, a directory or a stream (sockets come later), with its rights and flags.
 * What one kind cannot do fails here with the errno that belongs to the kind. WasmEdge `WASI::VINode`.
 */
export abstract class Descriptor {
  rights: RightsPair;
  /** Bits of `FdFlags`. */
  flags: number;

  constructor(rights: RightsPair, flags: number) {
    this.rights = rights;
    this.flags = flags;
  }

  abstract readonly filetype: FileType;
  abstract readonly nativeHandle: number | undefined;
  abstract stat(): FileStat;
  abstract close(): void;

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

  /** Fills the buffers in turn; returns the number of bytes, 0 at the end. */
  read(_buffers: readonly Uint8Array[]): number {
    return failWith(this.withoutContent);
  }

  /** Writes the buffers in turn; returns the number of bytes that were taken. */
  write(_buffers: readonly Uint8Array[]): number {
    return failWith(this.withoutContent);
  }

  /** Bytes that can be read at once: 0 at the end. For `poll_oneoff`. */
  readable(): number {
    return failWith(this.withoutContent);
  }

  /** Bytes that can be written at once, as far as is known. For `poll_oneoff`. */
  writable(): number {
    return failWith(this.withoutContent);
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
