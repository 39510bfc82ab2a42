import { FileType } from "../abi/constants.ts";
import { Errno } from "../abi/errno.ts";
import type { RightsPair } from "../abi/rights.ts";
import type { DirectoryEntry, FileStat, FileTimes, OpenDirectory } from "../fs/file-system.ts";
import { Descriptor } from "./descriptor.ts";

/** A descriptor of an open directory. */
export class DirectoryDescriptor extends Descriptor {
  readonly filetype = FileType.DIRECTORY;
  readonly directory: OpenDirectory;
  /** The guest's name for it; undefined for what is not a preopen. */
  readonly preopenName: string | undefined;
  protected readonly withoutContent = Errno.ISDIR;
  protected readonly withoutPlaces = Errno.BADF;
  /** What `fd_readdir` goes through; see `Listings`. */
  listing: readonly DirectoryEntry[] | undefined;

  constructor(directory: OpenDirectory, rights: RightsPair, flags: number, preopenName?: string) {
    super(rights, flags);
    this.directory = directory;
    this.preopenName = preopenName;
  }

  get nativeHandle(): number | undefined {
    return this.directory.nativeHandle;
  }

  stat(): FileStat {
    return this.directory.stat();
  }

  override setTimes(times: FileTimes): void {
    this.directory.setTimes(times);
  }

  close(): void {
    this.listing = undefined;
    this.directory.close();
  }

  /**
   * All entries, "." and ".." first, the rest in order of their names. A cookie is an index into this list, which is made
   * anew at cookie 0: entries removed or made meanwhile move none of the others.
   */
  list(): readonly DirectoryEntry[] {
    const entries = this.directory.readDirectory();
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const own = [".", ".."].map((name) => ({ name, filetype: FileType.DIRECTORY }));
    return [...own, ...entries];
  }

  /** The inode number of an entry; 0 where it is gone. That of ".." is this directory's: what lies above is not shown. */
  inoOf(entry: DirectoryEntry): bigint {
    if (entry.name === "." || entry.name === "..") return this.directory.stat().ino;
    return this.directory.statAt(entry.name)?.ino ?? 0n;
  }
}
