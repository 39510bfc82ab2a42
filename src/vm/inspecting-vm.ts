import type { FunctionType } from "../ast/types.ts";
import { HostRegistration } from "../config/configure.ts";
import type { Executor } from "../executor/executor.ts";
import type { Limits } from "../executor/limits.ts";
import type { Statistics } from "../executor/statistics.ts";
import type { Loader } from "../loader/loader.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { StoreManager } from "../store/store-manager.ts";
import type { Validator } from "../validator/validator.ts";
import type { WasiModule } from "../wasi/wasi-module.ts";
import { ExecutingVM } from "./executing-vm.ts";
import { VMStage } from "./vm-types.ts";

/**
 * Of a `VM`: what there is to look at, and the way back to the beginning. It is all of a VM but its snapshots, for programs that take none
 * and shall start soon.
 */
export class InspectingVM extends ExecutingVM {
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
