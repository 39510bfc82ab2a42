import { requireCount } from "../common/count.ts";
import {
  type CompilerConfigure,
  type Configure,
  HostRegistration,
  type PluginSetting,
  type RuntimeConfigure,
  requireCostLimit,
  type StatisticsConfigure,
} from "../config/configure.ts";
import { requireSlice } from "../config/require-runtime.ts";

/**
 * The option groups that a `ConfigBuilder` puts together. A setter returns the group, so that they chain; what is not
 * set keeps the default of `Configure`.
 */

/** What a run counts and measures; all off by default. */
export class StatisticsConfigOptions {
  private readonly options: Partial<StatisticsConfigure> = {};

  /** Executed instructions: `statistics.getInstrCount()`. Pausable runs and time travel need it. */
  countInstructions(enable: boolean): this {
    this.options.instructionCounting = enable;
    return this;
  }

  /** Costs of instructions and host functions by the cost table: `statistics.getTotalCost()`; `costLimit` holds only with it. */
  measureCost(enable: boolean): this {
    this.options.costMeasuring = enable;
    return this;
  }

  /** Nanoseconds spent in wasm and in host functions: `statistics.getWasmExecTime()`, `getHostFuncExecTime()`. */
  measureTime(enable: boolean): this {
    this.options.timeMeasuring = enable;
    return this;
  }

  /**
   * The cost at which a run ends with CostLimitExceeded; has effect while costs are measured.
   * @throws RuntimeError where it is no bigint from 0 to 2^64 - 1
   */
  costLimit(limit: bigint): this {
    this.options.costLimit = requireCostLimit(limit);
    return this;
  }

  /** @internal */
  applyTo(configure: Configure): void {
    Object.assign(configure.statistics, this.options);
  }
}

/** Limits of what modules may take up, and how they are treated. */
export class RuntimeConfigOptions {
  private readonly options: Partial<RuntimeConfigure> = {};

  /** Size that a module may have, in bytes; 1 GiB by default, which is also the most. @throws RuntimeError where it is no count */
  maxModuleBytes(bytes: number): this {
    this.options.maxModuleBytes = requireCount("maxModuleBytes", bytes);
    return this;
  }

  /** Functions that a module may define. @throws RuntimeError where it is no count */
  maxFunctions(count: number): this {
    this.options.maxFunctions = requireCount("maxFunctions", count);
    return this;
  }

  /** Size that a function's body may have, in bytes. @throws RuntimeError where it is no count */
  maxFunctionBytes(bytes: number): this {
    this.options.maxFunctionBytes = requireCount("maxFunctionBytes", bytes);
    return this;
  }

  /** Pages that a memory may have; 65536 by default. @throws RuntimeError where it is no count */
  maxMemoryPages(count: number): this {
    this.options.maxMemoryPage = requireCount("maxMemoryPages", count);
    return this;
  }

  /** Elements that a table may have. @throws RuntimeError where it is no count */
  maxTableElements(count: number): this {
    this.options.maxTableElements = requireCount("maxTableElements", count);
    return this;
  }

  /** Size that one struct or array of a module may have, in bytes; more traps. @throws RuntimeError where it is no count */
  maxGCObjectBytes(bytes: number): this {
    this.options.maxGCObjectBytes = requireCount("maxGCObjectBytes", bytes);
    return this;
  }

  /** Size that all structs and arrays of one run may have, in bytes; more traps. @throws RuntimeError where it is no count */
  maxGCBytesPerRun(bytes: number): this {
    this.options.maxGCBytesPerRun = requireCount("maxGCBytesPerRun", bytes);
    return this;
  }

  /** Structs and arrays that one run may make, collected or not; more trap. @throws RuntimeError where it is no count */
  maxGCObjectsPerRun(count: number): this {
    this.options.maxGCObjectsPerRun = requireCount("maxGCObjectsPerRun", count);
    return this;
  }

  /** Size that the value stack of a run may reach, in bytes; more traps with ValueStackExhausted. @throws RuntimeError where it is no count */
  maxValueStackBytes(bytes: number): this {
    this.options.maxValueStackBytes = requireCount("maxValueStackBytes", bytes);
    return this;
  }

  /** Calls that may be open at once; more trap with CallStackExhausted. @throws RuntimeError where it is no count */
  maxCallDepth(count: number): this {
    this.options.maxCallDepth = requireCount("maxCallDepth", count);
    return this;
  }

