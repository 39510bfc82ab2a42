import type { Module } from "../ast/module.ts";
import type { FunctionType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { log } from "../common/log.ts";
import type { Value, WasmValue } from "../common/wasm-value.ts";
import { Configure, HostRegistration, RunMode } from "../config/configure.ts";
import type { Async } from "../executor/async.ts";
import { Executor, type RunOptions } from "../executor/executor.ts";
import type { Limits } from "../executor/limits.ts";
import type { PausableRun } from "../executor/pausable-run.ts";
import { chainRuns, type SlicedRun, wrapRun } from "../executor/sliced-run.ts";
import { Statistics } from "../executor/statistics.ts";
import { Loader } from "../loader/loader.ts";
import { type RestoreOptions, restoreSnapshot } from "../snapshot/restore-snapshot.ts";
import { type HeldRun, suspended } from "../snapshot/suspended-run.ts";
import { type SnapshotOptions, takeSnapshot } from "../snapshot/take-snapshot.ts";
import { TimeTravel, type TimeTravelOptions } from "../snapshot/time-travel.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { ModuleInstance } from "../store/module-instance.ts";
import { StoreManager } from "../store/store-manager.ts";
import { Validator } from "../validator/validator.ts";
import type { WasiOptions } from "../wasi/environ.ts";
import type { WasiModule } from "../wasi/wasi-module.ts";
import { type Callee, describing, describingRun, PendingRuns } from "./calls.ts";
import { HostModules } from "./host-modules.ts";
import { type ModuleSource, type Params, type VMParts, VMStage } from "./vm-types.ts";

/**
 * Loader, validator, executor and store behind one face: holds one module at a time, as the active one, and any number of
 * registered ones. WasmEdge `VM::VM`.
 *
 * Errors are thrown as `WasmEdgeError`. The end that `proc_exit` asks for is one too, with the code Terminated: it
 * counts as success, see `isTerminated`.
 */
export class VM {
  private readonly configure: Configure;
  private readonly store: StoreManager;
  private readonly statistics: Statistics;
  private readonly wasiOptions: WasiOptions | undefined;
  private readonly loader: Loader;
  private readonly validator: Validator;
  private readonly executor: Executor;
  private stage: VMStage = VMStage.Inited;
  private module: Module | undefined;
  private activeInstance: ModuleInstance | undefined;
  /** What this VM has instantiated under a name. */
  private registered: ModuleInstance[] = [];
  private hostModules: HostModules;
  private readonly pending: PendingRuns;

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

  private loadHostModules(): HostModules {
    const hostModules = new HostModules(this.configure, this.wasiOptions);
    hostModules.register(this.store);
    return hostModules;
  }

  private load(source: ModuleSource): Module {
    return typeof source === "string" || source instanceof Uint8Array ? this.loader.parseModule(source) : source;
  }

  // --- Registered modules ---

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
    if (first instanceof ModuleInstance) return this.executor.registerModule(this.store, first);
    if (second instanceof ModuleInstance) return this.executor.registerModule(this.store, second, first);
    const module = this.load(second ?? "");
    this.validator.validate(module);
    const instance = this.executor.registerModule(this.store, module, first, options);
    this.registered.push(instance);
    return instance;
  }

  /** Like `registerModule` of a module; loading begins at the first turn, and the start function goes on in slices. */
  asyncRegisterModule(name: string, source: ModuleSource, options?: RunOptions): Async<ModuleInstance> {
    return this.pending.add(() => {
      if (this.stage === VMStage.Instantiated) this.stage = VMStage.Validated;
      const module = this.load(source);
      this.validator.validate(module);
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

  // --- The active module, step by step ---

  /**
   * Loads the module that `validate` and `instantiate` are about. Legal at any stage; a failure changes nothing.
   * @throws errors of loading
   */
  loadWasm(source: ModuleSource): void {
    this.module = this.load(source);
    this.stage = VMStage.Loaded;
  }

  /** @throws WrongVMWorkflow where nothing is loaded; errors of validation, after which the stage is what it was */
  validate(): void {
    if (this.stage < VMStage.Loaded || this.module === undefined) fail(ErrCode.WrongVMWorkflow);
    this.validator.validate(this.module);
    this.stage = VMStage.Validated;
  }

  /**
   * Makes the loaded module the active one.
   * @param options bound the instantiation, the start function included
   * @throws WrongVMWorkflow where it is not validated; errors of instantiation, after which the active module is what it was
   */
  instantiate(options?: RunOptions): ModuleInstance {
    if (this.stage < VMStage.Validated || this.module === undefined) fail(ErrCode.WrongVMWorkflow);
    const instance = this.activate(this.module, options);
    this.stage = VMStage.Instantiated;
    return instance;
  }

  /** Like `instantiate`; the start function goes on in slices on the event loop. */
  asyncInstantiate(options?: RunOptions): Async<ModuleInstance> {
    return this.pending.add(() => {
      if (this.stage < VMStage.Validated || this.module === undefined) fail(ErrCode.WrongVMWorkflow);
      const run = this.activation(this.module, options);
      return wrapRun(run, () => {
        const instance = run.result();
        this.stage = VMStage.Instantiated;
        return instance;
      });
    }, options);
  }

  /** There is one way to run, whatever was asked for. */
  private warnOfRunMode(): void {
    const { runMode } = this.configure.runtime;
    if (runMode === RunMode.JIT || runMode === RunMode.LazyJIT) {
      log.warning("JIT was requested but there is no compiler, falling back to interpreter.");
    }
  }

  /** `activate` in slices. */
  private activation(module: Module, options?: RunOptions): SlicedRun<ModuleInstance> {
    this.warnOfRunMode();
    const run = this.executor.asyncInstantiateModule(this.store, module, options).handOver();
    return wrapRun(run, () => {
      this.activeInstance = run.result();
      return this.activeInstance;
    });
  }

  private activate(module: Module, options?: RunOptions): ModuleInstance {
    this.warnOfRunMode();
    const instance = this.executor.instantiateModule(this.store, module, options);
    this.activeInstance = instance;
    return instance;
  }

  /** How far this VM has come. */
  getStage(): VMStage {
    return this.stage;
  }

  /** Whether there is an active module. */
  holdsModule(): boolean {
    return this.activeInstance !== undefined;
  }

  // --- Calls ---

  private findActive(name: string): FunctionInstance {
    if (this.activeInstance === undefined) fail(ErrCode.WrongInstanceAddress);
    return this.activeInstance.findFuncExports(name) ?? fail(ErrCode.FuncNotFound);
  }

  private findRegistered(module: string, name: string): FunctionInstance {
    const instance = this.store.findModule(module) ?? fail(ErrCode.WrongInstanceAddress);
    return instance.findFuncExports(name) ?? fail(ErrCode.FuncNotFound);
  }

  private call(callee: Callee, find: () => FunctionInstance, params: Params, options?: RunOptions): WasmValue[] {
    return describing(callee, () => this.executor.invokeTyped(find(), params, options));
  }

  private start(
    callee: Callee,
    find: () => FunctionInstance,
    params: Params,
    options?: RunOptions,
  ): SlicedRun<Value[]> {
    const func = describing(callee, find);
    return describingRun(callee, this.executor.asyncInvoke(func, params, options).handOver());
  }

  /**
   * Calls an exported function of the active module.
   * @throws WrongInstanceAddress where there is none, FuncNotFound, FuncSigMismatch, and what ends the run
   */
  execute(func: string, params: Params = [], options?: RunOptions): Value[] {
    return this.executeTyped(func, params, options).map((value) => value.toValue());
  }

  /** Like `execute`; the results have types and their exact bits. */
  executeTyped(func: string, params: Params = [], options?: RunOptions): WasmValue[] {
    return this.call({ module: "", name: func }, () => this.findActive(func), params, options);
  }

  /**
   * Calls an exported function of a registered module.
   * @throws WrongInstanceAddress where no module has the name, FuncNotFound, FuncSigMismatch, and what ends the run
   */
  executeRegistered(module: string, func: string, params: Params = [], options?: RunOptions): Value[] {
    return this.executeRegisteredTyped(module, func, params, options).map((value) => value.toValue());
  }

  /** Like `executeRegistered`; the results have types and their exact bits. */
  executeRegisteredTyped(module: string, func: string, params: Params = [], options?: RunOptions): WasmValue[] {
    return this.call({ module, name: func }, () => this.findRegistered(module, func), params, options);
  }

  /** Like `execute`, in slices on the event loop; host functions may give promises. */
  asyncExecute(func: string, params: Params = [], options?: RunOptions): Async<Value[]> {
    return this.pending.add(
      () => this.start({ module: "", name: func }, () => this.findActive(func), params, options),
      options,
    );
  }

  /** Like `executeRegistered`, in slices on the event loop. */
  asyncExecuteRegistered(module: string, func: string, params: Params = [], options?: RunOptions): Async<Value[]> {
    return this.pending.add(
      () => this.start({ module, name: func }, () => this.findRegistered(module, func), params, options),
      options,
    );
  }

  /** Loads and validates, as `runWasmFile` does. */
  private prepareSource(source: ModuleSource): Module {
    if (this.stage === VMStage.Instantiated) this.stage = VMStage.Validated;
    const module = this.load(source);
    if (typeof source === "string" || source instanceof Uint8Array) this.module = module;
    this.validator.validate(module);
    return module;
  }

  /**
   * Loads, validates and instantiates a module as the active one, and calls a function of it. The stage does not advance: a
   * VM that is Instantiated falls back to Validated, any other stays where it is. C API `VMRunWasmFromFile`, …
   * @throws errors of each of these
   */
  runWasmFile(source: ModuleSource, func: string, params: Params = [], options?: RunOptions): Value[] {
    this.activate(this.prepareSource(source), options);
    return this.execute(func, params, options);
  }

  /** Like `runWasmFile`; loading begins at the first turn, and the start function and the call go on in slices. */
  asyncRunWasmFile(source: ModuleSource, func: string, params: Params = [], options?: RunOptions): Async<Value[]> {
    const callee: Callee = { module: "", name: func };
    return this.pending.add(
      () =>
        chainRuns(this.activation(this.prepareSource(source), options), () =>
          this.start(callee, () => this.findActive(func), params, options),
        ),
      options,
    );
  }

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
