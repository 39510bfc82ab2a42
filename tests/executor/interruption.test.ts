import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, exported, failureOf, meteringEngine } from "../support/engine.ts";
import { eventLoopTurns } from "../support/turns.ts";

/** WasmEdge's tests of interruption (reference, chapter 13.1), and more: runs that are stopped, cancelled or out of time, and runs that take turns. */

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

const { monotonicNanoseconds } = host;
afterEach(() => installHost({ monotonicNanoseconds }));

const endless = {
  loop: `(loop $l (br $l))`,
  "loop that is left by a table": `(loop $l (br_table $l $l (i32.const 0)))`,
  "loop with a condition": `(loop $l (br_if $l (i32.const 1)))`,
  "tail call": `(return_call $f)`,
  "tail call through a table": `(return_call_indirect (i32.const 0))`,
  "loop of host calls": `(loop $l (call $h) (br $l))`,
  "loop of calls": `(loop $l (call $nothing) (br $l))`,
} as const;

function endlessModule(body: string): string {
  return `(module (import "host" "h" (func $h)) (table funcref (elem $f)) (func $nothing)
    (func $f (export "f") ${body})
    (func (export "seven") (result i32) (i32.const 7)))`;
}

/** An engine with a host function `host.h`. */
function withHost(body: (engine: Engine) => void = () => {}, engine = new Engine()): Engine {
  const provider = new ModuleInstance("host");
  provider.addHostFunction("h", new HostFunction({ params: [], results: [] }, () => body(engine)));
  engine.store.registerModule(provider);
  return engine;
}

async function codeOf(work: PromiseLike<unknown>): Promise<number | undefined> {
  try {
    await work;
  } catch (error) {
    return (error as { code?: number }).code;
  }
  return undefined;
}

describe("a deadline", () => {
  it.each(Object.entries(endless))("ends a %s", (_, body) => {
    const engine = withHost();
    const instance = engine.instantiate(endlessModule(body));
    let now = 0n;
    installHost({ monotonicNanoseconds: () => (now += 1000n) });
    const error = failureOf(() => engine.executor.invoke(exported(instance, "f"), [], { deadline: 5000n }));
    expect(error.code).toBe(ErrCode.Interrupted);
    expect(error.headline()).toBe("wasmedge runtime failed: execution interrupted, Code: 0x007");
    expect(engine.call(instance, "seven")).toEqual([7]);
  });

  it("that has passed lets nothing begin, and one that has not changes nothing", () => {
    const engine = withHost();
    const instance = engine.instantiate(endlessModule(""));
    installHost({ monotonicNanoseconds: () => 100n });
    const seven = exported(instance, "seven");
    expect(failureOf(() => engine.executor.invoke(seven, [], { deadline: 100n })).code).toBe(ErrCode.Interrupted);
    expect(engine.executor.invoke(seven, [], { deadline: 101n })).toEqual([7]);
  });
});

