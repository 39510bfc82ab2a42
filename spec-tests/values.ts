import { i64High, i64Low } from "../src/common/float-bits.ts";
import { heapCodeOf, isIndexedRefType, isRefType, TypeCode, ValType } from "../src/common/value-type.ts";
import { WasmValue } from "../src/common/wasm-value.ts";
import { ArrayInstance } from "../src/store/array-instance.ts";
import { FunctionInstance } from "../src/store/function-instance.ts";
import { I31 } from "../src/store/i31.ts";
import { StructInstance } from "../src/store/struct-instance.ts";
import type { JsonValue } from "./script.ts";

/**
 * Arguments and results of the suites: bits in, bits compared. Floats never pass through a JavaScript number, which may
 * lose a NaN's payload.
 */

/** What `ref.extern n` and `ref.host n` stand for: the host's n-th object, known by identity. */
class HostObject {
  readonly number: string;

  constructor(number: string) {
    this.number = number;
  }

  toString(): string {
    return `host object ${this.number}`;
  }
}

const hostObjects = new Map<string, HostObject>();

/** The host's n-th object, the same at each call. */
export function hostObject(number: string): object {
  const object = hostObjects.get(number) ?? new HostObject(number);
  hostObjects.set(number, object);
  return object;
}

const laneBits: { readonly [type: string]: number } = { i8: 8, i16: 16, i32: 32, i64: 64, f32: 32, f64: 64 };

const nullTypes: { readonly [type: string]: ValType } = {
  externref: ValType.ExternRef,
  anyref: ValType.AnyRef,
  funcref: ValType.FuncRef,
};

/** The bits of a v128's lanes as one number, lane 0 lowest. */
function laneValue(value: JsonValue, lanes: readonly string[]): bigint {
  const width = laneBits[value.lane_type ?? ""];
  if (width === undefined || lanes.length * width !== 128) throw new Error(`unknown vector ${JSON.stringify(value)}`);
  return lanes.reduce((sum, lane, i) => sum | (BigInt.asUintN(width, BigInt(lane)) << BigInt(i * width)), 0n);
}

/**
 * The value of an argument.
 * @throws Error where the suite has a form that the format does not know
 */
export function toArgument(json: JsonValue): WasmValue {
  const { type, value } = json;
  if (typeof value === "string") {
    switch (type) {
      case "i32":
        return new WasmValue(ValType.I32, [i64Low(BigInt(value))]);
      case "i64":
        return new WasmValue(ValType.I64, [i64Low(BigInt(value)), i64High(BigInt(value))]);
      case "f32":
        return WasmValue.f32Bits(i64Low(BigInt(value)));
      case "f64":
        return WasmValue.f64Bits(BigInt(value));
      case "externref":
      case "anyref":
      case "funcref":
        if (value === "null") return WasmValue.ref(nullTypes[type], null);
        if (type !== "funcref") return WasmValue.ref(nullTypes[type], hostObject(value));
    }
  } else if (type === "v128" && value !== undefined) return WasmValue.v128(laneValue(json, value));
  throw new Error(`unknown argument ${JSON.stringify(json)}`);
}

interface FloatFormat {
  readonly canonical: bigint;
  readonly sign: bigint;
}

// The pattern of the positive canonical NaN: exponent all ones, and of the payload the quiet bit alone.
const f32Format: FloatFormat = { canonical: 0x7fc0_0000n, sign: 0x8000_0000n };
const f64Format: FloatFormat = { canonical: 0x7ff8_0000_0000_0000n, sign: 0x8000_0000_0000_0000n };

/**
 * Whether a pattern of bits is what a suite expects of it.
 * https://webassembly.github.io/spec/core/exec/numerics.html#nan-propagation
 */
function bitsMatch(expected: string, bits: bigint, format: FloatFormat | undefined): boolean {
  if (format !== undefined) {
    if (expected === "nan:canonical") return (bits & ~format.sign) === format.canonical;
    if (expected === "nan:arithmetic") return (bits & format.canonical) === format.canonical;
  }
  return BigInt(expected) === bits;
}

function floatFormat(type: string | undefined): FloatFormat | undefined {
  if (type === "f32") return f32Format;
  return type === "f64" ? f64Format : undefined;
}

