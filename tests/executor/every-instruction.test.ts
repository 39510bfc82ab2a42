import { describe, expect, it } from "vitest";
import {
  ADDRESS,
  type InstructionInfo,
  instructions,
  instructionText,
  opcodeBytes,
} from "../../src/ast/instructions.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import { isExecutable } from "../../src/executor/instantiate/executable.ts";
import { type Bytes, name, section, u32, wasm } from "../loader/support.ts";
import { contextOf, Engine, failureOf } from "../support/engine.ts";

/** Each row of the instruction table is executed, or its module is refused by its name. */

const zeros: ReadonlyMap<ValType, Bytes> = new Map<ValType, Bytes>([
  [ADDRESS, [0x41, 0]],
  [ValType.I32, [0x41, 0]],
  [ValType.I64, [0x42, 0]],
  [ValType.F32, [0x43, 0, 0, 0, 0]],
  [ValType.F64, [0x44, 0, 0, 0, 0, 0, 0, 0, 0]],
  [ValType.V128, [0xfd, 0x0c, new Array<number>(16).fill(0)]],
]);

/** Zero immediates of each kind that a row with a signature has. */
function immediates({ immediate, width }: InstructionInfo): Bytes {
  const align = Math.log2(width);
  switch (immediate) {
    case "memArg":
      return [align, 0];
    case "memArgLane":
      return [align, 0, 0];
    case "f32":
      return [0, 0, 0, 0];
    case "f64":
      return new Array<number>(8).fill(0);
    case "v128":
    case "shuffle":
      return new Array<number>(16).fill(0);
    case "none":
      return [];
    default:
      return [0];
  }
}

function flat(bytes: Bytes): number[] {
  return bytes.flatMap((part) => (typeof part === "number" ? [part] : flat(part)));
}

/** A module whose function `f` executes the instruction on zeros and drops what it gives. */
function moduleOf(info: InstructionInfo): Uint8Array {
  const { operands = [], results = [], opcode } = info;
  const [first, ...rest] = opcodeBytes(opcode);
  const body = flat([
    0,
    operands.map((type) => zeros.get(type) ?? []),
    [first, ...rest.map((byte) => u32(byte))],
    immediates(info),
    results.map(() => 0x1a),
    0x0b,
  ]);
  return wasm(
    section(1, 1, 0x60, 0, 0),
    section(3, 1, 0),
    section(4, 1, 0x70, 0, 1),
    section(5, 1, 1, 1, 1),
    section(7, 1, name("f"), 0, 0),
    section(9, 1, 1, 0, 0),
    section(12, 1),
    section(10, 1, u32(body.length), body),
    section(11, 1, 1, 0),
  );
}

/** The instructions with rules of their own, in a function's body of text that executes each at least once. */
const special: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "block loop if else end br br_if br_table drop select select_t return":
      "(block (loop (if (i32.const 1) (then (br 2)) (else)))) (block (br_if 0 (i32.const 1))) (block (br_table 0 0 (i32.const 0))) " +
      "(drop (select (i32.const 1) (i32.const 2) (i32.const 0))) (drop (select (result i32) (i32.const 1) (i32.const 2) (i32.const 0))) return",
    "local.get local.set local.tee global.get global.set":
      "(local.set 0 (local.get 0)) (drop (local.tee 0 (i32.const 1))) (global.set 0 (global.get 0))",
    "call call_indirect call_ref ref.func":
      "(call $g) (call_indirect (type $v) (i32.const 0)) (call_ref $v (ref.func $g))",
    return_call: "(return_call $g)",
    return_call_indirect: "(return_call_indirect (type $v) (i32.const 0))",
    return_call_ref: "(return_call_ref $v (ref.func $g))",
    "table.get table.set table.size table.grow table.fill table.copy table.init elem.drop":
      "(table.set $t (i32.const 1) (table.get $t (i32.const 0))) (drop (table.size $t)) (drop (table.grow $t (ref.null func) (i32.const 1))) " +
      "(table.fill $t (i32.const 0) (ref.null func) (i32.const 1)) (table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 1)) " +
      "(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $e)",
    "memory.init memory.copy memory.fill":
      "(memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)) (memory.copy (i32.const 0) (i32.const 1) (i32.const 1)) (memory.fill (i32.const 0) (i32.const 1) (i32.const 1))",
    "ref.null ref.is_null ref.eq ref.as_non_null":
      "(drop (ref.is_null (ref.null func))) (drop (ref.eq (ref.null eq) (ref.null eq))) (drop (ref.as_non_null (ref.func $g)))",
    "br_on_null br_on_non_null":
      "(block (drop (br_on_null 0 (ref.null func)))) (block (result (ref func)) (br_on_non_null 0 (ref.func $g)) (ref.func $g)) drop",
    "struct.new struct.new_default struct.get struct.get_s struct.get_u struct.set":
      "(drop (struct.get $s 0 (struct.new $s (i32.const 1) (i32.const 2)))) (drop (struct.get_s $s 1 (struct.new_default $s))) " +
      "(drop (struct.get_u $s 1 (struct.new_default $s))) (struct.set $s 0 (struct.new_default $s) (i32.const 1))",
    "array.new array.new_default array.new_fixed array.new_data array.get array.get_s array.get_u array.set array.len array.fill array.copy array.init_data":
      "(drop (array.get $a (array.new $a (i32.const 1) (i32.const 2)) (i32.const 0))) (drop (array.get_s $b (array.new_default $b (i32.const 2)) (i32.const 0))) " +
      "(drop (array.get_u $b (array.new_fixed $b 1 (i32.const 3)) (i32.const 0))) (drop (array.len (array.new_data $b $d (i32.const 0) (i32.const 1)))) " +
      "(array.set $a (array.new_default $a (i32.const 1)) (i32.const 0) (i32.const 1)) (array.fill $a (array.new_default $a (i32.const 1)) (i32.const 0) (i32.const 1) (i32.const 1)) " +
      "(array.copy $a $a (array.new_default $a (i32.const 1)) (i32.const 0) (array.new_default $a (i32.const 1)) (i32.const 0) (i32.const 1)) " +
      "(array.init_data $b $d (array.new_default $b (i32.const 1)) (i32.const 0) (i32.const 0) (i32.const 1))",
    "array.new_elem array.init_elem":
      "(drop (array.new_elem $r $e (i32.const 0) (i32.const 1))) (array.init_elem $r $e (array.new_default $r (i32.const 1)) (i32.const 0) (i32.const 0) (i32.const 1))",
    "ref.test ref.test_null ref.cast ref.cast_null br_on_cast br_on_cast_fail":
      "(drop (ref.test (ref i31) (ref.null any))) (drop (ref.test (ref null i31) (ref.null any))) (drop (ref.cast (ref i31) (ref.i31 (i32.const 1)))) " +
      "(drop (ref.cast (ref null i31) (ref.null any))) (block (result anyref) (br_on_cast 0 anyref i31ref (ref.null any))) drop (block (result anyref) (br_on_cast_fail 0 anyref i31ref (ref.null any))) drop",
    "any.convert_extern extern.convert_any ref.i31 i31.get_s i31.get_u":
      "(drop (any.convert_extern (extern.convert_any (ref.null any)))) (drop (i31.get_s (ref.i31 (i32.const 1)))) (drop (i31.get_u (ref.i31 (i32.const 1))))",
    "throw try_table": "(block $h (result i32) (try_table (catch $x $h) (throw $x (i32.const 1))) unreachable) drop",
    throw_ref:
      "(block $h (try_table (catch_all $h) (block $k (result exnref) (try_table (catch_all_ref $k) (throw $x (i32.const 1))) unreachable) throw_ref))",
    unreachable: "(if (i32.const 0) (then unreachable))",
  }),
);

