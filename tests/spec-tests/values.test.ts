import { describe, expect, it } from "vitest";
import { hostObject, matches, toArgument } from "../../spec-tests/values.ts";
import { indexedRefType, refType, TypeCode, ValType } from "../../src/common/value-type.ts";
import { WasmValue } from "../../src/common/wasm-value.ts";
import { ArrayInstance } from "../../src/store/array-instance.ts";
import { FunctionInstance } from "../../src/store/function-instance.ts";
import { I31 } from "../../src/store/i31.ts";
import { StructInstance } from "../../src/store/struct-instance.ts";

const func = new FunctionInstance({ params: [], results: [] }, 0, undefined, 0);

function f32(bits: number): WasmValue {
  return WasmValue.f32Bits(bits);
}

describe("toArgument", () => {
  it("reads numbers as unsigned decimal bits", () => {
    expect(toArgument({ type: "i32", value: "4294967295" }).toI32()).toBe(-1);
    expect(toArgument({ type: "i64", value: "18446744073709551615" }).toI64()).toBe(-1n);
    expect(toArgument({ type: "i64", value: "9223372036854775808" }).toI64()).toBe(-(2n ** 63n));
    expect(toArgument({ type: "f32", value: "1084227584" }).toF32()).toBe(5);
    expect(toArgument({ type: "f64", value: "13830554455654793216" }).toF64()).toBe(-1);
  });

  it("keeps the payload and sign of a NaN", () => {
    expect(toArgument({ type: "f32", value: "2141192192" }).bits32).toBe(0x7fa00000);
    expect(toArgument({ type: "f64", value: `${0xfff4000000000001n}` }).bits64).toBe(0xfff4000000000001n);
  });

  it("puts lane 0 of a vector lowest", () => {
    const lanes = ["1", "2", "3", "4", "5", "6", "7", "65535"];
    expect(toArgument({ type: "v128", lane_type: "i16", value: lanes }).bits128).toBe(
      0xffff_0007_0006_0005_0004_0003_0002_0001n,
    );
    expect(toArgument({ type: "v128", lane_type: "f64", value: ["4607182418800017408", "0"] }).bits128).toBe(
      0x3ff0000000000000n,
    );
  });

  it("gives the same host object for the same number", () => {
    expect(toArgument({ type: "externref", value: "7" }).reference).toBe(hostObject("7"));
    expect(toArgument({ type: "anyref", value: "7" }).reference).toBe(hostObject("7"));
    expect(hostObject("7")).not.toBe(hostObject("8"));
    expect(toArgument({ type: "externref", value: "0" }).isNullRef()).toBe(false);
    expect(toArgument({ type: "externref", value: "null" }).isNullRef()).toBe(true);
    expect(toArgument({ type: "funcref", value: "null" }).type).toBe(ValType.FuncRef);
  });

  it("refuses what the format does not know", () => {
    expect(() => toArgument({ type: "i31ref", value: "1" })).toThrow("unknown argument");
    expect(() => toArgument({ type: "funcref", value: "1" })).toThrow("unknown argument");
    expect(() => toArgument({ type: "v128", lane_type: "i32", value: ["1"] })).toThrow("unknown vector");
  });
});

