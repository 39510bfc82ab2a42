import { fail } from "../../../common/error.ts";
import { ErrCode } from "../../../common/error-code.ts";
import type { Reference } from "../../../common/wasm-value.ts";
import type { MemoryInstance } from "../../../store/memory-instance.ts";
import type { TableInstance } from "../../../store/table-instance.ts";
import type { Execution } from "../execution.ts";
import { IR } from "../generated/ir.ts";
import { chargeBulk, doBulk, Weight } from "./long-operation.ts";

/**
 * Bulk memory and table instructions. All bounds are checked before anything is written; much is done in pieces, so that the
 * run can be ended in between.
 * https://webassembly.github.io/spec/core/exec/instructions.html#memory-instructions
 */

/** An address, index or length at a word offset: i32, or i64 where the memory or table is addressed so. */
function readAddress(i32: Int32Array, at: number, is64: boolean): number {
  const low = i32[at] >>> 0;
  // Above 2^53 the sum is not exact, but no memory or table is that large, so every comparison comes out the same.
  return is64 ? (i32[at + 1] >>> 0) * 0x100000000 + low : low;
}

/** A result of the address type: -1 is all ones. */
function writeAddress(i32: Int32Array, at: number, value: number, is64: boolean): void {
  i32[at] = value;
  if (is64) i32[at + 1] = value < 0 ? -1 : Math.floor(value / 0x100000000);
}

/** What `readAddress` reads, exactly: an error tells it as it is. */
function exactAddress(i32: Int32Array, at: number, is64: boolean): bigint {
  return (is64 ? BigInt(i32[at + 1] >>> 0) << 32n : 0n) + BigInt(i32[at] >>> 0);
}

/**
 * @param length of what is accessed
 * @param at where the operand stands that is the offset; `count`: that is the number of bytes or elements
 * @throws `code`
 */
function checkRange(
  code: number,
  length: number,
  i32: Int32Array,
  at: number,
  count: number,
  is64: boolean,
  counts64 = is64,
): void {
  const offset = readAddress(i32, at, is64);
  if (offset <= length && readAddress(i32, count, counts64) <= length - offset) return;
  fail(code, {
    kind: "boundary",
    offset: exactAddress(i32, at, is64),
    length: exactAddress(i32, count, counts64),
    limit: BigInt(length),
  });
}

/** The index at a word offset. @throws TableOutOfBounds */
function readIndex(i32: Int32Array, at: number, { size, is64 }: TableInstance): number {
  const index = readAddress(i32, at, is64);
  if (index < size) return index;
  const offset = exactAddress(i32, at, is64);
  fail(ErrCode.TableOutOfBounds, { kind: "boundary", offset, length: 1n, limit: BigInt(size) });
}

export function executeBulk(execution: Execution, code: Int32Array, pc: number, fp: number): void {
  const { i32, refs, instance } = execution;
  const { memories, tables } = instance;
  const a = fp + code[pc + 1];
  const b = fp + code[pc + 2];
  const c = fp + code[pc + 3];
  switch (code[pc]) {
    case IR["memory.size"]: {
      const memory = memories[code[pc + 2]];
      writeAddress(i32, a, memory.pageCount, memory.is64);
      return;
    }
    case IR["memory.grow"]: {
      const memory = memories[code[pc + 3]];
      growMemory(execution, memory, a, readAddress(i32, b, memory.is64));
      return;
    }
    case IR["memory.fill"]: {
      const memory = memories[code[pc + 4]];
      const value = i32[b];
      checkRange(ErrCode.MemoryOutOfBounds, memory.byteLength, i32, a, c, memory.is64);
      const to = readAddress(i32, a, memory.is64);
      const count = readAddress(i32, c, memory.is64);
      const work = (done: number, length: number): void => memory.fillBytes(value, to + done, length);
      doBulk(execution, count, Weight.Byte, work);
      return;
    }
    case IR["memory.copy"]:
      copyMemory(execution, memories[code[pc + 4]], memories[code[pc + 5]], a, b, c);
      return;
    case IR["memory.init"]: {
      const memory = memories[code[pc + 4]];
      const { bytes } = instance.data[code[pc + 5]];
      checkRange(ErrCode.MemoryOutOfBounds, memory.byteLength, i32, a, c, memory.is64, false);
      checkRange(ErrCode.MemoryOutOfBounds, bytes.length, i32, b, c, false);
      const to = readAddress(i32, a, memory.is64);
      const from = i32[b] >>> 0;
      const count = i32[c] >>> 0;
      const work = (done: number, length: number): void => {
        memory.setBytes(bytes.subarray(from + done, from + done + length), to + done);
      };
      doBulk(execution, count, Weight.Byte, work);
      return;
    }
    case IR["data.drop"]:
      instance.data[code[pc + 1]].clear();
      return;
    case IR["table.get"]: {
      const table = tables[code[pc + 3]];
      refs[a >> 1] = table.getRef(readIndex(i32, b, table));
      return;
    }
    case IR["table.set"]: {
      const table = tables[code[pc + 3]];
      table.setRef(readIndex(i32, a, table), refs[b >> 1]);
      return;
    }
    case IR["table.size"]: {
      const table = tables[code[pc + 2]];
      writeAddress(i32, a, table.size, table.is64);
      return;
    }
    case IR["table.grow"]: {
      const table = tables[code[pc + 4]];
      growTable(execution, table, a, refs[b >> 1], readAddress(i32, c, table.is64));
      return;
    }
    case IR["table.fill"]: {
      const table = tables[code[pc + 4]];
      const reference = refs[b >> 1];
      checkRange(ErrCode.TableOutOfBounds, table.size, i32, a, c, table.is64);
      const to = readAddress(i32, a, table.is64);
      const count = readAddress(i32, c, table.is64);
      const work = (done: number, length: number): void => table.fillRefs(reference, to + done, length);
      doBulk(execution, count, Weight.Reference, work);
      return;
    }
    case IR["table.copy"]:
      copyTable(execution, tables[code[pc + 4]], tables[code[pc + 5]], a, b, c);
      return;
    case IR["table.init"]: {
      const table = tables[code[pc + 4]];
      const segment = instance.elements[code[pc + 5]].held();
      checkRange(ErrCode.TableOutOfBounds, table.size, i32, a, c, table.is64, false);
      checkRange(ErrCode.TableOutOfBounds, segment.length, i32, b, c, false);
      const to = readAddress(i32, a, table.is64);
      const from = i32[b] >>> 0;
      const count = i32[c] >>> 0;
      const work = (done: number, length: number): void => table.initialize(segment, to + done, from + done, length);
      doBulk(execution, count, Weight.Function, work);
      return;
    }
    case IR["elem.drop"]:
      instance.elements[code[pc + 1]].clear();
      return;
    default:
      throw new Error(`BUG: no cold instruction ${code[pc]}`);
  }
}

