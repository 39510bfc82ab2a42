import { FdFlags, type FileType, Whence } from "../abi/constants.ts";
import { Errno, failWith, WasiError } from "../abi/errno.ts";
import type { RightsPair } from "../abi/rights.ts";
import type { FileStat, FileTimes, OpenFile } from "../fs/file-system.ts";
import { Descriptor, type Readiness } from "./descriptor.ts";
import { ReadAhead } from "./read-ahead.ts";
import { moveInTurn, readOnce, totalLength } from "./vectored.ts";

/** Undefined where a file has nothing to give, or no room, yet. */
function unlessItWaits(operation: () => number): number | undefined {
  try {
    return operation();
  } catch (error) {
    if (error instanceof WasiError && error.errno === Errno.AGAIN) return undefined;
    throw error;
  }
}

/** A descriptor of an open file: the offset is kept here. */
export class FileDescriptor extends Descriptor {
  protected readonly withoutContent = Errno.BADF;
  protected readonly withoutPlaces = Errno.SPIPE;
  private readonly file: OpenFile;
  private offset = 0;
  /** Of what has no places: what a look whether there is something has taken. */
  private readonly ahead = new ReadAhead();

  constructor(file: OpenFile, rights: RightsPair, flags: number) {
    super(rights, flags);
    this.file = file;
  }

  /** For snapshots: where the next read or write is. */
  get place(): number {
    return this.offset;
  }

  set place(offset: number) {
    this.offset = offset;
  }

  /** For snapshots: whether bytes were taken from a pipe or terminal that the guest has not read. */
  get holdsInput(): boolean {
    return this.ahead.bytes !== undefined;
  }

  get filetype(): FileType {
    return this.file.filetype;
  }

  get nativeHandle(): number | undefined {
    return this.file.nativeHandle;
  }

  stat(): FileStat {
    return this.file.stat();
  }

  close(): void {
    this.file.close();
  }

  override read(buffers: readonly Uint8Array[]): number | undefined {
    if (!this.file.seekable) {
      return this.ahead.take(buffers) ?? unlessItWaits(() => readOnce(buffers, (bytes) => this.file.read(bytes, 0)));
    }
    const count = this.readAt(buffers, this.offset);
    this.offset += count;
    return count;
  }

  override readAt(buffers: readonly Uint8Array[], offset: number): number {
    this.requirePlaces();
    return moveInTurn(buffers, (buffer, before) => this.file.read(buffer, offset + before));
  }

  override write(buffers: readonly Uint8Array[]): number | undefined {
    if (!this.file.seekable) {
      return unlessItWaits(() => moveInTurn(buffers, (buffer) => this.file.write(buffer, 0)));
    }
    this.requireReach(buffers, this.offset);
    const appends = (this.flags & FdFlags.APPEND) !== 0;
    const count = moveInTurn(buffers, (buffer, before) =>
      appends ? this.file.append(buffer) : this.file.write(buffer, this.offset + before),
    );
    this.offset = appends ? this.file.stat().size : this.offset + count;
    this.syncWritten();
    return count;
  }

  override writeAt(buffers: readonly Uint8Array[], offset: number): number {
    this.requirePlaces();
    this.requireReach(buffers, offset);
    const count = moveInTurn(buffers, (buffer, before) => this.file.write(buffer, offset + before));
    this.syncWritten();
    return count;
  }

  /** The flags can change at any time, so the file is not opened with them. */
  private syncWritten(): void {
    if ((this.flags & FdFlags.SYNC) !== 0) this.file.sync(false);
    else if ((this.flags & FdFlags.DSYNC) !== 0) this.file.sync(true);
  }

  override readable(): Readiness | undefined {
    if (this.file.seekable) return { bytes: Math.max(0, this.file.stat().size - this.offset) };
    const readiness = this.ahead.look((bytes) => unlessItWaits(() => this.file.read(bytes, 0)));
    this.ahead.forgetEnd(this.filetype);
    return readiness;
  }

  /** Whether a pipe has room nobody tells without writing: writing then waits, or is AGAIN. */
  override writable(): Readiness {
    return { bytes: 1 };
  }

  override seek(by: bigint, whence: number): number {
    this.requirePlaces();
    const from = whence === Whence.SET ? 0 : whence === Whence.CUR ? this.offset : this.file.stat().size;
    const offset = BigInt(from) + by;
    if (offset < 0n || offset > BigInt(Number.MAX_SAFE_INTEGER)) failWith(Errno.INVAL);
    this.offset = Number(offset);
    return this.offset;
  }

  override tell(): number {
    this.requirePlaces();
    return this.offset;
  }

  override advise(): void {
    this.requirePlaces();
  }

  override allocate(offset: number, length: number): void {
    this.requirePlaces();
    this.file.allocate(offset, length);
  }

  override setSize(size: number): void {
    this.file.setSize(size);
  }

  override sync(dataOnly: boolean): void {
    this.file.sync(dataOnly);
  }

  override setTimes(times: FileTimes): void {
    this.file.setTimes(times);
  }

  /** @throws WasiError FBIG where writing there would go beyond what we can count to */
  private requireReach(buffers: readonly Uint8Array[], offset: number): void {
    if (offset + totalLength(buffers) > Number.MAX_SAFE_INTEGER) failWith(Errno.FBIG);
  }

  private requirePlaces(): void {
    if (!this.file.seekable) failWith(this.withoutPlaces);
  }
}
