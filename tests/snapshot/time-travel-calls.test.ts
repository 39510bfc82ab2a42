import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../spec-tests/programs/snapshots.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { refType, TypeCode, ValType } from "../../src/common/value-type.ts";
import type { Reference } from "../../src/common/wasm-value.ts";
import type { CallingFrame } from "../../src/store/calling-frame.ts";
import { WasmException } from "../../src/store/exception-instance.ts";
import type { FunctionInstance } from "../../src/store/function-instance.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import type { StructInstance } from "../../src/store/struct-instance.ts";
import { contextOf, Engine, failureOf } from "../support/engine.ts";
import { hostModule, Journey } from "./support.ts";

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

/** A function that the guest exports. */
function guest({ module }: CallingFrame, name: string): FunctionInstance {
  const found = module?.findFuncExports(name);
  if (found === undefined || found === null) throw new Error(`no function ${name}`);
  return found;
}

/** The states at all places of a run, by their counts: it is stepped through to its end. */
function walk(journey: Journey): Map<number, string> {
  const { travel } = journey;
  const states = new Map([[travel.count, journey.state()]]);
  while (!travel.step()) states.set(travel.count, journey.state());
  return states;
}

/** Goes to places one step back at a time, then to 100 random ones: each shows the state that it showed the first time. */
function expectSameStates(journey: Journey, states: ReadonlyMap<number, string>): void {
  const { travel } = journey;
  const counts = Array.from(states.keys());
  const [start] = counts;
  const end = travel.furthest;
  for (const count of counts.slice().reverse()) {
    expect(travel.stepBack()).toBe(count);
    expect(journey.state()).toBe(states.get(count));
  }
  for (const part of seeded(100)) {
    const place = start + Math.floor(part * (end - start));
    travel.goTo(place);
    // A count at which a host function was at work is the place behind it.
    const count = counts.find((one) => one >= place) ?? end;
    expect(travel.count).toBe(count);
    expect(journey.state()).toBe(states.get(count) ?? `ended at ${end}`);
  }
}

