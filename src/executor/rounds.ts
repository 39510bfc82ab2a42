import { host } from "../common/host.ts";
import type { Calls } from "./calls.ts";
import { LongOperation } from "./engine/cold/long-operation.ts";
import { BULK_WORK_OF_A_SLICE, type Execution } from "./engine/execution.ts";
import { Exit } from "./engine/exit.ts";
import { run } from "./engine/generated/run.ts";
import { trainLoop } from "./engine/training.ts";
import type { Executor } from "./executor.ts";
import { handleExit } from "./exits.ts";
import { leaveInstance } from "./frames.ts";
import type { Fuel } from "./fuel.ts";
import type { RunWaits } from "./run-waits.ts";
import type { Watch } from "./watch.ts";

/**
 * A large program meets new instructions all along, and each throws the optimised loop away: the loop is trained for it. So many
 * words of lowered code are some 250 functions. A smaller program soon has met all that it executes, and compiling a trained loop
 * takes V8 half a second in which the loop is interpreted. docs/performance.md, "Training".
 */
const LARGE_PROGRAM = { words: 1 << 15, cost: 1 << 18 };

/**
 * Rounds of the run loop in a slice. Calls of host functions, between modules and by tail calls leave the loop and take a
 * hundred times as long as what the fuel counts, so the fuel alone would make slices of seconds.
 */
const ROUNDS_OF_A_SLICE = 1024;

/** Rounds after which a slice that is to end in time looks at the clock: a host function may take as long as it wants. */
const ROUNDS_BETWEEN_LOOKS = 4;

/** Drives the run loop for a slice: round after round, with what the loop leaves to its driver done in between. */
export class Rounds {
  private readonly executor: Executor;
  private readonly calls: Calls;
  private readonly fuel: Fuel;
  private readonly waits: RunWaits;

  constructor(executor: Executor, calls: Calls, fuel: Fuel, waits: RunWaits) {
    this.executor = executor;
    this.calls = calls;
    this.fuel = fuel;
    this.waits = waits;
  }

  /**
   * One slice.
   * @param watch how an observer wants the run to be driven, if there is one
   * @param until when the slice is to end, on the monotonic clock; its fuel may end it before
   * @param first why the loop has come back already, where it has
   * @returns true where the first frame has been left: the results are on the stack
   * @throws WasmEdgeError, as `handleExit`; CostLimitExceeded
   */
  takeSlice(execution: Execution, watch: Watch | undefined, until: bigint | undefined, first?: Exit): boolean {
    const { fuel } = this;
    const { loop } = this.executor;
    this.trainFor(execution);
    // Another run may have lowered functions or grown the memory since the last slice.
    execution.refreshCode();
    execution.refreshMemory();
    execution.isObserved = watch !== undefined;
    execution.bulkLeft = BULK_WORK_OF_A_SLICE;
    fuel.grantSlice(execution, watch?.observer.sliceCost);
    for (let round = 0; round < ROUNDS_OF_A_SLICE; round++) {
      if (watch?.stopsBefore(execution)) break;
      if (until !== undefined && round % ROUNDS_BETWEEN_LOOKS === ROUNDS_BETWEEN_LOOKS - 1) {
        if (host.monotonicNanoseconds() >= until) break;
      }
      const exit = round === 0 && first !== undefined ? first : loop(execution);
      switch (exit) {
        case Exit.Leave:
          if (leaveInstance(execution)) {
            fuel.settle(execution);
            return true;
          }
          break;
        case Exit.Fuel:
          if (watch?.stopsAt(execution)) break;
          if (fuel.refuel(execution)) return false;
          break;
        default:
          if (this.handle(execution, exit, watch)) return false;
      }
    }
    fuel.settle(execution);
    return false;
  }

  /** Trains the loop for a large program: V8 may compile it at any time. */
  private trainFor({ space }: Execution): void {
    if (this.executor.loop !== run || !host.compilesJavaScript) return;
    if (space.words >= LARGE_PROGRAM.words && this.fuel.meter.total >= LARGE_PROGRAM.cost) trainLoop(space.hasVectors);
  }

  /**
   * @param exit anything but Leave and Fuel
   * @returns true where the slice is over
   */
  private handle(execution: Execution, exit: number, watch: Watch | undefined): boolean {
    const { fuel, waits } = this;
    // Tail calls alone can make an endless run, and they come here without a look at the fuel.
    if (execution.fuel < 0 && exit < Exit.Threw && !(watch?.goesOnWithoutFuel ?? false)) {
      fuel.settle(execution);
      return true;
    }
    try {
      this.dispatch(execution, exit);
      waits.awaitHost();
      if (!waits.any) return false;
      fuel.settle(execution);
      return true;
    } catch (error) {
      fuel.settle(execution);
      throw error;
    }
  }

  private dispatch(execution: Execution, exit: number): void {
    const { waits } = this;
    if (exit === Exit.Wait) waits.awaitNotification(execution);
    else if (exit === Exit.Threw && execution.thrown instanceof LongOperation) waits.beginOperation(execution.thrown);
    else handleExit(execution, exit, this.calls, this.fuel);
    // Before anything of the new code has been executed.
    if (exit === Exit.Lower) this.trainFor(execution);
  }
}
