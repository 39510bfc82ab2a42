import { f32FromBits, f64FromBits } from "./float-bits.ts";

/**
 * Floats as WasmEdge prints them (`{}` of the library fmt): the shortest digits that give the number back, an exponent below
 * 1e-4 and from 1e16 on, `inf` and `nan`, the sign of the bits.
 */

function withExponentRule(digits: string, exponent: number, negative: boolean): string {
  const sign = negative ? "-" : "";
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const magnitude = Math.abs(exponent).toString().padStart(2, "0");
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${magnitude}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return `${sign}${digits.padEnd(exponent + 1, "0")}`;
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** @param shortest the magnitude in the form of `toExponential` with as many digits as it needs */
function format(negative: boolean, magnitude: number, shortest: string): string {
  if (Number.isNaN(magnitude)) return negative ? "-nan" : "nan";
  if (!Number.isFinite(magnitude)) return negative ? "-inf" : "inf";
  const [mantissa = "", exponent = "0"] = shortest.split("e");
  return withExponentRule(mantissa.replace(".", ""), Number(exponent), negative);
}

/** @param low the bits, of which `high` are the upper half */
export function formatFloat64(low: number, high: number): string {
  const magnitude = Math.abs(f64FromBits(low, high));
  return format(high >>> 31 === 1, magnitude, Number.isFinite(magnitude) ? magnitude.toExponential() : "");
}

/** The shortest digits by which a single is told from others. */
function shortestSingle(magnitude: number): string {
  for (let digits = 0; digits < 8; digits++) {
    const text = magnitude.toExponential(digits);
    if (Math.fround(Number(text)) === magnitude) return text;
  }
  return magnitude.toExponential(8);
}

/** @param bits of the number; the sign is theirs, which NaN has too */
export function formatFloat32(bits: number): string {
  const magnitude = Math.abs(f32FromBits(bits));
  return format(bits >>> 31 === 1, magnitude, Number.isFinite(magnitude) ? shortestSingle(magnitude) : "");
}
