import { type ImmediateKind, type InstructionInfo, immediateKinds } from "../ast/instructions.ts";

/** How the decoder reads an instruction, as numbers. `npm run generate` makes tables by opcode of it. */

/** The immediate kinds as constants for the decoder's switches; the order is that of `immediateKinds`. */
export const enum Kind {
  illegal,
  none,
  block,
  label,
  labelTable,
  func,
  type,
  typeTable,
  local,
  global,
  table,
  tableTable,
  elem,
  elemTable,
  data,
  dataMemory,
  memory,
  memoryMemory,
  memArg,
  memArgLane,
  lane,
  shuffle,
  i32,
  i64,
  f32,
  f64,
  v128,
  heapType,
  valTypes,
  typeField,
  typeCount,
  typeData,
  typeElem,
  typeType,
  branchCast,
  tryTable,
  tag,
  zeroByte,
}

/** The ways in which `PlainCode` walks over an instruction. */
export const enum Form {
  /** Without immediate. */
  single,
  /** One integer. */
  integer,
  /** A memory access, and one of a lane. */
  memArg,
  memArgLane,
  /** Not a plain instruction; so is each of another form whose immediate is malformed or long. */
  other,
  /** The first byte of an instruction with a prefix, and one of these without immediate. */
  prefix,
  prefixed,
  block,
  else,
  end,
  /** Four, eight, or sixteen bytes, or the number of a lane. */
  four,
  eight,
  sixteen,
  lane,
  /** The memory 0, once or twice. */
  zero,
  zeros,
  /** Two integers. */
  integers,
  /** A list of labels. */
  labels,
}

/** The forms of the structural instructions; legacy ones with clauses are rare. */
const structural: { readonly [name: string]: Form } = {
  else: Form.else,
  end: Form.end,
  catch: Form.other,
  catch_all: Form.other,
  delegate: Form.other,
  try: Form.other,
};

const formOfImmediate: { readonly [kind in ImmediateKind]?: Form } = {
  none: Form.single,
  local: Form.integer,
  global: Form.integer,
  label: Form.integer,
  func: Form.integer,
  i32: Form.integer,
  i64: Form.integer,
  memArg: Form.memArg,
  block: Form.block,
  f32: Form.four,
  f64: Form.eight,
  typeTable: Form.integers,
  labelTable: Form.labels,
  memArgLane: Form.memArgLane,
  v128: Form.sixteen,
  shuffle: Form.sixteen,
  lane: Form.lane,
  memory: Form.zero,
  memoryMemory: Form.zeros,
  zeroByte: Form.zero,
};

/** How the immediate is read. */
export function kindOf({ immediate }: InstructionInfo): Kind {
  return immediateKinds.indexOf(immediate) + 1;
}

/** How `PlainCode` walks over it. */
export function formOf({ name, opcode, immediate }: InstructionInfo): Form {
  if (immediate === "none" && opcode > 0xff) return Form.prefixed;
  return structural[name] ?? formOfImmediate[immediate] ?? Form.other;
}
