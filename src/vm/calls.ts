import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { SlicedRun } from "../executor/async.ts";

/** A function that a VM calls, as messages name it. */
export interface Callee {
  /** The module's registered name; the empty string for the active module. */
  readonly module: string;
  readonly name: string;
}

/** Does what belongs to a call; an error gets a line that tells which call it ended. WasmEdge `InfoExecuting`. */
export function describing<T>({ module, name }: Callee, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof WasmEdgeError) || error.code === ErrCode.Terminated) throw error;
    throw error.withContext({ kind: "executing", module, name });
  }
}

/** The same for a call that goes on in slices. */
export function describingRun<T>(callee: Callee, run: SlicedRun<T>): SlicedRun<T> {
  return {
    step: () => describing(callee, () => run.step()),
    result: () => describing(callee, () => run.result()),
    cancel: () => run.cancel(),
  };
}
