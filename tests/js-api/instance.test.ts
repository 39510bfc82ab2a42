import { describe, expect, it } from "vitest";
import type { WasmEdgeError } from "../../src/common/error.ts";
import { Configure } from "../../src/config/configure.ts";
import { Executor } from "../../src/executor/executor.ts";
import { Statistics } from "../../src/executor/statistics.ts";
import { createWebAssembly } from "../../src/js-api/namespace.ts";
import { binary, describeBoth, exportsOf, thrownBy } from "./support.ts";

describeBoth("an instance", (WebAssembly) => {
  it("has what the module exports, in its order, in a frozen object without prototype", () => {
    const exports = exportsOf(
      WebAssembly,
      `(module (func (export "z")) (memory (export "a") 1) (table (export "__proto__") 1 funcref)
        (global (export "1") i64 (i64.const 5)) (tag (export "") (param i32)))`,
    );
    expect(Object.keys(exports)).toEqual(["1", "z", "a", "__proto__", ""]);
    expect([Object.isFrozen(exports), Object.getPrototypeOf(exports)]).toEqual([true, null]);
    const { Memory, Table, Global, Tag } = WebAssembly;
    expect(
      [exports.a, Reflect.get(exports, "__proto__"), exports["1"], exports[""]].map((one) => one.constructor),
    ).toEqual([Memory, Table, Global, Tag]);
    expect(exports["1"].value).toBe(5n);
  });

  it("gives what it has imported as it has got it", () => {
    const { f, again, g } = exportsOf(
      WebAssembly,
      `(module (func $f (export "f")) (export "again" (func $f)) (func (export "g")))`,
    );
    expect(again).toBe(f);
    expect(g).not.toBe(f);
    const imports = { m: { f, t: new WebAssembly.Table({ element: "anyfunc", initial: 1 }) } };
    const text = `(module (import "m" "f" (func)) (import "m" "t" (table 1 funcref)) (export "f" (func 0)) (export "t" (table 0)))`;
    const exports = exportsOf(WebAssembly, text, imports);
    expect([exports.f === f, exports.t === imports.m.t]).toEqual([true, true]);
  });

  it("reads its imports one after the other, each for itself", () => {
    const order: string[] = [];
    const imports = new Proxy(
      {},
      {
        get: (_, module) => {
          order.push(String(module));
          return new Proxy({}, { get: (__, name) => order.push(`.${String(name)}`) && (() => order.length) });
        },
      },
    );
    const text = `(module (import "a" "f" (func $f (result i32))) (import "b" "g" (func (param i32))) (import "a" "f" (func $h (result i64)))
      (func (export "run") (result i32) call $f))`;
    const { run } = exportsOf(WebAssembly, text, imports);
    expect(order).toEqual(["a", ".f", "b", ".g", "a", ".f"]);
    expect(run()).toBe(6);
  });

  it("is refused where imports are missing or of another kind", () => {
    const attempt = (text: string, imports?: unknown) =>
      thrownBy(() => exportsOf(WebAssembly, text, imports as object));
    const one = `(module (import "m" "x" (func)))`;
    for (const wrong of [undefined, {}, { m: undefined }, { m: 1 }])
      expect(attempt(one, wrong)).toBeInstanceOf(TypeError);
    for (const wrong of [null, 1, "m"]) expect(attempt(`(module)`, wrong)).toBeInstanceOf(TypeError);
    const refused = (type: string, ...values: unknown[]): void => {
      for (const x of values) {
        expect(attempt(`(module (import "m" "x" ${type}))`, { m: { x } })).toBeInstanceOf(WebAssembly.LinkError);
      }
    };
    const { Memory, Table, Global } = WebAssembly;
    const table = new Table({ element: "externref", initial: 1 });
    const memory = new Memory({ initial: 1 });
    const global = new Global({ value: "i32", mutable: true }, 1);
    refused("(func)", undefined, {}, memory, 5);
    refused("(memory 1)", undefined, {}, new ArrayBuffer(65536), table, Object.create(Memory.prototype));
    refused("(memory 2)", memory);
    refused("(memory 1 1)", memory);
    refused("(table 1 funcref)", undefined, [], memory, table);
    refused("(global i32)", undefined, "5", 5n, global);
    refused("(global i64)", 5, undefined);
    refused("(global (mut i32))", 5);
    refused("(global v128)", 5, 5n);
    refused("(global funcref)", () => 1, 5);
    refused("(tag)", undefined, {});
    const { f } = exportsOf(WebAssembly, `(module (func (export "f") (param i32)))`);
    refused("(func)", f);
  });

  it("takes numbers, bigints and references as constant globals", () => {
    const text = `(module (import "m" "a" (global i32)) (import "m" "b" (global i64)) (import "m" "c" (global f32)) (import "m" "d" (global externref))
      (export "a" (global 0)) (export "b" (global 1)) (export "c" (global 2)) (export "d" (global 3)))`;
    const d = {};
    const exports = exportsOf(WebAssembly, text, { m: { a: 1.9, b: 2n ** 64n + 1n, c: 0.1, d } });
    expect([exports.a.value, exports.b.value, exports.c.value, exports.d.value]).toEqual([1, 1n, Math.fround(0.1), d]);
    expect(exports.d.value).toBe(d);
  });

  it("ends with what its start function throws or traps with; what it has done until then stays", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const text = (body: string) =>
      `(module (import "m" "memory" (memory 1)) (import "m" "f" (func $f)) (data (i32.const 0) "a") (func $start ${body}) (start $start))`;
    const mine = new Error("mine");
    const f = () => {
      throw mine;
    };
    expect(thrownBy(() => exportsOf(WebAssembly, text("call $f"), { m: { memory, f } }))).toBe(mine);
    expect(thrownBy(() => exportsOf(WebAssembly, text("unreachable"), { m: { memory, f } }))).toBeInstanceOf(
      WebAssembly.RuntimeError,
    );
    expect(new Uint8Array(memory.buffer)[0]).toBe(97);
  });

  it("traps with a RuntimeError where a segment does not fit", () => {
    const outside = `(module (memory 1) (data (i32.const 65536) "a"))`;
    expect(thrownBy(() => exportsOf(WebAssembly, outside))).toBeInstanceOf(WebAssembly.RuntimeError);
  });
});

