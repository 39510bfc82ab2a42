import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Value, WasmValue } from "../common/wasm-value.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { Execution } from "./engine/execution.ts";
import type { Executor } from "./executor.ts";
import type { Invocation } from "./invocation.ts";
import type { SuspendableCall } from "./sliced-run.ts";

/**
 * A call that goes on only when its owner says so: up to a count of instructions, or to its end. In between it can be looked
 * at, kept for later, or made a snapshot of.
 *
 * Made by `Executor.pausable`, and by restoring a snapshot.
 */
export class PausableRun {
  private readonly executor: Executor;
  private readonly invocation: Invocation;
  private ended = false;
  private isRunning = false;
  private failure: unknown;

  constructor(executor: Executor, invocation: Invocation) {
    this.executor = executor;
    this.invocation = invocation;
  }

  /** Whether the run has ended, well or not. */
  get done(): boolean {
    return this.ended;
  }

  /** What is called. */
  get func(): FunctionInstance {
    return this.invocation.func;
  }

  /** What the run ended with, where it did not end well. */
  get error(): unknown {
    return this.failure;
  }

  /** Whether it can be stopped at a count: instructions are counted, and cost one each. */
  get canPause(): boolean {
    return this.invocation.canPause;
  }

  /** For snapshots. The call that this is; undefined once it has ended. */
  get call(): SuspendableCall | undefined {
    return this.ended ? undefined : this.invocation;
  }

  /** Whether a host function of the run is asking. */
  get isInside(): boolean {
    return this.isRunning;
  }

  /** For snapshots and debuggers: stack, frames and position; undefined before the first instruction and after the last. */
  get state(): Execution | undefined {
    return this.ended ? undefined : this.invocation.execution;
  }

  /**
   * Goes on until the executor's statistics have counted so many instructions, exactly, or the run has ended.
   * @param count where it is reached already, nothing is executed. Runs that a host function begins within this one are not left:
   *   where the count lies in their midst, this one stops behind that host function
   * @returns whether the run has ended
   * @throws what ended it; RuntimeError where instructions are not counted one by one (`instructionCounting`, no cost table), and for
   *   a count that is no whole number;
   *   ReentrantExecution where a host function of the run itself asks
   */
  runUntil(count: number): boolean {
    this.pauseAt(count);
    return this.advance(() => this.invocation.isPaused);
  }

  /**
   * Like `runUntil`, but comes back after some milliseconds already, wherever the run is then: for who has something to do
   * meanwhile, and for a snapshot at no particular place.
   */
  runSlice(count: number): boolean {
    this.pauseAt(count);
    return this.invocation.isPaused ? this.ended : this.advance(() => true);
  }

  private pauseAt(count: number): void {
    if (!Number.isInteger(count) && count !== Number.POSITIVE_INFINITY) {
      fail(ErrCode.RuntimeError, { kind: "note", text: `Instructions are counted in whole numbers, not ${count}.` });
    }
    if (!this.ended && !this.invocation.canPause) {
      const text = "To stop at a count, instructions must be counted (instructionCounting) and cost one each.";
      fail(ErrCode.RuntimeError, { kind: "note", text });
    }
    this.invocation.pauseAt(count);
  }

  /** For a host function of the run: makes it pause before the next instruction. */
  pauseSoon(): void {
    this.invocation.pauseAt(0);
  }

  /**
   * Runs the rest.
   * @returns the results in natural form
   * @throws what ended the run, as often as it is asked
   */
  finish(): Value[] {
    return this.finishTyped().map((value) => value.toValue());
  }

  /** Like `finish`; the results with their exact bits. */
  finishTyped(): WasmValue[] {
    if (!this.ended) {
      this.invocation.pauseAt(Number.POSITIVE_INFINITY);
      this.advance(() => false);
    }
    if (this.failure !== undefined) throw this.failure;
    return this.invocation.result();
  }

  /** Makes the run, and no other, end with Interrupted when it goes on. */
  cancel(reason?: unknown): void {
    this.invocation.cancel(reason);
  }

  private advance(enough: () => boolean): boolean {
    while (!this.ended && !this.step(false)) if (enough()) return false;
    return true;
  }

  private step(mayPutOff: boolean): boolean {
    if (this.isRunning) fail(ErrCode.ReentrantExecution);
    this.isRunning = true;
    try {
      this.ended = this.executor.drive(this.invocation, mayPutOff);
      return this.ended;
    } catch (error) {
      this.ended = true;
      this.failure = error;
      throw error;
    } finally {
      this.isRunning = false;
    }
  }
}