  /** Descriptors that a WASI guest may have open; 1024 by default. @throws RuntimeError where it is no count */
  maxDescriptors(count: number): this {
    this.options.maxDescriptors = requireCount("maxDescriptors", count);
    return this;
  }

  /** Bytes by which a WASI guest may make files grow, on each file system. @throws RuntimeError where it is no count */
  maxStorageBytes(bytes: number): this {
    this.options.maxStorageBytes = requireCount("maxStorageBytes", bytes);
    return this;
  }

  /** Files, directories and links that a WASI guest may add, on each file system. @throws RuntimeError where it is no count */
  maxStorageEntries(count: number): this {
    this.options.maxStorageEntries = requireCount("maxStorageEntries", count);
    return this;
  }

  /** A run that fails leaves a core dump: `coredumpOf(error)` gives it. It costs nothing until then. */
  enableCoredump(enable: boolean): this {
    this.options.enableCoredump = enable;
    return this;
  }

  /** The bytes of core dumps leave the operand stacks out, for the debugger wasmgdb. */
  coredumpForWasmgdb(enable: boolean): this {
    this.options.coredumpForWasmgdb = enable;
    return this;
  }

  /**
   * Instructions that a run executes at most before it looks whether it has to end: a million by default, some milliseconds where
   * the engine has a compiler. An asynchronous run makes its slices as short as its turns are to be.
   * @throws RuntimeError where it is no integer from 1 to 2^30
   */
  sliceInstructions(count: number): this {
    this.options.sliceInstructions = requireSlice(count);
    return this;
  }

  /**
   * Milliseconds that an asynchronous run keeps the event loop before others have their turn; 10 by default, 0: one slice.
   * @throws RuntimeError where it is no count
   */
  turnMilliseconds(milliseconds: number): this {
    this.options.turnMilliseconds = requireCount("turnMilliseconds", milliseconds);
    return this;
  }

  /** Function bodies are checked at their first call, not when a module is loaded: for modules that are trusted. */
  lazyValidation(enable: boolean): this {
    this.options.lazyValidation = enable;
    return this;
  }

  /** Nothing of a run is left to the host: NaNs, WASI's clocks and randomness, threads, the network, memory that runs out. */
  deterministic(enable: boolean): this {
    this.options.deterministic = enable;
    return this;
  }

  /** @internal */
  applyTo(configure: Configure): void {
    Object.assign(configure.runtime, this.options);
  }
}

/** Settings of the ahead-of-time compiler, which is not there: they are kept and can be read. */
export class CompilerConfigOptions {
  private readonly options: Partial<CompilerConfigure> = {};

  outFormat(format: CompilerConfigure["outputFormat"]): this {
    this.options.outputFormat = format;
    return this;
  }

  optimizationLevel(level: CompilerConfigure["optimizationLevel"]): this {
    this.options.optimizationLevel = level;
    return this;
  }

  dumpIr(enable: boolean): this {
    this.options.dumpIR = enable;
    return this;
  }

  genericBinary(enable: boolean): this {
    this.options.genericBinary = enable;
    return this;
  }

  interruptible(enable: boolean): this {
    this.options.interruptible = enable;
    return this;
  }

  /** @internal */
  applyTo(configure: Configure): void {
    Object.assign(configure.compiler, this.options);
  }
}

/** What the plugins of a Vm are told. */
export class PluginConfigOptions {
  private readonly settings: (readonly [plugin: string, option: string, value: PluginSetting])[] = [];

  /**
   * Sets an option of a plugin.
   * @param option as the plugin names it: "wasi-logging-level"; a Vm refuses what the plugin does not know
   */
  option(plugin: string, option: string, value: PluginSetting): this {
    this.settings.push([plugin, option, value]);
    return this;
  }

  /** @internal */
  applyTo(configure: Configure): void {
    for (const setting of this.settings) configure.setPluginOption(...setting);
  }
}

/** The host modules that a `Vm` registers by itself; none by default. */
export class HostRegistrationConfigOptions {
  private enableWasi = false;

  /** Whether WASI preview 1 is registered. */
  wasi(enable: boolean): this {
    this.enableWasi = enable;
    return this;
  }

  /** @internal */
  applyTo(configure: Configure): void {
    if (this.enableWasi) configure.addHostRegistration(HostRegistration.Wasi);
    else configure.removeHostRegistration(HostRegistration.Wasi);
  }
}
