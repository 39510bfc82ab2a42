import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import type { RuntimeConfigure } from "../../src/config/configure.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { contextOf, Engine, exported, failureOf } from "../support/engine.ts";

/** Too many calls, in wasm and through the host, end with CallStackExhausted or ValueStackExhausted, and the engine goes on to be usable. */

const recursion = `(module
  (type $t (func (param i32) (result i32)))
  (table funcref (elem $indirect))
  (func $direct (export "direct") (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then (i32.add (i32.const 1) (call $direct (i32.sub (local.get $n) (i32.const 1)))))
      (else (i32.const 0))))
  (func $indirect (export "indirect") (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then (i32.add (i32.const 1)
        (call_indirect (type $t) (i32.sub (local.get $n) (i32.const 1)) (i32.const 0))))
      (else (i32.const 0))))
  (func $reference (export "reference") (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then (i32.add (i32.const 1)
        (call_ref $t (i32.sub (local.get $n) (i32.const 1)) (ref.func $reference))))
      (else (i32.const 0)))))`;

describe("calls in wasm", () => {
  it.each(["direct", "indirect", "reference"])("may be as deep as configured, and no deeper: %s", (name) => {
    const engine = new Engine({ runtime: { maxCallDepth: 100 } });
    const instance = engine.instantiate(recursion);
    expect(engine.call(instance, name, 99)).toEqual([99]);
    const error = failureOf(() => engine.call(instance, name, 100));
    expect(error.code).toBe(ErrCode.CallStackExhausted);
    expect(error.headline()).toBe("execution failed: call stack exhausted, Code: 0x4e0");
    expect(contextOf(error, "instruction")[0]?.name).toMatch(/^call/);
    expect(contextOf(error, "note")).toEqual([{ kind: "note", text: "The limit of open calls is 100." }]);
    expect(engine.call(instance, name, 99)).toEqual([99]);
  });

  it("that exhaust the stack show the first and the last 32 frames", () => {
    const engine = new Engine({ runtime: { maxCallDepth: 1000 } });
    const instance = engine.instantiate(`(module (func $f (call $f)) (func (export "start") (call $f)))`);
    const error = failureOf(() => engine.call(instance, "start"));
    const [{ frames, skipped, skippedAfter } = { frames: [], skipped: 0, skippedAfter: 0 }] = contextOf(
      error,
      "backtrace",
    );
    expect({ shown: frames.length, skipped, skippedAfter }).toEqual({ shown: 64, skipped: 936, skippedAfter: 32 });
    expect(frames[0]?.functionIndex).toBe(1);
    const texts = error.lines().at(-1)?.split(", ") ?? [];
    expect(texts[32]).toBe("… 936 more …");
    expect(texts).toHaveLength(65);
  });

  it("reach the default depth of 65,536", () => {
    const engine = new Engine();
    const instance = engine.instantiate(recursion);
    expect(engine.call(instance, "direct", 65_535)).toEqual([65_535]);
    expect(failureOf(() => engine.call(instance, "direct", 65_536)).code).toBe(ErrCode.CallStackExhausted);
  });

  it("may be a million deep by option", () => {
    const engine = new Engine({ runtime: { maxCallDepth: 1_000_001, maxValueStackBytes: 1 << 28 } });
    const instance = engine.instantiate(recursion);
    expect(engine.call(instance, "direct", 1_000_000)).toEqual([1_000_000]);
    expect(failureOf(() => engine.call(instance, "direct", 1_000_001)).code).toBe(ErrCode.CallStackExhausted);
  });

  it("end where their frames do not fit on the value stack", () => {
    const locals = "(local i64 i64 i64 i64 i64 i64 i64 i64)".repeat(32);
    const engine = new Engine({ runtime: { maxValueStackBytes: 1 << 16 } });
    const instance = engine.instantiate(`(module (global $depth (export "depth") (mut i32) (i32.const 0))
      (func $f (export "f") ${locals} (global.set $depth (i32.add (global.get $depth) (i32.const 1))) (call $f))
      (func (export "small") (result i32) (i32.const 1)))`);
    const error = failureOf(() => engine.call(instance, "f"));
    expect(error.code).toBe(ErrCode.ValueStackExhausted);
    expect(error.headline()).toBe("execution failed: call stack exhausted, Code: 0x4e3");
    expect(contextOf(error, "note")[0]?.text).toMatch(/^The value stack would take \d+ bytes, the limit is 65536\.$/);
    const depth = instance.findGlobalExports("depth")?.getValue() as number;
    // A frame has 2 KiB of locals and a little more.
    expect(depth).toBeGreaterThan(28);
    expect(depth).toBeLessThan(32);
    expect(engine.call(instance, "small")).toEqual([1]);
  });

  it("may have limits beyond what numbers of 32 bits hold, or none", () => {
    const large = [2 ** 31, 2 ** 32, 2 ** 40, Number.POSITIVE_INFINITY];
    for (const maxCallDepth of large) {
      const engine = new Engine({ runtime: { maxCallDepth, maxValueStackBytes: 1 << 16 } });
      const instance = engine.instantiate(recursion);
      expect(engine.call(instance, "direct", 1000)).toEqual([1000]);
      expect(failureOf(() => engine.call(instance, "direct", 100_000)).code).toBe(ErrCode.ValueStackExhausted);
    }
    for (const maxValueStackBytes of large) {
      const engine = new Engine({ runtime: { maxCallDepth: 100_000, maxValueStackBytes } });
      const instance = engine.instantiate(recursion);
      expect(engine.call(instance, "direct", 99_999)).toEqual([99_999]);
      expect(failureOf(() => engine.call(instance, "direct", 100_000)).code).toBe(ErrCode.CallStackExhausted);
    }
    for (const maxMemoryPage of large) {
      const engine = new Engine({ runtime: { maxMemoryPage, maxTableElements: maxMemoryPage } });
      const instance = engine.instantiate(`(module (memory 1 3) (table 1 3 funcref)
        (func (export "f") (param i32) (result i32 i32)
          (memory.grow (local.get 0)) (table.grow (ref.null func) (local.get 0))))`);
      expect([engine.call(instance, "f", 2), engine.call(instance, "f", 1)]).toEqual([
        [1, 1],
        [-1, -1],
      ]);
    }
  });

  it("may have limits of nothing, and of less than a slot", () => {
    const code = (runtime: Partial<RuntimeConfigure>): string => {
      const engine = new Engine({ runtime });
      return failureOf(() => engine.call(engine.instantiate(recursion), "direct", 0)).codeName;
    };
    expect(code({ maxCallDepth: 0 })).toBe("CallStackExhausted");
    for (const maxValueStackBytes of [0, 1, 7, 8, 15]) expect(code({ maxValueStackBytes })).toBe("ValueStackExhausted");
  });

  it("between two modules count as well", () => {
    const engine = new Engine({ runtime: { maxCallDepth: 500 } });
    engine.instantiate(
      `(module (table (export "t") 1 funcref) (func (export "f") (call_indirect (i32.const 0))))`,
      "a",
    );
    const b = engine.instantiate(`(module (import "a" "t" (table 1 funcref)) (import "a" "f" (func $f))
      (func $g (export "g") (call $f)) (elem (i32.const 0) func $g))`);
    const error = failureOf(() => engine.call(b, "g"));
    expect(error.code).toBe(ErrCode.CallStackExhausted);
    const [{ frames } = { frames: [] }] = contextOf(error, "backtrace");
    expect(frames.slice(0, 3).map(({ moduleName, functionIndex }) => moduleName + functionIndex)).toEqual([
      "1",
      "a0",
      "1",
    ]);
  });

  it("by tail calls need no stack, within a module, through a table, and between modules", () => {
    const engine = new Engine({ runtime: { maxCallDepth: 3, maxValueStackBytes: 4096 } });
    const instance = engine.instantiate(
      `(module (type $t (func (param i32 i64) (result i64)))
      (table (export "t") 2 funcref) (elem (i32.const 0) func $indirect)
      (func $self (export "self") (type $t)
        (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
        (return_call $self (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 1))))
      (func $indirect (export "indirect") (type $t)
        (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
        (return_call_indirect (type $t)
          (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 1)) (i32.const 0)))
      (func (export "ping") (type $t)
        (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
        (return_call_indirect (type $t)
          (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 1)) (i32.const 1))))`,
      "first",
    );
    engine.instantiate(`(module (type $t (func (param i32 i64) (result i64)))
      (import "first" "ping" (func $ping (type $t))) (import "first" "t" (table 2 funcref))
      (elem (i32.const 1) func $pong)
      (func $pong (type $t) (return_call $ping (local.get 0) (i64.add (local.get 1) (i64.const 100)))))`);
    expect(engine.call(instance, "self", 1_000_000, 5n)).toEqual([1_000_005n]);
    expect(engine.call(instance, "indirect", 300_000, 5n)).toEqual([300_005n]);
    expect(engine.call(instance, "ping", 300_000, 0n)).toEqual([300_000n * 101n]);
  });
});

