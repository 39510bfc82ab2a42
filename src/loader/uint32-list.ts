import type { FileManager } from "./file-manager.ts";

/** The most bytes of the integers that `readPlain` reads. */
const LONGEST = 4;

/**
 * A list of unsigned 32-bit numbers that grows as it is filled. The loader gathers in it what a module counts by the hundred
 * thousand: memory is taken for what was read, never for what a count announces.
 */
export class Uint32List {
  private items: Uint32Array = new Uint32Array(16);
  private count = 0;

  get length(): number {
    return this.count;
  }

  clear(): void {
    this.count = 0;
  }

  push(item: number): void {
    if (this.count === this.items.length) this.items = enlarged(this.items);
    this.items[this.count++] = item;
  }

  /**
   * Reads integers of up to four bytes into the list, up to the first one that is longer or near the end of the bytes, or until
   * the list has `count` of them. In one function, for the reason that `PlainCode` gives.
   */
  readPlain(file: FileManager, count: number): void {
    const { bytes } = file;
    const last = bytes.length - LONGEST;
    let { position } = file;
    let { items, count: filled } = this;
    while (filled < count && position <= last) {
      let end = position;
      let byte = bytes[end++];
      let item = byte & 0x7f;
      for (let shift = 7; byte >= 0x80 && shift < 28; shift += 7) {
        byte = bytes[end++];
        item |= (byte & 0x7f) << shift;
      }
      if (byte >= 0x80) break;
      if (filled === items.length) items = enlarged(items);
      items[filled++] = item;
      position = end;
    }
    file.position = position;
    this.items = items;
    this.count = filled;
  }

  /** The numbers, in an array of exactly their length. */
  toArray(): Uint32Array {
    return this.items.slice(0, this.count);
  }
}

function enlarged(items: Uint32Array): Uint32Array {
  const larger = new Uint32Array(items.length * 2);
  larger.set(items);
  return larger;
}
