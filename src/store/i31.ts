/** Values below this distance from 0 are kept. */
const KEPT = 128;

const kept: I31[] = [];

/**
 * An unboxed scalar of 31 bits, as a reference. It is an object of its own and not a number, since a number may be an external
 * reference of the host, and `any.convert_extern` must not make an i31 of that.
 *
 * Two of the same value may be two objects: `ref.eq` compares the values, and so should a host.
 *
 * https://webassembly.github.io/spec/core/syntax/types.html#heap-types
 */
export class I31 {
  /** From -2^30 to 2^30 - 1. */
  readonly value: number;

  private constructor(value: number) {
    this.value = value;
  }

  /** The reference of the low 31 bits of an integer. */
  static of(value: number): I31 {
    const signed = (value << 1) >> 1;
    const place = signed + KEPT;
    if (place < 0 || place >= 2 * KEPT) return new I31(signed);
    let reference = kept[place];
    if (reference === undefined) {
      reference = new I31(signed);
      kept[place] = reference;
    }
    return reference;
  }

  /** The value read as unsigned: from 0 to 2^31 - 1. */
  get unsigned(): number {
    return this.value & 0x7fffffff;
  }

  toString(): string {
    return `i31 ${this.value}`;
  }
}
