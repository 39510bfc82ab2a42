import { describe, expect, it } from "vitest";
import { Engine } from "../support/engine.ts";

/**
 * Which NaN a minimum or maximum gives is open in the specification; these are what WasmEdge 0.17.1 gives. JavaScript's `Math.min` makes
 * one of its own, on x64 with the sign set, which programs print as `-nan`.
 */

const engine = new Engine();
const QUIET = 0x7fc01234;
const NEGATIVE = 0xffc00001;
const QUIET64 = 0x7ff8000000001234n;

function single(operation: string, a: number, b: number): number {
  const constant = (bits: number): string => `(f32.reinterpret_i32 (i32.const 0x${bits.toString(16)}))`;
  const instance = engine.instantiate(`(module (func (export "f") (result i32)
    (i32.reinterpret_f32 (${operation} ${constant(a)} ${constant(b)}))))`);
  return Number(engine.call(instance, "f")[0]) >>> 0;
}

describe.each(["min", "max"])("f32.%s", (name) => {
  it.each([
    [0x3f800000, QUIET, QUIET],
    [QUIET, 0x3f800000, QUIET],
    [0xff800000, 0x7fc00000, 0x7fc00000],
    [QUIET, NEGATIVE, QUIET],
    [NEGATIVE, QUIET, NEGATIVE],
    [0, 0x7fa00000, 0x7fe00000],
  ])("of the bits %i and %i is the first NaN, quiet", (a, b, result) => {
    expect(single(`f32.${name}`, a, b)).toBe(result);
  });

  it("of infinities, whose difference is NaN, is one of them", () => {
    expect(single(`f32.${name}`, 0x7f800000, 0x7f800000)).toBe(0x7f800000);
    expect(single(`f32.${name}`, 0xff800000, 0x7f800000)).toBe(name === "min" ? 0xff800000 : 0x7f800000);
  });
});

describe.each(["min", "max"])("f64.%s", (name) => {
  it("of a NaN is that NaN, in vectors too", () => {
    const nan = `0x${QUIET64.toString(16)}`;
    const instance = engine.instantiate(`(module
      (func (export "f") (param f64) (result i64)
        (i64.reinterpret_f64 (f64.${name} (local.get 0) (f64.reinterpret_i64 (i64.const ${nan})))))
      (func (export "v") (param f64) (result i64)
        (i64x2.extract_lane 1 (f64x2.${name} (f64x2.splat (local.get 0)) (v128.const i64x2 0 ${nan}))))
      (func (export "w") (result i32)
        (i32x4.extract_lane 2 (f32x4.${name} (v128.const i32x4 0 0 0x7fc01234 0) (v128.const i32x4 0 0 1 0)))))`);
    expect(engine.call(instance, "f", 1)).toEqual([QUIET64]);
    expect(engine.call(instance, "v", Number.NEGATIVE_INFINITY)).toEqual([QUIET64]);
    expect(engine.call(instance, "w")).toEqual([QUIET]);
  });
});