describe("a host function that calls the guest back", () => {
  const source = `(module
    (import "host" "twice" (func $twice (param i32) (result i32)))
    (import "host" "count" (func $count (param i32) (result i32)))
    (memory (export "m") 1 9) (data $d "abcdefgh") (data $e "ABCDEFGH")
    (table $t 2 30 funcref) (elem $f func $one $two) (elem declare func $one)
    (global $g (mut i64) (i64.const 7)) (global $x (export "x") (mut externref) (ref.null extern))
    (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
    (func (export "note") (param $n i32) (param $x externref) (result i32)
      (global.set $g (i64.add (global.get $g) (i64.extend_i32_u (local.get $n))))
      (global.set $x (local.get $x))
      (i64.store (i32.mul (local.get $n) (i32.const 24)) (global.get $g))
      (drop (table.grow $t (ref.func $one) (i32.const 1)))
      (if (i32.eq (local.get $n) (i32.const 5)) (then (drop (memory.grow (i32.const 2)))))
      (if (i32.eq (local.get $n) (i32.const 12)) (then
        (memory.init $d (i32.const 4000) (i32.const 0) (i32.const 8)) (data.drop $d)
        (table.init $t $f (i32.const 0) (i32.const 0) (i32.const 2)) (elem.drop $f)))
      (call $count (local.get $n)))
    (func (export "run") (result i32) (local $i i32) (local $s i32)
      (loop $again
        (local.set $s (i32.add (i32.mul (local.get $s) (i32.const 3)) (call $twice (local.get $i))))
        (i32.store (i32.const 8000) (local.get $s))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 12))))
      (i32.add (local.get $s) (i32.add (call_indirect $t (result i32) (i32.const 1)) (memory.size)))))`;

  it.each([7, 100, 1_000_000])("is one step, with all that the guest does in it; snapshots every %i", (interval) => {
    const calls: number[] = [];
    const seen: unknown[] = [];
    const host = hostModule({
      twice: (frame, [n]) => {
        calls.push(n as number);
        const object = { n };
        const [first] = frame.invoke(guest(frame, "note"), [n as number, object]);
        const [second] = frame.invoke(guest(frame, "note"), [(n as number) + 1, "text"]);
        seen.push(object);
        return (first as number) + (second as number) * 10;
      },
      count: (frame, [n]) => {
        frame.getMemoryByIndex(0)?.setBytes(Uint8Array.of(0x77, n as number), 9000 + 2 * (n as number));
        return seen.length;
      },
    });
    const journey = new Journey(source, "run", [], { interval }, host);
    const states = walk(journey);
    const { travel, instance } = journey;
    const end = travel.count;
    const results = travel.finish();
    expect(states.size).toBeLessThan(end - travel.start - 12 * 30);
    expectSameStates(journey, states);
    expect(travel.finish()).toEqual(results);
    expect(travel.count).toBe(end);
    expect(calls).toEqual(Array.from({ length: 12 }, (_, i) => i));
    // The same objects show what there was, the dropped segments too.
    travel.goTo(travel.start);
    const { memories, tables, data, elements } = instance;
    expect([memories[0].pageCount, tables[0].size]).toEqual([1, 2]);
    expect([data[0].bytes.length, data[1].bytes.length, elements[0].length]).toEqual([8, 8, 2]);
    travel.finish();
    expect([memories[0].pageCount, tables[0].size]).toEqual([5, 26]);
    expect([data[0].bytes.length, data[1].bytes.length, elements[0].length]).toEqual([0, 8, 0]);
    expect(memories[0].getBytes(9000 + 2 * 11, 2)).toEqual(Uint8Array.of(0x77, 11));
  });

  it("counts into the hash what the guest does in it", () => {
    const text = `(module (import "host" "f" (func $f (param i32) (result i32))) (memory 1)
      (func (export "note") (param i32) (i32.store (i32.const 8) (local.get 0)))
      (func (export "run") (result i32) (nop) (nop) (call $f (i32.const 1)) (nop)))`;
    const hash = (n: number): string => {
      const host = hostModule({
        f: (frame) => {
          frame.invoke(guest(frame, "note"), [n]);
          return 1;
        },
      });
      const { travel } = new Journey(text, "run", [], { hash: true, interval: 2 }, host);
      travel.finish();
      const { traceHash } = travel;
      travel.goTo(travel.start + 2);
      travel.finish();
      expect(travel.traceHash).toBe(traceHash);
      return traceHash;
    };
    expect(hash(1)).toBe(hash(1));
    expect(hash(2)).not.toBe(hash(1));
  });

  it("may fail with what the guest failed with: the end is the same each time", () => {
    const text = `(module (import "host" "f" (func $f (param i32) (result i32))) (memory (export "m") 1)
      (func (export "trap") (i32.store (i32.const 8) (i32.const 55)) (unreachable))
      (func (export "run") (result i32) (call $f (i32.const 1))))`;
    let calls = 0;
    const host = hostModule({
      f: (frame) => {
        calls++;
        return frame.invoke(guest(frame, "trap"))[0];
      },
    });
    const { travel, instance } = new Journey(text, "run", [], {}, host);
    const error = failureOf(() => travel.finish());
    expect(error.code).toBe(ErrCode.Unreachable);
    const end = travel.count;
    for (let i = 0; i < 3; i++) {
      travel.goTo(travel.start);
      expect(instance.memories[0].view.getInt32(8, true)).toBe(0);
      expect(failureOf(() => travel.goTo(end + 10)).lines()).toEqual(error.lines());
      expect(instance.memories[0].view.getInt32(8, true)).toBe(55);
      expect([travel.count, travel.done]).toEqual([end, true]);
    }
    expect(calls).toBe(1);
  });

  it("is refused by its name where it says that it changes memories only", () => {
    const text = `(module (import "host" "f" (func $f (param i32) (result i32)))
      (func (export "back") (result i32) (i32.const 5))
      (func (export "run") (result i32) (call $f (i32.const 1))))`;
    const host = new ModuleInstance("host");
    const body = (frame: CallingFrame): Reference => frame.invoke(guest(frame, "back"))[0];
    host.addHostFunction("f", new HostFunction({ params: [ValType.I32], results: [ValType.I32] }, body, 0, true));
    const error = failureOf(() => new Journey(text, "run", [], {}, host).travel.finish());
    expect(error.code).toBe(ErrCode.NotInSnapshot);
    expect(contextOf(error, "note")[0]?.text).toBe(
      'The host function "f" of "host" has called the guest back, though it says that it changes nothing but memories.',
    );
  });
});

