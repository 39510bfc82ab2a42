import { type ImmediateKind, type InstructionInfo, prefixPage } from "../ast/instructions.ts";

/** How the FormChecker checks an instruction, as numbers. `npm run generate` makes tables by opcode of it. */

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

/** How an instruction is checked, by its row. */
export function checkOfInstruction({ opcode, immediate, operands, results }: InstructionInfo): Check {
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
