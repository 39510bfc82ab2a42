import {
  type ImmediateKind,
  type InstructionInfo,
  instructions,
  OPCODE_BOUND,
  prefixPage,
} from "../ast/instructions.ts";

import type { ValType } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import { type InstructionTables, Kind, tablesFor } from "../loader/instruction-tables.ts";
import { alignmentOf, operandsStart, resultsEnd, resultsStart, signatureTypes } from "./signatures.ts";

/**
 * How the fast lane of the FormChecker reads and checks a plain instruction. The order tells what kind of check it has, and
 * its immediate.
 */
export const enum Lane {
  /** By its shape alone; its immediate is a fixed number of bytes, mostly none. */
  simple,
  /** By its shape alone: a constant of an integer. */
  constant,
  /** By its shape alone: a memory access, which has an alignment and an offset. */
  access,
  /** None of these: the FormChecker checks it. */
  other,
  drop,
  select,
  unreachable,
  /** From here on a list of types must stand on the stack. memory.fill, memory.copy */
  fill,
  copy,
  end,
  else,
  /** From here to `branch`, what follows is never reached. */
  return,
  branchTable,
  /** From here on an integer follows. */
  branch,
  branchIf,
  call,
  callIndirect,
  /** From here on the check is one of its own again. */
  localGet,
  localSet,
  localTee,
  globalGet,
  globalSet,
  /** A block type of one byte, which is read as an integer. */
  block,
  /** The first byte of an instruction with a prefix. */
  prefix,
}

const laneOfName: { readonly [name: string]: Lane } = {
  drop: Lane.drop,
  select: Lane.select,
  end: Lane.end,
  else: Lane.else,
  return: Lane.return,
  unreachable: Lane.unreachable,
  "local.get": Lane.localGet,
  "local.set": Lane.localSet,
  "local.tee": Lane.localTee,
  "global.get": Lane.globalGet,
  "global.set": Lane.globalSet,
  block: Lane.block,
  loop: Lane.block,
  if: Lane.block,
  br: Lane.branch,
  br_if: Lane.branchIf,
  br_table: Lane.branchTable,
  call: Lane.call,
  call_indirect: Lane.callIndirect,
  "memory.copy": Lane.copy,
  "memory.fill": Lane.fill,
};

/** By immediate kind, of those whose operands and results are always the same. */
const laneOfImmediate: { readonly [kind in ImmediateKind]?: Lane } = {
  none: Lane.simple,
  zeroByte: Lane.simple,
  f32: Lane.simple,
  f64: Lane.simple,
  v128: Lane.simple,
  i32: Lane.constant,
  i64: Lane.constant,
  memArg: Lane.access,
};

const bytesOfImmediate: { readonly [kind in ImmediateKind]?: number } = { zeroByte: 1, f32: 4, f64: 8, v128: 16 };

/** Per opcode: how many bytes its immediate has, where that is fixed. */
export const fixedBytes: Uint8Array = new Uint8Array(OPCODE_BOUND);

/** Per opcode: the least alignment of its memory access, as an exponent. */
export const leastAlignmentOf: Uint8Array = new Uint8Array(OPCODE_BOUND);

// Here and below with `forEach`, which makes no object a step as `for` does: every program that starts does this.
instructions.forEach(({ opcode, immediate }) => {
  const bytes = bytesOfImmediate[immediate];
  if (bytes !== undefined) fixedBytes[opcode] = bytes;
  // The accesses of the Threads proposal must be aligned exactly.
  if (opcode >> 8 === prefixPage(0xfe)) leastAlignmentOf[opcode] = alignmentOf[opcode];
});

function laneOf({ name, immediate, operands, results }: InstructionInfo): Lane {
  if (operands === undefined || results === undefined) return laneOfName[name] ?? Lane.other;
  if (operands.length > 2 || results.length > 1) return Lane.other;
  return laneOfImmediate[immediate] ?? Lane.other;
}

const lanesOfTables = new Map<InstructionTables, Uint8Array>();

/** Per opcode, and per byte of a prefix: the lane; `other` where a proposal that the instruction needs is off. */
export function lanesFor(configure: Configure): Uint8Array {
  const tables = tablesFor(configure);
  let lanes = lanesOfTables.get(tables);
  if (lanes === undefined) {
    const made = new Uint8Array(OPCODE_BOUND).fill(Lane.other);
    instructions.forEach((info) => {
      if (tables.immediates[info.opcode] !== Kind.illegal) made[info.opcode] = laneOf(info);
    });
    for (let byte = 0; byte < 256; byte++) if (prefixPage(byte) !== 0) made[byte] = Lane.prefix;
    lanesOfTables.set(tables, made);
    lanes = made;
  }
  return lanes;
}

/** A type that no operand has. */
export const NO_TYPE = 0xff;

const shapesOfAddress = new Map<ValType, Int32Array>();

/**
 * Per opcode, of those whose check is their shape: the types of the topmost operand, of the one below it, and of the result, a
 * byte each from the highest on; 0 where there is none.
 * @param address the type of addresses into memory 0, undefined where there is none
 */
export function shapesFor(address: ValType = NO_TYPE): Int32Array {
  let shapes = shapesOfAddress.get(address);
  if (shapes === undefined) {
    shapes = new Int32Array(OPCODE_BOUND);
    for (let opcode = 0; opcode < OPCODE_BOUND; opcode++) {
      const middle = resultsStart[opcode];
      let shape = 0;
      for (let i = operandsStart[opcode]; i < middle; i++)
        shape = (shape >> 8) | ((signatureTypes[i] || address) << 16);
      for (let i = middle; i < resultsEnd[opcode]; i++) shape |= signatureTypes[i] || address;
      shapes[opcode] = shape;
    }
    shapesOfAddress.set(address, shapes);
  }
  return shapes;
}