/** The result stands in the register when the memory has grown. */
function growMemory(execution: Execution, memory: MemoryInstance, result: number, pages: number): void {
  const { is64 } = memory;
  const growth = memory.beginGrowth(pages);
  if (growth === undefined) {
    chargeBulk(execution, Weight.Refusal);
    writeAddress(execution.i32, result, -1, is64);
    return;
  }
  const work = (_: number, length: number): void => memory.advanceGrowth(growth, length);
  const finish = (): void => {
    writeAddress(execution.i32, result, growth.pagesBefore, is64);
    execution.refreshMemory();
  };
  doBulk(execution, growth.left, Weight.FreshByte, work, finish, () => memory.abandonGrowth(growth));
}

/** Others see the table grow piece by piece. */
function growTable(
  execution: Execution,
  table: TableInstance,
  result: number,
  reference: Reference,
  count: number,
): void {
  const growth = table.beginGrowth(count, reference);
  if (growth === undefined) {
    writeAddress(execution.i32, result, -1, table.is64);
    return;
  }
  const work = (_: number, length: number): void => table.advanceGrowth(length);
  const finish = (): void => writeAddress(execution.i32, result, growth.sizeBefore, table.is64);
  const added = growth.sizeAfter - table.size;
  doBulk(execution, added, Weight.Reference, work, finish, () => table.abandonGrowth(growth));
}

/** The length is an i64 only where both memories have i64 addresses. */
function copyMemory(
  execution: Execution,
  destination: MemoryInstance,
  source: MemoryInstance,
  a: number,
  b: number,
  c: number,
): void {
  const { i32 } = execution;
  const counts64 = destination.is64 && source.is64;
  checkRange(ErrCode.MemoryOutOfBounds, source.byteLength, i32, b, c, source.is64, counts64);
  checkRange(ErrCode.MemoryOutOfBounds, destination.byteLength, i32, a, c, destination.is64, counts64);
  const to = readAddress(i32, a, destination.is64);
  const from = readAddress(i32, b, source.is64);
  const count = readAddress(i32, c, counts64);
  const work = (done: number, length: number): void => {
    // Where the ranges overlap, nothing may be overwritten that is still to be read.
    const at = to > from ? count - done - length : done;
    if (destination === source) destination.bytes.copyWithin(to + at, from + at, from + at + length);
    else destination.bytes.set(source.bytes.subarray(from + at, from + at + length), to + at);
  };
  doBulk(execution, count, Weight.Byte, work);
}

function copyTable(
  execution: Execution,
  destination: TableInstance,
  source: TableInstance,
  a: number,
  b: number,
  c: number,
): void {
  const { i32 } = execution;
  const counts64 = destination.is64 && source.is64;
  checkRange(ErrCode.TableOutOfBounds, source.size, i32, b, c, source.is64, counts64);
  checkRange(ErrCode.TableOutOfBounds, destination.size, i32, a, c, destination.is64, counts64);
  const to = readAddress(i32, a, destination.is64);
  const from = readAddress(i32, b, source.is64);
  const count = readAddress(i32, c, counts64);
  const work = (done: number, length: number): void => {
    const at = to > from ? count - done - length : done;
    destination.copyFrom(source, to + at, from + at, length);
  };
  doBulk(execution, count, destination === source ? Weight.Reference : Weight.Function, work);
}
