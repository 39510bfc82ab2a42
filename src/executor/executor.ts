import type { Module } from "../ast/module.ts";
import { requireKind, requireText } from "../common/arguments.ts";
import { fail, WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import { isInstance } from "../common/host-values.ts";
import type { Value, WasmValue } from "../common/wasm-value.ts";
import { Configure } from "../config/configure.ts";
import type { CallingExecutor } from "../store/calling-frame.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { ModuleInstance } from "../store/module-instance.ts";
import { StoreManager } from "../store/store-manager.ts";
import { Async } from "./async.ts";
import { checkParams, readResults } from "./call-values.ts";
import type { Execution } from "./engine/execution.ts";
import { run } from "./engine/generated/run.ts";
import { runWords } from "./engine/generated/run-words.ts";
import { isStackOverflow } from "./engine/trap-error.ts";
import { ValueStack } from "./engine/value-stack.ts";
import type { HostGate } from "./host-call.ts";
import type { ExternalInstance } from "./instantiate/imports.ts";
import { InstantiationRun } from "./instantiate/instantiation-run.ts";
import { Invocation } from "./invocation.ts";
import { Limits } from "./limits.ts";
import { unitCosts } from "./lowering/code-space.ts";
import type { CostTable } from "./lowering/cost-counter.ts";
import type { Observer } from "./observer.ts";
import { ObserverHub } from "./observer-hub.ts";
import { PausableRun } from "./pausable-run.ts";
import { ShortCall } from "./short-call.ts";
import { type Pending, type SlicedRun, wrapRun } from "./sliced-run.ts";
import { SpareStacks } from "./spare-stacks.ts";
import type { Statistics } from "./statistics.ts";
import { type RunOptions, StopToken } from "./stop-token.ts";

export type { RunOptions } from "./stop-token.ts";

/** Called around every host call. WasmEdge `registerPreHostFunction`, `registerPostHostFunction`. */
export type HostFunctionHook = () => void;

/**
 * Instantiates modules and calls functions. WasmEdge `Executor::Executor`.
 *
 * A trap, a failed instantiation, and what a host function reports are thrown as WasmEdgeError.
 */
export class Executor implements CallingExecutor {
  readonly configure: Configure;
  /** Kept only where something is measured. */
  readonly statistics: Statistics | undefined;
  /** What the modules and runs take up, and may. */
  readonly limits: Limits;
  /** The run loop. Tests and benchmarks may put another one in its place, which counts or watches. */
  loop: (execution: Execution) => number = host.cachesProperties ? run : runWords;
  /** For invocations: who looks at the runs of this executor; undefined: nobody. */
  observer: ObserverHub | undefined;
  private readonly observers = new ObserverHub();
  /** For invocations. */
  readonly unitCosts: CostTable = unitCosts;
  /** For invocations: the run whose host function is being called. A call that this makes is a part of the run. */
  hostRun: StopToken | undefined;
  /** What `stop` ends: runs, and those that wait for their first turn. */
  private readonly running = new Set<{ cancel(): void }>();
  /** Stands before the bodies of host functions, where there is one. */
  hostGate: HostGate | undefined;
  private preHostFunction: HostFunctionHook | undefined;
  private postHostFunction: HostFunctionHook | undefined;
  private readonly spareStacks: SpareStacks;

  /**
   * @param configure copied; absent: the default
   * @param statistics where to count; a cost limit in `configure` is set on it, one that was set on it before stays otherwise
   * @param limits hold before those of `configure`; absent: those of `configure`, and the peak of depth is not kept track of
   */
  constructor(configure?: Configure, statistics?: Statistics, limits?: Limits) {
    this.configure = new Configure(configure);
    this.limits = limits ?? new Limits();
    this.limits.tracksDepth = limits !== undefined;
    this.limits.applyTo(this.configure.runtime);
    this.spareStacks = new SpareStacks(this.configure.runtime);
    const { instructionCounting, costMeasuring, timeMeasuring, costLimit } = this.configure.statistics;
    if (instructionCounting || costMeasuring || timeMeasuring) this.statistics = statistics;
    // WasmEdge overwrites the limit in any case.
    if (this.statistics !== undefined && costLimit < this.statistics.getCostLimit()) {
      this.statistics.setCostLimit(costLimit);
    }
  }

  // --- Modules ---

  /**
   * Makes an anonymous instance, which no name refers to.
   * @param options bound the whole of it, the start function included
   * @throws NotValidated, UnknownImport, IncompatibleImportType, Interrupted, CostLimitExceeded, and what segments and the
   *   start function trap with
   */
  instantiateModule(store: StoreManager, module: Module, options?: RunOptions): ModuleInstance {
    return this.finish(new InstantiationRun(this, { imports: store, module, name: "" }, this.nested(options)));
  }

  /**
   * Makes an anonymous instance, as the specification's `module_instantiate` does: its imports are given one by one instead of by
   * names in a store. WasmEdge has no such function.
   * @param imports one for each import of the module, in its order
   * @throws as `instantiateModule`
   */
  instantiateWith(imports: readonly ExternalInstance[], module: Module, options?: RunOptions): ModuleInstance {
    return this.finish(new InstantiationRun(this, { imports, module, name: "" }, this.nested(options)));
  }

  /** Like `instantiateModule`; the start function goes on in slices on the event loop. */
  asyncInstantiateModule(store: StoreManager, module: Module, options?: RunOptions): Async<ModuleInstance> {
    return this.inTurns(() => new InstantiationRun(this, { imports: store, module, name: "" }, options), options);
  }

  /**
   * Makes an instance of a module and registers it under `name`, or registers an instance that exists, under its own name or
   * an alias.
   * @param options as for `instantiateModule`
   * @throws ModuleNameConflict, and what `instantiateModule` throws
   */
  registerModule(
    store: StoreManager,
    module: Module | ModuleInstance,
    name?: string,
    options?: RunOptions,
  ): ModuleInstance {
    requireKind("store", store, StoreManager, "StoreManager");
    if (isInstance(module, ModuleInstance)) {
      store.registerModule(module, name);
      return module;
    }
    return this.finish(this.registration(store, module, name, this.nested(options)));
  }

  /**
   * Like `registerModule` of a module; the start function goes on in slices on the event loop, and the name is taken when it has
   * ended.
   */
  asyncRegisterModule(store: StoreManager, module: Module, name?: string, options?: RunOptions): Async<ModuleInstance> {
    return this.inTurns(() => this.registration(store, module, name, options), options);
  }

  private registration(
    store: StoreManager,
    module: Module,
    name = "",
    options?: RunOptions,
  ): SlicedRun<ModuleInstance> {
    requireKind("store", store, StoreManager, "StoreManager");
    if (store.findModule(requireText("name", name)) !== null) {
      this.logStatistics();
      fail(ErrCode.ModuleNameConflict, { kind: "registering", module: name });
    }
    const run = new InstantiationRun(this, { imports: store, module, name }, options);
    return wrapRun(run, () => {
      store.registerModule(run.result());
      return run.result();
    });
  }

  /** For instantiations: logs what is measured, as at the end of each call and where a module is not instantiated. */
  logStatistics(): void {
    this.statistics?.dumpToLog(this.configure.statistics);
  }

  // --- Calls ---

  /**
   * Calls a function.
   * @param params in natural form or typed
   * @returns the results in natural form
   * @throws FuncNotFound for null, FuncSigMismatch, NonNullRequired, and what the run ends with
   */
  invoke(func: FunctionInstance | null, params: readonly (Value | WasmValue)[] = [], options?: RunOptions): Value[] {
    return this.invokeTyped(func, params, options).map((value) => value.toValue());
  }

  /** Like `invoke`; the results have types, and their exact bits, NaN payloads included. */
  invokeTyped(
    func: FunctionInstance | null,
    params: readonly (Value | WasmValue)[] = [],
    options?: RunOptions,
  ): WasmValue[] {
    if (func === null) fail(ErrCode.FuncNotFound);
    const typed = checkParams(func, params);
    const stack = this.spareStacks.take();
    try {
      const short = options === undefined ? this.beginShort(stack, func, typed) : undefined;
      if (short !== undefined && short.exit === undefined) return readResults(stack, func);
      const invocation = new Invocation(this, stack, func, typed, this.nested(options));
      if (short !== undefined) invocation.takeOver(short);
      return this.finish(invocation);
    } finally {
      this.spareStacks.giveBack(stack);
      this.logStatistics();
    }
  }

  /** See `ShortCall.begin`. @throws Interrupted; CallStackExhausted where the host's own stack is */
  private beginShort(stack: ValueStack, func: FunctionInstance, params: readonly WasmValue[]): ShortCall | undefined {
    try {
      return ShortCall.begin(this, stack, func, params);
    } catch (error) {
      throw isStackOverflow(error) ? new WasmEdgeError(ErrCode.CallStackExhausted) : error;
    }
  }

  /**
   * Calls a function in slices on the event loop. What `invoke` throws at once, this rejects with. Host functions may give
   * promises: the run waits for them, and the event loop goes on.
   */
  asyncInvoke(
    func: FunctionInstance | null,
    params: readonly (Value | WasmValue)[] = [],
    options?: RunOptions,
  ): Async<Value[]> {
    return this.inTurns(() => {
      const run = this.startRun(func, params, options);
      return wrapRun(run, () => run.result().map((value) => value.toValue()));
    }, options);
  }

  /** For instantiations. A call as a run that somebody else drives; it has a stack of its own. */
  startRun(
    func: FunctionInstance | null,
    params: readonly (Value | WasmValue)[],
    options?: RunOptions,
  ): SlicedRun<WasmValue[]> {
    if (func === null) fail(ErrCode.FuncNotFound);
    const stack = new ValueStack(this.configure.runtime.maxValueStackBytes);
    const invocation = new Invocation(this, stack, func, checkParams(func, params), options);
    const end = (): void => this.logStatistics();
    return {
      step: (mayPutOff) => {
        try {
          const done = invocation.step(mayPutOff);
          if (done) end();
          return done;
        } catch (error) {
          end();
          throw error;
        }
      },
      call: invocation,
      get pending(): Pending | undefined {
        return invocation.pending;
      },
      result: () => invocation.result(),
      cancel: (reason) => invocation.cancel(reason),
    };
  }

  /**
   * A call of which nothing is executed before its owner says how far it may go; `stop` reaches it while it goes on.
   * @throws FuncNotFound for null, FuncSigMismatch, NonNullRequired
   */
  pausable(
    func: FunctionInstance | null,
    params: readonly (Value | WasmValue)[] = [],
    options?: RunOptions,
  ): PausableRun {
    if (func === null) fail(ErrCode.FuncNotFound);
    const stack = new ValueStack(this.configure.runtime.maxValueStackBytes);
    return new PausableRun(this, new Invocation(this, stack, func, checkParams(func, params), options));
  }

  /** The costs for which code is lowered: those of the statistics where they are measured and differ. */
  get costs(): CostTable {
    const { statistics } = this;
    const measured = statistics !== undefined && this.configure.statistics.costMeasuring;
    return measured && !statistics.hasUnitCosts ? statistics.costs : this.unitCosts;
  }

  /** For snapshots. A call of `func` that goes on where an execution stands, all of whose frames are in stepwise code. */
  resume(func: FunctionInstance, execution: Execution, options?: RunOptions): PausableRun {
    const invocation = new Invocation(this, execution.stack, func, [], options);
    invocation.beginAt(execution);
    return new PausableRun(this, invocation);
  }

  /** For pausable runs. One step of a run that somebody else drives, which `stop` reaches. @returns whether it has ended */
  drive(run: SlicedRun<unknown>, mayPutOff: boolean): boolean {
    this.running.add(run);
    try {
      return run.step(mayPutOff);
    } catch (error) {
      throw isStackOverflow(error) ? new WasmEdgeError(ErrCode.CallStackExhausted) : error;
    } finally {
      this.running.delete(run);
    }
  }

  /** The options of a run that goes on at once: where a host function asks for it, it is a part of the run that calls that. */
  private nested(options?: RunOptions): RunOptions {
    return { ...options, within: options?.within ?? this.hostRun };
  }

  /** Drives a run to its end at once. */
  private finish<T>(run: SlicedRun<T>): T {
    this.running.add(run);
    try {
      while (!run.step(false)) {
        // The next slice.
      }
      return run.result();
    } catch (error) {
      // The embedder itself stands so deep that no round of the run loop fits on the host's stack.
      throw isStackOverflow(error) ? new WasmEdgeError(ErrCode.CallStackExhausted) : error;
    } finally {
      this.running.delete(run);
    }
  }

  private inTurns<T>(start: () => SlicedRun<T>, options: RunOptions = {}): Async<T> {
    const async = new Async(start, options, options.turnMilliseconds ?? this.configure.runtime.turnMilliseconds);
    this.running.add(async);
    // The run around this one may be cancelled while this one waits.
    const { within } = options;
    const release = within instanceof StopToken ? within.onCancel((reason) => async.cancel(reason)) : undefined;
    void async.wait().then(() => {
      this.running.delete(async);
      release?.();
    });
    return async;
  }

  /** Makes all runs of this executor end with Interrupted; without effect on later ones (WasmEdge's stop waits for one). */
  stop(): void {
    for (const invocation of this.running) invocation.cancel();
  }

  // --- Observers ---

  /** Lets an observer look at all runs of this executor, also at those that are under way, from their next slice on. */
  addObserver(observer: Observer): void {
    this.observers.add(observer);
    this.observer = this.observers;
  }

  removeObserver(observer: Observer): void {
    this.observers.remove(observer);
    if (this.observers.isEmpty) this.observer = undefined;
  }

  // --- Host functions ---

  /** @param hook called before every host function */
  registerPreHostFunction(hook: HostFunctionHook): void {
    this.preHostFunction = hook;
  }

  /** @param hook called after every host function that returned */
  registerPostHostFunction(hook: HostFunctionHook): void {
    this.postHostFunction = hook;
  }

  /** For invocations. */
  beforeHostFunction(): void {
    this.preHostFunction?.();
  }

  /** For invocations. */
  afterHostFunction(): void {
    this.postHostFunction?.();
  }
}

/** True for the end of a run that a host function asked for, as `proc_exit` does: it counts as success. */
export function isTerminated(error: unknown): boolean {
  return error instanceof WasmEdgeError && error.code === ErrCode.Terminated;
}

/** What embedders hand over as an executor. @throws RuntimeError where it is none */
export function requireExecutor(executor: Executor): Executor {
  return requireKind("executor", executor, Executor, "Executor");
}
