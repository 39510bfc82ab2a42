import { describe, expect, it } from "vitest";
import type { Module } from "../../src/ast/module.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { MAX_TYPE_INDEX } from "../../src/common/value-type.ts";
import { Configure, type RuntimeConfigure } from "../../src/config/configure.ts";
import { Loader, MAX_MODULE_SIZE } from "../../src/loader/loader.ts";
import { MAX_VECTOR_ELEMENTS } from "../../src/loader/section-reader.ts";
import { load, refusal, refusalError, START, section, u32, wasm } from "./support.ts";

/** What a module may ask for. A hostile one is refused before it costs more than its own size. */

/** A section of `count` equal elements. */
function many(id: number, count: number, element: readonly number[]): Uint8Array {
  const head = u32(count);
  const size = u32(head.length + count * element.length);
  const bytes = new Uint8Array(START + 1 + size.length + head.length + count * element.length);
  bytes.set([...wasm(id), ...size, ...head]);
  const first = START + 1 + size.length + head.length;
  for (let i = 0; i < count; i++) bytes.set(element, first + i * element.length);
  return bytes;
}

/** Bytes that say to be so many. They are never looked at, so that the tests need no gigabyte. */
function bytesThatSay(length: number): Uint8Array {
  return Object.defineProperty(new Uint8Array(0), "length", { value: length });
}

describe("The size of a module", () => {
  it("has a limit", () => {
    expect(refusal(bytesThatSay(MAX_MODULE_SIZE + 1))).toEqual({
      code: "ModuleSizeLimit",
      offset: 0,
      nodes: ["module"],
    });
  });
});

describe("The limits of the configuration", () => {
  const functions = wasm(
    section(1, [1, 0x60, 0, 0]),
    section(3, [3, 0, 0, 0]),
    section(10, [3, 2, 0, 0x0b, 5, 1, 3, 0x7f, 0x01, 0x0b, 2, 0, 0x0b]),
  );
  const loading = (runtime: Partial<RuntimeConfigure>): Module => {
    const configure = new Configure();
    Object.assign(configure.runtime, runtime);
    return new Loader(configure).parseModule(functions);
  };
  const lines = (runtime: Partial<RuntimeConfigure>): string[] => refusalError(() => loading(runtime)).lines();
  // Behind the preamble: the type section of six bytes, the function section of six, the code section's head.
  const codeStart = START + 6 + 6 + 3;

  it("bound the size of a module", () => {
    expect(loading({ maxModuleBytes: functions.length }).code.starts).toHaveLength(3);
    expect(lines({ maxModuleBytes: functions.length - 1 })).toEqual([
      "loading failed: module size limit exceeded, Code: 0x1e1",
      `    The module has ${functions.length} bytes, the limit is ${functions.length - 1}.`,
      "    Bytecode offset: 0x00000000",
      "    At AST node: module",
    ]);
  });

  it("bound the number of functions, before anything is made of them", () => {
    expect(loading({ maxFunctions: 3 }).code.starts).toHaveLength(3);
    expect(lines({ maxFunctions: 2 })).toEqual([
      "loading failed: function count limit exceeded, Code: 0x1e2",
      "    The module defines 3 functions, the limit is 2.",
      "    Bytecode offset: 0x00000010",
      "    At AST node: function section",
      "    At AST node: module",
    ]);
  });

  it.each([false, true])("bound the size of a function's body, lazyValidation: %s", (lazyValidation) => {
    expect(loading({ maxFunctionBytes: 5, lazyValidation }).code.starts).toHaveLength(3);
    expect(lines({ maxFunctionBytes: 4, lazyValidation })).toEqual([
      "loading failed: function body size limit exceeded, Code: 0x1e3",
      "    The body has 5 bytes, the limit is 4.",
      `    Bytecode offset: 0x${(codeStart + 3).toString(16).padStart(8, "0")}`,
      "    At AST node: code segment",
      "    At AST node: code section",
      "    At AST node: module",
    ]);
  });

  it("cannot raise the bound of a gigabyte", () => {
    const configure = new Configure();
    configure.runtime.maxModuleBytes = Number.POSITIVE_INFINITY;
    const bytes = bytesThatSay(MAX_MODULE_SIZE + 1);
    expect(refusalError(() => new Loader(configure).parseModule(bytes)).code).toBe(ErrCode.ModuleSizeLimit);
  });
});

