import { Op } from "../../../ast/generated/opcode.ts";
import type { Execution } from "../execution.ts";

/** Instructions that make an i32 of a whole vector. */

/** The highest bit of each lane of a word, by bits of the lane. */
const HIGH_BITS_8 = 0x80808080;
const HIGH_BITS_16 = 0x80008000;

/** Whether a lane of the word is zero: taking one from each borrows from the highest bit of a lane only where it was zero. */
function hasZeroLane(word: number, ones: number, highBits: number): boolean {
  return ((word - ones) & ~word & highBits) !== 0;
}

export function executeReduction({ i32, i8, i16 }: Execution, opcode: number, d: number, a: number): void {
  switch (opcode) {
    case Op["v128.any_true"]:
      i32[d] = (i32[a] | i32[a + 1] | i32[a + 2] | i32[a + 3]) !== 0 ? 1 : 0;
      return;
    case Op["i8x16.all_true"]:
      i32[d] = noWordHasZeroLane(i32, a, 0x01010101, HIGH_BITS_8);
      return;
    case Op["i16x8.all_true"]:
      i32[d] = noWordHasZeroLane(i32, a, 0x00010001, HIGH_BITS_16);
      return;
    case Op["i32x4.all_true"]:
      i32[d] = i32[a] !== 0 && i32[a + 1] !== 0 && i32[a + 2] !== 0 && i32[a + 3] !== 0 ? 1 : 0;
      return;
    case Op["i64x2.all_true"]:
      i32[d] = (i32[a] | i32[a + 1]) !== 0 && (i32[a + 2] | i32[a + 3]) !== 0 ? 1 : 0;
      return;
    case Op["i8x16.bitmask"]:
      i32[d] = signBits(i8, a << 2, 16);
      return;
    case Op["i16x8.bitmask"]:
      i32[d] = signBits(i16, a << 1, 8);
      return;
    case Op["i32x4.bitmask"]:
      i32[d] = signBits(i32, a, 4);
      return;
    case Op["i64x2.bitmask"]:
      i32[d] = (i32[a + 1] >>> 31) | ((i32[a + 3] >>> 31) << 1);
      return;
    default:
      throw new Error(`BUG: no reduction 0x${opcode.toString(16)}`);
  }
}

function noWordHasZeroLane(i32: Int32Array, a: number, ones: number, highBits: number): number {
  for (let i = 0; i < 4; i++) if (hasZeroLane(i32[a + i], ones, highBits)) return 0;
  return 1;
}

function signBits(lanes: Int8Array | Int16Array | Int32Array, at: number, count: number): number {
  let bits = 0;
  for (let i = 0; i < count; i++) if (lanes[at + i] < 0) bits |= 1 << i;
  return bits;
}
