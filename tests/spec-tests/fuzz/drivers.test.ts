import { describe, expect, it } from "vitest";
import { difference } from "../../../spec-tests/fuzz/compare.ts";
import { withDrivers } from "../../../spec-tests/fuzz/drivers.ts";
import { configureOf, profiles } from "../../../spec-tests/fuzz/profiles.ts";
import { Random, randomBytes } from "../../../spec-tests/fuzz/random.ts";
import { runModule } from "../../../spec-tests/fuzz/run-module.ts";
import { OurEngine } from "../../../spec-tests/fuzz/run-on-us.ts";
import { NativeEngine } from "../../../spec-tests/fuzz/run-through-interface.ts";
import { module } from "../../validator/support.ts";

/** What a run of a module of WebAssembly 2.0 shows, the same on both engines. */
function linesOf(text: string): readonly string[] {
  const { bytes } = withDrivers(module(text), profiles["2.0"], 1);
  const ours = runModule(new OurEngine(configureOf(profiles["2.0"])), bytes);
  expect(difference(ours, runModule(new NativeEngine(), bytes))).toBeUndefined();
  return ours.lines;
}

const limit = "(global $limit (mut i32) (i32.const 100))";

describe("A module with drivers", () => {
  it("is called with constants, and shows results, globals, tables and memories", () => {
    const lines = linesOf(`
      (memory 1 1) (table 2 2 funcref) (elem (i32.const 1) $pair) (global i64 (i64.const -5))
      (func $pair (param i32 v128 externref) (result i32 v128 funcref)
        i32.const 7 v128.const i64x2 1 -2 ref.func $pair)
      (func $trap (i32.store8 (i32.const 3) (i32.const 65)) unreachable)
      (func $nothing) ${limit}`);
    expect(lines).toEqual([
      "instantiate: ",
      "call 0 0: 7 1n -2n function 0",
      "call 1 0: trap unreachable",
      "call 2 0: ",
      "call 0 1: 7 1n -2n function 0",
      "call 1 1: trap unreachable",
      "call 2 1: ",
      "call 0 2: 7 1n -2n function 0",
      "call 1 2: trap unreachable",
      "call 2 2: ",
      "global 0: -5n",
      "global 1: 100",
      "table 0: 2 null function 0",
      // The SHA-1 of a page with an A at offset 3, as sha1sum has it.
      "memory 0: 65536 0204bdc31b217931df9d092598164caf7f7963e6",
    ]);
  });

  it("gets its counter back before each call", () => {
    const lines = linesOf(`(func (result i32)
      (global.set $limit (i32.sub (global.get $limit) (i32.const 1))) (global.get $limit)) ${limit}`);
    expect(lines.filter((line) => line.startsWith("call"))).toEqual(["call 0 0: 99", "call 0 1: 99", "call 0 2: 99"]);
  });

  it("calls the host functions of binaryen's fuzzer", () => {
    const lines = linesOf(`
      (import "fuzzing-support" "log-v128" (func $vector (param v128)))
      (import "fuzzing-support" "log-f32" (func $float (param f32)))
      (import "fuzzing-support" "table-get" (func $get (param i32) (result funcref)))
      (import "fuzzing-support" "table-set" (func $set (param i32 funcref)))
      (import "fuzzing-support" "call-ref-catch" (func $catching (param funcref) (result i32)))
      (import "fuzzing-support" "call-export" (func $calling (param i32 i32)))
      (import "__fuzz_import" "extern$" (global externref))
      (table (export "table") 2 2 funcref) (elem declare func $throws $fine)
      (func $fine (result i32) (call $float (f32.const -0)) (i32.const 1))
      (func $throws (drop (call $get (i32.const 9))))
      (func $use (result i32 i32 externref)
        (call $vector (v128.const i64x2 -1 3))
        (call $set (i32.const 1) (ref.func $throws))
        (call $catching (ref.func $fine))
        (call $catching (call $get (i32.const 1)))
        (call $calling (i32.const 0) (i32.const 0))
        (global.get 0))
      ${limit}`);
    expect(lines.slice(0, 8)).toEqual([
      "instantiate: ",
      "log-f32 -0",
      "call 6 0: 1",
      "call 7 0: exception jstag thrown by the host",
      "log-v128 -1n 3n",
      "log-f32 -0",
      "log-f32 -0",
      "call 8 0: 0 1 extern$",
    ]);
  });

  it("has drivers for parameters that must not be null, where a value of them can be made", () => {
    const text = `
      (type $inner (struct (field i8))) (type $outer (struct (field (ref $inner)) (field (mut f64))))
      (type $list (array (mut (ref $inner)))) (tag $empty) (type $never (func (param i32 i32 i32)))
      (func (param (ref $outer) (ref $list) (ref i31) (ref exn) (ref extern) (ref func) (ref eq)) (result (ref $list))
        local.get 1)
      (func (param (ref $never)))
      ${limit}`;
    const { bytes, functions } = withDrivers(module(text), profiles["3.0"], 1);
    // No function is of the type that the other one's parameter has.
    expect(functions).toBe(1);
    const { lines, returned } = runModule(new OurEngine(configureOf(profiles["3.0"])), bytes);
    expect(lines.slice(1, 4)).toEqual(["call 0 0: 2 object", "call 0 1: 2 object", "call 0 2: 2 object"]);
    expect(returned).toBe(1);
  });
});

describe("Random bytes", () => {
  it("follow from their seed and are the same everywhere", () => {
    expect(Array.from(randomBytes("seed", 4))).toEqual(Array.from(randomBytes("seed", 100).subarray(0, 4)));
    expect(Buffer.from(randomBytes("2.0:1:0", 8)).toString("hex")).toBe("a0ebf5407f544203");
    const random = new Random("a");
    const numbers = Array.from({ length: 3000 }, () => random.below(10));
    for (let digit = 0; digit < 10; digit++)
      expect(numbers.filter((number) => number === digit).length).toBeGreaterThan(200);
  });
});
