import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import { WasmValue } from "../../src/common/wasm-value.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, failureOf, run } from "../support/engine.ts";

/** Values of the host as external references: `undefined` and other empty ones are values, and not null. */

const module = `(module
  (type $box (struct (field (mut externref))))
  (tag $t (param externref))
  (global $g (export "g") (mut externref) (ref.null extern))
  (table $t (export "t") 2 externref)
  (func (export "is-null") (param externref) (result i32) (ref.is_null (local.get 0)))
  (func (export "is-null-any") (param externref) (result i32) (ref.is_null (any.convert_extern (local.get 0))))
  (func (export "br-on-null") (param externref) (result i32)
    (block $null (drop (br_on_null $null (local.get 0))) (return (i32.const 0))) (i32.const 1))
  (func (export "test") (param externref) (result i32) (ref.test (ref any) (any.convert_extern (local.get 0))))
  (func (export "identity") (param externref) (result externref) (local.get 0))
  (func (export "as-non-null") (param externref) (result externref) (ref.as_non_null (local.get 0)))
  (func (export "select") (param externref) (result externref)
    (select (result externref) (local.get 0) (ref.null extern) (i32.const 1)))
  (func (export "global") (param externref) (result externref) (global.set $g (local.get 0)) (global.get $g))
  (func (export "table") (param externref) (result externref)
    (table.set $t (i32.const 1) (local.get 0)) (table.get $t (i32.const 1)))
  (func (export "field") (param externref) (result externref)
    (struct.get $box 0 (struct.new $box (local.get 0))))
  (func (export "exception") (param externref) (result externref)
    (block $caught (result externref) (try_table (catch $t $caught) (throw $t (local.get 0))) (unreachable)))
  (func (export "round") (param externref) (result externref)
    (extern.convert_any (any.convert_extern (local.get 0)))))`;

const empty: readonly (readonly [string, undefined | false | 0 | "" | number])[] = [
  ["undefined", undefined],
  ["false", false],
  ["zero", 0],
  ["an empty text", ""],
  ["NaN", Number.NaN],
];

describe.each(empty)("%s as an external reference", (_, value) => {
  it("is not null", () => {
    for (const name of ["is-null", "is-null-any", "br-on-null"]) expect(run(module, name, value)).toEqual([0]);
    expect(run(module, "test", value)).toEqual([1]);
  });

  it.each(["identity", "as-non-null", "select", "global", "table", "field", "exception", "round"])(
    "comes back the same: %s",
    (name) => {
      for (const given of [value, WasmValue.externRef(value)]) {
        const [result] = run(module, name, given);
        expect(Object.is(result, value)).toBe(true);
      }
    },
  );

  it("goes to host functions and comes from them", () => {
    const engine = new Engine();
    const seen: unknown[] = [];
    const host = new ModuleInstance("host");
    const type = { params: [ValType.ExternRef], results: [ValType.ExternRef] };
    host.addHostFunction(
      "f",
      new HostFunction(type, (_caller, [reference]) => {
        seen.push(reference);
        return [reference];
      }),
    );
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "f" (func $f (param externref) (result externref)))
      (func (export "f") (param externref) (result externref i32)
        (call $f (local.get 0)) (ref.is_null (local.get 0))))`);
    expect(engine.call(instance, "f", value)).toEqual([value, 0]);
    expect(seen).toEqual([value]);
  });
});

describe("null", () => {
  it("is null, wherever it comes from", () => {
    expect(run(module, "is-null", null)).toEqual([1]);
    expect(run(module, "is-null", WasmValue.externRef(null))).toEqual([1]);
    expect(run(module, "test", null)).toEqual([0]);
    expect(WasmValue.zero(ValType.ExternRef).isNullRef()).toBe(true);
  });
});

describe("undefined", () => {
  it("is told from null by WasmValue", () => {
    expect(WasmValue.externRef(undefined).isNullRef()).toBe(false);
    expect(WasmValue.externRef(undefined).toValue()).toBeUndefined();
    expect(WasmValue.ref(ValType.AnyRef, undefined).isNullRef()).toBe(false);
  });

  it("is no function, exception, struct or i31, null or not", () => {
    for (const type of ["funcref", "exnref", "structref", "arrayref", "i31ref", "eqref", "nullref", "nullexternref"]) {
      const source = `(module (func (export "f") (param ${type})))`;
      expect(failureOf(() => run(source, "f", undefined)).code).toBe(ErrCode.FuncSigMismatch);
    }
  });

  it("is no number", () => {
    for (const type of ["i32", "i64", "f32", "f64", "v128"]) {
      const source = `(module (func (export "f") (param ${type})))`;
      expect(failureOf(() => run(source, "f", undefined)).code).toBe(ErrCode.FuncSigMismatch);
    }
  });
});
