import { requireKind, requireText } from "../common/arguments.ts";
import { deadlineIn } from "../common/deadline.ts";
import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import { type Value, WasmValue } from "../common/wasm-value.ts";
import type { Async } from "../executor/async.ts";
import { type Executor, isTerminated, type RunOptions } from "../executor/executor.ts";
import type { Limits } from "../executor/limits.ts";
import type { PausableRun } from "../executor/pausable-run.ts";
import { wrapRun } from "../executor/sliced-run.ts";
import type { Statistics } from "../executor/statistics.ts";
import { type RestoreOptions, restoreSnapshot } from "../snapshot/restore-snapshot.ts";
import { type HeldRun, suspended } from "../snapshot/suspended-run.ts";
import { type SnapshotOptions, takeSnapshot } from "../snapshot/take-snapshot.ts";
import { TimeTravel, type TimeTravelOptions } from "../snapshot/time-travel.ts";
import { type Callee, describing, describingRun, PendingRuns } from "../vm/calls.ts";
import type { HostModules } from "../vm/host-modules.ts";
import type { Config } from "./config.ts";
import {
  DuplicateImportModule,
  ExecuteTimeout,
  NotFoundActiveModule,
  NotFoundModule,
  NotFoundWasiModule,
} from "./errors.ts";
import { argumentsOf, type Func, fromCore } from "./func.ts";
import { ImportObject } from "./import-object.ts";
import { Instance } from "./instance.ts";
import { innerModule, Module } from "./module.ts";
import type { Store } from "./store.ts";
import { WasiInstance } from "./wasi-instance.ts";

/** Arguments of a function: i32, f32, f64 numbers, i64 and v128 bigints, references, or values with their types. */
export type Args = readonly (Value | WasmValue)[];

/** What a `VmBuilder` puts a `Vm` together from. */
export interface VmParts {
  readonly config: Config;
  readonly store: Store;
  readonly executor: Executor;
  readonly statistics: Statistics;
  readonly hostModules: HostModules;
}

/**
 * Modules by name and one without, and calls of their functions. Made by a `VmBuilder`. Rust SDK `Vm`.
 *
 * The end that a guest's `proc_exit` asks for is success: the results are zeros then, and `wasiModule().exitCode()` tells the rest.
 */
export class Vm {
  readonly config: Config;
  readonly store: Store;
  readonly executor: Executor;
  readonly statistics: Statistics;
  private readonly hostModules: HostModules;
  private active: Instance | undefined;
  private readonly pending: PendingRuns;

  /** Use a `VmBuilder`. */
  constructor({ config, store, executor, statistics, hostModules }: VmParts) {
    this.config = config;
    this.store = store;
    this.executor = executor;
    this.statistics = statistics;
    this.hostModules = hostModules;
    this.pending = new PendingRuns(config.turnMilliseconds());
  }

  // --- Modules ---

  /**
   * Instantiates a module.
   * @param name for others to import from it; null makes it the active module, in place of the one before
   * @param options bound the instantiation, the start function included
   * @throws ModuleNameConflict; errors of instantiation
   */
  registerModule(name: string | null, module: Module, options?: RunOptions): this {
    if (name === null) this.active = this.store.registerActiveModule(this.executor, module, options);
    else this.store.registerNamedModule(this.executor, name, module, options);
    return this;
  }

  /** Like `registerModule`; the start function goes on in slices on the event loop. What that throws, this rejects with. */
  registerModuleAsync(name: string | null, module: Module, options?: RunOptions): Async<Instance> {
    return this.pending.add(() => {
      const { executor } = this;
      const inner = innerModule(module);
      const store = this.store.inner;
      const run =
        name === null
          ? executor.asyncInstantiateModule(store, inner, options).handOver()
          : executor.asyncRegisterModule(store, inner, requireText("name", name), options).handOver();
      return wrapRun(run, () => {
        const instance = Instance.of(run.result());
        if (name === null) this.active = instance;
        return instance;
      });
    }, options);
  }

  /**
   * Loads, validates and instantiates a file.
   * @throws IllegalPath where the host reads no files: import "wasmedge-ts/node" in Node; as `registerModule` besides
   */
  registerModuleFromFile(name: string | null, path: string, options?: RunOptions): this {
    return this.registerModule(name, Module.fromFile(this.config, path), options);
  }

