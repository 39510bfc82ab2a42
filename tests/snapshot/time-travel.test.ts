import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readManifest, readProgram } from "../../bench/manifest.ts";
import { seeded } from "../../spec-tests/programs/snapshots.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { TimeTravel } from "../../src/snapshot/time-travel.ts";
import { Engine, exported, failureOf } from "../support/engine.ts";
import { hostModule, Journey } from "./support.ts";

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

describe("going back and forth to 100 random places shows the same state each time", () => {
  it.each(readManifest().filter(({ name }) => ["quicksort", "gc-trees", "throw-near"].includes(name)))(
    "of $name",
    (program) => {
      const journey = new Journey(readProgram(program), program.export, [program.short.argument], {
        interval: 20_000,
      });
      const { travel } = journey;
      const places = new Map<number, string>();
      const state = (): string => journey.state();
      const [result] = travel.finish();
      expect(String(result)).toBe(program.short.checksum);
      const total = travel.count;
      const counts = seeded(100).map((part) => travel.start + Math.floor(part * (total - travel.start)));
      for (const count of counts) {
        expect(travel.goTo(count)).toBe(false);
        expect(travel.count).toBe(count);
        places.set(count, state());
      }
      expect(new Set(places.values()).size).toBe(places.size);
      for (const count of counts.reverse().slice(0, 40)) {
        travel.goTo(count);
        expect(state()).toBe(places.get(count));
      }
      expect(travel.finish()).toEqual([result]);
      expect(travel.count).toBe(total);
    },
  );

  it("one instruction at a time, with a host function that is called once for each time that it was called", () => {
    const calls: number[] = [];
    const host = hostModule({
      next: (frame, [n]) => {
        calls.push(n as number);
        const memory = frame.getMemoryByIndex(0);
        memory?.setBytes(Uint8Array.of(calls.length, 0xee), (n as number) * 8);
        if (calls.length === 2) memory?.grow(1);
        const instance = frame.module;
        instance?.findGlobalExports("g")?.setValue(calls.length * 100);
        instance?.findTableExports("t")?.setRef(0, instance.findFuncExports("other"));
        return Math.floor(Math.random() * 1000);
      },
    });
    const source = `(module (import "host" "next" (func $next (param i32) (result i32)))
      (memory (export "m") 1 4) (table (export "t") 1 funcref) (global (export "g") (mut i32) (i32.const 0))
      (func (export "other") (result i32) (i32.const 77))
      (func (export "run") (result i32) (local $i i32) (local $s i32)
        (loop $again
          (local.set $s (i32.add (local.get $s) (call $next (local.get $i))))
          (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))
        (i32.add (i32.add (local.get $s) (memory.size)) (call_indirect (result i32) (i32.const 0)))))`;
    const journey = new Journey(source, "run", [], { interval: 7 }, host);
    const { travel, instance } = journey;
    const states: string[] = [journey.state()];
    while (!travel.step()) states.push(journey.state());
    const end = travel.count;
    const results = travel.finish();
    expect(calls).toEqual([0, 1, 2]);
    for (let back = states.length - 1; back >= 0; back--) {
      expect(travel.stepBack()).toBe(travel.start + back);
      expect(journey.state()).toBe(states[back]);
    }
    expect(travel.stepBack(5)).toBe(travel.start);
    // The instances are the same objects, and show what there was.
    expect(instance.findGlobalExports("g")?.getValue()).toBe(0);
    expect(instance.findTableExports("t")?.getRef(0)).toBeNull();
    expect(instance.findMemoryExports("m")?.pageCount).toBe(1);
    expect(travel.finish()).toEqual(results);
    expect([travel.count, calls.length]).toEqual([end, 3]);
    expect(instance.findMemoryExports("m")?.getBytes(16, 2)).toEqual(Uint8Array.of(3, 0xee));
    expect(instance.findGlobalExports("g")?.getValue()).toBe(300);
  });
});