describe("The number of types", () => {
  /** A recursion group that announces so many types; its bytes are none, but would suffice for the count. */
  const group = (count: number) => [0x4e, ...u32(count), ...new Array<number>(count / 2).fill(0)];

  it("stays below the bound of type indices, whatever stands behind the count", () => {
    const error = refusalError(() => load(many(1, 1, group(MAX_TYPE_INDEX))));
    expect(error.code).toBe(ErrCode.TypeLimit);
    expect(error.context).toEqual([
      { kind: "loading", offset: START + 6 },
      { kind: "ast", node: "type section" },
      { kind: "ast", node: "module" },
    ]);
    // One less, and it is the missing type that is refused.
    expect(refusal(many(1, 1, group(MAX_TYPE_INDEX - 2))).code).toBe("IntegerTooLong");
  });

  it("is counted over all groups", () => {
    const type = [0x60, 0, 0];
    const bytes = (count: number) => {
      const second = group(count);
      return wasm([1, u32(1 + type.length + second.length), 2, ...type], second);
    };
    expect(refusalError(() => load(bytes(MAX_TYPE_INDEX - 2))).codeName).toBe("IntegerTooLong");
    expect(refusalError(() => load(bytes(MAX_TYPE_INDEX))).codeName).toBe("TypeLimit");
  });
});

describe("The elements of a vector that become objects", () => {
  it.each([
    ["imports", 2, [0, 0, 0, 0]],
    ["tables", 4, [0x70, 0, 0]],
    ["memories", 5, [0, 0]],
    ["globals", 6, [0x7f, 0, 0x0b]],
    ["exports", 7, [0, 0, 0]],
    ["element segments", 9, [1, 0, 0]],
    ["data segments", 11, [1, 0]],
    ["tags", 13, [0, 0]],
  ] as const)("are a million at most: %s", (_, id, element) => {
    const bytes = many(id, MAX_VECTOR_ELEMENTS + 1, element);
    const { code, offset } = refusal(bytes);
    expect([code, offset]).toEqual(["ModuleSizeLimit", START + 1 + u32(bytes.length).length]);
  });

  it("are a million at most: sections", () => {
    const bytes = new Uint8Array(START + 3 * (MAX_VECTOR_ELEMENTS + 1));
    bytes.set(wasm());
    for (let offset = START; offset < bytes.length; offset += 3) bytes[offset + 1] = 1;
    expect(refusal(bytes)).toEqual({ code: "ModuleSizeLimit", offset: bytes.length - 3, nodes: ["module"] });
  });
});

describe("Counts that the bytes cannot fulfil", () => {
  it("are refused at once, or end with the bytes", () => {
    for (const id of [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13]) {
      const bytes = wasm(section(id, u32(0xffffffff), new Array<number>(40).fill(0)));
      expect(refusal(bytes).code).toBe("IntegerTooLong");
    }
    const functions = wasm(section(3, u32(50), new Array<number>(40).fill(0)));
    expect(refusal(functions).code).toBe("UnexpectedEnd");
  });
});

describe("Hundreds of thousands of functions", () => {
  it("become a few typed arrays", () => {
    const count = 300_000;
    const functions = many(3, count, [0]);
    const code = many(10, count, [2, 0, 0x0b]).subarray(START);
    const bytes = new Uint8Array(functions.length + code.length);
    bytes.set(functions);
    bytes.set(code, functions.length);
    const module = load(bytes);
    const { scanned, ...lists } = module.code;
    expect(scanned).toBe(true);
    for (const list of [module.functionTypeIndices, ...Object.values(lists)]) {
      expect(list).toBeInstanceOf(Uint32Array);
      expect(list.length).toBe(count);
    }
    expect(module.code.ends[count - 1]).toBe(bytes.length);
  });
});
