import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWebAssembly } from "../../src/js-api/namespace.ts";
import { native } from "../support/native.ts";
import { describeBoth, type Exports, exportsOf, thrownBy } from "./support.ts";

const identities = `(module
  (func (export "i32") (param i32) (result i32) local.get 0)
  (func (export "i64") (param i64) (result i64) local.get 0)
  (func (export "f32") (param f32) (result f32) local.get 0)
  (func (export "f64") (param f64) (result f64) local.get 0)
  (func (export "externref") (param externref) (result externref) local.get 0)
  (func (export "funcref") (param funcref) (result funcref) local.get 0)
  (func (export "swap") (param i32 i64) (result i64 i32) local.get 1 local.get 0)
  (func (export "nothing")))`;

describeBoth("values that cross", (WebAssembly) => {
  const exports = exportsOf(WebAssembly, identities);

  it("become numbers of the type", () => {
    const values = [
      0,
      -0,
      1.9,
      -1.9,
      2 ** 31,
      2 ** 32 + 5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1e300,
      "7",
      null,
      true,
    ];
    expect(values.map((value) => exports.i32(value))).toEqual([0, 0, 1, -1, -(2 ** 31), 5, 0, 0, 0, 7, 0, 1]);
    expect(exports.f32(0.1)).toBe(Math.fround(0.1));
    expect([exports.f64(0.1), exports.f64("1e3"), exports.f64(undefined)]).toEqual([0.1, 1000, Number.NaN]);
    expect(exports.i32({ valueOf: () => 9 })).toBe(9);
  });

  it("become bigints where 64 bits are wanted, modulo 2 ** 64", () => {
    const values = [0n, -1n, 2n ** 63n, 2n ** 64n + 3n, "12", true];
    expect(values.map((value) => exports.i64(value))).toEqual([0n, -1n, -(2n ** 63n), 3n, 12n, 1n]);
    for (const wrong of [1, undefined, null, Symbol("no"), "x"]) expect(() => exports.i64(wrong)).toThrow();
    for (const wrong of [1n, Symbol("no")]) {
      for (const type of ["i32", "f32", "f64"]) expect(() => exports[type](wrong)).toThrow(TypeError);
    }
  });

  it("are undefined where an argument is missing", () => {
    expect([exports.i32(), exports.f64(), exports.externref()]).toEqual([0, Number.NaN, undefined]);
    expect(() => exports.i64()).toThrow(TypeError);
  });

  it("come back as nothing, one, or a list", () => {
    expect(exports.nothing(1, 2, 3)).toBeUndefined();
    expect(exports.swap(1, 2n)).toEqual([2n, 1]);
  });

  it("are the same as external references", () => {
    const values = [
      null,
      undefined,
      5,
      -0,
      2 ** 30,
      1.5,
      10n,
      "text",
      Symbol.iterator,
      {},
      [],
      () => 1,
      exports.i32,
      exports,
    ];
    for (const value of values) expect(Object.is(exports.externref(value), value)).toBe(true);
    expect(exports.externref(Number.NaN)).toBeNaN();
  });

  it("are functions of WebAssembly, or null, as function references", () => {
    expect(exports.funcref(exports.i64)).toBe(exports.i64);
    expect(exports.funcref(null)).toBeNull();
    for (const wrong of [() => 1, undefined, 3, {}]) expect(() => exports.funcref(wrong)).toThrow(TypeError);
  });

  it("are converted in the order of the parameters, and the first that fails ends the call", () => {
    const order: string[] = [];
    const seen = (name: string, value: unknown) => ({ valueOf: () => order.push(name) && value });
    expect(() => exports.swap(seen("first", 1), seen("second", 2))).toThrow(TypeError);
    expect(order).toEqual(["first", "second"]);
  });

  it("do not cross where they are vectors", () => {
    const { take, give } = exportsOf(
      WebAssembly,
      `(module (func (export "take") (param v128)) (func (export "give") (result v128) (v128.const i32x4 1 2 3 4)))`,
    );
    expect(() => take(1)).toThrow(TypeError);
    expect(() => give()).toThrow(TypeError);
  });
});

