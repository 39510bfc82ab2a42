import { describe, expect, it } from "vitest";
import { compile } from "watr";
import { ValType } from "../../../src/common/value-type.ts";
import { WasmValue } from "../../../src/common/wasm-value.ts";
import { HostFunction } from "../../../src/store/host-function.ts";
import { ModuleInstance } from "../../../src/store/module-instance.ts";
import { Engine, run } from "../../support/engine.ts";

/** v128 values on their ways through functions, locals, globals, blocks and the API. */

const V = 0x0f0e0d0c_0b0a0908_07060504_03020100n;
const W = 0xfedcba98_76543210_01234567_89abcdefn;

describe("v128 values", () => {
  it("pass as parameters and results, among others", () => {
    const swap = `(module (func (export "f") (param i32 v128 f64 v128) (result v128 i64 v128 i32)
      local.get 3 i64.const -5 local.get 1 local.get 0))`;
    expect(run(swap, "f", 7, V, 0.5, W)).toEqual([W, -5n, V, 7]);
  });

  it("keep their bits as typed values, NaNs included", () => {
    const engine = new Engine();
    const instance = engine.instantiate('(module (func (export "f") (param v128) (result v128) local.get 0))');
    const bits = 0x7f800001_ffffffff_7ff00000_00000001n;
    const [result] = engine.callTyped(instance, "f", WasmValue.v128(bits));
    expect(result.type).toBe(ValType.V128);
    expect(result.bits128).toBe(bits);
  });

  it("begin as zero in locals, whatever the frame held before", () => {
    const text = `(module
      (func $dirty (result v128) (local v128 v128) (local.set 0 (v128.const i64x2 -1 -1))
        (local.set 1 (local.get 0)) (local.get 1))
      (func $clean (result v128) (local v128 v128) (v128.or (local.get 0) (local.get 1)))
      (func (export "f") (result v128) (drop (call $dirty)) (call $clean)))`;
    expect(run(text, "f")).toEqual([0n]);
  });

  it("are chosen by select, also where the result's place is an operand's", () => {
    const text = `(module
      (func (export "f") (param v128 v128 i32) (result v128) (select (local.get 0) (local.get 1) (local.get 2)))
      (func (export "g") (param v128 v128 i32) (result v128)
        (local.set 1 (select (result v128) (local.get 0) (local.get 1) (local.get 2))) (local.get 1))
      (func (export "h") (param i32) (result v128)
        (select (v128.const i64x2 1 2) (v128.const i64x2 3 4) (local.get 0))))`;
    const engine = new Engine();
    const instance = engine.instantiate(text);
    for (const name of ["f", "g"]) {
      expect(engine.call(instance, name, V, W, 1)).toEqual([V]);
      expect(engine.call(instance, name, V, W, 0)).toEqual([W]);
    }
    expect(engine.call(instance, "h", 1)).toEqual([(2n << 64n) | 1n]);
    expect(engine.call(instance, "h", 0)).toEqual([(4n << 64n) | 3n]);
  });

  it("stand in globals: own, imported, and initialised by constant expressions", () => {
    const engine = new Engine();
    engine.instantiate(
      `(module (global (export "g") (mut v128) (v128.const i32x4 1 2 3 4))
        (global (export "c") v128 (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)))`,
      "lib",
    );
    const instance = engine.instantiate(`(module
      (import "lib" "g" (global $g (mut v128))) (import "lib" "c" (global $c v128))
      (global $own (mut v128) (global.get $c))
      (func (export "f") (param v128) (result v128 v128 v128)
        (global.get $own) (global.get $g) (global.set $own (local.get 0)) (global.set $g (global.get $own))
        (global.get $g)))`);
    expect(engine.call(instance, "f", W)).toEqual([V, (4n << 96n) | (3n << 64n) | (2n << 32n) | 1n, W]);
    expect(engine.call(instance, "f", 0n)).toEqual([W, W, 0n]);
  });

  it("are carried by branches, over places that overlap", () => {
    // The branch drops an i64 below the vector, so that it moves by half of its own length.
    const text = `(module (func (export "f") (param v128 i32) (result v128)
      (block (result v128)
        (i64.add (i64.const 1) (i64.extend_i32_u (local.get 1)))
        (v128.not (local.get 0))
        (br_if 0 (local.get 1))
        (drop) (drop)
        (local.get 0))))`;
    expect(run(text, "f", V, 1)).toEqual([V ^ (2n ** 128n - 1n)]);
    expect(run(text, "f", V, 0)).toEqual([V]);
  });

  it("are parameters of loops", () => {
    const text = `(module (func (export "f") (param i32) (result v128)
      (v128.const i32x4 0 1 2 3)
      (loop (param v128) (result v128)
        (v128.const i32x4 1 1 1 1) i32x4.add
        (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))
        br_if 0)))`;
    expect(run(text, "f", 5)).toEqual([(8n << 96n) | (7n << 64n) | (6n << 32n) | 5n]);
  });

  it("survive a deep recursion, for which the value stack is replaced", () => {
    const text = `(module (func $f (export "f") (param v128 i32) (result v128)
      (if (result v128) (i32.eqz (local.get 1))
        (then (local.get 0))
        (else (i8x16.add (local.get 0)
          (call $f (v128.const i64x2 0x0101010101010101 0x0101010101010101)
            (i32.sub (local.get 1) (i32.const 1))))))))`;
    const all = (byte: number): bigint => BigInt(`0x${byte.toString(16).padStart(2, "0").repeat(16)}`);
    expect(run(text, "f", all(3), 20000)).toEqual([all((3 + 20000) & 0xff)]);
  });

  it("pass through host functions as bigints", () => {
    const engine = new Engine();
    const seen: unknown[] = [];
    const type = { params: [ValType.V128, ValType.I32], results: [ValType.V128, ValType.V128] };
    const host = new ModuleInstance("host");
    host.addHostFunction(
      "f",
      new HostFunction(type, (_frame, args) => {
        seen.push(...args);
        return [args[0], 2n ** 128n - 1n];
      }),
    );
    engine.executor.registerModule(engine.store, host);
    const instance = engine.instantiate(
      compile(`(module (import "host" "f" (func $f (param v128 i32) (result v128 v128)))
        (func (export "g") (param v128) (result v128) (i64x2.add (call $f (local.get 0) (i32.const 9)))))`),
    );
    expect(engine.call(instance, "g", (5n << 64n) | 7n)).toEqual([(4n << 64n) | 6n]);
    expect(seen).toEqual([(5n << 64n) | 7n, 9]);
  });
});
