import { FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { OpenCount } from "./adapter-usage.ts";
import { type AdapterVolume, attempt } from "./adapter-volume.ts";
import type { FileStat, FileTimes, OpenFile } from "./file-system.ts";

/** An open file of an `FsAdapter`. */
export class AdapterFile implements OpenFile {
  readonly kind = "file";
  readonly filetype: FileType;
  readonly seekable = true;
  readonly nativeHandle = undefined;
  private readonly volume: AdapterVolume;
  private readonly fd: number;
  private readonly openCount: OpenCount;
  private closed = false;

  /** @throws WasiError NOTSUP for what is no file, and `fd` is closed then */
  constructor(volume: AdapterVolume, fd: number) {
    this.volume = volume;
    this.fd = fd;
    const { filetype, ino } = volume.statOpen(fd);
    this.filetype = filetype;
    this.openCount = volume.usage.opened(ino);
    if (filetype === FileType.REGULAR_FILE) return;
    this.close();
    failWith(Errno.NOTSUP);
  }

  stat(): FileStat {
    return this.volume.statOpen(this.fd);
  }

  setTimes(times: FileTimes): void {
    this.volume.setTimesOfOpen(this.fd, times);
  }

  read(bytes: Uint8Array, offset: number): number {
    if (bytes.length === 0 || offset >= this.stat().size) return 0;
    return attempt(() => this.volume.fs.readSync(this.fd, bytes, 0, bytes.length, offset));
  }

  /** Writes as much as the quota has room for. */
  write(bytes: Uint8Array, offset: number): number {
    if (bytes.length === 0) return 0;
    const { size } = this.stat();
    const part = bytes.subarray(0, Math.max(0, size + this.volume.usage.roomBytes - offset));
    if (part.length === 0) failWith(Errno.NOSPC);
    // Not left to the write, so that a hole is zeros whatever the file system has in its buffers.
    if (offset > size) this.setSize(offset);
    const count = attempt(() => this.volume.fs.writeSync(this.fd, part, 0, part.length, offset));
    this.volume.usage.chargeBytes(Math.max(0, offset + count - Math.max(size, offset)));
    return count;
  }

  append(bytes: Uint8Array): number {
    return this.write(bytes, this.stat().size);
  }

  setSize(size: number): void {
    const growth = size - this.stat().size;
    if (growth > this.volume.usage.roomBytes) failWith(Errno.NOSPC);
    attempt(() => this.volume.fs.ftruncateSync(this.fd, size));
    this.volume.usage.chargeBytes(growth);
  }

  allocate(offset: number, length: number): void {
    if (offset + length > this.stat().size) this.setSize(offset + length);
  }

  sync(dataOnly: boolean): void {
    const { fs } = this.volume;
    attempt(() => (dataOnly ? fs.fdatasyncSync(this.fd) : fs.fsyncSync(this.fd)));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.volume.usage.closed(this.openCount, () => this.stat().size);
    attempt(() => this.volume.fs.closeSync(this.fd));
  }
}
