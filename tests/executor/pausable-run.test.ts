import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readManifest, readProgram } from "../../bench/manifest.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { ValType } from "../../src/common/value-type.ts";
import type { PausableRun } from "../../src/executor/pausable-run.ts";
import { WasmException } from "../../src/store/exception-instance.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import type { TagInstance } from "../../src/store/tag-instance.ts";
import { contextOf, Engine, endOf, exported, failureOf, meteringEngine } from "../support/engine.ts";
import { randomModule } from "../support/random/random-module.ts";
import { writeModule } from "../support/wasm-writer.ts";

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

const counting = { statistics: { instructionCounting: true, costMeasuring: false } };

const loops = `(module
  (memory 1)
  (global $sum (mut i64) (i64.const 0))
  (func $square (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
  (func (export "run") (param $n i32) (result i64) (local $i i32) (local $j i32)
    (loop $outer
      (local.set $j (i32.const 0))
      (loop $inner
        (global.set $sum (i64.add (global.get $sum)
          (i64.extend_i32_u (i32.add (call $square (local.get $i)) (call $square (local.get $j))))))
        (i32.store (i32.and (local.get $j) (i32.const 0xfffc)) (local.get $i))
        (br_if $inner (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $n))))
      (br_if $outer (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (global.get $sum)))`;

