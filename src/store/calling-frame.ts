import type { HostAbortSignal } from "../common/abort-signal.ts";
import type { Value, WasmValue } from "../common/wasm-value.ts";
import type { FunctionInstance } from "./function-instance.ts";
import type { MemoryInstance } from "./memory-instance.ts";
import type { ModuleInstance } from "./module-instance.ts";

/** A run that goes on by turns: what `Async` is, as far as a host function needs it. */
export interface CallingAsync<T> extends PromiseLike<T> {
  /** True once the run has ended, well or not. */
  readonly done: boolean;
  /** Makes the run end with Interrupted. @param reason the error's cause */
  cancel(reason?: unknown): void;
}

/** What a host function can ask of the executor that calls it. */
export interface CallingExecutor {
  /** Calls a function from within a host function. @param options `within`: the run that this one is a part of */
  invoke(
    func: FunctionInstance,
    params?: readonly (Value | WasmValue)[],
    options?: { readonly within?: CallingRun },
  ): Value[];
  /** Calls a function in slices on the event loop, for a host function that returns the promise or awaits it. */
  asyncInvoke(
    func: FunctionInstance,
    params?: readonly (Value | WasmValue)[],
    options?: { readonly within?: CallingRun },
  ): CallingAsync<Value[]>;
}

/** What a host function that waits has to know of the run that calls it. */
export interface CallingRun {
  /** When the run has to end: nanoseconds on the host's monotonic clock. */
  readonly deadline?: bigint | undefined;
  /** Whether the host function may give a promise of its results: the run is an asynchronous one. */
  readonly mayAwait?: boolean;
  /** Aborted when the run is ended before the host function has; undefined where the host has no `AbortController`. */
  readonly signal?: HostAbortSignal | undefined;
}

/**
 * Where a host function is called from. WasmEdge `Runtime::CallingFrame`.
 *
 * `invoke` and `asyncInvoke` are the executor's for calls that are a part of the run: what ends the run ends them too.
 */
export class CallingFrame implements CallingExecutor {
  readonly executor: CallingExecutor;
  /**
   * The module whose code calls; when the embedder calls the host function itself, the host module that holds it; undefined
   * for a host function in no module.
   */
  readonly module: ModuleInstance | undefined;
  /** For host functions that wait: how the run is bounded. */
  readonly run: CallingRun;

  constructor(executor: CallingExecutor, module: ModuleInstance | undefined, run: CallingRun = {}) {
    this.executor = executor;
    this.module = module;
    this.run = run;
  }

  /** Calls a function, and ends where the run ends. @throws what the call ends with */
  invoke(func: FunctionInstance, params?: readonly (Value | WasmValue)[]): Value[] {
    return this.executor.invoke(func, params, { within: this.run });
  }

  /**
   * Calls a function in slices; it is cancelled when the run is.
   * @returns what a host function of an asynchronous run may give back, or await
   */
  asyncInvoke(func: FunctionInstance, params?: readonly (Value | WasmValue)[]): CallingAsync<Value[]> {
    return this.executor.asyncInvoke(func, params, { within: this.run });
  }

  /** The module's memory by index (not by export name), or null. */
  getMemoryByIndex(index: number): MemoryInstance | null {
    return this.module?.memories[index] ?? null;
  }
}
