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

  it("is waited for also where the function gives none", async () => {
    const { sum } = exportsOf(WebAssembly, text, {
      m: { fetch: new WebAssembly.Suspending((value: number) => value) },
    });
    let ended = false;
    const promise = WebAssembly.promising(sum)(3).then((value) => {
      ended = true;
      return value;
    });
    expect(ended).toBe(false);
    expect(await promise).toBe(6);
    // biome-ignore lint/suspicious/noThenProperty: a thenable that is no promise is the case
    const thenable = new WebAssembly.Suspending(() => ({ then: (resolve: (value: number) => void) => resolve(5) }));
    expect(await WebAssembly.promising(exportsOf(WebAssembly, text, { m: { fetch: thenable } }).sum)(1)).toBe(5);
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

  it("is waited for in a run that begins in the call, and keeps the event loop where it does not wait", async () => {
    const { f, count } = exportsOf(
      WebAssembly,
      `(module (import "m" "wait" (func $wait)) (global $count (export "count") (mut i32) (i32.const 0))
        (func (export "f") (local i32)
          (global.set $count (i32.const 1))
          (call $wait)
          (loop $again (br_if $again (i32.ne (i32.const 3000000) (local.tee 0 (i32.add (local.get 0) (i32.const 1))))))
          (global.set $count (i32.const 2))))`,
      { m: { wait: new WebAssembly.Suspending(() => Promise.resolve()) } },
    );
    const seen: unknown[] = [];
    const promise = WebAssembly.promising(f)();
    seen.push(count.value);
    setTimeout(() => seen.push("a timer", count.value), 0);
    await promise;
    await later(0);
    expect(seen).toEqual([1, "a timer", 2]);
  });

  it("cannot be waited for below functions of JavaScript, and wasm can catch what it gets then", async () => {
    const suspending = new WebAssembly.Suspending(() => later(1));
    const inner = exportsOf(WebAssembly, text, { m: { fetch: suspending } });
    const outer = exportsOf(WebAssembly, text, { m: { fetch: (value: number) => inner.sum(value) } });
    await expect(WebAssembly.promising(outer.sum)(1)).rejects.toBeInstanceOf(WebAssembly.SuspendError);
    const { f } = exportsOf(
      WebAssembly,
      `(module (import "m" "fetch" (func $fetch (param i32) (result i32))) (import "m" "tag" (tag $tag (param externref)))
        (func (export "f") (result externref)
          (block $caught (result externref)
            (try_table (catch $tag $caught) (drop (call $fetch (i32.const 1))))
            ref.null extern)))`,
      { m: { fetch: suspending, tag: WebAssembly.JSTag } },
    );
    expect(f()).toBeInstanceOf(WebAssembly.SuspendError);
    expect(await WebAssembly.promising(f)()).toBeNull();
  });

  it("cannot be waited for in a call that does not give a promise", () => {
    const { sum } = exportsOf(WebAssembly, text, { m: { fetch: new WebAssembly.Suspending(() => later(1)) } });
    expect(thrownBy(() => sum(1))).toBeInstanceOf(WebAssembly.SuspendError);
    const calls: unknown[] = [];
    const never = exportsOf(WebAssembly, text, {
      m: { fetch: new WebAssembly.Suspending(() => calls.push("called")) },
    });
    expect(thrownBy(() => never.sum(1))).toBeInstanceOf(WebAssembly.SuspendError);
    expect(calls).toEqual([]);
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
