import { describe, expect, it } from "vitest";
import type { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { contextOf, Engine, exported, failureOf } from "../support/engine.ts";
import { namedModule } from "../support/named-module.ts";

/** What a trap says: WasmEdge's lines, with the wire opcode, and with a backtrace that has names and the innermost frame. */

/**
 * The error's lines with `@` for the offset of the instruction that trapped, after a look at the module's bytes whether
 * that instruction stands there.
 */
function linesOf(error: WasmEdgeError, bytes: Uint8Array): string[] {
  const [instruction] = contextOf(error, "instruction");
  if (instruction === undefined) throw new Error("the error names no instruction");
  const { offset, opcode } = instruction;
  expect(Array.from(bytes.subarray(offset, offset + opcode.length))).toEqual(opcode);
  const hex = `0x${offset.toString(16).padStart(8, "0")}`;
  return error.lines().map((line) => line.replaceAll(`Bytecode offset: ${hex}`, "@").replaceAll(`@${hex}`, "@"));
}

/** What a body in a module with memory, table and a passive segment of each kind traps with. */
function trapOf(body: string, ...params: readonly Value[]): string[] {
  const types = params.map((value) => (typeof value === "bigint" ? "i64" : "i32")).join(" ");
  const engine = new Engine();
  const module = engine.parse(`(module
    (type $nothing (func)) (type $number (func (result i32)))
    (func $seven (type $number) (i32.const 7))
    (table $t 3 4 funcref) (table $wide i64 2 funcref)
    (memory $m 1) (memory $large i64 1)
    (elem (table $t) (i32.const 0) func $seven) (elem $e func $seven) (data $d "abc")
    (func (export "f") (param ${types}) (local $zero i32) ${body}))`);
  const instance = engine.instantiate(module);
  return linesOf(
    failureOf(() => engine.call(instance, "f", ...params)),
    module.bytes,
  );
}

const stack = "calling stack:module[0]:1 f@";

describe("a trap's lines", () => {
  it("tell of unreachable code", () => {
    expect(trapOf("(nop) (unreachable)")).toEqual([
      "execution failed: unreachable, Code: 0x40a",
      "    In instruction: unreachable (0x00) , @",
      stack,
    ]);
  });

  it.each([
    ["i32.div_s", "0x6d", "integer divide by zero, Code: 0x404", [-1, 0], "-1 , 0"],
    ["i32.div_u", "0x6e", "integer divide by zero, Code: 0x404", [-1, 0], "4294967295 , 0"],
    ["i32.rem_s", "0x6f", "integer divide by zero, Code: 0x404", [-2, 0], "-2 , 0"],
    ["i32.rem_u", "0x70", "integer divide by zero, Code: 0x404", [-2, 0], "4294967294 , 0"],
    ["i32.div_s", "0x6d", "integer overflow, Code: 0x405", [-0x80000000, -1], "-2147483648 , -1"],
    ["i64.div_s", "0x7f", "integer divide by zero, Code: 0x404", [-5n, 0n], "-5 , 0"],
    ["i64.div_u", "0x80", "integer divide by zero, Code: 0x404", [-5n, 0n], "18446744073709551611 , 0"],
    ["i64.rem_s", "0x81", "integer divide by zero, Code: 0x404", [5n, 0n], "5 , 0"],
    ["i64.rem_u", "0x82", "integer divide by zero, Code: 0x404", [5n, 0n], "5 , 0"],
    ["i64.div_s", "0x7f", "integer overflow, Code: 0x405", [-(2n ** 63n), -1n], "-9223372036854775808 , -1"],
  ] as const)("tell of %s (%s): %s", (name, opcode, headline, params, args) => {
    const [a, b] = params;
    const type = name.slice(0, 3);
    const expected = [
      `execution failed: ${headline}`,
      `    In instruction: ${name} (${opcode}) , @ , Args: [${args}]`,
      stack,
    ];
    // Operands from locals, from constants, and computed; a local that is set from the result keeps what it has.
    const local = (i: number): string => `(local.get ${i})`;
    const constant = (value: Value): string => `(${type}.const ${value})`;
    const computed = (i: number): string => `(${type}.xor (local.get ${i}) (${type}.const 0))`;
    for (const [left, right] of [
      [local(0), local(1)],
      [constant(a), local(1)],
      [local(0), constant(b)],
      [constant(a), constant(b)],
      [computed(0), computed(1)],
    ] as const) {
      expect(trapOf(`(drop (${name} ${left} ${right}))`, a, b)).toEqual(expected);
      expect(trapOf(`(local.set 0 (${name} ${left} ${right}))`, a, b)).toEqual(expected);
    }
  });

  it.each([
    ["i32.trunc_f64_s", "0xaa", "(f64.const 1e20)", "integer overflow, Code: 0x405", "1e+20"],
    ["i32.trunc_f64_s", "0xaa", "(f64.const nan)", "invalid conversion to integer, Code: 0x406", "nan"],
    ["i32.trunc_f32_u", "0xa9", "(f32.const -1)", "integer overflow, Code: 0x405", "-1"],
    ["i32.trunc_f32_s", "0xa8", "(f32.const 3e9)", "integer overflow, Code: 0x405", "3000000000"],
    ["i32.trunc_f64_u", "0xab", "(f64.const inf)", "integer overflow, Code: 0x405", "inf"],
    ["i64.trunc_f32_s", "0xae", "(f32.const -inf)", "integer overflow, Code: 0x405", "-inf"],
    ["i64.trunc_f32_u", "0xaf", "(f32.const -1.5)", "integer overflow, Code: 0x405", "-1.5"],
    ["i64.trunc_f64_s", "0xb0", "(f64.const nan)", "invalid conversion to integer, Code: 0x406", "nan"],
    ["i64.trunc_f64_u", "0xb1", "(f64.const 1.5e300)", "integer overflow, Code: 0x405", "1.5e+300"],
  ])("tell of %s (%s) of %s", (name, opcode, operand, headline, arg) => {
    expect(trapOf(`(drop (${name} ${operand}))`)).toEqual([
      `execution failed: ${headline}`,
      `    In instruction: ${name} (${opcode}) , @ , Args: [${arg}]`,
      stack,
    ]);
  });

  it.each([
    ["i32.load (0x28)", "(drop (i32.load (i32.const 65533)))", "0x0000fffd to: 0x00010000"],
    ["i64.load (0x29)", "(drop (i64.load (i32.const 65529)))", "0x0000fff9 to: 0x00010000"],
    ["f64.load (0x2b)", "(drop (f64.load offset=65536 (i32.const 0)))", "0x00010000 to: 0x00010007"],
    ["i32.load8_u (0x2d)", "(drop (i32.load8_u (i32.const -1)))", "0xffffffff to: 0xffffffff"],
    ["i64.load16_s (0x32)", "(drop (i64.load16_s offset=4294967295 (i32.const -1)))", "0x1fffffffe to: 0x1ffffffff"],
    ["i32.store (0x36)", "(i32.store offset=65535 (local.get $zero) (i32.const 1))", "0x0000ffff to: 0x00010002"],
    ["i64.store (0x37)", "(i64.store offset=4294967288 (i32.const 15) (i64.const 1))", "0x100000007 to: 0x10000000e"],
    [
      "f32.store (0x38)",
      "(f32.store (i32.add (local.get $zero) (i32.const 65536)) (f32.const 1))",
      "0x00010000 to: 0x00010003",
    ],
    ["i32.store8 (0x3a)", "(i32.store8 (i32.const 65536) (local.get $zero))", "0x00010000 to: 0x00010000"],
    ["i64.store32 (0x3e)", "(i64.store32 (i32.const 65535) (i64.const 0))", "0x0000ffff to: 0x00010002"],
    ["i32.load (0x28)", "(drop (i32.load $large (i64.const -4)))", "0xfffffffffffffffc to: 0xffffffffffffffff"],
    [
      "i64.load (0x29)",
      "(drop (i64.load $large offset=16 (i64.const -1)))",
      "0x1000000000000000f to: 0x10000000000000016",
    ],
    ["i32.store16 (0x3b)", "(i32.store16 $large (i64.const 65535) (i32.const 1))", "0x0000ffff to: 0x00010000"],
    [
      "memory.fill (0xfc 0x0b)",
      "(memory.fill $m (i32.const 65000) (i32.const 0) (i32.const 1000))",
      "0x0000fde8 to: 0x000101cf",
    ],
    [
      "memory.copy (0xfc 0x0a)",
      "(memory.copy $m $m (i32.const 0) (i32.const 65535) (i32.const 2))",
      "0x0000ffff to: 0x00010000",
    ],
    [
      "memory.copy (0xfc 0x0a)",
      "(memory.copy $m $m (i32.const 65536) (i32.const 0) (i32.const 1))",
      "0x00010000 to: 0x00010000",
    ],
    [
      "memory.fill (0xfc 0x0b)",
      "(memory.fill $large (i64.const 0x123456789a) (i32.const 0) (i64.const 1))",
      "0x123456789a to: 0x123456789a",
    ],
    [
      "memory.copy (0xfc 0x0a)",
      "(memory.copy $large $large (i64.const 13) (i64.const 11) (i64.const -1))",
      "0x0000000b to: 0x10000000000000009",
    ],
  ])("tell of %s outside of its memory: %s", (instruction, body, range) => {
    expect(trapOf(body)).toEqual([
      "execution failed: out of bounds memory access, Code: 0x408",
      `    Accessing offset from: ${range} , Out of boundary: 0x0000ffff`,
      `    In instruction: ${instruction} , @`,
      stack,
    ]);
  });

  it("tell of a data segment that is too short, and of one that was dropped", () => {
    const init = "(memory.init $m $d (i32.const 0) (i32.const 2) (i32.const 2))";
    const lines = (range: string, bound: string): string[] => [
      "execution failed: out of bounds memory access, Code: 0x408",
      `    Accessing offset from: ${range} , Out of boundary: ${bound}`,
      "    In instruction: memory.init (0xfc 0x08) , @",
      stack,
    ];
    expect(trapOf(init)).toEqual(lines("0x00000002 to: 0x00000003", "0x00000002"));
    expect(trapOf(`(data.drop $d) ${init}`)).toEqual(lines("0x00000002 to: 0x00000003", "0x00000000"));
  });

  it("tell of the destination before the segment, where both are too short", () => {
    expect(trapOf("(memory.init $m $d (i32.const 65536) (i32.const 2) (i32.const 2))")[1]).toBe(
      "    Accessing offset from: 0x00010000 to: 0x00010001 , Out of boundary: 0x0000ffff",
    );
    expect(trapOf("(table.init $t $e (i32.const 3) (i32.const 1) (i32.const 2))")[1]).toBe(
      "    Accessing offset from: 0x00000003 to: 0x00000004 , Out of boundary: 0x00000002",
    );
  });

  it.each([
    ["(drop (table.get $t (i32.const 3)))", "table.get (0x25)", "0x00000003", "0x00000002", "3"],
    [
      "(drop (table.get $wide (i64.const 0x123456789a)))",
      "table.get (0x25)",
      "0x123456789a",
      "0x00000001",
      "78187493530",
    ],
    [
      "(drop (table.get $wide (i64.const -1)))",
      "table.get (0x25)",
      "0xffffffffffffffff",
      "0x00000001",
      "18446744073709551615",
    ],
    ["(table.set $t (i32.const -1) (ref.null func))", "table.set (0x26)", "0xffffffff", "0x00000002", "4294967295"],
    ["(table.set $wide (i64.const 2) (ref.null func))", "table.set (0x26)", "0x00000002", "0x00000001", "2"],
  ])("tell of the index of %s", (body, instruction, index, bound, arg) => {
    expect(trapOf(body)).toEqual([
      "execution failed: out of bounds table access, Code: 0x407",
      `    Accessing offset from: ${index} to: ${index} , Out of boundary: ${bound}`,
      `    In instruction: ${instruction} , @ , Args: [${arg}]`,
      stack,
    ]);
  });

  it.each([
    [
      "table.fill (0xfc 0x11)",
      "(table.fill $wide (i64.const -2) (ref.null func) (i64.const 1))",
      "0xfffffffffffffffe to: 0xfffffffffffffffe",
      "0x00000001",
    ],
    [
      "table.fill (0xfc 0x11)",
      "(table.fill $t (i32.const 2) (ref.null func) (i32.const 2))",
      "0x00000002 to: 0x00000003",
      "0x00000002",
    ],
    [
      "table.copy (0xfc 0x0e)",
      "(table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 3))",
      "0x00000001 to: 0x00000003",
      "0x00000002",
    ],
    [
      "table.init (0xfc 0x0c)",
      "(table.init $t $e (i32.const 0) (i32.const 1) (i32.const 1))",
      "0x00000001 to: 0x00000001",
      "0x00000000",
    ],
  ])("tell of %s outside of its table: %s", (instruction, body, range, bound) => {
    expect(trapOf(body)).toEqual([
      "execution failed: out of bounds table access, Code: 0x407",
      `    Accessing offset from: ${range} , Out of boundary: ${bound}`,
      `    In instruction: ${instruction} , @`,
      stack,
    ]);
  });

  it("tell of an indirect call's index, which is unsigned, and of both types", () => {
    expect(trapOf("(call_indirect $t (type $nothing) (i32.const -1))")).toEqual([
      "execution failed: undefined element, Code: 0x40c",
      "    In instruction: call_indirect (0x11) , @ , Args: [4294967295]",
      stack,
    ]);
    expect(trapOf("(call_indirect $wide (type $nothing) (i64.const 0x100000000))")).toEqual([
      "execution failed: undefined element, Code: 0x40c",
      "    In instruction: call_indirect (0x11) , @ , Args: [4294967296]",
      stack,
    ]);
    expect(trapOf("(call_indirect $t (type $nothing) (i32.const 2))")).toEqual([
      "execution failed: uninitialized element, Code: 0x40b",
      "    In instruction: call_indirect (0x11) , @ , Args: [2]",
      stack,
    ]);
    expect(trapOf("(call_indirect $t (type $nothing) (local.get $zero))")).toEqual([
      "execution failed: indirect call type mismatch, Code: 0x40d",
      "    In instruction: call_indirect (0x11) , @ , Args: [0]",
      "    Mismatched function type. Expected: FuncType {params{} returns{}} , Got: FuncType {params{} returns{i32}}",
      stack,
    ]);
    expect(trapOf("(return_call_indirect $t (type $nothing) (i32.const 1))")).toEqual([
      "execution failed: uninitialized element, Code: 0x40b",
      "    In instruction: return_call_indirect (0x13) , @ , Args: [1]",
      stack,
    ]);
  });

  it("tell of null references", () => {
    expect(trapOf("(call_ref $nothing (ref.null $nothing))")).toEqual([
      "execution failed: null function reference, Code: 0x413",
      "    In instruction: call_ref (0x14) , @",
      stack,
    ]);
    expect(trapOf("(return_call_ref $nothing (ref.null $nothing))")).toEqual([
      "execution failed: null function reference, Code: 0x413",
      "    In instruction: return_call_ref (0x15) , @",
      stack,
    ]);
    expect(trapOf("(drop (ref.as_non_null (table.get $t (i32.const 1))))").slice(0, 2)).toEqual([
      "execution failed: null reference, Code: 0x412",
      "    In instruction: ref.as_non_null (0xd4) , @",
    ]);
  });

  it("have the offset of the instruction, not of one before it whose code was put off", () => {
    const engine = new Engine();
    // Offset 0x1e: the division; each line below is one byte of opcode and its immediate.
    const bytes = Uint8Array.of(
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00, 0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
      ...[0x0a, 0x0a, 0x01, 0x08, 0x00],
      ...[0x41, 0x07, 0x41, 0x00, 0x6d, 0x1a, 0x0b],
    );
    const error = failureOf(() => engine.call(engine.instantiate(bytes), "f"));
    expect(contextOf(error, "instruction")).toEqual([
      { kind: "instruction", name: "i32.div_s", opcode: [0x6d], offset: 0x22, args: ["7", "0"] },
    ]);
    expect(error.lines().at(-1)).toBe("calling stack:module[0]:0 f@0x00000022");
  });

  it("leave what the trapping instruction would have changed as it was", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (memory (export "m") 1) (global (export "g") (mut i32) (i32.const 1))
      (func (export "store") (i64.store (i32.const 65529) (i64.const -1)))
      (func (export "fill") (memory.fill (i32.const 65000) (i32.const 255) (i32.const 1000)))
      (func (export "set") (global.set 0 (i32.const 2)) (global.set 0 (i32.div_u (i32.const 1) (i32.const 0)))))`);
    for (const name of ["store", "fill", "set"]) failureOf(() => engine.call(instance, name));
    expect(instance.findMemoryExports("m")?.bytes.every((byte) => byte === 0)).toBe(true);
    expect(instance.findGlobalExports("g")?.getValue()).toBe(2);
  });
});

describe("a backtrace", () => {
  const names = (error: WasmEdgeError): string[] =>
    contextOf(error, "backtrace").flatMap(({ frames }) =>
      frames.map(({ moduleName, functionIndex, functionName }) => `${moduleName}:${functionIndex} ${functionName}`),
    );

  it("has the names of the name section, before those of exports, from the outermost to the innermost frame", () => {
    const engine = new Engine();
    const instance = engine.instantiate(
      namedModule(`(module
        (func $inner (param i32) (drop (i32.div_s (i32.const 1) (local.get 0))))
        (func $middle (param i32) (call $inner (local.get 0)))
        (func $outer (export "run") (call $middle (i32.const 0)))
        (func (export "nameless") (call $outer)))`),
      "math",
    );
    const error = failureOf(() => engine.call(instance, "nameless"));
    expect(names(error)).toEqual(["math:3 nameless", "math:2 outer", "math:1 middle", "math:0 inner"]);
    const [, , , inner] = contextOf(error, "backtrace")[0]?.frames ?? [];
    expect(inner?.offset).toBe(contextOf(error, "instruction")[0]?.offset);
  });

  it("goes through modules, which are numbered where they have no name", () => {
    const engine = new Engine();
    const provider = engine.instantiate(`(module (func (export "trap") (unreachable)))`);
    engine.store.registerModule(provider, "alias");
    engine.instantiate(`(module (import "alias" "trap" (func $t)) (func $g (export "g") (call $t)))`, "named");
    const top = engine.instantiate(`(module (import "named" "g" (func $g)) (func (export "f") (nop) (call $g)))`);
    const error = failureOf(() => engine.call(top, "f"));
    expect(names(error)).toEqual([":1 f", "named:1 g", ":0 trap"]);
    expect(error.lines().at(-1)).toMatch(
      /^calling stack:module\[0\]:1 f@0x[0-9a-f]{8}, named:1 g@0x[0-9a-f]{8}, module\[1\]:0 trap@0x[0-9a-f]{8}$/,
    );
  });

  it("goes through host functions, which have no offset", () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    const type = { params: [], results: [] };
    host.addHostFunction(
      "again",
      new HostFunction(
        type,
        ({ executor, module }) => void executor.invoke(exported(module as ModuleInstance, "inner")),
      ),
    );
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "again" (func $again))
      (func (export "inner") (unreachable)) (func (export "f") (call $again)) (func (export "tail") (return_call $again)))`);
    const error = failureOf(() => engine.call(instance, "f"));
    expect(error.code).toBe(ErrCode.Unreachable);
    expect(names(error)).toEqual([":2 f", "host:0 again", ":1 inner"]);
    expect(error.lines().at(-1)).toMatch(
      /^calling stack:module\[0\]:2 f@0x[0-9a-f]{8}, host:0 again, module\[0\]:1 inner@0x[0-9a-f]{8}$/,
    );
    expect(contextOf(error, "instruction")).toHaveLength(1);
  });

  it("ends with the host function that failed, or whose results do not fit", () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    host.addHostFunction(
      "fail",
      new HostFunction({ params: [], results: [] }, () => {
        throw new TypeError("not today");
      }),
    );
    host.addHostFunction("wrong", new HostFunction({ params: [], results: [ValType.I32] }, () => 0.5));
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "fail" (func $fail))
      (import "host" "wrong" (func $wrong (result i32)))
      (func (export "f") (call $fail)) (func (export "g") (drop (call $wrong))))`);
    const failed = failureOf(() => engine.call(instance, "f"));
    expect(failed.lines().slice(0, 2)).toEqual([
      "execution failed: host function failed, Code: 0x40e",
      "    TypeError: not today",
    ]);
    expect(names(failed)).toEqual([":2 f", "host:0 fail"]);
    const wrong = failureOf(() => engine.call(instance, "g"));
    expect(wrong.lines().slice(0, 2)).toEqual([
      "execution failed: function signature mismatch, Code: 0x403",
      "    Mismatched function type. Expected: FuncType {params{} returns{i32}} , Got: FuncType {params{} returns{f64}}",
    ]);
    expect(names(wrong)).toEqual([":3 g", "host:1 wrong"]);
  });

  it("does not show frames that tail calls have replaced", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module
      (func $last (export "last") (unreachable)) (func $next (export "next") (return_call $last))
      (func (export "f") (call $next)))`);
    expect(names(failureOf(() => engine.call(instance, "f")))).toEqual([":2 f", ":0 last"]);
  });

  it("is not added to the end of a run that a host function asks for", () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    host.addHostFunction(
      "exit",
      new HostFunction({ params: [], results: [] }, () => {
        throw terminated;
      }),
    );
    const terminated = failureOf(() => engine.executor.invoke(null));
    engine.store.registerModule(host);
    const instance = engine.instantiate(
      `(module (import "host" "exit" (func $exit)) (func (export "f") (call $exit)))`,
    );
    expect(failureOf(() => engine.call(instance, "f"))).toBe(terminated);
  });
});
