import { describe, expect, it } from "vitest";
import { Proposal } from "../../src/common/proposal.ts";
import type { Options } from "../loader/support.ts";
import { type Case, checkCases, module, refusedWith } from "./support.ts";
import { surroundings } from "./surroundings.ts";

function body(text: string): Uint8Array {
  return module(`${surroundings} (func $f ${text})`);
}

function check(cases: readonly Case[], options?: Options): void {
  checkCases(
    cases.map(([text, code]) => (options === undefined ? [text, code] : [text, code, options])),
    body,
  );
}

describe("Blocks", () => {
  check([
    ["block end", "valid"],
    ["block (result i32) i32.const 1 end drop", "valid"],
    ["block (result i32) end drop", "TypeCheckFailed"],
    ["block i32.const 1 end", "TypeCheckFailed"],
    ["block (result i32) i64.const 1 end drop", "TypeCheckFailed"],
    ["i32.const 1 block drop end", "TypeCheckFailed"],
    ["i32.const 1 block (param i32) drop end", "valid"],
    ["i32.const 1 loop (param i32) (result i32) br 0 end drop", "valid"],
    ["loop (result i32) br 0 end drop", "valid"],
    ["i32.const 1 if end", "valid"],
    ["i64.const 1 if end", "TypeCheckFailed"],
    ["i32.const 1 if (result i32) i32.const 1 end drop", "TypeCheckFailed"],
    ["i32.const 1 if (result i32) i32.const 1 else i32.const 2 end drop", "valid"],
    ["i32.const 1 if (result i32) i32.const 1 else i64.const 2 end drop", "TypeCheckFailed"],
    ["i32.const 1 if (result i32) i64.const 1 else i32.const 2 end drop", "TypeCheckFailed"],
    ["i32.const 1 i32.const 1 if (param i32) (result i32) end drop", "valid"],
    ["block (type $struct) end", "TypeCheckFailed"],
    ["(result i32) i32.const 1 return", "valid"],
    ["(result i32) i64.const 1 return", "TypeCheckFailed"],
    ["(result i32) unreachable", "valid"],
    ["(result i32) i32.const 1 i32.const 2", "TypeCheckFailed"],
  ]);
});

describe("Branches", () => {
  check([
    ["br 0", "valid"],
    ["block (result i32) i32.const 1 br 0 end drop", "valid"],
    ["block (result i32) br 0 end drop", "TypeCheckFailed"],
    ["block (result i32) i64.const 1 br 0 end drop", "TypeCheckFailed"],
    ["block (result i32) br 0 i32.const 1 i32.const 2 end drop", "TypeCheckFailed"],
    ["i32.const 0 br_if 0", "valid"],
    ["i64.const 0 br_if 0", "TypeCheckFailed"],
    ["block (result i32) i32.const 1 i32.const 0 br_if 0 end drop", "valid"],
    // The label's types stand on the stack after br_if, not the operand's own.
    [
      "(param (ref i31)) (result (ref i31)) block (result anyref) local.get 0 i32.const 1 br_if 0 drop local.get 0 return end unreachable",
      "valid",
    ],
    [
      "(param (ref i31)) (result (ref i31)) block (result anyref) local.get 0 i32.const 1 br_if 0 return end unreachable",
      "TypeCheckFailed",
    ],
    ["block block i32.const 0 br_table 0 1 1 end end", "valid"],
    ["block (result i32) block i32.const 1 i32.const 0 br_table 0 1 end i32.const 1 end drop", "TypeCheckFailed"],
    ["block (result i32) block (result i32) i32.const 1 i32.const 0 br_table 0 1 end end drop", "valid"],
    [
      "block (result i64) block (result i32) i32.const 1 i32.const 0 br_table 0 1 end drop i64.const 1 end drop",
      "TypeCheckFailed",
    ],
    // In code that is never reached, operands that are there still have their types.
    [
      "block (result i64) block (result i32) unreachable i32.const 0 br_table 0 1 end drop i64.const 1 end drop",
      "valid",
    ],
    [
      "block (result i64) block (result i32) unreachable i32.const 1 i32.const 0 br_table 0 1 end drop i64.const 1 end drop",
      "TypeCheckFailed",
    ],
    [
      "block (result i64) block (result i32) unreachable i64.const 1 i32.const 0 br_table 0 1 end drop i64.const 1 end drop",
      "TypeCheckFailed",
    ],
    ["block (result i32) block unreachable i32.const 0 br_table 0 1 end i32.const 1 end drop", "TypeCheckFailed"],
  ]);
});

