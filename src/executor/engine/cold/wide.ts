import { Op } from "../../../ast/generated/opcode.ts";
import { i64FromHalves, i64High, i64Low } from "../../../common/float-bits.ts";

/**
 * Wide arithmetic: 128-bit sums and differences, 64-bit products in full.
 * https://github.com/WebAssembly/wide-arithmetic
 *
 * All places are word offsets on the value stack. The low half of the result goes to `d`, the high half to the slot behind it.
 */
export function executeWide(i32: Int32Array, opcode: number, d: number, operands: readonly number[]): void {
  const [a, b, c, e] = operands;
  const result = compute(i32, opcode, a, b, c, e);
  i32[d] = i64Low(result);
  i32[d + 1] = i64High(result);
  i32[d + 2] = i64Low(result >> 64n);
  i32[d + 3] = i64High(result >> 64n);
}

function signed(i32: Int32Array, at: number): bigint {
  return i64FromHalves(i32[at], i32[at + 1]);
}

function unsigned(i32: Int32Array, at: number): bigint {
  return BigInt.asUintN(64, signed(i32, at));
}

/** A 128-bit operand: two i64 operands, the low half first. */
function pair(i32: Int32Array, low: number, high: number): bigint {
  return (signed(i32, high) << 64n) | unsigned(i32, low);
}

function compute(i32: Int32Array, opcode: number, a: number, b: number, c: number, e: number): bigint {
  switch (opcode) {
    case Op["i64.add128"]:
      return pair(i32, a, b) + pair(i32, c, e);
    case Op["i64.sub128"]:
      return pair(i32, a, b) - pair(i32, c, e);
    case Op["i64.mul_wide_s"]:
      return signed(i32, a) * signed(i32, b);
    default:
      return unsigned(i32, a) * unsigned(i32, b);
  }
}
