import type { FunctionType, GlobalType, MemoryType, TableType } from "../ast/types.ts";
import { kindText, requireList, requireObject } from "../common/arguments.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Limit } from "../common/external.ts";
import { isNumType, isRefType, ValType } from "../common/value-type.ts";
import { CreateSharedType } from "./errors.ts";

/** Types by their names in the text format, and types of memories, tables, globals and functions in one call each. */

const valTypes = {
  i32: ValType.I32,
  i64: ValType.I64,
  f32: ValType.F32,
  f64: ValType.F64,
  v128: ValType.V128,
  funcref: ValType.FuncRef,
  externref: ValType.ExternRef,
  anyref: ValType.AnyRef,
  eqref: ValType.EqRef,
  i31ref: ValType.I31Ref,
  structref: ValType.StructRef,
  arrayref: ValType.ArrayRef,
  exnref: ValType.ExnRef,
} as const;

/** The name of a value type in the text format. */
export type ValueTypeName = keyof typeof valTypes;

/** A value type, by its name or as the core has it. */
export type ValueTypeLike = ValueTypeName | ValType;

const byName = new Map<string, ValType>(Object.entries(valTypes));

/** The core's form of a value type. @throws MalformedValType for a name or a number that is none */
export function valType(type: ValueTypeLike): ValType {
  if (typeof type === "number" && (isNumType(type) || isRefType(type))) return type;
  const name = typeof type === "string" ? type : kindText(type);
  return byName.get(name) ?? fail(ErrCode.MalformedValType, { kind: "note", text: `no value type is named ${name}` });
}

/**
 * The type of a function. Rust `FuncType::new`; C `FunctionTypeCreate`
 * @throws MalformedValType
 */
export function functionType(params: readonly ValueTypeLike[], results: readonly ValueTypeLike[]): FunctionType {
  return { params: requireList("params", params).map(valType), results: requireList("results", results).map(valType) };
}

/** The size range of a memory, in pages, or of a table, in elements. */
export interface LimitOptions {
  readonly min: number | bigint;
  /** Absent: no bound but the specification's and the configuration's. */
  readonly max?: number | bigint;
  /** Shared between threads; memories only, and only with `max`. */
  readonly shared?: boolean;
  /** Addressed by i64. */
  readonly is64?: boolean;
}

function size(value: number | bigint): bigint {
  const isSize = typeof value === "number" ? Number.isSafeInteger(value) : typeof value === "bigint";
  const exact = isSize ? BigInt(value) : -1n;
  if (exact < 0n || exact >= 1n << 64n) {
    fail(ErrCode.InvalidLimit, { kind: "note", text: `${kindText(value)} is no size.` });
  }
  return exact;
}

/**
 * A size range. C `LimitCreate`, `LimitCreateWithMax`
 * @throws InvalidLimit where a bound is no size or `min` is above `max`; CreateSharedType for `shared` without `max`
 */
export function limit(options: LimitOptions): Limit {
  const { min, max, shared = false, is64 = false } = requireObject("A size range", options);
  const range: Limit = { min: size(min), max: max === undefined ? undefined : size(max), shared, is64 };
  if (range.max === undefined && shared) throw new CreateSharedType();
  if (range.max !== undefined && range.min > range.max) fail(ErrCode.InvalidLimit, { kind: "limit", limit: range });
  return range;
}

const PAGE_SIZE_LOG2 = 16;
const PAGE_BOUND_32 = 2n ** 16n;
const PAGE_BOUND_64 = 2n ** 48n;
const ELEMENT_BOUND_32 = 2n ** 32n - 1n;

/** Throws `code` where a bound of `range` is above `bound`. */
function requireWithin(range: Limit, bound: bigint, code: number): void {
  if (range.min > bound || (range.max ?? 0n) > bound) fail(code, { kind: "limit", limit: range });
}

/**
 * The type of a memory. Rust `MemoryType::new`; C `MemoryTypeCreate`
 * @throws as `limit`, and InvalidMemPages beyond the specification's bound
 */
export function memoryType(options: LimitOptions): MemoryType {
  const range = limit(options);
  requireWithin(range, range.is64 ? PAGE_BOUND_64 : PAGE_BOUND_32, ErrCode.InvalidMemPages);
  return { limit: range, pageSizeLog2: PAGE_SIZE_LOG2 };
}

/**
 * The type of a table. Rust `TableType::new`; C `TableTypeCreate`
 * @throws as `limit`, and RefTypeMismatch where `elementType` is no reference type
 */
export function tableType(elementType: ValueTypeLike, options: LimitOptions): TableType {
  const type = valType(elementType);
  if (!isRefType(type)) fail(ErrCode.RefTypeMismatch);
  const range = limit(options);
  if (!range.is64) requireWithin(range, ELEMENT_BOUND_32, ErrCode.InvalidTableSize64);
  return { elementType: type, limit: range };
}

/** Whether a global can be set. Rust and C `Mutability` */
export type Mutability = "const" | "var";

/**
 * The type of a global. Rust `GlobalType::new`; C `GlobalTypeCreate`
 * @throws MalformedValType; InvalidMut
 */
export function globalType(type: ValueTypeLike, mutability: Mutability): GlobalType {
  if (mutability !== "const" && mutability !== "var") {
    fail(ErrCode.InvalidMut, { kind: "note", text: `${kindText(mutability)} is neither "const" nor "var".` });
  }
  return { valType: valType(type), mutable: mutability === "var" };
}
