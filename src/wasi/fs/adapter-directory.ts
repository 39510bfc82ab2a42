import { FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import { MAX_PATH_BYTES } from "../abi/guest-memory.ts";
import { AdapterFile } from "./adapter-file.ts";
import type { AdapterNode } from "./adapter-tree.ts";
import { type AdapterVolume, attempt } from "./adapter-volume.ts";
import type { DirectoryEntry, FileStat, FileTimes, OpenDirectory, OpenFile, OpenOptions } from "./file-system.ts";
import { checkNameLength, checkReplaceable } from "./posix-checks.ts";

/**
 * An open directory of an `FsAdapter`: held by its path, which is checked to lead to the same directory still before each
 * operation. What POSIX refuses is refused here, since simple file systems do not.
 */
export class AdapterDirectory implements OpenDirectory {
  readonly kind = "directory";
  readonly nativeHandle = undefined;
  private readonly volume: AdapterVolume;
  private readonly node: AdapterNode;
  private readonly ino: bigint;
  private closed = false;

  /** @throws WasiError NOENT, NOTDIR where no directory is there */
  constructor(volume: AdapterVolume, node: AdapterNode) {
    this.volume = volume;
    this.node = node;
    const found = volume.statPath(node.path || "/") ?? failWith(Errno.NOENT);
    if (found.filetype !== FileType.DIRECTORY) failWith(Errno.NOTDIR);
    this.ino = found.ino;
    node.open();
  }

  /** @throws WasiError NOENT where another directory, or none, is there now */
  private check(): FileStat {
    const stat = this.volume.statPath(this.node.path || "/");
    if (stat?.filetype !== FileType.DIRECTORY || stat.ino !== this.ino) failWith(Errno.NOENT);
    return stat;
  }

  /** The path of a name in it. @throws WasiError INVAL for what is not one component */
  private pathTo(name: string): string {
    if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) failWith(Errno.INVAL);
    this.check();
    checkNameLength(name);
    const path = `${this.node.path}/${name}`;
    // As a kernel would: simple file systems walk all of it each time, and some by recursion.
    return path.length > MAX_PATH_BYTES ? failWith(Errno.NAMETOOLONG) : path;
  }

  stat(): FileStat {
    return this.check();
  }

  setTimes(times: FileTimes): void {
    this.check();
    this.volume.setTimesOfPath(this.node.path || "/", times);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.node.close();
  }

  reopen(): OpenDirectory {
    this.check();
    return new AdapterDirectory(this.volume, this.node);
  }

  openAt(name: string, options: OpenOptions): OpenFile | OpenDirectory {
    const found = this.statAt(name);
    if (found === undefined) return this.createAt(name, options);
    if (options.create && options.exclusive) failWith(Errno.EXIST);
    if (found.filetype === FileType.SYMBOLIC_LINK) failWith(options.directory ? Errno.NOTDIR : Errno.LOOP);
    if (found.filetype === FileType.DIRECTORY) {
      if (options.write || options.create || options.truncate) failWith(Errno.ISDIR);
      return new AdapterDirectory(this.volume, this.node.child(name));
    }
    if (options.directory) failWith(Errno.NOTDIR);
    const file = this.openFile(name, options, 0);
    if (options.truncate) file.setSize(0);
    return file;
  }

  private openFile(name: string, options: OpenOptions, flags: number): AdapterFile {
    const { fs } = this.volume;
    const { O_RDONLY, O_RDWR } = fs.constants;
    const access = options.write || options.truncate || options.create ? O_RDWR : O_RDONLY;
    return new AdapterFile(
      this.volume,
      attempt(() => fs.openSync(this.pathTo(name), access | flags, 0o644)),
    );
  }

  private createAt(name: string, options: OpenOptions): OpenFile {
    if (!options.create) failWith(Errno.NOENT);
    const { O_CREAT, O_EXCL } = this.volume.fs.constants;
    return this.openFile(name, options, O_CREAT | O_EXCL);
  }

  statAt(name: string): FileStat | undefined {
    return this.volume.statPath(this.pathTo(name));
  }

  private get(name: string): FileStat {
    return this.statAt(name) ?? failWith(Errno.NOENT);
  }

  setTimesAt(name: string, times: FileTimes): void {
    this.volume.setTimesOfPath(this.pathTo(name), times);
  }

  readlinkAt(name: string): string {
    if (this.get(name).filetype !== FileType.SYMBOLIC_LINK) failWith(Errno.INVAL);
    return this.volume.readlink(this.pathTo(name));
  }

  /** Makes something under a new name. @throws WasiError EXIST */
  private make(name: string, operation: (path: string) => void): void {
    if (this.statAt(name) !== undefined) failWith(Errno.EXIST);
    attempt(() => operation(this.pathTo(name)));
  }

  makeDirectoryAt(name: string): void {
    this.make(name, (path) => this.volume.fs.mkdirSync(path, { mode: 0o755 }));
  }

  symlinkAt(target: string, name: string): void {
    this.make(name, (path) => this.volume.fs.symlinkSync(target, path));
  }

  removeDirectoryAt(name: string): void {
    if (this.get(name).filetype !== FileType.DIRECTORY) failWith(Errno.NOTDIR);
    if (!this.isEmptyAt(name)) failWith(Errno.NOTEMPTY);
    attempt(() => this.volume.fs.rmdirSync(this.pathTo(name)));
    this.node.removeChild(name);
  }

  private isEmptyAt(name: string): boolean {
    return attempt(() => this.volume.fs.readdirSync(this.pathTo(name))).length === 0;
  }

  unlinkAt(name: string): void {
    if (this.get(name).filetype === FileType.DIRECTORY) failWith(Errno.ISDIR);
    attempt(() => this.volume.fs.unlinkSync(this.pathTo(name)));
  }

  renameAt(name: string, directory: OpenDirectory, newName: string): void {
    const target = this.sameVolume(directory);
    const moved = this.get(name);
    const replaced = target.statAt(newName);
    const isDirectory = moved.filetype === FileType.DIRECTORY;
    if (replaced !== undefined) {
      // Two names of one file: POSIX leaves both.
      if (replaced.ino === moved.ino) return;
      if (replaced.filetype === FileType.DIRECTORY && this.isWithinChild(target, newName)) failWith(Errno.NOTEMPTY);
    }
    if (isDirectory && target.isWithinChild(this, name)) failWith(Errno.INVAL);
    if (replaced !== undefined) {
      const replacesDirectory = replaced.filetype === FileType.DIRECTORY;
      checkReplaceable(isDirectory, replacesDirectory, () => target.isEmptyAt(newName));
      // Simple file systems refuse to put a directory in the place of another, or lose count.
      if (replacesDirectory) target.removeDirectoryAt(newName);
      else target.unlinkAt(newName);
    }
    if (moved.filetype === FileType.SYMBOLIC_LINK) this.moveLink(name, target, newName, moved);
    else attempt(() => this.volume.fs.renameSync(this.pathTo(name), target.pathTo(newName)));
    this.node.moveChild(name, target.node, newName);
  }

  /** A link is made anew: memfs's rename follows it and moves what it points to, wherever that is. */
  private moveLink(name: string, target: AdapterDirectory, newName: string, { atim, mtim }: FileStat): void {
    const text = this.readlinkAt(name);
    attempt(() => this.volume.fs.symlinkSync(text, target.pathTo(newName)));
    attempt(() => this.volume.fs.unlinkSync(this.pathTo(name)));
    target.setTimesAt(newName, { atim, mtim });
  }

  /** Whether this directory is the one of that name in another, or lies below it. */
  private isWithinChild(parent: AdapterDirectory, name: string): boolean {
    const child = parent.node.find(name);
    return child !== undefined && this.node.isWithin(child);
  }

  linkAt(name: string, directory: OpenDirectory, newName: string): void {
    const target = this.sameVolume(directory);
    const found = this.get(name);
    if (target.statAt(newName) !== undefined) failWith(Errno.EXIST);
    if (found.filetype === FileType.DIRECTORY) failWith(Errno.PERM);
    attempt(() => this.volume.fs.linkSync(this.pathTo(name), target.pathTo(newName)));
  }

  private sameVolume(directory: OpenDirectory): AdapterDirectory {
    if (directory instanceof AdapterDirectory && directory.volume === this.volume) return directory;
    return failWith(Errno.XDEV);
  }

  readDirectory(): DirectoryEntry[] {
    this.check();
    const names = attempt(() => this.volume.fs.readdirSync(this.node.path || "/")).map(String);
    return names.map((name) => ({ name, filetype: this.statAt(name)?.filetype ?? FileType.UNKNOWN }));
  }
}
