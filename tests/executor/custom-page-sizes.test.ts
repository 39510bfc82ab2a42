import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { Proposal } from "../../src/common/proposal.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { MemoryInstance } from "../../src/store/memory-instance.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, failureOf } from "../support/engine.ts";
import { module, refusedWith, validate } from "../validator/support.ts";

/** Memories with pages of one byte: https://github.com/WebAssembly/custom-page-sizes */

const functions = (address: "i32" | "i64"): string => `
  (func (export "size") (result ${address}) (memory.size))
  (func (export "grow") (param ${address}) (result ${address}) (memory.grow (local.get 0)))
  (func (export "load8") (param ${address}) (result i32) (i32.load8_u (local.get 0)))
  (func (export "load32") (param ${address}) (result i32) (i32.load (local.get 0)))
  (func (export "load64") (param ${address}) (result i64) (i64.load (local.get 0)))
  (func (export "load-far") (param ${address}) (result i32) (i32.load8_u offset=4 (local.get 0)))
  (func (export "store16") (param ${address} i32) (i32.store16 (local.get 0) (local.get 1)))
  (func (export "vector") (param ${address}) (result v128) (v128.load (local.get 0)))
  (func (export "fill") (param ${address} i32 ${address}) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param ${address} ${address} ${address})
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param ${address} i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))`;

function calls(memory: string, address: "i32" | "i64" = "i32", engine = new Engine()) {
  const source = `(module (memory (export "m") ${address === "i64" ? "i64" : ""} ${memory} (pagesize 1)) (data $d "abcdef") ${functions(address)})`;
  const instance = engine.instantiate(source);
  return {
    instance,
    call: (name: string, ...params: Value[]): Value => engine.call(instance, name, ...params)[0],
    code: (name: string, ...params: Value[]): string =>
      failureOf(() => engine.call(instance, name, ...params)).codeName,
  };
}

