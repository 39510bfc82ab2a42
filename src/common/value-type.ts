import { lazy } from "./lazy.ts";

/**
 * Value types, heap types and reference types as 32-bit integers.
 *
 * WasmEdge's `ValType` is eight bytes {code, heap type code, type index}; ours is the same knowledge in one number, so
 * that the validator's operand stack is an `Int32Array` and that two types are equal when the numbers are. A number type
 * is its wire byte. A reference has the flag 0x100, 0x200 where it may be null, and either a heap type's wire byte in the
 * low 8 bits or, with 0x400, a type index from bit 11 on.
 *
 * https://webassembly.github.io/spec/core/syntax/types.html — WasmEdge `common/types.h`
 */

/** A value type, a packed storage type or, with type index, a reference type: see the constants and functions below. */
export type ValType = number;

/** The wire bytes of types. WasmEdge `TypeCode`. */
export const TypeCode = {
  I32: 0x7f,
  I64: 0x7e,
  F32: 0x7d,
  F64: 0x7c,
  V128: 0x7b,
  I8: 0x78,
  I16: 0x77,
  NullExnRef: 0x74,
  NullFuncRef: 0x73,
  NullExternRef: 0x72,
  NullRef: 0x71,
  FuncRef: 0x70,
  ExternRef: 0x6f,
  AnyRef: 0x6e,
  EqRef: 0x6d,
  I31Ref: 0x6c,
  StructRef: 0x6b,
  ArrayRef: 0x6a,
  ExnRef: 0x69,
  Ref: 0x64,
  RefNull: 0x63,
  Func: 0x60,
  Struct: 0x5f,
  Array: 0x5e,
  Sub: 0x50,
  SubFinal: 0x4f,
  Rec: 0x4e,
  Epsilon: 0x40,
} as const;

const REFERENCE = 0x100;
const NULLABLE = 0x200;
const CONCRETE = 0x400;
const INDEX_SHIFT = 11;

/** Type indices stay below this bound, so that they fit beside the flags. Web engines have the bound 1,000,000. */
export const MAX_TYPE_INDEX = 1 << 20;

/** The reference type to an abstract heap type. @param heapCode the heap type's wire byte */
export function refType(heapCode: number, nullable: boolean): ValType {
  return REFERENCE | (nullable ? NULLABLE : 0) | heapCode;
}

/** The reference type to a defined type. @param typeIndex below MAX_TYPE_INDEX */
export function indexedRefType(typeIndex: number, nullable: boolean): ValType {
  return REFERENCE | CONCRETE | (nullable ? NULLABLE : 0) | (typeIndex << INDEX_SHIFT);
}

/** The types that have a short name. The reference types are the nullable ones, as in the text format. */
export const ValType = {
  I32: TypeCode.I32,
  I64: TypeCode.I64,
  F32: TypeCode.F32,
  F64: TypeCode.F64,
  V128: TypeCode.V128,
  /** Packed storage types: fields of structs and arrays only. */
  I8: TypeCode.I8,
  I16: TypeCode.I16,
  FuncRef: REFERENCE | NULLABLE | TypeCode.FuncRef,
  ExternRef: REFERENCE | NULLABLE | TypeCode.ExternRef,
  AnyRef: REFERENCE | NULLABLE | TypeCode.AnyRef,
  EqRef: REFERENCE | NULLABLE | TypeCode.EqRef,
  I31Ref: REFERENCE | NULLABLE | TypeCode.I31Ref,
  StructRef: REFERENCE | NULLABLE | TypeCode.StructRef,
  ArrayRef: REFERENCE | NULLABLE | TypeCode.ArrayRef,
  ExnRef: REFERENCE | NULLABLE | TypeCode.ExnRef,
  NullRef: REFERENCE | NULLABLE | TypeCode.NullRef,
  NullFuncRef: REFERENCE | NULLABLE | TypeCode.NullFuncRef,
  NullExternRef: REFERENCE | NULLABLE | TypeCode.NullExternRef,
  NullExnRef: REFERENCE | NULLABLE | TypeCode.NullExnRef,
} as const satisfies Record<string, ValType>;

/** True for i32, i64, f32, f64 and v128. WasmEdge `isNumType`. */
export function isNumType(type: ValType): boolean {
  return type >= TypeCode.V128 && type <= TypeCode.I32;
}

/** True for the packed storage types i8 and i16. */
export function isPackedType(type: ValType): boolean {
  return type === TypeCode.I8 || type === TypeCode.I16;
}

export function isRefType(type: ValType): boolean {
  return (type & REFERENCE) !== 0;
}

export function isNullableRefType(type: ValType): boolean {
  return (type & (REFERENCE | NULLABLE)) === (REFERENCE | NULLABLE);
}

/** True for a reference to a defined type, false for an abstract heap type and for numbers. */
export function isIndexedRefType(type: ValType): boolean {
  return (type & (REFERENCE | CONCRETE)) === (REFERENCE | CONCRETE);
}

/** The type index of a reference to a defined type. */
export function typeIndexOf(type: ValType): number {
  return type >>> INDEX_SHIFT;
}

/** The wire byte of a reference's abstract heap type. */
export function heapCodeOf(type: ValType): number {
  return type & 0xff;
}

/** The same heap type, nullable or not. */
export function withNullability(type: ValType, nullable: boolean): ValType {
  return nullable ? type | NULLABLE : type & ~NULLABLE;
}

/** True where a local of this type starts with a value of its own: all but non-nullable references. */
export function isDefaultable(type: ValType): boolean {
  return !isRefType(type) || isNullableRefType(type);
}

const names = lazy(
  () =>
    new Map<number, string>([
      [TypeCode.I32, "i32"],
      [TypeCode.I64, "i64"],
      [TypeCode.F32, "f32"],
      [TypeCode.F64, "f64"],
      [TypeCode.V128, "v128"],
      [TypeCode.I8, "i8"],
      [TypeCode.I16, "i16"],
      [TypeCode.NullExnRef, "noexn"],
      [TypeCode.NullFuncRef, "nofunc"],
      [TypeCode.NullExternRef, "noextern"],
      [TypeCode.NullRef, "none"],
      [TypeCode.FuncRef, "func"],
      [TypeCode.ExternRef, "extern"],
      [TypeCode.AnyRef, "any"],
      [TypeCode.EqRef, "eq"],
      [TypeCode.I31Ref, "i31"],
      [TypeCode.StructRef, "struct"],
      [TypeCode.ArrayRef, "array"],
      [TypeCode.ExnRef, "exn"],
    ]),
);

/** The name of an abstract heap type by its wire byte: "func", "extern", … */
export function heapTypeName(heapCode: number): string {
  return names().get(heapCode) ?? `0x${heapCode.toString(16)}`;
}

/** The type as WasmEdge prints it: `i32`, `ref_null func`, `ref type_index[3]`. */
export function valTypeName(type: ValType): string {
  if (!isRefType(type)) return names().get(type) ?? `0x${type.toString(16)}`;
  const heap = isIndexedRefType(type) ? `type_index[${typeIndexOf(type)}]` : heapTypeName(heapCodeOf(type));
  return `${isNullableRefType(type) ? "ref_null" : "ref"} ${heap}`;
}
