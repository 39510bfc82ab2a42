import type { Reference } from "../common/wasm-value.ts";

/** Elements that a table gets some at a time, so that a run which asks for many can be ended in between. */
export class TableGrowth {
  /** What the table has before the first of them. */
  readonly sizeBefore: number;
  /** What it has behind the last one. */
  readonly sizeAfter: number;
  /** How many are still to be added. */
  left: number;
  /** Whoever began it does not want it any more. */
  abandoned = false;
  private readonly reference: Reference;

  constructor(sizeBefore: number, count: number, reference: Reference) {
    this.sizeBefore = sizeBefore;
    this.sizeAfter = sizeBefore + count;
    this.left = count;
    this.reference = reference;
  }

  /** Adds at most `count` of them to a table's elements. @returns how many */
  addTo(elements: Reference[], count: number): number {
    const added = Math.min(count, this.left);
    for (let i = 0; i < added; i++) elements.push(this.reference);
    this.left -= added;
    return added;
  }
}
