import { describe, expect, it } from "vitest";
import { readManifest, readProgram } from "../../bench/manifest.ts";
import { Debugger } from "../../src/debugger/debugger.ts";
import { Profiler } from "../../src/debugger/profiler.ts";
import { Tracer } from "../../src/debugger/tracer.ts";
import { irCounts, runCounting } from "../../src/executor/engine/generated/run-counting.ts";
import type { Executor } from "../../src/executor/executor.ts";
import { Engine } from "../support/engine.ts";

/** Who looks on without wanting to know of instructions costs nothing in the loop: it executes the very same code. */

const programs = readManifest().filter(({ name }) => ["fib", "matmul", "interpreter", "gc-trees"].includes(name));

/** How often each instruction of the loop was executed. */
function counts(program: (typeof programs)[number], attach: (executor: Executor) => void): number[] {
  const engine = new Engine();
  const instance = engine.instantiate(readProgram(program));
  attach(engine.executor);
  engine.executor.loop = runCounting;
  irCounts.fill(0);
  engine.call(instance, program.export, program.short.argument);
  return Array.from(irCounts);
}

describe.each(programs)("$name", (program) => {
  const plain = counts(program, () => undefined);

  it("executes the same instructions of the loop under a debugger without breakpoints, and a trace of host calls", () => {
    const idle = counts(program, (executor) => {
      new Debugger(executor);
      new Tracer(executor, ["host", "exceptions"], () => undefined);
    });
    expect(idle).toEqual(plain);
  });

  it("executes the same under a profiler, which only makes shorter slices of it", () => {
    expect(counts(program, (executor) => new Profiler(executor))).toEqual(plain);
  });
});
