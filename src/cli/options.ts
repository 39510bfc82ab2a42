import { Proposal } from "../common/proposal.ts";
import { defineOptions, type OptionDefinition, type OptionDefinitions } from "./option-parser.ts";

/**
 * The options of each command: WasmEdge's names.
 *
 * An option is one entry here: what kind of value it takes, how `--help` describes it and under which heading. What it does
 * is in `configuration.ts` where it sets something of the Configure, else in the command.
 */

type Toggle = Extract<OptionDefinition, { kind: "toggle" }>;

export function toggle(description: string): Toggle {
  return { kind: "toggle", description };
}

/** Puts options, which are nowhere else, under a heading of `--help`. */
export function group<D extends OptionDefinitions>(heading: string, definitions: D): D {
  for (const name of Object.keys(definitions)) (definitions[name] as { group?: string }).group = heading;
  return definitions;
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

/** The toggles that `--help` tells of in one paragraph. */
export const proposalToggleOptions = defineOptions(() => group("PROPOSALS", proposalToggles()));

const common = defineOptions(() => ({
  "log-level": {
    kind: "text",
    metavar: "LEVEL",
    description:
      "Write log lines from this level on, to standard error: trace, debug, info, warning, error, critical, off. Default: info.",
  },
  help: { kind: "toggle", short: "h", description: "Show this text." },
  version: { kind: "toggle", short: "v", description: "Show the version, and the plugins with theirs." },
}));

/** A limit as large as a number of JavaScript can be. */
function limit(metavar: "BYTES" | "COUNT", description: string): Extract<OptionDefinition, { kind: "integer" }> {
  return { kind: "integer", metavar, max: 2n ** 53n - 1n, description };
}

/** What bounds a module when it is read. */
const moduleLimits = defineOptions(() =>
  group("LIMITS", {
    "module-size-limit": limit("BYTES", "Size that a module may have. Default, and the most: 1 GiB."),
    "function-limit": limit("COUNT", "Functions that a module may define. Default: no limit."),
    "function-size-limit": limit("BYTES", "Size that the body of a function may have. Default: no limit."),
  }),
);

/** How a module is read and checked: `parse` and `validate`. */
export const moduleOptions = defineOptions(() => ({
  ...common(),
  "forbidden-plugin": { kind: "list", metavar: "NAME", description: "Leave a plugin out. Repeatable." },
  ...group("PROPOSALS", {
    "wasm-1": toggle("Use the WebAssembly 1.0 standard."),
    "wasm-2": toggle("Use the WebAssembly 2.0 standard."),
    "wasm-3": toggle("Use the WebAssembly 3.0 standard. This is the default."),
    "enable-all": toggle("Switch on all proposals that can be executed, whatever is disabled."),
    "enable-component": toggle(
      "Accept the component model, of which nothing is built: components are refused by name.",
    ),
  }),
  ...moduleLimits(),
  ...proposalToggleOptions(),
}));

/** What bounds a module from its instantiation on. */
const instanceLimits = defineOptions(() =>
  group("LIMITS", {
    "memory-page-limit": {
      kind: "integer",
      metavar: "PAGES",
      max: 2n ** 32n - 1n,
      description: "Pages of 64 KiB that each memory may have. Default: 65536.",
    },
    "table-element-limit": limit(
      "COUNT",
      "Elements that each table may have. Default: 10,000,000; the most: 33,554,432.",
    ),
    "call-depth-limit": limit("COUNT", "Calls that may be open at once. Default: 65,536."),
    "value-stack-limit": limit("BYTES", "Size that the stack of values may reach. Default: 64 MiB; the most: 512 MiB."),
    "gc-object-size-limit": limit("BYTES", "Size that one struct or array may have. Default: 256 MiB."),
    "gc-object-limit": limit("COUNT", "Structs and arrays that one run may make, collected or not. Default: no limit."),
    "gc-size-limit": limit("BYTES", "Size of all structs and arrays that one run may make. Default: no limit."),
    "descriptor-limit": limit("COUNT", "Descriptors that the module may have open. Default: 1024."),
    "storage-size-limit": limit("BYTES", "Size by which the module may make files grow. Default: no limit."),
    "storage-entry-limit": limit("COUNT", "Files, directories and links that the module may add. Default: no limit."),
  }),
);

/** What of the host a module may reach, whatever it is linked with. */
export const placeOptions = defineOptions(() =>
  group("WHAT THE MODULE SEES", {
    dir: {
      kind: "list",
      metavar: "GUEST:HOST",
      description:
        "Give the module a host directory: DIR, GUEST:HOST or GUEST:HOST:readonly. Without it the module sees no files. Repeatable.",
    },
    "allow-net": {
      kind: "list",
      metavar: "HOST:PORT",
      description:
        "Let the module connect, send and bind to addresses: 127.0.0.1:8080, 10.0.0.0/8, [::1]:80, *.example.com:443, *:8000-8999, *. Without it the module has no network. Repeatable.",
    },
  }),
);

/** How a module is executed. Like the others, in one piece with them only in the options of a command: each copy takes time. */
export const executionOptions = defineOptions(() => ({
  deterministic: toggle(
    "Leave nothing to the host: canonical NaNs, made-up clocks and random bytes, no threads, no network. The same run each time.",
  ),
  "lazy-validation": toggle(
    "Check each function when it is first called, not all of them before the start. For modules that you trust.",
  ),
  ...instanceLimits(),
  ...group("LIMITS", {
    "time-limit": {
      kind: "integer",
      metavar: "MS",
      max: 2n ** 53n - 1n,
      description: "End the run after this many milliseconds, loading included. 0: no limit.",
    },
  }),
}));

/** What a module is given. */
export const givenOptions = defineOptions(() =>
  group("WHAT THE MODULE SEES", {
    env: { kind: "list", metavar: "NAME=VALUE", description: "Set an environment variable of the module. Repeatable." },
    module: {
      kind: "list",
      metavar: "NAME:FILE",
      description: "Register another module under a name, for the main module to import from. Repeatable.",
    },
  }),
);
