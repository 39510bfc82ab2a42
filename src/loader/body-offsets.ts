import type { CodeSection } from "../ast/module.ts";

const none = new Uint32Array(0);

/**
 * Where the bodies of a code section stand, gathered body by body. Memory is taken for what was read, never for what a count
 * announces.
 */
export class BodyOffsets {
  /** The number of bodies that the section announces. */
  readonly count: number;
  /** The number of bodies whose header has been read. */
  opened = 0;
  /** The number of bodies whose instructions have been walked, or are being walked. */
  walked = 0;
  segmentOffsets: Uint32Array = none;
  starts: Uint32Array = none;
  expressionStarts: Uint32Array = none;
  ends: Uint32Array = none;

  /** @param count of the bodies; room is made for the first of them */
  constructor(count: number) {
    this.count = count;
    this.enlarge(Math.min(count, 1024));
  }

  /**
   * Puts larger arrays into the place of these: already while the first object is made, since V8 takes fields that nobody
   * has set twice for constant in the code that it makes.
   */
  private enlarge(room: number): void {
    this.segmentOffsets = enlarged(this.segmentOffsets, room);
    this.starts = enlarged(this.starts, room);
    this.expressionStarts = enlarged(this.expressionStarts, room);
    this.ends = enlarged(this.ends, room);
  }

  /**
   * Adds a body.
   * @param end known from its size
   */
  add(segmentOffset: number, start: number, expressionStart: number, end: number): void {
    if (this.opened === this.starts.length) this.enlarge(Math.min(this.count, 2 * this.opened));
    const body = this.opened++;
    this.segmentOffsets[body] = segmentOffset;
    this.starts[body] = start;
    this.expressionStarts[body] = expressionStart;
    this.ends[body] = end;
  }

  /** What was gathered, once all bodies are there. @param scanned whether their instructions have been walked */
  toSection(scanned: boolean): CodeSection {
    const { segmentOffsets, starts, expressionStarts, ends, opened } = this;
    return {
      segmentOffsets: segmentOffsets.slice(0, opened),
      starts: starts.slice(0, opened),
      expressionStarts: expressionStarts.slice(0, opened),
      ends: ends.slice(0, opened),
      scanned,
    };
  }
}

function enlarged(items: Uint32Array, room: number): Uint32Array {
  const larger = new Uint32Array(room);
  larger.set(items);
  return larger;
}
