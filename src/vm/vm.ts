import type { FunctionType } from "../ast/types.ts";
import { HostRegistration } from "../config/configure.ts";
import type { Executor, RunOptions } from "../executor/executor.ts";
import type { Limits } from "../executor/limits.ts";
import type { PausableRun } from "../executor/pausable-run.ts";
import type { Statistics } from "../executor/statistics.ts";
import type { Loader } from "../loader/loader.ts";
import { type RestoreOptions, restoreSnapshot } from "../snapshot/restore-snapshot.ts";
import { type HeldRun, suspended } from "../snapshot/suspended-run.ts";
import { type SnapshotOptions, takeSnapshot } from "../snapshot/take-snapshot.ts";
import { TimeTravel, type TimeTravelOptions } from "../snapshot/time-travel.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { StoreManager } from "../store/store-manager.ts";
import type { Validator } from "../validator/validator.ts";
import type { WasiModule } from "../wasi/wasi-module.ts";
import { ExecutingVM } from "./executing-vm.ts";
import { type Params, VMStage } from "./vm-types.ts";

/**
 * Loader, validator, executor and store behind one face: holds one module at a time, as the active one, and any number of
 * registered ones. WasmEdge `VM::VM`.
 *
 * Its methods stand by subject: registered modules in `RegisteringVM`, the stages of the active one in `StagedVM`, calls in
 * `ExecutingVM`; snapshots, and what there is to look at, here.
 *
 * Errors are thrown as `WasmEdgeError`. The end that `proc_exit` asks for is one too, with the code Terminated: it
 * counts as success, see `isTerminated`.
 */
export class VM extends ExecutingVM {
  // --- Runs that go on when their owner says so, and snapshots ---

  /**
   * A call of an exported function of the active module, of which nothing is executed before its owner says how far it may go.
   * @throws WrongInstanceAddress where there is none, FuncNotFound, FuncSigMismatch
   */
  pausable(func: string, params: Params = [], options?: RunOptions): PausableRun {
    return this.executor.pausable(this.findActive(func), params, options);
  }

  /**
   * A call of an exported function of the active module that can go back: see `TimeTravel`.
   * @throws as `pausable`; RuntimeError where instructions are not counted (`instructionCounting`); NotInSnapshot
   */
  record(func: string, params: Params = [], options?: TimeTravelOptions): TimeTravel {
    const { store, executor, activeInstance: active } = this;
    return new TimeTravel({ store, executor, active, run: this.pausable(func, params) }, options);
  }

  /**
   * What there is at this moment as bytes, to go on elsewhere by `restore`: all registered modules and the active one, with what
   * they hold and the state of WASI, and a run where it stands.
   * @param run of this VM; absent: the instances alone
   * @throws NotInSnapshot, with what it is, for what bytes cannot tell
   */
  snapshot(run?: HeldRun, options?: SnapshotOptions): Uint8Array {
    const { store, executor, activeInstance: active } = this;
    return takeSnapshot({ store, executor, active, run: run && suspended(run) }, options);
  }

  /**
   * Goes on from a snapshot: its modules are registered and its active module becomes that of this VM, which has the host
   * modules, under their names. WASI has been given its preopens already.
   * @returns the run, which goes on when it is told to; undefined where there was none
   * @throws MalformedSnapshot, SnapshotVersion, SnapshotMismatch; errors of loading, linking and limits
   */
  restore(bytes: Uint8Array, options: Omit<RestoreOptions, "executor" | "store"> = {}): PausableRun | undefined {
    const { store, executor } = this;
    const { active, instances, run } = restoreSnapshot(bytes, { ...options, store, executor });
    this.registered.push(...instances.filter((instance) => instance !== active && instance.source !== undefined));
    if (active !== undefined) {
      this.module = active.source;
      this.activeInstance = active;
      this.stage = VMStage.Instantiated;
    }
    return run;
  }

  /** Makes all runs that have been asked of this VM end with Interrupted; later ones are not affected. */
  stop(): void {
    this.pending.cancelAll();
    this.executor.stop();
  }

  // --- Looking around ---

  /** The exported functions of the active module, ordered by the bytes of their names; none without an active module. */
  getFunctionList(): { readonly name: string; readonly type: FunctionType }[] {
    const instance = this.activeInstance;
    const names = instance?.exportNames("function") ?? [];
    return names.flatMap((name) => {
      const type = instance?.findFuncExports(name)?.type;
      return type === undefined ? [] : [{ name, type }];
    });
  }

  /** The type of an exported function of the active module, or null. */
  getFunctionType(func: string): FunctionType | null {
    return this.activeInstance?.findFuncExports(func)?.type ?? null;
  }

  /** The type of an exported function of a registered module, or null. */
  getFunctionTypeRegistered(module: string, func: string): FunctionType | null {
    return this.store.findModule(module)?.findFuncExports(func)?.type ?? null;
  }

  getActiveModule(): ModuleInstance | null {
    return this.activeInstance ?? null;
  }

  /** The built-in host module, or null where it is not configured. */
  getImportModule(host: typeof HostRegistration.Wasi): WasiModule | null {
    return host === HostRegistration.Wasi ? (this.hostModules.wasi ?? null) : null;
  }

  getStoreManager(): StoreManager {
    return this.store;
  }

  getLoader(): Loader {
    return this.loader;
  }

  getValidator(): Validator {
    return this.validator;
  }

  getExecutor(): Executor {
    return this.executor;
  }

  getStatistics(): Statistics {
    return this.statistics;
  }

  /** What the modules and runs take up, and may: readable while runs go on. */
  getLimits(): Limits {
    return this.executor.limits;
  }

  /**
   * Back to the beginning: drops the module, the active instance and all that is registered, in a store that was given too;
   * clears the counters; makes WASI and the plugins' modules anew.
   */
  cleanup(): void {
    this.module = undefined;
    this.activeInstance = undefined;
    this.registered = [];
    this.store.reset();
    this.statistics.clear();
    this.executor.limits.reset();
    this.hostModules = this.loadHostModules();
    this.stage = VMStage.Inited;
  }
}
