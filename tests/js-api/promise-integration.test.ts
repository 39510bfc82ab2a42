import { describe, expect, it } from "vitest";
import { createWebAssembly } from "../../src/js-api/namespace.ts";
import { exportsOf, thrownBy } from "./support.ts";

const WebAssembly = createWebAssembly();

const text = `(module (import "m" "fetch" (func $fetch (param i32) (result i32)))
  (func (export "sum") (param i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (call $fetch (local.get 0))))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $again (local.get 0)))
    local.get $sum))`;

const later = (value: unknown): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 0, value));

describe("a promise that wasm waits for", () => {
  it("gives its value, while others have their turn", async () => {
    const seen: unknown[] = [];
    const fetch = new WebAssembly.Suspending((value: number) => later(value * 10));
    const { sum } = exportsOf(WebAssembly, text, { m: { fetch } });
    const promise = WebAssembly.promising(sum)(3).then((value) => seen.push(value));
    setTimeout(() => seen.push("meanwhile"), 0);
    await promise;
    expect(seen).toEqual(["meanwhile", 60]);
  });

  it("may be waited for by several runs at the same time", async () => {
    const fetch = new WebAssembly.Suspending((value: number) => later(value));
    const sum = WebAssembly.promising(exportsOf(WebAssembly, text, { m: { fetch } }).sum);
    expect(await Promise.all([sum(1), sum(2), sum(3)])).toEqual([1, 3, 6]);
  });

  it("is not waited for where the function gives none", async () => {
    const { sum } = exportsOf(WebAssembly, text, {
      m: { fetch: new WebAssembly.Suspending((value: number) => value) },
    });
    expect([sum(3), await WebAssembly.promising(sum)(3)]).toEqual([6, 6]);
  });

  it("fails the run with its reason, or with a TypeError where its value is none of the type", async () => {
    const reason = new Error("mine");
    const failing = exportsOf(WebAssembly, text, {
      m: { fetch: new WebAssembly.Suspending(() => Promise.reject(reason)) },
    });
    await expect(WebAssembly.promising(failing.sum)(1)).rejects.toBe(reason);
    const wrong = exportsOf(WebAssembly, text, { m: { fetch: new WebAssembly.Suspending(() => later(5n)) } });
    await expect(WebAssembly.promising(wrong.sum)(1)).rejects.toBeInstanceOf(TypeError);
    const throwing = exportsOf(WebAssembly, text, {
      m: {
        fetch: new WebAssembly.Suspending(() => {
          throw reason;
        }),
      },
    });
    await expect(WebAssembly.promising(throwing.sum)(1)).rejects.toBe(reason);
  });

  it("cannot be waited for in a call that does not give a promise", () => {
    const { sum } = exportsOf(WebAssembly, text, { m: { fetch: new WebAssembly.Suspending(() => later(1)) } });
    expect(thrownBy(() => sum(1))).toBeInstanceOf(WebAssembly.SuspendError);
  });

  it("is a value like others where the function is not Suspending", async () => {
    const promise = later(1);
    const { give } = exportsOf(
      WebAssembly,
      `(module (import "m" "f" (func $f (result externref))) (func (export "give") (result externref) call $f))`,
      { m: { f: () => promise } },
    );
    expect(give()).toBe(promise);
  });
});

describe("promising and Suspending", () => {
  it("take functions only: exported ones, and any", async () => {
    for (const wrong of [undefined, {}, () => 1])
      expect(() => WebAssembly.promising(wrong as never)).toThrow(TypeError);
    for (const wrong of [undefined, {}]) expect(() => new WebAssembly.Suspending(wrong as never)).toThrow(TypeError);
    const { sum } = exportsOf(WebAssembly, text, { m: { fetch: () => 1 } });
    const promising = WebAssembly.promising(sum);
    expect([promising.name, promising.length]).toEqual([sum.name, 1]);
    await expect(promising(Symbol("no"))).rejects.toBeInstanceOf(TypeError);
  });

  it("give results as lists, nothing and one value", async () => {
    const { two, none, trap } = exportsOf(
      WebAssembly,
      `(module (func (export "two") (result i32 i64) i32.const 1 i64.const 2) (func (export "none")) (func (export "trap") unreachable))`,
    );
    expect([await WebAssembly.promising(two)(), await WebAssembly.promising(none)()]).toEqual([[1, 2n], undefined]);
    await expect(WebAssembly.promising(trap)()).rejects.toBeInstanceOf(WebAssembly.RuntimeError);
  });
});
