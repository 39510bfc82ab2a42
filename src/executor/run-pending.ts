import type { Calls, SuspendedCall } from "./calls.ts";
import type { PendingWait } from "./engine/atomic/pending-wait.ts";
import { endWait } from "./engine/atomic/wait.ts";
import type { Execution } from "./engine/execution.ts";
import type { Pending } from "./sliced-run.ts";

/** Something from outside that a run waits for, as its driver sees it. */
export interface RunPending extends Pending {
  readonly settled: boolean;
  /** Takes the run to where it goes on, once it has settled. @throws what it failed with */
  resume(): void;
  /** The run has ended for another reason. */
  abandon(): void;
}

/** Waiting at an address. */
export function pendingWait(execution: Execution, wait: PendingWait): RunPending {
  return {
    promise: wait.promise,
    // Who notifies may be another thread, for which nothing keeps this one's event loop alive; and there may be no promise.
    watched: true,
    get settled() {
      return wait.outcome !== undefined;
    },
    resume: () => {
      if (wait.outcome !== undefined) endWait(execution, wait.outcome);
    },
    abandon: () => wait.abandon(),
  };
}

/** A host function's promise. @param watched whether a time limit may end the run before */
export function pendingCall(calls: Calls, suspended: SuspendedCall, watched: boolean): RunPending {
  const { promise } = suspended;
  return {
    promise: promise.promise,
    watched,
    get settled() {
      return promise.settled;
    },
    resume: () => calls.resume(suspended),
    abandon: () => {},
  };
}
