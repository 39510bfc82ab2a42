import { describe, expect, it } from "vitest";
import type { Limit } from "../../src/common/external.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { name, type Options, section, sleb, u32, wasm } from "../loader/support.ts";
import { type Case, checkCases, contextOf, invalid, module, nodesOf, refusedWith, validate } from "./support.ts";

const threads: Options = { enable: [Proposal.Threads] };
const customPageSizes: Options = { enable: [Proposal.CustomPageSizes] };

describe("Types", () => {
  it("may name types of their own group and those before it", () => {
    expect(
      validate(module("(rec (type $a (struct (field (ref null $b)))) (type $b (array (ref null $a))))")),
    ).toBeDefined();
    expect(validate(module("(type $a (struct (field (ref null $a))))"))).toBeDefined();
    // type 0 names type 1, which stands in the next group
    const bytes = wasm(section(1, 2, [0x5f, 1, 0x63, 1, 0], [0x5f, 0]));
    expect(refusedWith(bytes)).toBe("InvalidFuncTypeIdx");
    expect(nodesOf(invalid(bytes))).toEqual(["recursive type", "type section", "module"]);
  });

  it("without recursive types may name those before them only", () => {
    const options: Options = { disable: [Proposal.GC] };
    expect(validate(wasm(section(1, 2, [0x60, 0, 0], [0x60, 1, 0x63, 0, 0])), options)).toBeDefined();
    const itself = wasm(section(1, 1, [0x60, 1, 0x63, 0, 0]));
    expect(refusedWith(itself, options)).toBe("InvalidFuncTypeIdx");
    expect(nodesOf(invalid(itself, options))).toEqual(["function type", "type section", "module"]);
    expect(validate(itself)).toBeDefined();
  });

  const subtypes: readonly Case[] = [
    ["(type $a (sub (struct))) (type (sub $a (struct (field i32))))", "valid"],
    ["(type $a (struct)) (type (sub $a (struct (field i32))))", "InvalidSubType"],
    ["(type $a (sub (struct (field i32)))) (type (sub $a (struct)))", "InvalidSubType"],
    ["(type $a (sub (struct (field i32)))) (type (sub $a (struct (field i64))))", "InvalidSubType"],
    ["(type $a (sub (struct (field i8)))) (type (sub $a (struct (field i16))))", "InvalidSubType"],
    ["(type $a (sub (struct (field i32)))) (type (sub $a (struct (field (mut i32)))))", "InvalidSubType"],
    ["(type $a (sub (struct (field anyref)))) (type (sub $a (struct (field eqref))))", "valid"],
    ["(type $a (sub (struct (field (mut anyref))))) (type (sub $a (struct (field (mut eqref)))))", "InvalidSubType"],
    ["(type $a (sub (struct (field (mut anyref))))) (type (sub $a (struct (field (mut anyref)))))", "valid"],
    ["(type $a (sub (array anyref))) (type (sub $a (array (ref eq))))", "valid"],
    ["(type $a (sub (array anyref))) (type (sub $a (array funcref)))", "InvalidSubType"],
    ["(type $a (sub (array i32))) (type (sub $a (struct (field i32))))", "InvalidSubType"],
    [
      "(type $a (sub (func (param eqref) (result anyref)))) (type (sub $a (func (param anyref) (result eqref))))",
      "valid",
    ],
    ["(type $a (sub (func (param anyref)))) (type (sub $a (func (param eqref))))", "InvalidSubType"],
    ["(type $a (sub (func (result eqref)))) (type (sub $a (func (result anyref))))", "InvalidSubType"],
    ["(type $a (sub (func))) (type (sub $a (func (param i32))))", "InvalidSubType"],
    ["(type $a (sub (func))) (type (sub $a (func (result i32))))", "InvalidSubType"],
    [
      "(rec (type $a (sub (struct (field (ref null $b))))) (type $b (sub (struct))) (type $c (sub $a (struct (field (ref null $d))))) (type $d (sub $b (struct))))",
      "valid",
    ],
    [
      "(rec (type $a (sub (struct (field (ref null $b))))) (type $b (sub (struct))) (type $c (sub $a (struct (field (ref null $d))))) (type $d (sub (struct))))",
      "InvalidSubType",
    ],
  ];
  checkCases(subtypes, module);

  it("have one supertype at most", () => {
    const bytes = wasm(section(1, 3, [0x50, 0, 0x5f, 0], [0x50, 0, 0x5f, 0], [0x50, 2, 0, 1, 0x5f, 0]));
    const error = invalid(bytes);
    expect(error.codeName).toBe("InvalidSubType");
    expect(contextOf(error, "note")?.text).toBe("Accepts only one super type currently.");
    expect(nodesOf(error)).toEqual(["recursive type", "type section", "module"]);
  });
});

