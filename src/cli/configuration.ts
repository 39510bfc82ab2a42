import { log } from "../common/log.ts";
import { allProposals, Proposal } from "../common/proposal.ts";
import { Configure, HostRegistration, RunMode, type RuntimeConfigure, Standard } from "../config/configure.ts";
import { CommonConfigOptions } from "../sdk/common-config-options.ts";
import type { OptionValues } from "./option-parser.ts";
import { type moduleOptions, optInProposalOptions, proposalOptions } from "./options.ts";
import type { debugOptions, explainOptions, linkOptions, placedOptions, resumeOptions } from "./other-options.ts";
import { applyPluginOptions } from "./plugin-options.ts";
import type { runOptions } from "./run-options.ts";

/** From options to a `Configure`. */

export type ModuleValues = OptionValues<ReturnType<typeof moduleOptions>>;
export type PlacedValues = OptionValues<ReturnType<typeof placedOptions>>;
export type LinkValues = OptionValues<ReturnType<typeof linkOptions>>;
export type ExplainValues = OptionValues<ReturnType<typeof explainOptions>>;
export type DebugValues = OptionValues<ReturnType<typeof debugOptions>>;
export type RunValues = OptionValues<ReturnType<typeof runOptions>>;
export type ResumeValues = OptionValues<ReturnType<typeof resumeOptions>>;

/** What a run is observed and measured by, whether it begins or goes on. */
export type ProgramValues = Omit<ResumeValues, `snapshot${string}`>;

function standardOf(values: ModuleValues): Standard {
  if (values["wasm-1"]) return Standard.WASM_1;
  if (values["wasm-2"]) return Standard.WASM_2;
  return Standard.WASM_3;
}

/** All proposals that can be executed: not the annotations of the text format, and not components. */
function allBuilt(): Proposal[] {
  return allProposals.filter((proposal) => proposal !== Proposal.Annotations && proposal !== Proposal.Component);
}

/** The standard, then what is disabled, then what is enabled. */
function applyProposals(configure: Configure, values: ModuleValues): void {
  configure.setWASMStandard(standardOf(values));
  const flags: Readonly<Record<string, unknown>> = values;
  if (!Object.keys(flags).some((name) => /^(?:en|dis)able-/.test(name))) return;
  const options = new CommonConfigOptions();
  for (const [name, proposal] of Object.entries(proposalOptions)) {
    if (flags[`disable-${name}`] === true) options.proposal(proposal, false);
  }
  for (const [name, proposal] of Object.entries({ ...proposalOptions, ...optInProposalOptions })) {
    if (flags[`enable-${name}`] === true) options.proposal(proposal, true);
  }
  if (values["enable-component"]) {
    options.proposal(Proposal.Component, true);
    log.warning("The component model is enabled, but nothing of it is built: components are refused.");
  }
  if (values["enable-all"]) for (const proposal of allBuilt()) options.proposal(proposal, true);
  options.applyTo(configure);
}

/** The limits of the Configure that options set. */
type Limit = Extract<keyof RuntimeConfigure, `max${string}`>;

const moduleLimitOptions = {
  "module-size-limit": "maxModuleBytes",
  "function-limit": "maxFunctions",
  "function-size-limit": "maxFunctionBytes",
} as const satisfies Record<string, Limit>;

const instanceLimitOptions = {
  "memory-page-limit": "maxMemoryPage",
  "table-element-limit": "maxTableElements",
  "call-depth-limit": "maxCallDepth",
  "value-stack-limit": "maxValueStackBytes",
  "gc-object-size-limit": "maxGCObjectBytes",
  "gc-object-limit": "maxGCObjectsPerRun",
  "gc-size-limit": "maxGCBytesPerRun",
  "descriptor-limit": "maxDescriptors",
  "storage-size-limit": "maxStorageBytes",
  "storage-entry-limit": "maxStorageEntries",
} as const satisfies Record<string, Limit>;

function setLimits<N extends string>(
  { runtime }: Configure,
  values: { readonly [name in NoInfer<N>]?: bigint },
  limits: Readonly<Record<N, Limit>>,
): void {
  for (const name of Object.keys(limits) as N[]) {
    const value = values[name];
    if (value !== undefined) runtime[limits[name]] = Number(value);
  }
}

/** For `parse` and `validate`. */
export function moduleConfigure(values: ModuleValues): Configure {
  const configure = new Configure();
  applyProposals(configure, values);
  setLimits(configure, values, moduleLimitOptions);
  return configure.addForbiddenPlugins(...(values["forbidden-plugin"] ?? []));
}

/** For `instantiate`: WASI is always there. */
export function linkConfigure(values: PlacedValues): Configure {
  const configure = moduleConfigure(values).addHostRegistration(HostRegistration.Wasi);
  setLimits(configure, values, instanceLimitOptions);
  configure.runtime.deterministic = values.deterministic === true;
  configure.runtime.lazyValidation = values["lazy-validation"] === true;
  applyPluginOptions(configure, values);
  return configure;
}

/** The run mode of a name in any case, or undefined. */
export function parseRunMode(name: string): RunMode | undefined {
  switch (name.toLowerCase()) {
    case "interpreter":
      return RunMode.Interpreter;
    case "jit":
      return RunMode.JIT;
    case "aot":
      return RunMode.AOT;
    case "lazyjit":
      return RunMode.LazyJIT;
    default:
      return undefined;
  }
}

function runModeOf(values: DebugValues): RunMode {
  const name = values["run-mode"];
  if (name !== undefined) {
    if (values["enable-jit"] || values["force-interpreter"]) {
      log.warning("--run-mode overrides deprecated --enable-jit / --force-interpreter.");
    }
    const mode = parseRunMode(name);
    if (mode !== undefined) return mode;
    log.warning(
      `Unknown --run-mode value: "${name}"; using interpreter. Valid values: interpreter, jit, aot, lazyjit.`,
    );
    return RunMode.Interpreter;
  }
  if (values["enable-jit"]) log.warning("--enable-jit is deprecated, use --run-mode=jit instead.");
  if (values["force-interpreter"]) {
    log.warning("--force-interpreter is deprecated, use --run-mode=interpreter instead.");
  }
  return values["enable-jit"] ? RunMode.JIT : RunMode.Interpreter;
}

/** For `run` and `debug`. */
export function runConfigure(values: DebugValues): Configure {
  const configure = programConfigure(values);
  configure.runtime.runMode = runModeOf(values);
  return configure;
}

/** For `resume`, and what `run` has in common with it. */
export function programConfigure(values: ProgramValues): Configure {
  const configure = linkConfigure(values);
  const wasmgdb = values["coredump-for-wasmgdb"] === true;
  configure.runtime.enableCoredump = values["enable-coredump"] === true || wasmgdb;
  configure.runtime.coredumpForWasmgdb = wasmgdb;
  configure.runtime.allowAFUNIX = values["allow-af-unix"] === true;
  const all = values["enable-all-statistics"] === true;
  const { statistics } = configure;
  statistics.instructionCounting = all || values["enable-instruction-count"] === true;
  statistics.costMeasuring = all || values["enable-gas-measuring"] === true;
  statistics.timeMeasuring = all || values["enable-time-measuring"] === true;
  const limit = values["gas-limit"];
  if (limit !== undefined) {
    statistics.costMeasuring = true;
    statistics.costLimit = limit;
  }
  return configure;
}