  /** Loads, validates and instantiates a binary module. The bytes are not copied: they must not change afterwards. */
  registerModuleFromBytes(name: string | null, bytes: Uint8Array | ArrayBuffer, options?: RunOptions): this {
    return this.registerModule(name, Module.fromBytes(this.config, bytes), options);
  }

  /** Makes a host module importable. @throws DuplicateImportModule where its name is taken */
  registerImportModule(importObject: ImportObject): this {
    requireKind("importObject", importObject, ImportObject, "ImportObject");
    if (this.store.contains(importObject.name)) throw new DuplicateImportModule(importObject.name);
    this.store.registerImportModule(importObject);
    return this;
  }

  /** The module of a name. @throws NotFoundModule */
  namedModule(name: string): Instance {
    const found = this.store.inner.findModule(name);
    if (found === null) throw new NotFoundModule(name);
    return Instance.of(found);
  }

  /** The module that was registered without a name. @throws NotFoundActiveModule */
  activeModule(): Instance {
    if (this.active === undefined) throw new NotFoundActiveModule();
    return this.active;
  }

  containsModule(name: string): boolean {
    return this.store.contains(name);
  }

  /** Modules that have names, host modules among them. */
  get namedInstanceCount(): number {
    return this.store.namedInstanceCount;
  }

  /** Their names, ordered by bytes. */
  get instanceNames(): string[] {
    return this.store.instanceNames;
  }

  /**
   * The WASI module, to be initialised before a module that uses it is registered.
   * @throws NotFoundWasiModule where the configuration has WASI off
   */
  wasiModule(): WasiInstance {
    const { wasi } = this.hostModules;
    if (wasi === undefined) throw new NotFoundWasiModule();
    return new WasiInstance(wasi);
  }

  // --- Calls ---

  /** What the modules and runs take up at present and took up at most, and may: readable while runs go on. */
  get limits(): Limits {
    return this.executor.limits;
  }

  private find(moduleName: string | null, funcName: string): Func {
    return (moduleName === null ? this.activeModule() : this.namedModule(moduleName)).func(funcName);
  }

  private call(moduleName: string | null, funcName: string, args: Args, options?: RunOptions): Value[] {
    const func = this.find(moduleName, funcName);
    const callee: Callee = { module: moduleName ?? "", name: funcName };
    return orTerminated(func, () =>
      describing(callee, () => this.executor.invoke(func.inner, argumentsOf(args), options)),
    );
  }

  private start(moduleName: string | null, funcName: string, args: Args, options?: RunOptions): Async<Value[]> {
    return this.pending.add(() => {
      const func = this.find(moduleName, funcName);
      const callee: Callee = { module: moduleName ?? "", name: funcName };
      const run = describingRun(callee, this.executor.asyncInvoke(func.inner, argumentsOf(args), options).handOver());
      return wrapRun(run, () => orTerminated(func, () => run.result()));
    }, options);
  }

  /**
   * Calls an exported function.
   * @param moduleName null: the active module
   * @param options bound the run
   * @returns the results: i32, f32, f64 as numbers, i64 and v128 as bigints, functions as `Func`
   * @throws NotFoundModule, NotFoundActiveModule, NotFoundFunc; FuncSigMismatch; what ends the run
   */
  runFunc(moduleName: string | null, funcName: string, args: Args = [], options?: RunOptions): Value[] {
    return this.call(moduleName, funcName, args, options);
  }

  /**
   * Like `runFunc`, in slices on the event loop: what `runFunc` throws, this rejects with. Host functions may give promises,
   * for which the run waits.
   * @param options bound the run: a deadline, an `AbortSignal`
   */
  runFuncAsync(moduleName: string | null, funcName: string, args: Args = [], options?: RunOptions): Async<Value[]> {
    return this.start(moduleName, funcName, args, options);
  }

  /**
   * Like `runFunc`, but no longer than `milliseconds`; Infinity: however long it takes.
   * @throws ExecuteTimeout; RuntimeError for NaN; as `runFunc` besides
   */
  runFuncWithTimeout(moduleName: string | null, funcName: string, args: Args, milliseconds: number): Value[] {
    const deadline = deadlineIn(milliseconds);
    try {
      return this.call(moduleName, funcName, args, { deadline });
    } catch (error) {
      throw isLate(error, deadline) ? new ExecuteTimeout() : error;
    }
  }

