import type { InstructionInfo } from "../ast/instructions.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { ValType } from "../common/value-type.ts";
import type { Value, WasmValue } from "../common/wasm-value.ts";
import type { Execution } from "../executor/engine/execution.ts";
import { type Executor, requireExecutor } from "../executor/executor.ts";
import type { CodeSpace, LoweredFunction } from "../executor/lowering/code-space.ts";
import { HEADER_WORDS } from "../executor/lowering/lower-function.ts";
import { slotWords } from "../executor/lowering/operands.ts";
import type { Step } from "../executor/lowering/steps.ts";
import { Attention, IdleObserver, type ObservedRun } from "../executor/observer.ts";
import type { ExceptionInstance } from "../store/exception-instance.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { stepsOf } from "./code-map.ts";
import { Disassembler } from "./disassembler.ts";
import {
  type TraceDetail,
  type TracedInstruction,
  type TraceEvent,
  type TraceKind,
  traceKinds,
} from "./trace-events.ts";

/** What is known of an instruction before it is executed: the same each time. */
interface KnownInstruction {
  readonly step: Step;
  readonly info: InstructionInfo;
  readonly traced: TracedInstruction;
  /** Offset of the instruction after it. */
  readonly next: number;
  /** Of a memory access. */
  readonly memory: number;
  readonly offset: bigint;
}

/** The instruction that comes to its end when the next one begins. */
interface Open {
  readonly known: KnownInstruction;
  readonly space: CodeSpace;
  readonly func: LoweredFunction;
  readonly fp: number;
  readonly depth: number;
  readonly takes: readonly WasmValue[];
}

/** A run, and the calls that were open when it began. */
interface Level {
  readonly run: ObservedRun;
  /** In the order in which they have begun, from 1. */
  readonly number: number;
  readonly base: number;
  open: Open | undefined;
  /** An instruction of it has been seen. */
  begun: boolean;
}

/** Tells what runs do, event by event. Host calls and exceptions cost next to nothing; the others look at each instruction. */
export class Tracer extends IdleObserver {
  private readonly executor: Executor;
  private readonly kinds: ReadonlySet<TraceKind>;
  private readonly listener: (event: TraceEvent) => void;
  private readonly instructions = new WeakMap<Step, KnownInstruction>();
  private readonly levels = new Map<ObservedRun, Level>();
  private readonly inside: Level[] = [];
  private runs = 0;

  /** Attaches to an executor, until `detach`. @param kinds what is told @throws RuntimeError for a kind that there is not */
  constructor(executor: Executor, kinds: Iterable<TraceKind>, listener: (event: TraceEvent) => void) {
    super();
    this.executor = requireExecutor(executor);
    this.kinds = new Set(kinds);
    for (const kind of this.kinds) {
      if (!traceKinds.includes(kind))
        fail(ErrCode.RuntimeError, { kind: "note", text: `There is nothing to trace: ${kind}` });
    }
    this.listener = listener;
    executor.addObserver(this);
  }

  detach(): void {
    this.executor.removeObserver(this);
  }

  override get attention(): Attention {
    const { kinds } = this;
    const cheap = (kinds.has("host") ? 1 : 0) + (kinds.has("exceptions") ? 1 : 0);
    return kinds.size > cheap ? Attention.Each : Attention.None;
  }

  private get level(): Level | undefined {
    return this.inside[this.inside.length - 1];
  }

  /** Calls that are open now. */
  private get depth(): number {
    const { level } = this;
    return level === undefined ? 0 : depthOf(level);
  }

  override enter(run: ObservedRun): void {
    let level = this.levels.get(run);
    if (level === undefined) {
      // A run that a host function awaits has its slices while the run around it has none.
      const around = (run.around && this.levels.get(run.around)) ?? this.level;
      const base = around === undefined ? 0 : depthOf(around) + 1;
      level = { run, number: ++this.runs, base, open: undefined, begun: false };
      this.levels.set(run, level);
    }
    this.inside.push(level);
  }

  override leave(): void {
    this.inside.pop();
  }

  // --- Instructions ---

  override beforeInstruction({ execution }: ObservedRun): undefined {
    const { level } = this;
    if (execution === undefined || level === undefined) return;
    const { space, pc, fp, depth } = execution;
    const func = space.functionAt(pc);
    const step = func && stepsOf(space, func.index).at(pc);
    if (func === undefined || step === undefined) return;
    const known = this.known(space, func, step);
    this.close(level, execution, { func, space, step, fp, depth });
    const takes = this.wantsOperands(known) ? this.operands(execution, step, func, step.takes) : [];
    level.open = { known, space, func, fp, depth, takes };
  }

