import { describe, expect, it } from "vitest";
import { IR } from "../../../src/executor/engine/generated/ir.ts";
import { CodeBuilder } from "../../../src/executor/lowering/code-builder.ts";

function codeOf({ code, length }: CodeBuilder): number[] {
  return [...code.subarray(0, length)];
}

describe("a builder of code", () => {
  it("emits as many words of an instruction as it has, and finds room for any number", () => {
    const builder = new CodeBuilder();
    const expected: number[] = [];
    for (let i = 0; i < 300; i++) {
      expect(builder.emit(IR.move32, i, 2 * i)).toBe(expected.length);
      expected.push(IR.move32, i, 2 * i);
    }
    builder.word(7);
    expect(codeOf(builder)).toEqual([...expected, 7]);
    expect(builder.position).toBe(expected.length + 1);
  });

  it("puts an instruction in place of the last one without saying so, and takes the last one back", () => {
    const builder = new CodeBuilder();
    const places: number[] = [];
    builder.onEmit = () => places.push(builder.position);
    builder.emit(IR.const32, 2, 5);
    const second = builder.emit(IR.move32, 4, 2);
    expect([builder.beforeLast, builder.last]).toEqual([0, second]);
    builder.emitInPlaceOfLast(IR["move32; move32"], 4, 2, 6, 0);
    expect(codeOf(builder)).toEqual([IR.const32, 2, 5, IR["move32; move32"], 4, 2, 6, 0]);
    builder.undo(builder.last);
    expect(codeOf(builder)).toEqual([IR.const32, 2, 5]);
    expect(places).toEqual([0, second]);
  });

  it("knows no last instruction where a branch may arrive", () => {
    const builder = new CodeBuilder();
    builder.emit(IR.const32, 2, 5);
    builder.forgetLast();
    expect([builder.last, builder.beforeLast, builder.lastStart]).toEqual([-1, -1, -1]);
  });
});