describe("Calls", () => {
  check([
    ["call $nothing", "valid"],
    ["call $increment drop", "TypeCheckFailed"],
    ["i32.const 1 call $increment drop", "valid"],
    ["i32.const 1 i32.const 0 call_indirect $functions (type $unary) drop", "valid"],
    ["i32.const 1 i32.const 0 call_indirect $typed (type $unary) drop", "valid"],
    ["i32.const 1 i64.const 0 call_indirect $wide (type $unary) drop", "valid"],
    ["i32.const 1 i32.const 0 call_indirect $wide (type $unary) drop", "TypeCheckFailed"],
    ["i32.const 1 i32.const 0 call_indirect $externs (type $unary) drop", "TypeCheckFailed"],
    ["i32.const 0 call_indirect $functions (type $struct)", "TypeCheckFailed"],
    ["ref.null $void call_ref $void", "valid"],
    ["ref.null func call_ref $void", "TypeCheckFailed"],
    ["ref.null $unary call_ref $struct", "TypeCheckFailed"],
    ["return_call $nothing", "valid"],
    ["return_call $number", "TypeCheckFailed"],
    ["(result i32) return_call $number", "valid"],
    ["(result i64) return_call $number", "TypeCheckFailed"],
    ["(result i32) i32.const 1 i32.const 0 return_call_indirect $functions (type $unary)", "valid"],
    ["(result i32) i32.const 1 i32.const 0 return_call_indirect $functions (type $void)", "TypeCheckFailed"],
    ["(result i32) i32.const 1 ref.null $unary return_call_ref $unary", "valid"],
    ["(result f32) i32.const 1 ref.null $unary return_call_ref $unary", "TypeCheckFailed"],
    ["(result i32) i32.const 1 ref.null $void return_call_ref $unary", "TypeCheckFailed"],
  ]);
});

describe("Numbers, select, drop", () => {
  check([
    ["i32.const 1 i32.const 2 i32.add drop", "valid"],
    ["i32.const 1 i64.const 2 i32.add drop", "TypeCheckFailed"],
    ["i32.const 1 i32.add drop", "TypeCheckFailed"],
    ["f32.const 1 i32.eqz drop", "TypeCheckFailed"],
    ["drop", "TypeCheckFailed"],
    ["unreachable drop i32.add drop", "valid"],
    ["unreachable i64.const 1 i32.add drop", "TypeCheckFailed"],
    ["i32.const 1 i32.const 2 i32.const 3 select drop", "valid"],
    ["i32.const 1 i64.const 2 i32.const 3 select drop", "TypeCheckFailed"],
    ["ref.null func ref.null func i32.const 3 select drop", "TypeCheckFailed"],
    ["unreachable ref.null func i32.const 3 select drop", "TypeCheckFailed"],
    ["unreachable i64.const 1 i32.const 3 select i64.eqz drop", "valid"],
    ["unreachable i64.const 1 i32.const 3 select i32.eqz drop", "TypeCheckFailed"],
    ["ref.null func ref.null func i32.const 3 select (result funcref) drop", "valid"],
    ["ref.null extern ref.null func i32.const 3 select (result funcref) drop", "TypeCheckFailed"],
  ]);

  it("select with types wants exactly one", () => {
    // select with 0 and with 2 types, after unreachable
    const select = (...types: number[]) => [0x00, 0x00, 0x1c, types.length, ...types, 0x1a, 0x0b];
    for (const types of [[], [0x7f, 0x7f]]) {
      const code = select(...types);
      const bytes = [
        0,
        0x61,
        0x73,
        0x6d,
        1,
        0,
        0,
        0,
        1,
        4,
        1,
        0x60,
        0,
        0,
        3,
        2,
        1,
        0,
        10,
        code.length + 2,
        1,
        code.length,
        ...code,
      ];
      expect(refusedWith(Uint8Array.from(bytes))).toBe("InvalidResultArity");
    }
  });
});

