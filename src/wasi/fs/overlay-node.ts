import { FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import { type DirectoryEntry, type FileStat, type OpenDirectory, walking } from "./file-system.ts";
import { hasMark, isMark, type Layer, OPAQUE, type OverlayVolume, whiteoutOf } from "./overlay-volume.ts";

/** What a name stands for, and in which layer. */
export interface Found {
  readonly layer: Layer;
  readonly directory: OpenDirectory;
  /** The layer's own numbers. */
  readonly stat: FileStat;
}

function openBelow(parent: OpenDirectory, name: string): OpenDirectory {
  const opened = parent.openAt(name, walking);
  if (opened.kind === "directory") return opened;
  opened.close();
  return failWith(Errno.NOTDIR);
}

/**
 * A directory of an overlay that is open, or that an open one stands in: its directories in the two layers, of which one may
 * be missing, and its place, which changes when it is moved.
 */
export class OverlayNode {
  readonly volume: OverlayVolume;
  upper: OpenDirectory | undefined;
  lower: OpenDirectory | undefined;
  private parent: OverlayNode | undefined;
  private name: string;
  private readonly children = new Map<string, OverlayNode>();
  private openCount = 0;
  /** What it was when it was removed. */
  private removed: FileStat | undefined;

  constructor(volume: OverlayVolume, upper: OpenDirectory | undefined, lower: OpenDirectory | undefined) {
    this.volume = volume;
    this.upper = upper;
    this.lower = lower;
    this.name = "";
  }

  open(): void {
    this.openCount++;
  }

  close(): void {
    this.openCount--;
    this.forgetIfUnused();
  }

  /** And those above it, by a loop: a guest nests as deep as it likes. */
  private forgetIfUnused(): void {
    for (let at: OverlayNode | undefined = this; at?.isUnused === true; at = at.parent) {
      at.upper?.close();
      at.lower?.close();
      if (at.parent?.children.get(at.name) === at) at.parent.children.delete(at.name);
    }
  }

  private get isUnused(): boolean {
    return this.openCount === 0 && this.children.size === 0;
  }

  isWithin(node: OverlayNode): boolean {
    for (let at: OverlayNode | undefined = this; at !== undefined; at = at.parent) if (at === node) return true;
    return false;
  }

  find(name: string): OverlayNode | undefined {
    return this.children.get(name);
  }

  /** What a name stands for to the guest. Undefined for marks. */
  lookup(name: string): Found | undefined {
    if (isMark(name)) return undefined;
    const { upper, lower } = this;
    const above = upper?.statAt(name);
    if (upper !== undefined && above !== undefined) return { layer: "upper", directory: upper, stat: above };
    const below = this.lookupLower(name);
    return lower === undefined || below === undefined ? undefined : { layer: "lower", directory: lower, stat: below };
  }

  /** What a name stands for in the lower layer, where it is not hidden by a mark. */
  lookupLower(name: string): FileStat | undefined {
    if (this.lower === undefined) return undefined;
    if (this.upper !== undefined && hasMark(this.upper, whiteoutOf(name))) return undefined;
    return this.lower.statAt(name);
  }

  /** @throws WasiError NOENT */
  get(name: string): Found {
    return this.lookup(name) ?? failWith(Errno.NOENT);
  }

  /** The node of a directory in this one. */
  child(name: string): OverlayNode {
    const known = this.children.get(name);
    if (known !== undefined) return known;
    const isDirectory = (stat: FileStat | undefined): boolean => stat?.filetype === FileType.DIRECTORY;
    const above = this.upper?.statAt(name);
    const upper = this.upper !== undefined && isDirectory(above) ? openBelow(this.upper, name) : undefined;
    const merges = above === undefined || (upper !== undefined && upper.statAt(OPAQUE) === undefined);
    const below = merges ? this.lookupLower(name) : undefined;
    const lower = this.lower !== undefined && isDirectory(below) ? openBelow(this.lower, name) : undefined;
    if (upper === undefined && lower === undefined) failWith(Errno.NOTDIR);
    const child = new OverlayNode(this.volume, upper, lower);
    child.parent = this;
    child.name = name;
    this.children.set(name, child);
    return child;
  }

  /** The directory in the upper layer, made if there is none yet. @throws WasiError NOENT for one that was removed, NOSPC, … */
  ensureUpper(): OpenDirectory {
    if (this.upper !== undefined) return this.upper;
    const { parent, lower, name } = this;
    if (this.removed !== undefined || parent === undefined || lower === undefined) failWith(Errno.NOENT);
    const upper = keepingTimes(parent.ensureUpper(), (directory) => {
      directory.makeDirectoryAt(name);
      return openBelow(directory, name);
    });
    this.upper = upper;
    const stat = lower.stat();
    this.volume.copiedUp(upper.stat(), stat);
    upper.setTimes(stat);
    return upper;
  }

  /** To the guest. */
  stat(): FileStat {
    if (this.removed !== undefined) return this.removed;
    const { volume, upper, lower } = this;
    if (upper !== undefined) return volume.toGuest(upper.stat(), "upper");
    return volume.toGuest((lower ?? failWith(Errno.NOENT)).stat(), "lower");
  }

  /** The names of both layers, without marks and what they hide. */
  list(): DirectoryEntry[] {
    const above = this.removed === undefined ? (this.upper?.readDirectory() ?? []) : [];
    const names = new Set(above.map(({ name }) => name));
    const below = this.lower?.readDirectory() ?? [];
    const shown = below.filter(({ name }) => !names.has(name) && !names.has(whiteoutOf(name)));
    return [...above, ...shown].filter(({ name }) => !isMark(name));
  }

  /** The directory of that name was removed. @param stat what it was, to the guest */
  removeChild(name: string, stat: FileStat): void {
    const child = this.children.get(name);
    if (child === undefined) return;
    child.removed = { ...stat, nlink: 0n };
    child.dropLower();
    this.children.delete(name);
  }

  /** What has that name was moved to another, where nothing is. */
  moveChild(name: string, target: OverlayNode, newName: string): void {
    const child = this.children.get(name);
    if (child === undefined) return;
    this.children.delete(name);
    child.parent = target;
    child.name = newName;
    target.children.set(newName, child);
    child.dropLower();
    this.forgetIfUnused();
  }

  /** From now on only the upper layer counts, here and below. */
  private dropLower(): void {
    const nodes: OverlayNode[] = [this];
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      node.lower?.close();
      node.lower = undefined;
      for (const child of node.children.values()) nodes.push(child);
    }
  }
}

/** Does something to a directory of the upper layer that changes nothing to the guest: its times stay. */
export function keepingTimes<T>(directory: OpenDirectory, operation: (directory: OpenDirectory) => T): T {
  const { atim, mtim } = directory.stat();
  const result = operation(directory);
  directory.setTimes({ atim, mtim });
  return result;
}
