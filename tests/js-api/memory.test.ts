import { describe, expect, it } from "vitest";
import { host, installHost } from "../../src/common/host.ts";
import { Configure } from "../../src/config/configure.ts";
import { Executor } from "../../src/executor/executor.ts";
import { createWebAssembly } from "../../src/js-api/namespace.ts";
import { describeBoth, exportsOf } from "./support.ts";

const growing = `(module (memory (export "memory") 1 4)
  (func (export "grow") (param i32) (result i32) local.get 0 memory.grow)
  (func (export "load") (param i32) (result i32) local.get 0 i32.load8_u)
  (func (export "store") (param i32 i32) local.get 0 local.get 1 i32.store8))`;

describeBoth("a memory's buffer", (WebAssembly) => {
  it("is the memory itself, and the same each time", () => {
    const { memory, load, store } = exportsOf(WebAssembly, growing);
    const { buffer } = memory;
    expect([buffer instanceof ArrayBuffer, buffer.byteLength, memory.buffer === buffer]).toEqual([true, 65536, true]);
    const bytes = new Uint8Array(buffer);
    bytes[10] = 42;
    expect(load(10)).toBe(42);
    store(11, 43);
    expect(bytes[11]).toBe(43);
  });

  it("is detached when the memory grows, from inside or outside, also by nothing", () => {
    const { memory, grow, load } = exportsOf(WebAssembly, growing);
    const lengths: number[] = [];
    const steps = [() => memory.grow(1), () => grow(1), () => memory.grow(0), () => grow(0)];
    new Uint8Array(memory.buffer)[10] = 42;
    for (const step of steps) {
      const { buffer } = memory;
      const pages = step();
      lengths.push(pages, buffer.byteLength, memory.buffer.byteLength / 65536);
      expect(memory.buffer).not.toBe(buffer);
      expect(load(10)).toBe(42);
    }
    expect(lengths).toEqual([1, 0, 2, 2, 0, 3, 3, 0, 3, 3, 0, 3]);
  });

  it("stays where growing fails", () => {
    const { memory, grow } = exportsOf(WebAssembly, growing);
    const { buffer } = memory;
    expect(grow(4)).toBe(-1);
    expect(() => memory.grow(4)).toThrow(RangeError);
    expect(memory.buffer).toBe(buffer);
    expect(buffer.byteLength).toBe(65536);
  });

  it("is what a function that wasm calls sees and writes, though it grows the memory", () => {
    let memory: { buffer: ArrayBuffer; grow(pages: number): number } | undefined;
    const imports = {
      env: {
        f() {
          memory?.grow(1);
          if (memory !== undefined) new Uint8Array(memory.buffer)[65536] = 99;
        },
      },
    };
    const exports = exportsOf(
      WebAssembly,
      `(module (import "env" "f" (func $f)) (memory (export "memory") 1)
        (func (export "run") (result i32) i32.const 0 i32.const 1 i32.store call $f i32.const 65536 i32.load8_u))`,
      imports,
    );
    memory = exports.memory;
    expect(exports.run()).toBe(99);
  });
});