describe("Locals and globals", () => {
  check([
    ["(param i32) (local f32) local.get 0 drop local.get 1 f32.neg local.set 1", "valid"],
    ["(local i32) i64.const 0 local.set 0", "TypeCheckFailed"],
    ["(local i32) i32.const 0 local.tee 0 i32.eqz drop", "valid"],
    ["(local (ref $void)) local.get 0 drop", "InvalidUninitLocal"],
    ["(param (ref $void)) (local (ref $void)) local.get 0 local.set 1 local.get 1 drop", "valid"],
    ["(param (ref $void)) (local (ref $void)) local.get 0 local.tee 1 drop local.get 1 drop", "valid"],
    [
      "(param (ref $void)) (local (ref $void)) block local.get 0 local.set 1 end local.get 1 drop",
      "InvalidUninitLocal",
    ],
    ["(param (ref $void)) (local (ref $void)) local.get 0 local.set 1 block local.get 1 drop end", "valid"],
    [
      "(param (ref $void)) (local (ref $void)) i32.const 0 if local.get 0 local.set 1 else local.get 1 drop end",
      "InvalidUninitLocal",
    ],
    ["(local (ref $void)) unreachable local.get 0 drop", "InvalidUninitLocal"],
    ["global.get $constant drop", "valid"],
    ["i32.const 1 global.set $variable", "valid"],
    ["i64.const 1 global.set $variable", "TypeCheckFailed"],
    ["i32.const 1 global.set $constant", "ImmutableGlobal"],
  ]);
});

describe("Memories and tables", () => {
  check([
    ["i32.const 0 i32.load drop", "valid"],
    ["i64.const 0 i32.load drop", "TypeCheckFailed"],
    ["i64.const 0 i32.load $large drop", "valid"],
    ["i32.const 0 i32.load $large drop", "TypeCheckFailed"],
    ["i32.const 0 i32.load align=8 drop", "AlignmentTooLarge"],
    ["i32.const 0 i64.load8_u align=2 drop", "AlignmentTooLarge"],
    ["i32.const 0 i32.const 0 i32.store", "valid"],
    ["i32.const 0 i64.const 0 i32.store", "TypeCheckFailed"],
    ["memory.size drop", "valid"],
    ["memory.size $large i64.eqz drop", "valid"],
    ["memory.size $large i32.eqz drop", "TypeCheckFailed"],
    ["i64.const 1 memory.grow $large drop", "valid"],
    ["i32.const 0 i32.const 0 i32.const 0 memory.init $memory $data", "valid"],
    ["i64.const 0 i32.const 0 i32.const 0 memory.init $large $data", "valid"],
    ["data.drop $data", "valid"],
    ["i32.const 0 i32.const 0 i32.const 0 memory.copy", "valid"],
    ["i64.const 0 i32.const 0 i32.const 0 memory.copy $large $memory", "valid"],
    ["i64.const 0 i32.const 0 i64.const 0 memory.copy $large $memory", "TypeCheckFailed"],
    ["i32.const 0 i32.const 0 i32.const 0 memory.fill", "valid"],
    ["i64.const 0 i32.const 0 i64.const 0 memory.fill $large", "valid"],
    ["i32.const 0 table.get $functions drop", "valid"],
    ["i32.const 0 ref.null func table.set $functions", "valid"],
    ["i32.const 0 ref.null extern table.set $functions", "TypeCheckFailed"],
    ["i32.const 0 ref.null func table.set $typed", "TypeCheckFailed"],
    ["table.size $wide i64.eqz drop", "valid"],
    ["ref.null func i32.const 1 table.grow $functions drop", "valid"],
    ["ref.null func i64.const 1 table.grow $wide i64.eqz drop", "valid"],
    ["i64.const 0 ref.null func i64.const 1 table.fill $wide", "valid"],
    ["i32.const 0 i32.const 0 i32.const 0 table.copy $functions $typed", "valid"],
    ["i32.const 0 i32.const 0 i32.const 0 table.copy $typed $functions", "TypeCheckFailed"],
    ["i64.const 0 i32.const 0 i32.const 0 table.copy $wide $functions", "valid"],
    ["i32.const 0 i32.const 0 i32.const 0 table.init $functions $segment", "valid"],
    ["i32.const 0 i32.const 0 i32.const 0 table.init $functions $externSegment", "TypeCheckFailed"],
    ["elem.drop $segment", "valid"],
  ]);
});

