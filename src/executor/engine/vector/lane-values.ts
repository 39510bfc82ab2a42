/** What the lanes' expressions call. */

/** The nearest number from `least` to `most`. */
export function clamp(value: number, least: number, most: number): number {
  return value < least ? least : value > most ? most : value;
}

/** The nearest signed byte. */
export function saturate8(value: number): number {
  return clamp(value, -0x80, 0x7f);
}

/** The nearest signed number of 16 bits. */
export function saturate16(value: number): number {
  return clamp(value, -0x8000, 0x7fff);
}

/** A float as i32: NaN becomes 0, what is too large the nearest number. */
export function truncateS32(value: number): number {
  return value >= 0x7fffffff ? 0x7fffffff : value <= -0x80000000 ? -0x80000000 : value | 0;
}

/** A float as u32. */
export function truncateU32(value: number): number {
  return value >= 0xffffffff ? 0xffffffff : value > 0 ? value >>> 0 : 0;
}

/** The number of set bits of each byte. */
export const bitCounts: Uint8Array = new Uint8Array(256);
for (let byte = 1; byte < 256; byte++) bitCounts[byte] = bitCounts[byte >> 1] + (byte & 1);

/** Of a minimum or maximum that is NaN the difference of its operands: it has the first NaN of theirs, where JavaScript's functions make one. */
export function orNan(extremum: number, difference: number): number {
  return Number.isNaN(extremum) ? difference : extremum;
}
