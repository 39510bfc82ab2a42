import fc from "fast-check";
import { trainingModule } from "../../src/loader/training-module.ts";
import { module } from "./support.ts";

/** Modules of WebAssembly 2.0 with something of everything: blocks, calls, memories, tables, segments, vectors. */
const texts = [
  `(type $unary (func (param i32) (result i32)))
   (import "m" "f" (func $f (param i32 i64) (result f32)))
   (import "m" "g" (global $g i32))
   (table 2 10 funcref) (memory 1 2)
   (global $v (mut i64) (i64.const 5)) (global $w i32 (global.get $g))
   (func $loop (type $unary) (local i64 f64)
     block $out (result i32)
       loop $top (param) (result i32)
         local.get 0 i32.eqz if (result i32) i32.const 7 br $out else local.get 0 i32.const 1 i32.sub local.tee 0 end
         i32.const 3 i32.gt_s br_if $top
         local.get 0
       end
     end)
   (func $switch (param i32) (result i64)
     block block block local.get 0 br_table 0 1 2 1 end i64.const 1 return end i64.const 2 return end
     global.get $v global.get $v i64.const 3 i64.mul global.set $v)
   (elem (i32.const 0) $loop $loop) (data (i32.const 16) "text")
   (export "loop" (func $loop)) (export "memory" (memory 0))`,
  `(type $pair (func (param i32 i64) (result i64 i32)))
   (memory 1) (table $t 4 externref) (table $u 4 funcref)
   (func $swap (type $pair) local.get 1 local.get 0)
   (func $use (result i32)
     i32.const 1 i64.const 2 i32.const 0 call_indirect $u (type $pair) drop i64.const 9 i64.eq
     i64.const 2 block (type $pair) call $swap end drop i32.wrap_i64)
   (func $bulk (param externref)
     i32.const 0 i32.const 1 i32.const 2 memory.copy i32.const 0 i32.const 1 i32.const 2 memory.fill
     i32.const 0 i32.const 1 i32.const 2 memory.init $d data.drop $d
     i32.const 0 local.get 0 table.set $t i32.const 1 table.get $t ref.is_null drop
     local.get 0 i32.const 1 table.grow $t drop i32.const 0 local.get 0 i32.const 2 table.fill $t
     i32.const 0 i32.const 0 i32.const 1 table.init $u $e elem.drop $e i32.const 0 i32.const 1 i32.const 1 table.copy $u $u
     ref.func $swap ref.null func i32.const 1 select (result funcref) drop table.size $u drop)
   (elem $e func $swap $use) (elem declare func $swap) (data $d "bytes") (start $nothing) (func $nothing)`,
  `(memory 1)
   (func (param v128 i32) (result v128)
     local.get 0 i8x16.extract_lane_s 3 i32x4.splat local.get 0 i16x8.add
     local.get 1 v128.load offset=16 align=16 v128.xor
     local.get 1 local.get 0 v128.load32_lane offset=4 2
     local.get 0 i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 16 17 18 31
     v128.const f32x4 1 2 3 4 f32x4.mul local.get 1 i8x16.shl f64x2.sqrt v128.or
     local.get 1 local.get 0 v128.store8_lane 7)
   (func (param f32 f64) (result f64)
     local.get 0 i32.trunc_sat_f32_s i32.extend8_s f64.convert_i32_s local.get 1 f64.max
     unreachable f32.neg f64.promote_f32 f64.add)
   (func (param i32) (result i64)
     local.get 0 i32.load8_u local.get 0 i64.load32_s offset=8 align=4 drop i64.extend_i32_u
     local.get 0 f32.const 1 f32.store local.get 0 i64.const 1 i64.store16 memory.size memory.grow drop)`,
];

/** The last one has every instruction that the validator's fast lane knows. */
export const seeds: readonly Uint8Array[] = [...texts.map(module), trainingModule()];

const interesting = [
  0x00, 0x01, 0x02, 0x05, 0x0b, 0x0c, 0x0d, 0x0f, 0x1a, 0x1b, 0x20, 0x40, 0x41, 0x6f, 0x70, 0x7b, 0x7e, 0x7f,
];

/** A byte that is set, at a place that is taken modulo the length. */
const mutation = fc.record({
  at: fc.nat(),
  byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...interesting)),
});

/** A seed with one to three bytes behind the preamble set. */
export const mutated: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.constantFrom(...seeds), fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([seed, mutations]) => {
    const bytes = seed.slice();
    for (const { at, byte } of mutations) bytes[8 + (at % (bytes.length - 8))] = byte;
    return bytes;
  });
