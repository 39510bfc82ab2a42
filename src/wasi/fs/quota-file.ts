import type { FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { FileStat, FileTimes, OpenFile } from "./file-system.ts";
import type { OpenCount, QuotaUsage } from "./quota-usage.ts";

/** An open file under a quota. What has no places (a pipe, a terminal) keeps nothing, and is not counted. */
export class QuotaFile implements OpenFile {
  readonly kind = "file";
  private readonly inner: OpenFile;
  private readonly usage: QuotaUsage;
  private readonly openCount: OpenCount;
  private closed = false;

  /** @throws WasiError what the host says of a file that it has just opened, and `inner` is closed then */
  constructor(inner: OpenFile, usage: QuotaUsage) {
    this.inner = inner;
    this.usage = usage;
    try {
      this.openCount = usage.opened(inner.stat());
    } catch (error) {
      inner.close();
      throw error;
    }
  }

  get filetype(): FileType {
    return this.inner.filetype;
  }

  get seekable(): boolean {
    return this.inner.seekable;
  }

  get nativeHandle(): number | undefined {
    return this.inner.nativeHandle;
  }

  stat(): FileStat {
    return this.inner.stat();
  }

  setTimes(times: FileTimes): void {
    this.inner.setTimes(times);
  }

  read(bytes: Uint8Array, offset: number): number {
    return this.inner.read(bytes, offset);
  }

  write(bytes: Uint8Array, offset: number): number {
    if (!this.seekable) return this.inner.write(bytes, offset);
    return this.writeFitting(bytes, offset, (part) => this.inner.write(part, offset));
  }

  append(bytes: Uint8Array): number {
    if (!this.seekable) return this.inner.append(bytes);
    return this.writeFitting(bytes, this.stat().size, (part) => this.inner.append(part));
  }

  /** Writes as much as the quota has room for. */
  private writeFitting(bytes: Uint8Array, offset: number, write: (part: Uint8Array) => number): number {
    if (bytes.length === 0) return 0;
    const { size } = this.stat();
    const part = bytes.subarray(0, Math.max(0, size + this.usage.roomBytes - offset));
    if (part.length === 0) failWith(Errno.NOSPC);
    const count = write(part);
    this.usage.chargeBytes(Math.max(0, offset + count - size));
    return count;
  }

  setSize(size: number): void {
    this.grow(size, () => this.inner.setSize(size));
  }

  allocate(offset: number, length: number): void {
    this.grow(Math.max(offset + length, this.stat().size), () => this.inner.allocate(offset, length));
  }

  private grow(size: number, operation: () => void): void {
    const growth = size - this.stat().size;
    if (growth > this.usage.roomBytes) failWith(Errno.NOSPC);
    operation();
    this.usage.chargeBytes(growth);
  }

  sync(dataOnly: boolean): void {
    this.inner.sync(dataOnly);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    try {
      this.usage.closed(this.openCount, () => this.stat().size);
    } finally {
      this.inner.close();
    }
  }
}
