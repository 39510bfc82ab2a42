import { FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
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
  private closed = false;

  /** @throws WasiError NOTSUP for what is no file, and `fd` is closed then */
  constructor(volume: AdapterVolume, fd: number) {
    this.volume = volume;
    this.fd = fd;
    this.filetype = volume.statOpen(fd).filetype;
    if (this.filetype === FileType.REGULAR_FILE) return;
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

  write(bytes: Uint8Array, offset: number): number {
    if (bytes.length === 0) return 0;
    // Not left to the write, so that a hole is zeros whatever the file system has in its buffers.
    if (offset > this.stat().size) this.setSize(offset);
    return attempt(() => this.volume.fs.writeSync(this.fd, bytes, 0, bytes.length, offset));
  }

  append(bytes: Uint8Array): number {
    return this.write(bytes, this.stat().size);
  }

  setSize(size: number): void {
    attempt(() => this.volume.fs.ftruncateSync(this.fd, size));
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
    attempt(() => this.volume.fs.closeSync(this.fd));
  }
}
