import { Op } from "../../../ast/generated/opcode.ts";
import type { Execution } from "../execution.ts";

/**
 * The vector instructions with lanes of 64 bits, each lane two words.
 *
 * All places are word offsets on the value stack; `d` may be the same as an operand's.
 */

/** The product of two words as 64 bits: `multiply` leaves its halves here. */
let productLow = 0;
let productHigh = 0;

/** Multiplies two words taken as unsigned. Products of 16-bit digits fit 32 bits, so nothing becomes a double. */
function multiply(a: number, b: number): void {
  const low = Math.imul(a & 0xffff, b & 0xffff);
  const cross1 = Math.imul(a >>> 16, b & 0xffff);
  const cross2 = Math.imul(a & 0xffff, b >>> 16);
  const middle = (low >>> 16) + (cross1 & 0xffff) + (cross2 & 0xffff);
  productLow = Math.imul(a, b);
  productHigh = (Math.imul(a >>> 16, b >>> 16) + (cross1 >>> 16) + (cross2 >>> 16) + (middle >>> 16)) | 0;
}

/** The first words of the halves of a vector of 32-bit lanes. */
const LOW = 0;
const HIGH = 2;

export function executeI64x2({ i32 }: Execution, opcode: number, d: number, a: number, b: number): void {
  switch (opcode) {
    case Op["i64x2.abs"]:
      for (let i = 0; i < 4; i += 2) {
        const sign = i32[a + i + 1] >> 31;
        subtract(i32, d + i, i32[a + i] ^ sign, i32[a + i + 1] ^ sign, sign, sign);
      }
      return;
    case Op["i64x2.neg"]:
      for (let i = 0; i < 4; i += 2) subtract(i32, d + i, 0, 0, i32[a + i], i32[a + i + 1]);
      return;
    case Op["i64x2.add"]:
      for (let i = 0; i < 4; i += 2) {
        const low = (i32[a + i] + i32[b + i]) | 0;
        const carry = low >>> 0 < i32[a + i] >>> 0 ? 1 : 0;
        i32[d + i + 1] = i32[a + i + 1] + i32[b + i + 1] + carry;
        i32[d + i] = low;
      }
      return;
    case Op["i64x2.sub"]:
      for (let i = 0; i < 4; i += 2) {
        subtract(i32, d + i, i32[a + i], i32[a + i + 1], i32[b + i], i32[b + i + 1]);
      }
      return;
    case Op["i64x2.mul"]:
      for (let i = 0; i < 4; i += 2) {
        multiply(i32[a + i], i32[b + i]);
        i32[d + i + 1] = productHigh + Math.imul(i32[a + i + 1], i32[b + i]) + Math.imul(i32[a + i], i32[b + i + 1]);
        i32[d + i] = productLow;
      }
      return;
    case Op["i64x2.extmul_low_i32x4_s"]:
      multiplyLanes(i32, d, a + LOW, b + LOW, true);
      return;
    case Op["i64x2.extmul_high_i32x4_s"]:
      multiplyLanes(i32, d, a + HIGH, b + HIGH, true);
      return;
    case Op["i64x2.extmul_low_i32x4_u"]:
      multiplyLanes(i32, d, a + LOW, b + LOW, false);
      return;
    case Op["i64x2.extmul_high_i32x4_u"]:
      multiplyLanes(i32, d, a + HIGH, b + HIGH, false);
      return;
    case Op["i64x2.extend_low_i32x4_s"]:
      writeLanes(i32, d, i32[a], i32[a] >> 31, i32[a + 1], i32[a + 1] >> 31);
      return;
    case Op["i64x2.extend_high_i32x4_s"]:
      writeLanes(i32, d, i32[a + 2], i32[a + 2] >> 31, i32[a + 3], i32[a + 3] >> 31);
      return;
    case Op["i64x2.extend_low_i32x4_u"]:
      writeLanes(i32, d, i32[a], 0, i32[a + 1], 0);
      return;
    case Op["i64x2.extend_high_i32x4_u"]:
      writeLanes(i32, d, i32[a + 2], 0, i32[a + 3], 0);
      return;
    case Op["i64x2.eq"]:
      for (let i = 0; i < 4; i += 2) writeMask(i32, d + i, isEqual(i32, a + i, b + i));
      return;
    case Op["i64x2.ne"]:
      for (let i = 0; i < 4; i += 2) writeMask(i32, d + i, !isEqual(i32, a + i, b + i));
      return;
    case Op["i64x2.lt_s"]:
      for (let i = 0; i < 4; i += 2) writeMask(i32, d + i, isLess(i32, a + i, b + i));
      return;
    case Op["i64x2.le_s"]:
      for (let i = 0; i < 4; i += 2) writeMask(i32, d + i, !isLess(i32, b + i, a + i));
      return;
    default:
      throw new Error(`BUG: no i64x2 instruction 0x${opcode.toString(16)}`);
  }
}