describe("Functions, imports, tags", () => {
  it("have types that exist and are function types", () => {
    const type = section(1, 1, [0x5f, 0]);
    for (const index of [0, 1]) {
      const body = section(10, 1, 2, 0, 0x0b);
      const error = invalid(wasm(type, section(3, 1, index), body));
      expect(error.codeName).toBe("InvalidFuncTypeIdx");
      expect(nodesOf(error)).toEqual(["function type", "function section", "module"]);
      const imported = invalid(wasm(type, section(2, 1, name("m"), name("f"), 0, index)));
      expect(imported.codeName).toBe("InvalidFuncTypeIdx");
      expect(nodesOf(imported)).toEqual(["import description", "import section", "module"]);
    }
  });

  it("of tags have no results", () => {
    const types = section(1, 3, [0x60, 0, 1, 0x7f], [0x5f, 0], [0x60, 1, 0x7f, 0]);
    const codes = ["InvalidTagResultType", "InvalidTagIdx", undefined, "InvalidTagIdx"] as const;
    codes.forEach((code, index) => {
      const tag = wasm(types, section(13, 1, 0, index));
      const imported = wasm(types, section(2, 1, name("m"), name("t"), 4, 0, index));
      if (code === undefined) {
        expect(validate(tag)).toBeDefined();
        expect(validate(imported)).toBeDefined();
        return;
      }
      expect(refusedWith(tag)).toBe(code);
      expect(nodesOf(invalid(tag))).toEqual(["tag section", "module"]);
      expect(refusedWith(imported)).toBe(code);
      expect(nodesOf(invalid(imported))).toEqual(["import description", "import section", "module"]);
    });
  });

  it("may be named by ref.func where something outside of the bodies names them", () => {
    const named = (declaration: string) => module(`(func $f) ${declaration} (func (drop (ref.func $f)))`);
    expect(refusedWith(named(""))).toBe("InvalidRefIdx");
    expect(refusedWith(named("(start $f)"))).toBe("InvalidRefIdx");
    for (const declaration of [
      '(export "f" (func $f))',
      "(elem declare func $f)",
      "(elem declare funcref (ref.func $f))",
      "(global funcref (ref.func $f))",
      "(table 1 (ref func) (ref.func $f))",
    ]) {
      expect(validate(named(declaration)).declaredFunctions).toEqual(Uint8Array.of(1, 0));
    }
  });

  it("may not be named by ref.func because they are imported", () => {
    const named = (declaration: string) =>
      module(`(import "m" "f" (func $f)) ${declaration} (func (drop (ref.func $f)))`);
    expect(refusedWith(named(""))).toBe("InvalidRefIdx");
    expect(validate(named('(export "f" (func $f))')).declaredFunctions).toEqual(Uint8Array.of(1, 0));
    expect(validate(named("(elem declare func $f)")).declaredFunctions).toEqual(Uint8Array.of(1, 0));
  });
});

