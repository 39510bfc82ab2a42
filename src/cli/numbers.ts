import { ValType } from "../common/value-type.ts";
import { WasmValue } from "../common/wasm-value.ts";
import { DOUBLE, type FloatFormat, readFloat, SINGLE } from "./float-argument.ts";

/**
 * Numbers as text: arguments of a reactor's function, strictly, and its results, as WasmEdge prints them.
 */

/** Why a text is no argument of a type. */
export type ArgumentFault = "invalid" | "range";

const INTEGER = /^[+-]?(?:\d+|0[xX][0-9a-fA-F]+)$/;

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

function floatArgument(text: string, format: FloatFormat): number | ArgumentFault {
  const value = readFloat(text, format);
  if (value === undefined) return "invalid";
  return Number.isFinite(value) || !/\d/.test(text) ? value : "range";
}

/** What `-nan` is. */
const negativeNan = { single: 0xffc00000, double: 0xfff8n << 48n } as const;

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
      const value = floatArgument(text, SINGLE);
      if (typeof value === "string") return value;
      return text.startsWith("-") && Number.isNaN(value) ? WasmValue.f32Bits(negativeNan.single) : WasmValue.f32(value);
    }
    case ValType.F64: {
      const value = floatArgument(text, DOUBLE);
      if (typeof value === "string") return value;
      return text.startsWith("-") && Number.isNaN(value) ? WasmValue.f64Bits(negativeNan.double) : WasmValue.f64(value);
    }
    case ValType.V128: {
      const value = integerArgument(text, 128);
      return typeof value === "string" ? value : WasmValue.v128(value);
    }
    default:
      return text === "null" ? WasmValue.ref(type, null) : "invalid";
  }
}