describe("References", () => {
  check([
    ["ref.null $struct drop", "valid"],
    ["ref.null func ref.is_null drop", "valid"],
    ["i32.const 0 ref.is_null drop", "TypeCheckFailed"],
    ["ref.func $nothing drop", "valid"],
    ["ref.func $undeclared drop", "InvalidRefIdx"],
    ["(result (ref $void)) ref.func $nothing", "valid"],
    ["(result (ref $void)) ref.null $void ref.as_non_null", "valid"],
    ["(result (ref $void)) ref.null $void", "TypeCheckFailed"],
    ["(result (ref $void)) unreachable ref.as_non_null", "valid"],
    ["(result i32) unreachable ref.as_non_null", "TypeCheckFailed"],
    ["i32.const 0 ref.as_non_null drop", "TypeCheckFailed"],
    ["ref.null eq ref.null i31 ref.eq drop", "valid"],
    ["ref.null any ref.null i31 ref.eq drop", "TypeCheckFailed"],
    ["ref.null any ref.test (ref $struct) drop", "valid"],
    ["ref.null any ref.test (ref func) drop", "TypeCheckFailed"],
    ["i32.const 0 ref.test (ref any) drop", "TypeCheckFailed"],
    ["ref.null func ref.cast (ref $void) drop", "valid"],
    ["ref.null extern any.convert_extern ref.is_null drop", "valid"],
    ["(result (ref any)) ref.null extern any.convert_extern", "TypeCheckFailed"],
    ["(param (ref extern)) (result (ref any)) local.get 0 any.convert_extern", "valid"],
    ["(result (ref any)) unreachable any.convert_extern", "valid"],
    ["ref.null func extern.convert_any drop", "TypeCheckFailed"],
    ["i32.const 1 ref.i31 i31.get_s drop", "valid"],
    ["ref.null any i31.get_u drop", "TypeCheckFailed"],
  ]);
});

