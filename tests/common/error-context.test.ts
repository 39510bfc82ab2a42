import { describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode, type ErrCodeName, errCategory, errName, errPhase, userErrCode } from "../../src/common/error-code.ts";
import { type ErrorContext, formatContext } from "../../src/common/error-context.ts";
import { errMessage } from "../../src/common/error-message.ts";
import type { Limit } from "../../src/common/external.ts";
import { indexedRefType, refType, TypeCode, ValType } from "../../src/common/value-type.ts";

/** The lines of errors, one of each structure, as WasmEdge's `errinfo` test prints them: reference, chapters 5.3 and 13.1. */

const limit = (min: bigint, max?: bigint): Limit => ({ min, max, shared: false, is64: false });
const { I32, I64, F32, FuncRef, ExternRef } = ValType;

const lines: readonly (readonly [ErrorContext, string])[] = [
  [{ kind: "file", path: 'a "b" \\c' }, '    File name: "a \\"b\\" \\\\c"'],
  [{ kind: "loading", offset: 255 }, "    Bytecode offset: 0x000000ff"],
  [{ kind: "loading", offset: 2 ** 32 }, "    Bytecode offset: 0x100000000"],
  [{ kind: "ast", node: "code section" }, "    At AST node: code section"],
  [
    { kind: "index", category: "function type", index: 7, bound: 3 },
    "    When checking function type index: 7 , Out of boundary: 2",
  ],
  [
    { kind: "index", category: "local", index: 0, bound: 0 },
    "    When checking local index: 0 , Out of boundary: empty",
  ],
  [{ kind: "exporting", name: "f" }, '    Duplicated exporting name: "f"'],
  [{ kind: "limit", limit: limit(2n) }, "    In Limit type: { min: 2 }"],
  [{ kind: "limit", limit: limit(2n, 1n) }, "    In Limit type: { min: 2 , max: 1 }"],
  [{ kind: "registering", module: "m" }, '    Module name: "m"'],
  [{ kind: "linking", module: "m", name: "t", external: "table" }, '    When linking module: "m" , table name: "t"'],
  [{ kind: "executing", module: "", name: "f" }, '    When executing function name: "f"'],
  [{ kind: "executing", module: "m", name: "f" }, '    When executing module name: "m" , function name: "f"'],
  [
    { kind: "mismatch", category: "memory alignment", expected: 4, got: 8 },
    "    Mismatched memory alignment. Expected: need to <= 4 , Got: 8",
  ],
  [
    { kind: "mismatch", category: "memory alignment", expected: 4, got: 2 },
    "    Mismatched memory alignment. Expected: need to == 4 , Got: 2",
  ],
  [
    { kind: "mismatch", category: "value type", expected: I32, got: F32 },
    "    Mismatched value type. Expected: i32 , Got: f32",
  ],
  [
    { kind: "mismatch", category: "value types", expected: [I32, FuncRef], got: [] },
    "    Mismatched value types. Expected: types{i32 , ref_null func} , Got: types{}",
  ],
  [
    { kind: "mismatch", category: "mutation", expected: false, got: true },
    "    Mismatched mutation. Expected: const , Got: var",
  ],
  [
    { kind: "mismatch", category: "external type", expected: "function", got: "global" },
    "    Mismatched external type. Expected: function , Got: global",
  ],
  [
    {
      kind: "mismatch",
      category: "function type",
      expected: { params: [I32, I64], results: [] },
      got: { params: [], results: [ExternRef, refType(TypeCode.FuncRef, false)] },
    },
    "    Mismatched function type. Expected: FuncType {params{i32 , i64} returns{}} , Got: FuncType {params{} returns{ref_null extern , ref func}}",
  ],
  [
    {
      kind: "mismatch",
      category: "table",
      expected: { elementType: FuncRef, limit: limit(1n, 2n) },
      got: { elementType: indexedRefType(3, true), limit: limit(0n) },
    },
    "    Mismatched table. Expected: TableType {RefType{ref_null func} Limit{1 , 2}} , Got: TableType {RefType{ref_null type_index[3]} Limit{0}}",
  ],
  [
    { kind: "mismatch", category: "memory", expected: limit(1n), got: limit(2n, 3n) },
    "    Mismatched memory. Expected: MemoryType {Limit{1}} , Got: MemoryType {Limit{2 , 3}}",
  ],
  [
    {
      kind: "mismatch",
      category: "global",
      expected: { valType: I32, mutable: true },
      got: { valType: I64, mutable: false },
    },
    "    Mismatched global. Expected: GlobalType {Mutation{var} ValType{i32}} , Got: GlobalType {Mutation{const} ValType{i64}}",
  ],
  [{ kind: "mismatch", category: "version", expected: 1, got: 2 }, "    Mismatched version. Expected: 1 , Got: 2"],
  // WasmEdge prints the low byte of its own number: ours are the bytes of the module.
  [
    { kind: "instruction", name: "call", opcode: [0x10], offset: 16 },
    "    In instruction: call (0x10) , Bytecode offset: 0x00000010",
  ],
  [
    { kind: "instruction", name: "memory.init", opcode: [0xfc, 8], offset: 16, args: ["1", "-2", "3.5"] },
    "    In instruction: memory.init (0xfc 0x08) , Bytecode offset: 0x00000010 , Args: [1 , -2 , 3.5]",
  ],
  [
    { kind: "boundary", offset: 65534n, length: 4n, limit: 65536n },
    "    Accessing offset from: 0x0000fffe to: 0x00010001 , Out of boundary: 0x0000ffff",
  ],
  [
    { kind: "boundary", offset: 5n, length: 0n, limit: 0n },
    "    Accessing offset from: 0x00000005 to: 0x00000005 , Out of boundary: 0x00000000",
  ],
  [{ kind: "proposal", proposal: "Memory64" }, "    This instruction or syntax requires enabling Memory64 proposal"],
  [{ kind: "note", text: "more" }, "    more"],
  [{ kind: "preface", text: "before" }, "before"],
];

