import type { FunctionType } from "../ast/types.ts";
import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { log } from "../common/log.ts";
import { printable } from "../common/printable.ts";
import { valTypeName } from "../common/value-type.ts";
import type { WasmValue } from "../common/wasm-value.ts";
import type { RunOptions } from "../executor/executor.ts";
import { Loader } from "../loader/loader.ts";
import { MAGIC } from "../snapshot/magic.ts";
import { InspectingVM } from "../vm/inspecting-vm.ts";
import type { WasiOptions } from "../wasi/environ.ts";
import { type DebugValues, type LinkValues, linkConfigure, type RunValues, runConfigure } from "./configuration.ts";
import { Ended, endedBy, untilEnded } from "./ended.ts";
import { ExitStatus } from "./exit-status.ts";
import { logError, writeText } from "./logger.ts";
import { moduleSource } from "./module-source.ts";
import { closing, exitCode, linkedVm, programName, timeBounds, wasiOf } from "./module-world.ts";
import { parseArgument } from "./numbers.ts";
import { beginObservation, type EndObservation, observing } from "./observing.ts";
import { formatResult } from "./results.ts";
import { countFor, type StopPlan, stopPlanOf } from "./stop-plan.ts";

/** The commands that link: `run` and `instantiate`. */

/** Registers the modules of `--module`. */
export async function registerModules(
  vm: InspectingVM,
  entries: readonly string[],
  options: RunOptions,
): Promise<void> {
  for (const entry of entries) {
    const colon = entry.indexOf(":");
    if (colon <= 0 || colon === entry.length - 1) {
      log.error(`Invalid --module format: "${entry}". Expected name:path.`);
      throw new Ended(ExitStatus.Failure);
    }
    const name = entry.slice(0, colon);
    const path = entry.slice(colon + 1);
    try {
      vm.registerModule(name, await moduleSource(path), options);
    } catch (error) {
      if (!(error instanceof WasmEdgeError)) throw error;
      logError(error);
      log.error(`Failed to register module "${name}" from: ${path}`);
      throw new Ended(ExitStatus.Failure);
    }
  }
}

/**
 * Loads, validates and instantiates the module. WASI is ready before that, so that a start function sees its arguments and
 * files; WasmEdge makes it ready afterwards.
 */
