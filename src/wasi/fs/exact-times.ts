import type { FileStat, FileTimes } from "./file-system.ts";
import { type FsLikeStats, fileType } from "./fs-like.ts";

interface Remembered {
  readonly atim: { readonly seen: bigint; readonly exact: bigint };
  readonly mtim: { readonly seen: bigint; readonly exact: bigint };
}

/** How many files are remembered; the oldest are forgotten first. */
const MOST = 4096;

type StatsOfTimes = Pick<FsLikeStats, "dev" | "ino" | "atimeNs" | "mtimeNs">;

function keyOf(stats: StatsOfTimes): string {
  return `${stats.dev}:${stats.ino}`;
}

/** Seconds for Node, which cuts off after the microseconds: a little more, so that a double just below one is not cut. */
function seconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1000n) / 1e6 + 1e-7;
}

/**
 * Times of files to the nanosecond, as far as a guest can see.
 *
 * Node takes times as seconds in a double and hands microseconds to the system (memfs keeps milliseconds), so the exact value is
 * lost, and a time that should stay as it is moves. What was asked for is therefore remembered beside what the system made of
 * it: as long as a file still has the latter, the former is told.
 */
export class ExactTimes {
  private readonly remembered = new Map<string, Remembered>();

  /** What `fs` tells of a file, in WASI's terms. */
  statOf(stats: FsLikeStats): FileStat {
    return {
      dev: BigInt.asUintN(64, stats.dev),
      ino: BigInt.asUintN(64, stats.ino),
      filetype: fileType(stats),
      nlink: stats.nlink,
      size: Number(stats.size),
      ...this.of(stats),
      ctim: stats.ctimeNs,
    };
  }

  /** The times of a file. */
  of(stats: StatsOfTimes): { readonly atim: bigint; readonly mtim: bigint } {
    const times = this.remembered.size === 0 ? undefined : this.remembered.get(keyOf(stats));
    const { atimeNs, mtimeNs } = stats;
    return {
      atim: times?.atim.seen === atimeNs ? times.atim.exact : atimeNs,
      mtim: times?.mtim.seen === mtimeNs ? times.mtim.exact : mtimeNs,
    };
  }

  /**
   * Sets times of what `stat` reads.
   * @param set one of Node's functions that set both times
   */
  set(times: FileTimes, stat: () => StatsOfTimes, set: (atime: number, mtime: number) => void): void {
    const before = this.of(stat());
    const exact = { atim: times.atim ?? before.atim, mtim: times.mtim ?? before.mtim };
    set(seconds(exact.atim), seconds(exact.mtim));
    const after = stat();
    const key = keyOf(after);
    this.remembered.delete(key);
    this.remembered.set(key, {
      atim: { seen: after.atimeNs, exact: exact.atim },
      mtim: { seen: after.mtimeNs, exact: exact.mtim },
    });
    if (this.remembered.size > MOST) this.remembered.delete(this.remembered.keys().next().value as string);
  }
}
