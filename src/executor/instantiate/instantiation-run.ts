import type { Module } from "../../ast/module.ts";
import { WasmEdgeError } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import type { ModuleInstance } from "../../store/module-instance.ts";
import type { Executor } from "../executor.ts";
import type { Pending, SlicedRun } from "../sliced-run.ts";
import { type RunOptions, StopToken } from "../stop-token.ts";
import type { ImportSource } from "./imports.ts";
import { makeInstance } from "./instantiate.ts";

/** What is instantiated: under `name`, with these imports. */
export interface Instantiable {
  readonly imports: ImportSource;
  readonly module: Module;
  /** The instance's own name. */
  readonly name: string;
}

/**
 * Makes an instance of a module, in one step up to its start function, which then goes on slice by slice. What a failing start
 * function has changed in imported memories and tables stays.
 *
 * https://webassembly.github.io/spec/core/exec/modules.html#instantiation — WasmEdge `Executor::instantiate`
 */
export class InstantiationRun implements SlicedRun<ModuleInstance> {
  private readonly executor: Executor;
  private readonly what: Instantiable;
  private readonly stop: StopToken;
  private readonly atCostLimit: RunOptions["atCostLimit"];
  private instance: ModuleInstance | undefined;
  private start: SlicedRun<unknown> | undefined;

  /** @param options bound the whole of it */
  constructor(executor: Executor, what: Instantiable, options?: RunOptions) {
    this.executor = executor;
    this.what = what;
    this.stop = new StopToken(options);
    this.atCostLimit = options?.atCostLimit;
  }

  /**
   * See `SlicedRun`.
   * @throws NotValidated, UnknownImport, IncompatibleImportType, Interrupted, limits, traps
   */
  step(mayPutOff = false): boolean {
    try {
      this.instance ??= this.begin();
      if (this.start !== undefined && !this.start.step(mayPutOff)) return false;
      this.instance.finalize();
      return true;
    } catch (error) {
      // No call will follow that would tell.
      this.executor.logStatistics();
      if (error instanceof WasmEdgeError && error.code !== ErrCode.Terminated) {
        error.withContext({ kind: "ast", node: "module" });
      }
      throw error;
    }
  }

  private begin(): ModuleInstance {
    const { executor, stop, atCostLimit } = this;
    const { imports, module, name } = this.what;
    const instance = makeInstance(executor, imports, module, name, stop);
    if (module.start !== undefined) {
      this.start = executor.startRun(instance.getFunction(module.start), [], { within: stop, atCostLimit });
    }
    return instance;
  }

  /** See `SlicedRun`. */
  get pending(): Pending | undefined {
    return this.start?.pending;
  }

  /** The instance; once `step` has returned true. */
  result(): ModuleInstance {
    return this.instance as ModuleInstance;
  }

  /** See `SlicedRun`. */
  cancel(reason?: unknown): void {
    this.stop.cancel(reason);
  }
}
