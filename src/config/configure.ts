import type { InstructionInfo } from "../ast/instructions.ts";
import { refuseArgument } from "../common/arguments.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { allProposals, Proposal } from "../common/proposal.ts";
import { requireRuntime } from "./require-runtime.ts";

/** The standards: sets of proposals. WasmEdge `Standard`. */
export const Standard = { WASM_1: 0, WASM_2: 1, WASM_3: 2 } as const;
export type Standard = (typeof Standard)[keyof typeof Standard];

/** Host modules that a VM registers by itself. */
export const HostRegistration = { Wasi: 0 } as const;
export type HostRegistration = (typeof HostRegistration)[keyof typeof HostRegistration];

/** How modules are executed. Only `Interpreter` exists here; the others fall back to it. WasmEdge `RunMode`. */
export const RunMode = { Interpreter: 0, JIT: 1, AOT: 2, LazyJIT: 3 } as const;
export type RunMode = (typeof RunMode)[keyof typeof RunMode];

/** Settings of the ahead-of-time compiler: kept and readable, without effect on the interpreter. */
export interface CompilerConfigure {
  optimizationLevel: "O0" | "O1" | "O2" | "O3" | "Os" | "Oz";
  outputFormat: "native" | "wasm";
  dumpIR: boolean;
  genericBinary: boolean;
  interruptible: boolean;
}

/** Limits of what modules may take up, and how they are treated. WasmEdge `RuntimeConfigure`. */
export interface RuntimeConfigure {
  /** Size that a module may have, in bytes; larger ones are ModuleSizeLimit, as are those above 1 GiB in any case. */
  maxModuleBytes: number;
  /** Functions that a module may define; more are FunctionCountLimit. */
  maxFunctions: number;
  /** Size that a function's body may have, in bytes, locals included; more is FunctionSizeLimit. */
  maxFunctionBytes: number;
  /** Pages of 64 KiB that a memory may have, whatever its own maximum; a larger minimum is MemoryLimitExceeded. */
  maxMemoryPage: number;
  /** What is asked for; everything is interpreted. */
  runMode: RunMode;
  /** A run that fails leaves a core dump: `coredumpOf(error)`. */
  enableCoredump: boolean;
  /** The bytes of core dumps leave the operand stacks out, for the debugger wasmgdb. */
  coredumpForWasmgdb: boolean;
  /** Unix sockets, where the allow-list names their paths. */
  allowAFUNIX: boolean;
  /** Descriptors that a WASI guest may have open; more are MFILE. */
  maxDescriptors: number;
  /** Bytes by which a WASI guest may make the files of each file system grow; more are NOSPC. Infinite: the file system's own. */
  maxStorageBytes: number;
  /** Names that a WASI guest may add to each file system; more are NOSPC. Infinite: the file system's own limit. */
  maxStorageEntries: number;
  /**
   * Function bodies are scanned and checked one by one, each before its first call, and not when the module is loaded and
   * validated. For modules that are trusted: an error in a body comes to light when it is called, or never.
   */
  lazyValidation: boolean;
  /**
   * Nothing of a run is left to the host: NaNs that instructions make are the canonical ones, WASI's clocks and randomness are made up
   * (`WasiOptions.seed`), threads and the network are refused, and a memory that the host has no room for ends the run.
   */
  deterministic: boolean;
  /** Calls that may be open at once in one execution; more trap with CallStackExhausted. WasmEdge has no limit. */
  maxCallDepth: number;
  /** Size that the value stack of an execution may reach, in bytes, 512 MiB at most; more traps with ValueStackExhausted. */
  maxValueStackBytes: number;
  /** Elements that a table may have, whatever its own maximum, 2^25 at most; a larger minimum is TableLimitExceeded. WasmEdge has no limit. */
  maxTableElements: number;
  /** Size that one struct or array may have, in bytes; more traps with GCObjectSizeLimit. WasmEdge has no limit. */
  maxGCObjectBytes: number;
  /** Size that all structs and arrays which one run makes may have; more traps with GCLimitExceeded. */
  maxGCBytesPerRun: number;
  /** Structs and arrays that one run may make, collected or not; more trap with GCObjectCountLimit. */
  maxGCObjectsPerRun: number;
  /**
   * Instructions that a run executes at most before it looks whether it has to end, from 1 to 2^30, and somewhat more, up to the
   * next branch or call. A million take some milliseconds on an engine with a compiler, and 50 or more on one without; so an
   * asynchronous run makes its slices as short as its turns are to be.
   */
  sliceInstructions: number;
  /** Milliseconds that an asynchronous run keeps the event loop before others have their turn; 0: one slice, however long. */
  turnMilliseconds: number;
}

/** The value of a plugin's option: of a toggle, a text, an integer, a list. */
export type PluginSetting = boolean | string | bigint | readonly string[];

