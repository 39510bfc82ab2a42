/** A tape of random bytes, from which choices are read; at its end all of them are the first. */
export class Tape {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    return this.bytes[this.at++] ?? 0;
  }

  /** A number below `bound`. */
  below(bound: number): number {
    return (bound > 256 ? this.byte() * 256 + this.byte() : this.byte()) % bound;
  }

  /** True in `many` of 16 cases; false at the end. */
  chance(many: number): boolean {
    return this.byte() % 16 >= 16 - many;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}
