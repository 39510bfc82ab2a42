import { fail } from "../../../common/error.ts";
import { ErrCode } from "../../../common/error-code.ts";
import { boundaryOf } from "../../../common/error-context.ts";
import type { MemoryInstance } from "../../../store/memory-instance.ts";
import type { TableInstance } from "../../../store/table-instance.ts";
import type { Execution } from "../execution.ts";
import { IR } from "../generated/ir.ts";
import { forBytes, forElements } from "./long-operation.ts";

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

function checkData(length: number, offset: number, count: number): void {
  if (offset > length || count > length - offset) {
    fail(ErrCode.MemoryOutOfBounds, boundaryOf(offset, count, length));
  }
}

function checkElements(length: number, offset: number, count: number): void {
  if (offset > length || count > length - offset) {
    fail(ErrCode.TableOutOfBounds, boundaryOf(offset, count, length));
  }
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
      writeAddress(i32, a, memory.grow(readAddress(i32, b, memory.is64)), memory.is64);
      execution.refreshMemory();
      return;
    }
    case IR["memory.fill"]: {
      const memory = memories[code[pc + 4]];
      const value = i32[b];
      const to = readAddress(i32, a, memory.is64);
      const count = readAddress(i32, c, memory.is64);
      checkData(memory.byteLength, to, count);
      forBytes(count, (done, length) => memory.fillBytes(value, to + done, length));
      return;
    }
    case IR["memory.copy"]:
      copyMemory(i32, memories[code[pc + 4]], memories[code[pc + 5]], a, b, c);
      return;
    case IR["memory.init"]: {
      const memory = memories[code[pc + 4]];
      const { bytes } = instance.data[code[pc + 5]];
      const from = i32[b] >>> 0;
      const count = i32[c] >>> 0;
      checkData(bytes.length, from, count);
      const to = readAddress(i32, a, memory.is64);
      checkData(memory.byteLength, to, count);
      forBytes(count, (done, length) => {
        memory.setBytes(bytes.subarray(from + done, from + done + length), to + done);
      });
      return;
    }
    case IR["data.drop"]:
      instance.data[code[pc + 1]].clear();
      return;
    case IR["table.get"]: {
      const table = tables[code[pc + 3]];
      refs[a >> 1] = table.getRef(readAddress(i32, b, table.is64));
      return;
    }
    case IR["table.set"]: {
      const table = tables[code[pc + 3]];
      table.setRef(readAddress(i32, a, table.is64), refs[b >> 1]);
      return;
    }
    case IR["table.size"]: {
      const table = tables[code[pc + 2]];
      writeAddress(i32, a, table.size, table.is64);
      return;
    }
    case IR["table.grow"]: {
      const table = tables[code[pc + 4]];
      const before = table.size;
      const grown = table.growTable(readAddress(i32, c, table.is64), refs[b >> 1]);
      writeAddress(i32, a, grown ? before : -1, table.is64);
      return;
    }
    case IR["table.fill"]: {
      const table = tables[code[pc + 4]];
      const reference = refs[b >> 1];
      const to = readAddress(i32, a, table.is64);
      const count = readAddress(i32, c, table.is64);
      checkElements(table.size, to, count);
      forElements(count, (done, length) => table.fillRefs(reference, to + done, length));
      return;
    }
    case IR["table.copy"]:
      copyTable(i32, tables[code[pc + 4]], tables[code[pc + 5]], a, b, c);
      return;
    case IR["table.init"]: {
      const table = tables[code[pc + 4]];
      const segment = instance.elements[code[pc + 5]];
      const to = readAddress(i32, a, table.is64);
      const from = i32[b] >>> 0;
      const count = i32[c] >>> 0;
      checkElements(segment.length, from, count);
      table.initialize(segment, to, from, count);
      return;
    }
    case IR["elem.drop"]:
      instance.elements[code[pc + 1]].clear();
      return;
    default:
      throw new Error(`BUG: no cold instruction ${code[pc]}`);
  }
}

/** The length is an i64 only where both memories have i64 addresses. */
function copyMemory(
  i32: Int32Array,
  destination: MemoryInstance,
  source: MemoryInstance,
  a: number,
  b: number,
  c: number,
): void {
  const to = readAddress(i32, a, destination.is64);
  const from = readAddress(i32, b, source.is64);
  const count = readAddress(i32, c, destination.is64 && source.is64);
  checkData(source.byteLength, from, count);
  checkData(destination.byteLength, to, count);
  forBytes(count, (done, length) => {
    // Where the ranges overlap, nothing may be overwritten that is still to be read.
    const at = to > from ? count - done - length : done;
    if (destination === source) destination.bytes.copyWithin(to + at, from + at, from + at + length);
    else destination.bytes.set(source.bytes.subarray(from + at, from + at + length), to + at);
  });
}

function copyTable(
  i32: Int32Array,
  destination: TableInstance,
  source: TableInstance,
  a: number,
  b: number,
  c: number,
): void {
  const to = readAddress(i32, a, destination.is64);
  const from = readAddress(i32, b, source.is64);
  const count = readAddress(i32, c, destination.is64 && source.is64);
  checkElements(source.size, from, count);
  checkElements(destination.size, to, count);
  forElements(count, (done, length) => {
    const at = to > from ? count - done - length : done;
    destination.copyFrom(source, to + at, from + at, length);
  });
}
