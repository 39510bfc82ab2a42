import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";

/** How a run may be bounded. */
export interface RunOptions {
  /** Nanoseconds on the host's monotonic clock after which the run ends with Interrupted. */
  readonly deadline?: bigint;
}

/** What ends a run from outside: a request, or the time. WasmEdge's stop token, which is the executor's; ours is a run's. */
export class StopToken {
  /** For a run within this one. */
  readonly options: RunOptions;
  private stopped = false;

  constructor(options: RunOptions = {}) {
    this.options = options;
  }

  /** Ends the run where it looks next. */
  cancel(): void {
    this.stopped = true;
  }

  /** @throws Interrupted after `cancel`, which costs less to ask than the time */
  checkCancelled(): void {
    if (this.stopped) fail(ErrCode.Interrupted);
  }

  /** @throws Interrupted after `cancel` or the deadline */
  check(): void {
    const { deadline } = this.options;
    const late = deadline !== undefined && host.monotonicNanoseconds() >= deadline;
    if (this.stopped || late) fail(ErrCode.Interrupted);
  }
}
