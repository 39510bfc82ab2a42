import { Op } from "../../../ast/generated/opcode.ts";
import { fail } from "../../../common/error.ts";
import { ErrCode } from "../../../common/error-code.ts";
import type { MemoryInstance } from "../../../store/memory-instance.ts";
import { widthOf } from "../../../validator/generated/signatures.ts";
import type { Execution } from "../execution.ts";

/**
 * Loads and stores that the run loop does not hold: of memories other than 0, of memories with i64 addresses, with offsets
 * from 2^31 on.
 */

const TWO_32 = 0x1_0000_0000;

/**
 * The effective address, checked.
 *
 * Above 2^53 a double is not exact, but then the access is outside anyway: no memory is that large.
 * @throws MemoryOutOfBounds
 */
export function effectiveAddress(
  i32: Int32Array,
  memory: MemoryInstance,
  base: number,
  offsetLow: number,
  offsetHigh: number,
  width: number,
): number {
  const baseHigh = memory.is64 ? i32[base + 1] >>> 0 : 0;
  const address = (baseHigh + (offsetHigh >>> 0)) * TWO_32 + (i32[base] >>> 0) + (offsetLow >>> 0);
  // The view tells its length at once; the memory has to compute it.
  if (address + width > memory.view.byteLength && !memory.contains(address, width)) {
    const exact = (BigInt(baseHigh + (offsetHigh >>> 0)) << 32n) + BigInt(i32[base] >>> 0) + BigInt(offsetLow >>> 0);
    fail(ErrCode.MemoryOutOfBounds, {
      kind: "boundary",
      offset: exact,
      length: BigInt(width),
      limit: BigInt(memory.byteLength),
    });
  }
  return address;
}

/** Executes the instruction of the form `memory-access` at `pc`. */
export function accessMemory(execution: Execution, code: Int32Array, pc: number, fp: number): void {
  const { i32 } = execution;
  const opcode = code[pc + 1];
  const d = fp + code[pc + 2];
  const memory = execution.instance.memories[code[pc + 4]];
  const at = effectiveAddress(i32, memory, fp + code[pc + 3], code[pc + 5], code[pc + 6], widthOf[opcode]);
  // Asked for after the check: another thread may grow a shared memory at any time.
  const { view } = memory;
  switch (opcode) {
    case Op["i32.load"]:
    case Op["f32.load"]:
      i32[d] = view.getInt32(at, true);
      return;
    case Op["i64.load"]:
    case Op["f64.load"]:
      i32[d] = view.getInt32(at, true);
      i32[d + 1] = view.getInt32(at + 4, true);
      return;
    case Op["i32.load8_s"]:
      i32[d] = view.getInt8(at);
      return;
    case Op["i32.load8_u"]:
      i32[d] = view.getUint8(at);
      return;
    case Op["i32.load16_s"]:
      i32[d] = view.getInt16(at, true);
      return;
    case Op["i32.load16_u"]:
      i32[d] = view.getUint16(at, true);
      return;
    case Op["i64.load8_s"]:
      writeSigned(i32, d, view.getInt8(at));
      return;
    case Op["i64.load8_u"]:
      writeUnsigned(i32, d, view.getUint8(at));
      return;
    case Op["i64.load16_s"]:
      writeSigned(i32, d, view.getInt16(at, true));
      return;
    case Op["i64.load16_u"]:
      writeUnsigned(i32, d, view.getUint16(at, true));
      return;
    case Op["i64.load32_s"]:
      writeSigned(i32, d, view.getInt32(at, true));
      return;
    case Op["i64.load32_u"]:
      writeUnsigned(i32, d, view.getInt32(at, true));
      return;
    case Op["i32.store"]:
    case Op["f32.store"]:
    case Op["i64.store32"]:
      view.setInt32(at, i32[d], true);
      return;
    case Op["i64.store"]:
    case Op["f64.store"]:
      view.setInt32(at, i32[d], true);
      view.setInt32(at + 4, i32[d + 1], true);
      return;
    case Op["i32.store8"]:
    case Op["i64.store8"]:
      view.setInt8(at, i32[d]);
      return;
    case Op["i32.store16"]:
    case Op["i64.store16"]:
      view.setInt16(at, i32[d], true);
      return;
    default:
      throw new Error(`BUG: no memory access 0x${opcode.toString(16)}`);
  }
}

function writeSigned(i32: Int32Array, d: number, value: number): void {
  i32[d] = value;
  i32[d + 1] = value >> 31;
}

function writeUnsigned(i32: Int32Array, d: number, value: number): void {
  i32[d] = value;
  i32[d + 1] = 0;
}
