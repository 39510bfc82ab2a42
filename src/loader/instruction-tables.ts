import { Op } from "../ast/generated/opcode.ts";
import {
  type ImmediateKind,
  type InstructionInfo,
  immediateKinds,
  instructions,
  OPCODE_BOUND,
  type Opcode,
} from "../ast/instructions.ts";
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
  /** Per opcode without prefix: how `InstructionReader.skipPlain` passes over it. */
  readonly forms: Uint8Array;
}

/** The ways of `skipPlain`. */
export const enum Form {
  /** Not a plain instruction. */
  other,
  /** Without immediate. */
  single,
  /** One integer. */
  integer,
  /** A memory access. */
  memArg,
}

/** The instructions without immediate that structure the code. */
const structural: readonly Opcode[] = [Op.else, Op.end, Op.catch_all];

function formOf(info: InstructionInfo): Form {
  switch (info.immediate) {
    case "none":
      return structural.includes(info.opcode) ? Form.other : Form.single;
    case "local":
    case "global":
    case "label":
    case "func":
    case "i32":
    case "i64":
      // The legacy `delegate` ends a block.
      return info.opcode === Op.delegate ? Form.other : Form.integer;
    case "memArg":
      return Form.memArg;
    default:
      return Form.other;
  }
}

const tablesOfProposals = new Map<string, InstructionTables>();

/** The tables for the proposals of a Configure: made once for each set, of which a program uses few. */
export function tablesFor(configure: Configure): InstructionTables {
  const key = configure.listProposals().join();
  let tables = tablesOfProposals.get(key);
  if (tables === undefined) {
    tables = { immediates: new Uint8Array(OPCODE_BOUND), forms: new Uint8Array(256) };
    for (const info of instructions) {
      if (configure.missingProposal(info) !== undefined) continue;
      tables.immediates[info.opcode] = (kindNumber.get(info.immediate) as number) + 1;
      if (info.opcode < 256) tables.forms[info.opcode] = formOf(info);
    }
    tablesOfProposals.set(key, tables);
  }
  return tables;
}
