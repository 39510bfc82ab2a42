import { FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { DirectoryEntry, FileStat, FileTimes, OpenDirectory, OpenFile, OpenOptions } from "./file-system.ts";
import { MemoryDirectory, MemoryFile, MemorySymlink } from "./memory-nodes.ts";
import { checkReplaceable } from "./posix-checks.ts";

/** An open file of a `MemoryFileSystem`. */
export class OpenMemoryFile implements OpenFile {
  readonly kind = "file";
  readonly filetype = FileType.REGULAR_FILE;
  readonly seekable = true;
  readonly nativeHandle = undefined;
  private readonly node: MemoryFile;
  private closed = false;

  constructor(node: MemoryFile) {
    this.node = node;
    node.changeOpen(1);
  }

  stat(): FileStat {
    return this.node.stat();
  }

  setTimes(times: FileTimes): void {
    this.node.setTimes(times);
  }

  read(bytes: Uint8Array, offset: number): number {
    return this.node.content.read(bytes, offset);
  }

  write(bytes: Uint8Array, offset: number): number {
    if (bytes.length === 0) return 0;
    if (offset + bytes.length > Number.MAX_SAFE_INTEGER) failWith(Errno.FBIG);
    const count = this.node.content.write(bytes, offset);
    this.node.touch();
    return count;
  }

  append(bytes: Uint8Array): number {
    return this.write(bytes, this.node.content.length);
  }

  setSize(size: number): void {
    this.node.content.setLength(size);
    this.node.touch();
  }

  allocate(offset: number, length: number): void {
    if (offset + length > this.node.content.length) this.setSize(offset + length);
  }

  sync(): void {}

  close(): void {
    if (!this.closed) this.node.changeOpen(-1);
    this.closed = true;
  }
}

/** An open directory of a `MemoryFileSystem`. */
export class OpenMemoryDirectory implements OpenDirectory {
  readonly kind = "directory";
  readonly nativeHandle = undefined;
  private readonly node: MemoryDirectory;

  constructor(node: MemoryDirectory) {
    this.node = node;
  }

  stat(): FileStat {
    return this.node.stat();
  }

  setTimes(times: FileTimes): void {
    this.node.setTimes(times);
  }

  close(): void {}

  reopen(): OpenDirectory {
    return new OpenMemoryDirectory(this.node);
  }

  openAt(name: string, options: OpenOptions): OpenFile | OpenDirectory {
    const node = this.node.find(name);
    if (node === undefined) return this.createAt(name, options);
    if (options.create && options.exclusive) failWith(Errno.EXIST);
    if (node.kind === "symlink") failWith(options.directory ? Errno.NOTDIR : Errno.LOOP);
    if (node.kind === "directory") {
      if (options.write || options.create || options.truncate) failWith(Errno.ISDIR);
      return new OpenMemoryDirectory(node);
    }
    if (options.directory) failWith(Errno.NOTDIR);
    const file = new OpenMemoryFile(node);
    if (options.truncate) file.setSize(0);
    return file;
  }

  private createAt(name: string, options: OpenOptions): OpenFile {
    if (!options.create) failWith(Errno.NOENT);
    const node = new MemoryFile(this.node.volume);
    this.node.add(name, node);
    return new OpenMemoryFile(node);
  }

  statAt(name: string): FileStat | undefined {
    return this.node.find(name)?.stat();
  }

  setTimesAt(name: string, times: FileTimes): void {
    this.node.get(name).setTimes(times);
  }

  readlinkAt(name: string): string {
    const node = this.node.get(name);
    return node.kind === "symlink" ? node.target : failWith(Errno.INVAL);
  }

  makeDirectoryAt(name: string): void {
    this.node.add(name, new MemoryDirectory(this.node.volume));
  }

  removeDirectoryAt(name: string): void {
    const node = this.node.get(name);
    if (node.kind !== "directory") failWith(Errno.NOTDIR);
    if (!node.isEmpty) failWith(Errno.NOTEMPTY);
    this.node.remove(name);
  }

  unlinkAt(name: string): void {
    if (this.node.get(name).kind === "directory") failWith(Errno.ISDIR);
    this.node.remove(name);
  }

  renameAt(name: string, directory: OpenDirectory, newName: string): void {
    const target = this.sameVolume(directory);
    const node = this.node.get(name);
    const replaced = target.find(newName);
    // Two names of one file: POSIX leaves both.
    if (replaced === node) return;
    if (node.kind === "directory" && target.isWithin(node)) failWith(Errno.INVAL);
    // What holds the name that is moved is not empty, whatever kind is moved.
    if (replaced?.kind === "directory" && this.node.isWithin(replaced)) failWith(Errno.NOTEMPTY);
    if (replaced !== undefined) {
      const isEmpty = (): boolean => replaced.kind === "directory" && replaced.isEmpty;
      checkReplaceable(node.kind === "directory", replaced.kind === "directory", isEmpty);
    }
    this.node.move(name, target, newName);
  }

  linkAt(name: string, directory: OpenDirectory, newName: string): void {
    const target = this.sameVolume(directory);
    const node = this.node.get(name);
    if (target.find(newName) !== undefined) failWith(Errno.EXIST);
    if (node.kind === "directory") failWith(Errno.PERM);
    target.add(newName, node);
  }

  private sameVolume(directory: OpenDirectory): MemoryDirectory {
    if (directory instanceof OpenMemoryDirectory && directory.node.volume === this.node.volume) return directory.node;
    return failWith(Errno.XDEV);
  }

  symlinkAt(target: string, name: string): void {
    const link = new MemorySymlink(this.node.volume, target);
    try {
      this.node.add(name, link);
    } catch (error) {
      link.release();
      throw error;
    }
  }

  readDirectory(): DirectoryEntry[] {
    return Array.from(this.node.names(), (name) => ({ name, filetype: this.node.get(name).stat().filetype }));
  }
}
