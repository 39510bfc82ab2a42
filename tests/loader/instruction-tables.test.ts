import { describe, expect, it } from "vitest";
import { allInstructions, OPCODE_BOUND, prefixPage } from "../../src/ast/instructions.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { Configure } from "../../src/config/configure.ts";
import { Form, formOf, Kind, kindOf } from "../../src/loader/instruction-forms.ts";
import { tablesFor } from "../../src/loader/instruction-tables.ts";
import { configureWith, everyProposal } from "./support.ts";

const rows = new Map(allInstructions().map((info) => [info.opcode, info]));
const opcodes = Array.from({ length: OPCODE_BOUND }, (_, opcode) => opcode);

describe("the tables of the decoder", () => {
  it.each([
    ["all proposals", configureWith(everyProposal)],
    ["WebAssembly 1.0", new Configure().setWASMStandard(0)],
    ["WebAssembly 3.0", new Configure()],
  ])("say of each opcode what its row says, with %s", (_, configure) => {
    const { immediates, forms, missing } = tablesFor(configure);
    const byteOfTable = !configure.hasProposal(Proposal.ReferenceTypes);
    for (const opcode of opcodes) {
      const info = rows.get(opcode);
      const isKnown = info !== undefined && configure.missingProposal(info) === undefined;
      expect(immediates[opcode], `opcode ${opcode}`).toBe(isKnown ? kindOf(info) : Kind.illegal);
      expect(missing.includes(opcode)).toBe(info !== undefined && !isKnown);
      const isRare = !isKnown || (byteOfTable && info.immediate === "typeTable");
      const other = opcode < 256 && prefixPage(opcode) !== 0 ? Form.prefix : Form.other;
      expect(forms[opcode], `opcode ${opcode}`).toBe(isRare ? other : formOf(info));
    }
  });

  it("are made once for a set of proposals", () => {
    expect(tablesFor(new Configure())).toBe(tablesFor(new Configure()));
    expect(tablesFor(new Configure().setWASMStandard(0))).not.toBe(tablesFor(new Configure()));
  });
});
