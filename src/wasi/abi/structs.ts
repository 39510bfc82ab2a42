import type { DirectoryEntry, FileStat } from "../fs/file-system.ts";
import { type ClockId, EventType, type FileType, PREOPEN_TYPE_DIR } from "./constants.ts";
import { Errno, failWith } from "./errno.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { RightsPair } from "./rights.ts";

/**
 * The structures of WASI preview 1 in the guest's memory.
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#types — WasmEdge `wasi/api.hpp`
 */

export const FDSTAT_SIZE = 24;
export const FILESTAT_SIZE = 64;
export const PRESTAT_SIZE = 8;
export const DIRENT_SIZE = 24;
export const SUBSCRIPTION_SIZE = 48;
export const EVENT_SIZE = 32;
const IOVEC_SIZE = 8;

/** More I/O vectors than these are INVAL: Linux's IOV_MAX, WasmEdge `kIOVMax`. */
const MAX_IOVECS = 1024;

/** A buffer of the guest that is read from or written to. */
export interface Iovec {
  readonly address: number;
  readonly length: number;
}

/**
 * Reads a list of I/O vectors, each checked, so that the call either can use all of them or fails before it does anything.
 * @throws INVAL for too many, or for more bytes than the result can count; FAULT for a vector outside the memory
 */
export function readIovecs(memory: GuestMemory, address: number, count: number): Iovec[] {
  if (count > MAX_IOVECS) failWith(Errno.INVAL);
  memory.require(address, count * IOVEC_SIZE);
  const iovecs: Iovec[] = [];
  let total = 0;
  for (let i = 0; i < count; i++) {
    const at = address + i * IOVEC_SIZE;
    const iovec = { address: memory.readUint32(at), length: memory.readUint32(at + 4) };
    memory.require(iovec.address, iovec.length);
    total += iovec.length;
    iovecs.push(iovec);
  }
  if (total > 0xffffffff) failWith(Errno.INVAL);
  return iovecs;
}

/** The bytes that I/O vectors name: views, stale once the memory grows. */
export function spansOf(memory: GuestMemory, iovecs: readonly Iovec[]): Uint8Array[] {
  return iovecs.map(({ address, length }) => memory.span(address, length));
}

/** fdstat */
export function writeFdstat(memory: GuestMemory, at: number, type: FileType, flags: number, rights: RightsPair): void {
  memory.clear(at, FDSTAT_SIZE);
  memory.writeUint8(at, type);
  memory.writeUint16(at + 2, flags);
  memory.writeUint64(at + 8, rights.base);
  memory.writeUint64(at + 16, rights.inheriting);
}

/** filestat */
export function writeFilestat(memory: GuestMemory, at: number, stat: FileStat): void {
  memory.clear(at, FILESTAT_SIZE);
  memory.writeUint64(at, stat.dev);
  memory.writeUint64(at + 8, stat.ino);
  memory.writeUint8(at + 16, stat.filetype);
  memory.writeUint64(at + 24, stat.nlink);
  memory.writeUint64(at + 32, BigInt(stat.size));
  memory.writeUint64(at + 40, stat.atim);
  memory.writeUint64(at + 48, stat.mtim);
  memory.writeUint64(at + 56, stat.ctim);
}

/** prestat of a directory. @param nameLength bytes of its name */
export function writePrestat(memory: GuestMemory, at: number, nameLength: number): void {
  memory.clear(at, PRESTAT_SIZE);
  memory.writeUint8(at, PREOPEN_TYPE_DIR);
  memory.writeUint32(at + 4, nameLength);
}

/**
 * dirent and the name after it, as bytes of their own since the guest's buffer may end anywhere in them.
 * @param next the cookie of the entry that follows
 */
export function direntBytes(next: number, ino: bigint, entry: DirectoryEntry, name: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(DIRENT_SIZE + name.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, next, true);
  view.setUint32(8, Number(ino & 0xffffffffn), true);
  view.setUint32(12, Number((ino >> 32n) & 0xffffffffn), true);
  view.setUint32(16, name.length, true);
  view.setUint8(20, entry.filetype);
  bytes.set(name, DIRENT_SIZE);
  return bytes;
}

/** What `poll_oneoff` waits for. `tag`, `clock` and `flags` are as the guest wrote them: what is wrong becomes an event. */
export interface Subscription {
  readonly userdata: bigint;
  readonly tag: number;
  readonly clock: { readonly id: ClockId; readonly timeout: bigint; readonly flags: number };
  readonly fd: number;
}

/** subscription */
export function readSubscription(memory: GuestMemory, at: number): Subscription {
  return {
    userdata: memory.readUint64(at),
    tag: memory.readUint8(at + 8),
    clock: {
      id: memory.readUint32(at + 16) as ClockId,
      timeout: memory.readUint64(at + 24),
      flags: memory.readUint16(at + 40),
    },
    fd: memory.readUint32(at + 16),
  };
}

/** What `poll_oneoff` reports. */
export interface PollEvent {
  readonly userdata: bigint;
  readonly errno: Errno;
  readonly type: number;
  /** Bytes that can be read or written; 0 for clocks. */
  readonly nbytes: number;
  readonly flags: number;
}

/** event */
export function writeEvent(memory: GuestMemory, at: number, event: PollEvent): void {
  memory.clear(at, EVENT_SIZE);
  memory.writeUint64(at, event.userdata);
  memory.writeUint16(at + 8, event.errno);
  memory.writeUint8(at + 10, event.type);
  if (event.type === EventType.CLOCK) return;
  memory.writeUint64(at + 16, BigInt(event.nbytes));
  memory.writeUint16(at + 24, event.flags);
}