/** Shifts the lanes by the bits of `count` below 64. */
export function shiftI64x2({ i32 }: Execution, opcode: number, d: number, a: number, count: number): void {
  const shift = count & 31;
  // Shifts by 32 are none in JavaScript: what comes from the other word is shifted in two steps.
  const rest = 31 - shift;
  const words = (count & 32) !== 0;
  for (let i = 0; i < 4; i += 2) {
    const low = i32[a + i];
    const high = i32[a + i + 1];
    if (opcode === Op["i64x2.shl"]) {
      const carried = (low >>> rest) >>> 1;
      i32[d + i] = words ? 0 : low << shift;
      i32[d + i + 1] = words ? low << shift : (high << shift) | carried;
    } else {
      const fill = opcode === Op["i64x2.shr_s"] ? high >> 31 : 0;
      const shifted = opcode === Op["i64x2.shr_s"] ? high >> shift : high >>> shift;
      i32[d + i] = words ? shifted : (low >>> shift) | ((high << rest) << 1);
      i32[d + i + 1] = words ? fill : shifted;
    }
  }
}

function subtract(i32: Int32Array, d: number, low: number, high: number, bLow: number, bHigh: number): void {
  i32[d] = low - bLow;
  i32[d + 1] = high - bHigh - (low >>> 0 < bLow >>> 0 ? 1 : 0);
}

function writeLanes(i32: Int32Array, d: number, low0: number, high0: number, low1: number, high1: number): void {
  i32[d] = low0;
  i32[d + 1] = high0;
  i32[d + 2] = low1;
  i32[d + 3] = high1;
}

/** The products of two words each. A negative factor counts 2^32 too much as unsigned number, so the other is taken off. */
function multiplyLanes(i32: Int32Array, d: number, a: number, b: number, signed: boolean): void {
  const a0 = i32[a];
  const b0 = i32[b];
  const a1 = i32[a + 1];
  const b1 = i32[b + 1];
  multiply(a0, b0);
  i32[d] = productLow;
  i32[d + 1] = signed ? productHigh - (b0 & (a0 >> 31)) - (a0 & (b0 >> 31)) : productHigh;
  multiply(a1, b1);
  i32[d + 2] = productLow;
  i32[d + 3] = signed ? productHigh - (b1 & (a1 >> 31)) - (a1 & (b1 >> 31)) : productHigh;
}

function isEqual(i32: Int32Array, a: number, b: number): boolean {
  return i32[a] === i32[b] && i32[a + 1] === i32[b + 1];
}

function isLess(i32: Int32Array, a: number, b: number): boolean {
  const high = i32[a + 1];
  const bHigh = i32[b + 1];
  return high < bHigh || (high === bHigh && i32[a] >>> 0 < i32[b] >>> 0);
}

function writeMask(i32: Int32Array, d: number, holds: boolean): void {
  i32[d] = holds ? -1 : 0;
  i32[d + 1] = i32[d];
}
