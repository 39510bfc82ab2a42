import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Module } from "../src/ast/module.ts";
import { ErrCode } from "../src/common/error-code.ts";
import type { WasmValue } from "../src/common/wasm-value.ts";
import type { Configure } from "../src/config/configure.ts";
import type { Executor } from "../src/executor/executor.ts";
import { Loader } from "../src/loader/loader.ts";
import type { ModuleInstance } from "../src/store/module-instance.ts";
import { Validator } from "../src/validator/validator.ts";
import { Observation } from "./observe.ts";
import { type Attempt, attempt, checkError, errorText, failed, type Outcome, passed, skippedText } from "./outcome.ts";
import { type Binding, type Definition, Scope } from "./scope.ts";
import type {
  Action,
  ActionCommand,
  Command,
  JsonValue,
  ModuleAssertion,
  ModuleCommand,
  ModuleInstanceCommand,
  RegisterCommand,
  ThreadCommand,
  WaitCommand,
} from "./script.ts";
import { createSpectestModule } from "./spectest-module.ts";
import { type SharedInstance, sharedInstance, shareInstance, Thread } from "./thread.ts";
import { matches, patternText, toArgument, valueText } from "./values.ts";

/** What became of a command. */
export interface Result {
  readonly command: Command;
  readonly outcome: Outcome;
}

/** Runs the commands of one unit, or of one of its threads, in their order, and tells of each what became of it. */
export class ScriptRunner {
  private readonly configure: Configure;
  private readonly folder: string;
  private readonly loader: Loader;
  private readonly validator: Validator;
  private readonly executor: Executor;
  private readonly observation: Observation;
  private readonly onResult: (result: Result) => void;

  /**
   * @param folder where the unit's modules stand
   */
  constructor(configure: Configure, folder: string, onResult: (result: Result) => void) {
    this.configure = configure;
    this.folder = folder;
    this.loader = new Loader(configure);
    this.validator = new Validator(configure);
    this.observation = new Observation(configure);
    this.executor = this.observation.executor;
    this.onResult = onResult;
  }

  /**
   * Resolves when all commands have run, and the threads that they started have ended.
   * @param shared what another thread shares with this one
   */
  async run(commands: readonly Command[], shared: readonly SharedInstance[] = []): Promise<void> {
    const scope = this.newScope();
    for (const instance of shared) {
      scope.instances.set(instance.name, { kind: "instance", instance: sharedInstance(instance) });
    }
    for (const command of commands) await this.runAndReport(scope, command);
    for (const thread of scope.threads.values()) await thread.ended;
    this.observation.end();
  }

  private newScope(): Scope {
    return new Scope(createSpectestModule(this.configure));
  }

  private async runAndReport(scope: Scope, command: Command): Promise<void> {
    let outcome: Outcome;
    try {
      outcome = command.type === "wait" ? await this.wait(scope, command) : this.runCommand(scope, command);
    } catch (error) {
      // An exception that leaked from the engine, a file that is missing, a form that the format does not know.
      outcome = failed(error instanceof Error ? error.message : String(error));
      if (command.type === "module" || command.type === "module_instance") {
        scope.bind({ kind: "none", outcome }, command.name);
      }
    }
    this.onResult({ command, outcome });
  }

  private runCommand(scope: Scope, command: Exclude<Command, WaitCommand>): Outcome {
    switch (command.type) {
      case "module":
        return this.module(scope, command);
      case "module_definition":
        return this.moduleDefinition(scope, command);
      case "module_instance":
        return this.moduleInstance(scope, command);
      case "register":
        return this.register(scope, command);
      case "action":
      case "assert_return":
      case "assert_trap":
      case "assert_exhaustion":
      case "assert_exception":
        return this.action(scope, command);
      case "assert_malformed":
      case "assert_invalid":
      case "assert_unlinkable":
      case "assert_uninstantiable":
        return this.moduleAssertion(scope, command);
      case "thread":
        return this.thread(scope, command);
      default:
        return failed(`unknown command ${JSON.stringify((command as { type?: unknown }).type)}`);
    }
  }

