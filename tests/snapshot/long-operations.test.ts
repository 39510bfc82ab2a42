import { describe, expect, it } from "vitest";
import type { Value } from "../../src/common/wasm-value.ts";
import { restoreSnapshot } from "../../src/snapshot/restore-snapshot.ts";
import { suspended } from "../../src/snapshot/suspended-run.ts";
import { takeSnapshot } from "../../src/snapshot/take-snapshot.ts";
import { TimeTravel } from "../../src/snapshot/time-travel.ts";
import { Engine, exported } from "../support/engine.ts";
import { counting } from "./support.ts";

/** Snapshots in the midst of a bulk instruction that is done in pieces: it is done whole first, and all of it is there. */

const source = `(module
  (type $words (array (mut i32))) (type $refs (array (mut anyref)))
  (memory 100) (table $t 0 funcref) (func $f) (elem declare func $f)
  (func (export "numbers") (param i32) (result i32 i32) (local $a (ref null $words))
    (local.set $a (array.new $words (i32.const 7) (local.get 0)))
    (array.fill $words (local.get $a) (i32.const 1) (i32.const 9) (i32.sub (local.get 0) (i32.const 2)))
    (array.copy $words $words (local.get $a) (i32.const 3) (local.get $a) (i32.const 0) (i32.sub (local.get 0) (i32.const 3)))
    (array.get $words (local.get $a) (i32.const 3))
    (array.get $words (local.get $a) (i32.sub (local.get 0) (i32.const 1))))
  (func (export "references") (param i32) (result i32 i32) (local $a (ref null $refs))
    (local.set $a (array.new $refs (ref.i31 (i32.const 5)) (local.get 0)))
    (array.set $refs (local.get $a) (i32.const 0) (ref.i31 (i32.const 6)))
    (array.copy $refs $refs (local.get $a) (i32.const 2) (local.get $a) (i32.const 0) (i32.sub (local.get 0) (i32.const 2)))
    (i31.get_s (ref.cast (ref null i31) (array.get $refs (local.get $a) (i32.const 2))))
    (i31.get_s (ref.cast (ref null i31) (array.get $refs (local.get $a) (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "growing") (param i32) (result i32 i32)
    (i32.store (i32.const 6000000) (i32.const 1234))
    (drop (memory.grow (local.get 0)))
    (drop (table.grow $t (ref.func $f) (i32.mul (local.get 0) (i32.const 6000))))
    (i32.add (i32.load (i32.const 6000000)) (memory.size))
    (table.size $t)))`;

const calls: readonly [name: string, param: number, results: readonly Value[]][] = [
  ["numbers", 5_000_000, [7, 9]],
  ["references", 600_000, [6, 5]],
  ["growing", 100, [1434, 600_000]],
];

describe("a snapshot in the midst of a bulk instruction", () => {
  it.each(calls)("goes on to the same results and count: %s", (name, param, results) => {
    const whole = new Engine(counting);
    expect(whole.call(whole.instantiate(source), name, param)).toEqual(results);

    const snapshots: Uint8Array[] = [];
    // As many slices as it takes, with a snapshot before the last but n-th of them.
    for (let stopAfter = 1; ; stopAfter++) {
      const engine = new Engine(counting);
      const active = engine.instantiate(source);
      const run = engine.executor.asyncInvoke(exported(active, name), [param]).handOver();
      let ended = false;
      for (let i = 0; i < stopAfter && !ended; i++) ended = run.step(false);
      if (ended) break;
      const { call } = run;
      const held = suspended({ done: false, isInside: false, call });
      snapshots.push(takeSnapshot({ store: engine.store, executor: engine.executor, active, run: held }));
      // The run itself goes on as if nothing had been.
      while (!run.step(false));
      expect(run.result()).toEqual(results);
      expect(engine.statistics.getInstrCount()).toBe(whole.statistics.getInstrCount());
    }
    expect(snapshots.length).toBeGreaterThan(2);
    for (const bytes of snapshots) {
      const engine = new Engine(counting);
      const { run } = restoreSnapshot(bytes, { executor: engine.executor, store: engine.store });
      expect(run?.finish()).toEqual(results);
      expect(engine.statistics.getInstrCount()).toBe(whole.statistics.getInstrCount());
    }
  });

  it.each(calls)("does not trouble who goes back and forth through it: %s", (name, param, results) => {
    const { executor, store, statistics } = new Engine(counting);
    const instance = executor.instantiateModule(store, new Engine(counting).parse(source));
    const run = executor.pausable(exported(instance, name), [param]);
    const travel = new TimeTravel({ executor, store, active: instance, run }, { interval: 8 });
    expect(travel.finish()).toEqual(results);
    const end = statistics.getInstrCount();
    for (const back of [3, 12, 5, 9]) {
      travel.goTo(end - back);
      expect(statistics.getInstrCount()).toBe(end - back);
      expect(travel.finish()).toEqual(results);
      expect(statistics.getInstrCount()).toBe(end);
    }
  });
});
