import { describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, exported, failureOf } from "../support/engine.ts";

/** A call without options may end in the lane of short calls; one with options is an invocation from its start. */

const source = `(module
  (import "env" "twice" (func $twice (param i32) (result i32)))
  (type $box (struct (field i32)))
  (tag $tag (param i32))
  (memory (export "memory") 1 4)
  (func (export "add") (param i32 i64) (result i64 i32)
    (i64.add (local.get 1) (i64.extend_i32_s (local.get 0))) local.get 0)
  (func (export "count") (param i32) (result i32) (local $i i32)
    (loop $again (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get 0))))
    local.get $i)
  (func $deep (export "deep") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
      (else (i32.add (call $deep (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))))
  (func (export "divide") (param i32) (result i32) i32.const 1 local.get 0 i32.div_s)
  (func (export "load") (param i32) (result i32) local.get 0 i32.load)
  (func (export "grow") (param i32) (result i32) local.get 0 memory.grow)
  (func (export "host") (param i32) (result i32) local.get 0 call $twice i32.const 1 i32.add)
  (func (export "throw") (param i32) local.get 0 throw $tag)
  (func (export "boxes") (param i32) (result i32)
    (loop $again
      (drop (struct.new $box (local.get 0)))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    local.get 0))`;

const calls: readonly (readonly [name: string, params: readonly Value[]])[] = [
  ["add", [-5, 7n]],
  ["count", [10]],
  ["count", [1_000_000]],
  ["deep", [10]],
  ["deep", [3000]],
  ["deep", [70_000]],
  ["divide", [3]],
  ["divide", [0]],
  ["load", [0]],
  ["load", [65_533]],
  ["load", [-1]],
  ["host", [21]],
  ["throw", [7]],
  ["boxes", [10]],
  ["boxes", [100_000]],
];

function instantiate(twice: (value: number) => number = (value) => 2 * value) {
  const engine = new Engine();
  const env = new ModuleInstance("env");
  const type = { params: [0x7f], results: [0x7f] };
  env.addHostFunction("twice", new HostFunction(type, (_frame, [value]) => twice(value as number)));
  engine.store.registerModule(env);
  return { engine, instance: engine.instantiate(source) };
}

/** What a call gives, or the lines of what it fails with. */
function outcome(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    return error.lines();
  }
}

describe("a call that may be over soon", () => {
  it.each(calls)("gives and fails as an invocation does: %s %s", (name, params) => {
    const { engine, instance } = instantiate();
    const func = exported(instance, name);
    const invoked = outcome(() => engine.executor.invoke(func, params, {}));
    // The first call has lowered it; the second may have learnt that it is long.
    for (let i = 0; i < 3; i++) expect(outcome(() => engine.executor.invoke(func, params))).toEqual(invoked);
  });

  it("leaves to an invocation what calls the host, once it has seen that", () => {
    const { engine, instance } = instantiate();
    const [add, host] = ["add", "host"].map((name) => exported(instance, name));
    for (let i = 0; i < 3; i++) {
      expect(engine.executor.invoke(add, [1, 2n])).toEqual([3n, 1]);
      expect(engine.executor.invoke(host, [i])).toEqual([2 * i + 1]);
    }
    expect([add?.isLong, host?.isLong]).toEqual([false, true]);
  });

  it("sees memory that has grown, from inside and outside", () => {
    const { engine, instance } = instantiate();
    const [load, grow] = ["load", "grow"].map((name) => exported(instance, name));
    const call = (func: typeof load, value: number) => outcome(() => engine.executor.invoke(func, [value]));
    call(load, 0);
    expect(call(load, 65_536)).toContain("execution failed: out of bounds memory access, Code: 0x408");
    expect([call(grow, 1), call(grow, 0), call(load, 65_536)]).toEqual([[1], [2], [0]]);
    instance.findMemoryExports("memory")?.growPage(1);
    expect(call(load, 2 * 65_536)).toEqual([0]);
  });

  it("is a part of the run whose host function makes it, and ends with that", () => {
    const { engine, instance } = instantiate((value) => {
      if (value === 1) engine.executor.stop();
      return engine.executor.invoke(exported(instance, "add"), [value, 1n])[1] as number;
    });
    const host = exported(instance, "host");
    engine.executor.invoke(exported(instance, "add"), [0, 0n]);
    expect(engine.executor.invoke(host, [5])).toEqual([6]);
    expect(failureOf(() => engine.executor.invoke(host, [1])).code).toBe(ErrCode.Interrupted);
  });

  it("counts for what runs have had at most", () => {
    const { engine, instance } = instantiate();
    const boxes = exported(instance, "boxes");
    for (let i = 0; i < 2; i++) engine.executor.invoke(boxes, [25]);
    expect(boxes.isLong).toBe(false);
    const { gcObjects, valueStackBytes } = engine.executor.limits;
    expect([gcObjects.peak, gcObjects.current, valueStackBytes.peak > 0]).toEqual([25, 0, true]);
  });

  it("keeps its limits of depth and of objects", () => {
    const { engine, instance } = instantiate();
    engine.executor.configure.runtime.maxCallDepth = 50;
    engine.executor.configure.runtime.maxGCObjectsPerRun = 30;
    const call = (name: string, value: number) =>
      outcome(() => engine.executor.invoke(exported(instance, name), [value]));
    for (let i = 0; i < 2; i++) {
      expect([call("deep", 49), call("boxes", 30)]).toEqual([[49], [0]]);
      const failing = (name: string, value: number) =>
        failureOf(() => engine.executor.invoke(exported(instance, name), [value])).codeName;
      expect([failing("deep", 50), failing("boxes", 31)]).toEqual(["CallStackExhausted", "GCObjectCountLimit"]);
    }
  });
});
