import { Op } from "../../../ast/generated/opcode.ts";
import { widthOf } from "../../../validator/generated/signatures.ts";
import { effectiveAddress } from "../cold/memory-access.ts";
import type { Execution } from "../execution.ts";
import { copyVector } from "./lanes.ts";

/**
 * Loads and stores of vectors and of single lanes.
 * https://webassembly.github.io/spec/core/exec/instructions.html#vector-instructions
 */

/** Executes the instruction of the form `vector-memory` at `pc`; the vector is the destination, or what is stored. */
export function accessVector(execution: Execution, code: Int32Array, pc: number, fp: number): void {
  const { i32, i16 } = execution;
  const opcode = code[pc + 1];
  const d = fp + code[pc + 2];
  const memory = execution.instance.memories[code[pc + 4]];
  const at = effectiveAddress(i32, memory, fp + code[pc + 3], code[pc + 5], code[pc + 6], widthOf[opcode]);
  const { view } = memory;
  switch (opcode) {
    case Op["v128.load"]:
      i32[d] = view.getInt32(at, true);
      i32[d + 1] = view.getInt32(at + 4, true);
      i32[d + 2] = view.getInt32(at + 8, true);
      i32[d + 3] = view.getInt32(at + 12, true);
      return;
    case Op["v128.store"]:
      view.setInt32(at, i32[d], true);
      view.setInt32(at + 4, i32[d + 1], true);
      view.setInt32(at + 8, i32[d + 2], true);
      view.setInt32(at + 12, i32[d + 3], true);
      return;
    case Op["v128.load8x8_s"]:
      for (let i = 0; i < 8; i++) i16[(d << 1) + i] = view.getInt8(at + i);
      return;
    case Op["v128.load8x8_u"]:
      for (let i = 0; i < 8; i++) i16[(d << 1) + i] = view.getUint8(at + i);
      return;
    case Op["v128.load16x4_s"]:
      for (let i = 0; i < 4; i++) i32[d + i] = view.getInt16(at + 2 * i, true);
      return;
    case Op["v128.load16x4_u"]:
      for (let i = 0; i < 4; i++) i32[d + i] = view.getUint16(at + 2 * i, true);
      return;
    case Op["v128.load32x2_s"]:
      for (let i = 0; i < 2; i++) writeLow(i32, d + 2 * i, view.getInt32(at + 4 * i, true), true);
      return;
    case Op["v128.load32x2_u"]:
      for (let i = 0; i < 2; i++) writeLow(i32, d + 2 * i, view.getInt32(at + 4 * i, true), false);
      return;
    case Op["v128.load8_splat"]:
      i32.fill(Math.imul(view.getUint8(at), 0x01010101), d, d + 4);
      return;
    case Op["v128.load16_splat"]:
      i32.fill(Math.imul(view.getUint16(at, true), 0x00010001), d, d + 4);
      return;
    case Op["v128.load32_splat"]:
      i32.fill(view.getInt32(at, true), d, d + 4);
      return;
    case Op["v128.load64_splat"]:
      for (let i = 0; i < 4; i++) i32[d + i] = view.getInt32(at + 4 * (i & 1), true);
      return;
    case Op["v128.load32_zero"]:
      i32[d] = view.getInt32(at, true);
      i32.fill(0, d + 1, d + 4);
      return;
    case Op["v128.load64_zero"]:
      i32[d] = view.getInt32(at, true);
      i32[d + 1] = view.getInt32(at + 4, true);
      i32.fill(0, d + 2, d + 4);
      return;
    default:
      throw new Error(`BUG: no access to memory with vectors 0x${opcode.toString(16)}`);
  }
}

/** A word as a lane of 64 bits. */
function writeLow(i32: Int32Array, d: number, word: number, signed: boolean): void {
  i32[d] = word;
  i32[d + 1] = signed ? word >> 31 : 0;
}

/** Executes the instruction of the form `vector-memory-lane` at `pc`; `b` is the vector that the lane is of. */
export function accessLane(execution: Execution, code: Int32Array, pc: number, fp: number): void {
  const { i32, i8, i16 } = execution;
  const opcode = code[pc + 1];
  const d = fp + code[pc + 2];
  const b = fp + code[pc + 4];
  const memory = execution.instance.memories[code[pc + 5]];
  const lane = code[pc + 8];
  const at = effectiveAddress(i32, memory, fp + code[pc + 3], code[pc + 6], code[pc + 7], widthOf[opcode]);
  const { view } = memory;
  switch (opcode) {
    case Op["v128.load8_lane"]:
      copyVector(i32, d, b);
      i8[(d << 2) + lane] = view.getInt8(at);
      return;
    case Op["v128.load16_lane"]:
      copyVector(i32, d, b);
      i16[(d << 1) + lane] = view.getInt16(at, true);
      return;
    case Op["v128.load32_lane"]:
      copyVector(i32, d, b);
      i32[d + lane] = view.getInt32(at, true);
      return;
    case Op["v128.load64_lane"]:
      copyVector(i32, d, b);
      i32[d + 2 * lane] = view.getInt32(at, true);
      i32[d + 2 * lane + 1] = view.getInt32(at + 4, true);
      return;
    case Op["v128.store8_lane"]:
      view.setInt8(at, i8[(b << 2) + lane]);
      return;
    case Op["v128.store16_lane"]:
      view.setInt16(at, i16[(b << 1) + lane], true);
      return;
    case Op["v128.store32_lane"]:
      view.setInt32(at, i32[b + lane], true);
      return;
    case Op["v128.store64_lane"]:
      view.setInt32(at, i32[b + 2 * lane], true);
      view.setInt32(at + 4, i32[b + 2 * lane + 1], true);
      return;
    default:
      throw new Error(`BUG: no access to memory with a lane 0x${opcode.toString(16)}`);
  }
}
