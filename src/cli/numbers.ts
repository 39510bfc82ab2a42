import { ValType } from "../common/value-type.ts";
import { WasmValue } from "../common/wasm-value.ts";

/**
 * Numbers as text: arguments of a reactor's function, strictly, and its results, as WasmEdge prints them.
 */

/** Why a text is no argument of a type. */
export type ArgumentFault = "invalid" | "range";

const INTEGER = /^[+-]?(?:\d+|0[xX][0-9a-fA-F]+)$/;
const FLOAT = /^[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)$/i;

/** Decimal or hexadecimal, with a sign or without. */
function parseInteger(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const magnitude = BigInt(text.replace(/^[+-]/, ""));
  return text.startsWith("-") ? -magnitude : magnitude;
}

/** An integer of `bits` bits, signed or unsigned. */
function integerArgument(text: string, bits: number): bigint | ArgumentFault {
  const value = parseInteger(text);
  if (value === undefined) return "invalid";
  const fits = BigInt.asIntN(bits, value) === value || BigInt.asUintN(bits, value) === value;
  return fits ? value : "range";
}

function floatArgument(text: string, round: (value: number) => number): number | ArgumentFault {
  if (!FLOAT.test(text)) return "invalid";
  const negative = text.startsWith("-");
  const magnitude = text.replace(/^[+-]/, "").toLowerCase();
  const named = magnitude.startsWith("inf") ? Number.POSITIVE_INFINITY : magnitude === "nan" ? Number.NaN : undefined;
  const value = named ?? round(Number(magnitude));
  if (named === undefined && !Number.isFinite(value)) return "range";
  return negative ? -value : value;
}

/**
 * An argument as a value of a type. WasmEdge ignores what follows a number and cuts integers off at 32 bits; here the
 * whole text counts. A vector is given as a 128-bit integer; of references only `null` can be given.
 */
export function parseArgument(text: string, type: ValType): WasmValue | ArgumentFault {
  switch (type) {
    case ValType.I32: {
      const value = integerArgument(text, 32);
      return typeof value === "string" ? value : WasmValue.i32(Number(BigInt.asIntN(32, value)));
    }
    case ValType.I64: {
      const value = integerArgument(text, 64);
      return typeof value === "string" ? value : WasmValue.i64(value);
    }
    case ValType.F32: {
      const value = floatArgument(text, Math.fround);
      return typeof value === "string" ? value : WasmValue.f32(value);
    }
    case ValType.F64: {
      const value = floatArgument(text, (number) => number);
      return typeof value === "string" ? value : WasmValue.f64(value);
    }
    case ValType.V128: {
      const value = integerArgument(text, 128);
      return typeof value === "string" ? value : WasmValue.v128(value);
    }
    default:
      return text === "null" ? WasmValue.ref(type, null) : "invalid";
  }
}
