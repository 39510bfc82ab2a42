import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instructions } from "../../src/ast/instruction-list.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { WasmValue } from "../../src/common/wasm-value.ts";
import { contextOf, Engine, failureOf } from "../support/engine.ts";

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

const deterministic = { runtime: { deterministic: true } };

/** Instructions whose NaNs the specification leaves open, and text that gives them NaNs with payloads. */
const arithmetic = instructions.filter(({ name }) =>
  /^(f32|f64|f32x4|f64x2)\.(add|sub|mul|div|sqrt|min|max|ceil|floor|trunc|nearest|demote|promote|relaxed_(madd|nmadd|min|max))/.test(
    name,
  ),
);

const inputs: Readonly<Record<number, string>> = {
  125: "(f32.const -nan:0x200123)",
  124: "(f64.const -nan:0x4000000000123)",
  123: "(v128.const i32x4 0xffa00123 0x7ff00123 0xffa00456 0x7ff00001)",
};

/** A module that gives the bits of what an instruction makes of NaNs, of locals and of constants. */
function moduleOf({ name, operands = [], results = [] }: (typeof instructions)[number]): string {
  const call = `(${name} ${operands.map((type) => inputs[type]).join(" ")})`;
  const result = { 125: `(i32.reinterpret_f32 ${call})`, 124: `(i64.reinterpret_f64 ${call})`, 123: call }[
    results[0] ?? 0
  ];
  const type = { 125: "i32", 124: "i64", 123: "v128" }[results[0] ?? 0];
  return `(module (func (export "f") (result ${type}) ${result}))`;
}

describe("deterministic runs", () => {
  it("know the instructions that make NaNs", () => {
    expect(arithmetic.length).toBe(2 * 11 + 2 + 2 * 11 + 2 + 8);
  });

  it.each(arithmetic.map((info) => [info.name, info] as const))("%s gives the canonical NaN", (_, info) => {
    const bits: bigint[] = [];
    // A cost table makes the second run stepwise.
    for (const options of [{}, { costs: { nop: 2 }, statistics: { costMeasuring: true, instructionCounting: true } }]) {
      const engine = new Engine({ ...deterministic, ...options });
      const [value] = engine.callTyped(engine.instantiate(moduleOf(info)), "f");
      const single = info.name.startsWith("f32");
      const words = value?.words ?? [];
      for (let i = 0; i < words.length; i += single ? 1 : 2) {
        const word = (words[single ? i : i + 1] ?? 0) >>> 0;
        // `promote_low` and `demote_zero` leave lanes that are zero.
        if (info.name.includes("zero") && i >= 2) expect(word).toBe(0);
        else expect(word.toString(16)).toBe(single ? "7fc00000" : "7ff80000");
      }
      bits.push(value?.bits128 ?? 0n);
    }
    expect(bits[0]).toBe(bits[1]);
  });

  it("leave the bits of NaNs that are only moved, negated, or given by sign", () => {
    const engine = new Engine(deterministic);
    const source = `(module (func (export "f") (param f32) (result i32) (local f32)
      (local.set 1 (f32.neg (f32.abs (f32.copysign (local.get 0) (f32.const -1)))))
      (i32.reinterpret_f32 (local.get 1))))`;
    const [bits] = engine.call(engine.instantiate(source), "f", WasmValue.f32Bits(0x7fa00123));
    expect((bits as number) >>> 0).toBe(0xffa00123);
  });

  it("refuse threads by name", () => {
    const error = failureOf(() => new Engine(deterministic).instantiate(`(module (memory 1 1 shared))`));
    expect(error.code).toBe(ErrCode.SharedMemoryUnsupported);
    expect(contextOf(error, "note")[0]?.text).toBe("Runs are deterministic, and threads are not.");
  });

  it("end where the host has no room for what a memory may grow to; others see that in the guest", () => {
    const source = `(module (memory i64 1 0x1000000000) (func (export "f") (result i64) (memory.grow (i64.const 0x4000000))))`;
    const runtime = { maxMemoryPage: Number.MAX_SAFE_INTEGER };
    const other = new Engine({ runtime });
    expect(other.call(other.instantiate(source), "f")).toEqual([-1n]);
    const engine = new Engine({ runtime: { ...runtime, deterministic: true } });
    expect(failureOf(() => engine.call(engine.instantiate(source), "f")).code).toBe(ErrCode.MemoryAllocationFailed);
  });
});

describe("NaN", () => {
  it("of JavaScript is the canonical one", () => {
    expect([WasmValue.f32(Number.NaN).bits32, WasmValue.f64(Number.NaN).bits64]).toEqual([
      0x7fc00000,
      0x7ff8000000000000n,
    ]);
  });
});
