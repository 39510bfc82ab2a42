import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { Async } from "../executor/async.ts";
import { type SlicedRun, wrapRun } from "../executor/sliced-run.ts";
import type { RunOptions } from "../executor/stop-token.ts";

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
  return wrapRun(
    run,
    () => run.result(),
    (part) => describing(callee, part),
  );
}

/** The runs in slices that were asked for and have not ended: stopping reaches those too that have not had a turn yet. */
export class PendingRuns {
  private readonly runs = new Set<Async<unknown>>();
  private readonly turnMilliseconds: number;

  /** @param turnMilliseconds how long a run may keep the event loop */
  constructor(turnMilliseconds: number) {
    this.turnMilliseconds = turnMilliseconds;
  }

  /**
   * @param begin makes the run at its first turn
   * @param options its signal cancels before that turn too
   */
  add<T>(begin: () => SlicedRun<T>, options?: RunOptions): Async<T> {
    const run = new Async(begin, options, this.turnMilliseconds);
    this.runs.add(run);
    void run.wait().then(() => this.runs.delete(run));
    return run;
  }

  cancelAll(): void {
    for (const run of this.runs) run.cancel();
  }
}