describe("Limits", () => {
  const cases: readonly Case[] = [
    ["(memory 1 2)", "valid"],
    ["(memory 2 1)", "InvalidLimit"],
    ["(memory 65536)", "valid"],
    ["(memory 65537)", "InvalidMemPages64"],
    ["(memory 1 65537)", "InvalidMemPages64"],
    ["(memory 65537)", "InvalidMemPages", { disable: [Proposal.Memory64] }],
    ["(memory i64 281474976710656)", "valid"],
    ["(memory i64 281474976710657)", "InvalidMemPages64"],
    ["(memory 1 1 shared)", "valid", threads],
    ["(table 1 2 funcref)", "valid"],
    ["(table 2 1 funcref)", "InvalidLimit"],
    ["(table 4294967295 funcref)", "valid"],
    ["(table i64 0 18446744073709551615 funcref)", "valid"],
    ["(memory 1 2 (pagesize 1))", "valid", customPageSizes],

    ["(memory 65537 (pagesize 65536))", "InvalidMemPages64", customPageSizes],
    ["(memory i64 18446744073709551615 (pagesize 1))", "valid", customPageSizes],
  ];
  checkCases(cases, module);

  it("of a shared memory include a maximum", () => {
    const error = invalid(wasm(section(5, 1, 2, 1)), threads);
    expect(error.codeName).toBe("SharedMemoryNoMax");
    expect(nodesOf(error)).toEqual(["limit", "memory type", "memory section", "module"]);
  });

  it("are told where they are wrong", () => {
    const error = invalid(module("(memory 2 1)"));
    const limit: Limit = { min: 2n, max: 1n, shared: false, is64: false };
    expect(contextOf(error, "limit")?.limit).toEqual(limit);
    expect(nodesOf(error)).toEqual(["limit", "memory type", "memory section", "module"]);
    const imported = invalid(module('(import "m" "t" (table 2 1 funcref))'));
    expect(nodesOf(imported)).toEqual(["limit", "table type", "import description", "import section", "module"]);
  });

  it("of memories with pages of a byte reach 2^32 of them", () => {
    const bytes = (min: bigint) => wasm(section(5, 1, 8, u32(min), 0));
    expect(validate(bytes(1n << 32n), customPageSizes)).toBeDefined();
    expect(refusedWith(bytes((1n << 32n) + 1n), customPageSizes)).toBe("InvalidMemPages64");
  });

  it("of a table are within its addresses", () => {
    // With Memory64 a limit of the 32-bit form may be written with more than 32 bits.
    expect(refusedWith(wasm(section(4, 1, 0x70, 0, u32(1n << 32n))))).toBe("InvalidTableSize64");
  });

  it("count pages of one byte or of 64 KiB only", () => {
    for (let log2 = 0; log2 <= 17; log2++) {
      const bytes = wasm(section(5, 1, 8, 0, log2));
      if (log2 === 0 || log2 === 16) expect(validate(bytes, customPageSizes)).toBeDefined();
      else expect(refusedWith(bytes, customPageSizes)).toBe("InvalidPageSize");
    }
  });
});

describe("Tables and globals", () => {
  it("of non-null references need a value at the start", () => {
    const error = invalid(module("(table 1 (ref func))"));
    expect(error.codeName).toBe("TypeCheckFailed");
    expect(nodesOf(error)).toEqual(["table segment", "table section", "module"]);
    expect(validate(module("(func $f) (table 1 (ref func) (ref.func $f))"))).toBeDefined();
    expect(refusedWith(module("(table 1 (ref func) (ref.null func))"))).toBe("TypeCheckFailed");
  });

  it("have types that exist", () => {
    expect(refusedWith(wasm(section(4, 1, 0x63, 9, 0, 1)))).toBe("InvalidFuncTypeIdx");
    expect(refusedWith(wasm(section(6, 1, 0x63, 9, 0, 0xd0, 0x70, 0x0b)))).toBe("InvalidFuncTypeIdx");
    expect(refusedWith(wasm(section(2, 1, name("m"), name("g"), 3, 0x63, 9, 0)))).toBe("InvalidFuncTypeIdx");
  });
});

