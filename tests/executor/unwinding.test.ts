import { afterEach, describe, expect, it, vi } from "vitest";
import { CodeSpace } from "../../src/executor/lowering/code-space.ts";
import { Engine } from "../support/engine.ts";

/** What throwing costs, without a clock: whose frames are looked at. */

afterEach(() => {
  vi.restoreAllMocks();
});

const source = `(module (tag $e)
  (func $a (param $n i32) (if (i32.eqz (local.get $n)) (then (throw $e))) (call $b (i32.sub (local.get $n) (i32.const 1))))
  (func $b (param $n i32) (if (i32.eqz (local.get $n)) (then (throw $e))) (call $a (i32.sub (local.get $n) (i32.const 1))))
  (func $catch (param $n i32)
    (block $caught (try_table (catch $e $caught) (call $a (local.get $n)))))
  (func $below (export "below") (param $more i32) (param $n i32)
    (if (i32.eqz (local.get $more))
      (then (call $catch (local.get $n)))
      (else (call $below (i32.sub (local.get $more) (i32.const 1)) (local.get $n))))))`;

describe("a throw", () => {
  function framesLookedAt(below: number, depth: number): number {
    const engine = new Engine();
    const instance = engine.instantiate(source);
    const lookUp = vi.spyOn(CodeSpace.prototype, "throwSiteAt");
    engine.call(instance, "below", below, depth);
    const { length } = lookUp.mock.calls;
    lookUp.mockRestore();
    return length;
  }

  it.each([0, 10, 100, 1000])("over %i calls looks at their frames once each", (depth) => {
    // The frame that throws and the one that catches are looked at too.
    expect(framesLookedAt(0, depth)).toBe(depth + 2);
  });

  it("looks for no function where one has been thrown before", () => {
    const engine = new Engine();
    const instance = engine.instantiate(source);
    engine.call(instance, "below", 0, 100);
    const lookUp = vi.spyOn(CodeSpace.prototype, "functionAt");
    engine.call(instance, "below", 0, 1000);
    expect(lookUp).not.toHaveBeenCalled();
  });

  it("does not look below the frame that catches", () => {
    expect(framesLookedAt(5000, 10)).toBe(12);
  });
});