describe("a pausable run", () => {
  it("executes nothing before it is asked to, and stops at each count of instructions exactly", () => {
    const engine = new Engine(counting);
    const run = engine.executor.pausable(exported(engine.instantiate(loops), "run"), [4]);
    // The initial value of the global has been counted.
    const before = engine.statistics.getInstrCount();
    expect(before).toBe(2);
    let count = before;
    while (!run.runUntil(count)) {
      expect(engine.statistics.getInstrCount()).toBe(count);
      count++;
    }
    expect(run.finish()).toEqual([112n]);
    expect(engine.statistics.getInstrCount()).toBe(count);
  });

  it("leaves the exact count to a pause: it goes back to optimised code, and ends with the same result and count", () => {
    const uninterrupted = new Engine(counting);
    const wanted = uninterrupted.call(uninterrupted.instantiate(loops), "run", 300);
    const engine = new Engine(counting);
    const run = engine.executor.pausable(exported(engine.instantiate(loops), "run"), [300]);
    for (const count of [3, 1000, 1001, 123_456, 200_000]) {
      expect(run.runUntil(count)).toBe(false);
      expect(engine.statistics.getInstrCount()).toBe(count);
      expect(run.state?.space.stepwise).toBe(true);
    }
    const levels = new Set<boolean>();
    const { loop } = engine.executor;
    engine.executor.loop = (execution) => {
      levels.add(execution.space.stepwise);
      return loop(execution);
    };
    expect(run.finish()).toEqual(wanted);
    expect(engine.statistics.getInstrCount()).toBe(uninterrupted.statistics.getInstrCount());
    expect([...levels]).toEqual([true, false]);
  });

  it("counts exactly where ways meet at an end that nothing falls into", () => {
    const source = `(module
      (global $s (mut i32) (i32.const 0))
      (func $pick (param i32)
        (nop) (nop) (nop) (nop) (nop)
        (global.set $s (i32.add (global.get $s) (i32.const 3)))
        (nop) (nop) (nop) (nop) (nop) (nop)
        (br_table 0 0 (i32.and (local.get 0) (i32.const 1))))
      (func (export "run") (param $n i32) (result i32)
        (loop $again
          (call $pick (local.get $n))
          (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (global.get $s)))`;
    const whole = new Engine(counting);
    expect(whole.call(whole.instantiate(source), "run", 400)).toEqual([1200]);
    for (let count = 2000; count < 2060; count++) {
      const engine = new Engine(counting);
      const { loop } = engine.executor;
      // Comes back at each branch and call.
      engine.executor.loop = (execution) => {
        const held = Math.max(0, execution.fuel);
        execution.fuel -= held;
        const exit = loop(execution);
        execution.fuel += held;
        return exit;
      };
      const run = engine.executor.pausable(exported(engine.instantiate(source), "run"), [400]);
      expect(run.runUntil(count)).toBe(false);
      expect(engine.statistics.getInstrCount()).toBe(count);
      expect(run.finish()).toEqual([1200]);
      expect(engine.statistics.getInstrCount()).toBe(whole.statistics.getInstrCount());
    }
  });

  it("gives the results once more, or the error, as often as it is asked", () => {
    const engine = new Engine(counting);
    const source = `(module (func (export "one") (result i32) (i32.const 1)) (func (export "trap") unreachable))`;
    const instance = engine.instantiate(source);
    const one = engine.executor.pausable(exported(instance, "one"));
    expect([one.finish(), one.finish(), one.done, one.runUntil(5)]).toEqual([[1], [1], true, true]);
    const trap = engine.executor.pausable(exported(instance, "trap"));
    const first = failureOf(() => trap.finish());
    expect(first.code).toBe(ErrCode.Unreachable);
    expect([failureOf(() => trap.finish()), trap.error, trap.done]).toEqual([first, first, true]);
  });

  it("stops at no count that is none, and its count stays what it was", () => {
    const engine = new Engine(counting);
    const run = engine.executor.pausable(exported(engine.instantiate(loops), "run"), [4]);
    for (const count of [3.5, Number.NaN, "7" as unknown as number]) {
      expect(failureOf(() => run.runUntil(count)).codeName).toBe("RuntimeError");
    }
    expect(run.runUntil(-1)).toBe(false);
    expect(engine.statistics.getInstrCount()).toBe(2);
    expect(run.runUntil(Number.POSITIVE_INFINITY)).toBe(true);
    expect(run.runUntil(5)).toBe(true);
    expect(run.finish()).toEqual([112n]);
  });

  it("fails where instructions are not counted one by one", () => {
    for (const options of [{}, { ...counting, statistics: { costMeasuring: true }, costs: { nop: 2 } }]) {
      const engine = new Engine(options);
      const run = engine.executor.pausable(exported(engine.instantiate(loops), "run"), [4]);
      const error = failureOf(() => run.runUntil(1));
      expect(error.code).toBe(ErrCode.RuntimeError);
      expect(contextOf(error, "note")[0]?.text).toContain("instructionCounting");
      expect(run.finish()).toEqual([112n]);
    }
  });

  it("cannot be driven by a host function of its own, and is ended by cancel and by the executor's stop", () => {
    const engine = new Engine(counting);
    const host = new ModuleInstance("host");
    let inside: () => void = () => undefined;
    host.addHostFunction("inside", new HostFunction({ params: [], results: [] }, () => inside()));
    engine.store.registerModule(host);
    const source = `(module (import "host" "inside" (func $inside)) (func (export "run") (call $inside) (call $inside)))`;
    const func = exported(engine.instantiate(source), "run");
    const run = engine.executor.pausable(func);
    inside = () => void run.finish();
    expect(failureOf(() => run.finish()).code).toBe(ErrCode.ReentrantExecution);
    const cancelled = engine.executor.pausable(func);
    cancelled.cancel();
    expect(failureOf(() => cancelled.finish()).code).toBe(ErrCode.Interrupted);
    inside = () => engine.executor.stop();
    expect(failureOf(() => engine.executor.pausable(func).finish()).code).toBe(ErrCode.Interrupted);
  });

  it("counts the same where a host function that calls wasm goes beyond the pause, and throws", () => {
    const source = `(module (import "host" "act" (func $act (result i32))) (tag $t (export "t") (param i32)) (memory 1)
      (func (export "inner") (i32.store offset=8 (i32.const 0) (i32.const 3)))
      (func (export "run") (result i32) (local $sum i32)
        (block $caught (result i32)
          (try_table (catch $t $caught) (local.set $sum (i32.add (i32.const 5) (call $act))))
          (i32.const 1))
        (i32.add (local.get $sum))))`;
    const start = (): [Engine, PausableRun] => {
      const engine = new Engine({ statistics: { instructionCounting: true } });
      const host = new ModuleInstance("host");
      const act = new HostFunction({ params: [], results: [ValType.I32] }, (frame) => {
        frame.invoke(exported(frame.module as ModuleInstance, "inner"));
        throw WasmException.of(frame.module?.findTagExports("t") as TagInstance, [7]);
      });
      host.addHostFunction("act", act);
      engine.store.registerModule(host);
      return [engine, engine.executor.pausable(exported(engine.instantiate(source), "run"))];
    };
    const [engine, run] = start();
    expect(run.finish()).toEqual([7]);
    const total = engine.statistics.getInstrCount();
    for (let count = 1; count < total; count++) {
      const [paused, again] = start();
      again.runUntil(count);
      expect(again.finish()).toEqual([7]);
      expect(paused.statistics.getInstrCount()).toBe(total);
    }
  });

  it("takes a host function's call as one instruction", () => {
    const engine = new Engine(counting);
    const host = new ModuleInstance("host");
    let calls = 0;
    host.addHostFunction("count", new HostFunction({ params: [], results: [ValType.I32] }, () => ++calls));
    engine.store.registerModule(host);
    const source = `(module (import "host" "count" (func $count (result i32)))
      (func (export "run") (result i32) (i32.add (call $count) (call $count))))`;
    const run = engine.executor.pausable(exported(engine.instantiate(source), "run"));
    const seen: number[] = [];
    for (let count = 0; !run.runUntil(count); count++) seen.push(calls);
    expect(seen).toEqual([0, 1, 2, 2]);
    expect(run.finish()).toEqual([3]);
  });
});

