import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, failureOf } from "../support/engine.ts";

const { I32 } = ValType;

/**
 * WasmEdge's `ExecutorRegressionTest` (reference, chapter 13.5), what stands in no other file here: casts are in `gc-casts`,
 * exceptions in `exceptions`.
 */
describe("tail calls to host imports", () => {
  it.each([
    [
      "with more parameters in the caller",
      "(param i32 i32 i32) (result i32) local.get 1 return_call $host",
      [1, 41, 3],
      41,
      42,
    ],
    ["with as many", "(param i32) (result i32) local.get 0 return_call $host", [7], 7, 8],
  ] as const)("%s, the host sees the argument and its result is the caller's", (_, func, args, seen, result) => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    const calls: unknown[] = [];
    host.addHostFunction(
      "f",
      new HostFunction({ params: [I32], results: [I32] }, (_frame, [value]) => {
        calls.push(value);
        return (value as number) + 1;
      }),
    );
    engine.store.registerModule(host);
    const instance = engine.instantiate(
      `(module (import "host" "f" (func $host (param i32) (result i32))) (func (export "f") ${func}))`,
    );
    expect(engine.call(instance, "f", ...args)).toEqual([result]);
    expect(calls).toEqual([seen]);
  });
});

describe("indirect calls", () => {
  it("through a table that holds no functions are refused by the validator", () => {
    const engine = new Engine();
    const error = failureOf(() =>
      engine.parse(`(module (type $f (func)) (type $s (struct)) (table 1 (ref null $s))
        (func (export "f") i32.const 0 call_indirect (type $f)))`),
    );
    expect(error.phase).toBe("validation");
    expect(error.code).toBe(ErrCode.TypeCheckFailed);
  });
});

describe("a provider that is unregistered", () => {
  it("goes on serving those who are linked to it, and a new one under its name serves later ones", () => {
    const engine = new Engine();
    const provider = (value: number): string => `(module (func (export "value") (result i32) i32.const ${value}))`;
    const consumer = `(module (import "provider" "value" (func $value (result i32)))
      (func (export "f") (result i32) call $value i32.const 10 i32.add))`;
    engine.instantiate(provider(20), "provider");
    const first = engine.instantiate(consumer);
    engine.store.unregisterModule("provider");
    expect(engine.store.findModule("provider")).toBeNull();
    expect(failureOf(() => engine.instantiate(consumer)).code).toBe(ErrCode.UnknownImport);
    expect(engine.call(first, "f")).toEqual([30]);
    engine.instantiate(provider(120), "provider");
    const second = engine.instantiate(consumer);
    expect(engine.call(second, "f")).toEqual([130]);
    engine.store.unregisterModule("provider");
    expect([engine.call(first, "f"), engine.call(second, "f")]).toEqual([[30], [130]]);
  });
});

describe("an instantiation that fails", () => {
  it("leaves behind what it has written, and its functions callable through a shared table", () => {
    const engine = new Engine();
    const shared = engine.instantiate(
      `(module (table (export "table") 2 funcref) (memory (export "memory") 1)
        (type $v (func (result i32)))
        (func (export "call") (result i32) (call_indirect (type $v) (i32.const 0)))
        (func (export "load") (result i32) (i32.load8_u (i32.const 0))))`,
      "shared",
    );
    const failing = (value: number): string => `(module (import "shared" "table" (table 2 funcref))
      (import "shared" "memory" (memory 1))
      (func $f (result i32) i32.const ${value})
      (elem (i32.const 0) $f) (data (i32.const 0) "A") (data (i32.const 65536) "B"))`;
    for (const value of [41, 42]) {
      expect(failureOf(() => engine.instantiate(failing(value))).code).toBe(ErrCode.MemoryOutOfBounds);
      expect(engine.call(shared, "call")).toEqual([value]);
    }
    expect(engine.call(shared, "load")).toEqual([65]);
  });
});

describe("runs between modules", () => {
  it("make a million tail calls from one module to the other and back in constant stack", () => {
    const engine = new Engine({ runtime: { maxCallDepth: 8 } });
    engine.instantiate(
      `(module (table (export "table") 1 funcref) (type $step (func (param i32) (result i32)))
        (func (export "step") (type $step)
          (if (result i32) (i32.eqz (local.get 0))
            (then (i32.const 7))
            (else (return_call_indirect (type $step) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))))))`,
      "a",
    );
    const other = engine.instantiate(`(module (import "a" "table" (table 1 funcref))
      (import "a" "step" (func $step (param i32) (result i32)))
      (func $back (param i32) (result i32) local.get 0 return_call $step)
      (elem (i32.const 0) $back)
      (func (export "f") (param i32) (result i32) local.get 0 call $back))`);
    expect(engine.call(other, "f", 500_000)).toEqual([7]);
  });
});
