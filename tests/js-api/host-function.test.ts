import { describe, expect, it } from "vitest";
import { createWebAssembly } from "../../src/js-api/namespace.ts";
import { describeBoth, exportsOf, thrownBy } from "./support.ts";

describeBoth("a function that wasm calls", (WebAssembly) => {
  it("gets its arguments as JavaScript has them, no receiver, and is converted back", () => {
    const calls: unknown[] = [];
    const f = function (this: unknown, ...args: unknown[]) {
      calls.push([this, ...args]);
      return "7.9";
    };
    const { run, f: itself } = exportsOf(
      WebAssembly,
      `(module (import "m" "f" (func $f (param i32 i64 f32 f64 externref funcref) (result i32))) (export "f" (func $f))
        (func (export "run") (param externref) (result i32)
          i32.const -1 i64.const -1 f32.const 0.5 f64.const 0.25 local.get 0 ref.func $f call $f))`,
      { m: { f } },
    );
    const reference = {};
    expect(run(reference)).toBe(7);
    expect(calls).toEqual([[undefined, -1, -1n, 0.5, 0.25, reference, itself]]);
    expect(itself).not.toBe(f);
    expect([itself.name, itself.length, itself(1, 2n, 3, 4, null, null)]).toEqual(["0", 6, 7]);
  });

  it("gives several results as anything that can be iterated, and as many as are wanted", () => {
    let result: unknown;
    const { run } = exportsOf(
      WebAssembly,
      `(module (import "m" "f" (func $f (result i32 i64))) (func (export "run") (result i32 i64) call $f))`,
      { m: { f: () => result } },
    );
    for (result of [
      [1, 2n],
      new Set([1, 2n]),
      {
        *[Symbol.iterator]() {
          yield* [1, 2n];
        },
      },
    ])
      expect(run()).toEqual([1, 2n]);
    for (result of [[1], [1, 2n, 3], 5, null, undefined, [1, 2]]) expect(run).toThrow(TypeError);
  });

  it("is asked for the iterator of its results once", () => {
    let asked = 0;
    const results = {
      get [Symbol.iterator]() {
        asked++;
        return () => [1, 2][Symbol.iterator]();
      },
    };
    const text = `(module (import "m" "f" (func $f (result i32 i32))) (func (export "run") (result i32 i32) call $f))`;
    expect(exportsOf(WebAssembly, text, { m: { f: () => results } }).run()).toEqual([1, 2]);
    expect(asked).toBe(1);
  });

  it("need not give what nobody wants", () => {
    const text = `(module (import "m" "f" (func $f)) (func (export "run") call $f))`;
    expect(exportsOf(WebAssembly, text, { m: { f: () => "anything" } }).run()).toBeUndefined();
  });

  it("throws through wasm, and what it throws comes out as it is", () => {
    let thrown: unknown;
    const { run } = exportsOf(WebAssembly, `(module (import "m" "f" (func $f)) (func (export "run") call $f))`, {
      m: {
        f() {
          throw thrown;
        },
      },
    });
    for (thrown of [new Error("mine"), undefined, null, 5, -0, 2 ** 40, "text", Symbol.iterator, {}]) {
      expect(Object.is(thrownBy(run), thrown)).toBe(true);
    }
  });

  it("may call wasm again, whose trap goes through it or is caught by it", () => {
    const caught: unknown[] = [];
    let catches = false;
    const exports = exportsOf(
      WebAssembly,
      `(module (import "m" "f" (func $f)) (func (export "trap") unreachable) (func (export "run") (result i32) call $f i32.const 3))`,
      {
        m: {
          f() {
            try {
              exports.trap();
            } catch (error) {
              caught.push(error);
              if (!catches) throw error;
            }
          },
        },
      },
    );
    const outer = thrownBy(() => exports.run());
    expect(outer).toBeInstanceOf(WebAssembly.RuntimeError);
    expect(outer).toBe(caught[0]);
    catches = true;
    expect(exports.run()).toBe(3);
  });

  it("ends a recursion without end with a RangeError, through wasm or without", () => {
    const exports = exportsOf(
      WebAssembly,
      `(module (import "m" "f" (func $f)) (func $again (export "again") call $again) (func (export "run") call $f))`,
      { m: { f: () => exports.run() } },
    );
    expect(exports.again).toThrow(RangeError);
    expect(exports.run).toThrow(RangeError);
  });

  it("is called when it stands in a table, like any other", () => {
    const table = new WebAssembly.Table({ element: "anyfunc", initial: 2 });
    const { f } = exportsOf(WebAssembly, `(module (import "m" "f" (func (result i32))) (export "f" (func 0)))`, {
      m: { f: () => 11 },
    });
    table.set(1, f);
    expect(table.get(1)).toBe(f);
    const { run } = exportsOf(
      WebAssembly,
      `(module (import "m" "t" (table 2 funcref)) (type $t (func (result i32)))
        (func (export "run") (param i32) (result i32) local.get 0 call_indirect (type $t)))`,
      { m: { t: table } },
    );
    expect(run(1)).toBe(11);
    expect(thrownBy(() => run(0))).toBeInstanceOf(WebAssembly.RuntimeError);
  });
});

describe("a trap", () => {
  it("is what wasm cannot catch, though a function of JavaScript has thrown it on", () => {
    const WebAssembly = createWebAssembly();
    const exports = exportsOf(
      WebAssembly,
      `(module (import "m" "f" (func $f)) (func (export "trap") unreachable)
        (func (export "run") (result i32) (block $caught (try_table (catch_all $caught) call $f) (return (i32.const 0))) i32.const 1))`,
      { m: { f: () => exports.trap() } },
    );
    expect(thrownBy(() => exports.run())).toBeInstanceOf(WebAssembly.RuntimeError);
  });

  it("has WasmEdge's message, and the engine's error with frames as its cause", () => {
    const WebAssembly = createWebAssembly();
    const { run } = exportsOf(WebAssembly, `(module (func $inner unreachable) (func (export "run") call $inner))`);
    const error = thrownBy(run) as Error & { cause: { lines(): string[] } };
    expect([error.name, error.message]).toEqual(["RuntimeError", "unreachable"]);
    expect(error.cause.lines().join("\n")).toContain("execution failed: unreachable, Code: 0x40a");
  });
});
