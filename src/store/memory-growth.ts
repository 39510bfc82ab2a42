/** A memory's bytes on their way to a longer buffer, some at a time; or, with no buffer, nothing that takes its time. */
export class MemoryGrowth {
  readonly pagesBefore: number;
  readonly pagesAfter: number;
  readonly buffer: ArrayBuffer | undefined;
  private readonly from: Uint8Array;
  private moved = 0;

  constructor(pagesBefore: number, pagesAfter: number, from: Uint8Array = new Uint8Array(0), buffer?: ArrayBuffer) {
    this.pagesBefore = pagesBefore;
    this.pagesAfter = pagesAfter;
    this.from = from;
    this.buffer = buffer;
  }

  /** Bytes that are still to be moved. */
  get left(): number {
    return this.from.length - this.moved;
  }

  /** Moves at most `count` bytes more. */
  advance(count: number): void {
    if (this.buffer === undefined) return;
    const end = this.moved + Math.min(count, this.left);
    new Uint8Array(this.buffer, this.moved).set(this.from.subarray(this.moved, end));
    this.moved = end;
  }
}
