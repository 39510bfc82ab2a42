import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { ValType } from "../../src/common/value-type.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { Tracer } from "../../src/debugger/tracer.ts";
import type { Async } from "../../src/executor/async.ts";
import { HostFunction, type HostFunctionBody } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, type EngineOptions, exported, failureOf, loggedBy, meteringEngine } from "../support/engine.ts";

/** Runs that stand still at the cost limit and go on when more may be spent; and those that their owner puts on hold. */

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

const { I32 } = ValType;
const pausing = { atCostLimit: "pause" } as const;

/** Calls within the module, to another, through a table, of the host; tail calls; a caught exception; a loop. */
const program = `(module
  (import "host" "twice" (func $twice (param i32) (result i32)))
  (import "other" "inc" (func $inc (param i32) (result i32)))
  (tag $t (param i32))
  (table funcref (elem $inc $square))
  (func $square (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
  (func $end (param i32) (result i32) (return_call $twice (local.get 0)))
  (func $throws (param i32) (result i32)
    (block $b (result i32)
      (try_table (result i32) (catch $t $b) (throw $t (i32.add (local.get 0) (i32.const 3))))))
  (func (export "f") (param $n i32) (result i32) (local $sum i32)
    (loop $l
      (local.set $sum (i32.add (local.get $sum) (call $twice (local.get $n))))
      (local.set $sum (i32.add (local.get $sum) (call_indirect (param i32) (result i32) (local.get $n)
        (i32.and (local.get $n) (i32.const 1)))))
      (local.set $sum (i32.sub (local.get $sum) (call $throws (local.get $n))))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (call $end (local.get $sum)))
  (func (export "trap") (param i32) (result i32) (i32.div_u (i32.const 1) (call $square (i32.sub (local.get 0) (i32.const 3))))))`;

function prepared(options: EngineOptions = {}, cost = 0, body: HostFunctionBody = (_, [n]) => (n as number) * 2) {
  const engine = meteringEngine(options);
  const host = new ModuleInstance("host");
  host.addHostFunction("twice", new HostFunction({ params: [I32], results: [I32] }, body, cost));
  engine.store.registerModule(host);
  engine.instantiate(
    `(module (func (export "inc") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))`,
    "other",
  );
  const instance = engine.instantiate(program);
  engine.statistics.clear();
  return { engine, instance };
}

/** Lets a run go on by `step` more at each pause. @returns the pauses that there were */
async function refuelled(run: Async<Value[]>, step: bigint): Promise<number> {
  let pauses = 0;
  while (await run.whenPaused()) {
    pauses++;
    run.resume(step);
  }
  return pauses;
}