describe("Constant expressions", () => {
  const cases: readonly Case[] = [
    ["(global i32 (i32.const 1))", "valid"],
    ["(global i32 (i64.const 1))", "TypeCheckFailed"],

    ["(global i32 (i32.add (i32.const 1) (i32.const 2)))", "valid"],
    ["(global i64 (i64.mul (i64.const 1) (i64.sub (i64.const 1) (i64.const 2))))", "valid"],
    ["(global i32 (i32.and (i32.const 1) (i32.const 2)))", "ConstExprRequired"],
    ["(global f32 (f32.add (f32.const 1) (f32.const 2)))", "ConstExprRequired"],

    ["(global v128 (v128.const i64x2 1 2))", "valid"],
    ["(global f64 (f64.const 1)) (global f64 (global.get 0))", "valid"],
    ["(global (mut i32) (i32.const 1)) (global i32 (global.get 0))", "ConstExprRequired"],
    ["(global funcref (ref.null func))", "valid"],
    ["(global externref (ref.null func))", "TypeCheckFailed"],
    ["(func $f) (global (ref func) (ref.func $f))", "valid"],
    ["(type $s (struct (field i32))) (global (ref $s) (struct.new $s (i32.const 1)))", "valid"],
    ["(type $s (struct (field i32))) (global (ref $s) (struct.new_default $s))", "valid"],
    ["(type $a (array i32)) (global (ref $a) (array.new_fixed $a 2 (i32.const 1) (i32.const 2)))", "valid"],
    ["(type $a (array i32)) (global (ref $a) (array.new $a (i32.const 1) (i32.const 2)))", "valid"],
    ["(type $a (array i32)) (global i32 (array.len (array.new $a (i32.const 1) (i32.const 2))))", "ConstExprRequired"],
    ["(global (ref i31) (ref.i31 (i32.const 1)))", "valid"],
    ["(global externref (extern.convert_any (ref.i31 (i32.const 1))))", "valid"],
    ["(global anyref (any.convert_extern (ref.null extern)))", "valid"],
    ["(memory 1) (data (i32.const 1))", "valid"],
    ["(memory 1) (data (i64.const 1))", "TypeCheckFailed"],
    ["(memory i64 1) (data (i64.const 1))", "valid"],
    ["(memory i64 1) (data (i32.const 1))", "TypeCheckFailed"],
    ["(table 1 funcref) (elem (i32.const 1))", "valid"],
    ["(table 1 funcref) (elem (f32.const 1))", "TypeCheckFailed"],
    ["(table i64 1 funcref) (elem (i64.const 1))", "valid"],
  ];
  checkCases(cases, module);

  it("are one value of the right type, made by constant instructions", () => {
    const global = (...value: number[]) => wasm(section(6, 1, [0x7f, 0, value, 0x0b]));
    const one = [0x41, 1];
    expect(validate(global(...one))).toBeDefined();
    expect(refusedWith(global())).toBe("TypeCheckFailed");
    expect(refusedWith(global(...one, ...one))).toBe("TypeCheckFailed");
    expect(refusedWith(global(...one, 0x01))).toBe("ConstExprRequired");
    expect(refusedWith(global(0x02, 0x7f, ...one, 0x0b))).toBe("ConstExprRequired");
    expect(refusedWith(global(0x20, 0))).toBe("ConstExprRequired");
  });

  it("name globals that exist before them", () => {
    // global 0 is global 1, which comes after it
    const forward = invalid(wasm(section(6, 2, [0x7f, 0, 0x23, 1, 0x0b], [0x7f, 0, 0x41, 0, 0x0b])));
    expect(forward.codeName).toBe("InvalidGlobalIdx");
    expect(contextOf(forward, "index")).toEqual({ kind: "index", category: "global", index: 1, bound: 0 });
    expect(contextOf(forward, "instruction")).toMatchObject({ name: "global.get", opcode: [0x23], offset: 13 });
    expect(nodesOf(forward)).toEqual(["expression", "global segment", "global section", "module"]);
  });

  it("name functions that exist", () => {
    const bytes = wasm(section(6, 1, [0x70, 0, 0xd2, 5, 0x0b]));
    expect(refusedWith(bytes)).toBe("InvalidFuncIdx");
  });
});

