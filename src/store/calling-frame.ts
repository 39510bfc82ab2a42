import type { Value, WasmValue } from "../common/wasm-value.ts";
import type { FunctionInstance } from "./function-instance.ts";
import type { MemoryInstance } from "./memory-instance.ts";
import type { ModuleInstance } from "./module-instance.ts";

/** What a host function can ask of the executor that calls it. */
export interface CallingExecutor {
  /** Calls a function from within a host function. */
  invoke(func: FunctionInstance, params?: readonly (Value | WasmValue)[]): Value[];
}

/** What a host function that waits has to know of the run that calls it. */
export interface CallingRun {
  /** When the run has to end: nanoseconds on the host's monotonic clock. */
  readonly deadline?: bigint;
}

/**
 * Where a host function is called from. WasmEdge `Runtime::CallingFrame`.
 */
export class CallingFrame {
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

  /** The module's memory by index (not by export name), or null. */
  getMemoryByIndex(index: number): MemoryInstance | null {
    return this.module?.memories[index] ?? null;
  }
}