describe("matches", () => {
  it("compares the bits of numbers and their type", () => {
    expect(matches({ type: "i32", value: "4294967295" }, WasmValue.i32(-1))).toBe(true);
    expect(matches({ type: "i32", value: "1" }, WasmValue.i32(2))).toBe(false);
    expect(matches({ type: "i32", value: "1" }, WasmValue.i64(1n))).toBe(false);
    expect(matches({ type: "i64", value: "18446744073709551615" }, WasmValue.i64(-1n))).toBe(true);
    expect(matches({ type: "f32", value: "0" }, WasmValue.f32(-0))).toBe(false);
    expect(matches({ type: "f32", value: "2147483648" }, WasmValue.f32(-0))).toBe(true);
    expect(matches({ type: "f64", value: "0" }, WasmValue.i64(0n))).toBe(false);
  });

  it("takes as canonical a NaN of any sign with the quiet bit alone", () => {
    const canonical = { type: "f32", value: "nan:canonical" };
    expect([0x7fc00000, 0xffc00000].map((bits) => matches(canonical, f32(bits)))).toEqual([true, true]);
    const others = [0x7fc00001, 0x7fe00000, 0x7fa00000, 0x7f800000, 0x7f800001, 0];
    expect(others.map((bits) => matches(canonical, f32(bits)))).toEqual(others.map(() => false));
    const canonical64 = { type: "f64", value: "nan:canonical" };
    expect(matches(canonical64, WasmValue.f64Bits(0xfff8000000000000n))).toBe(true);
    expect(matches(canonical64, WasmValue.f64Bits(0x7ff8000000000001n))).toBe(false);
  });

  it("takes as arithmetic a NaN with the quiet bit and any payload", () => {
    const arithmetic = { type: "f32", value: "nan:arithmetic" };
    expect([0x7fc00000, 0xffc00001, 0x7fffffff].map((bits) => matches(arithmetic, f32(bits)))).toEqual([
      true,
      true,
      true,
    ]);
    expect([0x7fa00000, 0x7f800000, 0x40000000].map((bits) => matches(arithmetic, f32(bits)))).toEqual([
      false,
      false,
      false,
    ]);
    const arithmetic64 = { type: "f64", value: "nan:arithmetic" };
    expect(matches(arithmetic64, WasmValue.f64Bits(0xfff8000000000001n))).toBe(true);
    expect(matches(arithmetic64, WasmValue.f64Bits(0x7ff4000000000000n))).toBe(false);
  });

  it("compares vectors lane by lane, with NaN classes in single lanes", () => {
    const pattern = { type: "v128", lane_type: "f32", value: ["nan:canonical", "1065353216", "nan:arithmetic", "0"] };
    const vector = (...lanes: bigint[]): WasmValue =>
      WasmValue.v128(lanes.reduce((sum, lane, i) => sum | (lane << BigInt(32 * i)), 0n));
    expect(matches(pattern, vector(0xffc00000n, 0x3f800000n, 0x7fc00005n, 0n))).toBe(true);
    expect(matches(pattern, vector(0x7fc00001n, 0x3f800000n, 0x7fc00005n, 0n))).toBe(false);
    expect(matches(pattern, vector(0xffc00000n, 0x3f800001n, 0x7fc00005n, 0n))).toBe(false);
    const integers = { type: "v128", lane_type: "i8", value: Array.from({ length: 16 }, (_, i) => `${i}`) };
    expect(matches(integers, WasmValue.v128(0x0f0e0d0c0b0a09080706050403020100n))).toBe(true);
    expect(matches(integers, WasmValue.v128(0x0e0e0d0c0b0a09080706050403020100n))).toBe(false);
    expect(matches(integers, WasmValue.i32(0))).toBe(false);
  });

  it("passes every null for every null pattern, and no other reference", () => {
    for (const type of ["ref", "anyref", "funcref", "nullfuncref", "externref", "exnref", "nullref", "i31ref"]) {
      expect(matches({ type, value: "null" }, WasmValue.externRef(null)), type).toBe(true);
      expect(matches({ type, value: "null" }, WasmValue.funcRef(null)), type).toBe(true);
      expect(matches({ type, value: "null" }, WasmValue.funcRef(func)), type).toBe(false);
      expect(matches({ type, value: "null" }, WasmValue.i32(0)), type).toBe(false);
    }
  });

  it("knows host objects by identity, and external from internal ones", () => {
    const external = WasmValue.externRef(hostObject("1"));
    const internal = WasmValue.ref(ValType.AnyRef, hostObject("1"));
    expect(matches({ type: "externref", value: "1" }, external)).toBe(true);
    expect(matches({ type: "externref", value: "2" }, external)).toBe(false);
    expect(matches({ type: "externref", value: "1" }, internal)).toBe(false);
    expect(matches({ type: "anyref", value: "1" }, internal)).toBe(true);
    expect(matches({ type: "anyref", value: "1" }, external)).toBe(false);
    expect(matches({ type: "externref", value: "1" }, WasmValue.externRef(null))).toBe(false);
  });

  it("passes a pattern without value for the references of its kind", () => {
    const of = (heap: number, reference: object = {}): WasmValue => WasmValue.ref(refType(heap, false), reference);
    const struct = new StructInstance(0, []);
    const values = {
      func: WasmValue.funcRef(func),
      extern: WasmValue.externRef(hostObject("1")),
      i31: of(TypeCode.EqRef, I31.of(1)),
      struct: of(TypeCode.AnyRef, struct),
      array: WasmValue.ref(indexedRefType(0, false), new ArrayInstance(0, 0, [])),
      any: WasmValue.ref(ValType.AnyRef, hostObject("1")),
      externalized: WasmValue.externRef(struct),
      exn: of(TypeCode.ExnRef),
      null: WasmValue.funcRef(null),
    };
    const accepted = (type: string): string[] =>
      Object.entries(values).flatMap(([name, value]) => (matches({ type }, value) ? [name] : []));
    expect(accepted("funcref")).toEqual(["func"]);
    expect(accepted("externref")).toEqual(["extern", "externalized"]);
    expect(accepted("eqref")).toEqual(["i31", "struct", "array"]);
    expect(accepted("i31ref")).toEqual(["i31"]);
    expect(accepted("structref")).toEqual(["struct"]);
    expect(accepted("arrayref")).toEqual(["array"]);
    expect(accepted("exnref")).toEqual(["exn"]);
    expect(accepted("anyref")).toEqual(["i31", "struct", "array", "any"]);
    expect(accepted("ref")).toEqual(["i31", "struct", "array", "any"]);
  });

  it("refuses patterns that the format does not know", () => {
    expect(() => matches({ type: "i32" }, WasmValue.i32(0))).toThrow("unknown pattern");
    expect(() => matches({ type: "thing", value: "1" }, WasmValue.externRef(null))).toThrow("unknown pattern");
    expect(() => matches({ type: "i32", value: "nan:canonical" }, WasmValue.i32(0))).toThrow();
  });
});