function vectorMatches(expected: JsonValue, lanes: readonly string[], bits: bigint): boolean {
  const width = laneBits[expected.lane_type ?? ""];
  if (width === undefined || lanes.length * width !== 128) {
    throw new Error(`unknown pattern ${JSON.stringify(expected)}`);
  }
  const format = floatFormat(expected.lane_type);
  return lanes.every((lane, i) => bitsMatch(lane, BigInt.asUintN(width, bits >> BigInt(i * width)), format));
}

/** What a non-null reference is, by its object and, where that does not tell, by its type. */
function referenceKind(value: WasmValue): "func" | "extern" | "exn" | "i31" | "struct" | "array" | "any" {
  if (!isIndexedRefType(value.type)) {
    switch (heapCodeOf(value.type)) {
      case TypeCode.ExternRef:
        return "extern";
      case TypeCode.ExnRef:
        return "exn";
    }
  }
  const { reference } = value;
  if (reference instanceof FunctionInstance) return "func";
  if (reference instanceof I31) return "i31";
  if (reference instanceof StructInstance) return "struct";
  return reference instanceof ArrayInstance ? "array" : "any";
}

const nullPatterns: ReadonlySet<string> = new Set([
  ...["ref", "anyref", "nullref", "eqref", "i31ref", "structref", "arrayref"],
  ...["funcref", "nullfuncref", "exnref", "nullexnref", "externref", "nullexternref"],
]);

const patternKinds: { readonly [pattern: string]: readonly string[] } = {
  funcref: ["func"],
  externref: ["extern"],
  eqref: ["i31", "struct", "array"],
  i31ref: ["i31"],
  structref: ["struct"],
  arrayref: ["array"],
  exnref: ["exn"],
  anyref: ["i31", "struct", "array", "any"],
  ref: ["i31", "struct", "array", "any"],
};

/** As the reference interpreter has it: every null passes every null pattern. */
function referenceMatches({ type, value: pattern }: JsonValue, value: WasmValue): boolean {
  if (!isRefType(value.type)) return false;
  if (pattern === "null" && nullPatterns.has(type)) return value.reference === null;
  if (pattern === undefined && type in patternKinds) {
    return value.reference !== null && patternKinds[type].includes(referenceKind(value));
  }
  if (typeof pattern === "string" && (type === "externref" || type === "anyref")) {
    return value.reference === hostObject(pattern) && (referenceKind(value) === "extern") === (type === "externref");
  }
  throw new Error(`unknown pattern ${JSON.stringify({ type, value: pattern })}`);
}

/**
 * Whether a result is what a suite expects.
 * @throws Error where the suite has a form that the format does not know
 */
export function matches(expected: JsonValue, value: WasmValue): boolean {
  const { type, value: pattern } = expected;
  switch (type) {
    case "i32":
    case "f32":
      if (typeof pattern !== "string") break;
      if (value.type !== (type === "i32" ? ValType.I32 : ValType.F32)) return false;
      return bitsMatch(pattern, BigInt(value.bits32), floatFormat(type));
    case "i64":
    case "f64":
      if (typeof pattern !== "string") break;
      if (value.type !== (type === "i64" ? ValType.I64 : ValType.F64)) return false;
      return bitsMatch(pattern, value.bits64, floatFormat(type));
    case "v128":
      if (typeof pattern !== "object") break;
      return value.type === ValType.V128 && vectorMatches(expected, pattern, value.bits128);
    default:
      return referenceMatches(expected, value);
  }
  throw new Error(`unknown pattern ${JSON.stringify(expected)}`);
}

/** A pattern as failures print it. */
export function patternText({ type, lane_type, value }: JsonValue): string {
  if (value === undefined) return type;
  return typeof value === "string" ? `${type}:${value}` : `${type}:${lane_type}[${value.join(" ")}]`;
}

/** A result as failures print it: numbers by their bits, read as unsigned. */
export function valueText(value: WasmValue): string {
  switch (value.type) {
    case ValType.I32:
      return `i32:${value.bits32}`;
    case ValType.F32:
      return `f32:${value.bits32}`;
    case ValType.I64:
      return `i64:${value.bits64}`;
    case ValType.F64:
      return `f64:${value.bits64}`;
    case ValType.V128:
      return `v128:0x${value.bits128.toString(16).padStart(32, "0")}`;
    default: {
      if (value.reference === null) return "null reference";
      const object = value.reference instanceof HostObject ? `${value.reference}` : "";
      return `${referenceKind(value)} reference ${object}`.trim();
    }
  }
}
