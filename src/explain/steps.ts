import { Op } from "../ast/generated/opcode.ts";
import { instructionInfo } from "../ast/instructions.ts";
import { WasmEdgeError } from "../common/error.ts";
import type { WasmValue } from "../common/wasm-value.ts";
import { Disassembler } from "../debugger/disassembler.ts";
import type { WasmFrame } from "../debugger/frame.ts";
import { DebugSession } from "../debugger/session.ts";
import type { Stop } from "../debugger/stop.ts";
import { functionText, typedText, valueText } from "../debugger/text.ts";
import type { Executor, RunOptions } from "../executor/executor.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { Execution, ExplainedStep, NamedValue } from "./explanation.ts";
import { hexadecimal } from "./sections.ts";

/** The first steps of a call, as a debugger sees them. */

/** What a run holds before an instruction: it is gone once the run has gone on. */
interface Moment {
  readonly depth: number;
  readonly function: string;
  readonly offset: number;
  readonly text: string;
  /** Offset behind the instruction. */
  readonly next: number;
  readonly locals: readonly NamedValue[];
  readonly globals: readonly string[];
  readonly operands: readonly WasmValue[];
  /** The host function that the instruction calls. */
  readonly host: string | undefined;
  /** Where a store writes to. */
  readonly store: { readonly offset: bigint; readonly width: number; readonly memory: number } | undefined;
}

function namedLocals(frame: WasmFrame): NamedValue[] {
  return frame.locals.map(({ index, name, value }) => ({
    name: name === undefined ? `local ${index}` : `$${name}`,
    value: valueText(value),
  }));
}

function momentOf(stop: Stop): Moment {
  const { frame, frames, globals } = stop;
  const { instance, functionIndex, offset } = frame;
  const { source } = instance;
  if (source === undefined) throw new Error("BUG: wasm code of a host module");
  const disassembler = Disassembler.of(source);
  const { opcode, position, low, high, index } = disassembler.readAt(offset);
  const info = instructionInfo(opcode);
  const stores = info?.immediate === "memArg" && info.results?.length === 0;
  const called = opcode === Op.call ? instance.getFunction(index) : undefined;
  return {
    host: called?.hostFunction === undefined ? undefined : functionText(called),
    depth: frames.length,
    function: functionText({ module: instance, index: functionIndex, hostFunction: undefined }),
    offset,
    next: position,
    text: disassembler.textAt(functionIndex, offset),
    locals: namedLocals(frame),
    globals: globals.map((global) => valueText(global.getTypedValue())),
    operands: frame.operands,
    store: stores
      ? { offset: (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0), width: info.width, memory: index }
      : undefined,
  };
}

function namesText(values: readonly NamedValue[]): string {
  return values.map(({ name, value }) => `${name} = ${value}`).join(", ");
}

function hostText({ host }: Moment): string[] {
  return host === undefined ? [] : [`calls ${host} of the host`];
}

/** What an instruction has done beside the operand stack. @param after undefined where the run has ended */
function effectsOf(before: Moment, after: Moment | undefined, takes: readonly WasmValue[]): string[] {
  if (after === undefined) return ["the run has ended"];
  if (after.depth > before.depth) {
    const locals = after.locals.length === 0 ? "" : ` with ${namesText(after.locals)}`;
    return [`a new frame for ${after.function}${locals}`];
  }
  if (after.depth < before.depth) return [`back in ${after.function}`];
  const effects: string[] = hostText(before);
  if (after.function === before.function) {
    const changed = after.locals.filter(({ value }, i) => value !== before.locals[i]?.value);
    if (changed.length > 0) effects.push(namesText(changed));
  }
  after.globals.forEach((value, i) => {
    if (value !== before.globals[i]) effects.push(`global ${i} = ${value}`);
  });
  if (before.store !== undefined) effects.push(storeText(before.store, takes));
  if (after.function !== before.function) effects.push(`goes to ${after.function}`);
  else if (after.offset !== before.next) effects.push(`goes to ${hexadecimal(after.offset)}`);
  else if (/^br_(?:if|on_)/.test(before.text)) effects.push("does not branch");
  return effects;
}