describe("a recording", () => {
  const caller = `(module (import "host" "f" (func $f (param i32) (result i32))) (memory 1)
    (func (export "run") (param i32) (result i32) (nop) (call $f (local.get 0)) (nop)))`;

  it("plays errors of host functions again, as the same error each time", () => {
    let calls = 0;
    const host = hostModule({
      f: () => {
        calls++;
        throw new WasmEdgeError(ErrCode.Interrupted, { kind: "note", text: "no" });
      },
    });
    const { travel } = new Journey(caller, "run", [1], {}, host);
    const lines = failureOf(() => travel.finish()).lines();
    expect(travel.done).toBe(true);
    for (let i = 0; i < 3; i++) {
      travel.goTo(travel.start + 1);
      expect(failureOf(() => travel.goTo(1000)).lines()).toEqual(lines);
    }
    expect(calls).toBe(1);
  });

  it("wants instructions to be counted", () => {
    const engine = new Engine();
    const run = engine.executor.pausable(exported(engine.instantiate(`(module (func (export "run")))`), "run"));
    const { executor, store } = engine;
    expect(failureOf(() => new TimeTravel({ executor, store, run })).code).toBe(ErrCode.RuntimeError);
  });

  it("takes counts only, and no others for its options", () => {
    const source = `(module (func (export "run") (nop) (nop)))`;
    for (const odd of [Number.NaN, -1, 0.5]) {
      for (const options of [{ interval: odd }, { maxBytes: odd }]) {
        expect(failureOf(() => new Journey(source, "run", [], options)).code).toBe(ErrCode.RuntimeError);
      }
    }
    const { travel } = new Journey(source, "run", [], {});
    for (const odd of [Number.NaN, 1e6 + 0.5]) {
      for (const go of ["goTo", "step", "stepBack"] as const) {
        expect(failureOf(() => travel[go](go === "stepBack" ? -odd : odd)).code).toBe(ErrCode.RuntimeError);
      }
    }
    expect(travel.count).toBe(travel.start);
  });

  it("keeps references to objects of the host the same", () => {
    const objects = [{ a: 1 }, { b: 2 }, () => 3];
    const source = `(module (table 4 externref)
      (func (export "run") (param externref externref externref) (result externref)
        (table.set (i32.const 1) (local.get 1)) (nop) (nop) (table.get (i32.const 1))))`;
    const { travel } = new Journey(source, "run", objects as never, { interval: 2 });
    expect(travel.finish()[0]).toBe(objects[1]);
    travel.goTo(travel.start + 4);
    expect(travel.finish()[0]).toBe(objects[1]);
  });

  it("keeps to the bytes that it may take, with fewer snapshots", () => {
    const program = readManifest().find(({ name }) => name === "quicksort");
    if (program === undefined) throw new Error("no program");
    const options = { interval: 10_000, maxBytes: 400_000 };
    const { travel } = new Journey(readProgram(program), program.export, [program.short.argument], options);
    const results = travel.finish();
    const all = Math.floor((travel.count - travel.start) / options.interval);
    expect(travel.kept.length).toBeLessThan(all);
    expect(travel.kept.length).toBeGreaterThan(1);
    expect(travel.kept[0]).toBe(travel.start);
    travel.goTo(travel.start + 5);
    expect(travel.finish()).toEqual(results);
  });

  it("has a hash, which is that of another run of the same, and not of one that saw something else", () => {
    const hash = (give: number): string => {
      const host = hostModule({ f: () => give });
      const { travel } = new Journey(caller, "run", [1], { interval: 2, hash: true }, host);
      travel.finish();
      const { traceHash } = travel;
      travel.goTo(travel.start);
      travel.finish();
      expect(travel.traceHash).toBe(traceHash);
      return traceHash;
    };
    expect(hash(1)).toMatch(/^[0-9a-f]{64}$/);
    expect(hash(1)).toBe(hash(1));
    expect(hash(2)).not.toBe(hash(1));
  });
});