describe("errors of linking", () => {
  it("tell the import, and what is wrong with it", () => {
    const WebAssembly = createWebAssembly();
    const message = (text: string, imports: object) =>
      (thrownBy(() => exportsOf(WebAssembly, text, imports)) as Error).message;
    const text = `(module (import "m" "ok" (func)) (import "m" "x" (memory 2)))`;
    const ok = () => undefined;
    expect(message(text, { m: { ok, x: 1 } })).toBe(
      'WebAssembly.Instance(): Import #1 "m" "x": must be a WebAssembly.Memory.',
    );
    expect(message(text, {})).toBe('WebAssembly.Instance(): Import #0 "m": must be an object.');
    const small = thrownBy(() =>
      exportsOf(WebAssembly, text, { m: { ok, x: new WebAssembly.Memory({ initial: 1 }) } }),
    ) as Error;
    expect(small.message).toBe("WebAssembly.Instance(): incompatible import type");
    expect((small.cause as WasmEdgeError).context.some((entry) => entry.kind === "linking" && entry.name === "x")).toBe(
      true,
    );
  });
});

describe("an executor of one's own", () => {
  it("counts and bounds what runs, and its errors are causes", () => {
    const configure = new Configure();
    configure.statistics.instructionCounting = true;
    configure.statistics.costMeasuring = true;
    const statistics = new Statistics();
    const WebAssembly = createWebAssembly(new Executor(configure, statistics));
    const { loop, add } = exportsOf(
      WebAssembly,
      `(module (func (export "loop") (loop br 0)) (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))`,
    );
    expect(add(2, 3)).toBe(5);
    expect(statistics.getInstrCount()).toBe(4);
    statistics.setCostLimit(1000n);
    const error = thrownBy(loop) as Error;
    expect(error).toBeInstanceOf(WebAssembly.RuntimeError);
    expect((error.cause as WasmEdgeError).codeName).toBe("CostLimitExceeded");
  });
});

describe("objects of two namespaces", () => {
  it("are taken by each other, and have constructors of their own", () => {
    const first = createWebAssembly();
    const second = createWebAssembly();
    expect(first.Memory).not.toBe(second.Memory);
    const module = new first.Module(binary(`(module (import "m" "memory" (memory 1)) (export "memory" (memory 0)))`));
    const memory = new first.Memory({ initial: 1 });
    const { exports } = new second.Instance(module, { m: { memory } });
    expect(exports["memory"]).toBeInstanceOf(second.Memory);
    expect((exports["memory"] as { buffer: ArrayBuffer }).buffer).toBe(memory.buffer);
  });
});
