import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseArgument } from "../../src/cli/numbers.ts";
import { formatResult } from "../../src/cli/results.ts";
import { indexedRefType, refType, TypeCode, ValType } from "../../src/common/value-type.ts";
import { WasmValue } from "../../src/common/wasm-value.ts";

describe("arguments", () => {
  it.each([
    ["0", 0],
    ["-2", -2],
    ["+7", 7],
    ["2147483648", -2147483648],
    ["4294967295", -1],
    ["-2147483648", -2147483648],
    ["0x10", 16],
    ["-0xFF", -255],
  ])("read %s as i32", (text, value) => {
    expect(parseArgument(text, ValType.I32)).toEqual(WasmValue.i32(value));
  });

  it.each([
    ["3x", "invalid"],
    ["x", "invalid"],
    ["", "invalid"],
    [" 1", "invalid"],
    ["1.5", "invalid"],
    ["--", "invalid"],
    ["1e3", "invalid"],
    ["4294967297", "range"],
    ["-2147483649", "range"],
    ["99999999999999999999", "range"],
  ])("refuse %j as i32: %s", (text, fault) => {
    expect(parseArgument(text, ValType.I32)).toBe(fault);
  });

  it("read i64 at full width, signed or unsigned", () => {
    expect(parseArgument("18446744073709551615", ValType.I64)).toEqual(WasmValue.i64(-1n));
    expect(parseArgument("-9223372036854775808", ValType.I64)).toEqual(WasmValue.i64(-(2n ** 63n)));
    expect(parseArgument("18446744073709551616", ValType.I64)).toBe("range");
    expect(parseArgument("-9223372036854775809", ValType.I64)).toBe("range");
  });

  it("read floats, infinities and NaN", () => {
    expect(parseArgument("1.1", ValType.F64)).toEqual(WasmValue.f64(1.1));
    expect(parseArgument("-.5e-3", ValType.F64)).toEqual(WasmValue.f64(-0.0005));
    expect(parseArgument("-0", ValType.F64)).toEqual(WasmValue.f64(-0));
    expect(parseArgument("inf", ValType.F64)).toEqual(WasmValue.f64(Number.POSITIVE_INFINITY));
    expect(parseArgument("-Infinity", ValType.F32)).toEqual(WasmValue.f32(Number.NEGATIVE_INFINITY));
    expect(parseArgument("nan", ValType.F32)).toEqual(WasmValue.f32(Number.NaN));
    expect(parseArgument("3", ValType.F32)).toEqual(WasmValue.f32(3));
    expect(parseArgument("0.1", ValType.F32)).toEqual(WasmValue.f32(Math.fround(0.1)));
  });

  it.each([
    ["0x1p3", 8],
    ["0x10", 16],
    ["-0x.8P-1", -0.25],
    ["0X1.8", 1.5],
    ["0x0p99999999999", 0],
    ["0x1p-99999999999", 0],
    ["0x1.00000000000008p0", 1],
    ["0x1.000000000000080000001p0", 1 + 2 ** -52],
    ["0x1.fffffffffffffp1023", Number.MAX_VALUE],
    ["0x1p-1074", 5e-324],
    ["0x.8p-1074", 0],
    ["0x.80001p-1074", 5e-324],
    ["4.9e-324", 5e-324],
  ])("read %s as f64, as C does", (text, value) => {
    expect(parseArgument(text, ValType.F64)).toEqual(WasmValue.f64(value));
  });

  it.each([
    ["0x1p-149", 2 ** -149],
    ["0x1.000001p0", 1],
    ["0x1.0000011p0", 1 + 2 ** -23],
    // Its double is half way between two singles, and it is not.
    ["1.00000005960464477540", 1 + 2 ** -23],
    ["1.00000005960464477539", 1],
    ["1.000000178813934326171875", 1 + 2 ** -22],
    ["7.006492321624086e-46", 2 ** -149],
    ["7.006492321624085e-46", 0],
    ["16777217.0000000000000000001e0", 16777218],
    ["167772170000000000000000000001e-22", 16777218],
  ])("read %s as the nearest f32", (text, value) => {
    expect(parseArgument(text, ValType.F32)).toEqual(WasmValue.f32(value));
  });

  it("keep the sign of a NaN", () => {
    expect(parseArgument("-nan", ValType.F32)).toEqual(WasmValue.f32Bits(0xffc00000));
    expect(parseArgument("-NaN", ValType.F64)).toEqual(WasmValue.f64Bits(0xfff8000000000000n));
  });

  it("refuse floats with rubbish, without digits, or out of range", () => {
    for (const text of ["1.5x", ".", "e5", "1e", "0x", "0x.", "0x1p", "1p3", "0xp1", ""])
      expect(parseArgument(text, ValType.F64)).toBe("invalid");
    expect(parseArgument("1e400", ValType.F64)).toBe("range");
    expect(parseArgument("1e39", ValType.F32)).toBe("range");
    expect(parseArgument("0x1p128", ValType.F32)).toBe("range");
    expect(parseArgument("0x1.ffffffp127", ValType.F32)).toBe("range");
    expect(parseArgument("-0x1p1024", ValType.F64)).toBe("range");
    expect(parseArgument("0x1p99999999999", ValType.F64)).toBe("range");
  });

  it("read vectors as integers, and of references only null", () => {
    expect(parseArgument("0x000000010000000000000000000000ff", ValType.V128)).toEqual(
      WasmValue.v128((1n << 96n) | 0xffn),
    );
    expect(parseArgument(String(2n ** 128n), ValType.V128)).toBe("range");
    expect(parseArgument("null", ValType.ExternRef)).toEqual(WasmValue.externRef(null));
    expect(parseArgument("1", ValType.FuncRef)).toBe("invalid");
  });

  it("give back every integer that is written out", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (value) => {
        expect(parseArgument(String(value), ValType.I64)).toEqual(WasmValue.i64(BigInt.asIntN(64, value)));
      }),
    );
  });
});

