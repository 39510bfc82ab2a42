import type { MemoryType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import {
  type Doublewords,
  doublewordsOf,
  growSharedBuffer,
  type HostAtomics,
  host,
  isSharedBuffer,
  type SharedBuffer,
  sharedCapacity,
} from "../common/host.ts";

/** A shared memory on its way to another thread: a plain object that structured cloning keeps (`postMessage`). */
export interface SharedMemory {
  readonly type: MemoryType;
  /** Pages that it may have, whatever its type allows. */
  readonly pageLimit: number;
  readonly buffer: SharedBuffer;
  /** One unsigned word: the pages that the memory has now. */
  readonly size: SharedBuffer;
}

/** Whether it is what `toShared` gives: it may come from another thread, so from anybody. */
export function isSharedMemory(value: unknown): value is SharedMemory {
  try {
    const { type, pageLimit, buffer, size } = value as SharedMemory;
    return isSharedBuffer(buffer) && isSharedBuffer(size) && type.limit.shared && Number.isSafeInteger(pageLimit);
  } catch {
    // It is null or undefined, or its properties are not there or fail.
    return false;
  }
}

/** The views by which `Atomics` accesses a shared buffer: an element of a view is a cell of that width. */
export class SharedCells {
  readonly bytes: Uint8Array;
  readonly halfwords: Uint16Array;
  readonly words: Int32Array;
  readonly doublewords: Doublewords;

  constructor(buffer: SharedBuffer, byteLength: number) {
    this.bytes = new Uint8Array(buffer, 0, byteLength);
    this.halfwords = new Uint16Array(buffer, 0, Math.floor(byteLength / 2));
    this.words = new Int32Array(buffer, 0, Math.floor(byteLength / 4));
    this.doublewords = doublewordsOf(buffer, Math.floor(byteLength / 8));
  }
}

/** The largest page count that the word holds. */
const MOST_PAGES = 0xffff_ffff;

/** Atomic access to shared buffers. @throws SharedMemoryUnsupported */
export function requireAtomics(): HostAtomics {
  return host.atomics ?? fail(ErrCode.SharedMemoryUnsupported);
}

/**
 * The pages of a shared memory. The buffer is as long, or longer; how many pages there are is told by a word of its own, which
 * growing replaces at one stroke, so that no two threads get the same pages.
 */
export class SharedPages {
  readonly buffer: SharedBuffer;
  readonly size: SharedBuffer;
  private readonly pageSize: number;
  private readonly word: Uint32Array;
  private readonly atomics = requireAtomics();

  constructor(pageSize: number, buffer: SharedBuffer, size: SharedBuffer) {
    this.pageSize = pageSize;
    this.buffer = buffer;
    this.size = size;
    this.word = new Uint32Array(size);
  }

  /**
   * @param most pages that it may grow to. Where the host cannot set as much aside, it will grow less far.
   * @returns undefined where the host cannot give `pages`
   * @throws SharedMemoryUnsupported
   */
  static allocate(pageSize: number, pages: number, most: number): SharedPages | undefined {
    const { createSharedBuffer } = host;
    if (createSharedBuffer === undefined) fail(ErrCode.SharedMemoryUnsupported);
    for (let room = Math.min(most, MOST_PAGES); room >= pages; room = Math.floor(room / 2)) {
      try {
        const buffer = createSharedBuffer(pages * pageSize, room * pageSize);
        const shared = new SharedPages(pageSize, buffer, createSharedBuffer(4, 4));
        shared.word[0] = pages;
        return shared;
      } catch {
        // Half of it, then. A buffer cannot be replaced by a larger one later, since other threads hold it.
        if (room === pages) return undefined;
        room = Math.max(room, 2 * pages);
      }
    }
    return undefined;
  }

  /** As many as there are now. */
  get count(): number {
    return this.atomics.load(this.word, 0);
  }

  /** @returns the pages before; -1, and nothing changed, beyond `most` or what the host can give */
  grow(count: number, most: number): number {
    for (;;) {
      const before = this.count;
      const pages = before + count;
      if (pages > most || pages * this.pageSize > sharedCapacity(this.buffer)) return -1;
      if (!growSharedBuffer(this.buffer, pages * this.pageSize)) return -1;
      if (this.atomics.compareExchange(this.word, 0, before, pages) === before) return before;
    }
  }
}
