/**
 * A list of unsigned 32-bit numbers that grows as it is filled. The loader gathers in it what a module counts by the hundred
 * thousand: memory is taken for what was read, never for what a count announces.
 */
export class Uint32List {
  private items = new Uint32Array(16);
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(item: number): void {
    if (this.count === this.items.length) {
      const items = new Uint32Array(this.count * 2);
      items.set(this.items);
      this.items = items;
    }
    this.items[this.count++] = item;
  }

  /** The numbers, in an array of exactly their length. */
  toArray(): Uint32Array {
    return this.items.slice(0, this.count);
  }
}