const anyRef = refType(TypeCode.AnyRef, true);
const anyToAny = { params: [anyRef], results: [anyRef] };

describe("a host function that has to do with structs and arrays", () => {
  /** A list of structs, of which the host keeps some and gives them back; the guest asks whether they are the same. */
  const source = `(module
    (type $s (struct (field $n (mut i32)) (field $next (mut (ref null $s)))))
    (import "host" "keep" (func $keep (param anyref) (result anyref)))
    (global $list (mut (ref null $s)) (ref.null $s))
    (global $same (export "same") (mut i32) (i32.const 0))
    (func (export "touch") (param anyref)
      (struct.set $s $n (ref.cast (ref $s) (local.get 0))
        (i32.add (struct.get $s $n (ref.cast (ref $s) (local.get 0))) (i32.const 1000))))
    (func (export "run") (param $count i32) (result i32) (local $i i32) (local $given (ref null $s)) (local $sum i32)
      (loop $again
        (global.set $list (struct.new $s (local.get $i) (global.get $list)))
        (local.set $given (ref.cast (ref null $s) (call $keep (global.get $list))))
        (local.set $sum (i32.add (local.get $sum) (struct.get $s $n (local.get $given))))
        (global.set $same (i32.add (global.get $same)
          (i32.or (ref.eq (local.get $given) (global.get $list))
                  (ref.eq (local.get $given) (struct.get $s $next (global.get $list))))))
        (struct.set $s $n (local.get $given) (i32.add (struct.get $s $n (local.get $given)) (i32.const 1)))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $count))))
      (local.get $sum)))`;

  /** Gives what it was given the time before, every second time, and has the guest change it every third time. */
  function keeper(): { readonly host: ModuleInstance; readonly kept: Reference[] } {
    const kept: Reference[] = [];
    const keep = (frame: CallingFrame, [object]: Reference[]): Reference => {
      kept.push(object);
      const given = kept.length % 2 === 0 ? kept[kept.length - 2] : object;
      if (kept.length % 3 === 0) frame.invoke(guest(frame, "touch"), [given as never]);
      return given;
    };
    return { host: hostModule({ keep: keep as never }, anyToAny), kept };
  }

  it.each([11, 1_000_000])("gives the same objects at each place; snapshots every %i", (interval) => {
    const { host, kept } = keeper();
    const journey = new Journey(source, "run", [12], { interval }, host);
    const { travel, instance } = journey;
    const states = walk(journey);
    const results = travel.finish();
    expect(instance.findGlobalExports("same")?.getValue()).toBe(12);
    expectSameStates(journey, states);
    expect(travel.finish()).toEqual(results);
    expect(kept.length).toBe(12);
    const plain = new Engine();
    plain.store.registerModule(keeper().host);
    expect(plain.call(plain.instantiate(source), "run", 12)).toEqual(results);
  });

  it("gives objects that the guest still knows when it is called for the first time after going back", () => {
    const { host, kept } = keeper();
    const { travel, instance } = new Journey(source, "run", [10], { interval: 5 }, host);
    while (kept.length < 5) travel.step();
    const [before] = kept.slice(-1);
    const middle = travel.count;
    for (const back of [1, 7, middle - travel.start]) {
      travel.stepBack(back);
      travel.goTo(middle);
      expect(kept.length).toBe(5);
    }
    const plain = new Engine();
    plain.store.registerModule(keeper().host);
    expect(travel.finish()).toEqual(plain.call(plain.instantiate(source), "run", 10));
    expect(instance.findGlobalExports("same")?.getValue()).toBe(10);
    // What the embedder holds shows the present place.
    expect((before as StructInstance).getField(0).toI32()).toBe(1006);
    travel.goTo(middle);
    expect((before as StructInstance).getField(0).toI32()).toBe(4);
  });

  it("may end the run with an exception that holds one", () => {
    const text = `(module
      (type $s (struct (field (mut i32)))) (tag $t (export "t") (param anyref))
      (import "host" "f" (func $f (param anyref) (result anyref)))
      (func (export "run") (param $caught i32) (result i32) (local $o (ref $s)) (local $x anyref)
        (local.set $o (struct.new $s (i32.const 3)))
        (if (local.get $caught) (then
          (local.set $x (block $h (result anyref)
            (try_table (catch $t $h) (drop (call $f (local.get $o))) (return (i32.const 0)))
            (unreachable)))
          (return (i32.add (i32.const 40) (ref.eq (ref.cast (ref $s) (local.get $x)) (local.get $o))))))
        (drop (call $f (local.get $o))) (i32.const 1)))`;
    let calls = 0;
    const host = hostModule(
      {
        f: (frame, [object]) => {
          calls++;
          const tag = frame.module?.findTagExports("t");
          throw tag === null || tag === undefined ? new Error("no tag") : WasmException.of(tag, [object]);
        },
      },
      anyToAny,
    );
    const caught = new Journey(text, "run", [1], { interval: 3 }, host);
    const states = walk(caught);
    expect(caught.travel.finish()).toEqual([41]);
    expectSameStates(caught, states);
    const thrown = new Journey(text, "run", [0], { interval: 3 }, host);
    const { travel } = thrown;
    const error = failureOf(() => travel.finish());
    expect(error.code).toBe(ErrCode.UncaughtException);
    const end = travel.count;
    travel.goTo(travel.start + 2);
    expect(failureOf(() => travel.goTo(end))).toBe(error);
    expect([travel.count, travel.done, calls]).toEqual([end, true, 2]);
    travel.stepBack();
    expect([travel.count, travel.done]).toEqual([end - 1, false]);
  });

  it("keeps the snapshots behind its calls where others are dropped for want of bytes", () => {
    const bounded = new Journey(source, "run", [20], { interval: 3, maxBytes: 80_000 }, keeper().host);
    const states = walk(bounded);
    const free = new Journey(source, "run", [20], { interval: 3 }, keeper().host);
    expect(walk(free)).toEqual(states);
    expect(bounded.travel.kept.length).toBeLessThan(free.travel.kept.length / 2);
    expect(bounded.travel.kept.length).toBeGreaterThan(20);
    expectSameStates(bounded, states);
  });

  it("is refused by its name where the snapshots behind its calls take more than they may", () => {
    const { host } = keeper();
    const { travel } = new Journey(source, "run", [500], { maxBytes: 10_000 }, host);
    const error = failureOf(() => travel.finish());
    expect(error.code).toBe(ErrCode.NotInSnapshot);
    expect(contextOf(error, "note")[0]?.text).toBe(
      'The host function "keep" of "host" is called so often that the snapshots behind its calls take more than the 10000 bytes that the recording may keep (maxBytes).',
    );
  });
});

