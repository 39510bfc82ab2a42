import type { ByteWriter } from "../executor/coredump/byte-writer.ts";
import type { MemoryInstance } from "../store/memory-instance.ts";
import { malformed, mismatch } from "./snapshot-errors.ts";
import type { SnapshotReader } from "./snapshot-reader.ts";

/** Bytes that are kept, shared or left out together. */
export const CHUNK = 4096;

/** What a memory held. Its chunks are never changed, so images of one memory share those that are the same. */
export interface PageImage {
  /** Of the memory's own size. */
  readonly pages: number;
  /** `CHUNK` bytes each, the last one perhaps fewer; undefined for zeros. */
  readonly chunks: readonly (Uint8Array | undefined)[];
}

/** Compares by words where both lie on them, as chunks of memories do. */
export function isSame(bytes: Uint8Array, other: Uint8Array): boolean {
  if (bytes.length !== other.length) return false;
  if ((bytes.byteOffset & 3) === 0 && (other.byteOffset & 3) === 0 && (bytes.length & 3) === 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    const others = new Int32Array(other.buffer, other.byteOffset, other.length >> 2);
    for (let i = 0; i < words.length; i++) if (words[i] !== others[i]) return false;
    return true;
  }
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== other[i]) return false;
  return true;
}

const zeros = new Uint8Array(CHUNK);

/** A copy of what a memory holds. @param before an earlier image of it, with which chunks are shared */
export function imageOf({ bytes, pageCount }: MemoryInstance, before?: PageImage): PageImage {
  const chunks: (Uint8Array | undefined)[] = [];
  for (let at = 0, i = 0; at < bytes.length; at += CHUNK, i++) {
    const chunk = bytes.subarray(at, at + CHUNK);
    const known = before?.chunks[i];
    if (isSame(chunk, known ?? zeros.subarray(0, chunk.length))) chunks.push(known);
    else if (known !== undefined && isSame(chunk, zeros.subarray(0, chunk.length))) chunks.push(undefined);
    else chunks.push(chunk.slice());
  }
  return { pages: pageCount, chunks };
}

/** Makes a memory so long, and all zeros. @throws SnapshotMismatch where it cannot be */
export function restoreSize(memory: MemoryInstance, pages: number): void {
  if (!memory.restoreSize(pages)) {
    mismatch(`A memory of ${pages} pages is beyond its type, the limit, or what the host can give.`);
  }
}

/** @throws SnapshotMismatch where the memory cannot be as long as it was */
export function restoreImage(memory: MemoryInstance, { pages, chunks }: PageImage): void {
  restoreSize(memory, pages);
  const { bytes } = memory;
  chunks.forEach((chunk, i) => {
    if (chunk !== undefined) bytes.set(chunk, i * CHUNK);
  });
}

/** Runs of chunks that are not zero: how many zero chunks come before, how many there are, their bytes. */
export function writeImage(writer: ByteWriter, { pages, chunks }: PageImage): void {
  writer.unsigned(pages);
  let at = 0;
  while (at < chunks.length) {
    let start = at;
    while (start < chunks.length && chunks[start] === undefined) start++;
    let end = start;
    while (end < chunks.length && chunks[end] !== undefined) end++;
    writer.unsigned(start - at).unsigned(end - start);
    for (let i = start; i < end; i++) writer.bytes(chunks[i] as Uint8Array);
    at = end;
  }
}

/** What a memory is to hold. */
export function readImage({ pageSize, mostPages }: MemoryInstance, reader: SnapshotReader): PageImage {
  const pages = reader.index(mostPages + 1, "memory size");
  const length = pages * pageSize;
  const count = Math.ceil(length / CHUNK);
  const chunks: (Uint8Array | undefined)[] = [];
  while (chunks.length < count) {
    const empty = reader.unsigned();
    const full = reader.unsigned();
    if (empty + full === 0 || empty + full > count - chunks.length)
      malformed("A memory has more chunks than its size.");
    for (let i = 0; i < empty; i++) chunks.push(undefined);
    for (let i = 0; i < full; i++) chunks.push(reader.bytes(Math.min(CHUNK, length - chunks.length * CHUNK)));
  }
  return { pages, chunks };
}
