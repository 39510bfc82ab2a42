import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import type { MemoryInstance } from "../../src/store/memory-instance.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, type EngineOptions, exported, failureOf, meteringEngine } from "../support/engine.ts";

/** How long a run goes on before it looks up: slices, turns, and bulk instructions that are done in pieces. */

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

const { monotonicNanoseconds } = host;
afterEach(() => installHost({ monotonicNanoseconds }));

const MIB = 1 << 20;

function memoryOf(instance: ModuleInstance): MemoryInstance {
  return instance.findMemoryExports("m") as MemoryInstance;
}

const count = `(module (func (export "count") (param $n i32) (result i32) (local $i i32)
  (loop $l
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $l (i32.ne (local.get $i) (local.get $n))))
  (local.get $i)))`;

describe("a slice", () => {
  it("is as long as it is configured, whatever is measured; results and totals are the same", async () => {
    const outcomes = [];
    for (const sliceInstructions of [1, 7, 1000, 1 << 20]) {
      for (const make of [(options: EngineOptions) => new Engine(options), meteringEngine]) {
        const engine = make({ runtime: { sliceInstructions } });
        const func = exported(engine.instantiate(count), "count");
        let looks = 0;
        installHost({ monotonicNanoseconds: () => BigInt(looks++) });
        // The clock is asked once a slice.
        const results = engine.executor.invoke(func, [1000], { deadline: 10n ** 9n });
        installHost({ monotonicNanoseconds });
        const slices = Math.ceil(9003 / Math.max(9, sliceInstructions));
        expect(looks).toBeGreaterThanOrEqual(Math.floor(slices * 0.8));
        expect(looks).toBeLessThanOrEqual(slices * 1.3 + 2);
        outcomes.push({ results, count: engine.totals.count });
        expect(await engine.executor.asyncInvoke(func, [1000])).toEqual(results);
      }
    }
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).toEqual(
      new Set(['{"results":[1000],"count":0}', '{"results":[1000],"count":9003}']),
    );
  });

  it("is followed by others' turns: after each, or as seldom as it is configured", async () => {
    const rounds = async (turnMilliseconds: number): Promise<number> => {
      const engine = new Engine({ runtime: { turnMilliseconds, sliceInstructions: 10_000 } });
      const func = exported(engine.instantiate(count), "count");
      let turns = 0;
      const { schedule } = host;
      installHost({
        schedule: (callback, milliseconds) => {
          turns++;
          schedule?.(callback, milliseconds);
        },
      });
      try {
        await engine.executor.asyncInvoke(func, [100_000]);
      } finally {
        installHost({ schedule });
      }
      return turns;
    };
    // The run has 90 slices.
    expect(await rounds(0)).toBeGreaterThan(80);
    expect(await rounds(1_000_000)).toBe(1);
  });

  it("lets timers fire during an endless run", async () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (func (export "f") (loop $l (br $l))))`);
    const controller = new AbortController();
    const run = engine.executor.asyncInvoke(exported(instance, "f"), [], { signal: controller.signal });
    // Nothing else ends it.
    let ticks = 0;
    const timer = setInterval(() => {
      if (++ticks === 10) controller.abort();
    }, 1);
    await run.wait();
    clearInterval(timer);
    expect(ticks).toBe(10);
    expect(failureOf(() => run.finish()).code).toBe(ErrCode.Interrupted);
  });
});

describe("host functions that take long", () => {
  const HOST_NANOSECONDS = 6_000_000n;

  /** A module that calls a host function `n` times, each call of which takes six milliseconds by the clock. */
  function start(called: () => void): { engine: Engine; instance: ModuleInstance } {
    const engine = new Engine();
    const provider = new ModuleInstance("host");
    let now = 0n;
    installHost({ monotonicNanoseconds: () => now });
    const slow = (): void => {
      now += HOST_NANOSECONDS;
      called();
    };
    provider.addHostFunction("slow", new HostFunction({ params: [], results: [] }, slow));
    engine.store.registerModule(provider);
    const instance = engine.instantiate(`(module (import "host" "slow" (func $slow))
      (func (export "calls") (param $n i32) (result i32)
        (loop $l
          (call $slow)
          (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $n)))`);
    return { engine, instance };
  }

  it("are the last ones when a deadline has passed meanwhile", () => {
    let calls = 0;
    const { engine, instance } = start(() => calls++);
    const invoke = (n: number): unknown =>
      engine.executor.invoke(exported(instance, "calls"), [n], { deadline: 20_000_000n });
    expect(failureOf(() => invoke(1000)).code).toBe(ErrCode.Interrupted);
    expect(calls).toBe(4);
    expect(engine.call(instance, "calls", 10)).toEqual([0]);
  });

  it("let the event loop go on when they have filled a turn", async () => {
    let calls = 0;
    let mostOfATurn = 0;
    const { engine, instance } = start(() => (mostOfATurn = Math.max(mostOfATurn, ++calls)));
    const { schedule } = host;
    installHost({
      schedule: (callback, milliseconds) =>
        schedule?.(() => {
          calls = 0;
          callback();
        }, milliseconds),
    });
    try {
      expect(await engine.executor.asyncInvoke(exported(instance, "calls"), [100])).toEqual([0]);
    } finally {
      installHost({ schedule });
    }
    expect(mostOfATurn).toBeGreaterThan(0);
    expect(mostOfATurn).toBeLessThanOrEqual(4);
  });
});

const bulk = `(module
  (memory (export "m") 1600) (memory $other (export "other") 640)
  (table $t (export "t") 1500000 funcref) (table $u 1500000 funcref) (elem declare func $f)
  (func $f)
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "across") (param i32 i32 i32) (memory.copy $other 0 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "tableFill") (param i32 i32) (table.fill $t (local.get 0) (ref.func $f) (local.get 1)))
  (func (export "tableCopy") (param i32 i32 i32) (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
  (func (export "tableAcross") (param i32 i32 i32) (table.copy $u $t (local.get 0) (local.get 1) (local.get 2)))
  (func (export "isNull") (param i32) (result i32) (ref.is_null (table.get $t (local.get 0))))
  (func (export "isNullAcross") (param i32) (result i32) (ref.is_null (table.get $u (local.get 0))))
  (func (export "fills") (loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 104857600)) (br $l))))`;

describe("a bulk instruction on much", () => {
  it("gives what it gives on little: fills, copies to both sides, to another memory, of one table and two", () => {
    const engine = meteringEngine();
    const instance = engine.instantiate(bulk);
    engine.statistics.clear();
    const { bytes } = memoryOf(instance);
    const model = new Uint8Array(bytes.length);
    const check = (name: string, to: number, from: number, length: number): void => {
      engine.call(instance, name, to, from, length);
      if (name === "fill") model.fill(from, to, to + length);
      else model.copyWithin(to, from, from + length);
      expect(Buffer.compare(bytes, model)).toBe(0);
    };
    check("fill", 3, 7, 40 * MIB);
    for (let i = 0; i < model.length; i += 4099) {
      model[i] = i >> 12;
      bytes[i] = i >> 12;
    }
    check("copy", 5, 12 * MIB + 1, 50 * MIB);
    check("copy", 20 * MIB + 3, 5, 50 * MIB);
    check("copy", 16 * MIB, 16 * MIB, 50 * MIB);
    check("copy", 0, 1, 17 * MIB);
    engine.call(instance, "across", 1, 2, 33 * MIB);
    const other = instance.findMemoryExports("other")?.getBytes(1, 33 * MIB) as Uint8Array;
    expect(Buffer.compare(other, model.subarray(2, 2 + 33 * MIB))).toBe(0);
    // Each is one instruction: with its operands and the end five.
    expect(engine.totals.count).toBe(6 * 5);

    const nulls = (name: string, ...indices: number[]) => indices.map((i) => engine.call(instance, name, i)[0]);
    engine.call(instance, "tableFill", 10, 600_000);
    expect(nulls("isNull", 9, 10, 600_009, 600_010)).toEqual([1, 0, 0, 1]);
    engine.call(instance, "tableCopy", 100, 0, 1_200_000);
    expect(nulls("isNull", 99, 100, 109, 110, 600_109, 600_110)).toEqual([0, 1, 1, 0, 0, 1]);
    engine.call(instance, "tableAcross", 1, 0, 1_400_000);
    expect(nulls("isNullAcross", 100, 101, 110, 111, 600_110, 600_111)).toEqual([0, 1, 1, 0, 0, 1]);
  });

  it("changes nothing where it goes beyond the end", () => {
    const engine = new Engine();
    const instance = engine.instantiate(bulk);
    expect(failureOf(() => engine.call(instance, "fill", 60 * MIB, 1, 50 * MIB)).code).toBe(ErrCode.MemoryOutOfBounds);
    expect(failureOf(() => engine.call(instance, "copy", 60 * MIB, 1, 50 * MIB)).code).toBe(ErrCode.MemoryOutOfBounds);
    expect(
      memoryOf(instance)
        .bytes.subarray(60 * MIB)
        .some((byte) => byte !== 0),
    ).toBe(false);
    expect(failureOf(() => engine.call(instance, "tableFill", 1, 1_500_000)).code).toBe(ErrCode.TableOutOfBounds);
    expect(engine.call(instance, "isNull", 1)).toEqual([1]);
  });

  it("is ended within a slice by a deadline, by stop, and by cancelling; later calls are not hit", async () => {
    const engine = new Engine();
    const instance = engine.instantiate(bulk);
    const { bytes } = memoryOf(instance);
    const fill = exported(instance, "fill");
    let now = 0n;
    installHost({ monotonicNanoseconds: () => ++now });
    const error = failureOf(() => engine.executor.invoke(fill, [0, 5, 100 * MIB], { deadline: 4n }));
    installHost({ monotonicNanoseconds });
    expect(error.code).toBe(ErrCode.Interrupted);
    // Pieces of 16 MiB, and the clock is asked before each slice.
    expect([bytes[0], bytes[16 * MIB], bytes[99 * MIB]]).toEqual([5, 5, 0]);

    const endings: readonly ((run: { cancel(): void }) => void)[] = [
      (run) => run.cancel(),
      () => engine.executor.stop(),
    ];
    for (const end of endings) {
      const run = engine.executor.asyncInvoke(exported(instance, "fills"));
      expect(await run.waitFor(30)).toBe(false);
      end(run);
      await run.wait();
      expect(failureOf(() => run.finish()).code).toBe(ErrCode.Interrupted);
    }
    engine.call(instance, "fill", 0, 9, 100 * MIB);
    expect([bytes[0], bytes[100 * MIB - 1]]).toEqual([9, 9]);
  });

  it("lets the event loop go on, and goes on in a memory that another run has grown", async () => {
    const engine = new Engine({ runtime: { turnMilliseconds: 0 } });
    const instance = engine.instantiate(bulk);
    const memory = memoryOf(instance);
    const run = engine.executor.asyncInvoke(exported(instance, "fill"), [0, 3, 100 * MIB]);
    while (memory.bytes[0] !== 3) await new Promise((resolve) => setImmediate(resolve));
    expect(run.done).toBe(false);
    memory.growPage(300);
    await run;
    expect([memory.bytes[0], memory.bytes[100 * MIB - 1], memory.bytes[100 * MIB]]).toEqual([3, 3, 0]);
  });
});
