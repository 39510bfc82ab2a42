import { Proposal } from "../common/proposal.ts";
import { type CompilerConfigure, Configure, HostRegistration, RunMode } from "../config/configure.ts";

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

  /** This, and the questions below, each after one proposal: off, what it adds is refused at loading or validation. */
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

  /** Whether the `Vm` registers WASI preview 1. */
  wasiEnabled(): boolean {
    return this.inner.hasHostRegistration(HostRegistration.Wasi);
  }

  /** Whether executed instructions are counted. */
  instructionCountingEnabled(): boolean {
    return this.inner.statistics.instructionCounting;
  }

  /** Whether costs are summed up, and `costLimit` holds. */
  costMeasuringEnabled(): boolean {
    return this.inner.statistics.costMeasuring;
  }

  /** Whether the time that runs take is measured. */
  timeMeasuringEnabled(): boolean {
    return this.inner.statistics.timeMeasuring;
  }

  /** Cost at which a run ends with CostLimitExceeded; 2^64 - 1 where none was set. */
  costLimit(): bigint {
    return this.inner.statistics.costLimit;
  }

  /** Pages of 64 KiB that a memory may have. */
  maxMemoryPages(): number {
    return this.inner.runtime.maxMemoryPage;
  }

  /** Elements that a table may have. */
  maxTableElements(): number {
    return this.inner.runtime.maxTableElements;
  }

  /** Bytes that one struct or array may have. */
  maxGCObjectBytes(): number {
    return this.inner.runtime.maxGCObjectBytes;
  }

  /** Bytes that all structs and arrays of a run may have; infinite by default. */
  maxGCBytesPerRun(): number {
    return this.inner.runtime.maxGCBytesPerRun;
  }

  /** Structs and arrays that a run may make; infinite by default. */
  maxGCObjectsPerRun(): number {
    return this.inner.runtime.maxGCObjectsPerRun;
  }

  /** Bytes that a module may have. */
  maxModuleBytes(): number {
    return this.inner.runtime.maxModuleBytes;
  }

  /** Functions that a module may define; infinite by default. */
  maxFunctions(): number {
    return this.inner.runtime.maxFunctions;
  }

  /** Bytes that a function's body may have; infinite by default. */
  maxFunctionBytes(): number {
    return this.inner.runtime.maxFunctionBytes;
  }

  /** Whether bodies are checked at their first call only. */
  lazyValidationEnabled(): boolean {
    return this.inner.runtime.lazyValidation;
  }

  /** Whether nothing of a run is left to the host. */
  deterministicEnabled(): boolean {
    return this.inner.runtime.deterministic;
  }

  /** Whether a run that fails leaves a core dump. */
  coredumpEnabled(): boolean {
    return this.inner.runtime.enableCoredump;
  }

  /** Descriptors that a WASI guest may have open. */
  maxDescriptors(): number {
    return this.inner.runtime.maxDescriptors;
  }

  /** Bytes by which a WASI guest may make files grow, on each file system; infinite: the file system's own limit. */
  maxStorageBytes(): number {
    return this.inner.runtime.maxStorageBytes;
  }

  /** Names that a WASI guest may add, on each file system; infinite: the file system's own limit. */
  maxStorageEntries(): number {
    return this.inner.runtime.maxStorageEntries;
  }

  /** Bytes that the value stack of a run may reach. */
  maxValueStackBytes(): number {
    return this.inner.runtime.maxValueStackBytes;
  }

  /** Calls that may be open at once. */
  maxCallDepth(): number {
    return this.inner.runtime.maxCallDepth;
  }

  /** Instructions between two looks whether a run has to end. */
  sliceInstructions(): number {
    return this.inner.runtime.sliceInstructions;
  }

  /** Milliseconds that an asynchronous run keeps the event loop at a time. */
  turnMilliseconds(): number {
    return this.inner.runtime.turnMilliseconds;
  }

  /** This, and the questions below, each after a setting of the compiler that is not there. */
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
