import type { MemoryType } from "../../ast/types.ts";
import type { MemoryInstance } from "../../store/memory-instance.ts";

/** A stretch of a memory. */
export interface MemoryStretch {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A memory as it was: what of it is not zero. */
export interface MemoryImage {
  readonly type: MemoryType;
  readonly stretches: readonly MemoryStretch[];
}

/** Blocks of so many bytes are left out where they are zero. */
const BLOCK = 4096;

function isZero(cells: Uint8Array | Int32Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (cells[i] !== 0) return false;
  return true;
}

/** A copy of what a memory holds. */
export function imageOf(memory: MemoryInstance): MemoryImage {
  const { bytes, type } = memory;
  const stretches: MemoryStretch[] = [];
  // Whole blocks are looked at word by word: a memory may have 4 GiB.
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  let start = -1;
  const take = (end: number): void => {
    if (start >= 0) stretches.push({ offset: start, bytes: bytes.slice(start, end) });
    start = -1;
  };
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const whole = at + BLOCK <= bytes.length;
    const zero = whole ? isZero(words, at / 4, (at + BLOCK) / 4) : isZero(bytes, at, bytes.length);
    if (zero) take(at);
    else if (start < 0) start = at;
  }
  take(bytes.length);
  return { type, stretches };
}