describe("a run at its cost limit", () => {
  const tables: readonly [string, EngineOptions, number][] = [
    ["with unit costs", {}, 0],
    ["with a host function that costs", {}, 50],
    ["with costs of its own", { costs: { "i32.add": 3, call: 10, "local.get": 0 } }, 7],
    ["with large costs, not counting", { costs: { loop: 300 }, statistics: { instructionCounting: false } }, 0],
  ];

  it.each(tables)("stands still, and goes on to the same results and totals: %s", async (_, options, cost) => {
    const alone = prepared(options, cost);
    const expected = alone.engine.call(alone.instance, "f", 9);
    const total = Number(alone.engine.totals.cost);
    for (const step of [1, 7, 50, 1000].map(BigInt)) {
      const { engine, instance } = prepared(options, cost);
      engine.statistics.setCostLimit(step);
      const run = engine.executor.asyncInvoke(exported(instance, "f"), [9], pausing);
      const pauses = await refuelled(run, step);
      expect(await run).toEqual(expected);
      expect(engine.totals).toEqual(alone.engine.totals);
      expect(pauses).toBe(Math.ceil(total / Number(step)) - 1);
    }
  });

  it("stands before the instruction for which the limit does not suffice, with all before it counted", async () => {
    const { engine, instance } = prepared();
    const alone = prepared();
    alone.engine.call(alone.instance, "f", 3);
    const { count } = alone.engine.totals;
    engine.statistics.setCostLimit(0n);
    const run = engine.executor.asyncInvoke(exported(instance, "f"), [3], pausing);
    for (let limit = 0; limit < count; limit++) {
      expect(await run.whenPaused()).toBe(true);
      expect([run.paused, run.done]).toEqual([true, false]);
      expect(engine.totals).toEqual({ count: limit, cost: BigInt(limit) });
      run.resume(1n);
      expect(run.paused).toBe(false);
    }
    await run;
    expect(await run.whenPaused()).toBe(false);
    expect(engine.totals).toEqual({ count, cost: BigInt(count) });
  });

  it("does the same while somebody looks on, at each instruction or at calls of the host", async () => {
    const alone = prepared({}, 4);
    const expected = alone.engine.call(alone.instance, "f", 6);
    for (const kinds of [["instructions"], ["calls", "host"], ["host"]] as const) {
      for (const step of [1n, 13n]) {
        const { engine, instance } = prepared({}, 4, async (_, [n]) => (n as number) * 2);
        const events: string[] = [];
        new Tracer(engine.executor, kinds, ({ kind }) => events.push(kind));
        engine.statistics.setCostLimit(step);
        const run = engine.executor.asyncInvoke(exported(instance, "f"), [6], pausing);
        const pauses = await refuelled(run, step);
        expect(await run).toEqual(expected);
        expect(engine.totals).toEqual(alone.engine.totals);
        expect(pauses).toBe(Math.ceil(Number(engine.totals.cost) / Number(step)) - 1);
        const wanted = kinds[0] === "instructions" ? engine.totals.count : 7;
        expect(
          events.filter((kind) => kind === (kinds[0] === "instructions" ? "instruction" : "host-call")),
        ).toHaveLength(wanted);
      }
    }
  });

  it("takes more that is set on the statistics, and stands again where it is too little", async () => {
    const { engine, instance } = prepared();
    engine.statistics.setCostLimit(10n);
    const run = engine.executor.asyncInvoke(exported(instance, "f"), [3], pausing);
    expect(await run.whenPaused()).toBe(true);
    run.resume();
    expect(await run.whenPaused()).toBe(true);
    engine.statistics.setCostLimit(1_000_000n);
    expect(run.paused).toBe(true);
    expect(failureOf(() => run.resume(-1n)).codeName).toBe("RuntimeError");
    run.resume();
    expect(await run).toHaveLength(1);
    run.resume(5n);
    expect(engine.statistics.getCostLimit()).toBe(1_000_000n);
  });

  it("does not execute what the host function costs before it is paid", async () => {
    let calls = 0;
    const { engine } = prepared({}, 100, (_, [n]) => {
      calls++;
      return n;
    });
    const func = exported(engine.store.findModule("host") as ModuleInstance, "twice");
    engine.statistics.setCostLimit(99n);
    const run = engine.executor.asyncInvoke(func, [5], pausing);
    expect(await run.whenPaused()).toBe(true);
    expect(calls).toBe(0);
    run.resume(1n);
    expect(await run).toEqual([5]);
    expect([calls, engine.totals.cost]).toEqual([1, 100n]);
  });

  it("waits for host functions too, which may add to the limit themselves", async () => {
    const { engine, instance } = prepared({}, 5, async (_, [n]) => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      engine.statistics.setCostLimit(engine.statistics.getCostLimit() + 3n);
      return (n as number) * 2;
    });
    const alone = prepared({}, 5);
    const expected = alone.engine.call(alone.instance, "f", 5);
    engine.statistics.setCostLimit(20n);
    const run = engine.executor.asyncInvoke(exported(instance, "f"), [5], pausing);
    expect(await refuelled(run, 20n)).toBeGreaterThan(3);
    expect(await run).toEqual(expected);
    expect(engine.totals).toEqual(alone.engine.totals);
  });

  it("traps at the same place as without pauses", async () => {
    const { engine, instance } = prepared();
    const alone = prepared();
    const expected = failureOf(() => alone.engine.call(alone.instance, "trap", 3));
    engine.statistics.setCostLimit(1n);
    const run = engine.executor.asyncInvoke(exported(instance, "trap"), [3], pausing);
    await refuelled(run, 1n);
    const error = failureOf(() => run.finish());
    expect(error.code).toBe(ErrCode.DivideByZero);
    expect(error.lines().filter((line) => !line.includes("module"))).toEqual(
      expected.lines().filter((line) => !line.includes("module")),
    );
    expect(engine.totals).toEqual(alone.engine.totals);
  });

  it("runs as optimised code again where there is much to spend", async () => {
    const loop = `(module (func (export "f") (param $n i32) (result i32)
      (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) (local.get $n)))`;
    const engine = meteringEngine({ statistics: { costLimit: 1000n } });
    const run = engine.executor.asyncInvoke(exported(engine.instantiate(loop), "f"), [300_000], pausing);
    expect(await run.whenPaused()).toBe(true);
    const { loop: before } = engine.executor;
    let stepwise = 0;
    let optimised = 0;
    engine.executor.loop = (execution) => {
      if (execution.space.stepwise) stepwise++;
      else optimised++;
      return before(execution);
    };
    run.resume(100_000_000n);
    expect(await run).toEqual([0]);
    expect(engine.totals.count).toBe(3 + 6 * 300_000);
    expect(optimised).toBeGreaterThan(0);
    expect(stepwise).toBeLessThan(600);
  });

  it("ends there without the option, in a synchronous run, and where the rest is to be done at once", async () => {
    const { engine, instance } = prepared();
    const func = exported(instance, "f");
    engine.statistics.setCostLimit(10n);
    expect(failureOf(() => engine.executor.invoke(func, [3], pausing)).code).toBe(ErrCode.CostLimitExceeded);
    engine.statistics.clear();
    const ending = engine.executor.asyncInvoke(func, [3]);
    expect(await ending.whenPaused()).toBe(false);
    expect(failureOf(() => ending.finish()).code).toBe(ErrCode.CostLimitExceeded);
    engine.statistics.clear();
    const atOnce = engine.executor.asyncInvoke(func, [3], pausing);
    expect(failureOf(() => atOnce.finish()).code).toBe(ErrCode.CostLimitExceeded);
  });

  it("is cancelled, stopped, and ended by its deadline", async () => {
    const { engine, instance } = prepared();
    const func = exported(instance, "f");
    engine.statistics.setCostLimit(10n);
    const deadline = BigInt(Math.round(performance.now() * 1e6)) + 40_000_000n;
    const late = engine.executor.asyncInvoke(func, [3], { ...pausing, deadline });
    const runs = [1, 2].map(() => engine.executor.asyncInvoke(func, [3], pausing));
    for (const run of [late, ...runs]) expect(await run.whenPaused()).toBe(true);
    runs[0]?.cancel();
    await runs[0]?.wait();
    expect(runs[1]?.paused).toBe(true);
    engine.executor.stop();
    for (const run of [late, ...runs]) {
      await run.wait();
      expect(failureOf(() => run.finish()).code).toBe(ErrCode.Interrupted);
    }
  });

  it("may be in a start function", async () => {
    const { engine } = prepared();
    const module = engine.parse(`(module (global (export "g") (mut i32) (i32.const 0))
      (func $s (global.set 0 (i32.add (i32.const 1) (i32.const 2)))) (start $s))`);
    engine.statistics.setCostLimit(4n);
    const run = engine.executor.asyncInstantiateModule(engine.store, module, pausing);
    expect(await run.whenPaused()).toBe(true);
    run.resume(10n);
    expect((await run).findGlobalExports("g")?.getValue()).toBe(3);
  });

  it("logs nothing, since nothing is terminated", async () => {
    const { engine, instance } = prepared();
    engine.statistics.setCostLimit(10n);
    const run = engine.executor.asyncInvoke(exported(instance, "f"), [3], pausing);
    const records = loggedBy(() => run.finishWithin(5));
    expect(run.paused).toBe(true);
    expect(records.filter(({ level: each }) => each === "error")).toEqual([]);
    run.cancel();
    await run.wait();
  });
});

