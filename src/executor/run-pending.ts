import type { Calls, SuspendedCall } from "./calls.ts";
import type { PendingWait } from "./engine/atomic/pending-wait.ts";
import { endWait } from "./engine/atomic/wait.ts";
import type { Execution } from "./engine/execution.ts";
import { LimitPause } from "./limit-pause.ts";
import type { Pending } from "./sliced-run.ts";
import type { Statistics } from "./statistics.ts";

/** Something from outside that a run waits for, as its driver sees it. */
export interface RunPending extends Pending {
  readonly settled: boolean;
  /** Whether the run stands before an instruction, of which nothing has been done. */
  readonly isBetween: boolean;
  /** Takes the run to where it goes on, once it has settled. @throws what it failed with */
  goOn(): void;
  /** The run has ended for another reason. */
  abandon(): void;
}

/** Waiting at an address. */
export function pendingWait(execution: Execution, wait: PendingWait): RunPending {
  return {
    promise: wait.promise,
    // Who notifies may be another thread, for which nothing keeps this one's event loop alive; and there may be no promise.
    watched: true,
    isBetween: false,
    get settled() {
      return wait.outcome !== undefined;
    },
    goOn: () => {
      if (wait.outcome !== undefined) endWait(execution, wait.outcome);
    },
    abandon: () => wait.abandon(),
  };
}

/** A host function's promise, or the limit that its cost has met. @param watched whether a time limit may end the run before */
export function pendingCall(calls: Calls, { call, site, waiting }: SuspendedCall, watched: boolean): RunPending {
  return {
    promise: waiting.promise,
    watched,
    isBetween: false,
    get settled() {
      return waiting.settled;
    },
    goOn: () => calls.resume({ call, site, waiting }),
    abandon: () => {},
    ...(waiting instanceof LimitPause && { resume: (cost: bigint) => waiting.resume(cost) }),
  };
}

/** The cost limit before an instruction of wasm. */
export function pendingLimit(statistics: Statistics, watched: boolean): RunPending {
  const pause = new LimitPause(statistics);
  return {
    promise: pause.promise,
    watched,
    isBetween: true,
    get settled() {
      return pause.settled;
    },
    goOn: () => {},
    abandon: () => {},
    resume: (cost) => pause.resume(cost),
  };
}