describe("A line of an error", () => {
  it.each(lines.map(([entry, text]) => [text.trim(), entry, text] as const))("%s", (_, entry, text) => {
    expect(formatContext(entry)).toBe(text);
  });

  it("of a backtrace numbers modules without a name in their order, and tells what it leaves out", () => {
    const frame = (moduleName: string, moduleId: number, functionIndex: number, functionName?: string) => ({
      moduleName,
      moduleId,
      functionIndex,
      functionName,
      offset: functionIndex === 9 ? undefined : 16 * functionIndex,
    });
    const frames = [frame("", 4, 1, "start"), frame("m", 2, 2), frame("", 7, 3), frame("", 4, 9, "host")];
    expect(formatContext({ kind: "backtrace", frames, skipped: 0, skippedAfter: 0 })).toBe(
      "calling stack:module[0]:1 start@0x00000010, m:2@0x00000020, module[1]:3@0x00000030, module[0]:9 host",
    );
    expect(formatContext({ kind: "backtrace", frames, skipped: 100, skippedAfter: 2 })).toContain(
      "m:2@0x00000020, … 100 more …, module[1]:3",
    );
  });
});

describe("An error", () => {
  it("has its head line first, after what WasmEdge logs before it, then the context from the inside outwards", () => {
    const error = new WasmEdgeError(
      ErrCode.MalformedMagic,
      { kind: "preface", text: "Might an invalid wasm file" },
      { kind: "loading", offset: 0 },
    );
    error.withContext({ kind: "ast", node: "module" }).withContext({ kind: "file", path: "x" });
    expect(error.lines()).toEqual([
      "Might an invalid wasm file",
      "loading failed: magic header not detected, Code: 0x103",
      "    Bytecode offset: 0x00000000",
      "    At AST node: module",
      '    File name: "x"',
    ]);
    expect([error.code, error.codeName, error.phase, error.message]).toEqual([
      0x103,
      "MalformedMagic",
      "loading",
      "magic header not detected",
    ]);
  });

  it("of the user's has the user's number, WasmEdge's text, and a phase of its own", () => {
    const code = userErrCode(0x1005678);
    expect(code).toBe(0x1005678);
    expect([errCategory(code), errPhase(code), errName(code), errMessage(code)]).toEqual([
      1,
      "user defined",
      "UserDefError",
      "user defined error code",
    ]);
    expect(new WasmEdgeError(code).headline()).toBe("user defined failed: user defined error code, Code: 0x5678");
  });
});

describe("Error codes", () => {
  const names = Object.keys(ErrCode) as ErrCodeName[];

  it("are different numbers, with a message each, in the block of their phase", () => {
    expect(new Set(Object.values(ErrCode)).size).toBe(names.length);
    const phases = ["wasmedge runtime", "loading", "validation", "instantiation", "execution"];
    for (const name of names) {
      expect(errMessage(ErrCode[name])).not.toBe("");
      expect(errName(ErrCode[name])).toBe(name);
      expect(errPhase(ErrCode[name])).toBe(phases[ErrCode[name] >> 8]);
    }
  });

  it("of ours stand where WasmEdge has none: from 0xe0 in each block on", () => {
    const ours = names.filter((name) => (ErrCode[name] & 0xff) >= 0xe0);
    expect(ours).toEqual(
      expect.arrayContaining([
        "ModuleSizeLimit",
        "FunctionCountLimit",
        "FunctionSizeLimit",
        "TypeLimit",
        "MemoryLimitExceeded",
        "TableLimitExceeded",
        "CallStackExhausted",
        "ValueStackExhausted",
        "GCLimitExceeded",
        "GCObjectSizeLimit",
        "GCObjectCountLimit",
      ]),
    );
    // WasmEdge's own go up to 0x417 … 0x41a in the last block, and 0x01a0, 0x02a0, 0x03a0 for components.
    for (const name of names) if (!ours.includes(name)) expect(ErrCode[name] & 0xff).toBeLessThan(0xc0);
  });
});
