import { describe, expect, it } from "vitest";
import { valTypeName } from "../../src/common/value-type.ts";
import { Engine } from "../support/engine.ts";

/** The types that typed results have. WasmEdge `Executor::invoke`; what its C API tells was looked at with 0.17.1. */

describe("a result's type", () => {
  const engine = new Engine();
  const instance = engine.instantiate(`(module
    (type $made (func)) (type $pair (struct (field i32))) (type $list (array i32))
    (func $f (export "f") (result (ref $made)) (ref.func $g)) (func $g (type $made)) (elem declare func $g)
    (func (export "null f") (result (ref null $made)) (ref.null $made))
    (func (export "as func") (result funcref) (ref.func $g))
    (func (export "null as func") (result funcref) (ref.null func))
    (func (export "struct") (result (ref null $pair)) (struct.new_default $pair))
    (func (export "null struct") (result (ref null $pair)) (ref.null $pair))
    (func (export "as any") (result anyref) (struct.new_default $pair))
    (func (export "array as eq") (result eqref) (array.new_default $list (i32.const 1)))
    (func (export "i31 as any") (result anyref) (ref.i31 (i32.const 1)))
    (func (export "null as any") (result anyref) (ref.null any))
    (func (export "i31 outside") (result externref) (extern.convert_any (ref.i31 (i32.const 1))))
    (func (export "outside") (param externref) (result externref) (local.get 0))
    (func (export "inside") (param externref) (result anyref) (any.convert_extern (local.get 0)))
    (func (export "null exn") (result exnref) (ref.null exn))
    (func (export "numbers") (result i32 i64 f32 f64 v128)
      (i32.const 0) (i64.const 0) (f32.const 0) (f64.const 0) (v128.const i64x2 0 0)))`);
  const typesOf = (name: string, ...params: string[]): string[] =>
    engine.callTyped(instance, name, ...params).map(({ type }) => valTypeName(type));

  it.each([
    ["f", "ref func"],
    ["null f", "ref_null nofunc"],
    ["as func", "ref func"],
    ["null as func", "ref_null nofunc"],
    ["struct", "ref struct"],
    ["null struct", "ref_null none"],
    ["as any", "ref struct"],
    ["array as eq", "ref array"],
    ["i31 as any", "ref i31"],
    ["null as any", "ref_null none"],
    ["i31 outside", "ref extern"],
    ["null exn", "ref_null noexn"],
  ])("of %s is %s: abstract, the object's, and of null the bottom", (name, type) => {
    expect(typesOf(name)).toEqual([type]);
  });

  it("of what is the host's is extern, and any where it was converted", () => {
    expect(typesOf("outside", "an object of the host")).toEqual(["ref extern"]);
    expect(typesOf("inside", "an object of the host")).toEqual(["ref any"]);
  });

  it("of numbers is the function's", () => {
    expect(typesOf("numbers")).toEqual(["i32", "i64", "f32", "f64", "v128"]);
  });

  it("does not keep it from being an argument", () => {
    const other = engine.instantiate(`(module (type $pair (struct (field i32)))
      (func (export "first") (param (ref null $pair)) (result i32) (struct.get $pair 0 (local.get 0))))`);
    expect(engine.call(other, "first", ...engine.callTyped(instance, "struct"))).toEqual([0]);
  });
});