/** What runs count and measure; all off at the start. WasmEdge `StatisticsConfigure`. */
export interface StatisticsConfigure {
  /** Executed instructions. */
  instructionCounting: boolean;
  /** Costs by the cost table; `costLimit` holds only with it. */
  costMeasuring: boolean;
  /** Nanoseconds in wasm and in host functions. */
  timeMeasuring: boolean;
  /** Cost at which a run ends with CostLimitExceeded, up to 2^64 - 1. */
  costLimit: bigint;
}

const wasm1 = [Proposal.ImportExportMutGlobals];
const wasm2 = [
  ...wasm1,
  Proposal.NonTrapFloatToIntConversions,
  Proposal.SignExtensionOperators,
  Proposal.MultiValue,
  Proposal.BulkMemoryOperations,
  Proposal.ReferenceTypes,
  Proposal.SIMD,
];
const wasm3 = [
  ...wasm2,
  Proposal.TailCall,
  Proposal.ExtendedConst,
  Proposal.FunctionReferences,
  Proposal.GC,
  Proposal.MultiMemories,
  Proposal.RelaxSIMD,
  Proposal.ExceptionHandling,
  Proposal.Memory64,
];

/** The proposals of each standard. */
export const standardProposals: { readonly [standard in Standard]: readonly Proposal[] } = {
  [Standard.WASM_1]: wasm1,
  [Standard.WASM_2]: wasm2,
  [Standard.WASM_3]: wasm3,
};

/** What is none would be taken for the first one. @throws RuntimeError */
function requireProposal(proposal: Proposal): void {
  if (!allProposals.includes(proposal)) refuseArgument("proposal", "one of Proposal", proposal);
}

function bitOf(proposal: Proposal): number {
  return 1 << proposal;
}

function bitsOf(proposals: readonly Proposal[]): number {
  return proposals.reduce<number>((bits, proposal) => bits | bitOf(proposal), 0);
}

/** Elements that a table may have where nothing else is said, tables of the host's included. */
export const USUAL_TABLE_ELEMENTS = 10_000_000;

/** The cost limit at the start: the largest number of 64 bits. */
export const MAX_COST_LIMIT = 2n ** 64n - 1n;

/** @throws RuntimeError where `limit` is no cost limit: a bigint from 0 to 2^64 - 1 */
export function requireCostLimit(limit: bigint): bigint {
  if (typeof limit === "bigint" && limit >= 0n && limit <= MAX_COST_LIMIT) return limit;
  const text = `the cost limit ${String(limit)} is not a bigint from 0 to ${MAX_COST_LIMIT}`;
  return fail(ErrCode.RuntimeError, { kind: "note", text });
}

// What a Configure has that is no copy of another one.

const usualCompiler: Readonly<CompilerConfigure> = {
  optimizationLevel: "O3",
  outputFormat: "wasm",
  dumpIR: false,
  genericBinary: false,
  interruptible: false,
};

const usualRuntime: Readonly<RuntimeConfigure> = {
  maxModuleBytes: 1 << 30,
  maxFunctions: Number.POSITIVE_INFINITY,
  maxFunctionBytes: Number.POSITIVE_INFINITY,
  maxMemoryPage: 65536,
  runMode: RunMode.Interpreter,
  enableCoredump: false,
  coredumpForWasmgdb: false,
  allowAFUNIX: false,
  maxDescriptors: 1024,
  maxStorageBytes: Number.POSITIVE_INFINITY,
  maxStorageEntries: Number.POSITIVE_INFINITY,
  lazyValidation: false,
  deterministic: false,
  maxCallDepth: 65536,
  maxValueStackBytes: 64 << 20,
  maxTableElements: USUAL_TABLE_ELEMENTS,
  maxGCObjectBytes: 256 << 20,
  maxGCBytesPerRun: Number.POSITIVE_INFINITY,
  maxGCObjectsPerRun: Number.POSITIVE_INFINITY,
  sliceInstructions: 1 << 20,
  turnMilliseconds: 10,
};

const usualStatistics: Readonly<StatisticsConfigure> = {
  instructionCounting: false,
  costMeasuring: false,
  timeMeasuring: false,
  costLimit: MAX_COST_LIMIT,
};

/**
 * What a Loader, Validator, Executor and VM are configured with. Each copies its Configure when it is made, so later
 * changes have no effect on it. WasmEdge `Configure` (common/configure.h).
 */
export class Configure {
  /** A bit for each that is on: configurations are copied often. */
  private proposals: number;
  private readonly hostRegistrations: Set<HostRegistration>;
  private readonly forbiddenPlugins: Set<string>;
  private readonly optionsOfPlugins: Map<string, ReadonlyMap<string, PluginSetting>>;
  readonly compiler: CompilerConfigure;
  readonly runtime: RuntimeConfigure;
  readonly statistics: StatisticsConfigure;

