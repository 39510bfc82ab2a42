import { WasmEdgeError } from "../common/error.ts";
import { FileManager } from "./file-manager.ts";
import { Uint32List } from "./uint32-list.ts";

/**
 * The maps of the name section, over its bytes: where each name stands is gathered once, in typed arrays, and a name becomes
 * a string when it is asked for. A map ends at the first entry that is malformed or out of order.
 *
 * https://webassembly.github.io/spec/core/appendix/custom.html#name-maps
 */

/** Reads entries until one is malformed or out of order. */
function readTolerantly(file: FileManager, readEntry: (index: number) => void): void {
  try {
    const count = file.readVectorCount();
    let last = -1;
    for (let i = 0; i < count; i++) {
      const index = file.readU32();
      if (index <= last) return;
      last = index;
      readEntry(index);
    }
  } catch (error) {
    // Names help people; a module is as good without them.
    if (!(error instanceof WasmEdgeError)) throw error;
  }
}

/** The place of `index` in ascending `indices`, or -1. */
function find(indices: Uint32Array, index: number): number {
  let low = 0;
  let high = indices.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (indices[middle] < index) low = middle + 1;
    else high = middle;
  }
  return indices[low] === index ? low : -1;
}

/** Index to name. */
export class NameMap {
  private readonly bytes: Uint8Array;
  private readonly indices: Uint32Array;
  /** Where each name's length stands. */
  private readonly offsets: Uint32Array;

  /** @param file stands at the map */
  constructor(file: FileManager) {
    const indices = new Uint32List();
    const offsets = new Uint32List();
    this.bytes = file.bytes;
    readTolerantly(file, (index) => {
      const offset = file.position;
      const length = file.readU32();
      file.skipBytes(length);
      indices.push(index);
      offsets.push(offset);
    });
    this.indices = indices.toArray();
    this.offsets = offsets.toArray();
  }

  /** The name of `index`; undefined where it has none, or one that is not UTF-8. */
  get(index: number): string | undefined {
    const place = find(this.indices, index);
    return place < 0 ? undefined : readNameAt(this.bytes, this.offsets[place]);
  }
}

/** Index to map: the names of locals by function, of fields by type. */
export class IndirectNameMap {
  private readonly bytes: Uint8Array;
  private readonly indices: Uint32Array;
  /** Where each map stands. */
  private readonly offsets: Uint32Array;
  private readonly maps = new Map<number, NameMap>();

  /** @param file stands at the map */
  constructor(file: FileManager) {
    const indices = new Uint32List();
    const offsets = new Uint32List();
    this.bytes = file.bytes;
    readTolerantly(file, (index) => {
      indices.push(index);
      offsets.push(file.position);
      skipNameMap(file);
    });
    this.indices = indices.toArray();
    this.offsets = offsets.toArray();
  }

  /** The name of `inner` in the map of `outer`. */
  get(outer: number, inner: number): string | undefined {
    const place = find(this.indices, outer);
    if (place < 0) return undefined;
    let map = this.maps.get(outer);
    if (map === undefined) {
      const file = new FileManager(this.bytes);
      file.position = this.offsets[place];
      map = new NameMap(file);
      this.maps.set(outer, map);
    }
    return map.get(inner);
  }
}

/** @throws WasmEdgeError where the map does not fit */
function skipNameMap(file: FileManager): void {
  const count = file.readVectorCount();
  for (let i = 0; i < count; i++) {
    file.readU32();
    const length = file.readU32();
    file.skipBytes(length);
  }
}

/** A name, or undefined where none stands there. */
export function readNameAt(bytes: Uint8Array, offset: number): string | undefined {
  const file = new FileManager(bytes);
  file.position = offset;
  try {
    return file.readName();
  } catch (error) {
    if (error instanceof WasmEdgeError) return undefined;
    throw error;
  }
}
