import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Calls } from "./calls.ts";
import { canPutOff, putOff } from "./engine/atomic/pending-wait.ts";
import { block, endWait, waitAt } from "./engine/atomic/wait.ts";
import type { LongOperation } from "./engine/cold/long-operation.ts";
import type { Execution } from "./engine/execution.ts";
import { irLengths } from "./engine/generated/ir.ts";
import { thrownError } from "./engine/trap-error.ts";
import type { Fuel } from "./fuel.ts";
import { pendingCall, pendingLimit, pendingWait, type RunPending } from "./run-pending.ts";
import type { Statistics } from "./statistics.ts";
import type { StopToken } from "./stop-token.ts";

/**
 * What a run has to do or to wait for before it goes on in its code: a host function's promise, a notification at an address, a
 * higher cost limit; or a bulk instruction that is done in pieces.
 */
export class RunWaits {
  private readonly calls: Calls;
  private readonly stop: StopToken;
  private readonly fuel: Fuel;
  private waiting: RunPending | undefined;
  private operation: LongOperation | undefined;

  constructor(calls: Calls, fuel: Fuel, stop: StopToken) {
    this.calls = calls;
    this.fuel = fuel;
    this.stop = stop;
  }

  /** What comes from outside, as long as it has not come. */
  get pending(): RunPending | undefined {
    return this.waiting?.settled ? undefined : this.waiting;
  }

  /** Whether there is anything. */
  get any(): boolean {
    return this.waiting !== undefined || this.operation !== undefined;
  }

  /** Does what can be done of it now. @param execution undefined for a call of a host function @returns whether nothing is left */
  end(execution: Execution | undefined): boolean {
    return this.endWaiting() && this.endOperation(execution);
  }

  /** The run has ended for another reason. */
  abandon(): void {
    this.waiting?.abandon();
    this.operation?.abandon();
  }

  // --- Something from outside ---

  /** Takes notice of a host function that has to be awaited. */
  awaitHost(): void {
    const { calls, stop } = this;
    if (calls.suspended !== undefined) {
      this.waiting = pendingCall(calls, calls.suspended, stop.deadline !== undefined);
    }
  }

  /** The run stands before an instruction that costs more than the limit allows. */
  awaitLimit(statistics: Statistics): void {
    this.waiting = pendingLimit(statistics, this.stop.deadline !== undefined);
  }

  /**
   * Waits at an address: blocks the thread until that has ended; or puts the run off, where it may and it does not end at once.
   * @throws its trap, as those are that the loop throws
   */
  awaitNotification(execution: Execution): void {
    const { stop } = this;
    try {
      const wait = waitAt(execution);
      const outcome = stop.mayAwait && canPutOff() ? putOff(wait) : block(wait, stop.deadline);
      if (typeof outcome === "string") endWait(execution, outcome);
      else this.waiting = pendingWait(execution, outcome);
    } catch (error) {
      execution.thrown = error;
      this.fuel.chargeTrap(execution);
      throw thrownError(execution);
    }
  }

  /** @returns false where the run has to wait on */
  private endWaiting(): boolean {
    const { waiting } = this;
    if (waiting === undefined) return true;
    if (!waiting.settled) return false;
    this.waiting = undefined;
    waiting.goOn();
    // A host function may have been called only now.
    this.awaitHost();
    return this.waiting === undefined;
  }

  // --- A bulk instruction ---

  /** The execution stands at a bulk instruction, of which nothing has been done. */
  beginOperation(operation: LongOperation): void {
    this.operation = operation;
  }

  /** Does the next piece, and goes past the instruction when that was the last. @returns false otherwise */
  private endOperation(execution: Execution | undefined): boolean {
    const { operation } = this;
    if (operation === undefined || execution === undefined) return true;
    if (!operation.advance()) return false;
    this.operation = undefined;
    execution.pc += irLengths[execution.code[execution.pc]];
    return true;
  }

  /**
   * Brings the run to where it stands between two instructions: a bulk instruction is done to its end.
   * @throws NotInSnapshot where it waits for something from outside, and not before an instruction
   */
  standBetween(execution: Execution | undefined): void {
    if (this.waiting?.isBetween === false) {
      const text = "The run waits for something from outside: a host function, or an address.";
      fail(ErrCode.NotInSnapshot, { kind: "note", text });
    }
    while (!this.endOperation(execution)) {
      // The next piece of it.
    }
  }
}
