import { Op } from "../../../ast/generated/opcode.ts";
import { fail } from "../../../common/error.ts";
import { ErrCode } from "../../../common/error-code.ts";
import type { Execution } from "../execution.ts";

/**
 * The numeric instructions that are too rare, or too large, for the run loop.
 * https://webassembly.github.io/spec/core/exec/numerics.html
 *
 * All places are word offsets on the value stack; `d` may be the same as an operand's.
 */

const TWO_32 = 0x1_0000_0000;

/** 2^63 and 2^64: the first floats that are too large for i64 and u64. */
const TWO_63 = 2 ** 63;
const TWO_64 = 2 ** 64;

export function executeUnary(execution: Execution, opcode: number, d: number, a: number): void {
  const { i32, f32, f64 } = execution;
  switch (opcode) {
    case Op["i32.popcnt"]:
      i32[d] = populationCount(i32[a]);
      return;
    case Op["i64.clz"]:
      writeI64(i32, d, i32[a + 1] !== 0 ? Math.clz32(i32[a + 1]) : 32 + Math.clz32(i32[a]), 0);
      return;
    case Op["i64.ctz"]:
      writeI64(i32, d, i32[a] !== 0 ? trailingZeros(i32[a]) : 32 + trailingZeros(i32[a + 1]), 0);
      return;
    case Op["i64.popcnt"]:
      writeI64(i32, d, populationCount(i32[a]) + populationCount(i32[a + 1]), 0);
      return;
    case Op["i64.extend8_s"]:
      writeI64(i32, d, (i32[a] << 24) >> 24, ((i32[a] << 24) >> 24) >> 31);
      return;
    case Op["i64.extend16_s"]:
      writeI64(i32, d, (i32[a] << 16) >> 16, ((i32[a] << 16) >> 16) >> 31);
      return;

    case Op["f32.ceil"]:
      writeRounded32(execution, d, a, Math.ceil(f32[a]));
      return;
    case Op["f32.floor"]:
      writeRounded32(execution, d, a, Math.floor(f32[a]));
      return;
    case Op["f32.trunc"]:
      writeRounded32(execution, d, a, Math.trunc(f32[a]));
      return;
    case Op["f32.nearest"]:
      writeRounded32(execution, d, a, roundHalfToEven(f32[a]));
      return;
    case Op["f64.ceil"]:
      writeRounded64(execution, d, a, Math.ceil(f64[a >> 1]));
      return;
    case Op["f64.floor"]:
      writeRounded64(execution, d, a, Math.floor(f64[a >> 1]));
      return;
    case Op["f64.trunc"]:
      writeRounded64(execution, d, a, Math.trunc(f64[a >> 1]));
      return;
    case Op["f64.nearest"]:
      writeRounded64(execution, d, a, roundHalfToEven(f64[a >> 1]));
      return;

    case Op["f32.convert_i64_s"]:
      f32[d] = singleOfI64(i32[a], i32[a + 1]);
      return;
    case Op["f32.convert_i64_u"]:
      f32[d] = singleOfI64(i32[a], i32[a + 1] >>> 0);
      return;
    case Op["f64.convert_i64_s"]:
      f64[d >> 1] = i32[a + 1] * TWO_32 + (i32[a] >>> 0);
      return;
    case Op["f64.convert_i64_u"]:
      f64[d >> 1] = (i32[a + 1] >>> 0) * TWO_32 + (i32[a] >>> 0);
      return;

    case Op["i32.trunc_f32_s"]:
      i32[d] = checkedTrunc(f32[a], -2147483648, 2147483648);
      return;
    case Op["i32.trunc_f32_u"]:
      i32[d] = checkedTrunc(f32[a], 0, TWO_32);
      return;
    case Op["i32.trunc_f64_s"]:
      i32[d] = checkedTrunc(f64[a >> 1], -2147483648, 2147483648);
      return;
    case Op["i32.trunc_f64_u"]:
      i32[d] = checkedTrunc(f64[a >> 1], 0, TWO_32);
      return;
    case Op["i64.trunc_f32_s"]:
      writeInteger(i32, d, checkedTrunc(f32[a], -TWO_63, TWO_63));
      return;
    case Op["i64.trunc_f32_u"]:
      writeInteger(i32, d, checkedTrunc(f32[a], 0, TWO_64));
      return;
    case Op["i64.trunc_f64_s"]:
      writeInteger(i32, d, checkedTrunc(f64[a >> 1], -TWO_63, TWO_63));
      return;
    case Op["i64.trunc_f64_u"]:
      writeInteger(i32, d, checkedTrunc(f64[a >> 1], 0, TWO_64));
      return;

    case Op["i32.trunc_sat_f32_u"]:
      i32[d] = saturated(f32[a], 0, TWO_32 - 1);
      return;
    case Op["i32.trunc_sat_f64_u"]:
      i32[d] = saturated(f64[a >> 1], 0, TWO_32 - 1);
      return;
    case Op["i64.trunc_sat_f32_s"]:
      writeSaturatedS64(i32, d, f32[a]);
      return;
    case Op["i64.trunc_sat_f64_s"]:
      writeSaturatedS64(i32, d, f64[a >> 1]);
      return;
    case Op["i64.trunc_sat_f32_u"]:
      writeSaturatedU64(i32, d, f32[a]);
      return;
    case Op["i64.trunc_sat_f64_u"]:
      writeSaturatedU64(i32, d, f64[a >> 1]);
      return;
    default:
      throw new Error(`BUG: no unary instruction 0x${opcode.toString(16)}`);
  }
}

