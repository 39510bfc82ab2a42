/**
 * `wasmedge-ts`: a WebAssembly runtime in TypeScript that behaves like WasmEdge.
 *
 * Begin with the SDK below: `ConfigBuilder`, `VmBuilder`, `Vm`. Under it stand WasmEdge's own classes. This entry needs
 * nothing of its host but ECMAScript 2020; in Node import "wasmedge-ts/node" beside it, for files, directories and clocks.
 */

// --- SDK: configuration, in the manner of WasmEdge's Rust SDK ---

export { CommonConfigOptions } from "./sdk/common-config-options.ts";
export { Config } from "./sdk/config.ts";
export { ConfigBuilder } from "./sdk/config-builder.ts";
export {
  CompilerConfigOptions,
  HostRegistrationConfigOptions,
  PluginConfigOptions,
  RuntimeConfigOptions,
  StatisticsConfigOptions,
} from "./sdk/config-options.ts";

// --- SDK: a Vm, its modules and calls ---

export { type ExportType, type ExternalInstanceType, type ImportType, Module } from "./sdk/module.ts";
export { Store } from "./sdk/store.ts";
export { type Args, params, Vm } from "./sdk/vm.ts";
export { VmBuilder } from "./sdk/vm-builder.ts";
export { type WasiContext, WasiInstance } from "./sdk/wasi-instance.ts";

// --- SDK: instances and what they hold ---

export { Func, type NaturalTypes, type NaturalValues } from "./sdk/func.ts";
export { Global } from "./sdk/global.ts";
export { Instance } from "./sdk/instance.ts";
export { Memory } from "./sdk/memory.ts";
export { Table } from "./sdk/table.ts";

// --- SDK: host functions and host modules ---

export { Caller } from "./sdk/caller.ts";
export {
  hostFunc,
  hostFuncByType,
  hostFuncError,
  hostTag,
  ImportObject,
  ImportObjectBuilder,
  type TypedBody,
  type TypedResult,
  type UntypedBody,
} from "./sdk/import-object.ts";

// --- SDK: types by their names ---

export {
  functionType,
  globalType,
  type LimitOptions,
  limit,
  type Mutability,
  memoryType,
  tableType,
  type ValueTypeLike,
  type ValueTypeName,
  valType,
} from "./sdk/value-types.ts";

// --- SDK: errors; errors of the core pass through as WasmEdgeError ---

export {
  CreatePluginModule,
  CreateSharedType,
  DuplicateImportModule,
  ExecuteTimeout,
  InstanceError,
  ModifyConst,
  NotFoundActiveModule,
  NotFoundFunc,
  NotFoundGlobal,
  NotFoundMappedFdHandler,
  NotFoundMem,
  NotFoundModule,
  NotFoundModuleInStore,
  NotFoundPlugin,
  NotFoundTable,
  NotFoundTag,
  NotFoundWasiModule,
  SdkError,
  UnmatchedValType,
  VmError,
} from "./sdk/errors.ts";

// --- What each phase does with a module ---

export { type ExplainOptions, explain } from "./explain/explain.ts";
export type {
  Execution as ExplainedExecution,
  ExplainedCheck,
  ExplainedCode,
  ExplainedFunction,
  ExplainedInstruction,
  ExplainedLocal,
  ExplainedSection,
  ExplainedStep,
  ExplainedTypes,
  Explanation,
  Failure as ExplainedFailure,
  FrameRange as ExplainedFrameRange,
  Instantiation as ExplainedInstantiation,
  Loading as ExplainedLoading,
  Lowering as ExplainedLowering,
  NamedValue as ExplainedValue,
  StageName as ExplainedStage,
  Validation as ExplainedValidation,
} from "./explain/explanation.ts";
export { explanationText } from "./explain/explanation-text.ts";

// --- Values ---

export {
  indexedRefType,
  isNullableRefType,
  isNumType,
  isRefType,
  refType,
  TypeCode,
  ValType,
  valTypeName,
} from "./common/value-type.ts";
export { type Reference, type Value, WasmValue } from "./common/wasm-value.ts";

// --- Errors and their codes ---

