import { describe, expect, it } from "vitest";
import { createWebAssembly } from "../../src/js-api/namespace.ts";
import { describeBoth, exportsOf } from "./support.ts";

describeBoth("a table", (WebAssembly) => {
  const { Table } = WebAssembly;
  const { f, g } = exportsOf(WebAssembly, `(module (func (export "f")) (func (export "g")))`);

  it("holds functions of WebAssembly, or null", () => {
    const table = new Table({ element: "anyfunc", initial: 2, maximum: 4 });
    expect([table.length, table.get(0)]).toEqual([2, null]);
    table.set(0, f);
    expect(table.get(0)).toBe(f);
    table.set(0);
    expect(table.get(0)).toBeNull();
    for (const wrong of [undefined, () => 1, 5, {}]) expect(() => table.set(0, wrong)).toThrow(TypeError);
    expect(() => table.get(2)).toThrow(RangeError);
    expect(() => table.set(2, null)).toThrow(RangeError);
    for (const wrong of [-1, 2 ** 32, Number.NaN, undefined])
      expect(() => table.get(wrong as number)).toThrow(TypeError);
  });

  it("grows by elements that are given, up to its maximum", () => {
    const table = new Table({ element: "anyfunc", initial: 1, maximum: 4 }, f);
    expect([table.grow(1), table.grow(1, g), table.length]).toEqual([1, 2, 3]);
    expect([0, 1, 2].map((i) => table.get(i))).toEqual([f, null, g]);
    expect(() => table.grow(2)).toThrow(RangeError);
    expect(() => table.grow(1, {})).toThrow(TypeError);
    expect(table.length).toBe(3);
  });

  it("holds anything as external references, undefined where nothing is given", () => {
    const object = {};
    const table = new Table({ element: "externref", initial: 1 });
    expect(table.get(0)).toBeUndefined();
    for (const value of [object, null, 5, "text"]) {
      table.set(0, value);
      expect(table.get(0)).toBe(value);
    }
    table.set(0);
    expect(table.get(0)).toBeUndefined();
    expect(new Table({ element: "externref", initial: 1 }, object).get(0)).toBe(object);
  });

  it("is shared with the modules that import it", () => {
    const table = new Table({ element: "anyfunc", initial: 1 });
    const { own } = exportsOf(
      WebAssembly,
      `(module (import "m" "t" (table 1 funcref)) (func $own (export "own") (result i32) i32.const 5) (elem (i32.const 0) $own))`,
      { m: { t: table } },
    );
    expect(table.get(0)).toBe(own);
    expect((table.get(0) as () => number)()).toBe(5);
  });

  it("is refused with sizes or elements that are none", () => {
    for (const wrong of [
      undefined,
      {},
      { element: "anyfunc" },
      { element: "i32", initial: 1 },
      { element: "x", initial: 1 },
    ]) {
      expect(() => new Table(wrong as never)).toThrow(TypeError);
    }
    expect(() => new Table({ element: "anyfunc", initial: 2, maximum: 1 })).toThrow(RangeError);
    expect(() => new Table({ element: "anyfunc", initial: 10_000_001 })).toThrow(RangeError);
  });
});

describeBoth("a global", (WebAssembly) => {
  const { Global } = WebAssembly;

  it("has a value of its type, which can be set where it is mutable", () => {
    const global = new Global({ value: "i32", mutable: true }, 5);
    global.value = "7.5";
    expect([global.value, global.valueOf()]).toEqual([7, 7]);
    const constant = new Global({ value: "f64" }, 0.5);
    expect(constant.value).toBe(0.5);
    expect(() => {
      constant.value = 1;
    }).toThrow(TypeError);
    expect(() => {
      new Global({ value: "i64", mutable: true }).value = 1;
    }).toThrow(TypeError);
  });

  it("begins with the default of its type", () => {
    const values = (["i32", "i64", "f32", "f64", "anyfunc"] as const).map((value) => new Global({ value }).value);
    expect(values).toEqual([0, 0n, 0, 0, null]);
  });

  it("is shared with the modules that import it", () => {
    const global = new Global({ value: "i32", mutable: true }, 1);
    const exports = exportsOf(
      WebAssembly,
      `(module (import "m" "g" (global $g (mut i32))) (export "g" (global $g))
        (func (export "add") (global.set $g (i32.add (global.get $g) (i32.const 1)))))`,
      { m: { g: global } },
    );
    exports.add();
    expect([global.value, exports.g === global]).toEqual([2, true]);
  });

  it("is refused with a type that is none", () => {
    for (const wrong of [undefined, {}, { value: "i16" }]) expect(() => new Global(wrong as never)).toThrow(TypeError);
    const get = Object.getOwnPropertyDescriptor(Global.prototype, "value")?.get;
    expect(() => get?.call({})).toThrow(TypeError);
  });
});

describe("a global of external references", () => {
  it("begins with undefined, as the specification has it; older engines take null", () => {
    expect(new (createWebAssembly().Global)({ value: "externref" }).value).toBeUndefined();
  });
});

describe("what cannot cross to JavaScript", () => {
  const WebAssembly = createWebAssembly();

  it("is refused in globals and tables", () => {
    expect(() => new WebAssembly.Global({ value: "v128" })).toThrow(TypeError);
    const { v, t } = exportsOf(
      WebAssembly,
      `(module (global (export "v") v128 (v128.const i32x4 1 2 3 4)) (table (export "t") 1 exnref))`,
    );
    expect(() => v.value).toThrow(TypeError);
    expect(() => t.get(0)).toThrow(TypeError);
    expect(() => t.set(0, null)).toThrow(TypeError);
    expect(t.length).toBe(1);
  });
});

describe("a table with addresses of 64 bits", () => {
  it("has sizes and places as bigints", () => {
    const { Table } = createWebAssembly();
    const table = new Table({ element: "externref", initial: 1n, address: "i64" }, "a");
    expect([table.grow(1n, "b"), table.length, table.get(1n)]).toEqual([1n, 2n, "b"]);
    expect(() => table.get(1)).toThrow(TypeError);
    expect(() => table.get(2n)).toThrow(RangeError);
    expect(() => table.grow(2n ** 63n)).toThrow(RangeError);
  });
});