describe("runs that are paused at random counts", () => {
  const names = ["fib", "mandelbrot", "tree", "virtual", "gc-trees", "throw-near"];
  const programs = readManifest().filter(({ name }) => names.includes(name));

  it("are there", () => {
    expect(programs.map(({ name }) => name).sort()).toEqual(names.slice().sort());
  });

  it.each(programs)("end as they do otherwise: $name", (program) => {
    const argument = program.short.argument;
    const source = readProgram(program);
    const plain = new Engine(counting);
    const wanted = plain.call(plain.instantiate(source), program.export, argument);
    const total = plain.statistics.getInstrCount();
    const engine = new Engine(counting);
    const run = engine.executor.pausable(exported(engine.instantiate(source), program.export), [argument]);
    const before = engine.statistics.getInstrCount();
    let random = 12345;
    const counts = Array.from({ length: 8 }, () => {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0;
      return before + Math.floor((random / 2 ** 32) * (total - before));
    });
    for (const count of counts.sort((a, b) => a - b)) {
      expect(run.runUntil(count)).toBe(false);
      expect(engine.statistics.getInstrCount()).toBe(count);
    }
    expect(run.finish()).toEqual(wanted);
    expect(engine.statistics.getInstrCount()).toBe(total);
  });

  it("end as they do otherwise: random modules, in optimised code behind each pause", () => {
    const parser = new Engine();
    let switched = 0;
    const tapes = fc.uint8Array({ minLength: 40, maxLength: 700, size: "max" });
    fc.assert(
      fc.property(tapes, fc.nat(), (tape, choice) => {
        const made = randomModule(tape);
        const module = parser.parse(writeModule(made.plan));
        const start = (): [Engine, PausableRun] => {
          const engine = meteringEngine();
          const host = new ModuleInstance("host");
          const type = { params: [ValType.I32, ValType.I64], results: [ValType.I64] };
          host.addHostFunction("mix", new HostFunction(type, (_, [a, b]) => (b as bigint) ^ BigInt(a as number)));
          engine.store.registerModule(host);
          const run = engine.executor.pausable(exported(engine.instantiate(module), "run"), made.params);
          return [engine, run];
        };
        const [plain, whole] = start();
        const first = plain.statistics.getInstrCount();
        const wanted = endOf(whole);
        const total = plain.statistics.getInstrCount();
        for (let i = 0; i < 4; i++) {
          const [engine, run] = start();
          const count = first + ((choice + i * 7919) % Math.max(1, total - first));
          if (run.runUntil(count)) continue;
          expect(engine.statistics.getInstrCount()).toBe(count);
          const { loop } = engine.executor;
          engine.executor.loop = (execution) => {
            if (!execution.space.stepwise) switched++;
            return loop(execution);
          };
          expect(endOf(run)).toEqual(wanted);
          expect(engine.statistics.getInstrCount()).toBe(total);
          expect(engine.statistics.getTotalCost()).toBe(BigInt(total));
        }
      }),
      { numRuns: 50, seed: 7 },
    );
    expect(switched).toBeGreaterThan(50);
  });
});
