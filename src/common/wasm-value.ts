import {
  f32FromBits,
  f32ToBits,
  f64FromBits,
  f64HighBits,
  f64LowBits,
  i64FromHalves,
  i64High,
  i64Low,
} from "./float-bits.ts";
import { isInstance } from "./host-values.ts";
import { isRefType, ValType, valTypeName } from "./value-type.ts";

/**
 * What a reference may be at the API: null, an instance, an i31, or any value of the host as externref. `undefined` is such a
 * value, and not null: https://webassembly.github.io/spec/js-api/#towebassemblyvalue
 */
// biome-ignore lint/complexity/noBannedTypes: any host value may be an externref
export type Reference = {} | null | undefined;

/**
 * A value at the API, in the form natural to JavaScript: i32, f32, f64 are numbers, i64 is a bigint (signed when it comes
 * back), v128 a bigint from 0 to 2^128 - 1 (lane 0 in the lowest bits), a reference the object or null.
 */
export type Value = number | bigint | Reference;

/**
 * A value with its type and its exact bits: what survives where a JavaScript number might lose a NaN's payload.
 * WasmEdge `WasmEdge_Value`; `WasmValue` in the Rust SDK.
 */
export class WasmValue {
  readonly type: ValType;
  /** The bits, lowest word first; one word for i32 and f32, two for i64 and f64, four for v128, none for references. */
  readonly words: readonly number[];
  /** The reference; undefined for numbers. */
  readonly reference: Reference;

  /** @param words as many signed 32-bit words as the type has */
  constructor(type: ValType, words: readonly number[], reference?: Reference) {
    this.type = type;
    this.words = words;
    this.reference = reference;
  }

  static i32(value: number): WasmValue {
    return new WasmValue(ValType.I32, [value | 0]);
  }

  static i64(value: bigint): WasmValue {
    return new WasmValue(ValType.I64, [i64Low(value), i64High(value)]);
  }

  static f32(value: number): WasmValue {
    return new WasmValue(ValType.F32, [f32ToBits(value)]);
  }

  static f64(value: number): WasmValue {
    return new WasmValue(ValType.F64, [f64LowBits(value), f64HighBits(value)]);
  }

  /** @param bits the pattern, signed or unsigned */
  static f32Bits(bits: number): WasmValue {
    return new WasmValue(ValType.F32, [bits | 0]);
  }

  /** @param bits the pattern, signed or unsigned */
  static f64Bits(bits: bigint): WasmValue {
    return new WasmValue(ValType.F64, [i64Low(bits), i64High(bits)]);
  }

  /** @param value 128 bits, lane 0 lowest */
  static v128(value: bigint): WasmValue {
    return new WasmValue(ValType.V128, [i64Low(value), i64High(value), i64Low(value >> 64n), i64High(value >> 64n)]);
  }

  /** A reference of the given type. */
  static ref(type: ValType, reference: Reference): WasmValue {
    return new WasmValue(type, [], reference);
  }

  /** A function reference; null for the null reference. */
  static funcRef(reference: Reference): WasmValue {
    return WasmValue.ref(ValType.FuncRef, reference);
  }

  /** A host value as external reference; null for the null reference. */
  static externRef(reference: Reference): WasmValue {
    return WasmValue.ref(ValType.ExternRef, reference);
  }

  /** The zero of a number type, the null of a reference type. */
  static zero(type: ValType): WasmValue {
    if (isRefType(type)) return WasmValue.ref(type, null);
    return new WasmValue(type, new Array<number>(wordCount(type)).fill(0));
  }

  isNullRef(): boolean {
    return isRefType(this.type) && this.reference === null;
  }

  /** The pattern of an i32 or f32 as unsigned integer; the low half of wider ones. */
  get bits32(): number {
    return (this.words[0] ?? 0) >>> 0;
  }

  /** The pattern of an i64 or f64 as unsigned integer. */
  get bits64(): bigint {
    return BigInt.asUintN(64, i64FromHalves(this.words[0] ?? 0, this.words[1] ?? 0));
  }

  /** The pattern of a v128 as unsigned integer. */
  get bits128(): bigint {
    const high = BigInt.asUintN(64, i64FromHalves(this.words[2] ?? 0, this.words[3] ?? 0));
    return (high << 64n) | this.bits64;
  }

  toI32(): number {
    return (this.words[0] ?? 0) | 0;
  }

  toI64(): bigint {
    return i64FromHalves(this.words[0] ?? 0, this.words[1] ?? 0);
  }

  toF32(): number {
    return f32FromBits(this.words[0] ?? 0);
  }

  toF64(): number {
    return f64FromBits(this.words[0] ?? 0, this.words[1] ?? 0);
  }

  /** The value in the form natural to JavaScript. */
  toValue(): Value {
    switch (this.type) {
      case ValType.I32:
        return this.toI32();
      case ValType.I64:
        return this.toI64();
      case ValType.F32:
        return this.toF32();
      case ValType.F64:
        return this.toF64();
      case ValType.V128:
        return this.bits128;
      default:
        return this.reference;
    }
  }

  /**
   * Makes a typed value of a natural one.
   * @returns undefined where `value` is none of that type: a number where i64 wants a bigint, a fraction for an i32, …
   *   References are only looked at for being one; whether the heap type fits is for the executor to say.
   */
  static of(type: ValType, value: Value): WasmValue | undefined {
    if (typeof value === "object" && isInstance(value, WasmValue)) return value;
    switch (type) {
      case ValType.I32:
        return typeof value === "number" && isInt32(value) ? WasmValue.i32(value) : undefined;
      case ValType.I64:
        return typeof value === "bigint" && isInt64(value) ? WasmValue.i64(value) : undefined;
      case ValType.F32:
        return typeof value === "number" ? WasmValue.f32(value) : undefined;
      case ValType.F64:
        return typeof value === "number" ? WasmValue.f64(value) : undefined;
      case ValType.V128:
        return typeof value === "bigint" && BigInt.asUintN(128, value) === value ? WasmValue.v128(value) : undefined;
      default:
        return WasmValue.ref(type, value);
    }
  }

  toString(): string {
    return `${valTypeName(this.type)}:${String(this.toValue())}`;
  }
}

/** Signed or unsigned: -2^31 to 2^32 - 1. */
function isInt32(value: number): boolean {
  return Number.isInteger(value) && value >= -0x80000000 && value <= 0xffffffff;
}

/** Signed or unsigned: -2^63 to 2^64 - 1. */
function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value;
}

/** The 32-bit words that a number type's value has. */
export function wordCount(type: ValType): number {
  switch (type) {
    case ValType.I32:
    case ValType.F32:
      return 1;
    case ValType.V128:
      return 4;
    default:
      return 2;
  }
}