async function prepare(
  vm: InspectingVM,
  values: LinkValues,
  path: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<void> {
  wasiOf(vm).init(values.dir ?? [], programName(path), args, values.env);
  try {
    await registerModules(vm, values.module ?? [], options);
    vm.loadAndValidate(await moduleSource(path));
    vm.instantiate(options);
  } catch (error) {
    const ended = endedBy(error, vm, path, ExitStatus.Failure);
    if (error instanceof WasmEdgeError && error.code === ErrCode.MalformedMagic && isSnapshot(path)) {
      log.error(`${path} is a snapshot of a run. It goes on with: resume ${path}`);
    }
    throw ended;
  }
}

/** Whether a file that is no module is a snapshot. */
function isSnapshot(path: string): boolean {
  if (path === "-") return false;
  const bytes = Loader.loadFile(path);
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** `instantiate FILE` */
export function instantiateCommand(values: LinkValues, path: string): Promise<number> {
  const options = timeBounds(values);
  return untilEnded(async () => {
    const vm = linkedVm(InspectingVM, linkConfigure(values), values);
    return closing(vm, async () => {
      await prepare(vm, values, path, [], options);
      log.info("Instantiation succeeded.");
      return ExitStatus.Success;
    });
  });
}

/** `run FILE [ARGS]` */
export function runCommand(values: RunValues, path: string, args: readonly string[]): Promise<number> {
  return runObserved(values, path, args, (vm) => beginObservation(vm, values, path), {}, stopPlanOf(values));
}

/**
 * Runs a module with someone looking on.
 * @param begin called before anything of the module runs; what it gives is called when nothing more will
 * @param plan how the run may be stopped; absent: not at all
 */
export function runObserved(
  values: DebugValues,
  path: string,
  args: readonly string[],
  begin: (vm: InspectingVM) => Promise<EndObservation>,
  wasi: WasiOptions = {},
  plan?: StopPlan,
): Promise<number> {
  const options = timeBounds(values);
  return untilEnded(async () => {
    const configure = runConfigure(values);
    const asked = countFor(plan, configure);
    const vm = linkedVm(InspectingVM, configure, values, wasi);
    vm.getStatistics().reported = asked;
    return closing(vm, async () =>
      observing(await begin(vm), async () => {
        await prepare(vm, values, path, args, options);
        return new Run(vm, path, options, plan).start(values.reactor === true, args);
      }),
    );
  });
}

/** How many exported functions are named where one is missing. */
const MOST_NAMES = 10;

/** The calls that make up a run: of `_start`, or of a reactor's function. */
class Run {
  private readonly vm: InspectingVM;
  private readonly path: string;
  private readonly options: RunOptions;
  private readonly plan: StopPlan | undefined;

  constructor(vm: InspectingVM, path: string, options: RunOptions, plan: StopPlan | undefined) {
    this.vm = vm;
    this.path = path;
    this.options = options;
    this.plan = plan;
  }

  /** @returns the exit status */
  async start(reactor: boolean, args: readonly string[]): Promise<number> {
    if (reactor) return this.react(args);
    const type = this.vm.getFunctionType("_start");
    if (type !== null && type.params.length === 0 && type.results.length === 0) {
      await this.call("_start", [], this.plan);
      return exitCode(this.vm);
    }
    // A `_start` of another type is a function like others, and the one that is meant.
    return this.react(type === null ? args : ["_start", ...args]);
  }

  /** @throws Ended where the function does not return */
  private async call(name: string, params: readonly WasmValue[], plan?: StopPlan): Promise<WasmValue[]> {
    const { vm, options } = this;
    try {
      const results =
        plan === undefined
          ? vm.executeTyped(name, params, options)
          : await (await import("./stoppable-run.ts")).runStoppably(
              vm,
              { module: "", name },
              vm.pausable(name, params, options),
              plan,
            );
      log.debug(" Execution succeeded.");
      return results;
    } catch (error) {
      throw endedBy(error, vm, this.path, ExitStatus.Aborted);
    }
  }

  /** A second line that helps, after WasmEdge's. */
  private exportedFunctions(): string {
    const names = this.vm.getFunctionList().map(({ name }) => name);
    if (names.length === 0) return "The module exports no functions.\n";
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
    return `It exports ${printable(names.slice(0, MOST_NAMES).join(", "))}${more}.\n`;
  }

  private async react(args: readonly string[]): Promise<number> {
    const [name, ...texts] = args;
    if (name === undefined) {
      writeText(2, `A function name is required when reactor mode is enabled.\n${this.exportedFunctions()}`);
      return ExitStatus.Failure;
    }
    const type = this.vm.getFunctionType(name);
    if (type === null) {
      writeText(2, `Function "${printable(name)}" not found in the module export list.\n${this.exportedFunctions()}`);
      return ExitStatus.Failure;
    }
    const params = parseArguments(name, type, texts);
    if (name !== "_initialize" && this.vm.getFunctionType("_initialize") !== null) await this.call("_initialize", []);
    for (const value of await this.call(name, params, this.plan)) writeText(1, `${formatResult(value)}\n`);
    return ExitStatus.Success;
  }
}

/** @throws Ended where the texts are not what the function takes, before anything of the module has run */
export function parseArguments(name: string, { params }: FunctionType, texts: readonly string[]): WasmValue[] {
  if (texts.length !== params.length) {
    log.error(`function \`${name}\` expects ${params.length} argument(s), got ${texts.length}`);
    throw new Ended(ExitStatus.Failure);
  }
  return params.map((type, i) => {
    const text = texts[i] ?? "";
    const value = parseArgument(text, type);
    if (typeof value !== "string") return value;
    if (value === "range") log.error(`Argument '${text}' for parameter ${i + 1}: ${valTypeName(type)} out of range`);
    else log.error(`Invalid argument '${text}' for parameter ${i + 1}: expected ${valTypeName(type)}`);
    throw new Ended(ExitStatus.Failure);
  });
}