describe("calls through the host", () => {
  const type = { params: [], results: [] };

  it("that never come back end with CallStackExhausted, not with an error of JavaScript", () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    let depth = 0;
    host.addHostFunction(
      "again",
      new HostFunction(type, ({ executor, module }) => {
        depth++;
        executor.invoke(exported(module as ModuleInstance, "f"));
      }),
    );
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "again" (func $again))
      (memory (export "m") 1) (func (export "f") (i32.store (i32.const 0) (i32.const 7)) (call $again))
      (func (export "add") (param i32) (result i32) (i32.add (local.get 0) (i32.load (i32.const 0)))))`);
    for (let round = 0; round < 3; round++) {
      const error = failureOf(() => engine.call(instance, "f"));
      expect(error.code).toBe(ErrCode.CallStackExhausted);
      expect(error.cause).toBeUndefined();
      expect(contextOf(error, "backtrace")[0]?.frames).toHaveLength(64);
    }
    expect(depth).toBeGreaterThan(100);
    expect(engine.call(instance, "add", 35)).toEqual([42]);
  });

  it("are caught by the host function that made them, and the run goes on", () => {
    const engine = new Engine({ runtime: { maxCallDepth: 50 } });
    const host = new ModuleInstance("host");
    const caught: number[] = [];
    host.addHostFunction(
      "attempt",
      new HostFunction(type, ({ executor, module }) => {
        caught.push(failureOf(() => executor.invoke(exported(module as ModuleInstance, "endless"))).code);
      }),
    );
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "attempt" (func $attempt))
      (func $endless (export "endless") (call $endless))
      (func (export "f") (param i64) (result i64) (local.get 0) (call $attempt) (call $attempt)))`);
    expect(engine.call(instance, "f", 9n)).toEqual([9n]);
    expect(caught).toEqual([ErrCode.CallStackExhausted, ErrCode.CallStackExhausted]);
  });

  it("that overflow the host's stack by themselves are no failure of theirs", () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    const endless = (): number => endless() + 1;
    host.addHostFunction("endless", new HostFunction(type, () => void endless()));
    engine.store.registerModule(host);
    const instance = engine.instantiate(
      `(module (import "host" "endless" (func $e)) (func (export "f") (call $e)) (func (export "g") (result i32) (i32.const 3)))`,
    );
    expect(failureOf(() => engine.call(instance, "f")).code).toBe(ErrCode.CallStackExhausted);
    expect(engine.call(instance, "g")).toEqual([3]);
  });

  it("whose own errors speak of stacks or recursion are failures of theirs", () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    const cause = new Error("recursion limit of the parser");
    host.addHostFunction(
      "fail",
      new HostFunction(type, () => {
        throw cause;
      }),
    );
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "fail" (func $f)) (func (export "f") (call $f)))`);
    const error = failureOf(() => engine.call(instance, "f"));
    expect(error.code).toBe(ErrCode.HostFuncError);
    expect(error.cause).toBe(cause);
  });
});
