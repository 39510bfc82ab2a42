import type { Module } from "../ast/module.ts";
import { isInstance } from "../common/host-values.ts";
import { Configure } from "../config/configure.ts";
import type { Async } from "../executor/async.ts";
import { Executor, type RunOptions } from "../executor/executor.ts";
import { wrapRun } from "../executor/sliced-run.ts";
import { Statistics } from "../executor/statistics.ts";
import { Loader } from "../loader/loader.ts";
import { ModuleInstance } from "../store/module-instance.ts";
import { StoreManager } from "../store/store-manager.ts";
import { Validator } from "../validator/validator.ts";
import type { WasiOptions } from "../wasi/environ.ts";
import { PendingRuns } from "./calls.ts";
import { HostModules } from "./host-modules.ts";
import { isLoaded, type ModuleSource, type VMParts, VMStage } from "./vm-types.ts";

/** Of a `VM`: what it is put together from, and the modules that it knows by name. */
export abstract class RegisteringVM {
  protected readonly configure: Configure;
  protected readonly store: StoreManager;
  protected readonly statistics: Statistics;
  protected readonly wasiOptions: WasiOptions | undefined;
  protected readonly loader: Loader;
  protected readonly validator: Validator;
  protected readonly executor: Executor;
  protected stage: VMStage = VMStage.Inited;
  protected module: Module | undefined;
  protected activeInstance: ModuleInstance | undefined;
  /** What this VM has instantiated under a name. */
  protected registered: ModuleInstance[] = [];
  protected hostModules: HostModules;
  protected readonly pending: PendingRuns;

  /**
   * @param configure copied, so later changes have no effect; absent: WebAssembly 3.0 without host modules
   * @param parts what the VM is to use; absent ones it makes itself
   */
  constructor(configure?: Configure, parts: VMParts = {}) {
    this.configure = new Configure(configure);
    this.store = parts.store ?? new StoreManager();
    this.statistics = parts.statistics ?? new Statistics(this.configure.statistics.costLimit);
    this.wasiOptions = parts.wasi;
    this.pending = new PendingRuns(this.configure.runtime.turnMilliseconds);
    this.loader = new Loader(this.configure);
    this.validator = new Validator(this.configure);
    this.executor = new Executor(this.configure, this.statistics, parts.limits);
    this.hostModules = this.loadHostModules();
  }

  protected loadHostModules(): HostModules {
    const hostModules = new HostModules(this.configure, this.wasiOptions);
    hostModules.register(this.store);
    return hostModules;
  }

  protected load(source: ModuleSource): Module {
    return isLoaded(source) ? source : this.loader.parseModule(source);
  }

  /** Loads a source and validates it; a module that is loaded already is validated. */
  protected loadValid(source: ModuleSource): Module {
    if (!isLoaded(source)) return this.validator.parseAndValidate(this.loader, source);
    this.validator.validate(source);
    return source;
  }

  /**
   * Instantiates a module under a name, or registers an instance under its own name or an alias, for others to import from.
   * A VM that is Instantiated falls back to Validated; the active module stays.
   * @param options bound the instantiation
   * @throws ModuleNameConflict where the name is taken; errors of loading, validation and instantiation
   */
  registerModule(name: string, source: ModuleSource, options?: RunOptions): ModuleInstance;
  registerModule(name: string, instance: ModuleInstance): ModuleInstance;
  registerModule(instance: ModuleInstance): ModuleInstance;
  registerModule(
    first: string | ModuleInstance,
    second?: ModuleSource | ModuleInstance,
    options?: RunOptions,
  ): ModuleInstance {
    if (this.stage === VMStage.Instantiated) this.stage = VMStage.Validated;
    if (isInstance(first, ModuleInstance)) return this.executor.registerModule(this.store, first);
    if (isInstance(second, ModuleInstance)) return this.executor.registerModule(this.store, second, first);
    const module = this.loadValid(second ?? "");
    const instance = this.executor.registerModule(this.store, module, first, options);
    this.registered.push(instance);
    return instance;
  }

  /** Like `registerModule` of a module; loading begins at the first turn, and the start function goes on in slices. */
  asyncRegisterModule(name: string, source: ModuleSource, options?: RunOptions): Async<ModuleInstance> {
    return this.pending.add(() => {
      if (this.stage === VMStage.Instantiated) this.stage = VMStage.Validated;
      const module = this.loadValid(source);
      const run = this.executor.asyncRegisterModule(this.store, module, name, options).handOver();
      return wrapRun(run, () => {
        const instance = run.result();
        this.registered.push(instance);
        return instance;
      });
    }, options);
  }

  /**
   * Takes a module out of the store: an instance of this VM under all its names, another one under `name` alone. What imports
   * from it goes on working. Unknown names are ignored. C API `VMDeleteRegisteredModule`
   * @param name an own name of a module, or an alias
   */
  unregisterModule(name: string): void {
    for (const instance of this.registered) if (instance.name === name) this.store.unlink(instance);
    this.registered = this.registered.filter((instance) => instance.name !== name);
    this.hostModules.remove(name, this.store);
    if (this.store.findModule(name) !== null) this.store.unregisterModule(name);
  }

  /** The module registered under `name`, or null. */
  getRegisteredModule(name: string): ModuleInstance | null {
    return this.store.findModule(name);
  }

  /** All registered names, ordered by their bytes. */
  listRegisteredModules(): string[] {
    return this.store.getModuleList();
  }
}