export function executeBinary(execution: Execution, opcode: number, d: number, a: number, b: number): void {
  const { i32 } = execution;
  switch (opcode) {
    case Op["i64.div_s"]:
      divideSigned(i32, d, a, b, true);
      return;
    case Op["i64.rem_s"]:
      divideSigned(i32, d, a, b, false);
      return;
    case Op["i64.div_u"]:
      divideUnsigned(i32, d, a, b, true);
      return;
    case Op["i64.rem_u"]:
      divideUnsigned(i32, d, a, b, false);
      return;
    case Op["i64.rotr"]: {
      let low = i32[a];
      let high = i32[a + 1];
      const count = i32[b] & 63;
      if (count >= 32) [low, high] = [high, low];
      const shift = count & 31;
      if (shift === 0) writeI64(i32, d, low, high);
      else {
        writeI64(i32, d, (low >>> shift) | (high << (32 - shift)), (high >>> shift) | (low << (32 - shift)));
      }
      return;
    }
    case Op["f32.copysign"]:
      i32[d] = (i32[a] & 0x7fffffff) | (i32[b] & 0x80000000);
      return;
    case Op["f64.copysign"]: {
      const sign = i32[b + 1] & 0x80000000;
      writeI64(i32, d, i32[a], (i32[a + 1] & 0x7fffffff) | sign);
      return;
    }
    default:
      throw new Error(`BUG: no binary instruction 0x${opcode.toString(16)}`);
  }
}

function writeI64(i32: Int32Array, d: number, low: number, high: number): void {
  i32[d] = low;
  i32[d + 1] = high;
}

/** The number of bits that are set, counted in pairs, nibbles, bytes. */
function populationCount(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  bits = (bits + (bits >>> 4)) & 0x0f0f0f0f;
  return Math.imul(bits, 0x01010101) >>> 24;
}

function trailingZeros(value: number): number {
  return value === 0 ? 32 : 31 - Math.clz32(value & -value);
}

/** A NaN keeps its payload and becomes quiet: what Math's functions make of it differs between engines. */
export function writeRounded32({ i32, f32 }: Execution, d: number, a: number, rounded: number): void {
  if (Number.isNaN(rounded)) i32[d] = i32[a] | 0x00400000;
  else f32[d] = rounded;
}

export function writeRounded64({ i32, f64 }: Execution, d: number, a: number, rounded: number): void {
  if (Number.isNaN(rounded)) writeI64(i32, d, i32[a], i32[a + 1] | 0x00080000);
  else f64[d >> 1] = rounded;
}

/** https://webassembly.github.io/spec/core/exec/numerics.html#op-fnearest */
export function roundHalfToEven(value: number): number {
  const whole = Math.trunc(value);
  const rest = Math.abs(value - whole);
  // A float without fraction, an infinity (whose rest is NaN), and what rounds towards zero; -0.4 becomes -0.
  if (!(rest > 0.5) && !(rest === 0.5 && whole % 2 !== 0)) return whole;
  return whole + (value < 0 ? -1 : 1);
}