describe("Segments", () => {
  const table = section(4, 1, 0x70, 0, 1);
  const types = section(1, 1, 0x60, 0, 0);
  const function0 = section(3, 1, 0);
  const code = section(10, 1, 2, 0, 0x0b);
  const offset = [0x41, sleb(0), 0x0b];

  it("name functions, tables and memories that exist", () => {
    const unknownFunction = invalid(wasm(types, function0, table, section(9, 1, 0, offset, 1, 7), code));
    expect(unknownFunction.codeName).toBe("InvalidFuncIdx");
    expect(nodesOf(unknownFunction)).toEqual(["expression", "element segment", "element section", "module"]);
    const unknownTable = invalid(wasm(types, function0, section(9, 1, 2, 3, offset, 0, 1, 0), code));
    expect(unknownTable.codeName).toBe("InvalidTableIdx");
    expect(nodesOf(unknownTable)).toEqual(["element segment", "element section", "module"]);
    const unknownMemory = invalid(wasm(section(11, 1, 0, offset, 0)));
    expect(unknownMemory.codeName).toBe("InvalidMemoryIdx");
    expect(nodesOf(unknownMemory)).toEqual(["data segment", "data section", "module"]);
  });

  it("hold elements of their type, which fits the table", () => {
    expect(validate(module("(table 1 funcref) (func $f) (elem (i32.const 0) func $f)"))).toBeDefined();
    expect(refusedWith(module("(table 1 externref) (func $f) (elem (i32.const 0) func $f)"))).toBe("TypeCheckFailed");
    const passive = (...element: number[]) => wasm(section(9, 1, 5, 0x70, 1, element, 0x0b));
    expect(validate(passive(0xd0, 0x70))).toBeDefined();
    expect(refusedWith(passive(0xd0, 0x6f))).toBe("TypeCheckFailed");
    expect(refusedWith(passive(0x41, 0))).toBe("TypeCheckFailed");
    expect(refusedWith(passive(0xd0, 0x70, 0x1a))).toBe("ConstExprRequired");
    expect(refusedWith(wasm(section(9, 1, 5, 0x63, 9, 0)))).toBe("InvalidFuncTypeIdx");
  });
});

describe("Exports and start", () => {
  it("have different names, and name what exists", () => {
    const doubled = invalid(module('(func $f) (export "a" (func $f)) (global (export "a") i32 (i32.const 0))'));
    expect(doubled.codeName).toBe("DupExportName");
    expect(contextOf(doubled, "exporting")?.name).toBe("a");
    expect(nodesOf(doubled)).toEqual(["export description", "export section", "module"]);
    const codes = ["InvalidFuncIdx", "InvalidTableIdx", "InvalidMemoryIdx", "InvalidGlobalIdx", "InvalidTagIdx"];
    codes.forEach((code, kind) => {
      expect(refusedWith(wasm(section(7, 1, name("x"), kind, 3)))).toBe(code);
    });
  });

  it("start with a function without parameters and results", () => {
    expect(validate(module("(func $f) (start $f)"))).toBeDefined();
    for (const type of ["(param i32)", "(result i32) unreachable"]) {
      const error = invalid(module(`(func $f ${type}) (start $f)`));
      expect(error.codeName).toBe("InvalidStartFunc");
      expect(nodesOf(error)).toEqual(["start section", "module"]);
    }
    expect(refusedWith(wasm(section(8, 7)))).toBe("InvalidFuncIdx");
  });
});

describe("What validation leaves behind", () => {
  it("is the canonical ids, the functions' types and the declared functions", () => {
    const text =
      '(type $t (func)) (type $u (func (param i32))) (import "m" "f" (func (type $u))) (func (type $t)) (func (type $t))';
    const first = validate(module(text));
    const second = validate(module(text));
    expect(first.functionTypeIndices).toEqual(Uint32Array.of(1, 0, 0));
    expect(first.declaredFunctions).toEqual(Uint8Array.of(0, 0, 0));
    expect(first.canonicalIds.length).toBe(2);
    expect(second.canonicalIds).toEqual(first.canonicalIds);
  });
});
