import type { Module } from "../ast/module.ts";
import type { FunctionType } from "../ast/types.ts";
import { requireBytes } from "../common/arguments.ts";
import { requireLimit } from "../common/count.ts";
import { fail, WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { isRefType } from "../common/value-type.ts";
import { WasmValue } from "../common/wasm-value.ts";
import { functionName, typeText } from "../debugger/text.ts";
import type { RunOptions } from "../executor/executor.ts";
import { declaredLocals } from "../executor/lowering/function-bodies.ts";
import { readNameSection } from "../loader/name-section.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { VM } from "../vm/vm.ts";
import { explainChecks } from "./checks.ts";
import type { Execution, ExplainedCheck, ExplainedFunction, Explanation, StageName } from "./explanation.ts";
import { explainInstances } from "./instances.ts";
import { explainLowering } from "./register-code.ts";
import { explainLoading, functionTypeText } from "./sections.ts";
import { explainSteps } from "./steps.ts";

export interface ExplainOptions {
  /**
   * The function to show: the name of an export or of the `name` section, or its index. Absent: the start function, else
   * `_start`, else the first that is exported, else the first one.
   */
  readonly functionName?: string;
  /** The arguments of the call, for a function of that type and, where it has one, name. Absent: numbers from 12 on, in steps of 6, and null references. */
  readonly args?: (type: FunctionType, name: string | undefined) => readonly WasmValue[];
  /** Steps of the call that are shown. Absent: 40. */
  readonly steps?: number;
  /** Bounds what runs: the start function, and the call. */
  readonly run?: RunOptions;
  /** With the modules that are imported from, and the proposals that are on. Absent: a new one. */
  readonly vm?: VM;
}

const DEFAULT_STEPS = 40;

/** The first number of the arguments that are made up, and how much more each further one is. */
const FIRST_ARGUMENT = 12;
const NEXT_ARGUMENT = 6;

/** Which function is meant. */
interface Chosen {
  readonly func: number;
  /** Without imports. */
  readonly defined: number;
}

/**
 * Shows what each phase does with a module: the sections that the loader finds, the operand stack of types around each
 * instruction that the validator checks, the instances that the executor makes, the register code that a function becomes,
 * and the first steps of a call. What fails ends it, and is part of what is shown.
 * @param source the module's bytes, or a path where the host has files
 * @throws FuncNotFound where `functionName` names no function that the module defines; IllegalPath where the file cannot be read;
 *   RuntimeError where `steps` is no count
 */
export function explain(source: Uint8Array | string, options: ExplainOptions = {}): Explanation {
  return new Explanations(options.vm ?? new VM(), options).explain(source);
}

/** Goes through the stages, and keeps what there is of each. */
class Explanations {
  private readonly vm: VM;
  private readonly options: ExplainOptions;
  private stage: StageName = "loading";
  private parts: Partial<Explanation> = {};

  constructor(vm: VM, options: ExplainOptions) {
    this.vm = vm;
    this.options = options;
    if (options.steps !== undefined) requireLimit("steps", options.steps);
  }

  explain(source: Uint8Array | string): Explanation {
    let failure: Explanation["failure"];
    const checks: ExplainedCheck[] = [];
    let byteLength = typeof source === "string" ? 0 : requireBytes("The module", source).length;
    try {
      const module = this.vm.getLoader().parseModule(source);
      byteLength = module.bytes.length;
      this.parts = { loading: explainLoading(module) };
      const chosen = chooseFunction(module, this.options.functionName);
      this.stage = "validation";
      this.parts = { ...this.parts, validation: { instructions: checks } };
      if (chosen !== undefined) {
        this.parts = { ...this.parts, function: describeFunction(module, chosen) };
        explainChecks(this.vm.getValidator(), module, chosen, checks);
      }
      this.vm.getValidator().validate(module);
      this.goOn(module, chosen);
    } catch (error) {
      if (!(error instanceof WasmEdgeError) || error.code === ErrCode.FuncNotFound) throw error;
      // There is nothing to explain of a file that cannot be read.
      if (this.stage === "loading" && error.code === ErrCode.IllegalPath) throw error;
      failure = { stage: this.stage, lines: error.lines() };
    }
    const { loading, function: func, validation, instantiation, lowering, execution } = this.parts;
    return { byteLength, loading, function: func, validation, instantiation, lowering, execution, failure };
  }

  private goOn(module: Module, chosen: Chosen | undefined): void {
    this.stage = "instantiation";
    const instance = this.vm.getExecutor().instantiateModule(this.vm.getStoreManager(), module, this.options.run);
    this.parts = { ...this.parts, instantiation: explainInstances(instance) };
    const { function: func } = this.parts;
    if (chosen === undefined || func === undefined) return;
    this.stage = "lowering";
    this.parts = { ...this.parts, lowering: explainLowering(instance, func) };
    this.stage = "execution";
    this.parts = { ...this.parts, execution: this.execute(instance, chosen.func) };
  }

  private execute(instance: ModuleInstance, index: number): Execution {
    const func = instance.getFunction(index);
    const { args = madeUpArguments, steps = DEFAULT_STEPS, run } = this.options;
    const values = args(func.type, functionName(instance, index));
    const { execution, error } = explainSteps(this.vm.getExecutor(), func, values, steps, run);
    this.parts = { ...this.parts, execution };
    // A guest that ends itself has not failed.
    if (error !== undefined && error.code !== ErrCode.Terminated) throw error;
    return execution;
  }
}

function madeUpArguments({ params }: FunctionType): WasmValue[] {
  return params.map((type, i) => {
    const number = FIRST_ARGUMENT + i * NEXT_ARGUMENT;
    if (isRefType(type)) return WasmValue.ref(type, null);
    return WasmValue.of(type, number) ?? WasmValue.of(type, BigInt(number)) ?? WasmValue.zero(type);
  });
}

function importedFunctions({ imports }: Module): number {
  return imports.filter(({ type }) => type.kind === "function").length;
}

/** @throws FuncNotFound where the name is none of a function that the module defines */
function chooseFunction(module: Module, name: string | undefined): Chosen | undefined {
  const imported = importedFunctions(module);
  const count = imported + module.functionTypeIndices.length;
  const isDefined = (index: number | undefined): index is number => {
    return index !== undefined && index >= imported && index < count;
  };
  const exported = (wanted?: string): number | undefined => {
    return module.exports.find((entry) => {
      return entry.kind === "function" && isDefined(entry.index) && (wanted === undefined || entry.name === wanted);
    })?.index;
  };
  if (name === undefined) {
    const func = [module.start, exported("_start"), exported(), imported].find(isDefined);
    return func === undefined ? undefined : { func, defined: func - imported };
  }
  const plain = name.replace(/^\$/, "");
  const names = readNameSection(module);
  const named = module.functionTypeIndices.findIndex((_, i) => names.functionName(imported + i) === plain);
  const index = /^\d+$/.test(plain) ? Number(plain) : undefined;
  const func = exported(name) ?? (named < 0 ? index : imported + named);
  if (!isDefined(func)) {
    fail(ErrCode.FuncNotFound, { kind: "note", text: `The module defines no function "${name}".` });
  }
  return { func, defined: func - imported };
}

function describeFunction(module: Module, { func, defined }: Chosen): ExplainedFunction {
  const names = readNameSection(module);
  const name =
    names.functionName(func) ?? module.exports.find(({ kind, index }) => kind === "function" && index === func)?.name;
  const type = module.types[module.functionTypeIndices[defined]]?.composite;
  const params = type?.kind === "function" ? type.type : { params: [], results: [] };
  return {
    index: func,
    name: name === undefined ? `function ${func}` : `$${name}`,
    type: functionTypeText(params),
    locals: declaredLocals(module.bytes, module.code.starts[defined], params.params).map((local, index) => {
      const localName = names.localName(func, index);
      return {
        index,
        name: localName === undefined ? `local ${index}` : `$${localName}`,
        type: typeText(local),
        isParameter: index < params.params.length,
      };
    }),
    definedFunctions: module.functionTypeIndices.length,
  };
}
