import type { FileType } from "../abi/constants.ts";

/**
 * What WASI asks of files: small synchronous operations on open files and directories.
 *
 * A backend does no path resolution. It is given one name at a time, never one with a slash, never "", "." or "..", and it
 * never follows a symbolic link of that name: `path-resolution.ts` walks paths, in one place for all backends, and that is
 * what keeps a guest inside its preopens. A backend's part is that an open directory stays that directory, whatever
 * happens to its name meanwhile.
 *
 * All operations throw `WasiError`; rights are checked above.
 */
export interface FileSystem {
  /**
   * Opens a directory for a preopen. The path is the embedder's, not the guest's: links in it are followed.
   * @throws WasiError NOENT, NOTDIR, ACCES, …
   */
  openDirectory(path: string): OpenDirectory;
  /** True where "C:" at the start of a path is a drive letter. */
  readonly hasDriveLetters?: boolean;
}

/** filestat; times in nanoseconds since 1970-01-01 UTC. */
export interface FileStat {
  /** Of the file system; with `ino`, what tells two files from one with two names. */
  readonly dev: bigint;
  readonly ino: bigint;
  readonly filetype: FileType;
  /** Names that it has. */
  readonly nlink: bigint;
  /** In bytes. */
  readonly size: number;
  /** When it was last read. */
  readonly atim: bigint;
  /** When its content last changed. */
  readonly mtim: bigint;
  /** When anything of it last changed. */
  readonly ctim: bigint;
}

/** New times in nanoseconds; undefined leaves one as it is. */
export interface FileTimes {
  readonly atim: bigint | undefined;
  readonly mtim: bigint | undefined;
}

/** What `readDirectory` tells of a name: the type is that of the name itself, a link's too. */
export interface DirectoryEntry {
  readonly name: string;
  readonly filetype: FileType;
}

/** How `openAt` opens. */
export interface OpenOptions {
  readonly read: boolean;
  /** With it, a directory is ISDIR. */
  readonly write: boolean;
  /** Makes a regular file where there is nothing; a directory of that name is ISDIR then. */
  readonly create: boolean;
  /** With `create`: what exists already, links included, is EXIST. */
  readonly exclusive: boolean;
  /** Empties a regular file. */
  readonly truncate: boolean;
  /** Anything but a directory is NOTDIR, links included. Without it, a link is LOOP. */
  readonly directory: boolean;
}

/** What is common to files and directories. */
interface OpenNode {
  /** The host's own number for it, where it has one. */
  readonly nativeHandle: number | undefined;
  stat(): FileStat;
  setTimes(times: FileTimes): void;
  close(): void;
}

/**
 * An open file. The offset is kept above; operations are at a place.
 */
export interface OpenFile extends OpenNode {
  readonly kind: "file";
  readonly filetype: FileType;
  /**
   * False for pipes and terminals: these have no places, and ignore the offsets that they are given. Where they would have to
   * wait, they throw AGAIN.
   */
  readonly seekable: boolean;
  /** Returns the number of bytes read, 0 at the end. */
  read(bytes: Uint8Array, offset: number): number;
  /** Returns the number of bytes written. A place beyond the end leaves a hole of zeros. */
  write(bytes: Uint8Array, offset: number): number;
  /** Writes at the end, whoever else writes there too; returns the number of bytes written. */
  append(bytes: Uint8Array): number;
  /** Cuts the file off, or makes it longer by zeros. @param size in bytes @throws WasiError FBIG, NOSPC, … */
  setSize(size: number): void;
  /** Makes the file at least `offset + length` bytes long. */
  allocate(offset: number, length: number): void;
  /** Brings what was written to the medium. @param dataOnly times need not be */
  sync(dataOnly: boolean): void;
}

/** An open directory. Each `name` is one component: see `FileSystem`. */
export interface OpenDirectory extends OpenNode {
  readonly kind: "directory";
  /** The same directory once more, to be closed by itself. */
  reopen(): OpenDirectory;
  /**
   * Opens the file or directory of a name, or makes a file.
   * @throws WasiError NOENT, EXIST, ISDIR, NOTDIR, LOOP, as the options say; ACCES, NOSPC, …
   */
  openAt(name: string, options: OpenOptions): OpenFile | OpenDirectory;
  /** Of the name itself, not of what a link points to; undefined where there is nothing of that name. */
  statAt(name: string): FileStat | undefined;
  /** Of the name itself, not of what a link points to. */
  setTimesAt(name: string, times: FileTimes): void;
  /** @throws WasiError INVAL for what is not a symbolic link */
  readlinkAt(name: string): string;
  /** @throws WasiError EXIST for whatever has the name, links included */
  makeDirectoryAt(name: string): void;
  /** @throws WasiError NOTDIR, NOTEMPTY, … */
  removeDirectoryAt(name: string): void;
  /** @throws WasiError ISDIR for a directory */
  unlinkAt(name: string): void;
  /** @throws WasiError XDEV where `directory` belongs to another file system */
  renameAt(name: string, directory: OpenDirectory, newName: string): void;
  /** A further name for a file, or for a link itself. @throws WasiError PERM for a directory, XDEV */
  linkAt(name: string, directory: OpenDirectory, newName: string): void;
  /** Makes a link with this text, which is not looked at. @throws WasiError EXIST for whatever has the name */
  symlinkAt(target: string, name: string): void;
  /** All names but "." and "..", in no order. */
  readDirectory(): DirectoryEntry[];
}

/** Opens a directory to walk through it. */
export const walking: OpenOptions = {
  read: true,
  write: false,
  create: false,
  exclusive: false,
  truncate: false,
  directory: true,
};
