import { BULK_WORK_OF_A_SLICE, type Execution } from "../execution.ts";

/**
 * What each thing that a bulk instruction handles is reckoned at, in bytes that are moved: `BULK_WORK_OF_A_SLICE` of them take
 * some milliseconds.
 */
export const enum Weight {
  /** A byte of a memory or an array. */
  Byte = 1,
  /** A byte that goes to pages which the host has not given yet. */
  FreshByte = 4,
  /** A reference that is moved. */
  Reference = 32,
  /** A reference for which a function instance may have to be made. */
  Function = 256,
  /** Something that the host refused: it has looked for room, or collected garbage. */
  Refusal = 1 << 20,
}

/**
 * A bulk instruction on so much that it would outlast a slice: it is thrown to the driver, which does it in pieces, one a slice.
 * All bounds are checked before; what others grow meanwhile does not change what it does.
 */
export class LongOperation {
  private readonly count: number;
  private readonly piece: number;
  private readonly work: (done: number, count: number) => void;
  private readonly finish: (() => void) | undefined;
  private readonly giveUp: (() => void) | undefined;
  private done = 0;

  /** See `doBulk`. */
  constructor(
    count: number,
    weight: number,
    work: (done: number, count: number) => void,
    finish?: () => void,
    giveUp?: () => void,
  ) {
    this.count = count;
    this.piece = Math.floor(BULK_WORK_OF_A_SLICE / weight);
    this.work = work;
    this.finish = finish;
    this.giveUp = giveUp;
  }

  /** Does the next piece. @returns true when it was the last one */
  advance(): boolean {
    const next = Math.min(this.piece, this.count - this.done);
    this.work(this.done, next);
    this.done += next;
    if (this.done < this.count) return false;
    this.finish?.();
    return true;
  }

  /** The run ends before the operation has. */
  abandon(): void {
    this.giveUp?.();
  }
}

/** @returns false, and nothing taken, where the slice has no room for so much work */
export function takeRoom(execution: Execution, work: number): boolean {
  if (work > execution.bulkLeft) return false;
  execution.bulkLeft -= work;
  return true;
}

/**
 * Does what a bulk instruction has to do once its operands are checked: at once where the slice still has room for that.
 * @param count how many bytes or elements
 * @param weight what each is reckoned at: see `Weight`
 * @param work does `count` of them, where `done` are done already
 * @param finish gives the instruction's result, when all is done
 * @param giveUp the run ends before all is done
 * @throws LongOperation where the slice has no room, with nothing done
 */
export function doBulk(
  execution: Execution,
  count: number,
  weight: number,
  work: (done: number, count: number) => void,
  finish?: () => void,
  giveUp?: () => void,
): void {
  if (!takeRoom(execution, count * weight)) throw new LongOperation(count, weight, work, finish, giveUp);
  work(0, count);
  finish?.();
}

/** Takes note of work that the host does in one piece: beyond what the slice has room for, the next bulk instruction ends it. */
export function chargeBulk(execution: Execution, work: number): void {
  execution.bulkLeft -= work;
}