  // --- Modules ---

  private load(file: string): Attempt<Module> {
    // A copy with a buffer of its own, as a host would hand it in.
    const bytes = new Uint8Array(readFileSync(join(this.folder, file)));
    return attempt(() => this.loader.parseModule(bytes));
  }

  /** Loads and validates. */
  private define({ filename, module_type }: ModuleCommand): Definition {
    if (module_type === "text") return { kind: "none", outcome: skippedText };
    const loaded = this.load(filename);
    if (!loaded.ok) return { kind: "none", outcome: failed(errorText(loaded.error)) };
    const validated = attempt(() => this.validator.validate(loaded.value));
    if (!validated.ok) return { kind: "none", outcome: failed(errorText(validated.error)) };
    return { kind: "module", module: loaded.value };
  }

  private instantiate(scope: Scope, module: Module): Attempt<ModuleInstance> {
    return attempt(() => this.executor.instantiateModule(scope.store, module));
  }

  /** Instantiates a definition and binds the instance, or the reason for which there is none. */
  private instantiateDefinition(scope: Scope, definition: Definition, name: string | undefined): Outcome {
    if (definition.kind === "none") {
      scope.bind(definition, name);
      return definition.outcome;
    }
    const made = this.instantiate(scope, definition.module);
    const outcome = made.ok ? passed : failed(errorText(made.error));
    scope.bind(made.ok ? { kind: "instance", instance: made.value } : { kind: "none", outcome }, name);
    return outcome;
  }

  private module(scope: Scope, command: ModuleCommand): Outcome {
    return this.instantiateDefinition(scope, this.define(command), command.name);
  }

  private moduleDefinition(scope: Scope, command: ModuleCommand): Outcome {
    const definition = this.define(command);
    if (command.name !== undefined) scope.definitions.set(command.name, definition);
    return definition.kind === "module" ? passed : definition.outcome;
  }

  private moduleInstance(scope: Scope, { name, definition: of }: ModuleInstanceCommand): Outcome {
    const definition = of === undefined ? undefined : scope.definitions.get(of);
    return definition === undefined
      ? failed(`no module is defined as ${of}`)
      : this.instantiateDefinition(scope, definition, name);
  }

  private register(scope: Scope, { as, name }: RegisterCommand): Outcome {
    const binding = scope.find(name);
    if (binding === undefined) return failed(`no instance ${name ?? "is current"}`);
    if (binding.kind === "none") return withoutInstance(binding);
    scope.register(as, binding.instance);
    return passed;
  }

  private moduleAssertion(scope: Scope, command: ModuleAssertion): Outcome {
    const { type, filename, text } = command;
    if (command.module_type === "text") return skippedText;
    const loaded = this.load(filename);
    if (type === "assert_malformed") {
      return loaded.ok ? failed(`expected loading error "${text}"`) : checkError(loaded.error, ["loading"], text);
    }
    if (!loaded.ok) return failed(`expected the module to load, got ${errorText(loaded.error)}`);
    const validated = attempt(() => this.validator.validate(loaded.value));
    if (type === "assert_invalid") {
      return validated.ok
        ? failed(`expected validation error "${text}"`)
        : checkError(validated.error, ["validation"], text);
    }
    if (!validated.ok) return failed(`expected the module to be valid, got ${errorText(validated.error)}`);
    const made = this.instantiate(scope, loaded.value);
    return made.ok
      ? failed(`expected instantiation to fail with "${text}"`)
      : checkError(made.error, ["instantiation", "execution"], text);
  }

  // --- Actions ---

  private action(scope: Scope, command: ActionCommand): Outcome {
    const { action } = command;
    const binding = scope.find(action.module);
    if (binding === undefined) return failed(`no instance ${action.module ?? "is current"}`);
    if (binding.kind === "none") return withoutInstance(binding);
    return this.judge(command, this.perform(binding.instance, action));
  }