function storeText({ offset, width, memory }: NonNullable<Moment["store"]>, takes: readonly WasmValue[]): string {
  const base = takes[0]?.toValue();
  const address = (typeof base === "bigint" ? BigInt.asUintN(64, base) : BigInt((base as number) >>> 0)) + offset;
  return `${width} byte${width === 1 ? "" : "s"} of memory ${memory} at ${hexadecimal(Number(address))}`;
}

/** The operands that were taken, and those that were left: what two stacks do not have in common. */
function exchanged(before: readonly WasmValue[], after: readonly WasmValue[]): [WasmValue[], WasmValue[]] {
  const same = (i: number): boolean => {
    const [a, b] = [before[i], after[i]];
    return a !== undefined && b !== undefined && a.type === b.type && valueText(a) === valueText(b);
  };
  let common = 0;
  while (common < Math.min(before.length, after.length) && same(common)) common++;
  return [before.slice(common), after.slice(common)];
}

export interface ExplainedRun {
  readonly execution: Execution;
  /** What the run has failed with. */
  readonly error: WasmEdgeError | undefined;
}

/**
 * Calls a function and looks on for some steps.
 * @throws what `Executor.invoke` throws before the run begins
 */
export function explainSteps(
  executor: Executor,
  func: FunctionInstance,
  args: readonly WasmValue[],
  most: number,
  options?: RunOptions,
): ExplainedRun {
  const session = DebugSession.call(executor, func, args, options);
  const steps: ExplainedStep[] = [];
  const call = `${functionText(func)}(${args.map(valueText).join(", ")})`;
  let locals: readonly NamedValue[] = [];
  const execution = (results: readonly string[] | undefined, goesOn: boolean): Execution => {
    return { call, locals, steps, goesOn, results };
  };
  try {
    let moment = session.stop === undefined ? undefined : momentOf(session.stop);
    locals = moment?.locals ?? [];
    while (moment !== undefined && steps.length < most) {
      const stop = stepOrEnd(session, moment, steps);
      const failed = stop?.reason === "failure";
      const after = stop === undefined || failed ? undefined : momentOf(stop);
      steps.push(stepOf(moment, after, stop, failed));
      if (failed) session.step();
      moment = after;
    }
    if (moment === undefined) return { execution: execution(session.result().map(typedText), false), error: undefined };
    return { execution: execution(undefined, true), error: undefined };
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    return { execution: execution(undefined, false), error };
  } finally {
    session.close();
  }
}

/** @throws what ends the run where it is no failure: the step that has done it is shown all the same */
function stepOrEnd(session: DebugSession<unknown>, moment: Moment, steps: ExplainedStep[]): Stop | undefined {
  try {
    return session.step();
  } catch (error) {
    steps.push({
      ...stepOf(moment, undefined, undefined, false),
      effects: [...hostText(moment), "which ends the run"],
    });
    throw error;
  }
}

function stepOf(before: Moment, after: Moment | undefined, stop: Stop | undefined, failed: boolean): ExplainedStep {
  const stayed = after !== undefined && after.depth === before.depth && after.function === before.function;
  const executed = stop?.executed;
  const [gone, come] = stayed ? exchanged(before.operands, after.operands) : [[], []];
  const takes = executed !== undefined && executed.takes.length > 0 ? executed.takes : gone;
  const leaves = executed?.leaves ?? come;
  return {
    offset: before.offset,
    text: before.text,
    depth: before.depth,
    stack: after?.operands.map(valueText),
    locals: after?.locals,
    takes: takes.map(valueText),
    leaves: leaves.map(valueText),
    effects: failed ? ["the run fails here"] : effectsOf(before, after, takes),
  };
}
