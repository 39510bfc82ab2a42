import { Proposal } from "../common/proposal.ts";
import { type CompilerConfigure, Configure, HostRegistration, RunMode } from "../config/configure.ts";
import {
  CommonConfigOptions,
  type CompilerConfigOptions,
  type PluginConfigOptions,
  type RuntimeConfigOptions,
  type StatisticsConfigOptions,
} from "./config-options.ts";

/** The host modules that a `Vm` registers by itself; none by default. */
export class HostRegistrationConfigOptions {
  private enableWasi = false;

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

/** A finished configuration: one question a method. Rust SDK `Config`. */
export class Config {
  /** The core's configuration. A `Vm` copies it, so changes have no effect on a `Vm` that exists. */
  readonly inner: Configure;

  /** @param inner a core configuration; absent: WebAssembly 3.0, no host modules */
  constructor(inner: Configure = new Configure()) {
    this.inner = inner;
  }

  proposalEnabled(proposal: Proposal): boolean {
    return this.inner.hasProposal(proposal);
  }

  mutableGlobalsEnabled(): boolean {
    return this.proposalEnabled(Proposal.ImportExportMutGlobals);
  }

  nonTrapConversionsEnabled(): boolean {
    return this.proposalEnabled(Proposal.NonTrapFloatToIntConversions);
  }

  signExtensionOperatorsEnabled(): boolean {
    return this.proposalEnabled(Proposal.SignExtensionOperators);
  }

  multiValueEnabled(): boolean {
    return this.proposalEnabled(Proposal.MultiValue);
  }

  bulkMemoryOperationsEnabled(): boolean {
    return this.proposalEnabled(Proposal.BulkMemoryOperations);
  }

  referenceTypesEnabled(): boolean {
    return this.proposalEnabled(Proposal.ReferenceTypes);
  }

  simdEnabled(): boolean {
    return this.proposalEnabled(Proposal.SIMD);
  }

  tailCallEnabled(): boolean {
    return this.proposalEnabled(Proposal.TailCall);
  }

  extendedConstEnabled(): boolean {
    return this.proposalEnabled(Proposal.ExtendedConst);
  }

  functionReferencesEnabled(): boolean {
    return this.proposalEnabled(Proposal.FunctionReferences);
  }

  gcEnabled(): boolean {
    return this.proposalEnabled(Proposal.GC);
  }

  multiMemoriesEnabled(): boolean {
    return this.proposalEnabled(Proposal.MultiMemories);
  }

  relaxedSimdEnabled(): boolean {
    return this.proposalEnabled(Proposal.RelaxSIMD);
  }

  exceptionHandlingEnabled(): boolean {
    return this.proposalEnabled(Proposal.ExceptionHandling);
  }

  memory64Enabled(): boolean {
    return this.proposalEnabled(Proposal.Memory64);
  }

  threadsEnabled(): boolean {
    return this.proposalEnabled(Proposal.Threads);
  }

  legacyExceptionHandlingEnabled(): boolean {
    return this.proposalEnabled(Proposal.LegacyExceptionHandling);
  }

  customPageSizesEnabled(): boolean {
    return this.proposalEnabled(Proposal.CustomPageSizes);
  }

  wideArithmeticEnabled(): boolean {
    return this.proposalEnabled(Proposal.WideArithmetic);
  }

  /** Whether the interpreter is what is asked for; modules are interpreted in either case. */
  interpreterModeEnabled(): boolean {
    return this.inner.runtime.runMode === RunMode.Interpreter;
  }

  wasiEnabled(): boolean {
    return this.inner.hasHostRegistration(HostRegistration.Wasi);
  }

  instructionCountingEnabled(): boolean {
    return this.inner.statistics.instructionCounting;
  }

  costMeasuringEnabled(): boolean {
    return this.inner.statistics.costMeasuring;
  }

  timeMeasuringEnabled(): boolean {
    return this.inner.statistics.timeMeasuring;
  }

  costLimit(): bigint {
    return this.inner.statistics.costLimit;
  }

  maxMemoryPages(): number {
    return this.inner.runtime.maxMemoryPage;
  }

  maxTableElements(): number {
    return this.inner.runtime.maxTableElements;
  }

  maxGCObjectBytes(): number {
    return this.inner.runtime.maxGCObjectBytes;
  }

  maxGCBytesPerRun(): number {
    return this.inner.runtime.maxGCBytesPerRun;
  }

  maxGCObjectsPerRun(): number {
    return this.inner.runtime.maxGCObjectsPerRun;
  }

  maxModuleBytes(): number {
    return this.inner.runtime.maxModuleBytes;
  }

  maxFunctions(): number {
    return this.inner.runtime.maxFunctions;
  }

  maxFunctionBytes(): number {
    return this.inner.runtime.maxFunctionBytes;
  }

  lazyValidationEnabled(): boolean {
    return this.inner.runtime.lazyValidation;
  }

  deterministicEnabled(): boolean {
    return this.inner.runtime.deterministic;
  }

  coredumpEnabled(): boolean {
    return this.inner.runtime.enableCoredump;
  }

  maxDescriptors(): number {
    return this.inner.runtime.maxDescriptors;
  }

  maxStorageBytes(): number {
    return this.inner.runtime.maxStorageBytes;
  }

  maxStorageEntries(): number {
    return this.inner.runtime.maxStorageEntries;
  }

  maxValueStackBytes(): number {
    return this.inner.runtime.maxValueStackBytes;
  }

  maxCallDepth(): number {
    return this.inner.runtime.maxCallDepth;
  }

  sliceInstructions(): number {
    return this.inner.runtime.sliceInstructions;
  }

  turnMilliseconds(): number {
    return this.inner.runtime.turnMilliseconds;
  }

  outFormat(): CompilerConfigure["outputFormat"] {
    return this.inner.compiler.outputFormat;
  }

  optimizationLevel(): CompilerConfigure["optimizationLevel"] {
    return this.inner.compiler.optimizationLevel;
  }

  dumpIrEnabled(): boolean {
    return this.inner.compiler.dumpIR;
  }

  genericBinaryEnabled(): boolean {
    return this.inner.compiler.genericBinary;
  }

  interruptibleEnabled(): boolean {
    return this.inner.compiler.interruptible;
  }
}

interface OptionGroup {
  applyTo(configure: Configure): void;
}

/**
 * Puts option groups together. Rust SDK `ConfigBuilder`.
 * @example
 * const config = new ConfigBuilder(new CommonConfigOptions())
 *   .withHostRegistrationConfig(new HostRegistrationConfigOptions().wasi(true))
 *   .build();
 */
export class ConfigBuilder {
  private readonly groups: OptionGroup[];

  constructor(common: CommonConfigOptions = new CommonConfigOptions()) {
    this.groups = [common];
  }

  private with(group: OptionGroup): this {
    this.groups.push(group);
    return this;
  }

  withStatisticsConfig(options: StatisticsConfigOptions): this {
    return this.with(options);
  }

  withRuntimeConfig(options: RuntimeConfigOptions): this {
    return this.with(options);
  }

  withCompilerConfig(options: CompilerConfigOptions): this {
    return this.with(options);
  }

  withPluginConfig(options: PluginConfigOptions): this {
    return this.with(options);
  }

  withHostRegistrationConfig(options: HostRegistrationConfigOptions): this {
    return this.with(options);
  }

  build(): Config {
    const configure = new Configure();
    for (const group of this.groups) group.applyTo(configure);
    return new Config(configure);
  }
}