describe("the deadline of an instantiation", () => {
  it.each(Object.entries(endless))("ends a start function with a %s", (_, body) => {
    const engine = withHost();
    const module = engine.parse(endlessModule(body).replace(/\)$/, " (start $f))"));
    let now = 0n;
    installHost({ monotonicNanoseconds: () => (now += 1000n) });
    const error = failureOf(() => engine.executor.instantiateModule(engine.store, module, { deadline: 20_000n }));
    expect(error.headline()).toBe("wasmedge runtime failed: execution interrupted, Code: 0x007");
    expect(error.context.at(-1)).toEqual({ kind: "ast", node: "module" });
  });

  it("lets nothing begin once it has passed, and registers nothing", () => {
    const engine = withHost();
    const module = engine.parse(`(module (memory 1))`);
    installHost({ monotonicNanoseconds: () => 100n });
    const instantiate = (deadline: bigint): unknown =>
      engine.executor.registerModule(engine.store, module, "m", { deadline });
    expect(failureOf(() => instantiate(100n)).code).toBe(ErrCode.Interrupted);
    expect(engine.store.findModule("m")).toBeNull();
    expect(instantiate(101n)).toBe(engine.store.findModule("m"));
  });

  it("is looked at between segments: those before it are written", () => {
    const engine = withHost();
    const shared = engine.instantiate(`(module (memory (export "m") 1))`, "p");
    const segments = Array.from({ length: 20 }, (_, i) => `(data (i32.const ${i}) "x")`).join("");
    const module = engine.parse(`(module (import "p" "m" (memory 1)) ${segments})`);
    let now = 0n;
    installHost({ monotonicNanoseconds: () => ++now });
    const error = failureOf(() => engine.executor.instantiateModule(engine.store, module, { deadline: 10n }));
    expect(error.code).toBe(ErrCode.Interrupted);
    const written =
      shared
        .findMemoryExports("m")
        ?.getBytes(0, 20)
        .filter((byte) => byte !== 0).length ?? 0;
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(20);
  });

  it("is looked at while many expressions are evaluated", () => {
    const engine = withHost();
    const items = "(ref.null func) ".repeat(5000);
    const module = engine.parse(`(module (elem funcref ${items}))`);
    let now = 0n;
    installHost({ monotonicNanoseconds: () => ++now });
    const error = failureOf(() => engine.executor.instantiateModule(engine.store, module, { deadline: 5n }));
    expect(error.code).toBe(ErrCode.Interrupted);
  });
});

describe("stop", () => {
  it("from a host function ends the instantiation whose start function called it", () => {
    const engine = withHost((self) => self.executor.stop());
    const start = `(module (import "host" "h" (func $h)) (func $s (call $h) (unreachable)) (start $s))`;
    expect(failureOf(() => engine.instantiate(start)).code).toBe(ErrCode.Interrupted);
    expect(failureOf(() => engine.instantiate(start, "name")).code).toBe(ErrCode.Interrupted);
    expect(engine.store.findModule("name")).toBeNull();
    const seven = engine.instantiate(endlessModule(""));
    expect(engine.call(seven, "seven")).toEqual([7]);
  });

  it("from a host function ends the run that called it, after that call", () => {
    let calls = 0;
    const engine = withHost((self) => {
      calls++;
      self.executor.stop();
    });
    const instance = engine.instantiate(endlessModule(endless["loop of host calls"]));
    expect(failureOf(() => engine.call(instance, "f")).code).toBe(ErrCode.Interrupted);
    expect(calls).toBe(1);
    expect(engine.call(instance, "seven")).toEqual([7]);
  });

  it("has no effect where nothing runs, and none on the next run", async () => {
    const engine = withHost();
    const instance = engine.instantiate(endlessModule(""));
    engine.executor.stop();
    expect(engine.call(instance, "seven")).toEqual([7]);
    engine.executor.stop();
    expect(await engine.executor.asyncInvoke(exported(instance, "seven"))).toEqual([7]);
  });

  it("ends all runs, also those in host functions and those that have had no turn", async () => {
    const engine = withHost();
    const instance = engine.instantiate(endlessModule(endless.loop));
    const runs = [1, 2, 3].map(() => engine.executor.asyncInvoke(exported(instance, "f")));
    expect(await runs[0]?.waitFor(5)).toBe(false);
    engine.executor.stop();
    const late = engine.executor.asyncInvoke(exported(instance, "seven"));
    for (const run of runs) expect(await codeOf(run)).toBe(ErrCode.Interrupted);
    expect(await late).toEqual([7]);
  });
});

