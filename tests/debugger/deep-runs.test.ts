import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { Coverage, coverageText } from "../../src/debugger/coverage.ts";
import { Debugger } from "../../src/debugger/debugger.ts";
import { toCpuProfile } from "../../src/debugger/profile-formats.ts";
import { Profiler } from "../../src/debugger/profiler.ts";
import { DebugSession } from "../../src/debugger/session.ts";
import { Engine, exported, failureOf } from "../support/engine.ts";

/** Runs and code that are nested deeper than a call of JavaScript's takes arguments: 65,536 to some 120,000, by engine. */

const DEPTH = 300_000;

const recursion = `(module (func $down (export "down") (param $n i32) (result i32)
  (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
  (i32.add (i32.const 1) (call $down (i32.sub (local.get $n) (i32.const 1))))))`;

/** An executor with room for that depth, and the function. */
function deep() {
  const engine = new Engine({ runtime: { maxCallDepth: DEPTH, maxValueStackBytes: 2 ** 28 } });
  const instance = engine.instantiate(recursion);
  return { executor: engine.executor, instance, func: exported(instance, "down") };
}

describe("a run that is nested deep", () => {
  it("ends as it does without a profiler, which keeps the outermost and the innermost frames", () => {
    const { executor, func } = deep();
    const profiler = new Profiler(executor, { unit: "instructions", interval: 65_536 });
    expect(executor.invoke(func, [DEPTH - 2])).toEqual([DEPTH - 2]);
    const profile = profiler.profile();
    expect(profile.samples.length).toBeGreaterThan(10);
    expect((JSON.parse(toCpuProfile(profile)) as { nodes: unknown[] }).nodes.length).toBeGreaterThan(500);
  });

  it("stops where it fails, with all of its frames", () => {
    const { executor, func } = deep();
    const debug = new Debugger(executor);
    const seen: number[] = [];
    debug.onStop = ({ frames, frame }) => {
      seen.push(frames.length, frame.locals[0]?.value.toI32() ?? 0);
      return "continue";
    };
    expect(failureOf(() => executor.invoke(func, [-1])).code).toBe(ErrCode.CallStackExhausted);
    expect(seen).toEqual([DEPTH, -DEPTH]);
  });

  it("is asked a condition in each call without looking at the calls around it", () => {
    const { executor, instance, func } = deep();
    const session = DebugSession.call(executor, func, [60_000]);
    session.debugger.addBreakpoint(instance, "down", ({ frame }) => frame.locals[0]?.value.toI32() === 0);
    const stop = session.continue();
    expect(stop?.frames).toHaveLength(60_001);
    expect(stop?.frames[0]).toBe(stop?.frame);
  });
});

describe("code that is nested deep", () => {
  it("is covered in lines that are indented no further from some depth on", () => {
    const blocks = 10_000;
    const engine = new Engine();
    const source = `(module (func (export "run") ${"block ".repeat(blocks)} unreachable ${"end ".repeat(blocks)}))`;
    const instance = engine.instantiate(source);
    const coverage = new Coverage(engine.executor);
    expect(failureOf(() => engine.executor.invoke(exported(instance, "run"))).code).toBe(ErrCode.Unreachable);
    const lines = coverageText(instance, coverage.report(instance)).split("\n");
    expect(lines.filter((line) => line.startsWith("  + "))).toHaveLength(blocks + 1);
    expect(Math.max(...lines.slice(0, 1000).map((line) => line.length))).toBeLessThan(120);
    expect(lines.find((line) => line.includes("unreachable"))).toMatch(/^ {2}\+ 0x[0-9a-f]+ {82}unreachable$/);
  });
});
