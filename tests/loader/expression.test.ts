import { describe, expect, it } from "vitest";
import { Proposal } from "../../src/common/proposal.ts";
import { Standard } from "../../src/config/configure.ts";
import { BODY, functionModule, instructionNodes, load, proposalText, refusal } from "./support.ts";

/** WasmEdge's `expressionTest`, with codes and places: reference, chapter 13.1. */

describe("Expressions", () => {
  it("end with end", () => {
    expect(refusal(functionModule(0))).toEqual({ code: "UnexpectedEnd", offset: BODY + 1, nodes: instructionNodes });
    const module = load(functionModule(0, 0x0b));
    expect([module.code.expressionStarts[0], module.code.ends[0]]).toEqual([BODY + 1, BODY + 2]);
    expect(refusal(functionModule(0, 0x45, 0x46, 0x47)).code).toBe("UnexpectedEnd");
    expect(load(functionModule(0, 0x45, 0x46, 0x47, 0x0b)).code.ends[0]).toBe(BODY + 5);
  });

  it("hold known instructions", () => {
    expect(refusal(functionModule(0, 0x45, 0x46, 0x47, 0xed, 0xee, 0xef, 0x0b))).toEqual({
      code: "IllegalOpCode",
      offset: BODY + 4,
      nodes: instructionNodes,
    });
  });

  it("hold instructions of the proposals", () => {
    expect(refusal(functionModule(0, 0x25, 0x00, 0x0b), { standard: Standard.WASM_1 })).toEqual({
      code: "IllegalOpCode",
      offset: BODY + 1,
      nodes: instructionNodes,
      proposal: proposalText(Proposal.ReferenceTypes),
    });
  });

  it("may leave instructions of any type behind: that is for the validator", () => {
    expect(load(functionModule(0, 0x6a, 0x20, 99, 0x0c, 99, 0x10, 99, 0x0b)).code.ends.length).toBe(1);
  });
});
