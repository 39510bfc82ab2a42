import { encodeUtf8 } from "../../common/utf8.ts";
import { FileType } from "../abi/constants.ts";
import { Errno, errnoOf, failWith, WasiError } from "../abi/errno.ts";
import { ExactTimes } from "./exact-times.ts";
import type { FileStat, FileTimes } from "./file-system.ts";
import type { FsLike, FsLikeStats } from "./fs-like.ts";

/** What the open files and directories of one `FsAdapter` share. */
export class AdapterVolume {
  readonly fs: FsLike;
  private readonly times = new ExactTimes();

  constructor(fs: FsLike) {
    this.fs = fs;
  }

  /** Of a name itself. */
  statPath(path: string): FileStat | undefined {
    const stats = attempt(() => this.fs.lstatSync(path, { bigint: true, throwIfNoEntry: false }));
    if (stats === undefined) return undefined;
    const stat = this.times.statOf(stats);
    if (stat.filetype !== FileType.SYMBOLIC_LINK) return stat;
    // POSIX has the length of its text; memfs has 0.
    return { ...stat, size: encodeUtf8(this.readlink(path)).length };
  }

  statOpen(fd: number): FileStat {
    return this.times.statOf(attempt(() => this.fs.fstatSync(fd, { bigint: true })));
  }

  readlink(path: string): string {
    return String(attempt(() => this.fs.readlinkSync(path)));
  }

  setTimesOfPath(path: string, times: FileTimes): void {
    const stat = (): FsLikeStats =>
      this.fs.lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? failWith(Errno.NOENT);
    attempt(() => this.times.set(times, stat, (atime, mtime) => this.fs.lutimesSync(path, atime, mtime)));
  }

  setTimesOfOpen(fd: number, times: FileTimes): void {
    const stat = (): FsLikeStats => this.fs.fstatSync(fd, { bigint: true });
    attempt(() => this.times.set(times, stat, (atime, mtime) => this.fs.futimesSync(fd, atime, mtime)));
  }
}

/** Runs `operation`; what it throws becomes a `WasiError`: FBIG where it could not count so far, IO where nothing is known. */
export function attempt<T>(operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    if (error instanceof WasiError) throw error;
    throw new WasiError(errnoOf(error) ?? (error instanceof RangeError ? Errno.FBIG : Errno.IO));
  }
}
