import type { CallingExecutor, CallingFrame, CallingRun } from "../store/calling-frame.ts";
import { Instance } from "./instance.ts";
import { Memory } from "./memory.ts";

/** Where a host function is called from. Rust SDK `Caller` and `CallingFrame`. */
export class Caller {
  /** The core's frame. */
  readonly inner: CallingFrame;

  constructor(inner: CallingFrame) {
    this.inner = inner;
  }

  /** Calls other functions from within: `func.run(caller.executor, args)`. What ends the run of the caller ends these too. */
  get executor(): CallingExecutor {
    return this.inner;
  }

  /**
   * What a host function that waits has to know: the run's deadline, whether it may give a promise, and an `AbortSignal` that
   * tells when the run has ended before, for `fetch` and its relatives.
   */
  get run(): CallingRun {
    return this.inner.run;
  }

  /** The module whose code calls; undefined for a host function in no module that the embedder calls itself. */
  get instance(): Instance | undefined {
    return this.inner.module === undefined ? undefined : Instance.of(this.inner.module);
  }

  /** A memory of that module by its index, not by export name; undefined where it has none. */
  memory(index = 0): Memory | undefined {
    const memory = this.inner.getMemoryByIndex(index);
    return memory === null ? undefined : new Memory(memory);
  }
}
