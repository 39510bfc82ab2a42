import { FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { DirectoryEntry, FileStat, FileTimes, OpenDirectory, OpenFile, OpenOptions } from "./file-system.ts";
import { QuotaFile } from "./quota-file.ts";
import type { QuotaUsage } from "./quota-usage.ts";

/** An open directory under a quota. */
export class QuotaDirectory implements OpenDirectory {
  readonly kind = "directory";
  private readonly inner: OpenDirectory;
  private readonly usage: QuotaUsage;

  constructor(inner: OpenDirectory, usage: QuotaUsage) {
    this.inner = inner;
    this.usage = usage;
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

  close(): void {
    this.inner.close();
  }

  reopen(): OpenDirectory {
    return new QuotaDirectory(this.inner.reopen(), this.usage);
  }

  openAt(name: string, options: OpenOptions): OpenFile | OpenDirectory {
    const found = options.create || options.truncate ? this.inner.statAt(name) : undefined;
    const open = (): OpenFile | OpenDirectory => this.inner.openAt(name, options);
    const opened = options.create && found === undefined ? this.usage.addName(open) : open();
    if (opened.kind === "directory") return new QuotaDirectory(opened, this.usage);
    if (options.truncate && found?.filetype === FileType.REGULAR_FILE) this.usage.chargeBytes(-found.size);
    return new QuotaFile(opened, this.usage);
  }

  statAt(name: string): FileStat | undefined {
    return this.inner.statAt(name);
  }

  setTimesAt(name: string, times: FileTimes): void {
    this.inner.setTimesAt(name, times);
  }

  readlinkAt(name: string): string {
    return this.inner.readlinkAt(name);
  }

  makeDirectoryAt(name: string): void {
    this.make(name, () => this.inner.makeDirectoryAt(name));
  }

  symlinkAt(target: string, name: string): void {
    this.make(name, () => this.inner.symlinkAt(target, name));
  }

  /** @throws WasiError EXIST, which comes before NOSPC */
  private make(name: string, operation: () => void): void {
    if (this.inner.statAt(name) !== undefined) failWith(Errno.EXIST);
    this.usage.addName(operation);
  }

  removeDirectoryAt(name: string): void {
    this.inner.removeDirectoryAt(name);
    this.usage.removedName();
  }

  unlinkAt(name: string): void {
    const found = this.inner.statAt(name);
    this.inner.unlinkAt(name);
    if (found !== undefined) this.nameGone(found);
  }

  /** @param found what stood under the name */
  private nameGone(found: FileStat): void {
    this.usage.removedName();
    if (found.filetype === FileType.REGULAR_FILE && found.nlink <= 1n) this.usage.unlinked(found);
  }

  renameAt(name: string, directory: OpenDirectory, newName: string): void {
    const target = this.sameFileSystem(directory);
    const moved = this.inner.statAt(name);
    const replaced = target.statAt(newName);
    this.inner.renameAt(name, target, newName);
    // Two names of one file: POSIX leaves both.
    const isSame = moved !== undefined && moved.dev === replaced?.dev && moved.ino === replaced.ino;
    if (replaced !== undefined && !isSame) this.nameGone(replaced);
  }

  linkAt(name: string, directory: OpenDirectory, newName: string): void {
    const target = this.sameFileSystem(directory);
    if (target.statAt(newName) !== undefined) failWith(Errno.EXIST);
    this.usage.addName(() => this.inner.linkAt(name, target, newName));
  }

  /** @throws WasiError XDEV */
  private sameFileSystem(directory: OpenDirectory): OpenDirectory {
    if (directory instanceof QuotaDirectory && directory.usage === this.usage) return directory.inner;
    return failWith(Errno.XDEV);
  }

  readDirectory(): DirectoryEntry[] {
    return this.inner.readDirectory();
  }
}