/**
 * An i64 as single, rounded once. As a double it would be rounded before; so where it has more than 53 bits, those below bit
 * 11 are gathered in bit 11, which is far below the last bit of a single but still tells that there was more.
 * @param high signed or unsigned
 */
function singleOfI64(low: number, high: number): number {
  const gathered = high >= -0x200000 && high < 0x200000 ? low : (low & ~0x7ff) | ((low & 0x7ff) !== 0 ? 0x800 : 0);
  return high * TWO_32 + (gathered >>> 0);
}

/** @param bound the first value that is too large */
function checkedTrunc(value: number, least: number, bound: number): number {
  const whole = Math.trunc(value);
  if (Number.isNaN(whole)) fail(ErrCode.InvalidConvToInt);
  if (whole < least || whole >= bound) fail(ErrCode.IntegerOverflow);
  return whole;
}

/** NaN becomes 0. */
function saturated(value: number, least: number, most: number): number {
  if (Number.isNaN(value) || value <= least) return Number.isNaN(value) ? 0 : least;
  return value >= most ? most : Math.trunc(value);
}

/** Writes a whole number that fits 64 bits, signed or unsigned. */
function writeInteger(i32: Int32Array, d: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  i32[d] = value - high * TWO_32;
  i32[d + 1] = high;
}

function writeSaturatedS64(i32: Int32Array, d: number, value: number): void {
  if (value >= TWO_63) writeI64(i32, d, -1, 0x7fffffff);
  else writeInteger(i32, d, Number.isNaN(value) ? 0 : Math.max(Math.trunc(value), -TWO_63));
}

function writeSaturatedU64(i32: Int32Array, d: number, value: number): void {
  if (value >= TWO_64) writeI64(i32, d, -1, -1);
  else writeInteger(i32, d, value > 0 ? Math.trunc(value) : 0);
}

/** Whole doubles below this divide exactly: the quotient's floor is right. */
const EXACT_HIGH = 1 << 20;

function unsignedBigInt(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function divideUnsigned(i32: Int32Array, d: number, a: number, b: number, wantsQuotient: boolean): void {
  const aHigh = i32[a + 1] >>> 0;
  const bHigh = i32[b + 1] >>> 0;
  if (bHigh === 0 && i32[b] === 0) fail(ErrCode.DivideByZero);
  if (aHigh < EXACT_HIGH && bHigh < EXACT_HIGH) {
    const dividend = aHigh * TWO_32 + (i32[a] >>> 0);
    const divisor = bHigh * TWO_32 + (i32[b] >>> 0);
    writeInteger(i32, d, wantsQuotient ? Math.floor(dividend / divisor) : dividend % divisor);
    return;
  }
  const dividend = unsignedBigInt(i32[a], i32[a + 1]);
  const divisor = unsignedBigInt(i32[b], i32[b + 1]);
  const result = wantsQuotient ? dividend / divisor : dividend % divisor;
  writeI64(i32, d, Number(result & 0xffffffffn), Number(result >> 32n));
}

function divideSigned(i32: Int32Array, d: number, a: number, b: number, wantsQuotient: boolean): void {
  const aHigh = i32[a + 1];
  const bHigh = i32[b + 1];
  if (bHigh === 0 && i32[b] === 0) fail(ErrCode.DivideByZero);
  if (aHigh >= -EXACT_HIGH && aHigh < EXACT_HIGH && bHigh >= -EXACT_HIGH && bHigh < EXACT_HIGH) {
    const dividend = aHigh * TWO_32 + (i32[a] >>> 0);
    const divisor = bHigh * TWO_32 + (i32[b] >>> 0);
    writeInteger(i32, d, wantsQuotient ? Math.trunc(dividend / divisor) : dividend % divisor);
    return;
  }
  const dividend = BigInt.asIntN(64, unsignedBigInt(i32[a], aHigh));
  const divisor = BigInt.asIntN(64, unsignedBigInt(i32[b], bHigh));
  if (wantsQuotient && divisor === -1n && dividend === -(2n ** 63n)) fail(ErrCode.IntegerOverflow);
  const result = BigInt.asUintN(64, wantsQuotient ? dividend / divisor : dividend % divisor);
  writeI64(i32, d, Number(result & 0xffffffffn), Number(result >> 32n));
}