describe("exported functions", () => {
  it("have the index as name, the number of parameters as length, and no prototype", () => {
    const { swap } = exportsOf(createWebAssembly(), identities);
    expect([swap.name, swap.length, "prototype" in swap, Object.isExtensible(swap)]).toEqual(["6", 2, false, true]);
    expect(Object.getOwnPropertyDescriptor(swap, "name")).toEqual({
      value: "6",
      writable: false,
      enumerable: false,
      configurable: true,
    });
    expect(() => new swap()).toThrow(TypeError);
  });

  it("take and give the same numbers as native ones, whatever they are called with", () => {
    const ours: Exports = exportsOf(createWebAssembly(), identities);
    const natives: Exports = exportsOf(native as never, identities);
    const outcome = (func: (value: unknown) => unknown, value: unknown): unknown => {
      try {
        return [func(value)];
      } catch (error) {
        return (error as Error).constructor.name;
      }
    };
    const anything = fc.oneof(fc.anything(), fc.double(), fc.bigInt(), fc.integer(), fc.string());
    fc.assert(
      fc.property(fc.constantFrom("i32", "i64", "f32", "f64", "externref", "funcref"), anything, (type, value) => {
        expect(outcome(ours[type], value)).toEqual(outcome(natives[type], value));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("references of the garbage collector", () => {
  const WebAssembly = createWebAssembly();
  const gc = `(module
    (type $point (struct (field (mut i32))))
    (type $list (array (mut i32)))
    (func (export "point") (param i32) (result (ref $point)) local.get 0 struct.new $point)
    (func (export "x") (param (ref null $point)) (result i32) local.get 0 struct.get $point 0)
    (func (export "list") (result (ref null $list)) i32.const 3 array.new_default $list)
    (func (export "any") (param anyref) (result anyref) local.get 0)
    (func (export "eq") (param eqref) (result eqref) local.get 0)
    (func (export "i31") (param i31ref) (result i32) local.get 0 i31.get_s)
    (func (export "isI31") (param externref) (result i32) local.get 0 any.convert_extern ref.test (ref i31))
    (func (export "none") (param nullref)))`;
  const exports = exportsOf(WebAssembly, gc);

  it("are opaque objects, the same one for the same struct", () => {
    const point = exports.point(7);
    expect(exports.any(point)).toBe(point);
    expect(exports.eq(point)).toBe(point);
    expect(exports.x(point)).toBe(7);
    expect(exports.list()).not.toBe(exports.list());
    expect([Object.getPrototypeOf(point), Reflect.ownKeys(point), point.x]).toEqual([null, [], undefined]);
    expect(() => {
      point.x = 1;
    }).toThrow(TypeError);
    expect(() => delete point.x).toThrow(TypeError);
    expect(() => Object.setPrototypeOf(point, {})).toThrow(TypeError);
    expect(() => Object.defineProperty(point, "x", { value: 1 })).toThrow(TypeError);
    expect([Object.isExtensible(point), Object.isFrozen(point)]).toEqual([false, true]);
  });

  it("are small integers as i31, and only those", () => {
    expect([exports.i31(5), exports.i31(-(2 ** 30))]).toEqual([5, -(2 ** 30)]);
    for (const wrong of [2 ** 30, 1.5, -0, 5n, "5", undefined]) expect(() => exports.i31(wrong)).toThrow(TypeError);
    expect([5, -0, 2 ** 30, "5"].map((value) => exports.isI31(value))).toEqual([1, 0, 0, 0]);
    expect([exports.any(5), exports.any(1.5)]).toEqual([5, 1.5]);
  });

  it("are refused where the type is another", () => {
    expect(() => exports.x(exports.list())).toThrow(TypeError);
    expect(() => exports.eq({})).toThrow(TypeError);
    expect(() => exports.none(0)).toThrow(TypeError);
    expect(exports.none(null)).toBeUndefined();
    expect(thrownBy(() => exports.x(null))).toBeInstanceOf(WebAssembly.RuntimeError);
  });
});
