import { FileType } from "../abi/constants.ts";

/** What tells the type of a file: Node's and memfs's `Stats` and `Dirent`. */
export interface TypedEntry {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isCharacterDevice(): boolean;
  isBlockDevice(): boolean;
  isSocket(): boolean;
}

/** Pipes have no type in WASI: UNKNOWN, as in WasmEdge. */
export function fileType(entry: TypedEntry): FileType {
  if (entry.isFile()) return FileType.REGULAR_FILE;
  if (entry.isDirectory()) return FileType.DIRECTORY;
  if (entry.isSymbolicLink()) return FileType.SYMBOLIC_LINK;
  if (entry.isCharacterDevice()) return FileType.CHARACTER_DEVICE;
  if (entry.isBlockDevice()) return FileType.BLOCK_DEVICE;
  if (entry.isSocket()) return FileType.SOCKET_STREAM;
  return FileType.UNKNOWN;
}

/** What is told of times and identity: Node's and memfs's `BigIntStats`. */
export interface FsLikeStats extends TypedEntry {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly nlink: bigint;
  readonly size: bigint;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/**
 * The part of `node:fs` that an `FsAdapter` uses; `memfs` has it, and so have others. Paths are absolute, with slashes. Errors have
 * the `code` of the system ("ENOENT").
 */
export interface FsLike {
  readonly constants: {
    readonly O_RDONLY: number;
    readonly O_WRONLY: number;
    readonly O_RDWR: number;
    readonly O_CREAT: number;
    readonly O_EXCL: number;
  };
  openSync(path: string, flags: number, mode?: number): number;
  closeSync(fd: number): void;
  readSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number;
  writeSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number;
  ftruncateSync(fd: number, size: number): void;
  fsyncSync(fd: number): void;
  fdatasyncSync(fd: number): void;
  fstatSync(fd: number, options: { readonly bigint: true }): FsLikeStats;
  futimesSync(fd: number, atime: number, mtime: number): void;
  lstatSync(path: string, options: { readonly bigint: true; readonly throwIfNoEntry: false }): FsLikeStats | undefined;
  lutimesSync(path: string, atime: number, mtime: number): void;
  readlinkSync(path: string): string | Uint8Array;
  realpathSync(path: string): string | Uint8Array;
  readdirSync(path: string): readonly unknown[];
  mkdirSync(path: string, options: { readonly mode: number }): unknown;
  rmdirSync(path: string): void;
  unlinkSync(path: string): void;
  renameSync(path: string, newPath: string): void;
  linkSync(path: string, newPath: string): void;
  symlinkSync(target: string, path: string): void;
}
