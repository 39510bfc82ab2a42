import { compile } from "watr";
import type { Module } from "../../src/ast/module.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import type { ErrorContext } from "../../src/common/error-context.ts";
import { getLogLevel, type LogRecord, setLogCallback, setLogLevel } from "../../src/common/log.ts";
import { allProposals } from "../../src/common/proposal.ts";
import type { Value, WasmValue } from "../../src/common/wasm-value.ts";
import {
  Configure,
  type RuntimeConfigure,
  type Standard,
  type StatisticsConfigure,
} from "../../src/config/configure.ts";
import { Executor } from "../../src/executor/executor.ts";
import type { PausableRun } from "../../src/executor/pausable-run.ts";
import { Statistics } from "../../src/executor/statistics.ts";
import { Loader } from "../../src/loader/loader.ts";
import type { FunctionInstance } from "../../src/store/function-instance.ts";
import type { ModuleInstance } from "../../src/store/module-instance.ts";
import { StoreManager } from "../../src/store/store-manager.ts";
import { Validator } from "../../src/validator/validator.ts";

/** From text or bytes to instances and calls, for the tests of whatever executes modules. */

/** A module as text or as binary. */
export type Source = string | Uint8Array;

export interface EngineOptions {
  readonly runtime?: Partial<RuntimeConfigure>;
  /** What is measured; absent: nothing. */
  readonly statistics?: Partial<StatisticsConfigure>;
  /** Absent: all proposals. */
  readonly standard?: Standard;
  /** Cost by name of instruction, the others costing 1. */
  readonly costs?: Readonly<Record<string, number>>;
}

function configureOf({ runtime, statistics, standard }: EngineOptions): Configure {
  const configure = new Configure();
  if (standard !== undefined) configure.setWASMStandard(standard);
  else for (const proposal of allProposals) configure.addProposal(proposal);
  Object.assign(configure.runtime, runtime);
  Object.assign(configure.statistics, statistics);
  return configure;
}

const modules = new Map<string, Module>();

/** A store with an executor of its own, and everything on the way to it. */
export class Engine {
  readonly configure: Configure;
  readonly statistics = new Statistics();
  readonly executor: Executor;
  readonly store = new StoreManager();
  private readonly validator: Validator;
  private readonly admitsAll: boolean;

  constructor(options: EngineOptions = {}) {
    this.admitsAll = options.standard === undefined;
    this.configure = configureOf(options);
    for (const [name, cost] of Object.entries(options.costs ?? {})) this.statistics.setCostOf(name, cost);
    this.executor = new Executor(this.configure, this.statistics);
    this.validator = new Validator(this.configure);
  }

  /** Loads and validates. Engines of all proposals share the module of a text. */
  parse(source: Source): Module {
    const key = this.admitsAll && typeof source === "string" ? source : undefined;
    const known = key === undefined ? undefined : modules.get(key);
    if (known !== undefined) return known;
    const bytes = typeof source === "string" ? compile(source) : source;
    const module = new Loader(this.configure).parseModule(bytes);
    this.validator.validate(module);
    if (key !== undefined) modules.set(key, module);
    return module;
  }

  /** An instance, under a name where one is given. */
  instantiate(source: Source | Module, name?: string): ModuleInstance {
    const module = typeof source === "string" || source instanceof Uint8Array ? this.parse(source) : source;
    if (name === undefined) return this.executor.instantiateModule(this.store, module);
    return this.executor.registerModule(this.store, module, name);
  }

  /** Calls an exported function. */
  call(instance: ModuleInstance, name: string, ...params: readonly (Value | WasmValue)[]): Value[] {
    return this.executor.invoke(instance.findFuncExports(name), params);
  }

  /** Calls an exported function; the results with their exact bits. */
  callTyped(instance: ModuleInstance, name: string, ...params: readonly (Value | WasmValue)[]): WasmValue[] {
    return this.executor.invokeTyped(instance.findFuncExports(name), params);
  }

  /** Count of instructions and cost so far. */
  get totals(): { count: number; cost: bigint } {
    return { count: this.statistics.getInstrCount(), cost: this.statistics.getTotalCost() };
  }
}

/** An engine that counts instructions and measures cost. */
export function meteringEngine(options: EngineOptions = {}): Engine {
  return new Engine({
    ...options,
    statistics: { instructionCounting: true, costMeasuring: true, ...options.statistics },
  });
}

/** Instantiates a module in an engine of its own and calls a function of it. */
export function run(source: Source, name: string, ...params: readonly (Value | WasmValue)[]): Value[] {
  const engine = new Engine();
  return engine.call(engine.instantiate(source), name, ...params);
}

/** The error that `action` ends with. @throws where it does not, or with anything but a WasmEdgeError */
export function failureOf(action: () => unknown): WasmEdgeError {
  try {
    action();
  } catch (error) {
    if (error instanceof WasmEdgeError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

/** The context entries of one kind. */
export function contextOf<K extends ErrorContext["kind"]>(
  error: WasmEdgeError,
  kind: K,
): Extract<ErrorContext, { kind: K }>[] {
  return error.context.filter((entry): entry is Extract<ErrorContext, { kind: K }> => entry.kind === kind);
}

/** The records that `action` logs. */
export function loggedBy(action: () => unknown): LogRecord[] {
  const records: LogRecord[] = [];
  const level = getLogLevel();
  setLogLevel("trace");
  setLogCallback((record) => records.push(record));
  try {
    action();
  } finally {
    setLogLevel(level);
    setLogCallback(null);
  }
  return records;
}

/** The exported function, which there must be. */
export function exported(instance: ModuleInstance, name: string): FunctionInstance {
  const func = instance.findFuncExports(name);
  if (func === null) throw new Error(`nothing is exported as ${name}`);
  return func;
}

/** How a run ends: its results, or the name of its error. */
export function endOf(run: PausableRun): readonly Value[] | string {
  let end: readonly Value[] | string = [];
  try {
    end = run.finish();
  } catch (error) {
    end = failureOf(() => {
      throw error;
    }).codeName;
  }
  return end;
}