export { WasmEdgeError } from "./common/error.ts";
export {
  ErrCategory,
  ErrCode,
  type ErrCodeName,
  type ErrPhase,
  errCategory,
  userErrCode,
} from "./common/error-code.ts";
export type { BacktraceFrame, ErrorContext } from "./common/error-context.ts";

// --- WasmEdge's VM, step by step ---

export { Async } from "./executor/async.ts";
export { VM } from "./vm/vm.ts";
export { type ModuleSource, type Params, type VMParts, VMStage } from "./vm/vm-types.ts";

// --- Configuration ---

export { allProposals, Proposal, type ProposalName, proposalText } from "./common/proposal.ts";
export {
  type CompilerConfigure,
  Configure,
  HostRegistration,
  MAX_COST_LIMIT,
  type PluginSetting,
  RunMode,
  type RuntimeConfigure,
  Standard,
  type StatisticsConfigure,
} from "./config/configure.ts";

// --- Loading and validating ---

export type { Module as ASTModule } from "./ast/module.ts";
export type {
  ExportDescription,
  FunctionType,
  GlobalType,
  ImportDescription,
  ImportedType,
  MemoryType,
  TableType,
} from "./ast/types.ts";
export type { ExternalKind, Limit } from "./common/external.ts";
export {
  type CoredumpSections,
  type DumpedFrame,
  type DumpedInstance,
  type DumpedThread,
  readCoredump,
} from "./loader/coredump-sections.ts";
export { Loader } from "./loader/loader.ts";
export { type NameSection, readNameSection } from "./loader/name-section.ts";
export { Validator } from "./validator/validator.ts";

// --- Executing ---

export { instructions } from "./ast/instruction-list.ts";
export type { NumberedInstruction as InstructionInfo } from "./ast/instruction-numbers.ts";
export { Coredump, type CoredumpFrame, type CoredumpOptions, coredumpOf } from "./executor/coredump/coredump.ts";
export { Executor, type HostFunctionHook, isTerminated, type RunOptions } from "./executor/executor.ts";
export { Limits, type LimitsOptions } from "./executor/limits.ts";
export { PausableRun } from "./executor/pausable-run.ts";
export { Statistics } from "./executor/statistics.ts";

// --- Looking on at runs: stepping, breakpoints, traces, profiles, coverage ---

export { Breakpoint, type BreakpointPlace } from "./debugger/breakpoint.ts";
export {
  Coverage,
  type CoverageReport,
  type CoveredFunction,
  type CoveredInstruction,
  coverageText,
} from "./debugger/coverage.ts";
export { Debugger } from "./debugger/debugger.ts";
export { Disassembler, type ListedInstruction } from "./debugger/disassembler.ts";
export { type Frame, type HostFrame, type Local, WasmFrame } from "./debugger/frame.ts";
export { toCpuProfile, toSpeedscope } from "./debugger/profile-formats.ts";
export {
  type Profile,
  type ProfiledFunction,
  type ProfileNode,
  Profiler,
  type ProfilerOptions,
  type ProfileSample,
  type ProfileUnit,
} from "./debugger/profiler.ts";
export { DebugSession } from "./debugger/session.ts";
export { type Command, type ExecutedInstruction, Stop, type StopReason } from "./debugger/stop.ts";
export { functionText, offsetText, typedText, typeText, valueText } from "./debugger/text.ts";
export {
  type TraceDetail,
  type TracedFunction,
  type TracedInstruction,
  type TraceEvent,
  type TraceKind,
  traceKinds,
  traceLine,
} from "./debugger/trace-events.ts";
export { Tracer } from "./debugger/tracer.ts";
export { type Watched, type WatchHit, Watchpoint, type WatchTarget } from "./debugger/watchpoint.ts";
export type { ObservedRun, Observer } from "./executor/observer.ts";

// --- Snapshots ---