describe("a host function that brings another module", () => {
  const other = `(module (memory 1) (func (export "next") (result i32)
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))) (i32.load (i32.const 0))))`;
  const source = `(module (import "host" "load" (func $load (param i32) (result i32)))
    (table (export "t") 1 funcref)
    (func (export "run") (param $n i32) (result i32) (local $s i32)
      (drop (call $load (i32.const 0)))
      (loop $again
        (local.set $s (i32.add (i32.mul (local.get $s) (i32.const 7)) (call_indirect (result i32) (i32.const 0))))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $s)))`;

  it.each([true, false])("is followed into it; registered: %s", (isRegistered) => {
    let engine: Engine | undefined;
    let calls = 0;
    const host = hostModule({
      load: (frame) => {
        const instance = engine?.instantiate(other, isRegistered ? "other" : undefined);
        frame.module?.findTableExports("t")?.setRef(0, instance?.findFuncExports("next") ?? null);
        return ++calls;
      },
    });
    const journey = new Journey(source, "run", [6], { interval: 9 }, host);
    engine = journey.engine;
    // Before it is made, the other module is none of the run's: going back leaves it as it is.
    while (calls === 0) journey.travel.step();
    const states = walk(journey);
    const results = journey.travel.finish();
    expect(results).toEqual([((((1 * 7 + 2) * 7 + 3) * 7 + 4) * 7 + 5) * 7 + 6]);
    expectSameStates(journey, states);
    expect(journey.travel.finish()).toEqual(results);
    expect(calls).toBe(1);
  });
});
