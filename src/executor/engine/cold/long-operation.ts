/**
 * A bulk instruction on so much that it would outlast a slice: it is thrown to the driver, which does it in pieces, one a slice.
 * All bounds are checked before; what others grow meanwhile does not change what it does.
 */
export class LongOperation {
  private readonly count: number;
  private readonly piece: number;
  private readonly work: (done: number, count: number) => void;
  private done = 0;

  /**
   * @param count bytes or elements
   * @param piece as many of them are done at a time
   * @param work does `count` of them, where `done` are done already
   */
  constructor(count: number, piece: number, work: (done: number, count: number) => void) {
    this.count = count;
    this.piece = piece;
    this.work = work;
  }

  /** Does the next piece. @returns true when it was the last one */
  advance(): boolean {
    const count = Math.min(this.piece, this.count - this.done);
    this.work(this.done, count);
    this.done += count;
    return this.done >= this.count;
  }
}

/** Bytes that a memory instruction handles at a time: a few milliseconds. */
const BYTES_OF_A_PIECE = 1 << 24;

/** Elements that a table instruction handles at a time. */
const ELEMENTS_OF_A_PIECE = 1 << 19;

function inPieces(count: number, piece: number, work: (done: number, count: number) => void): void {
  if (count > piece) throw new LongOperation(count, piece, work);
  work(0, count);
}

/** Does something to `count` bytes, at once where they are few. @throws LongOperation */
export function forBytes(count: number, work: (done: number, count: number) => void): void {
  inPieces(count, BYTES_OF_A_PIECE, work);
}

/** Does something to `count` elements, at once where they are few. @throws LongOperation */
export function forElements(count: number, work: (done: number, count: number) => void): void {
  inPieces(count, ELEMENTS_OF_A_PIECE, work);
}
