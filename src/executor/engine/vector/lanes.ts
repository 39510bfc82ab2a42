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
export function executeShuffle({ i32, u8 }: Execution, code: Int32Array, pc: number, fp: number): void {
  const d = fp + code[pc + 1];
  const a = fp + code[pc + 2];
  const b = fp + code[pc + 3];
  const word0 = shuffledWord(i32, u8, a, b, code[pc + 4]);
  const word1 = shuffledWord(i32, u8, a, b, code[pc + 5]);
  const word2 = shuffledWord(i32, u8, a, b, code[pc + 6]);
  i32[d + 3] = shuffledWord(i32, u8, a, b, code[pc + 7]);
  i32[d] = word0;
  i32[d + 1] = word1;
  i32[d + 2] = word2;
}

/** The bytes that the four lane numbers in `lanes` choose of two vectors; a whole word is taken at once. */
function shuffledWord(i32: Int32Array, u8: Uint8Array, a: number, b: number, lanes: number): number {
  const first = lanes & 0xff;
  if ((first & 3) === 0 && lanes === Math.imul(first, 0x01010101) + 0x03020100) {
    return i32[(first < 16 ? a : b - 4) + (first >> 2)];
  }
  return (
    shuffledByte(u8, a, b, first) |
    (shuffledByte(u8, a, b, (lanes >>> 8) & 0xff) << 8) |
    (shuffledByte(u8, a, b, (lanes >>> 16) & 0xff) << 16) |
    (shuffledByte(u8, a, b, lanes >>> 24) << 24)
  );
}

function shuffledByte(u8: Uint8Array, a: number, b: number, lane: number): number {
  return u8[(lane < 16 ? a << 2 : (b << 2) - 16) + lane];
}
