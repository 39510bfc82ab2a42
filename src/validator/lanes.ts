import { OPCODE_BOUND, prefixPage } from "../ast/instructions.ts";
import type { ValType } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import { type InstructionTables, standardTables, tablesFor } from "../loader/instruction-tables.ts";
import {
  alignmentOf,
  lanes as allLanes,
  operandsStart,
  resultsEnd,
  resultsStart,
  signatureOf,
  signatureTypes,
  standardLanes,
} from "./generated/signatures.ts";
import { Lane } from "./lane-kinds.ts";

/** What the fast lane of the FormChecker looks up of each opcode. */

/** Per opcode: the least alignment of its memory access, as an exponent. Those of the Threads proposal must be aligned exactly. */
export const leastAlignmentOf: Uint8Array = new Uint8Array(OPCODE_BOUND);

const threads = prefixPage(0xfe) << 8;
leastAlignmentOf.set(alignmentOf.subarray(threads, threads + 0x100), threads);

const lanesOfTables = new Map<InstructionTables, Uint8Array>([[standardTables, standardLanes]]);

/** Per opcode, and per byte of a prefix: the lane; `other` where a proposal that the instruction needs is off. */
export function lanesFor(configure: Configure): Uint8Array {
  const tables = tablesFor(configure);
  let lanes = lanesOfTables.get(tables);
  if (lanes === undefined) {
    lanes = allLanes().slice();
    for (const opcode of tables.missing) lanes[opcode] = Lane.other;
    lanesOfTables.set(tables, lanes);
  }
  return lanes;
}

/** A type that no operand has. */
export const NO_TYPE = 0xff;

/** The shape of a signature, of at most two operands and one result: what `shapesFor` gives for its opcodes. */
function shapeOf(signature: number, address: ValType): number {
  const middle = resultsStart[signature];
  let shape = 0;
  for (let i = operandsStart[signature]; i < middle; i++) shape = (shape >> 8) | ((signatureTypes[i] || address) << 16);
  for (let i = middle; i < resultsEnd[signature]; i++) shape |= signatureTypes[i] || address;
  return shape;
}

const shapesOfAddress = new Map<ValType, Int32Array>();

/**
 * Per opcode, of those whose check is their shape: the types of the topmost operand, of the one below it, and of the result, a
 * byte each from the highest on; 0 where there is none.
 * @param address the type of addresses into memory 0, undefined where there is none
 */
export function shapesFor(address: ValType = NO_TYPE): Int32Array {
  let shapes = shapesOfAddress.get(address);
  if (shapes === undefined) {
    const known = Array.from(operandsStart, (_, signature) => shapeOf(signature, address));
    const made = new Int32Array(OPCODE_BOUND);
    signatureOf.forEach((signature, opcode) => {
      if (signature !== 0) made[opcode] = known[signature];
    });
    shapesOfAddress.set(address, made);
    shapes = made;
  }
  return shapes;
}