describe("Branches on references", () => {
  check([
    ["block ref.null func br_on_null 0 drop end", "valid"],
    ["block i32.const 0 br_on_null 0 drop end", "InvalidBrRefType"],
    ["block ref.null $void br_on_null 0 call_ref $void end", "valid"],
    ["block unreachable br_on_null 0 i32.eqz drop end", "TypeCheckFailed"],
    ["block (result (ref func)) ref.null func br_on_non_null 0 unreachable end drop", "valid"],
    ["block ref.null func br_on_non_null 0 end", "InvalidBrRefType"],
    ["block (result i32) ref.null func br_on_non_null 0 unreachable end drop", "InvalidBrRefType"],
    ["block (result (ref extern)) ref.null func br_on_non_null 0 unreachable end drop", "TypeCheckFailed"],
    [
      "block (result i32 (ref func)) i32.const 1 ref.null func br_on_non_null 0 drop unreachable end drop drop",
      "valid",
    ],
    [
      "(param anyref) block (result (ref $struct)) local.get 0 br_on_cast 0 anyref (ref $struct) unreachable end drop",
      "valid",
    ],
    [
      "(param anyref) block (result (ref func)) local.get 0 br_on_cast 0 anyref (ref $struct) unreachable end drop",
      "TypeCheckFailed",
    ],
    [
      "(param anyref) block (result anyref) local.get 0 br_on_cast 0 anyref funcref unreachable end drop",
      "TypeCheckFailed",
    ],
    ["(param anyref) block local.get 0 br_on_cast 0 anyref (ref $struct) unreachable end", "InvalidBrRefType"],
    // What falls through a cast that takes null along is not null.
    [
      "(param anyref) block (result (ref null $struct)) local.get 0 br_on_cast 0 anyref (ref null $struct) block (param (ref any)) drop end unreachable end drop",
      "valid",
    ],
    [
      "(param anyref) block (result (ref null $struct)) local.get 0 br_on_cast 0 anyref (ref $struct) block (param (ref any)) drop end unreachable end drop",
      "TypeCheckFailed",
    ],
    [
      "(param anyref) block (result anyref) local.get 0 br_on_cast_fail 0 anyref (ref $struct) struct.get $struct 0 drop unreachable end drop",
      "valid",
    ],
    [
      "(param anyref) block (result (ref any)) local.get 0 br_on_cast_fail 0 anyref (ref $struct) drop unreachable end drop",
      "TypeCheckFailed",
    ],
    [
      "(param anyref) block (result (ref any)) local.get 0 br_on_cast_fail 0 anyref (ref null $struct) drop unreachable end drop",
      "valid",
    ],
  ]);
});

