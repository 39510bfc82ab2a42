import { FileType } from "../abi/constants.ts";
import { Errno, WasiError } from "../abi/errno.ts";
import type { FileStat, OpenDirectory, OpenFile, OpenOptions } from "./file-system.ts";
import { fs } from "./node-builtins.ts";
import { accessFlags, NodeDirectory, type NodePlatform } from "./node-directory.ts";
import { NodeFile } from "./node-file.ts";
import { NodeHandle } from "./node-handles.ts";

/** Linux's O_PATH, which Node has no name for: a handle on a directory that may be walked through but not listed. */
const O_PATH = 0o10000000;

function pathOf(handle: NodeHandle): string {
  return `/proc/self/fd/${handle.fd}`;
}

/** Opens a directory, one that may only be walked through as well. */
export function openDirectoryHandle(path: string, flags: number): NodeHandle {
  const directory = flags | fs.constants.O_DIRECTORY;
  try {
    return NodeHandle.open(path, directory | fs.constants.O_RDONLY);
  } catch (error) {
    if (!(error instanceof WasiError && error.errno === Errno.ACCES)) throw error;
    return NodeHandle.open(path, directory | O_PATH);
  }
}

/**
 * A directory held by a descriptor, as openat(2) has it. Node has no openat, but Linux resolves `/proc/self/fd/N/name` from the
 * directory behind the descriptor, whatever became of its path: a directory that another process swaps for a link
 * meanwhile is not gone through. With O_NOFOLLOW for the name, no step depends on a check made before it.
 */
export class DescriptorDirectory extends NodeDirectory {
  private readonly handle: NodeHandle;

  constructor(handle: NodeHandle, platform: NodePlatform) {
    super(platform);
    this.handle = handle;
  }

  get nativeHandle(): number {
    return this.handle.fd;
  }

  protected selfPath(): string {
    return pathOf(this.handle);
  }

  protected pathTo(name: string): string {
    this.checkName(name);
    return `${this.selfPath()}/${name}`;
  }

  stat(): FileStat {
    return this.handle.stat();
  }

  close(): void {
    this.handle.close();
  }

  reopen(): OpenDirectory {
    return new DescriptorDirectory(openDirectoryHandle(this.selfPath(), 0), this.platform);
  }

  openAt(name: string, options: OpenOptions): OpenFile | OpenDirectory {
    const { O_CREAT, O_EXCL, O_TRUNC } = fs.constants;
    const path = this.pathTo(name);
    const flags =
      accessFlags(options) |
      (options.create ? O_CREAT : 0) |
      (options.exclusive ? O_EXCL : 0) |
      (options.truncate ? O_TRUNC : 0);
    const handle = options.directory ? openDirectoryHandle(path, flags) : NodeHandle.open(path, flags);
    try {
      const { filetype } = handle.stat();
      if (filetype === FileType.DIRECTORY) return new DescriptorDirectory(handle, this.platform);
      return new NodeFile(handle, filetype, pathOf(handle));
    } catch (error) {
      handle.close();
      throw error;
    }
  }
}
