import type { ObservedRun } from "../executor/observer.ts";
import { type Plan, RunState } from "./run-state.ts";
import type { StandingRun } from "./stop.ts";

/**
 * The runs that a debugger sees, and which are inside one another: a host function that begins a run and waits for it stands
 * between two of them, whether it waits on JavaScript's stack or for a promise.
 */
export class OpenRuns {
  private readonly states = new Map<ObservedRun, RunState>();
  /** Those that stand on JavaScript's stack at present, outermost first. */
  private readonly entered: RunState[] = [];

  /** The run that is executing. */
  get present(): RunState | undefined {
    return this.entered[this.entered.length - 1];
  }

  get all(): Iterable<RunState> {
    return this.states.values();
  }

  of(run: ObservedRun): RunState | undefined {
    return this.states.get(run);
  }

  /** A slice of it begins. @param plan what a run does that has not been seen before, inside of `around` */
  enter(run: ObservedRun, plan: (around: RunState | undefined) => Plan): void {
    let state = this.states.get(run);
    if (state === undefined) {
      state = new RunState(run);
      this.states.set(run, state);
      this.entered.push(state);
      state.plan = plan(this.around(state));
    } else this.entered.push(state);
  }

  /** That slice has ended. */
  leave(): void {
    this.entered.pop();
  }

  /** The run has ended. */
  forget(run: ObservedRun): RunState | undefined {
    const state = this.states.get(run);
    this.states.delete(run);
    return state;
  }

  /** The run in whose host function this one is. */
  around(state: RunState): RunState | undefined {
    const { around } = state.run;
    const known = around && this.states.get(around);
    // The host function that has begun it may have returned without waiting for it.
    if (known !== undefined && known.hostCalls.length > 0) return known;
    const index = this.entered.indexOf(state);
    return index > 0 ? this.entered[index - 1] : undefined;
  }

  /** A run and those that it is inside of, innermost first. */
  *from(state: RunState): Generator<RunState> {
    for (let next: RunState | undefined = state; next !== undefined; next = this.around(next)) yield next;
  }

  /** A run and those that it is inside of, innermost first, with the host functions that each is in at this moment. */
  standing(innermost: RunState): StandingRun[] {
    return Array.from(this.from(innermost), ({ run, hostCalls }) => ({ run, hostCalls: hostCalls.slice().reverse() }));
  }
}
