import { beforeAll, describe, expect, it } from "vitest";
import { addCounting, IrCounter } from "../../bench/ir-counter.ts";
import { readIrRatios } from "../../bench/ir-ratio.ts";
import { readManifest } from "../../bench/manifest.ts";

const programs = readManifest();

describe("instructions executed per wasm instruction", () => {
  let counter: IrCounter;
  beforeAll(async () => {
    counter = await IrCounter.open();
  });

  it("are recorded of at least six programs", () => {
    expect(readIrRatios().length).toBeGreaterThanOrEqual(6);
  });

  // Raising a recorded number needs a reason in the commit; `node scripts/run-ts.mjs bench/ir-profile.ts --write` records.
  it.each(readIrRatios())("of $name are not more than recorded, and counted as WasmEdge counts", (record) => {
    const program = programs.find(({ name }) => name === record.name)!;
    const profile = counter.count(program, program.short);
    expect(profile.checksum).toBe(program.short.checksum);
    expect(profile.wasmInstructions).toBe(record.wasmInstructions);
    expect(profile.irInstructions).toBeLessThanOrEqual(record.irInstructions);
    // A counter that does not count would pass the line above.
    expect(profile.irInstructions).toBeGreaterThan(record.wasmInstructions / 10);
  });

  it("are counted by the instruction, and by what came before", () => {
    const program = programs.find(({ name }) => name === "fib")!;
    const { single, pairs, irInstructions } = counter.count(program, { argument: 2, checksum: "1" });
    const sum = (list: readonly (readonly [string, number])[]): number =>
      list.reduce((all, [, count]) => all + count, 0);
    expect(sum(single)).toBe(irInstructions);
    expect(sum(pairs)).toBe(irInstructions - 1);
    expect(single.map(([name]) => name)).toContain("call");
  });
});

describe("the counting loop", () => {
  it("counts before each instruction", () => {
    expect(addCounting("for (;;) { switch (instr.ir) { } }")).toMatch(/for \(;;\) \{ irCounts\[.*\]\+\+; .* switch/);
  });

  it("is refused where the loop does not look as expected", () => {
    expect(() => addCounting("for (;;) { switch (instr) { } }")).toThrow("not exactly one");
    expect(() => addCounting("switch (instr.ir) { } switch (instr.ir) { }")).toThrow("not exactly one");
  });
});
