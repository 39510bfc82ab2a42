import type { FileStat, OpenDirectory } from "./file-system.ts";
import { isNameShort } from "./posix-checks.ts";

/**
 * Marks in the upper layer, as the layers of container images have them: `.wh.NAME` hides the lower layer's NAME, and
 * `.wh..wh..opq` in a directory all of the lower layer's names there. Guests neither see nor make names that begin so.
 * https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
 */
const PREFIX = ".wh.";
export const OPAQUE = ".wh..wh..opq";

/** The mark that hides a name. */
export function whiteoutOf(name: string): string {
  return PREFIX + name;
}

/** Whether a name is a mark, also to a file system that does not tell capitals. */
export function isMark(name: string): boolean {
  return name.slice(0, PREFIX.length).toLowerCase() === PREFIX;
}

/** Whether there is such a mark. For the longest names there is none: the mark's own name would be too long. */
export function hasMark(directory: OpenDirectory, mark: string): boolean {
  return isNameShort(mark) && directory.statAt(mark) !== undefined;
}

/** Makes a mark where there is none yet. @throws WasiError NAMETOOLONG, … */
export function makeMark(directory: OpenDirectory, mark: string): void {
  if (hasMark(directory, mark)) return;
  const options = { read: false, write: true, create: true, exclusive: true, truncate: false, directory: false };
  directory.openAt(mark, options).close();
}

export function removeMark(directory: OpenDirectory, mark: string): void {
  if (hasMark(directory, mark)) directory.unlinkAt(mark);
}

export type Layer = "upper" | "lower";

/** An open file of the lower layer, which changes to the upper one when its file is copied there. */
export interface LowerFile {
  changeTo(directory: OpenDirectory, name: string): void;
}

function keyOf(stat: FileStat): string {
  return `${stat.dev}:${stat.ino}`;
}

/** What the open files and directories of one overlay share: who is who. */
export class OverlayVolume {
  /** Of what was copied up: its numbers stay those that it had in the lower layer. */
  private readonly origins = new Map<string, FileStat>();
  private readonly openLowerFiles = new Map<string, Set<LowerFile>>();

  /** What a guest is told: numbers of the two layers do not meet, and do not change by copying up. */
  toGuest(stat: FileStat, layer: Layer): FileStat {
    const origin = layer === "upper" ? this.origins.get(keyOf(stat)) : stat;
    const { dev, ino } = origin ?? stat;
    return { ...stat, dev, ino: BigInt.asUintN(64, ino * 2n + (origin === undefined ? 0n : 1n)) };
  }

  copiedUp(upper: FileStat, lower: FileStat): void {
    this.origins.set(keyOf(upper), lower);
  }

  /** The last name of something in the upper layer went: its number may become another's. */
  forget(upper: FileStat): void {
    this.origins.delete(keyOf(upper));
  }

  openedLower(stat: FileStat, file: LowerFile): void {
    const files = this.openLowerFiles.get(keyOf(stat));
    if (files === undefined) this.openLowerFiles.set(keyOf(stat), new Set([file]));
    else files.add(file);
  }

  closedLower(stat: FileStat, file: LowerFile): void {
    const files = this.openLowerFiles.get(keyOf(stat));
    files?.delete(file);
    if (files?.size === 0) this.openLowerFiles.delete(keyOf(stat));
  }

  lowerFiles(stat: FileStat): readonly LowerFile[] {
    return Array.from(this.openLowerFiles.get(keyOf(stat)) ?? []);
  }
}
