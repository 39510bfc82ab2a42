import { join } from "node:path";
import { FileType } from "../abi/constants.ts";
import { Errno, failWith, translatingErrors, WasiError } from "../abi/errno.ts";
import type { DirectoryEntry, FileStat, OpenDirectory, OpenFile, OpenOptions } from "./file-system.ts";
import { fs } from "./node-builtins.ts";
import { accessFlags, NodeDirectory, type NodePlatform } from "./node-directory.ts";
import { NodeFile } from "./node-file.ts";
import { fileStat, NodeHandle } from "./node-handles.ts";

/** How often a file may come and go between two steps before we give up. */
const MOST_TRIES = 8;

/**
 * A directory held by its path, for hosts without paths through descriptors (macOS, Windows). Before each operation the path is
 * checked to lead to the same directory still, and after something was opened or looked at, once more; a file is never emptied
 * or made through a name that was not looked at, and what was moved or linked is what was seen before, or goes back.
 *
 * What this cannot do: another process that swaps a directory for a link just between a check and the operation after it
 * may have that one operation happen elsewhere. The guest itself has no such chance, since it runs in no other thread.
 */
export class CheckedDirectory extends NodeDirectory {
  readonly nativeHandle = undefined;
  private readonly path: string;
  private readonly identity: FileStat;

  /** @param identity of the directory, as it was found at `path` */
  constructor(path: string, identity: FileStat, platform: NodePlatform) {
    super(platform);
    this.path = path;
    this.identity = identity;
  }

  /** @throws WasiError NOENT where something else is there now */
  private check(): FileStat {
    const stats = translatingErrors(() => fs.lstatSync(this.path, { bigint: true, throwIfNoEntry: false }));
    const stat = stats === undefined ? failWith(Errno.NOENT) : fileStat(stats);
    if (stat.filetype !== FileType.DIRECTORY || !isSame(stat, this.identity)) failWith(Errno.NOENT);
    return stat;
  }

  protected selfPath(): string {
    this.check();
    return this.path;
  }

  protected pathTo(name: string): string {
    this.checkName(name);
    this.check();
    return join(this.path, name);
  }

  stat(): FileStat {
    return this.check();
  }

  close(): void {}

  reopen(): OpenDirectory {
    return new CheckedDirectory(this.path, this.check(), this.platform);
  }

  /** What was seen by its path was seen here, if the directory is still the same afterwards. */
  private checkedAfter<T>(operation: () => T): T {
    const result = operation();
    this.check();
    return result;
  }

  override statAt(name: string): FileStat | undefined {
    return this.checkedAfter(() => super.statAt(name));
  }

  override readlinkAt(name: string): string {
    return this.checkedAfter(() => super.readlinkAt(name));
  }

  override readDirectory(): DirectoryEntry[] {
    return this.checkedAfter(() => super.readDirectory());
  }

  openAt(name: string, options: OpenOptions): OpenFile | OpenDirectory {
    for (let tries = 1; ; tries++) {
      try {
        const opened = this.openOnce(name, options);
        this.check();
        return opened;
      } catch (error) {
        if (tries >= MOST_TRIES || !(error instanceof Changed)) throw error;
      }
    }
  }

  private openOnce(name: string, options: OpenOptions): OpenFile | OpenDirectory {
    const found = this.statAt(name);
    if (found === undefined) return this.createAt(name, options);
    if (options.create && options.exclusive) failWith(Errno.EXIST);
    if (found.filetype === FileType.DIRECTORY) {
      if (options.write || options.create || options.truncate) failWith(Errno.ISDIR);
      return new CheckedDirectory(this.pathTo(name), found, this.platform);
    }
    if (options.directory) failWith(Errno.NOTDIR);
    if (found.filetype === FileType.SYMBOLIC_LINK) failWith(Errno.LOOP);
    return this.openFound(name, found, options);
  }

  private createAt(name: string, options: OpenOptions): OpenFile {
    if (!options.create) failWith(Errno.NOENT);
    const { O_CREAT, O_EXCL } = fs.constants;
    try {
      // Exclusively, whatever was asked for: a link put there meanwhile is not followed then.
      const handle = NodeHandle.open(this.pathTo(name), accessFlags(options) | O_CREAT | O_EXCL);
      return new NodeFile(handle, FileType.REGULAR_FILE, undefined);
    } catch (error) {
      if (error instanceof WasiError && error.errno === Errno.EXIST && !options.exclusive) throw new Changed();
      throw error;
    }
  }

  override renameAt(name: string, directory: OpenDirectory, newName: string): void {
    const found = this.statAt(name) ?? failWith(Errno.NOENT);
    super.renameAt(name, directory, newName);
    if (directory instanceof CheckedDirectory && !directory.holds(newName, found)) {
      // Something from elsewhere was brought in. Back to where it came from.
      translatingErrors(() => fs.renameSync(join(directory.path, newName), join(this.path, name)));
      throw new Changed();
    }
  }

  override linkAt(name: string, directory: OpenDirectory, newName: string): void {
    const found = this.statAt(name) ?? failWith(Errno.NOENT);
    super.linkAt(name, directory, newName);
    if (directory instanceof CheckedDirectory && !directory.holds(newName, found)) {
      translatingErrors(() => fs.unlinkSync(join(directory.path, newName)));
      throw new Changed();
    }
  }

  /** Whether a name is that of what was seen before. */
  private holds(name: string, expected: FileStat): boolean {
    const stats = translatingErrors(() => fs.lstatSync(join(this.path, name), { bigint: true, throwIfNoEntry: false }));
    return stats !== undefined && isSame(fileStat(stats), expected);
  }

  private openFound(name: string, found: FileStat, options: OpenOptions): OpenFile {
    const handle = NodeHandle.open(this.pathTo(name), accessFlags(options));
    try {
      if (!isSame(handle.stat(), found)) throw new Changed();
      if (options.truncate) translatingErrors(() => fs.ftruncateSync(handle.fd, 0));
    } catch (error) {
      handle.close();
      throw error;
    }
    return new NodeFile(handle, found.filetype, undefined);
  }
}

/** What stood under a name is not what was seen there a moment before. */
class Changed extends WasiError {
  constructor() {
    super(Errno.AGAIN);
  }
}

function isSame(a: FileStat, b: FileStat): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}