  /**
   * @param other a Configure to copy, the cost limit included (WasmEdge's copy loses it); absent: WASM 3.0, no hosts
   * @throws RuntimeError where a number of `other` is none of what it is for: so does what is made with that Configure
   */
  constructor(other?: Configure) {
    this.proposals = other?.proposals ?? bitsOf(wasm3);
    this.hostRegistrations = new Set(other?.hostRegistrations);
    this.forbiddenPlugins = new Set(other?.forbiddenPlugins);
    this.optionsOfPlugins = new Map(other?.optionsOfPlugins);
    this.compiler = { ...(other?.compiler ?? usualCompiler) };
    this.runtime = { ...(other?.runtime ?? usualRuntime) };
    this.statistics = { ...(other?.statistics ?? usualStatistics) };
    requireRuntime(this.runtime);
    requireCostLimit(this.statistics.costLimit);
  }

  /** Replaces all proposals, opted-in ones too, by those of a standard. WasmEdge `setWASMStandard`. @throws RuntimeError for what is none */
  setWASMStandard(standard: Standard): this {
    if (!Object.values(Standard).includes(standard)) refuseArgument("standard", "one of Standard", standard);
    this.proposals = bitsOf(standardProposals[standard]);
    return this;
  }

  /** Switches a proposal on, and those that it builds on. @throws RuntimeError for what is none */
  addProposal(proposal: Proposal): this {
    requireProposal(proposal);
    this.proposals |= bitOf(proposal);
    if (proposal === Proposal.GC) this.proposals |= bitOf(Proposal.FunctionReferences);
    if (proposal === Proposal.GC || proposal === Proposal.FunctionReferences) {
      this.proposals |= bitOf(Proposal.ReferenceTypes);
    }
    return this;
  }

  /** Switches a proposal off; without effect while another one that builds on it is on. */
  removeProposal(proposal: Proposal): this {
    requireProposal(proposal);
    const needed =
      (proposal === Proposal.FunctionReferences && this.hasProposal(Proposal.GC)) ||
      (proposal === Proposal.ReferenceTypes &&
        (this.hasProposal(Proposal.GC) || this.hasProposal(Proposal.FunctionReferences)));
    if (!needed) this.proposals &= ~bitOf(proposal);
    return this;
  }

  /** Whether a proposal is on. */
  hasProposal(proposal: Proposal): boolean {
    return (this.proposals & bitOf(proposal)) !== 0;
  }

  /** The proposals that are on, by number. */
  listProposals(): Proposal[] {
    return allProposals.filter((proposal) => this.hasProposal(proposal));
  }

  /** The same as one number, a bit for each. */
  get proposalBits(): number {
    return this.proposals;
  }

  /**
   * The proposal that an instruction lacks, or undefined where it may be used. WasmEdge `isInstrNeedProposal`; the
   * whole 0xFE page needs Threads here, notify, wait and fence too, which WasmEdge forgets.
   */
  missingProposal(info: Pick<InstructionInfo, "proposals" | "anyProposal">): Proposal | undefined {
    if (info.anyProposal) {
      return info.proposals.some((proposal) => this.hasProposal(proposal)) ? undefined : info.proposals[0];
    }
    return info.proposals.find((proposal) => !this.hasProposal(proposal));
  }

  /** A VM that is made with it registers the host module by itself. */
  addHostRegistration(host: HostRegistration): this {
    this.hostRegistrations.add(host);
    return this;
  }

  /** Takes back `addHostRegistration`. */
  removeHostRegistration(host: HostRegistration): this {
    this.hostRegistrations.delete(host);
    return this;
  }

  /** Whether a VM registers the host module by itself. */
  hasHostRegistration(host: HostRegistration): boolean {
    return this.hostRegistrations.has(host);
  }

  /** Plugins of these names make no modules in a VM. WasmEdge `addForbiddenPlugins`. */
  addForbiddenPlugins(...names: string[]): this {
    for (const name of names) this.forbiddenPlugins.add(name);
    return this;
  }

  /**
   * Sets an option of a plugin for the VMs that are configured so; a VM refuses what its plugins do not know.
   * @param option as the plugin names it: "wasi-logging-level"
   */
  setPluginOption(plugin: string, option: string, value: PluginSetting): this {
    this.optionsOfPlugins.set(plugin, new Map(this.optionsOfPlugins.get(plugin)).set(option, value));
    return this;
  }

  /** The options that are set for a plugin, by their names. */
  pluginOptions(plugin: string): ReadonlyMap<string, PluginSetting> {
    return this.optionsOfPlugins.get(plugin) ?? new Map();
  }

  /** Whether a plugin of the name makes no modules. WasmEdge `isForbiddenPlugins`. */
  isForbiddenPlugins(name: string): boolean {
    return this.forbiddenPlugins.has(name);
  }
}
