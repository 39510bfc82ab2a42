import { FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { FileStat, OpenDirectory, OpenFile, OpenOptions } from "./file-system.ts";
import { keepingTimes, type OverlayNode } from "./overlay-node.ts";

/** Bytes copied at once. */
const CHUNK = 65536;

const reading: OpenOptions = {
  read: true,
  write: false,
  create: false,
  exclusive: false,
  truncate: false,
  directory: false,
};
const making: OpenOptions = { ...reading, write: true, create: true, exclusive: true };

function openFile(directory: OpenDirectory, name: string, options: OpenOptions): OpenFile {
  const opened = directory.openAt(name, options);
  if (opened.kind === "file") return opened;
  opened.close();
  return failWith(Errno.ISDIR);
}

/** Opens a file to be read. */
export function openToRead(directory: OpenDirectory, name: string): OpenFile {
  return openFile(directory, name, reading);
}

function copyBytes(from: OpenFile, to: OpenFile): void {
  const buffer = new Uint8Array(CHUNK);
  let offset = 0;
  for (;;) {
    const bytes = buffer.subarray(0, from.read(buffer, offset));
    if (bytes.length === 0) break;
    // A hole stays one, as far as whole chunks tell.
    if (bytes.some((byte) => byte !== 0)) {
      for (let done = 0; done < bytes.length; ) done += to.write(bytes.subarray(done), offset + done);
    }
    offset += bytes.length;
  }
  to.setSize(offset);
}

function copyFile(lower: OpenDirectory, upper: OpenDirectory, name: string, withContent: boolean): void {
  const from = openToRead(lower, name);
  try {
    const to = openFile(upper, name, making);
    try {
      if (withContent) copyBytes(from, to);
    } catch (error) {
      upper.unlinkAt(name);
      throw error;
    } finally {
      to.close();
    }
  } finally {
    from.close();
  }
}

/**
 * Copies what stands under a name in the lower layer, and is no directory, to the upper one. Files of it that are open change
 * to the copy.
 * @param withContent false where the content is about to be thrown away
 * @throws WasiError NOSPC, …, and nothing is there then; NOTSUP for devices, pipes and sockets
 */
export function copyUp(node: OverlayNode, name: string, withContent = true): void {
  const lower = node.lower ?? failWith(Errno.NOENT);
  const stat = lower.statAt(name) ?? failWith(Errno.NOENT);
  keepingTimes(node.ensureUpper(), (upper) => {
    if (stat.filetype === FileType.SYMBOLIC_LINK) upper.symlinkAt(lower.readlinkAt(name), name);
    else if (stat.filetype === FileType.REGULAR_FILE) copyFile(lower, upper, name, withContent);
    else failWith(Errno.NOTSUP);
    upper.setTimesAt(name, stat);
    node.volume.copiedUp(upper.statAt(name) ?? failWith(Errno.NOENT), stat);
    for (const file of node.volume.lowerFiles(stat)) file.changeTo(upper, name);
  });
}

/** Copies a directory with all that is in it, as far as it is in the lower layer only. */
export function copyUpTree(node: OverlayNode): void {
  node.ensureUpper();
  for (const { name } of node.list()) {
    const { layer, stat } = node.get(name);
    if (stat.filetype !== FileType.DIRECTORY) {
      if (layer === "lower") copyUp(node, name);
      continue;
    }
    const child = node.child(name);
    child.open();
    try {
      if (child.lower !== undefined) copyUpTree(child);
    } finally {
      child.close();
    }
  }
}

/** Where a name of the lower layer leads, for files that stay open. */
export interface LowerPlace {
  readonly node: OverlayNode;
  readonly name: string;
  readonly stat: FileStat;
}