describeBoth("a memory that JavaScript makes", (WebAssembly) => {
  it("is the same for all who import it", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
    const text = `(module (import "env" "memory" (memory 1 2)) (export "memory" (memory 0))
      (func (export "store") (param i32 i32) local.get 0 local.get 1 i32.store))`;
    const first = exportsOf(WebAssembly, text, { env: { memory } });
    const second = exportsOf(WebAssembly, text, { env: { memory } });
    expect(first.memory).toBe(memory);
    first.store(0, 1);
    second.store(4, 2);
    expect([...new Int32Array(memory.buffer, 0, 2)]).toEqual([1, 2]);
  });

  it("has sizes that are sizes", () => {
    for (const wrong of [
      undefined,
      null,
      1,
      {},
      { initial: -1 },
      { initial: 2 ** 32 },
      { initial: Number.NaN },
      { maximum: 1 },
    ]) {
      expect(() => new WebAssembly.Memory(wrong as never)).toThrow(TypeError);
    }
    expect(() => new WebAssembly.Memory({ initial: 2, maximum: 1 })).toThrow(RangeError);
    expect(() => new WebAssembly.Memory({ initial: 65537 })).toThrow();
    expect(() => new WebAssembly.Memory({ initial: 1, shared: true })).toThrow(TypeError);
    expect(() => (WebAssembly.Memory as unknown as (type: object) => void)({ initial: 1 })).toThrow(TypeError);
  });

  it("is shared where that is wanted, and its buffer frozen", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    const { buffer } = memory;
    expect(Object.prototype.toString.call(buffer)).toBe("[object SharedArrayBuffer]");
    expect([buffer.byteLength, Object.isFrozen(buffer), memory.buffer === buffer]).toEqual([65536, true, true]);
    expect(memory.grow(1)).toBe(1);
    expect(memory.buffer.byteLength).toBe(2 * 65536);
    // The one that was there keeps its bytes.
    expect(buffer.byteLength).toBeGreaterThanOrEqual(65536);
  });

  it("can only be looked at as one", () => {
    const get = Object.getOwnPropertyDescriptor(WebAssembly.Memory.prototype, "buffer")?.get;
    for (const wrong of [{}, undefined, WebAssembly.Memory.prototype])
      expect(() => get?.call(wrong)).toThrow(TypeError);
  });
});

describe("a memory with addresses of 64 bits", () => {
  it("has sizes as bigints", () => {
    const { Memory } = createWebAssembly();
    const memory = new Memory({ address: "i64", initial: 1n, maximum: 3n });
    expect([memory.grow(1n), memory.buffer.byteLength]).toEqual([1n, 2 * 65536]);
    expect(() => memory.grow(1)).toThrow(TypeError);
    expect(() => new Memory({ address: "i64", initial: 1 })).toThrow(TypeError);
    expect(() => new Memory({ address: "i64", initial: -1n })).toThrow(TypeError);
    expect(() => new Memory({ address: "i16" as never, initial: 1 })).toThrow(TypeError);
    expect(() => new Memory({ address: "i64", initial: 2n ** 60n })).toThrow(RangeError);
  });
});

describe("the limits of the executor", () => {
  it("hold for memories that JavaScript makes, and that modules have", () => {
    const configure = new Configure();
    configure.runtime.maxMemoryPage = 2;
    const WebAssembly = createWebAssembly(new Executor(configure));
    expect(() => new WebAssembly.Memory({ initial: 3 })).toThrow(RangeError);
    expect(() => exportsOf(WebAssembly, "(module (memory 3))")).toThrow(RangeError);
    expect(new WebAssembly.Memory({ initial: 1 }).grow(1)).toBe(1);
  });
});

describe("a host that cannot detach buffers", () => {
  it("leaves the old one as it was, with bytes that are the memory's no more", () => {
    const { transferBuffer } = host;
    installHost({ transferBuffer: undefined });
    try {
      const { memory, grow, load } = exportsOf(createWebAssembly(), growing);
      const { buffer } = memory;
      new Uint8Array(buffer)[1] = 5;
      grow(1);
      expect([buffer.byteLength, memory.buffer.byteLength, load(1)]).toEqual([65536, 2 * 65536, 5]);
      expect(memory.buffer).not.toBe(buffer);
    } finally {
      installHost({ transferBuffer });
    }
  });
});

describe("a memory for which the host has no room", () => {
  it("is a RangeError that says so", () => {
    const WebAssembly = createWebAssembly();
    const make = (): unknown => new WebAssembly.Memory({ address: "i64", initial: 2n ** 36n });
    expect(make).toThrow(RangeError);
    expect(make).toThrow("WebAssembly.Memory(): ");
  });
});
