import type { Execution } from "./engine/execution.ts";
import { type Fuel, isAtStep } from "./fuel.ts";
import { Attention, type ObservedRun, type Observer, type Pause } from "./observer.ts";

/**
 * Drives a run as its observer wants it: puts it into stepwise code when attention is first paid, stops before the
 * instructions that are asked for, and holds the run while it is paused.
 */
export class Watch {
  readonly observer: Observer;
  private readonly fuel: Fuel;
  private readonly run: ObservedRun;
  private pause: Pause | undefined;
  /** What the run ends with when the pause is over. */
  private failure: { readonly error: unknown } | undefined;
  /** The observer has been asked about the present instruction already. */
  private asked = false;
  /** The loop may execute one instruction and no more. */
  private single = false;

  constructor(observer: Observer, fuel: Fuel, run: ObservedRun) {
    this.observer = observer;
    this.fuel = fuel;
    this.run = run;
  }

  /** Settles when the run may go on; undefined where nothing holds it. */
  get pending(): PromiseLike<unknown> | undefined {
    return this.pause?.over === false ? this.pause.promise : undefined;
  }

  /** @returns true while the run is to be left alone @throws what it has ended with, when that pause is over */
  isHeld(): boolean {
    if (this.pending !== undefined) return true;
    this.pause = undefined;
    if (this.failure !== undefined) throw this.failure.error;
    return false;
  }

  /** Goes over to code that can be watched, where that is wanted. */
  beginSlice(execution: Execution | undefined): void {
    if (this.observer.attention !== Attention.None) this.fuel.watch(execution);
  }

  /** Before each round of the loop. @returns true where the run pauses instead @throws CostLimitExceeded */
  stopsBefore(execution: Execution): boolean {
    const { observer, fuel } = this;
    if (fuel.isPaused(execution) || fuel.isAtLimit(execution)) return true;
    if (isAtStep(execution) && execution.space.watched) {
      if (this.pausesAtInstruction(execution)) return true;
      // What the observer wants may have changed.
      const each = observer.attention === Attention.Each;
      if (each || execution.space.steps.isMarked(execution.pc)) {
        fuel.beginStep(execution);
        if (!each) fuel.grant(execution, this.single ? observer.sliceCost : execution.fuel);
      } else if (this.single) fuel.grant(execution, observer.sliceCost);
      this.single = each;
    } else if (execution.space.watched && observer.attention === Attention.Each) {
      // Before the first step of a function its locals get their null references.
      this.single = true;
    }
    if (this.single) fuel.grantOneStep(execution);
    return false;
  }

  private pausesAtInstruction({ space, pc }: Execution): boolean {
    if (this.asked) {
      this.asked = false;
      return false;
    }
    if (!space.steps.isMarked(pc) && this.observer.attention !== Attention.Each) return false;
    this.pause = this.observer.beforeInstruction(this.run);
    this.asked = this.pause !== undefined;
    return this.asked;
  }

  /** After a round that ended for want of fuel. @returns whether it ended before an instruction that is asked for */
  stopsAt(execution: Execution): boolean {
    if (this.single) {
      this.fuel.takeBackSingle(execution);
      return true;
    }
    if (!isAtStep(execution) || !execution.space.steps.isMarked(execution.pc)) return false;
    this.fuel.takeBackStep(execution);
    return true;
  }

  /** Whether the slice goes on although its fuel is used up. */
  get goesOnWithoutFuel(): boolean {
    return this.single;
  }

  /** The run is ended between two slices, be it held or not: nothing holds it for that. */
  interrupt(error: unknown): void {
    if (this.failure !== undefined) return;
    const { observer, run } = this;
    observer.enter(run);
    observer.fails(run, error);
    observer.leave(run);
  }

  /** @returns true where the run pauses before it ends with the error */
  holdsFailure(error: unknown): boolean {
    this.pause = this.observer.fails(this.run, error);
    if (this.pause === undefined) return false;
    this.failure = { error };
    return true;
  }
}
