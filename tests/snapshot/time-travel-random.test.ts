import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { ValType } from "../../src/common/value-type.ts";
import type { Reference, Value } from "../../src/common/wasm-value.ts";
import type { CallingFrame } from "../../src/store/calling-frame.ts";
import { WasmException } from "../../src/store/exception-instance.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import type { TagInstance } from "../../src/store/tag-instance.ts";
import { Engine } from "../support/engine.ts";
import { Journey } from "./support.ts";

/** Random host functions do random things to a guest: a recording of it shows at each place what there was. */

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

/** What a host function may do in one call, with a number of its own. */
const doings = ["write", "grow", "global", "table", "poke", "push", "bump", "keep", "give", "throw", "fail"] as const;
type Doing = readonly [what: (typeof doings)[number], number: number];

/** @param isGC whether the guest has structs; without, its references are to objects of the host */
function source(isGC: boolean): string {
  const reference = isGC ? "anyref" : "externref";
  const push = isGC
    ? "(global.set $list (struct.new $s (local.get 0) (global.get $list)))"
    : "(global.set $list (local.get 1))";
  const bump = isGC
    ? `(if (ref.test (ref $s) (local.get 1)) (then
        (struct.set $s 0 (ref.cast (ref $s) (local.get 1)) (local.get 0))))`
    : "(i32.store offset=8 (local.get 0) (ref.is_null (local.get 1)))";
  const sum = isGC
    ? `(if (ref.test (ref $s) (local.get $r)) (then
        (local.set $sum (i32.add (local.get $sum) (struct.get $s 0 (ref.cast (ref $s) (local.get $r)))))))`
    : "(local.set $sum (i32.sub (local.get $sum) (ref.is_null (local.get $r))))";
  return `(module
    ${isGC ? "(type $s (struct (field (mut i32)) (field anyref)))" : ""}
    (type $act (func (param i32 ${reference}) (result i32 ${reference})))
    (import "host" "act" (func $act (type $act)))
    (tag $t (export "t") (param i32))
    (memory (export "m") 1 6) (data $d "data")
    (global $list (export "list") (mut ${reference}) (ref.null ${isGC ? "any" : "extern"}))
    (global $g (export "g") (mut i64) (i64.const 1))
    (table $table (export "table") 2 20 funcref) (elem declare func $poke)
    (func $poke (export "poke") (param i32 ${reference})
      (i64.store (i32.and (local.get 0) (i32.const 0xfff)) (global.get $g))
      (global.set $g (i64.add (i64.mul (global.get $g) (i64.const 5)) (i64.extend_i32_s (local.get 0))))
      (drop (table.grow $table (ref.func $poke) (i32.const 1)))
      (if (i32.eqz (i32.rem_u (local.get 0) (i32.const 7))) (then (data.drop $d))))
    (func (export "push") (param i32 ${reference}) ${push})
    (func (export "bump") (param i32 ${reference}) ${bump})
    (func (export "run") (param $n i32) (result i32) (local $sum i32) (local $r ${reference}) (local $i i32)
      (loop $again
        (block $caught (result i32)
          (try_table (catch $t $caught)
            (call $act (local.get $i) (global.get $list))
            (local.set $r)
            (local.set $sum (i32.add (local.get $sum)))
            ${sum})
          (i32.const 1))
        (local.set $sum (i32.add (local.get $sum)))
        (i32.store offset=100 (i32.const 0) (local.get $sum))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
      (i32.add (i32.add (local.get $sum) (memory.size)) (table.size $table))))`;
}

/** A host module that does in its calls, one after the other, what it is told. */
function actor(isGC: boolean, calls: readonly (readonly Doing[])[]): ModuleInstance {
  const kept: Reference[] = [null];
  let count = 0;
  const act = (frame: CallingFrame, [n, given]: Value[]): Value[] => {
    const instance = frame.module as ModuleInstance;
    const memory = instance.memories[0];
    const call = (name: string, number: number, reference: Reference): void => {
      const func = instance.findFuncExports(name);
      if (func !== null) frame.invoke(func, [number, reference as Value]);
    };
    let result = given;
    for (const [what, number] of calls[count++ % calls.length] ?? []) {
      const one = kept[number % kept.length];
      if (what === "write") memory.setBytes(Uint8Array.of(number, number >> 8, number >> 16), number);
      else if (what === "grow") memory.grow(1);
      else if (what === "global") instance.findGlobalExports("g")?.setValue(BigInt(number));
      else if (what === "table") instance.findTableExports("table")?.setRef(1, instance.findFuncExports("push"));
      else if (what === "poke" || what === "bump") call(what, number, one);
      else if (what === "push") call(what, number, isGC ? null : { number });
      else if (what === "keep") kept.push(given);
      else if (what === "give") result = one as Value;
      else if (what === "throw") throw WasmException.of(instance.findTagExports("t") as TagInstance, [number]);
      else throw new Error("out of order");
    }
    return [((n as number) * 31) | 0, result];
  };
  const host = new ModuleInstance("host");
  const reference = isGC ? ValType.AnyRef : ValType.ExternRef;
  const type = { params: [ValType.I32, reference], results: [ValType.I32, reference] };
  host.addHostFunction("act", new HostFunction(type, act));
  return host;
}

const scenario = fc.record({
  isGC: fc.boolean(),
  calls: fc.array(
    fc.array(fc.tuple(fc.constantFrom(...doings.slice(0, -1)), fc.nat(60_000)), { minLength: 0, maxLength: 3 }),
    { minLength: 3, maxLength: 8 },
  ),
  interval: fc.constantFrom(4, 50, 100_000),
  jumps: fc.array(fc.nat(999), { minLength: 12, maxLength: 12 }),
  fails: fc.option(fc.nat(7), { nil: undefined }),
});

describe("going back in a recording of random host functions", () => {
  it("shows the same state at each place, and ends the same", () => {
    fc.assert(
      fc.property(scenario, ({ isGC, calls, interval, jumps, fails }) => {
        const told: readonly Doing[][] = calls.map((doing, i) => (i === fails ? [...doing, ["fail", 0]] : doing));
        const journey = new Journey(source(isGC), "run", [calls.length], { interval }, actor(isGC, told));
        const { travel } = journey;
        const end = (): unknown => {
          try {
            return travel.finish();
          } catch (error) {
            return String(error);
          }
        };
        const states = new Map<number, string>();
        try {
          do states.set(travel.count, journey.state());
          while (!travel.step());
        } catch {
          // How it ends is looked at below.
        }
        const outcome = end();
        const last = travel.count;
        const counts = Array.from(states.keys());
        if (fails === undefined) expect(outcome).toEqual([expect.any(Number)]);
        for (const jump of jumps) {
          const place = counts[jump % counts.length];
          travel.goTo(place);
          expect([travel.count, journey.state()]).toEqual([place, states.get(place)]);
          if (jump % 3 === 0 && place > travel.start) {
            const before = counts[(jump % counts.length) - 1];
            expect([travel.stepBack(), journey.state()]).toEqual([before, states.get(before)]);
          }
          if (jump % 4 === 0) expect([end(), travel.count]).toEqual([outcome, last]);
        }
        const plain = new Engine();
        plain.store.registerModule(actor(isGC, told));
        const call = (): unknown => {
          try {
            return plain.call(plain.instantiate(source(isGC)), "run", calls.length);
          } catch (error) {
            return String(error);
          }
        };
        expect(call()).toEqual(outcome);
      }),
      { numRuns: Number(process.env["TRAVEL_RUNS"] ?? 40) },
    );
  });
});
