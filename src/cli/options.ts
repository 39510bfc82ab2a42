import { Proposal } from "../common/proposal.ts";
import { MAX_COST_LIMIT } from "../config/configure.ts";
import type { OptionDefinition, OptionDefinitions } from "./option-parser.ts";

/** The options of each command: WasmEdge's names. */

type Toggle = Extract<OptionDefinition, { kind: "toggle" }>;

function toggle(description: string): Toggle {
  return { kind: "toggle", description };
}

/** The proposals by the names that `--enable-…` and `--disable-…` give them. */
export const proposalOptions = {
  "import-export-mut-globals": Proposal.ImportExportMutGlobals,
  "non-trap-float-to-int": Proposal.NonTrapFloatToIntConversions,
  "sign-extension-operators": Proposal.SignExtensionOperators,
  "multi-value": Proposal.MultiValue,
  "bulk-memory": Proposal.BulkMemoryOperations,
  "reference-types": Proposal.ReferenceTypes,
  simd: Proposal.SIMD,
  "tail-call": Proposal.TailCall,
  "extended-const": Proposal.ExtendedConst,
  "function-reference": Proposal.FunctionReferences,
  gc: Proposal.GC,
  "multi-memory": Proposal.MultiMemories,
  "relaxed-simd": Proposal.RelaxSIMD,
  "exception-handling": Proposal.ExceptionHandling,
  memory64: Proposal.Memory64,
} as const satisfies Record<string, Proposal>;

/** Proposals that no standard holds. */
export const optInProposalOptions = {
  threads: Proposal.Threads,
  "legacy-exception-handling": Proposal.LegacyExceptionHandling,
  "custom-page-sizes": Proposal.CustomPageSizes,
  "wide-arithmetic": Proposal.WideArithmetic,
} as const satisfies Record<string, Proposal>;

type EnableOrDisable =
  | `${"enable" | "disable"}-${keyof typeof proposalOptions}`
  | `enable-${keyof typeof optInProposalOptions}`;

function proposalToggles(): Record<EnableOrDisable, Toggle> {
  const toggles: Record<string, Toggle> = {};
  for (const name of Object.keys(proposalOptions)) toggles[`disable-${name}`] = toggle(`Switch ${name} off.`);
  for (const name of Object.keys(proposalOptions)) toggles[`enable-${name}`] = toggle(`Switch ${name} on.`);
  for (const name of Object.keys(optInProposalOptions)) toggles[`enable-${name}`] = toggle(`Switch ${name} on.`);
  return toggles;
}

const common = {
  "log-level": {
    kind: "text",
    metavar: "LEVEL",
    description: "Log records from this level on: trace, debug, info, warning, error, critical, off. Default: info.",
  },
  help: { kind: "toggle", short: "h", description: "Show this text." },
  version: { kind: "toggle", short: "v", description: "Show the version." },
} as const satisfies OptionDefinitions;

/** How a module is read and checked: `parse` and `validate`. */
export const moduleOptions = {
  "wasm-1": toggle("Use the WebAssembly 1.0 standard."),
  "wasm-2": toggle("Use the WebAssembly 2.0 standard."),
  "wasm-3": toggle("Use the WebAssembly 3.0 standard. This is the default."),
  ...proposalToggles(),
  "enable-all": toggle("Switch on all proposals that exist here, whatever is disabled."),
  "enable-component": toggle("The component model: not built yet."),
  "forbidden-plugin": { kind: "list", metavar: "NAME", description: "Leave a plugin out. Repeatable." },
  ...common,
} as const satisfies OptionDefinitions;

/** What a module is linked with: `instantiate`. */
export const linkOptions = {
  dir: {
    kind: "list",
    metavar: "GUEST:HOST",
    description:
      "Give the module a host directory: DIR, GUEST:HOST or GUEST:HOST:readonly. Without it the module sees no files. Repeatable.",
  },
  env: { kind: "list", metavar: "NAME=VALUE", description: "Set an environment variable of the module. Repeatable." },
  module: {
    kind: "list",
    metavar: "NAME:FILE",
    description: "Register another module under a name, for the main module to import from. Repeatable.",
  },
  "memory-page-limit": {
    kind: "integer",
    metavar: "PAGES",
    max: 2n ** 32n - 1n,
    description: "Pages of 64 KiB that each memory may have. Default: 65536.",
  },
  ...moduleOptions,
} as const satisfies OptionDefinitions;

/** `run`. */
export const runOptions = {
  reactor: toggle("Call the exported function named first in ARGS, not _start; _initialize is called before it."),
  "gas-limit": {
    kind: "integer",
    metavar: "COST",
    max: MAX_COST_LIMIT,
    description: "End the run when its instructions have cost this much.",
  },
  "time-limit": {
    kind: "integer",
    metavar: "MS",
    max: 2n ** 53n - 1n,
    description: "End the run after this many milliseconds, loading included. 0: no limit.",
  },
  "enable-instruction-count": toggle("Count the executed instructions."),
  "enable-gas-measuring": toggle("Add up what the executed instructions cost."),
  "enable-time-measuring": toggle("Measure the time of the run."),
  "enable-all-statistics": toggle("All three of these statistics."),
  "run-mode": {
    kind: "text",
    metavar: "MODE",
    description: "interpreter, jit, aot or lazyjit. All of them interpret here.",
  },
  "enable-jit": toggle("Deprecated: use --run-mode jit."),
  "force-interpreter": toggle("Deprecated: use --run-mode interpreter."),
  "enable-coredump": toggle("Write a core dump when the module traps: not built yet."),
  "coredump-for-wasmgdb": toggle("Write it for wasmgdb: not built yet."),
  "allow-af-unix": toggle("Unix domain sockets: not built yet."),
  ...linkOptions,
} as const satisfies OptionDefinitions;

/** `compile`: the options are known so that the answer is about compiling, not about an option. */
export const compileOptions = {
  dump: toggle("Not built."),
  interruptible: toggle("Not built."),
  "generic-binary": toggle("Not built."),
  optimize: { kind: "text", metavar: "LEVEL", description: "Not built." },
  "enable-instruction-count": toggle("Not built."),
  "enable-gas-measuring": toggle("Not built."),
  "enable-time-measuring": toggle("Not built."),
  "enable-all-statistics": toggle("Not built."),
  ...moduleOptions,
} as const satisfies OptionDefinitions;
