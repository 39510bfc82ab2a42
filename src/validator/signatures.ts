import {
  type ImmediateKind,
  type InstructionInfo,
  instructions,
  OPCODE_BOUND,
  prefixPage,
} from "../ast/instructions.ts";
import { TypeCode, type ValType } from "../common/value-type.ts";

/**
 * The rows of the instruction table as the FormChecker reads them: typed arrays by opcode, made once.
 * Source: `src/ast/instructions.ts`.
 */

/** How an instruction is checked. */
export const enum Check {
  /** It has no signature: a rule of its own. */
  rule,
  /** By its signature alone. */
  signature,
  /** The same, of one of the forms that nearly all have: `-> r`, `a -> r`, `a b -> r`. */
  constant,
  unary,
  binary,
  /** A memory access: alignment and offset, then the signature, whose lowest operand is an address. */
  memoryAccess,
  /** The same, of the forms `addr -> r`, `addr a ->`. */
  load,
  store,
  /** An access of the Threads proposal, which must be aligned exactly. */
  atomicAccess,
  /** An access to one lane of a vector. */
  laneAccess,
  /** One lane of a vector. */
  lane,
  /** i8x16.shuffle: sixteen lanes of two vectors. */
  shuffle,
  /** memory.size, memory.grow: the signature's ADDRESS is the memory's address type. */
  memory,
  /** data.drop, elem.drop: the segment exists. */
  data,
  elem,
}

const checkOfKind: { readonly [kind in ImmediateKind]?: Check } = {
  memArgLane: Check.laneAccess,
  lane: Check.lane,
  shuffle: Check.shuffle,
  memory: Check.memory,
  data: Check.data,
  elem: Check.elem,
};

/** By the number of operands, of those with one result. */
const checkOfForm = [Check.constant, Check.unary, Check.binary];

function checkOfInstruction({ opcode, immediate, operands, results }: InstructionInfo): Check {
  if (operands === undefined || results === undefined) return Check.rule;
  if (immediate !== "memArg") {
    return (
      checkOfKind[immediate] ?? (results.length === 1 ? checkOfForm[operands.length] : undefined) ?? Check.signature
    );
  }
  if (opcode >> 8 === prefixPage(0xfe)) return Check.atomicAccess;
  if (operands.length === 1 && results.length === 1) return Check.load;
  return operands.length === 2 && results.length === 0 ? Check.store : Check.memoryAccess;
}

/**
 * Per opcode: how it is checked, and the type of its first result, a byte each.
 */
export const formOf = new Uint16Array(OPCODE_BOUND);

/** The parts of a form. */
export const checkOf = (form: number): Check => form & 0xff;
export const resultOf = (form: number): ValType => form >> 8;

/** Per opcode: where its operands begin in `signatureTypes`; they end where its results begin. */
export const operandsStart = new Uint16Array(OPCODE_BOUND);

/** Per opcode: where its results begin in `signatureTypes`. */
export const resultsStart = new Uint16Array(OPCODE_BOUND);

/** Per opcode: where its results end in `signatureTypes`. */
export const resultsEnd = new Uint16Array(OPCODE_BOUND);

/** Per opcode: the natural width of its memory access in bytes; of a lane instruction the number of lanes. */
export const widthOf = new Uint8Array(OPCODE_BOUND);

/** Per opcode: the greatest alignment of its memory access, as an exponent. */
export const alignmentOf = new Uint8Array(OPCODE_BOUND);

/** Operands and results of all signatures, one after the other; equal signatures share their place. */
export const signatureTypes: Uint8Array = fillTables();

function fillTables(): Uint8Array {
  const all: ValType[] = [];
  const noTypes: readonly ValType[] = [];
  // Rows with equal signatures share their lists.
  const places = new Map<readonly ValType[] | undefined, number>();
  // `forEach` makes no object a step: every program that starts does this.
  instructions.forEach((info) => {
    const { opcode, operands = noTypes, results = noTypes, width } = info;
    let start = places.get(info.operands);
    if (start === undefined) {
      start = all.length;
      all.push(...operands, ...results);
      places.set(info.operands, start);
    }
    formOf[opcode] = checkOfInstruction(info) | ((results[0] ?? 0) << 8);
    operandsStart[opcode] = start;
    resultsStart[opcode] = start + operands.length;
    resultsEnd[opcode] = start + operands.length + results.length;
    if (width === 0) return;
    widthOf[opcode] = width;
    alignmentOf[opcode] = Math.log2(width);
  });
  // ADDRESS and the number types fit into bytes, which the tables rely on.
  if (all.some((type) => type > TypeCode.I32)) throw new Error("a signature with a reference type");
  return Uint8Array.from(all);
}
