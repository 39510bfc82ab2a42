import { Op } from "../../../ast/generated/opcode.ts";
import { fail } from "../../../common/error.ts";
import { ErrCode } from "../../../common/error-code.ts";
import { i64FromHalves, i64High, i64Low } from "../../../common/float-bits.ts";
import type { MemoryInstance } from "../../../store/memory-instance.ts";
import { requireAtomics } from "../../../store/shared-memory.ts";
import { widthOf } from "../../../validator/generated/signatures.ts";
import { effectiveAddress } from "../cold/memory-access.ts";
import type { Execution } from "../execution.ts";
import { AtomicKind, atomicKind, givesI64 } from "./atomic-kinds.ts";
import { accessCell, accessDoubleCell } from "./cell.ts";

/**
 * The effective address of an atomic access, checked. WasmEdge checks the alignment before the bounds.
 * @throws UnalignedAtomicAccess, MemoryOutOfBounds
 */
export function atomicAddress(
  i32: Int32Array,
  memory: MemoryInstance,
  base: number,
  offsetLow: number,
  offsetHigh: number,
  width: number,
): number {
  requireAligned(i32, base, offsetLow, width);
  return effectiveAddress(i32, memory, base, offsetLow, offsetHigh, width);
}

/** The low halves decide. @throws UnalignedAtomicAccess */
export function requireAligned(i32: Int32Array, base: number, offsetLow: number, width: number): void {
  if (((i32[base] + offsetLow) & (width - 1)) !== 0) fail(ErrCode.UnalignedAtomicAccess);
}

/** Executes the instruction of the form `atomic` at `pc`: any atomic access, or waking. */
export function executeAtomic(execution: Execution, code: Int32Array, pc: number, fp: number): void {
  const { i32 } = execution;
  const opcode = code[pc + 1];
  const d = fp + code[pc + 2];
  const b = fp + code[pc + 4];
  const c = fp + code[pc + 5];
  const memory = execution.instance.memories[code[pc + 6]];
  const width = widthOf[opcode];
  const address = atomicAddress(i32, memory, fp + code[pc + 3], code[pc + 7], code[pc + 8], width);
  if (opcode === Op["memory.atomic.notify"]) {
    i32[d] = notify(memory, address, i32[b] >>> 0);
    return;
  }
  const kind = atomicKind(opcode);
  if (width === 8) {
    const value = i64FromHalves(i32[b], i32[b + 1]);
    const before = accessDoubleCell(kind, memory, address, value, i64FromHalves(i32[c], i32[c + 1]));
    if (kind === AtomicKind.Store) return;
    i32[d] = i64Low(before);
    i32[d + 1] = i64High(before);
    return;
  }
  const before = accessCell(kind, memory, address, width, i32[b], i32[c]);
  if (kind === AtomicKind.Store) return;
  i32[d] = before;
  if (givesI64(opcode)) i32[d + 1] = 0;
}

/** Wakes at most `count` of those that wait at the address. @returns how many; none wait at memory that is not shared */
function notify(memory: MemoryInstance, address: number, count: number): number {
  const { cells } = memory;
  return cells === undefined ? 0 : requireAtomics().notify(cells.words, address / 4, count);
}