describe("results", () => {
  // The texts are what C++'s {fmt} 11 gives for `{}`: shortest digits, an exponent outside of [-4, 16).
  it.each([
    [0, "0"],
    [-0, "-0"],
    [0.55, "0.55"],
    [1 / 3, "0.3333333333333333"],
    [100, "100"],
    [1e15, "1000000000000000"],
    [1e16, "1e+16"],
    [1e300, "1e+300"],
    [123456789012345680, "1.2345678901234568e+17"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [-1.5e-7, "-1.5e-07"],
    [5e-324, "5e-324"],
    [Number.POSITIVE_INFINITY, "inf"],
    [Number.NEGATIVE_INFINITY, "-inf"],
  ])("write the f64 %d as %s", (value, text) => {
    expect(formatResult(WasmValue.f64(value))).toBe(text);
  });

  it.each([
    [Math.fround(0.1), "0.1"],
    [1.5, "1.5"],
    [16777216, "16777216"],
    [Math.fround(3.4028235e38), "3.4028235e+38"],
    [Math.fround(1e-45), "1e-45"],
    [Math.fround(1 / 3), "0.33333334"],
  ])("write the f32 %d as %s", (value, text) => {
    expect(formatResult(WasmValue.f32(value))).toBe(text);
  });

  it("write a NaN with its sign", () => {
    expect(formatResult(WasmValue.f32Bits(0x7fc00000))).toBe("nan");
    expect(formatResult(WasmValue.f32Bits(0xffc00000 | 0))).toBe("-nan");
    expect(formatResult(WasmValue.f64Bits(0xfff8000000000001n))).toBe("-nan");
  });

  it("write floats so that they are read back the same", () => {
    const single = fc.float({ noNaN: true });
    fc.assert(
      fc.property(single, (value) => {
        expect(parseArgument(formatResult(WasmValue.f32(value)), ValType.F32)).toEqual(WasmValue.f32(value));
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(parseArgument(formatResult(WasmValue.f64(value)), ValType.F64)).toEqual(WasmValue.f64(value));
      }),
    );
  });

  it("write integers signed, vectors unsigned, references by their hierarchy", () => {
    expect(formatResult(WasmValue.i32(0xffffffff))).toBe("-1");
    expect(formatResult(WasmValue.i64(12884901888n))).toBe("12884901888");
    expect(formatResult(WasmValue.v128(316912650112397582603894390785n))).toBe("316912650112397582603894390785");
    expect(formatResult(WasmValue.funcRef(null))).toBe("<null funcref>");
    expect(formatResult(WasmValue.externRef("x"))).toBe("<externref>");
    expect(formatResult(WasmValue.externRef(null))).toBe("<null externref>");
    expect(formatResult(WasmValue.ref(ValType.I31Ref, 5))).toBe("<anyref>");
    expect(formatResult(WasmValue.ref(ValType.NullRef, null))).toBe("<null anyref>");
    expect(formatResult(WasmValue.ref(refType(TypeCode.NullFuncRef, true), null))).toBe("<null funcref>");
    expect(formatResult(WasmValue.ref(ValType.ExnRef, null))).toBe("<null exnref>");
    expect(formatResult(WasmValue.ref(indexedRefType(3, true), {}))).toBe("<anyref>");
  });
});