  private known(space: CodeSpace, func: LoweredFunction, step: Step): KnownInstruction {
    let known = this.instructions.get(step);
    const { source } = space.instance;
    if (known === undefined && source !== undefined) {
      const disassembler = Disassembler.of(source);
      const text = disassembler.textAt(func.index, step.offset);
      const info = disassembler.infoAt(step.offset);
      const { position, index, low, high } = disassembler.readAt(step.offset);
      const traced = { func: { module: space.instance, index: func.index }, offset: step.offset, text };
      const offset = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
      known = { step, info, traced, next: position, memory: index, offset };
      this.instructions.set(step, known);
    }
    if (known === undefined) throw new Error("BUG: wasm code of a host module");
    return known;
  }

  private wantsOperands({ info }: KnownInstruction): boolean {
    const { kinds } = this;
    if (kinds.has("instructions")) return true;
    if (kinds.has("branches") && (info.name === "br_if" || info.name === "if")) return true;
    return kinds.has("memory") && accessOf(info) !== undefined;
  }

  /** The topmost operands of the frame. */
  private operands(
    { stack, space, fp }: Execution,
    { types }: Step,
    func: LoweredFunction,
    count: number,
  ): WasmValue[] {
    const first = types.length - count;
    const values: WasmValue[] = [];
    let at = fp + space.headerOffset(func.entry) + HEADER_WORDS;
    types.forEach((type, i) => {
      if (i >= first) values.push(stack.read(at, type));
      at += slotWords(type);
    });
    return values;
  }

  /** Ends the open instruction: the run stands before another one. */
  private close(
    level: Level,
    execution: Execution,
    now: { func: LoweredFunction; space: CodeSpace; step: Step; fp: number; depth: number },
  ): void {
    const { open } = level;
    const { kinds } = this;
    if (open === undefined) {
      const isEntry = !level.begun && now.step === stepsOf(now.space, now.func.index).steps[0];
      if (isEntry && kinds.has("calls")) this.tellCall(level, execution, now, false);
      level.begun = true;
      return;
    }
    level.open = undefined;
    const { known } = open;
    const { name } = known.info;
    const tail = name.startsWith("return_call");
    const stays = now.depth === open.depth && !tail;
    const { carries, takes, types } = known.step;
    const left = carries > 0 ? carries : Math.max(0, now.step.types.length - types.length + takes);
    const leaves = stays ? this.operands(execution, now.step, now.func, left) : undefined;
    const depth = level.base + open.depth;
    if (kinds.has("instructions")) {
      this.tell(level, depth, { kind: "instruction", instruction: known.traced, takes: open.takes, leaves });
    }
    if (kinds.has("branches") && stays) this.tellBranch(level, open, depth, now.step.offset);
    if (kinds.has("memory")) this.tellMemory(level, open, depth, leaves);
    if (!kinds.has("calls")) return;
    if (now.depth > open.depth) this.tellCall(level, execution, now, false);
    else if (now.depth < open.depth) this.tellReturn(level, execution, open);
    else if (tail) this.tellCall(level, execution, now, true);
  }

  private tell(level: Level | undefined, depth: number, detail: TraceDetail): void {
    this.listener({ run: level?.number ?? 0, depth, ...detail });
  }

  private tellCall(
    level: Level,
    { stack }: Execution,
    { func, space, fp, depth }: { func: LoweredFunction; space: CodeSpace; fp: number; depth: number },
    tail: boolean,
  ): void {
    let at = fp;
    const args = space.bodies.functionType(func.index).params.map((type) => {
      const value = stack.read(at, type);
      at += slotWords(type);
      return value;
    });
    const traced = { module: space.instance, index: func.index };
    this.tell(level, level.base + depth - 1, { kind: "call", func: traced, args, tail });
  }

  /** The results stand where the frame of the function began. */
  private tellReturn(level: Level, { stack }: Execution, { space, func, fp, depth }: Open): void {
    let at = fp;
    const results = space.bodies.functionType(func.index).results.map((type) => {
      const value = stack.read(at, type);
      at += slotWords(type);
      return value;
    });
    const traced = { module: space.instance, index: func.index };
    this.tell(level, level.base + depth - 1, { kind: "return", func: traced, results });
  }

