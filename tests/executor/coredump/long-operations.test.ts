import { describe, expect, it } from "vitest";
import { coredumpOf } from "../../../src/executor/coredump/coredump.ts";
import { Engine, type EngineOptions, exported, failureOf } from "../../support/engine.ts";

/** A run that is ended in the midst of a bulk instruction: the dump has the frame before it, and what it has done so far. */

const source = `(module
  (memory (export "memory") 700)
  (func $fill (param i32 i32) (result i32)
    i32.const 77
    i32.const 3
    local.get 0
    local.get 1
    memory.fill)
  (func (export "run") (param i32) (result i32)
    (i32.add (call $fill (local.get 0) (i32.const 40000000)) (i32.const 1))))`;

const engines: readonly [string, EngineOptions][] = [
  ["optimised", {}],
  ["stepwise", { statistics: { costMeasuring: true, instructionCounting: true }, costs: { "memory.fill": 1000 } }],
];

describe("a core dump of a run that is ended in the midst of a bulk instruction", () => {
  it.each(engines)("shows its operands in %s code", (_, options) => {
    const engine = new Engine({ ...options, runtime: { enableCoredump: true } });
    const instance = engine.instantiate(source);
    const run = engine.executor.startRun(exported(instance, "run"), [5]);
    for (let i = 0; instance.findMemoryExports("memory")?.bytes[3] !== 5; i++) {
      expect(i).toBeLessThan(1000);
      expect(run.step(false)).toBe(false);
    }
    run.cancel();
    const error = failureOf(() => run.step(false));
    expect(error.codeName).toBe("Interrupted");
    const dump = coredumpOf(error);
    const frames = dump?.frames.map(({ functionIndex, locals, stack }) => [
      functionIndex,
      locals.map((value) => value.toI32()),
      stack.map((value) => value.toI32()),
    ]);
    expect(frames).toEqual([
      [0, [5, 40000000], [77, 3, 5, 40000000]],
      [1, [5], []],
    ]);
    const fill = dump?.frames[0]?.offset ?? 0;
    const { bytes } = instance.source ?? {};
    expect(Array.from(bytes?.subarray(fill, fill + 3) ?? [])).toEqual([0xfc, 0x0b, 0x00]);
    expect(dump?.toBytes().length).toBeGreaterThan(16 << 20);
  });
});