describe("Structs and arrays", () => {
  check([
    ["i32.const 1 i32.const 2 ref.null $struct struct.new $struct drop", "valid"],
    ["i32.const 1 ref.null $struct struct.new $struct drop", "TypeCheckFailed"],
    ["struct.new_default $struct drop", "valid"],
    ["struct.new_default $strict drop", "TypeCheckFailed"],
    ["struct.new_default $bytes drop", "TypeCheckFailed"],
    ["(result (ref $struct)) struct.new_default $derived", "valid"],
    ["(result (ref $derived)) struct.new_default $struct", "TypeCheckFailed"],
    ["struct.new_default $struct struct.get $struct 0 drop", "valid"],
    ["struct.new_default $struct struct.get $struct 1 drop", "InvalidPackedField"],
    ["struct.new_default $struct struct.get_s $struct 1 drop", "valid"],
    ["struct.new_default $struct struct.get_u $struct 0 drop", "InvalidUnpackedField"],
    ["struct.new_default $struct i32.const 1 struct.set $struct 1", "valid"],
    ["struct.new_default $struct i32.const 1 struct.set $struct 0", "ImmutableField"],
    ["struct.new_default $struct i64.const 1 struct.set $struct 1", "TypeCheckFailed"],
    ["i32.const 1 i32.const 3 array.new $bytes drop", "valid"],
    ["i64.const 1 i32.const 3 array.new $bytes drop", "TypeCheckFailed"],
    ["i32.const 3 array.new_default $bytes drop", "valid"],
    ["i32.const 3 array.new_default $strictArray drop", "TypeCheckFailed"],
    ["i32.const 1 i32.const 2 array.new_fixed $bytes 2 drop", "valid"],
    ["i32.const 1 array.new_fixed $bytes 2 drop", "TypeCheckFailed"],
    ["array.new_fixed $bytes 0xffffffff drop", "TypeCheckFailed"],
    ["unreachable array.new_fixed $bytes 0xffffffff drop", "valid"],
    ["unreachable i64.const 1 array.new_fixed $bytes 0xffffffff drop", "TypeCheckFailed"],
    ["i32.const 0 i32.const 1 array.new_data $bytes $data drop", "valid"],
    ["i32.const 0 i32.const 1 array.new_data $refs $data drop", "ArrayTypesNumtypeRequired"],
    ["i32.const 0 i32.const 1 array.new_elem $funcs $segment drop", "valid"],
    ["i32.const 0 i32.const 1 array.new_elem $refs $segment drop", "TypeCheckFailed"],
    ["i32.const 0 i32.const 1 array.new_elem $bytes $segment drop", "TypeCheckFailed"],
    ["ref.null $words i32.const 0 array.get $words drop", "valid"],
    ["ref.null $bytes i32.const 0 array.get $bytes drop", "InvalidPackedArray"],
    ["ref.null $bytes i32.const 0 array.get_u $bytes drop", "valid"],
    ["ref.null $words i32.const 0 array.get_s $words drop", "InvalidUnpackedArray"],
    ["ref.null $bytes i32.const 0 i32.const 1 array.set $bytes", "valid"],
    ["ref.null $words i32.const 0 i32.const 1 array.set $words", "ImmutableArray"],
    ["ref.null $words array.len drop", "valid"],
    ["ref.null any array.len drop", "TypeCheckFailed"],
    ["ref.null $bytes i32.const 0 i32.const 1 i32.const 2 array.fill $bytes", "valid"],
    ["ref.null $words i32.const 0 i32.const 1 i32.const 2 array.fill $words", "ImmutableArray"],
    ["ref.null $bytes i32.const 0 ref.null $bytes i32.const 0 i32.const 1 array.copy $bytes $bytes", "valid"],
    [
      "ref.null $bytes i32.const 0 ref.null $words i32.const 0 i32.const 1 array.copy $bytes $words",
      "ArrayTypesMismatch",
    ],
    ["ref.null $words i32.const 0 ref.null $words i32.const 0 i32.const 1 array.copy $words $words", "ImmutableArray"],
    ["ref.null $bytes i32.const 0 i32.const 0 i32.const 1 array.init_data $bytes $data", "valid"],
    ["ref.null $words i32.const 0 i32.const 0 i32.const 1 array.init_data $words $data", "ImmutableArray"],
    ["ref.null $refs i32.const 0 i32.const 0 i32.const 1 array.init_data $refs $data", "ArrayTypesNumtypeRequired"],
    ["ref.null $funcs i32.const 0 i32.const 0 i32.const 1 array.init_elem $funcs $segment", "valid"],
    ["ref.null $bytes i32.const 0 i32.const 0 i32.const 1 array.init_elem $bytes $segment", "TypeCheckFailed"],
    ["ref.null $refs i32.const 0 i32.const 0 i32.const 1 array.init_elem $refs $segment", "TypeCheckFailed"],
  ]);
});

describe("Exceptions", () => {
  check([
    ["throw $empty", "valid"],
    ["throw $payload", "TypeCheckFailed"],
    ["i32.const 1 throw $payload", "valid"],
    ["ref.null exn throw_ref", "valid"],
    ["ref.null any throw_ref", "TypeCheckFailed"],
    ["block $l (try_table (catch $empty $l)) end", "valid"],
    ["block $l (result i32) (try_table (catch $payload $l)) i32.const 1 end drop", "valid"],
    ["block $l (try_table (catch $payload $l)) end", "TypeCheckFailed"],
    ["block $l (result i64) (try_table (catch $payload $l)) i64.const 1 end drop", "TypeCheckFailed"],
    ["block $l (result i32 exnref) (try_table (catch_ref $payload $l)) unreachable end drop drop", "valid"],
    ["block $l (result i32 (ref exn)) (try_table (catch_ref $payload $l)) unreachable end drop drop", "valid"],
    ["block $l (result exnref) (try_table (catch_ref $payload $l)) unreachable end drop", "TypeCheckFailed"],
    ["block $l (result exnref) (try_table (catch_all_ref $l)) unreachable end drop", "valid"],
    ["block $l (try_table (catch_all_ref $l)) end", "TypeCheckFailed"],
    ["block $l (try_table (catch_all $l)) end", "valid"],
    ["(result i32) (try_table (result i32) (i32.const 1))", "valid"],
    ["(result i32) (try_table (result i32) (i64.const 1))", "TypeCheckFailed"],
  ]);
});

