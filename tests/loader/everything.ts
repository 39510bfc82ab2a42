import { compile } from "watr";
import { name, section, wasm } from "./support.ts";

/** One module with every section, every form of type, limit and segment, and instructions of every kind of immediate. */
const text = `
(module
  (type $point (sub (struct (field $x i32) (field $y (mut i8)))))
  (type $point3 (sub final $point (struct (field i32) (field (mut i8)) (field (ref null $point)))))
  (rec
    (type $list (struct (field (ref null $list)) (field (ref $numbers))))
    (type $numbers (array (mut i16))))
  (type $binary (func (param i32 i32) (result i32)))
  (type $thrown (func (param i32 i64)))
  (type $pair (func (param i64) (result i64 f32)))

  (import "env" "function" (func $imported (type $binary)))
  (import "env" "memory" (memory $other 1 4))
  (import "env" "table" (table $slots 3 externref))
  (import "env" "global" (global $base (mut i32)))
  (import "env" "tag" (tag $event (type $thrown)))

  (table $functions 2 8 funcref)
  (table $wide i64 1 (ref null $binary) (ref.null $binary))
  (memory $main i64 1 65536)
  (tag $own (param f64))
  (global $counter (mut i64) (i64.const -9000000000))
  (global $origin (ref $point) (struct.new $point (i32.const 1) (i32.const 2)))
  (global $pi f64 (f64.const 3.14))
  (global $bits v128 (v128.const i32x4 1 2 3 4))

  (export "add" (func $add))
  (export "é" (global $counter))
  (export "" (memory $main))
  (start $begin)

  (elem $active (table $functions) (i32.const 0) func $add $begin)
  (elem $passive func $add)
  (elem $expressions (ref null $binary) (ref.func $add) (ref.null $binary))
  (elem declare func $begin)

  (func $add (type $binary) (local i64 i64 f32) (local v128)
    (i32.add (local.get 0) (local.get 1)))

  (func $begin (local $i i32) (local $r (ref null $numbers))
    (block $out
      (loop $again
        (br_if $out (i32.ge_u (local.get $i) (i32.const 1000000)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $again)))
    (block $a (block $b (br_table $a $b $a (local.get $i))))
    (if (result i32) (local.get $i)
      (then (call $imported (i32.const 1) (i32.const 2)))
      (else (call_indirect $functions (type $binary) (i32.const 3) (i32.const 4) (i32.const 0))))
    drop
    (try_table (catch $event 0) (catch_all 0) (throw $own (f64.const 1)))
    unreachable
    (memory.init $main 1 (i64.const 0) (i32.const 0) (i32.const 3))
    (memory.copy $main $main (i64.const 0) (i64.const 8) (i64.const 3))
    (data.drop 1)
    (table.init $functions $passive (i32.const 0) (i32.const 0) (i32.const 1))
    (elem.drop $passive)
    (table.copy $functions $functions (i32.const 0) (i32.const 1) (i32.const 1))
    (drop (select (result f32) (f32.const 1) (f32.const 2) (i32.const 0)))
    (drop (i32.load $main offset=4294967295 align=2 (i64.const 0)))
    (drop (i64.load8_u $other offset=7 (i32.const 0)))
    (v128.store8_lane $other offset=300 3 (i32.const 0) (global.get $bits))
    (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (global.get $bits) (global.get $bits)))
    (drop (i32x4.relaxed_trunc_f32x4_s (global.get $bits)))
    (drop (i32.trunc_sat_f64_u (global.get $pi)))
    (local.set $r (array.new_fixed $numbers 2 (i32.const 1) (i32.const 2)))
    (array.set $numbers (local.get $r) (i32.const 0) (i32.const 9))
    (drop (struct.get_s $point $y (global.get $origin)))
    (drop (block $cast (result (ref $point))
      (br_on_cast $cast (ref null any) (ref $point) (ref.null any))
      unreachable))
    (drop (ref.test (ref $numbers) (ref.null any)))
    (drop (memory.size $main))
    (return_call $begin))

  (data $text (memory $main) (i64.const 16) "text\\00\\ff")
  (data $rest "rest")
)`;

/** The module, and custom sections before, between and after the others. */
export function everything(): Uint8Array {
  const compiled = compile(text);
  return Uint8Array.from([
    ...wasm(section(0, name("first"), 1, 2, 3)),
    ...compiled.subarray(8),
    ...wasm(section(0, name("name"), section(0, name("everything")))).subarray(8),
  ]);
}