describe("cancel", () => {
  it.each(Object.entries(endless))("ends a %s, between two turns", async (_, body) => {
    const engine = withHost();
    const instance = engine.instantiate(endlessModule(body));
    const run = engine.executor.asyncInvoke(exported(instance, "f"));
    expect(await run.waitFor(1)).toBe(false);
    run.cancel();
    expect(await codeOf(run)).toBe(ErrCode.Interrupted);
    expect(engine.call(instance, "seven")).toEqual([7]);
  });

  it("ends one run and not the others", async () => {
    const engine = meteringEngine();
    const instance = engine.instantiate(`(module
      (func (export "endless") (loop $l (br $l)))
      (func (export "count") (param $n i32) (result i32) (local $i i32)
        (loop $l
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $l (i32.ne (local.get $i) (local.get $n))))
        (local.get $i)))`);
    const first = engine.executor.asyncInvoke(exported(instance, "endless"));
    const second = engine.executor.asyncInvoke(exported(instance, "count"), [500_000]);
    first.cancel();
    expect(await codeOf(first)).toBe(ErrCode.Interrupted);
    expect(engine.totals.count).toBe(0);
    expect(await second).toEqual([500_000]);
    expect(engine.totals).toEqual({ count: 9 * 500_000 + 3, cost: BigInt(9 * 500_000 + 3) });
  });
});

describe("runs that take turns", () => {
  it("let the event loop go on, even where they do nothing but call the host", async () => {
    const engine = withHost();
    const instance = engine.instantiate(endlessModule(endless["loop of host calls"]));
    const run = engine.executor.asyncInvoke(exported(instance, "f"));
    await eventLoopTurns(3);
    expect(await run.waitFor(0)).toBe(false);
    run.cancel();
    expect(await codeOf(run)).toBe(ErrCode.Interrupted);
  });

  it("see memory that another has grown, and run functions that another has lowered", async () => {
    const engine = new Engine();
    const large = "(local.set 0 (i32.add (local.get 0) (i32.const 1)))".repeat(4000);
    const instance = engine.instantiate(`(module (memory 1)
      (func $large (export "large") (result i32) (local i32) ${large} (local.get 0))
      (func (export "grow") (drop (memory.grow (i32.const 3))) (i32.store (i32.const 0) (i32.const 41)))
      (func (export "wait") (result i32 i32 i32)
        (loop $l (br_if $l (i32.eqz (i32.load (i32.const 0)))))
        (i32.store (i32.const 196608) (i32.const 5))
        (call $large) (memory.size) (i32.load (i32.const 196608)))
      (func (export "at") (param i32) (result i32) (i32.load (local.get 0))))`);
    const waiting = engine.executor.asyncInvoke(exported(instance, "wait"));
    expect(await waiting.waitFor(3)).toBe(false);
    engine.call(instance, "large");
    engine.call(instance, "grow");
    expect(await waiting).toEqual([4000, 4, 5]);
    expect(engine.call(instance, "at", 196608)).toEqual([5]);
  });

  it("give the same results and totals as one after the other", async () => {
    const program = `(module (func (export "f") (param $n i32) (result i64) (local $sum i64)
      (loop $l
        (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 31)) (i64.extend_i32_u (local.get $n))))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $sum)))`;
    const parameters = [300_000, 200_000, 100_000, 250_000];
    const alone = parameters.map((n) => {
      const engine = meteringEngine();
      return { results: engine.call(engine.instantiate(program), "f", n), totals: engine.totals };
    });
    const engine = meteringEngine();
    const func = exported(engine.instantiate(program), "f");
    const together = parameters.map((n) => engine.executor.asyncInvoke(func, [n]));
    for (const [i, run] of together.entries()) expect(await run).toEqual(alone[i]?.results);
    expect(engine.totals.count).toBe(alone.reduce((sum, { totals }) => sum + totals.count, 0));
    expect(engine.totals.cost).toBe(BigInt(engine.totals.count));
  });

  it("share a cost limit", async () => {
    const engine = meteringEngine({ statistics: { costLimit: 5_000_000n } });
    const instance = engine.instantiate(`(module (func (export "f") (loop $l (br $l))))`);
    const runs = [1, 2, 3].map(() => engine.executor.asyncInvoke(exported(instance, "f")));
    for (const run of runs) expect(await codeOf(run)).toBe(ErrCode.CostLimitExceeded);
    expect(engine.totals.cost).toBe(5_000_000n);
  });
});
