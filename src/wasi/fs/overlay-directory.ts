import { FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { DirectoryEntry, FileStat, FileTimes, OpenDirectory, OpenFile, OpenOptions } from "./file-system.ts";
import { copyUp, copyUpTree } from "./overlay-copy.ts";
import { OverlayFile } from "./overlay-file.ts";
import type { Found, OverlayNode } from "./overlay-node.ts";
import { isMark, makeMark, OPAQUE, removeMark, whiteoutOf } from "./overlay-volume.ts";
import { checkReplaceable } from "./posix-checks.ts";

/** An open directory of an overlay. */
export class OverlayDirectory implements OpenDirectory {
  readonly kind = "directory";
  private readonly node: OverlayNode;
  private closed = false;

  constructor(node: OverlayNode) {
    this.node = node;
    node.open();
  }

  get nativeHandle(): number | undefined {
    return (this.node.upper ?? this.node.lower)?.nativeHandle;
  }

  close(): void {
    if (!this.closed) this.node.close();
    this.closed = true;
  }

  reopen(): OpenDirectory {
    return new OverlayDirectory(this.node);
  }

  stat(): FileStat {
    return this.node.stat();
  }

  setTimes(times: FileTimes): void {
    this.node.ensureUpper().setTimes(times);
  }

  readDirectory(): DirectoryEntry[] {
    return this.node.list();
  }

  statAt(name: string): FileStat | undefined {
    const found = this.node.lookup(name);
    return found && this.node.volume.toGuest(found.stat, found.layer);
  }

  readlinkAt(name: string): string {
    return this.node.get(name).directory.readlinkAt(name);
  }

  openAt(name: string, options: OpenOptions): OpenFile | OpenDirectory {
    const { node } = this;
    const found = node.lookup(name);
    if (found === undefined) return this.createAt(name, options);
    if (options.create && options.exclusive) failWith(Errno.EXIST);
    const { filetype } = found.stat;
    if (filetype === FileType.SYMBOLIC_LINK) failWith(options.directory ? Errno.NOTDIR : Errno.LOOP);
    if (filetype === FileType.DIRECTORY) {
      if (options.write || options.create || options.truncate) failWith(Errno.ISDIR);
      return new OverlayDirectory(node.child(name));
    }
    if (options.directory) failWith(Errno.NOTDIR);
    return this.openFile(name, found, { ...options, create: false, exclusive: false });
  }

  private openFile(name: string, { layer, directory, stat }: Found, options: OpenOptions): OpenFile {
    const { node } = this;
    const writes = options.write || options.truncate;
    if (layer === "lower" && writes) copyUp(node, name, !options.truncate);
    const holder = layer === "lower" && writes ? node.ensureUpper() : directory;
    const opened = holder.openAt(name, options);
    if (opened.kind !== "file") return failWith(Errno.ISDIR);
    return new OverlayFile(node.volume, opened, layer === "lower" && !writes ? { node, name, stat } : undefined);
  }

  private createAt(name: string, options: OpenOptions): OpenFile {
    if (!options.create) failWith(Errno.NOENT);
    const opened = this.make(name, (upper) => upper.openAt(name, { ...options, exclusive: true }));
    return opened.kind === "file" ? new OverlayFile(this.node.volume, opened) : failWith(Errno.ISDIR);
  }

  /** Makes something in the upper layer under a name that the guest does not see. @throws WasiError EXIST, INVAL for a mark */
  private make<T>(name: string, operation: (upper: OpenDirectory) => T): T {
    if (isMark(name)) failWith(Errno.INVAL);
    if (this.node.lookup(name) !== undefined) failWith(Errno.EXIST);
    const upper = this.node.ensureUpper();
    const result = operation(upper);
    removeMark(upper, whiteoutOf(name));
    return result;
  }

  makeDirectoryAt(name: string): void {
    this.make(name, (upper) => {
      upper.makeDirectoryAt(name);
      // What the lower layer has under a name that was hidden stays so.
      if (this.node.lower?.statAt(name)?.filetype === FileType.DIRECTORY) markOpaque(upper, name);
    });
  }

  symlinkAt(target: string, name: string): void {
    this.make(name, (upper) => upper.symlinkAt(target, name));
  }

  /** Makes sure that a name is in the upper layer. */
  private raise(name: string): OpenDirectory {
    const { layer, stat } = this.node.get(name);
    if (layer === "lower") {
      if (stat.filetype === FileType.DIRECTORY) this.node.child(name).ensureUpper();
      else copyUp(this.node, name);
    }
    return this.node.ensureUpper();
  }

  setTimesAt(name: string, times: FileTimes): void {
    this.raise(name).setTimesAt(name, times);
  }

  linkAt(name: string, directory: OpenDirectory, newName: string): void {
    const target = this.sameVolume(directory);
    if (target.node.lookup(newName) !== undefined) failWith(Errno.EXIST);
    if (this.node.get(name).stat.filetype === FileType.DIRECTORY) failWith(Errno.PERM);
    const source = this.raise(name);
    target.make(newName, (upper) => source.linkAt(name, upper, newName));
  }

  private sameVolume(directory: OpenDirectory): OverlayDirectory {
    if (directory instanceof OverlayDirectory && directory.node.volume === this.node.volume) return directory;
    return failWith(Errno.XDEV);
  }

  /** Hides what the lower layer has under a name. */
  private hideLower(name: string): void {
    if (this.node.lookupLower(name) !== undefined) makeMark(this.node.ensureUpper(), whiteoutOf(name));
  }

  unlinkAt(name: string): void {
    const { layer, directory, stat } = this.node.get(name);
    if (stat.filetype === FileType.DIRECTORY) failWith(Errno.ISDIR);
    this.hideLower(name);
    if (layer === "lower") return;
    directory.unlinkAt(name);
    if (stat.nlink <= 1n) this.node.volume.forget(stat);
  }

  private isEmptyAt(name: string): boolean {
    const child = new OverlayDirectory(this.node.child(name));
    try {
      return child.readDirectory().length === 0;
    } finally {
      child.close();
    }
  }

  removeDirectoryAt(name: string): void {
    const { layer, stat } = this.node.get(name);
    if (stat.filetype !== FileType.DIRECTORY) failWith(Errno.NOTDIR);
    if (!this.isEmptyAt(name)) failWith(Errno.NOTEMPTY);
    const told = this.node.volume.toGuest(stat, layer);
    this.hideLower(name);
    this.removeUpperDirectory(name, stat);
    this.node.removeChild(name, told);
  }

  /** Removes a directory of the upper layer that is empty to the guest: with the marks in it. */
  private removeUpperDirectory(name: string, stat: FileStat): void {
    const { upper } = this.node;
    if (upper?.statAt(name) === undefined) return;
    const { node } = this;
    const child = node.child(name);
    child.open();
    for (const mark of child.upper?.readDirectory() ?? []) child.upper?.unlinkAt(mark.name);
    upper.removeDirectoryAt(name);
    node.volume.forget(stat);
    child.close();
  }

  renameAt(name: string, directory: OpenDirectory, newName: string): void {
    const target = this.sameVolume(directory);
    const moved = this.node.get(name);
    const replaced = target.node.lookup(newName);
    if (isMark(newName)) failWith(Errno.INVAL);
    const isDirectory = moved.stat.filetype === FileType.DIRECTORY;
    if (replaced !== undefined && this.isReplacedBySelf(name, target, newName)) return;
    if (replaced?.stat.filetype === FileType.DIRECTORY && this.isWithinChild(target, newName)) failWith(Errno.NOTEMPTY);
    if (isDirectory && target.isWithinChild(this, name)) failWith(Errno.INVAL);
    if (replaced !== undefined) {
      checkReplaceable(isDirectory, replaced.stat.filetype === FileType.DIRECTORY, () => target.isEmptyAt(newName));
    }
    this.move(name, isDirectory, target, newName, replaced);
  }

  /** Two names of one file: POSIX leaves both. */
  private isReplacedBySelf(name: string, target: OverlayDirectory, newName: string): boolean {
    const [a, b] = [this.statAt(name), target.statAt(newName)];
    return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
  }

  /** Whether this directory is the one of that name in another, or lies below it. */
  private isWithinChild(parent: OverlayDirectory, name: string): boolean {
    const child = parent.node.find(name);
    return child !== undefined && this.node.isWithin(child);
  }

  private move(
    name: string,
    isDirectory: boolean,
    target: OverlayDirectory,
    newName: string,
    replaced: Found | undefined,
  ): void {
    const source = this.raise(name);
    const upper = target.node.ensureUpper();
    if (isDirectory) {
      const child = new OverlayDirectory(this.node.child(name));
      try {
        copyUpTree(child.node);
      } finally {
        child.close();
      }
      if (target.node.lower?.statAt(newName)?.filetype === FileType.DIRECTORY) markOpaque(source, name);
    }
    this.hideLower(name);
    if (replaced?.layer === "upper" && replaced.stat.nlink <= 1n) this.node.volume.forget(replaced.stat);
    if (replaced?.stat.filetype === FileType.DIRECTORY) {
      const told = this.node.volume.toGuest(replaced.stat, replaced.layer);
      target.removeUpperDirectory(newName, replaced.stat);
      target.node.removeChild(newName, told);
    }
    source.renameAt(name, upper, newName);
    removeMark(upper, whiteoutOf(newName));
    this.node.moveChild(name, target.node, newName);
  }
}

/** Hides all that the lower layer has in the directory of that name. */
function markOpaque(upper: OpenDirectory, name: string): void {
  const walking = { read: true, write: false, create: false, exclusive: false, truncate: false, directory: true };
  const directory = upper.openAt(name, walking);
  try {
    if (directory.kind === "directory") makeMark(directory, OPAQUE);
  } finally {
    directory.close();
  }
}
