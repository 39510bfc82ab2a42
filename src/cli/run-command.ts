import type { FunctionType } from "../ast/types.ts";
import { WasmEdgeError } from "../common/error.ts";
import { host } from "../common/host.ts";
import { log } from "../common/log.ts";
import { valTypeName } from "../common/value-type.ts";
import type { WasmValue } from "../common/wasm-value.ts";
import { type Configure, HostRegistration } from "../config/configure.ts";
import { isTerminated, type RunOptions } from "../executor/executor.ts";
import { VM } from "../vm/vm.ts";
import type { WasiOptions } from "../wasi/environ.ts";
import { AllowListError } from "../wasi/sockets/allow-list.ts";
import type { WasiModule } from "../wasi/wasi-module.ts";
import { type LinkValues, linkConfigure, type RunValues, runConfigure } from "./configuration.ts";
import { writeCoredump } from "./coredump-file.ts";
import { ExitStatus } from "./exit-status.ts";
import { logError, writeText } from "./logger.ts";
import { moduleSource } from "./module-source.ts";
import { parseArgument } from "./numbers.ts";
import { beginObservation, type EndObservation } from "./observation.ts";
import { UsageError } from "./option-parser.ts";
import { formatResult } from "./results.ts";

/** The commands that link: `run` and `instantiate`. */

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** What ended a command early: its log lines are written, this is its exit status. */
class Ended extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`exit status ${status}`);
    this.status = status;
  }
}

/** What `--time-limit` bounds a run by, from now on. */
export function timeBounds({ "time-limit": limit = 0n }: LinkValues): RunOptions {
  return limit === 0n ? {} : { deadline: host.monotonicNanoseconds() + limit * NANOSECONDS_PER_MILLISECOND };
}

/** Registers the modules of `--module`. */
export async function registerModules(vm: VM, entries: readonly string[], options: RunOptions): Promise<void> {
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

/** The last component of a path, with `.wasm` as its extension: what a guest sees as its own name. */
export function programName(path: string): string {
  if (path === "-") return "stdin.wasm";
  const file = path.replace(/^.*[/\\]/, "");
  return file.replace(/(.)\.[^.]*$/, "$1").concat(".wasm");
}

/** @throws UsageError for addresses to allow that are none */
export function linkedVm(configure: Configure, values: LinkValues, streams: WasiOptions = {}): VM {
  try {
    return new VM(configure, { wasi: { ...streams, allowNet: values["allow-net"] } });
  } catch (error) {
    if (error instanceof AllowListError) throw new UsageError(`--allow-net: ${error.message}`);
    throw error;
  }
}

export function wasiOf(vm: VM): WasiModule {
  const wasi = vm.getImportModule(HostRegistration.Wasi);
  if (wasi === null) throw new Error("the configuration of every linking command has WASI");
  return wasi;
}

/** What a guest that ends itself during a step leaves as exit status. */
function exitCode(vm: VM): number {
  return wasiOf(vm).getExitCode();
}

/**
 * Loads, validates and instantiates the module. WASI is ready before that, so that a start function sees its arguments and
 * files; WasmEdge makes it ready afterwards.
 */
async function prepare(
  vm: VM,
  values: LinkValues,
  path: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<void> {
  wasiOf(vm).init(values.dir, programName(path), args, values.env);
  try {
    await registerModules(vm, values.module, options);
    vm.loadWasm(await moduleSource(path));
    vm.validate();
    vm.instantiate(options);
  } catch (error) {
    if (isTerminated(error)) throw new Ended(exitCode(vm));
    if (!(error instanceof WasmEdgeError)) throw error;
    logError(error);
    writeCoredump(error, path);
    throw new Ended(ExitStatus.Failure);
  }
}

export async function untilEnded(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Ended) return error.status;
    throw error;
  }
}

/** Closes what the guest has left open: what it has sent on sockets leaves before the program ends. */
export async function closing(vm: VM, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } finally {
    vm.getImportModule(HostRegistration.Wasi)?.fini();
  }
}

/** `instantiate FILE` */
export function instantiateCommand(values: LinkValues, path: string): Promise<number> {
  const options = timeBounds(values);
  return untilEnded(async () => {
    const vm = linkedVm(linkConfigure(values), values);
    return closing(vm, async () => {
      await prepare(vm, values, path, [], options);
      log.info("Instantiation succeeded.");
      return ExitStatus.Success;
    });
  });
}

/** `run FILE [ARGS]` */
export function runCommand(values: RunValues, path: string, args: readonly string[]): Promise<number> {
  return runObserved(values, path, args, (vm) => beginObservation(vm, values, path));
}

/**
 * Runs a module with someone looking on.
 * @param begin called before anything of the module runs; what it gives is called when nothing more will
 */
export function runObserved(
  values: RunValues,
  path: string,
  args: readonly string[],
  begin: (vm: VM) => EndObservation,
  wasi: WasiOptions = {},
): Promise<number> {
  const options = timeBounds(values);
  return untilEnded(async () => {
    const vm = linkedVm(runConfigure(values), values, wasi);
    return closing(vm, async () => {
      const end = begin(vm);
      let isWritten: boolean;
      let status: number;
      try {
        status = await untilEnded(async () => {
          await prepare(vm, values, path, args, options);
          return new Run(vm, path, options).start(values.reactor, args);
        });
      } finally {
        isWritten = end();
      }
      return isWritten || status !== ExitStatus.Success ? status : ExitStatus.Failure;
    });
  });
}

/** The calls that make up a run: of `_start`, or of a reactor's function. */
class Run {
  private readonly vm: VM;
  private readonly path: string;
  private readonly options: RunOptions;

  constructor(vm: VM, path: string, options: RunOptions) {
    this.vm = vm;
    this.path = path;
    this.options = options;
  }

  /** @returns the exit status */
  start(reactor: boolean, args: readonly string[]): number {
    if (reactor) return this.react(args);
    const type = this.vm.getFunctionType("_start");
    if (type !== null && type.params.length === 0 && type.results.length === 0) {
      this.call("_start", []);
      return exitCode(this.vm);
    }
    // A `_start` of another type is a function like others, and the one that is meant.
    return this.react(type === null ? args : ["_start", ...args]);
  }

  /** @throws Ended where the function does not return */
  private call(name: string, params: readonly WasmValue[]): WasmValue[] {
    try {
      const results = this.vm.executeTyped(name, params, this.options);
      log.debug(" Execution succeeded.");
      return results;
    } catch (error) {
      if (isTerminated(error)) throw new Ended(exitCode(this.vm));
      if (!(error instanceof WasmEdgeError)) throw error;
      logError(error);
      writeCoredump(error, this.path);
      throw new Ended(ExitStatus.Aborted);
    }
  }

  private react(args: readonly string[]): number {
    const [name, ...texts] = args;
    if (name === undefined) {
      writeText(2, "A function name is required when reactor mode is enabled.\n");
      return ExitStatus.Failure;
    }
    const type = this.vm.getFunctionType(name);
    if (type === null) {
      writeText(2, `Function "${name}" not found in the module export list.\n`);
      return ExitStatus.Failure;
    }
    const params = parseArguments(name, type, texts);
    if (name !== "_initialize" && this.vm.getFunctionType("_initialize") !== null) this.call("_initialize", []);
    for (const value of this.call(name, params)) writeText(1, `${formatResult(value)}\n`);
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
