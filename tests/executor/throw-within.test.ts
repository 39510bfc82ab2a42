import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { host, installHost } from "../../src/common/host.ts";
import { IdleObserver } from "../../src/executor/observer.ts";
import { Engine, failureOf } from "../support/engine.ts";

/** What a throw costs depends on whether it leaves the run loop; what it does, in exceptions.test.ts, does not. */

/** Throws `n` exceptions, each caught one call further out, and gives how many. */
const thrower = `(module
  (tag $number (export "number") (param i32))
  (func $throw (export "throw") (param i32) (throw $number (local.get 0)))
  (func (export "catch") (param $n i32) (result i32) (local $caught i32)
    (loop $again
      (block $out (result i32)
        (try_table (catch $number $out) (call $throw (local.get $n)))
        (unreachable))
      (local.set $n (i32.sub (i32.const 1)))
      (local.set $caught (i32.add (local.get $caught) (i32.const 1)))
      (br_if $again (local.get $n)))
    (local.get $caught))
  (func (export "rethrow") (param $n i32) (result i32) (local $caught i32)
    (loop $again
      (block $out
        (try_table (catch_all $out)
          (block $in (result exnref)
            (try_table (catch_all_ref $in) (call $throw (local.get $n)))
            (unreachable))
          (throw_ref)))
      (local.set $caught (i32.add (local.get $caught) (i32.const 1)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $caught)))`;

const outside = `(module
  (import "thrower" "number" (tag $number (param i32)))
  (import "thrower" "throw" (func $throw (param i32)))
  (func (export "catch") (param i32) (result i32)
    (block $out (result i32)
      (try_table (catch $number $out) (call $throw (local.get 0)))
      (i32.const -1))))`;

const { cachesProperties } = host;

describe.each([
  ["over linked code", true],
  ["over words", false],
])("in the loop %s", (_, linked) => {
  beforeAll(() => installHost({ cachesProperties: linked }));
  afterAll(() => installHost({ cachesProperties }));

  /** An engine, and how often its loop has come back. */
  function countingEngine(): { engine: Engine; rounds: () => number } {
    const engine = new Engine();
    const { loop } = engine.executor;
    let rounds = 0;
    engine.executor.loop = (execution) => {
      rounds++;
      return loop(execution);
    };
    return { engine, rounds: () => rounds };
  }

  it.each(["catch", "rethrow"])("what the same instance catches does not leave it (%s)", (name) => {
    const { engine, rounds } = countingEngine();
    const instance = engine.instantiate(thrower);
    expect(engine.call(instance, name, 1)).toEqual([1]);
    const before = rounds();
    expect(engine.call(instance, name, 500)).toEqual([500]);
    // Its beginning, and its end.
    expect(rounds() - before).toBeLessThan(5);
  });

  it("an observer is told of each", () => {
    const { engine } = countingEngine();
    const instance = engine.instantiate(thrower);
    const seen = { thrown: 0, caught: 0 };
    class Listener extends IdleObserver {
      override throws(): void {
        seen.thrown++;
      }
      override catches(): void {
        seen.caught++;
      }
    }
    engine.executor.addObserver(new Listener());
    expect(engine.call(instance, "catch", 7)).toEqual([7]);
    expect(engine.call(instance, "rethrow", 3)).toEqual([3]);
    expect(seen).toEqual({ thrown: 13, caught: 13 });
  });

  it("what another instance catches goes there, and what nobody catches to the embedder", () => {
    const { engine } = countingEngine();
    const inner = engine.instantiate(thrower, "thrower");
    const outer = engine.instantiate(outside);
    expect(engine.call(outer, "catch", 42)).toEqual([42]);
    expect(failureOf(() => engine.call(inner, "throw", 1)).codeName).toBe("UncaughtException");
    expect(engine.call(outer, "catch", 43)).toEqual([43]);
  });
});