describe("A memory with pages of one byte", () => {
  it("counts and grows in bytes, up to its maximum", () => {
    const { call, code, instance } = calls("3 10");
    expect([call("size"), call("load8", 2)]).toEqual([3, 0]);
    expect(code("load8", 3)).toBe("MemoryOutOfBounds");
    expect(call("grow", 4)).toBe(3);
    expect(call("load8", 6)).toBe(0);
    expect(code("load8", 7)).toBe("MemoryOutOfBounds");
    expect([call("grow", 4), call("grow", -1), call("size")]).toEqual([-1, -1, 7]);
    expect([call("grow", 0), call("grow", 3), call("size")]).toEqual([7, 7, 10]);
    const memory = instance.findMemoryExports("m");
    expect([memory?.bytes.length, memory?.type]).toEqual([
      10,
      { limit: { min: 10n, max: 10n, shared: false, is64: false }, pageSizeLog2: 0 },
    ]);
  });

  it("may be empty, and grow from nothing", () => {
    const { call, code } = calls("0");
    expect([call("size"), code("load8", 0), call("grow", 1), call("load8", 0)]).toEqual([0, "MemoryOutOfBounds", 0, 0]);
    expect(call("fill", 1, 0, 0)).toBeUndefined();
    expect(code("fill", 2, 0, 0)).toBe("MemoryOutOfBounds");
  });

  it("is accessed up to its last byte, by every width", () => {
    const { call, code } = calls("16");
    expect([call("load8", 15), call("load32", 12), call("load64", 8), call("load-far", 11)]).toEqual([0, 0, 0n, 0]);
    expect(call("vector", 0)).toBe(0n);
    expect([code("load8", 16), code("load32", 13), code("load64", 9), code("load-far", 12), code("vector", 1)]).toEqual(
      new Array(5).fill("MemoryOutOfBounds"),
    );
    call("store16", 14, 0x1234);
    expect([call("load8", 14), call("load8", 15)]).toEqual([0x34, 0x12]);
    expect([code("store16", 15, 0), call("load8", 15)]).toEqual(["MemoryOutOfBounds", 0x12]);
    expect(code("load8", -1)).toBe("MemoryOutOfBounds");
  });

  it("keeps its content when it grows, and the new bytes are zeros", () => {
    const { call } = calls("5");
    call("fill", 0, 7, 5);
    for (let size = 5; size < 300; size++) expect(call("grow", 1)).toBe(size);
    expect([call("load8", 4), call("load8", 5), call("load8", 299)]).toEqual([7, 0, 0]);
    // Larger than a page of the usual size.
    expect(call("grow", 100_000)).toBe(300);
    expect([call("load8", 4), call("load8", 100_299)]).toEqual([7, 0]);
  });

  it("is filled, copied and initialised within its bytes", () => {
    const { call, code } = calls("8");
    call("init", 2, 0, 6);
    expect(call("load32", 2)).toBe(0x64636261);
    call("copy", 0, 4, 4);
    expect(call("load64", 0)).toBe(0x6665646366656463n);
    expect([code("init", 3, 0, 6), code("fill", 7, 0, 2), code("copy", 0, 7, 2), code("copy", 7, 0, 2)]).toEqual(
      new Array(4).fill("MemoryOutOfBounds"),
    );
    expect(call("load64", 0)).toBe(0x6665646366656463n);
  });

  it("has data segments that fit, or not, to the byte", () => {
    const engine = new Engine();
    const source = (size: number): string =>
      `(module (memory (export "m") ${size} (pagesize 1)) (data (i32.const 1) "xyz"))`;
    const memory = engine.instantiate(source(4)).findMemoryExports("m");
    expect(Array.from(memory?.getBytes(0, 4) ?? [])).toEqual([0, 120, 121, 122]);
    expect(failureOf(() => engine.instantiate(source(3))).code).toBe(ErrCode.MemoryOutOfBounds);
  });

  it("has 64-bit addresses where its type says so", () => {
    const { call, code } = calls("3 20", "i64");
    expect([call("size"), call("grow", 5n), call("size"), call("load64", 0n)]).toEqual([3n, 3n, 8n, 0n]);
    expect([call("grow", 13n), call("grow", 2n ** 64n - 1n), call("size")]).toEqual([-1n, -1n, 8n]);
    expect([code("load8", 8n), code("load8", 2n ** 32n)]).toEqual(["MemoryOutOfBounds", "MemoryOutOfBounds"]);
  });

  it("stands beside memories of usual pages", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (memory $small 10 (pagesize 1)) (memory $usual 1)
      (memory $explicit 1 (pagesize 65536))
      (func (export "sizes") (result i32 i32 i32) (memory.size $small) (memory.size $usual) (memory.size $explicit))
      (func (export "grow") (result i32 i32 i32)
        (memory.grow $small (i32.const 1)) (memory.grow $usual (i32.const 1)) (memory.grow $explicit (i32.const 1)))
      (func (export "copy") (param i32) (memory.copy $small $usual (i32.const 0) (i32.const 0) (local.get 0)))
      (func (export "last") (result i32) (i32.load8_u $explicit (i32.const 131071))))`);
    expect(engine.call(instance, "sizes")).toEqual([10, 1, 1]);
    expect(engine.call(instance, "grow")).toEqual([10, 1, 1]);
    expect(engine.call(instance, "sizes")).toEqual([11, 2, 2]);
    expect(engine.call(instance, "last")).toEqual([0]);
    engine.call(instance, "copy", 11);
    expect(failureOf(() => engine.call(instance, "copy", 12)).code).toBe(ErrCode.MemoryOutOfBounds);
  });

  it("is limited by the configuration in pages of 64 KiB, as other memories are", () => {
    const engine = new Engine({ runtime: { maxMemoryPage: 1 } });
    const { call } = calls("65535", "i32", engine);
    expect([call("grow", 1), call("grow", 1), call("size")]).toEqual([65535, -1, 65536]);
    expect(failureOf(() => engine.instantiate("(module (memory 65537 (pagesize 1)))")).code).toBe(
      ErrCode.MemoryLimitExceeded,
    );
  });
});

describe("An import of a memory", () => {
  it("has the page size of what is imported, by number: 65536 is the usual one", () => {
    const engine = new Engine();
    engine.instantiate(
      `(module (memory (export "byte") 10 (pagesize 1)) (memory (export "usual") 1) (memory (export "explicit") 1 (pagesize 65536)))`,
      "p",
    );
    const imports = (name: string, type: string) => () =>
      engine.instantiate(`(module (import "p" "${name}" (memory ${type})))`);
    for (const [name, type] of [
      ["byte", "10 (pagesize 1)"],
      ["byte", "1 (pagesize 1)"],
      ["usual", "1"],
      ["usual", "1 (pagesize 65536)"],
      ["explicit", "1"],
    ] as const) {
      expect(imports(name, type)()).toBeInstanceOf(ModuleInstance);
    }
    for (const [name, type] of [
      ["byte", "0"],
      ["byte", "11 (pagesize 1)"],
      ["usual", "1 (pagesize 1)"],
      ["explicit", "1 (pagesize 1)"],
    ] as const) {
      expect(failureOf(imports(name, type)).code).toBe(ErrCode.IncompatibleImportType);
    }
  });

  it("may be one that the host has made", () => {
    const engine = new Engine();
    const limit = { min: 3n, max: 9n, shared: false, is64: false };
    const memory = new MemoryInstance({ limit, pageSizeLog2: 0 });
    const host = new ModuleInstance("host");
    host.addHostMemory("m", memory);
    engine.store.registerModule(host);
    const instance = engine.instantiate(
      `(module (import "host" "m" (memory 3 9 (pagesize 1))) (func (export "grow") (result i32) (memory.grow (i32.const 2))))`,
    );
    expect(engine.call(instance, "grow")).toEqual([3]);
    expect([memory.bytes.length, memory.growPage(4), memory.growPage(1)]).toEqual([5, true, false]);
    expect(memory.bytes.length).toBe(9);
  });
});

describe("The proposal of custom page sizes", () => {
  const enabled = { enable: [Proposal.CustomPageSizes] };

  it("is needed, for the usual size too where it is written", () => {
    for (const size of [1, 65536]) {
      const bytes = module(`(memory 1 (pagesize ${size}))`);
      expect(validate(bytes, enabled)).toBeDefined();
      expect(failureOf(() => validate(bytes)).codeName).toBe("MalformedLimitFlags");
    }
  });

  it("bounds memories by the bytes that addresses reach", () => {
    expect(validate(module("(memory 0 4294967295 (pagesize 1))"), enabled)).toBeDefined();
    expect(refusedWith(module("(memory i64 0 281474976710657 (pagesize 65536))"), enabled)).toBe("InvalidMemPages64");
    expect(refusedWith(module("(memory 3 2 (pagesize 1))"), enabled)).toBe("InvalidLimit");
  });
});
