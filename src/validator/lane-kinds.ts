import type { ImmediateKind, InstructionInfo } from "../ast/instructions.ts";

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
  f32: Lane.simple,
  f64: Lane.simple,
  v128: Lane.simple,
  i32: Lane.constant,
  i64: Lane.constant,
  memArg: Lane.access,
};

const bytesOfImmediate: { readonly [kind in ImmediateKind]?: number } = { f32: 4, f64: 8, v128: 16 };

/** How many bytes the immediate has, where that is fixed; else 0. */
export function fixedBytesOf({ immediate }: InstructionInfo): number {
  return bytesOfImmediate[immediate] ?? 0;
}

/** The lane of an instruction whose proposals are on. */
export function laneOf({ name, immediate, operands, results }: InstructionInfo): Lane {
  if (operands === undefined || results === undefined) return laneOfName[name] ?? Lane.other;
  if (operands.length > 2 || results.length > 1) return Lane.other;
  return laneOfImmediate[immediate] ?? Lane.other;
}