  private tellBranch(level: Level, { known, takes }: Open, depth: number, target: number): void {
    const { info, traced, next } = known;
    if (!info.name.startsWith("br") && info.name !== "if") return;
    const conditional = info.name === "br_if" || info.name === "if";
    const always = info.name === "br" || info.name === "br_table";
    const taken = always || (conditional ? takes[takes.length - 1]?.toI32() !== 0 : target !== next);
    this.tell(level, depth, { kind: "branch", instruction: traced, taken, target });
  }

  private tellMemory(
    level: Level,
    { known, takes }: Open,
    depth: number,
    leaves: readonly WasmValue[] | undefined,
  ): void {
    const { info, traced: instruction, memory, offset } = known;
    const access = accessOf(info);
    if (access === undefined || takes[0] === undefined) return;
    const isBulk = access === "fill" || access === "copy" || access === "init";
    const address = unsigned(takes[0]) + (isBulk ? 0n : offset);
    const last = takes[takes.length - 1];
    const length = isBulk ? unsigned(last) : BigInt(info.width);
    const value = isBulk ? undefined : access === "write" ? last : leaves?.[0];
    this.tell(level, depth, { kind: "memory", instruction, access, memory, address, length, value });
  }

  // --- What does not come instruction by instruction ---

  override beforeHostCall(func: FunctionInstance, args: readonly Value[]): void {
    if (this.kinds.has("host")) this.tell(this.level, this.depth, { kind: "host-call", func, args });
  }

  override afterHostCall(func: FunctionInstance, results: readonly Value[] | undefined, thrown: unknown): void {
    if (this.kinds.has("host")) this.tell(this.level, this.depth, { kind: "host-return", func, results, thrown });
  }

  override throws(execution: Execution, exception: ExceptionInstance): void {
    this.tellException("throw", execution, exception);
  }

  override catches(execution: Execution, exception: ExceptionInstance): void {
    if (this.level !== undefined) this.breakOff(this.level);
    this.tellException("catch", execution, exception);
  }

  private tellException(kind: "throw" | "catch", execution: Execution, exception: ExceptionInstance): void {
    if (!this.kinds.has("exceptions")) return;
    const { space, pc } = execution;
    const index = space.functionAt(pc)?.index ?? -1;
    this.tell(this.level, this.depth, { kind, exception, func: { module: space.instance, index } });
  }

  override ends(run: ObservedRun): void {
    const level = this.levels.get(run);
    this.levels.delete(run);
    const { execution } = run;
    if (level?.open === undefined || execution === undefined) return;
    const { open } = level;
    this.breakOff(level);
    if (this.kinds.has("calls")) this.tellReturn(level, execution, open);
  }

  override fails(run: ObservedRun, error: unknown): undefined {
    const level = this.levels.get(run);
    this.levels.delete(run);
    if (level === undefined || run.execution === undefined) return;
    this.breakOff(level);
    this.tell(level, level.base, { kind: "failure", error });
  }

  /** Ends the open instruction of a run whose next one is in another place: the frames that are gone have not returned. */
  private breakOff(level: Level): void {
    const { open } = level;
    level.open = undefined;
    if (open === undefined || !this.kinds.has("instructions")) return;
    const { known, takes, depth } = open;
    this.tell(level, level.base + depth, { kind: "instruction", instruction: known.traced, takes, leaves: undefined });
  }
}

/** How an instruction uses memory; undefined: not at all, or only its size. */
function accessOf({
  immediate,
  operands,
  results,
  width,
}: InstructionInfo): Extract<TraceDetail, { kind: "memory" }>["access"] | undefined {
  switch (immediate) {
    case "memArg":
    case "memArgLane":
      if (width === 0 || operands === undefined || results === undefined) return undefined;
      if (results.length === 0) return "write";
      return operands.length === 1 || immediate === "memArgLane" ? "read" : "update";
    case "memory":
      return operands === undefined && results === undefined ? "fill" : undefined;
    case "memoryMemory":
      return "copy";
    case "dataMemory":
      return "init";
    default:
      return undefined;
  }
}

/** An address or a length. */
function unsigned(value: WasmValue | undefined): bigint {
  if (value === undefined) return 0n;
  return value.type === ValType.I64 ? value.bits64 : BigInt(value.bits32);
}

function depthOf({ base, run }: Level): number {
  return base + (run.execution?.depth ?? 0);
}
