import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readManifest, readProgram } from "../../bench/manifest.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { Debugger } from "../../src/debugger/debugger.ts";
import { DebugSession } from "../../src/debugger/session.ts";
import type { Command } from "../../src/debugger/stop.ts";
import { type Engine, exported, meteringEngine } from "../support/engine.ts";

/**
 * Whole programs, compiled from C and others, stepped through: they give the same, and count and cost the same, as when
 * nobody looks.
 */
const names = ["fib", "matmul", "sha256x4-simd", "gc-trees", "throw-near", "throw-deep"];
const programs = readManifest().filter(({ name }) => names.includes(name));

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

interface Outcome {
  readonly result: string;
  readonly count: number;
  readonly cost: bigint;
}

function outcome(engine: Engine, result: unknown): Outcome {
  return { result: String(result), ...engine.totals };
}

describe.each(programs)("$name", (program) => {
  const { argument, checksum } = program.short;
  const bytes = readProgram(program);

  function plainly(): Outcome {
    const engine = meteringEngine();
    return outcome(engine, engine.call(engine.instantiate(bytes), program.export, argument)[0]);
  }

  it("is the same when it stops before each of its instructions", () => {
    const plain = plainly();
    expect(plain.result).toBe(checksum);
    const engine = meteringEngine();
    const instance = engine.instantiate(bytes);
    // What the constant expressions of the module count is no part of the run.
    let stops = engine.totals.count;
    const session = DebugSession.call(engine.executor, exported(instance, program.export), [argument]);
    for (let { stop } = session; stop !== undefined; stop = session.step()) stops++;
    expect(outcome(engine, session.result()[0]?.toValue())).toEqual(plain);
    expect(stops).toBe(plain.count);
  });

  it("is the same with random steps, steps over calls and out of them, and breakpoints that come and go", () => {
    const engine = meteringEngine();
    const instance = engine.instantiate(bytes);
    const debug = new Debugger(engine.executor);
    let state = 12345;
    const draw = (bound: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return (state >> 8) % bound;
    };
    const commands: readonly Command[] = ["step", "step", "over", "over", "out", "continue"];
    let stops = 0;
    debug.onStop = ({ frame }) => {
      stops++;
      if (draw(20) === 0) for (const breakpoint of debug.breakpoints) debug.removeBreakpoint(breakpoint);
      if (draw(10) === 0) debug.addBreakpoint(instance, { offset: frame.offset }, () => draw(5) > 0);
      return commands[draw(commands.length)];
    };
    debug.stopAtStart();
    const [result] = engine.call(instance, program.export, argument);
    expect(outcome(engine, result)).toEqual(plainly());
    expect(stops).toBeGreaterThan(1);
  });
});
