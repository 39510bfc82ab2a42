import type { Boundary, Execution } from "../executor/engine/execution.ts";
import { type Frame, framesOf } from "../executor/engine/frames.ts";

/** Of a stack that is deeper than both together, so many of the outermost frames are kept, and so many of the innermost. */
export const OUTERMOST_FRAMES = 384;
export const INNERMOST_FRAMES = 128;

/** A stack that is too long without its middle. @param marker stands where that was */
export function withoutMiddle<T>(stack: readonly T[], marker: T): readonly T[] {
  if (stack.length <= OUTERMOST_FRAMES + 1 + INNERMOST_FRAMES) return stack;
  return [...stack.slice(0, OUTERMOST_FRAMES), marker, ...stack.slice(-INNERMOST_FRAMES)];
}

/** What the header of a frame said. */
interface Header {
  readonly fp: number;
  /** Its word offset. */
  readonly at: number;
  readonly position: number;
  readonly callerFp: number;
  /** Where the caller is code of another instance: which of the boundaries, counted from the outermost, and what that was. */
  readonly level: number;
  readonly boundary: Boundary | undefined;
}

/**
 * The frames of one run, looked at again and again. They are linked from the innermost outwards, so the outermost of a deep stack cost
 * a walk over all of it. Those are remembered, and looked up again when one of their headers is another: then the run has returned from
 * all that was deeper, so that the walks together cost no more than its calls have.
 */
export class SampledFrames<T> {
  private readonly label: (frame: Frame) => T;
  private readonly marker: T;
  /** Of the outermost frames, and of the one that they have called last, whose header says where in them the run is. */
  private headers: readonly Header[] = [];
  private outermost: readonly T[] = [];

  /** @param label what is kept of a frame @param marker stands where others are left out */
  constructor(label: (frame: Frame) => T, marker: T) {
    this.label = label;
    this.marker = marker;
  }

  /** The frames of the execution, outermost first; those of a deep stack without its middle. */
  of(execution: Execution): readonly T[] {
    return this.remembered(execution) ?? this.walk(execution);
  }

  /** @returns undefined where what is remembered holds no more */
  private remembered(execution: Execution): readonly T[] | undefined {
    const { headers, outermost } = this;
    if (headers.length === 0 || !headers.every((header) => isAsBefore(header, execution))) return undefined;
    const { fp } = headers[headers.length - 1];
    const innermost: T[] = [];
    for (const frame of framesOf(execution)) {
      // What stands in the headers was left there by frames that are gone.
      if (frame.fp < fp) return undefined;
      innermost.push(this.label(frame));
      if (frame.fp === fp) return [...outermost, ...innermost.reverse()];
      if (innermost.length === INNERMOST_FRAMES) break;
    }
    return [...outermost, this.marker, ...innermost.reverse()];
  }

  private walk(execution: Execution): readonly T[] {
    const innermost: T[] = [];
    // Only the end of the walk tells which frames are the outermost: the last so many are at hand.
    const size = OUTERMOST_FRAMES + 1;
    const last: Frame[] = [];
    let beyond = 0;
    for (const frame of framesOf(execution)) {
      if (innermost.length < INNERMOST_FRAMES) innermost.push(this.label(frame));
      else last[beyond++ % size] = frame;
    }
    const begin = beyond % size;
    const outer = beyond < size ? last.reverse() : [...last.slice(begin), ...last.slice(0, begin)].reverse();
    const labels = outer.slice(0, OUTERMOST_FRAMES).map(this.label);
    innermost.reverse();
    if (beyond < size) {
      this.headers = [];
      return [...labels, ...innermost];
    }
    this.headers = headersOf(outer, execution);
    this.outermost = labels;
    return [...labels, this.marker, ...innermost];
  }
}

function headersOf(outermost: readonly Frame[], { i32, boundaries }: Execution): Header[] {
  let levels = 0;
  return outermost.map(({ space, func, fp }) => {
    const at = fp + space.headerOffset(func.entry);
    const position = i32[at];
    const level = position === 0 ? levels++ : -1;
    return { fp, at, position, callerFp: i32[at + 1], level, boundary: boundaries[level] };
  });
}

function isAsBefore({ at, position, callerFp, level, boundary }: Header, { i32, boundaries }: Execution): boolean {
  return i32[at] === position && i32[at + 1] === callerFp && boundaries[level] === boundary;
}
