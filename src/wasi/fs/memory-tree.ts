import type { ByteWriter } from "../../executor/coredump/byte-writer.ts";
import { malformed } from "../../snapshot/snapshot-errors.ts";
import type { SnapshotReader } from "../../snapshot/snapshot-reader.ts";
import { MemoryDirectory, MemoryFile, type MemoryNode, MemorySymlink } from "./memory-nodes.ts";

/** A file system in memory as a part of a snapshot: its nodes, each once, whatever names it has. */

const kinds: readonly MemoryNode["kind"][] = ["file", "directory", "symlink"];

/** The nodes that names lead to, the root first; directories before what is in them. */
function nodesOf(root: MemoryDirectory): Map<MemoryNode, number> {
  const numbers = new Map<MemoryNode, number>([[root, 0]]);
  // The loop goes on over what is added to the map meanwhile.
  for (const node of numbers.keys()) {
    if (node.kind !== "directory") continue;
    for (const name of Array.from(node.names()).sort()) {
      const child = node.get(name);
      if (!numbers.has(child)) numbers.set(child, numbers.size);
    }
  }
  return numbers;
}

/** Everything has happened now. */
export function resetTimes(root: MemoryDirectory): void {
  const now = root.volume.now();
  for (const node of nodesOf(root).keys()) {
    node.atim = now;
    node.mtim = now;
    node.ctim = now;
  }
}

function long(writer: ByteWriter, value: bigint): void {
  writer.word(Number(value & 0xffff_ffffn)).word(Number((value >> 32n) & 0xffff_ffffn));
}

export function saveTree(writer: ByteWriter, root: MemoryDirectory): void {
  const { volume } = root;
  long(writer, volume.dev);
  long(writer, volume.lastIno);
  const numbers = nodesOf(root);
  const nodes = Array.from(numbers.keys());
  writer.vector(nodes, (node) => {
    writer.byte(kinds.indexOf(node.kind));
    for (const value of [node.ino, node.atim, node.mtim, node.ctim]) long(writer, value);
    if (node.kind === "symlink") writer.name(node.target);
    if (node.kind === "file") saveContent(writer, node);
  });
  for (const node of nodes) {
    if (node.kind !== "directory") continue;
    writer.vector(Array.from(node.names()).sort(), (name) => {
      writer.name(name).unsigned(numbers.get(node.get(name)) as number);
    });
  }
}

function saveContent(writer: ByteWriter, { content }: MemoryFile): void {
  writer.unsigned(content.length);
  writer.vector(content.pieces(), ({ offset, bytes }) => {
    writer.unsigned(offset).unsigned(bytes.length).bytes(bytes.slice());
  });
}

/** A node before its names are given, and the times that it is to have when they are. */
interface Saved {
  readonly node: MemoryNode;
  readonly numbers: readonly bigint[];
}

export function restoreTree(reader: SnapshotReader, root: MemoryDirectory): void {
  const { volume } = root;
  clear(root);
  const dev = reader.long();
  const lastIno = reader.long();
  const saved = reader.vector((i) => readNode(reader, root, i));
  const named = new Set<MemoryNode>([root]);
  for (const { node } of saved) if (node.kind === "directory") readNames(reader, node, saved, named);
  for (const { node, numbers } of saved) {
    if (!named.has(node)) malformed("A file in memory has no name.");
    [node.ino, node.atim, node.mtim, node.ctim] = numbers;
  }
  volume.dev = dev;
  volume.lastIno = lastIno;
}

function clear(directory: MemoryDirectory): void {
  for (const name of Array.from(directory.names())) {
    const node = directory.get(name);
    if (node.kind === "directory") clear(node);
    directory.remove(name);
  }
}

function readNode(reader: SnapshotReader, root: MemoryDirectory, index: number): Saved {
  const kind = kinds[reader.choice(kinds.length, "kind of files")];
  if (index === 0 && kind !== "directory") malformed("The root of a file system is no directory.");
  const numbers = [reader.long(), reader.long(), reader.long(), reader.long()];
  const { volume } = root;
  if (kind === "symlink") return { node: new MemorySymlink(volume, reader.name()), numbers };
  if (kind === "directory") return { node: index === 0 ? root : new MemoryDirectory(volume), numbers };
  const node = new MemoryFile(volume);
  const length = reader.unsigned();
  reader.vector(() => {
    const offset = reader.unsigned();
    const bytes = reader.sized();
    if (offset + bytes.length > Number.MAX_SAFE_INTEGER) malformed("A file in memory is too long.");
    if (bytes.length > 0 && node.content.write(bytes, offset) < bytes.length)
      malformed("A file in memory has no room.");
  });
  node.content.setLength(length);
  return { node, numbers };
}

function readNames(
  reader: SnapshotReader,
  directory: MemoryDirectory,
  saved: readonly Saved[],
  named: Set<MemoryNode>,
): void {
  reader.vector(() => {
    const name = reader.name();
    const { node } = saved[reader.index(saved.length, "file in memory")];
    // A directory has one name, and none inside of itself: directories come before what is in them.
    if (node.kind === "directory" && (named.has(node) || !named.has(directory))) malformed("Directories form no tree.");
    directory.add(name, node);
    named.add(node);
  });
}
