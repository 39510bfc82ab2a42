import { encodeUtf8 } from "../../common/utf8.ts";
import type { ByteWriter } from "../../executor/coredump/byte-writer.ts";
import type { SnapshotReader } from "../../snapshot/snapshot-reader.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { FileSystem, OpenDirectory } from "./file-system.ts";
import { MemoryDirectory, MemoryFile, type MemoryNode, type MemoryQuota, MemoryVolume } from "./memory-nodes.ts";
import { OpenMemoryDirectory, OpenMemoryFile } from "./memory-open-nodes.ts";
import { resetTimes, restoreTree, saveTree } from "./memory-tree.ts";
import { requireQuota } from "./quota-usage.ts";

/** The quota, and what is there to begin with. */
export interface MemoryFileSystemOptions extends Partial<MemoryQuota> {
  /** Files to begin with: their paths, with the directories that they need, and their content; text becomes UTF-8. */
  readonly files?: { readonly [path: string]: Uint8Array | string };
}

const defaultQuota: MemoryQuota = { maxBytes: 2 ** 30, maxEntries: 2 ** 17 };

/**
 * A file system in memory: what a guest gets where there is no host, and what an embedder fills and reads to pass files to
 * and from a guest without touching a disk.
 *
 * Paths of its own methods begin at its root, with or without a slash; they know neither `..` (INVAL) nor links.
 */
export class MemoryFileSystem implements FileSystem {
  private readonly root: MemoryDirectory;
  private readonly volume: MemoryVolume;

  /**
   * @param options the quota (by default 1 GiB and 131,072 names) and files to begin with
   * @throws RuntimeError where a bound of the quota is no count and not infinite; WasiError NOSPC where the files do not fit
   */
  constructor(options: MemoryFileSystemOptions = {}) {
    const { maxBytes = defaultQuota.maxBytes, maxEntries = defaultQuota.maxEntries } = options;
    this.volume = new MemoryVolume(requireQuota({ maxBytes, maxEntries }));
    this.root = new MemoryDirectory(this.volume);
    for (const [path, content] of Object.entries(options.files ?? {})) this.writeFile(path, content);
  }

  /** Bytes taken by content, rounded up by file. */
  get usedBytes(): number {
    return this.volume.usedBytes;
  }

  /**
   * For deterministic guests: takes the time from there, for what is in it already too, and a number that is the same in each
   * process.
   */
  useClock(now: () => bigint): void {
    this.volume.now = now;
    this.volume.dev = 1n;
    resetTimes(this.root);
  }

  /** For snapshots: everything that is in it, with times and numbers. */
  saveTree(writer: ByteWriter): void {
    saveTree(writer, this.root);
  }

  /** For snapshots: in place of everything that is in it. @throws MalformedSnapshot; WasiError NOSPC */
  restoreTree(reader: SnapshotReader): void {
    restoreTree(reader, this.root);
  }

  openDirectory(path: string): OpenDirectory {
    return new OpenMemoryDirectory(directoryOf(this.find(path)));
  }

  /**
   * Writes a whole file, and makes the directories that its path needs.
   * @throws WasiError ISDIR, NOTDIR; NOSPC, with as much written as there was room for
   */
  writeFile(path: string, content: Uint8Array | string): void {
    const components = componentsOf(path);
    const name = components.pop() ?? failWith(Errno.ISDIR);
    const directory = this.makeDirectories(components);
    const file = directory.find(name) ?? this.addFile(directory, name);
    if (file.kind !== "file") failWith(file.kind === "directory" ? Errno.ISDIR : Errno.LOOP);
    const bytes = typeof content === "string" ? encodeUtf8(content) : content;
    file.content.setLength(0);
    if (bytes.length > 0 && file.content.write(bytes, 0) < bytes.length) failWith(Errno.NOSPC);
    file.touch();
  }

  private addFile(directory: MemoryDirectory, name: string): MemoryFile {
    const file = new MemoryFile(this.volume);
    directory.add(name, file);
    return file;
  }

  /**
   * The whole content of a file, as a copy.
   * @throws WasiError NOENT, NOTDIR, ISDIR; FBIG for a file that is longer than the quota allows content to be: a guest makes one
   *   by a hole, which takes no room there and would here
   */
  readFile(path: string): Uint8Array {
    const node = this.find(path);
    if (node.kind !== "file") failWith(node.kind === "directory" ? Errno.ISDIR : Errno.LOOP);
    if (node.content.length > this.volume.quota.maxBytes) failWith(Errno.FBIG);
    const file = new OpenMemoryFile(node);
    const bytes = new Uint8Array(node.content.length);
    file.read(bytes, 0);
    file.close();
    return bytes;
  }

  /** Makes a directory, and those that its path needs; one that exists is left as it is. */
  makeDirectory(path: string): void {
    this.makeDirectories(componentsOf(path));
  }

  /** The names in a directory, in order. @throws WasiError NOENT, NOTDIR */
  readDirectory(path: string): string[] {
    return Array.from(directoryOf(this.find(path)).names()).sort();
  }

  /** Whether a path leads to anything. */
  exists(path: string): boolean {
    let node: MemoryNode | undefined = this.root;
    for (const name of componentsOf(path)) node = node?.kind === "directory" ? node.find(name) : undefined;
    return node !== undefined;
  }

  private find(path: string): MemoryNode {
    return componentsOf(path).reduce<MemoryNode>((node, name) => directoryOf(node).get(name), this.root);
  }

  private makeDirectories(components: readonly string[]): MemoryDirectory {
    let directory = this.root;
    for (const name of components) {
      const found = directory.find(name);
      if (found === undefined) directory.add(name, new MemoryDirectory(this.volume));
      directory = directoryOf(directory.get(name));
    }
    return directory;
  }
}

/** @throws WasiError INVAL for what would be a name that no guest can use */
function componentsOf(path: string): string[] {
  const components = path.split("/").filter((component) => component !== "" && component !== ".");
  if (components.includes("..") || path.includes("\0")) failWith(Errno.INVAL);
  return components;
}

function directoryOf(node: MemoryNode): MemoryDirectory {
  return node.kind === "directory" ? node : failWith(Errno.NOTDIR);
}