/** The legacy instructions, which `watr` cannot assemble: try, throw, catch, rethrow, catch_all, delegate. */
const legacyBody = [
  [0x06, 0x40],
  [0x06, 0x40, 0x06, 0x40, 0x08, 0, 0x18, 0, 0x07, 0, 0x09, 0, 0x0b],
  [0x19, 0x0b],
];
const legacy = ["try", "catch", "rethrow", "delegate", "catch_all"];

function textModule(body: string): string {
  return `(module
    (type $v (func)) (type $s (struct (field (mut i32)) (field (mut i8)))) (type $a (array (mut i32)))
    (type $b (array (mut i8))) (type $r (array (mut funcref)))
    (tag $x (param i32)) (memory 1) (table $t 2 funcref) (global (mut i32) (i32.const 1))
    (func $g (type $v)) (elem (table $t) (i32.const 0) func $g) (elem $e func $g) (data $d "abc")
    (func (export "f") (local i32) ${body}))`;
}

const withSignature = instructions.filter(({ operands }) => operands !== undefined);
const withRule = instructions.filter(({ operands }) => operands === undefined);

describe("every instruction of the table", () => {
  it.each(withSignature.map((info) => [info.name, info] as const))("%s is executed, or refused by name", (_, info) => {
    const engine = new Engine();
    const bytes = moduleOf(info);
    if (!isExecutable(info)) {
      const error = failureOf(() => engine.instantiate(bytes));
      expect(error.code).toBe(ErrCode.InstructionNotExecutable);
      expect(contextOf(error, "instruction")[0].name).toBe(instructionText(info.opcode));
      return;
    }
    const instance = engine.instantiate(bytes);
    try {
      expect(engine.call(instance, "f")).toEqual([]);
    } catch (error) {
      // Dividing by zero is an execution too.
      if (!(error instanceof WasmEdgeError)) throw error;
      expect(error.code).toBe(ErrCode.DivideByZero);
    }
  });

  it.each(Array.from(special))("%s: executed", (_, body) => {
    const engine = new Engine();
    expect(engine.call(engine.instantiate(textModule(body)), "f")).toEqual([]);
  });

  it("the legacy ones are executed", () => {
    const body = flat([0, legacyBody, 0x0b]);
    const bytes = wasm(
      section(1, 1, 0x60, 0, 0),
      section(3, 1, 0),
      section(13, 1, 0, 0),
      section(7, 1, name("f"), 0, 0),
      section(10, 1, u32(body.length), body),
    );
    const engine = new Engine();
    expect(engine.call(engine.instantiate(bytes), "f")).toEqual([]);
  });

  it("has its place above", () => {
    const named = new Set([...Array.from(special.keys()).flatMap((names) => names.split(" ")), ...legacy]);
    expect(withRule.filter((info) => !named.has(info.name)).map((info) => info.name)).toEqual([]);
  });
});
