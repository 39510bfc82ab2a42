import { refuseArgument, requireObject } from "../common/arguments.ts";
import type { SuspendableCall } from "../executor/sliced-run.ts";
import { refuse } from "./snapshot-errors.ts";
import type { SuspendedRun } from "./take-snapshot.ts";

/** A run that its owner holds: a `PausableRun`, or an `Async` between two of its turns. */
export interface HeldRun {
  readonly done: boolean;
  readonly isInside: boolean;
  readonly call: SuspendableCall | undefined;
}

/**
 * A run where it stands.
 * @throws NotInSnapshot where it has ended, has not had its first turn, waits for a host function, or where one is asking
 */
export function suspended(run: HeldRun): SuspendedRun {
  if (typeof requireObject("run", run).done !== "boolean") refuseArgument("run", "a run", run);
  if (run.done) refuse("The run has ended.");
  if (run.isInside) refuse("A host function of the run is running.");
  const { call } = run;
  if (call === undefined) refuse("The run has not begun, or is no call of a function.");
  return { func: call.func, execution: call.suspend() };
}