  /** @throws Error where there is no such export */
  private perform(instance: ModuleInstance, action: Action): Attempt<readonly WasmValue[]> {
    const { type, field, args = [] } = action;
    if (type === "get") {
      const global = instance.findGlobalExports(field);
      if (global === null) throw new Error(`no global ${JSON.stringify(field)} is exported`);
      return attempt(() => [global.getTypedValue()]);
    }
    const func = instance.findFuncExports(field);
    if (func === null) throw new Error(`no function ${JSON.stringify(field)} is exported`);
    const values = args.map(toArgument);
    return this.observation.call(() => attempt(() => this.executor.invokeTyped(func, values)));
  }

  private judge(command: ActionCommand, done: Attempt<readonly WasmValue[]>): Outcome {
    switch (command.type) {
      case "action":
      case "assert_return":
        return done.ok ? checkResults(command, done.value) : failed(`expected results, got ${errorText(done.error)}`);
      case "assert_trap":
        return done.ok
          ? failed(`expected a trap "${command.text}", got ${resultsText(done.value)}`)
          : checkError(done.error, ["execution"], command.text ?? "");
      case "assert_exhaustion":
        return checkCode(done, exhaustions, command.text ?? "");
      case "assert_exception":
        return checkCode(done, [ErrCode.UncaughtException], undefined);
    }
  }

  // --- Threads ---

  /** Starts a thread; its commands run even where an instance is missing that it should share. */
  private thread(scope: Scope, { name, shared = [], commands }: ThreadCommand): Outcome {
    const { configure, folder } = this;
    const found: SharedInstance[] = [];
    let outcome: Outcome = passed;
    for (const { module } of shared) {
      const binding = scope.find(module);
      if (binding?.kind === "instance") found.push(shareInstance(module, binding.instance));
      else outcome = binding === undefined ? failed(`no instance ${module} to share`) : withoutInstance(binding);
    }
    const task = { proposals: configure.listProposals(), folder, commands, shared: found };
    scope.threads.set(name, new Thread(task, this.onResult));
    return outcome;
  }

  private async wait(scope: Scope, { thread: name }: WaitCommand): Promise<Outcome> {
    const thread = scope.threads.get(name);
    if (thread === undefined) return failed(`no thread ${name} runs`);
    scope.threads.delete(name);
    const reason = await thread.ended;
    return reason === undefined ? passed : failed(`thread ${name} broke off: ${reason}`);
  }
}

/** What becomes of a command on a module that has no instance: skipped with it, or failed because it failed. */
function withoutInstance({ outcome }: Extract<Binding, { kind: "none" }>): Outcome {
  return outcome.status === "failed" ? failed(`its module has no instance: ${outcome.reason}`) : outcome;
}

/** The ways in which a call finds no room. */
const exhaustions: readonly number[] = [ErrCode.CallStackExhausted, ErrCode.ValueStackExhausted];

function checkCode(done: Attempt<readonly WasmValue[]>, codes: readonly number[], text: string | undefined): Outcome {
  if (done.ok) return failed(`expected ${text ?? "an uncaught exception"}, got ${resultsText(done.value)}`);
  if (!codes.includes(done.error.code)) {
    return failed(`expected ${text ?? "an uncaught exception"}, got ${errorText(done.error)}`);
  }
  return checkError(done.error, ["execution"], text);
}

function checkResults({ expected = [], either }: ActionCommand, values: readonly WasmValue[]): Outcome {
  const alternatives: readonly (readonly JsonValue[])[] = either?.map((pattern) => [pattern]) ?? [expected];
  const fits = alternatives.some(
    (patterns) => patterns.length === values.length && patterns.every((pattern, i) => matches(pattern, values[i])),
  );
  if (fits) return passed;
  const text = alternatives.map((patterns) => `[${patterns.map(patternText).join(", ")}]`).join(" or ");
  return failed(`expected ${text}, got ${resultsText(values)}`);
}

function resultsText(values: readonly WasmValue[]): string {
  return `[${values.map(valueText).join(", ")}]`;
}
