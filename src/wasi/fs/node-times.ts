import type * as fs from "node:fs";
import type { FileTimes } from "./file-system.ts";

/**
 * Setting the times of host files to the nanosecond, as far as a guest can see.
 *
 * Node takes times as seconds in a double and hands microseconds to the system, so the exact value is lost, and a time that
 * should stay as it is moves. What was asked for is therefore remembered beside what the system made of it: as long as a
 * file still has the latter, the former is told.
 */
interface Remembered {
  readonly atim: { readonly seen: bigint; readonly exact: bigint };
  readonly mtim: { readonly seen: bigint; readonly exact: bigint };
}

/** How many files are remembered; the oldest are forgotten first. */
const MOST = 4096;

const remembered = new Map<string, Remembered>();

function keyOf(stats: fs.BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

/** The times of a file. */
export function exactTimes(stats: fs.BigIntStats): { readonly atim: bigint; readonly mtim: bigint } {
  const times = remembered.size === 0 ? undefined : remembered.get(keyOf(stats));
  const { atimeNs, mtimeNs } = stats;
  return {
    atim: times?.atim.seen === atimeNs ? times.atim.exact : atimeNs,
    mtim: times?.mtim.seen === mtimeNs ? times.mtim.exact : mtimeNs,
  };
}

/** Seconds for Node, which cuts off after the microseconds: a little more, so that a double just below one is not cut. */
function seconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1000n) / 1e6 + 1e-7;
}

/**
 * Sets times of what `stat` reads.
 * @param set one of Node's functions that set both times
 */
export function setExactTimes(
  times: FileTimes,
  stat: () => fs.BigIntStats,
  set: (atime: number, mtime: number) => void,
): void {
  const before = exactTimes(stat());
  const exact = { atim: times.atim ?? before.atim, mtim: times.mtim ?? before.mtim };
  set(seconds(exact.atim), seconds(exact.mtim));
  const after = stat();
  const key = keyOf(after);
  remembered.delete(key);
  remembered.set(key, {
    atim: { seen: after.atimeNs, exact: exact.atim },
    mtim: { seen: after.mtimeNs, exact: exact.mtim },
  });
  if (remembered.size > MOST) remembered.delete(remembered.keys().next().value as string);
}