  /** Makes a module the active one and calls a function of it. */
  runFuncFromModule(module: Module, funcName: string, args: Args = []): Value[] {
    return this.registerModule(null, module).runFunc(null, funcName, args);
  }

  /** Makes a file the active module and calls a function of it. */
  runFuncFromFile(path: string, funcName: string, args: Args = []): Value[] {
    return this.registerModuleFromFile(null, path).runFunc(null, funcName, args);
  }

  /** Makes a binary module the active one and calls a function of it. */
  runFuncFromBytes(bytes: Uint8Array | ArrayBuffer, funcName: string, args: Args = []): Value[] {
    return this.registerModuleFromBytes(null, bytes).runFunc(null, funcName, args);
  }

  // --- Runs that go on when their owner says so, and snapshots ---

  /**
   * A call of which nothing is executed before its owner says how far it may go. Its results are those of the core.
   * @throws as `runFunc`, for what is known before the call
   */
  pausableFunc(moduleName: string | null, funcName: string, args: Args = [], options?: RunOptions): PausableRun {
    return this.executor.pausable(this.find(moduleName, funcName).inner, argumentsOf(args), options);
  }

  /**
   * A call that can go back: see `TimeTravel`. Its results are those of the core.
   * @throws as `pausableFunc`; RuntimeError where instructions are not counted (`countInstructions`); NotInSnapshot
   */
  recordFunc(moduleName: string | null, funcName: string, args: Args = [], options?: TimeTravelOptions): TimeTravel {
    const { executor } = this;
    const run = this.pausableFunc(moduleName, funcName, args);
    return new TimeTravel({ store: this.store.inner, executor, active: this.active?.inner, run }, options);
  }

  /**
   * What there is at this moment as bytes, to go on elsewhere by `restore`: all modules with what they hold, the state of WASI, and a
   * run where it stands.
   * @param run of this Vm; absent: the modules alone
   * @throws NotInSnapshot, with what it is, for what bytes cannot tell
   */
  snapshot(run?: HeldRun, options?: SnapshotOptions): Uint8Array {
    const { executor } = this;
    const active = this.active?.inner;
    return takeSnapshot(
      { store: this.store.inner, executor, active, run: run === undefined ? undefined : suspended(run) },
      options,
    );
  }

  /**
   * Goes on from a snapshot, in a Vm that has the same import objects and, where there is WASI, its preopens.
   * @returns the run, which goes on when it is told to; undefined where there was none
   * @throws MalformedSnapshot, SnapshotVersion, SnapshotMismatch; errors of loading, linking and limits
   */
  restore(bytes: Uint8Array, options: Omit<RestoreOptions, "executor" | "store"> = {}): PausableRun | undefined {
    const { executor } = this;
    const { active, run } = restoreSnapshot(bytes, { ...options, store: this.store.inner, executor });
    if (active !== undefined) this.active = Instance.of(active);
    return run;
  }

  /** Makes all runs that have been asked of this Vm end with Interrupted; later ones are not affected. */
  stop(): void {
    this.pending.cancelAll();
    this.executor.stop();
  }
}

function isLate(error: unknown, deadline: bigint | undefined): boolean {
  if (deadline === undefined) return false;
  const interrupted = error instanceof WasmEdgeError && error.code === ErrCode.Interrupted;
  return interrupted && host.monotonicNanoseconds() >= deadline;
}

/** The results as the SDK has them; zeros and nulls where the guest ended the run, which has none. */
function orTerminated(func: Func, work: () => Value[]): Value[] {
  try {
    return work().map(fromCore);
  } catch (error) {
    if (!isTerminated(error)) throw error;
    return func.type.results.map((type) => WasmValue.zero(type).toValue());
  }
}

/**
 * A list of arguments, to read as in Rust.
 * @example vm.runFunc("app", "add", params(1, 2));
 */
export function params(...values: (Value | WasmValue)[]): (Value | WasmValue)[] {
  return values;
}
