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

/**
 * `toExponential` takes the larger of two numbers that are as near. Of such a text of a single, the one whose last digit is even,
 * where that tells the single from others too.
 */
function evenOfTie(magnitude: number, digits: number, text: string): string {
  const [mantissa = "", exponent = ""] = text.split("e");
  const last = Number(mantissa.slice(-1));
  // No two singles share the digits of this many places, so what is 5 and zeros here is exactly half way.
  const beyond = magnitude
    .toExponential(100)
    .replace(/e.*/, "")
    .slice(digits === 0 ? 2 : digits + 2);
  if (last % 2 === 0 || !/^50*$/.test(beyond)) return text;
  const even = `${mantissa.slice(0, -1)}${last - 1}e${exponent}`;
  return Math.fround(Number(even)) === magnitude ? even : text;
}

/** The shortest digits by which a single is told from others. */
function shortestSingle(magnitude: number): string {
  for (let digits = 0; digits < 8; digits++) {
    const text = magnitude.toExponential(digits);
    if (Math.fround(Number(text)) === magnitude) return evenOfTie(magnitude, digits, text);
    // Singles are twice as far apart above a power of two as below: what is a little farther off may be nearer to no other.
    const above = text.replace(/([0-8])e/, (_, last: string) => `${Number(last) + 1}e`);
    if (Math.fround(Number(above)) === magnitude) return above;
  }
  return magnitude.toExponential(8);
}

/** @param bits of the number; the sign is theirs, which NaN has too */
export function formatFloat32(bits: number): string {
  const magnitude = Math.abs(f32FromBits(bits));
  return format(bits >>> 31 === 1, magnitude, Number.isFinite(magnitude) ? shortestSingle(magnitude) : "");
}
