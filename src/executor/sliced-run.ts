import type { FunctionInstance } from "../store/function-instance.ts";
import type { Execution } from "./engine/execution.ts";

/** What a run waits for from outside. */
export interface Pending {
  /** Settles when the run can go on. */
  readonly promise: PromiseLike<unknown>;
  /** Whether the run is to be looked at now and then until then: something else may end it, and the promise does not tell. */
  readonly watched: boolean;
  /**
   * The run stands at its cost limit, until this is called; absent where it waits for something else.
   * @param cost added to the limit
   */
  readonly resume?: (cost: bigint) => void;
}

/** A call of a wasm function between two of its steps. */
export interface SuspendableCall {
  readonly func: FunctionInstance;
  /**
   * Brings the call to where it stands between two instructions: it is entered, and an instruction that takes many steps is
   * executed to its end.
   * @throws NotInSnapshot where it waits for something from outside, or is of a host function
   */
  suspend(): Execution;
}

/** A run that can be left and resumed: what an `Async` drives. */
export interface SlicedRun<T> {
  /** The call that the run is, at present; undefined where it is none. */
  readonly call?: SuspendableCall | undefined;
  /**
   * Goes on for a while.
   * @param mayPutOff whether the run may leave off until something comes from outside (`pending`); where not, it has to
   *   block the thread for it, or fails
   * @returns true once the run has ended well
   * @throws what ended it otherwise
   */
  step(mayPutOff: boolean): boolean;
  /** What the run waits for from outside; until that has settled, `step` does no more than look for a reason to end. */
  readonly pending?: Pending | undefined;
  /** What the run gave; asked once, after `step` returned true. */
  result(): T;
  /** Makes this run, and no other, end with Interrupted at its next branch or call. @param reason its cause */
  cancel(reason?: unknown): void;
}

/** The same run with another result, and with something done around its parts. */
export function wrapRun<T, U>(
  run: SlicedRun<T>,
  result: () => U,
  around: <R>(part: () => R) => R = (part) => part(),
): SlicedRun<U> {
  return {
    step: (mayPutOff) => around(() => run.step(mayPutOff)),
    get call() {
      return run.call;
    },
    get pending() {
      return run.pending;
    },
    result: () => around(result),
    cancel: (reason) => run.cancel(reason),
  };
}

/** A run, and then another one, which is made when the first has ended well. */
export function chainRuns<T, U>(first: SlicedRun<T>, next: (result: T) => SlicedRun<U>): SlicedRun<U> {
  let second: SlicedRun<U> | undefined;
  return {
    step: (mayPutOff) => {
      if (second !== undefined) return second.step(mayPutOff);
      if (first.step(mayPutOff)) second = next(first.result());
      return false;
    },
    get call() {
      return (second ?? first).call;
    },
    get pending() {
      return (second ?? first).pending;
    },
    result: () => (second as SlicedRun<U>).result(),
    cancel: (reason) => (second ?? first).cancel(reason),
  };
}
