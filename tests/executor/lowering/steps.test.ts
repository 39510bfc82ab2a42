import { describe, expect, it } from "vitest";
import { instructionText } from "../../../src/ast/instructions.ts";
import { valTypeName } from "../../../src/common/value-type.ts";
import { IR } from "../../../src/executor/engine/generated/ir.ts";
import { CodeSpace, unitCosts } from "../../../src/executor/lowering/code-space.ts";
import { Engine } from "../../support/engine.ts";

function stepwiseSpaceOf(source: string): CodeSpace {
  return CodeSpace.of(new Engine().instantiate(source), unitCosts, true, true);
}

describe("the steps of stepwise code", () => {
  it("tell the operands before each instruction, how many it takes and how many a branch takes along", () => {
    const space = stepwiseSpaceOf(`(module (func (param i32 f64) (result f64)
      (block (result f64)
        local.get 1
        local.get 0
        br_if 0
        f64.neg)
      drop
      local.get 1
      return))`);
    const steps = space.steps.ofFunction(0).map(({ offset, types, takes, carries }) => {
      const name = instructionText(space.bodies.instructionAt(offset).opcode);
      return [name, types.map(valTypeName).join(" "), takes, carries];
    });
    expect(steps).toEqual([
      ["block", "", 0, 0],
      ["local.get", "", 0, 0],
      ["local.get", "f64", 0, 0],
      ["br_if", "f64 i32", 2, 1],
      ["f64.neg", "f64", 1, 0],
      ["end", "f64", 0, 0],
      ["drop", "f64", 1, 0],
      ["local.get", "", 0, 0],
      ["return", "f64", 1, 1],
    ]);
  });

  it("are marked as often as they are until the last mark is taken away, and cost what they cost", () => {
    const space = stepwiseSpaceOf("(module (func nop nop))");
    const [first, second] = space.steps.ofFunction(0).map(({ position }) => position);
    const { steps } = space;
    expect(space.code[first]).toBe(IR.step);
    steps.mark(first);
    steps.mark(first);
    expect([steps.isMarked(first), steps.isMarked(second)]).toEqual([true, false]);
    expect([steps.costAt(first), steps.costAt(second)]).toEqual([1, 1]);
    const { instructions } = space.linked();
    for (const cost of [space.code[first + 1], instructions[first].word1]) expect(cost).toBeGreaterThan(2 ** 29);
    steps.unmark(first);
    expect(steps.isMarked(first)).toBe(true);
    steps.unmark(first);
    steps.unmark(first);
    expect(steps.isMarked(first)).toBe(false);
    expect([space.code[first + 1], instructions[first].word1]).toEqual([1, 1]);
  });
});
