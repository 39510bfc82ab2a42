import { decodeUtf8 } from "../../common/utf8.ts";
import { FileType } from "../abi/constants.ts";
import { Errno, failWith, translatingErrors, WasiError } from "../abi/errno.ts";
import type { DirectoryEntry, FileStat, FileTimes, OpenDirectory, OpenFile, OpenOptions } from "./file-system.ts";
import { fileType } from "./fs-like.ts";
import { fs } from "./node-builtins.ts";
import { exactTimes, fileStat } from "./node-handles.ts";
import { isWindowsFileName, isWindowsPath } from "./windows-names.ts";

/** What differs between hosts. */
export interface NodePlatform {
  /** Names are checked by the rules of Windows, and its separators in links are turned. */
  readonly windowsNames: boolean;
  /** link(2) makes a further name for a link itself, rather than for what it points to. */
  readonly linksToLinks: boolean;
}

/**
 * An open directory of the host. How it stays the directory that was opened is up to the two classes that extend this one;
 * what both do with a path to a name in it is here.
 */
export abstract class NodeDirectory implements OpenDirectory {
  readonly kind = "directory";
  protected readonly platform: NodePlatform;

  constructor(platform: NodePlatform) {
    this.platform = platform;
  }

  abstract readonly nativeHandle: number | undefined;
  abstract stat(): FileStat;
  abstract close(): void;
  abstract reopen(): OpenDirectory;
  abstract openAt(name: string, options: OpenOptions): OpenFile | OpenDirectory;

  /** The host's path to this directory. */
  protected abstract selfPath(): string;

  /** The host's path to a name in this directory; the name is checked. */
  protected abstract pathTo(name: string): string;

  /** @throws WasiError INVAL for what is not one component: the resolver sends none, and none may reach the host */
  protected checkName(name: string): void {
    if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) failWith(Errno.INVAL);
    if (this.platform.windowsNames && !isWindowsFileName(name)) failWith(Errno.INVAL);
  }

  private setTimesOf(path: string, times: FileTimes, follow: boolean): void {
    const stat = follow ? fs.statSync : fs.lstatSync;
    const set = follow ? fs.utimesSync : fs.lutimesSync;
    translatingErrors(() =>
      exactTimes.set(
        times,
        () => stat(path, { bigint: true }),
        (atime, mtime) => set(path, atime, mtime),
      ),
    );
  }

  setTimes(times: FileTimes): void {
    this.setTimesOf(this.selfPath(), times, true);
  }

  statAt(name: string): FileStat | undefined {
    const path = this.pathTo(name);
    const stats = translatingErrors(() => fs.lstatSync(path, { bigint: true, throwIfNoEntry: false }));
    return stats === undefined ? undefined : fileStat(stats);
  }

  setTimesAt(name: string, times: FileTimes): void {
    this.setTimesOf(this.pathTo(name), times, false);
  }

  readlinkAt(name: string): string {
    const bytes = translatingErrors(() => fs.readlinkSync(this.pathTo(name), { encoding: "buffer" }));
    const target = decodeUtf8(bytes, 0, bytes.length) ?? failWith(Errno.ILSEQ);
    return this.platform.windowsNames ? target.replace(/\\/g, "/") : target;
  }

  makeDirectoryAt(name: string): void {
    translatingErrors(() => fs.mkdirSync(this.pathTo(name), 0o755));
  }

  removeDirectoryAt(name: string): void {
    translatingErrors(() => fs.rmdirSync(this.pathTo(name)));
  }

  unlinkAt(name: string): void {
    try {
      translatingErrors(() => fs.unlinkSync(this.pathTo(name)));
    } catch (error) {
      // macOS and Windows say PERM of a directory.
      const unclear = error instanceof WasiError && (error.errno === Errno.PERM || error.errno === Errno.ACCES);
      if (unclear && this.statAt(name)?.filetype === FileType.DIRECTORY) failWith(Errno.ISDIR);
      throw error;
    }
  }

  renameAt(name: string, directory: OpenDirectory, newName: string): void {
    if (!(directory instanceof NodeDirectory)) failWith(Errno.XDEV);
    translatingErrors(() => fs.renameSync(this.pathTo(name), directory.pathTo(newName)));
  }

  linkAt(name: string, directory: OpenDirectory, newName: string): void {
    if (!(directory instanceof NodeDirectory)) failWith(Errno.XDEV);
    if (!this.platform.linksToLinks && this.statAt(name)?.filetype === FileType.SYMBOLIC_LINK) failWith(Errno.NOTSUP);
    translatingErrors(() => fs.linkSync(this.pathTo(name), directory.pathTo(newName)));
  }

  symlinkAt(target: string, name: string): void {
    // The resolver would not follow it outside, but other programs would: to Windows, `..\x` and `C:x` are more than names.
    if (this.platform.windowsNames && !isWindowsPath(target)) failWith(Errno.INVAL);
    translatingErrors(() => fs.symlinkSync(target, this.pathTo(name)));
  }

  readDirectory(): DirectoryEntry[] {
    const entries = translatingErrors(() => fs.readdirSync(this.selfPath(), { withFileTypes: true }));
    return entries.map((entry) => ({ name: entry.name, filetype: fileType(entry) }));
  }
}

/** The flags of open(2) for what is asked for; creation and emptying are the caller's. */
export function accessFlags(options: OpenOptions): number {
  const { O_RDONLY, O_WRONLY, O_RDWR, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = fs.constants;
  const writing = options.write || options.truncate;
  const access = writing ? (options.read ? O_RDWR : O_WRONLY) : O_RDONLY;
  // Not blocking, since opening a pipe would wait for its other end, and nobody could stop the host from waiting.
  return access | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0) | (O_NOCTTY ?? 0);
}
