import { instructionGroups, type Opcode } from "../ast/instructions.ts";
import { Proposal } from "../common/proposal.ts";
import type { Configure } from "../config/configure.ts";
import {
  forms,
  immediates,
  STANDARD_PROPOSALS,
  standardForms,
  standardImmediates,
  standardMissing,
} from "./generated/instruction-tables.ts";
import { Form, Kind } from "./instruction-forms.ts";

/** What the decoder looks up of each opcode, for a set of proposals. */

export interface InstructionTables {
  /** Per opcode: the number of its immediate kind plus one, 0 where the opcode is unknown or its proposal is off. */
  readonly immediates: Uint8Array;
  /** Per opcode, and per byte of a prefix: how `PlainCode` walks over it. */
  readonly forms: Uint8Array;
  /** The opcodes whose proposals are off. */
  readonly missing: readonly Opcode[];
}

/** Those of the standard, which most programs use, are generated. */
export const standardTables: InstructionTables = {
  immediates: standardImmediates,
  forms: standardForms,
  missing: standardMissing,
};

/** Those with every proposal on are generated too; the tables of other sets are copies with less in them. */
function withoutMissing(configure: Configure): InstructionTables {
  const groups = instructionGroups.filter((group) => configure.missingProposal(group) !== undefined);
  if (groups.length === 0) return { immediates, forms, missing: [] };
  const tables = { immediates: immediates.slice(), forms: forms.slice(), missing: [] as Opcode[] };
  for (const group of groups) {
    for (const [opcode] of group.rows()) {
      tables.immediates[opcode] = Kind.illegal;
      tables.forms[opcode] = Form.other;
      tables.missing.push(opcode);
    }
  }
  if (!configure.hasProposal(Proposal.ReferenceTypes)) {
    // The table of an indirect call is a byte then.
    immediates.forEach((kind, opcode) => {
      if (kind === Kind.typeTable) tables.forms[opcode] = Form.other;
    });
  }
  return tables;
}

const tablesOfProposals = new Map<number, InstructionTables>([[STANDARD_PROPOSALS, standardTables]]);

/** The tables for the proposals of a Configure: made once for each set, of which a program uses few. */
export function tablesFor(configure: Configure): InstructionTables {
  const key = configure.proposalBits;
  let tables = tablesOfProposals.get(key);
  if (tables === undefined) {
    tables = withoutMissing(configure);
    tablesOfProposals.set(key, tables);
  }
  return tables;
}
