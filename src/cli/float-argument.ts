/** Floats as text, read exactly: decimal and hexadecimal. */

/** What a float has: bits of precision, and the exponent of its least number. */
export interface FloatFormat {
  readonly precision: number;
  readonly leastExponent: number;
}

export const SINGLE: FloatFormat = { precision: 24, leastExponent: -149 };
export const DOUBLE: FloatFormat = { precision: 53, leastExponent: -1074 };

const FLOAT =
  /^[+-]?(?:(?<decimal>\d+\.?\d*|\.\d+)(?:e(?<power>[+-]?\d+))?|0x(?<hexadecimal>[\da-f]+\.?[\da-f]*|\.[\da-f]+)(?:p(?<shift>[+-]?\d+))?|(?<infinity>inf(?:inity)?)|nan)$/i;

/** Powers of two beyond which all is zero or too large, whatever digits an argument has room for. */
const MOST_SHIFT = 1 << 24;

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

/** The float nearest to a fraction, the even one of two. @param numerator above 0 */
function nearest(numerator: bigint, denominator: bigint, { precision, leastExponent }: FloatFormat): number {
  // With this exponent the quotient has as many bits as the precision, or one more.
  let exponent = Math.max(bitLength(numerator) - bitLength(denominator) - precision, leastExponent);
  for (;;) {
    const dividend = exponent < 0 ? numerator << BigInt(-exponent) : numerator;
    const divisor = exponent > 0 ? denominator << BigInt(exponent) : denominator;
    const quotient = dividend / divisor;
    if (quotient >> BigInt(precision) === 0n) {
      const twice = 2n * (dividend % divisor);
      const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
      return Number(up ? quotient + 1n : quotient) * 2 ** exponent;
    }
    exponent++;
  }
}

/** The digits of a number with or without a point, and how many of them stand behind it. */
function digitsOf(text: string): { readonly digits: string; readonly behind: number } {
  const point = text.indexOf(".");
  return { digits: text.replace(".", ""), behind: point < 0 ? 0 : text.length - point - 1 };
}

function parseHexadecimal(text: string, shift: number, format: FloatFormat): number {
  const { digits, behind } = digitsOf(text);
  const mantissa = BigInt(`0x${digits}`);
  if (mantissa === 0n) return 0;
  const power = Math.max(-MOST_SHIFT, Math.min(shift, MOST_SHIFT)) - 4 * behind;
  const magnitude = bitLength(mantissa) + power;
  if (magnitude > 1100) return Number.POSITIVE_INFINITY;
  if (magnitude < format.leastExponent) return 0;
  const value =
    power < 0 ? nearest(mantissa, 1n << BigInt(-power), format) : nearest(mantissa << BigInt(power), 1n, format);
  return format === SINGLE ? Math.fround(value) : value;
}

/** A decimal number in single precision: through a double, and exactly where that lies half way between two singles. */
function parseSingle(decimal: string, power: number): number {
  const double = Number(`${decimal}e${power}`);
  const single = Math.fround(double);
  const other = 2 * double - single;
  if (other === double || Math.fround(other) !== other || !Number.isFinite(single)) return single;
  const { digits, behind } = digitsOf(decimal);
  const scale = power - behind;
  return scale < 0
    ? nearest(BigInt(digits), 10n ** BigInt(-scale), SINGLE)
    : nearest(BigInt(digits) * 10n ** BigInt(scale), 1n, SINGLE);
}

/**
 * @returns the float of that format nearest to the text, infinite where the text is too large for it; undefined where it is none
 */
export function readFloat(text: string, format: FloatFormat): number | undefined {
  const groups = FLOAT.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { decimal, power = "0", hexadecimal, shift = "0", infinity } = groups;
  const sign = text.startsWith("-") ? -1 : 1;
  if (infinity !== undefined) return sign * Number.POSITIVE_INFINITY;
  if (hexadecimal !== undefined) return sign * parseHexadecimal(hexadecimal, Number(shift), format);
  if (decimal === undefined) return Number.NaN;
  return sign * (format === SINGLE ? parseSingle(decimal, Number(power)) : Number(`${decimal}e${power}`));
}
