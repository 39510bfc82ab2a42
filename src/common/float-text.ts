/**
 * Floats as WasmEdge prints them (`{}` of the library fmt): the shortest digits that give the number back, an exponent below
 * 1e-4 and from 1e16 on, `inf` and `nan`.
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

/** @param shortest the number in the form of `toExponential` with as many digits as it needs */
function format(value: number, shortest: string): string {
  if (Number.isNaN(value)) return "nan";
  const negative = value < 0 || Object.is(value, -0);
  if (!Number.isFinite(value)) return negative ? "-inf" : "inf";
  const [mantissa = "", exponent = "0"] = shortest.replace("-", "").split(/e/);
  const sign = /e-/.test(shortest) ? -1 : 1;
  const digits = mantissa.replace(".", "").replace(/^-/, "");
  return withExponentRule(digits, sign * Number(exponent.replace(/[+-]/, "")), negative);
}

export function formatFloat64(value: number): string {
  return format(value, Number.isFinite(value) ? Math.abs(value).toExponential() : "");
}

/** @param value a number that is exactly a single */
export function formatFloat32(value: number): string {
  if (!Number.isFinite(value)) return format(value, "");
  const magnitude = Math.abs(value);
  for (let digits = 0; digits <= 8; digits++) {
    const text = magnitude.toExponential(digits);
    if (Math.fround(Number(text)) === magnitude) return format(value, text);
  }
  return format(value, magnitude.toExponential(8));
}
