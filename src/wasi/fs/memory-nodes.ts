import { host } from "../../common/host.ts";
import { encodeUtf8 } from "../../common/utf8.ts";
import { FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { FileStat, FileTimes } from "./file-system.ts";
import { checkNameLength } from "./posix-checks.ts";
import { SparseBytes } from "./sparse-bytes.ts";

/** What bounds a file system in memory. */
export interface MemoryQuota {
  /** Bytes that all content may take, rounded up by file; beyond it NOSPC. */
  readonly maxBytes: number;
  /** Names that there may be, of files, directories and links; beyond it NOSPC. */
  readonly maxEntries: number;
}

let devices = 0n;

/** What the nodes of one file system share: its number, the numbers of its nodes, its quota. */
export class MemoryVolume {
  /** The number by which guests know the file system; another one in each process, unless a snapshot has brought it. */
  dev: bigint;
  readonly quota: MemoryQuota;
  usedBytes = 0;
  usedEntries = 0;
  /** The number of the node that was made last. */
  lastIno = 0n;
  /** The time of what happens in it. */
  now: () => bigint = () => host.realtimeNanoseconds();

  constructor(quota: MemoryQuota) {
    this.dev = ++devices;
    this.quota = quota;
  }

  nextIno(): bigint {
    return ++this.lastIno;
  }

  /** @throws WasiError NOSPC, and nothing is taken */
  readonly chargeBytes = (bytes: number): void => {
    if (bytes > 0 && this.usedBytes + bytes > this.quota.maxBytes) failWith(Errno.NOSPC);
    this.usedBytes += bytes;
  };
}

/** What a name stands for: a file, a directory or a symbolic link. An inode. */
abstract class Node {
  readonly volume: MemoryVolume;
  ino: bigint;
  nlink = 0n;
  atim: bigint;
  mtim: bigint;
  ctim: bigint;

  constructor(volume: MemoryVolume) {
    this.volume = volume;
    this.ino = volume.nextIno();
    this.atim = volume.now();
    this.mtim = this.atim;
    this.ctim = this.atim;
  }

  protected abstract readonly filetype: FileType;
  protected abstract readonly size: number;

  stat(): FileStat {
    const { ino, filetype, nlink, size, atim, mtim, ctim } = this;
    return { dev: this.volume.dev, ino, filetype, nlink, size, atim, mtim, ctim };
  }

  setTimes(times: FileTimes): void {
    this.atim = times.atim ?? this.atim;
    this.mtim = times.mtim ?? this.mtim;
    this.ctim = this.volume.now();
  }

  /** The content changed. */
  touch(): void {
    this.mtim = this.volume.now();
    this.ctim = this.mtim;
  }

  /** A name was added (1) or taken away (-1). */
  changeLinks(by: 1n | -1n): void {
    this.nlink += by;
    this.ctim = this.volume.now();
  }
}

export class MemoryFile extends Node {
  readonly kind = "file";
  readonly content: SparseBytes;
  private openCount = 0;
  protected readonly filetype = FileType.REGULAR_FILE;

  constructor(volume: MemoryVolume) {
    super(volume);
    this.content = new SparseBytes(volume.chargeBytes);
  }

  protected get size(): number {
    return this.content.length;
  }

  /** Opened (1) or closed (-1): a file without a name lives as long as it is open. */
  changeOpen(by: 1 | -1): void {
    this.openCount += by;
    this.releaseIfUnused();
  }

  override changeLinks(by: 1n | -1n): void {
    super.changeLinks(by);
    this.releaseIfUnused();
  }

  private releaseIfUnused(): void {
    if (this.openCount === 0 && this.nlink === 0n) this.content.setLength(0);
  }
}

export class MemorySymlink extends Node {
  readonly kind = "symlink";
  readonly target: string;
  protected readonly filetype = FileType.SYMBOLIC_LINK;

  /** Its text counts as content. @throws WasiError NOSPC */
  constructor(volume: MemoryVolume, target: string) {
    super(volume);
    this.target = target;
    volume.chargeBytes(this.size);
  }

  protected get size(): number {
    return encodeUtf8(this.target).length;
  }

  /** For a link that got no name after all, or lost its last. */
  release(): void {
    this.volume.chargeBytes(-this.size);
  }

  override changeLinks(by: 1n | -1n): void {
    super.changeLinks(by);
    if (this.nlink === 0n) this.release();
  }
}

export class MemoryDirectory extends Node {
  readonly kind = "directory";
  protected readonly filetype = FileType.DIRECTORY;
  protected readonly size = 0;
  private readonly entries = new Map<string, MemoryNode>();
  /** Undefined for the root, and for a directory that was removed. */
  private parent: MemoryDirectory | undefined;

  constructor(volume: MemoryVolume) {
    super(volume);
    this.nlink = 2n;
  }

  names(): IterableIterator<string> {
    return this.entries.keys();
  }

  get isEmpty(): boolean {
    return this.entries.size === 0;
  }

  /** @throws WasiError NAMETOOLONG, as hosts do for a name that nothing can have */
  find(name: string): MemoryNode | undefined {
    const node = this.entries.get(name);
    if (node === undefined) checkNameLength(name);
    return node;
  }

  /** @throws WasiError NOENT where there is nothing of that name, NAMETOOLONG */
  get(name: string): MemoryNode {
    return this.find(name) ?? failWith(Errno.NOENT);
  }

  /** Whether this is `directory` or lies below it. */
  isWithin(directory: MemoryDirectory): boolean {
    for (let at: MemoryDirectory | undefined = this; at !== undefined; at = at.parent)
      if (at === directory) return true;
    return false;
  }

  /**
   * Adds a name for `node`.
   * @throws WasiError EXIST, NAMETOOLONG, NOENT in a directory that was removed, NOSPC
   */
  add(name: string, node: MemoryNode): void {
    const { volume } = this;
    if (this.entries.has(name)) failWith(Errno.EXIST);
    this.checkName(name);
    if (volume.usedEntries >= volume.quota.maxEntries) failWith(Errno.NOSPC);
    volume.usedEntries++;
    this.entries.set(name, node);
    if (node.kind === "directory") {
      node.parent = this;
      this.nlink++;
    } else node.changeLinks(1n);
    this.touch();
  }

  /** @throws WasiError NOENT in a directory that was removed, NAMETOOLONG */
  private checkName(name: string): void {
    if (this.nlink === 0n) failWith(Errno.NOENT);
    checkNameLength(name);
  }

  /**
   * Gives a node another name, in place of what has that name already.
   * @throws WasiError NOENT, NAMETOOLONG, and nothing has changed
   */
  move(name: string, target: MemoryDirectory, newName: string): void {
    const node = this.get(name);
    target.checkName(newName);
    if (target.entries.has(newName)) target.remove(newName);
    this.entries.delete(name);
    target.entries.set(newName, node);
    if (node.kind === "directory") {
      node.parent = target;
      this.nlink--;
      target.nlink++;
    }
    node.ctim = this.volume.now();
    this.touch();
    target.touch();
  }

  /** Takes a name away; the node lives on where it has another, or is open. In a removed directory nothing can be made. */
  remove(name: string): void {
    const node = this.get(name);
    this.volume.usedEntries--;
    this.entries.delete(name);
    if (node.kind === "directory") {
      node.parent = undefined;
      node.nlink = 0n;
      this.nlink--;
    } else node.changeLinks(-1n);
    this.touch();
  }
}

export type MemoryNode = MemoryFile | MemoryDirectory | MemorySymlink;
