import { resolve } from "node:path";
import { FileType } from "../abi/constants.ts";
import { Errno, failWith, translatingErrors } from "../abi/errno.ts";
import type { FileSystem, OpenDirectory } from "./file-system.ts";
import { fs } from "./node-builtins.ts";
import { CheckedDirectory } from "./node-checked-directory.ts";
import { DescriptorDirectory, openDirectoryHandle } from "./node-descriptor-directory.ts";
import type { NodePlatform } from "./node-directory.ts";
import { fileStat } from "./node-handles.ts";

export interface NodeFileSystemOptions {
  /**
   * Hold directories by descriptors: safe against other processes that swap directories for links. By default where the
   * system has paths through descriptors (Linux with /proc).
   */
  readonly descriptors?: boolean;
  /** Refuse names that mean devices, streams or other paths to Windows. By default on Windows. */
  readonly windowsNames?: boolean;
}

let descriptorPaths: boolean | undefined;

/** Whether `/proc/self/fd/N/name` leads through the directory behind the descriptor N. */
function hasDescriptorPaths(): boolean {
  descriptorPaths ??= probeDescriptorPaths();
  return descriptorPaths;
}

function probeDescriptorPaths(): boolean {
  if (process.platform !== "linux") return false;
  try {
    const handle = openDirectoryHandle("/", 0);
    try {
      const direct = handle.stat();
      const through = fileStat(fs.statSync(`/proc/self/fd/${handle.fd}/.`, { bigint: true }));
      return direct.dev === through.dev && direct.ino === through.ino;
    } finally {
      handle.close();
    }
  } catch {
    return false;
  }
}

/**
 * Directories of the host, through `node:fs`.
 */
export class NodeFileSystem implements FileSystem {
  readonly hasDriveLetters: boolean;
  private readonly options: NodeFileSystemOptions;
  private readonly platform: NodePlatform;

  constructor(options: NodeFileSystemOptions = {}) {
    this.options = options;
    this.hasDriveLetters = process.platform === "win32";
    this.platform = {
      windowsNames: options.windowsNames ?? process.platform === "win32",
      linksToLinks: process.platform === "linux",
    };
  }

  openDirectory(path: string): OpenDirectory {
    if (this.options.descriptors ?? hasDescriptorPaths())
      return new DescriptorDirectory(openDirectoryHandle(path, 0), this.platform);
    const real = translatingErrors(() => fs.realpathSync(resolve(path)));
    const stat = fileStat(translatingErrors(() => fs.lstatSync(real, { bigint: true })));
    if (stat.filetype !== FileType.DIRECTORY) failWith(Errno.NOTDIR);
    return new CheckedDirectory(real, stat, this.platform);
  }
}