export { type Restored, type RestoreOptions, restoreSnapshot } from "./snapshot/restore-snapshot.ts";
export { type HeldRun, suspended } from "./snapshot/suspended-run.ts";
export {
  type SnapshotOptions,
  type SnapshotSubject,
  type SuspendedRun,
  takeSnapshot,
} from "./snapshot/take-snapshot.ts";
export { TimeTravel, type TimeTravelOptions, type TimeTravelSubject } from "./snapshot/time-travel.ts";
export type { RestoreHostReference } from "./snapshot/value-reader.ts";
export type { SaveHostReference } from "./snapshot/value-writer.ts";
export { type HostState, hasHostState } from "./store/host-state.ts";

// --- Store and instances ---

export type { Usage } from "./store/account.ts";
export { ArrayInstance } from "./store/array-instance.ts";
export { type CallingAsync, type CallingExecutor, CallingFrame, type CallingRun } from "./store/calling-frame.ts";
export { ExceptionInstance, WasmException } from "./store/exception-instance.ts";
export { FunctionInstance } from "./store/function-instance.ts";
export { GlobalInstance } from "./store/global-instance.ts";
export { HostFunction, type HostFunctionBody, type HostResults } from "./store/host-function.ts";
export { I31 } from "./store/i31.ts";
export { MemoryInstance } from "./store/memory-instance.ts";
export { ModuleInstance } from "./store/module-instance.ts";
export type { SharedMemory } from "./store/shared-memory.ts";
export { StoreManager } from "./store/store-manager.ts";
export { StructInstance } from "./store/struct-instance.ts";
export { TableInstance } from "./store/table-instance.ts";
export { TagInstance } from "./store/tag-instance.ts";

// --- Plugins ---

export { Plugin } from "./plugin/plugin.ts";
export {
  PLUGIN_API_VERSION,
  type PluginContext,
  type PluginDescriptor,
  type PluginModule,
  type PluginOption,
  type PluginOptionValue,
  type PluginVersion,
} from "./plugin/plugin-descriptor.ts";

// --- WASI ---

export { FileType } from "./wasi/abi/constants.ts";
export { Errno, WasiError } from "./wasi/abi/errno.ts";
export type { Readiness } from "./wasi/descriptors/descriptor.ts";
export { Environ, type WasiOptions } from "./wasi/environ.ts";
export type {
  DirectoryEntry,
  FileStat,
  FileSystem,
  FileTimes,
  OpenDirectory,
  OpenFile,
  OpenOptions,
} from "./wasi/fs/file-system.ts";
export { FsAdapter, type FsAdapterOptions } from "./wasi/fs/fs-adapter.ts";
export type { FsLike, FsLikeStats } from "./wasi/fs/fs-like.ts";
export { MemoryFileSystem, type MemoryFileSystemOptions } from "./wasi/fs/memory-file-system.ts";
export { OverlayFileSystem, type OverlayOptions } from "./wasi/fs/overlay-file-system.ts";
export { QuotaFileSystem } from "./wasi/fs/quota-file-system.ts";
export type { FileQuota } from "./wasi/fs/quota-usage.ts";
export type { Preopen } from "./wasi/preopen.ts";
export type { Family, SocketAddress } from "./wasi/sockets/address.ts";
export { AllowListError } from "./wasi/sockets/allow-list.ts";
export type {
  Network,
  NetworkSocket,
  Pending,
  Received,
  SocketOption,
  SocketType,
} from "./wasi/sockets/network.ts";
export { type InputStream, inputFromBytes, OutputBuffer, type OutputStream } from "./wasi/streams.ts";
export type { EventSource } from "./wasi/waiting.ts";
export { WASI_MODULE_NAME, WasiModule } from "./wasi/wasi-module.ts";

// --- The host: files, clocks, randomness, output ---

export type { AbortSignalLike, HostAbortSignal } from "./common/abort-signal.ts";
export { type Host, installHost } from "./common/host.ts";
export { installWasiDefaults, type WasiDefaults } from "./wasi/defaults.ts";

// --- Log and version ---

export {
  getLogLevel,
  type LogLevel,
  type LogRecord,
  type LogSink,
  logLevels,
  parseLogLevel,
  setLogCallback,
  setLogLevel,
} from "./common/log.ts";
export { VERSION, versionNumbers, WASMEDGE_VERSION } from "./common/version.ts";
