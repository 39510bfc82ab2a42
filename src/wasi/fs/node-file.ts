import { FileType } from "../abi/constants.ts";
import { Errno, failWith, translatingErrors } from "../abi/errno.ts";
import type { FileStat, FileTimes, OpenFile } from "./file-system.ts";
import { fs } from "./node-builtins.ts";
import { exactTimes, NodeHandle, readFrom, readNow, writeNow, writeTo } from "./node-handles.ts";

/** An open file of the host. */
export class NodeFile implements OpenFile {
  readonly kind = "file";
  readonly filetype: FileType;
  readonly seekable: boolean;
  private readonly handle: NodeHandle;
  /** The path under which the system opens this very file again; undefined where it has none. */
  private readonly selfPath: string | undefined;
  private appending: NodeHandle | undefined;

  constructor(handle: NodeHandle, filetype: FileType, selfPath: string | undefined) {
    this.handle = handle;
    this.filetype = filetype;
    this.seekable = filetype === FileType.REGULAR_FILE || filetype === FileType.BLOCK_DEVICE;
    this.selfPath = selfPath;
  }

  get nativeHandle(): number {
    return this.handle.fd;
  }

  stat(): FileStat {
    return this.handle.stat();
  }

  setTimes(times: FileTimes): void {
    const { fd } = this.handle;
    translatingErrors(() =>
      exactTimes.set(
        times,
        () => fs.fstatSync(fd, { bigint: true }),
        (atime, mtime) => fs.futimesSync(fd, atime, mtime),
      ),
    );
  }

  read(bytes: Uint8Array, offset: number): number {
    const { fd } = this.handle;
    return this.seekable ? readFrom(fd, bytes, offset) : readNow(fd, bytes, null);
  }

  write(bytes: Uint8Array, offset: number): number {
    const { fd } = this.handle;
    return this.seekable ? writeTo(fd, bytes, offset) : writeNow(fd, bytes, null);
  }

  /**
   * Through a handle opened to append, since the system then keeps writers apart. Where there is no opening a file again,
   * at the end as it is now.
   */
  append(bytes: Uint8Array): number {
    if (!this.seekable) return this.write(bytes, 0);
    if (this.selfPath === undefined) return this.write(bytes, this.stat().size);
    this.appending ??= NodeHandle.open(this.selfPath, fs.constants.O_WRONLY | fs.constants.O_APPEND);
    return writeTo(this.appending.fd, bytes, null);
  }

  setSize(size: number): void {
    if (!this.seekable) failWith(Errno.INVAL);
    translatingErrors(() => fs.ftruncateSync(this.handle.fd, size));
  }

  /** Node has no fallocate: the file is made longer, without room reserved for it. */
  allocate(offset: number, length: number): void {
    if (!this.seekable) failWith(Errno.SPIPE);
    if (offset + length > this.stat().size) this.setSize(offset + length);
  }

  sync(dataOnly: boolean): void {
    translatingErrors(() => (dataOnly ? fs.fdatasyncSync(this.handle.fd) : fs.fsyncSync(this.handle.fd)));
  }

  close(): void {
    this.appending?.close();
    this.handle.close();
  }
}
