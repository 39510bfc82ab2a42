import { Op } from "../../../ast/generated/opcode.ts";
import type { Execution } from "../execution.ts";

/**
 * Single lanes, and vectors of lanes chosen from others.
 *
 * All places are word offsets on the value stack; `d` may be the same as an operand's. Indices of bytes and of halves of a word
 * are those of the views over the same buffer.
 */

/** @param lane of extract_lane and replace_lane */
export function executeLane(execution: Execution, opcode: number, d: number, a: number, b: number, lane: number): void {
  const { i32, i8, u8, i16, u16 } = execution;
  switch (opcode) {
    case Op["i8x16.swizzle"]:
      swizzle(u8, d << 2, a << 2, b << 2);
      return;
    case Op["i8x16.splat"]:
      splat(i32, d, Math.imul(i32[a] & 0xff, 0x01010101));
      return;
    case Op["i16x8.splat"]:
      splat(i32, d, Math.imul(i32[a] & 0xffff, 0x00010001));
      return;
    case Op["i32x4.splat"]:
    case Op["f32x4.splat"]:
      splat(i32, d, i32[a]);
      return;
    case Op["i64x2.splat"]:
    case Op["f64x2.splat"]:
      writePair(i32, d, i32[a], i32[a + 1]);
      writePair(i32, d + 2, i32[d], i32[d + 1]);
      return;

    case Op["i8x16.extract_lane_s"]:
      i32[d] = i8[(a << 2) + lane];
      return;
    case Op["i8x16.extract_lane_u"]:
      i32[d] = u8[(a << 2) + lane];
      return;
    case Op["i16x8.extract_lane_s"]:
      i32[d] = i16[(a << 1) + lane];
      return;
    case Op["i16x8.extract_lane_u"]:
      i32[d] = u16[(a << 1) + lane];
      return;
    case Op["i32x4.extract_lane"]:
    case Op["f32x4.extract_lane"]:
      i32[d] = i32[a + lane];
      return;
    case Op["i64x2.extract_lane"]:
    case Op["f64x2.extract_lane"]:
      writePair(i32, d, i32[a + 2 * lane], i32[a + 2 * lane + 1]);
      return;

    case Op["i8x16.replace_lane"]: {
      const value = i32[b];
      copyVector(i32, d, a);
      i8[(d << 2) + lane] = value;
      return;
    }
    case Op["i16x8.replace_lane"]: {
      const value = i32[b];
      copyVector(i32, d, a);
      i16[(d << 1) + lane] = value;
      return;
    }
    case Op["i32x4.replace_lane"]:
    case Op["f32x4.replace_lane"]: {
      const value = i32[b];
      copyVector(i32, d, a);
      i32[d + lane] = value;
      return;
    }
    case Op["i64x2.replace_lane"]:
    case Op["f64x2.replace_lane"]: {
      const low = i32[b];
      const high = i32[b + 1];
      copyVector(i32, d, a);
      writePair(i32, d + 2 * lane, low, high);
      return;
    }
    default:
      throw new Error(`BUG: no instruction on single lanes 0x${opcode.toString(16)}`);
  }
}

/** Copies four words that may overlap. */
export function copyVector(i32: Int32Array, d: number, a: number): void {
  const word1 = i32[a + 1];
  const word2 = i32[a + 2];
  const word3 = i32[a + 3];
  i32[d] = i32[a];
  i32[d + 1] = word1;
  i32[d + 2] = word2;
  i32[d + 3] = word3;
}

function splat(i32: Int32Array, d: number, word: number): void {
  for (let i = 0; i < 4; i++) i32[d + i] = word;
}

function writePair(i32: Int32Array, d: number, low: number, high: number): void {
  i32[d] = low;
  i32[d + 1] = high;
}

/** The bytes of a result whose operands are still read. */
const scratch = new Uint8Array(16);

function writeScratch(u8: Uint8Array, d: number): void {
  for (let i = 0; i < 16; i++) u8[d + i] = scratch[i];
}

/** Byte `b[i]` of `a`, zero where there is none. */
function swizzle(u8: Uint8Array, d: number, a: number, b: number): void {
  for (let i = 0; i < 16; i++) {
    const index = u8[b + i];
    scratch[i] = index < 16 ? u8[a + index] : 0;
  }
  writeScratch(u8, d);
}

/**
 * `i8x16.shuffle` at `pc`: its four last words are the sixteen lane numbers, of which those from 16 on are lanes of the
 * second operand.
 */
export function executeShuffle({ u8 }: Execution, code: Int32Array, pc: number, fp: number): void {
  const a = (fp + code[pc + 2]) << 2;
  const b = ((fp + code[pc + 3]) << 2) - 16;
  for (let word = 0; word < 4; word++) {
    const lanes = code[pc + 4 + word];
    for (let i = 0; i < 4; i++) {
      const lane = (lanes >>> (8 * i)) & 0xff;
      scratch[4 * word + i] = u8[(lane < 16 ? a : b) + lane];
    }
  }
  writeScratch(u8, (fp + code[pc + 1]) << 2);
}