describe("a run on hold", () => {
  it("takes no turns until it is let go, and gives what it gives otherwise", async () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (global $g (export "g") (mut i32) (i32.const 0))
      (func (export "f") (param i32) (result i32)
        (loop $l (global.set $g (i32.add (global.get $g) (i32.const 1)))
          (br_if $l (i32.lt_u (global.get $g) (local.get 0))))
        (global.get $g)))`);
    const run = engine.executor.asyncInvoke(exported(instance, "f"), [2_000_000]);
    run.pause();
    expect([run.paused, await run.whenPaused(), await run.waitFor(5)]).toEqual([true, true, false]);
    const global = instance.findGlobalExports("g");
    expect(global?.getValue()).toBe(0);
    run.resume();
    expect(run.paused).toBe(false);
    while (global?.getValue() === 0) await new Promise((resolve) => setImmediate(resolve));
    run.pause();
    const before = global?.getValue();
    expect(await run.waitFor(30)).toBe(run.done);
    expect(global?.getValue()).toBe(before);
    run.resume();
    expect(await run).toEqual([2_000_000]);
    run.pause();
    expect(run.paused).toBe(false);
  });

  it("may be cancelled, and holds a host function's promise", async () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    let settle: (value: number) => void = () => {};
    host.addHostFunction(
      "h",
      new HostFunction({ params: [], results: [I32] }, () => new Promise<number>((resolve) => (settle = resolve))),
    );
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "h" (func $h (result i32)))
      (func (export "f") (result i32) (call $h)))`);
    const run = engine.executor.asyncInvoke(exported(instance, "f"));
    expect(await run.waitFor(2)).toBe(false);
    run.pause();
    settle(4);
    expect(await run.waitFor(5)).toBe(false);
    run.resume();
    expect(await run).toEqual([4]);
    const cancelled = engine.executor.asyncInvoke(exported(instance, "f"));
    cancelled.pause();
    cancelled.cancel();
    await cancelled.wait();
    expect(failureOf(() => cancelled.finish()).code).toBe(ErrCode.Interrupted);
  });
});
