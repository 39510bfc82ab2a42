/** Floats and their bit patterns: one scratch buffer, so that NaN payloads pass through integers. */

const buffer = new ArrayBuffer(8);
const words = new Int32Array(buffer);
const singles = new Float32Array(buffer);
const doubles = new Float64Array(buffer);

/** The float of a 32-bit pattern; a signalling NaN may become quiet on the way. */
export function f32FromBits(bits: number): number {
  words[0] = bits;
  return singles[0];
}

/** The bits of the canonical NaN of an f32, and the high half of an f64's, as signed integers. */
export const CANONICAL_F32 = 0x7fc00000;
export const CANONICAL_F64_HIGH = 0x7ff80000;

/** The pattern of a number rounded to 32 bits, as a signed integer. NaN, which has no payload here, is the canonical one. */
export function f32ToBits(value: number): number {
  // Engines write what they like.
  if (Number.isNaN(value)) return CANONICAL_F32;
  singles[0] = value;
  return words[0];
}

/** The float of two 32-bit halves. */
export function f64FromBits(low: number, high: number): number {
  words[0] = low;
  words[1] = high;
  return doubles[0];
}

/** The low half of a number's pattern; `f64HighBits` then gives the other. */
export function f64LowBits(value: number): number {
  if (Number.isNaN(value)) return 0;
  doubles[0] = value;
  return words[0];
}

/** The high half of a number's pattern. */
export function f64HighBits(value: number): number {
  if (Number.isNaN(value)) return CANONICAL_F64_HIGH;
  doubles[0] = value;
  return words[1];
}

/** The bigint of two 32-bit halves, signed. */
export function i64FromHalves(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

/** The low half of a 64-bit integer, signed. */
export function i64Low(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

/** The high half of a 64-bit integer, signed. */
export function i64High(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n));
}
