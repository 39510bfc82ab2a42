import {
  type ImmediateKind,
  type InstructionInfo,
  immediateKinds,
  instructions,
  OPCODE_BOUND,
  prefixPage,
} from "../ast/instructions.ts";
import { lazy } from "../common/lazy.ts";
import { Proposal } from "../common/proposal.ts";
import type { Configure } from "../config/configure.ts";

/** What the decoder looks up of each opcode, made from the instruction table for a set of proposals. */

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

const kindNumber = new Map<ImmediateKind, number>(immediateKinds.map((kind, number) => [kind, number]));

export interface InstructionTables {
  /** Per opcode: the number of its immediate kind plus one, 0 where the opcode is unknown or its proposal is off. */
  readonly immediates: Uint8Array;
  /** Per opcode, and per byte of a prefix: how `PlainCode` walks over it. */
  readonly forms: Uint8Array;
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

function formOf({ name, opcode, immediate }: InstructionInfo): Form {
  if (immediate === "none" && opcode > 0xff) return Form.prefixed;
  return structural[name] ?? formOfImmediate[immediate] ?? Form.other;
}

/** The tables with every proposal on, of which all others are copies with less in them. `forEach` makes no object a step. */
const complete = lazy((): InstructionTables => {
  const immediates = new Uint8Array(OPCODE_BOUND);
  const forms = new Uint8Array(OPCODE_BOUND).fill(Form.other);
  instructions.forEach((info) => {
    immediates[info.opcode] = (kindNumber.get(info.immediate) as number) + 1;
    forms[info.opcode] = formOf(info);
  });
  for (let byte = 0; byte < 256; byte++) if (prefixPage(byte) !== 0) forms[byte] = Form.prefix;
  return { immediates, forms };
});

function withoutMissing(configure: Configure): InstructionTables {
  const immediates = complete().immediates.slice();
  const forms = complete().forms.slice();
  const referenceTypes = configure.hasProposal(Proposal.ReferenceTypes);
  // Those that the same proposals admit share their list of these, and most stand one after the other.
  let proposals: readonly Proposal[] | undefined;
  let isMissing = false;
  instructions.forEach((info) => {
    if (info.proposals !== proposals) {
      proposals = info.proposals;
      isMissing = configure.missingProposal(info) !== undefined;
    }
    if (isMissing) immediates[info.opcode] = Kind.illegal;
    // Without reference types the table of an indirect call is a byte.
    if (isMissing || (info.immediate === "typeTable" && !referenceTypes)) forms[info.opcode] = Form.other;
  });
  return { immediates, forms };
}

const tablesOfProposals = new Map<string, InstructionTables>();

/** The tables for the proposals of a Configure: made once for each set, of which a program uses few. */
export function tablesFor(configure: Configure): InstructionTables {
  const key = configure.listProposals().join();
  let tables = tablesOfProposals.get(key);
  if (tables === undefined) {
    tables = withoutMissing(configure);
    tablesOfProposals.set(key, tables);
  }
  return tables;
}