describe("Vectors", () => {
  check([
    ["v128.const i32x4 0 0 0 0 i8x16.extract_lane_s 15 drop", "valid"],
    ["v128.const i32x4 0 0 0 0 i8x16.extract_lane_s 16 drop", "InvalidLaneIdx"],
    ["v128.const i32x4 0 0 0 0 f64.const 0 f64x2.replace_lane 2 drop", "InvalidLaneIdx"],
    ["v128.const i32x4 0 0 0 0 i64.const 0 i32x4.replace_lane 0 drop", "TypeCheckFailed"],
    ["i32.const 0 v128.const i32x4 0 0 0 0 v128.load16_lane 7 drop", "valid"],
    ["i32.const 0 v128.const i32x4 0 0 0 0 v128.load16_lane 8 drop", "InvalidLaneIdx"],
    ["i64.const 0 v128.const i32x4 0 0 0 0 v128.store64_lane $large 1", "valid"],
    ["i32.const 0 v128.const i32x4 0 0 0 0 v128.store64_lane align=16 1", "AlignmentTooLarge"],
    ["i32.const 0 v128.load align=16 drop", "valid"],
    ["i32.const 0 v128.load align=32 drop", "AlignmentTooLarge"],
    ["v128.const i32x4 0 0 0 0 i32.const 1 i8x16.shl drop", "valid"],
    ["v128.const i32x4 0 0 0 0 v128.const i32x4 0 0 0 0 v128.const i32x4 0 0 0 0 f32x4.relaxed_madd drop", "valid"],
    ["v128.const i32x4 0 0 0 0 v128.const i32x4 0 0 0 0 f32x4.relaxed_madd drop", "TypeCheckFailed"],
    [
      "v128.const i32x4 0 0 0 0 v128.const i32x4 0 0 0 0 i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 drop",
      "valid",
    ],
    [
      "v128.const i32x4 0 0 0 0 v128.const i32x4 0 0 0 0 i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 32 drop",
      "InvalidLaneIdx",
    ],
  ]);
});

describe("Atomic accesses", () => {
  check(
    [
      ["i32.const 0 i32.atomic.load align=4 drop", "valid"],
      ["i32.const 0 i32.atomic.load align=2 drop", "InvalidAlignment"],
      ["i32.const 0 i32.atomic.load align=8 drop", "InvalidAlignment"],
      ["i64.const 0 i32.atomic.load $large align=4 drop", "valid"],
      ["i32.const 0 i32.const 1 i64.const 0 memory.atomic.wait32 align=4 drop", "valid"],
      ["i32.const 0 i32.const 1 i64.const 0 memory.atomic.wait64 align=8 drop", "TypeCheckFailed"],
      ["atomic.fence", "valid"],
      ["i32.const 0 i64.const 1 i64.const 2 i64.atomic.rmw.cmpxchg align=8 drop", "valid"],
    ],
    { enable: [Proposal.Threads] },
  );
});

describe("Wide arithmetic", () => {
  check(
    [
      ["i64.const 1 i64.const 2 i64.const 3 i64.const 4 i64.add128 drop drop", "valid"],
      ["i64.const 1 i64.const 2 i64.const 3 i64.sub128 drop drop", "TypeCheckFailed"],
      ["(result i64 i64) i64.const 1 i64.const 2 i64.mul_wide_s", "valid"],
      ["i64.const 1 i64.const 2 i64.mul_wide_u i32.eqz drop drop", "TypeCheckFailed"],
    ],
    { enable: [Proposal.WideArithmetic] },
  );
});
