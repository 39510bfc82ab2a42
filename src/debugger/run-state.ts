import type { WasmValue } from "../common/wasm-value.ts";
import type { Execution } from "../executor/engine/execution.ts";
import { framesOf } from "../executor/engine/frames.ts";
import type { CodeSpace, LoweredFunction } from "../executor/lowering/code-space.ts";
import type { Step } from "../executor/lowering/steps.ts";
import { type ObservedRun, Pause } from "../executor/observer.ts";
import { stepsOf } from "./code-map.ts";
import { Disassembler } from "./disassembler.ts";
import type { HostFrame, WasmFrame } from "./frame.ts";
import type { Command, ExecutedInstruction, Stop, StopReason } from "./stop.ts";
import type { WatchHit } from "./watchpoint.ts";

/** What a run does until it stops by itself. */
export type Plan =
  | { readonly kind: "run" }
  /** Stops at the next instruction. */
  | { readonly kind: "step"; readonly reason: StopReason }
  /** Stops at the next instruction at that depth or below; what has been called meanwhile is run to its end first. */
  | { readonly kind: "over"; readonly depth: number }
  /** Stops when no more calls are open than that. */
  | { readonly kind: "back"; readonly depth: number };

/** Where an instruction was executed. */
interface Passed {
  readonly space: CodeSpace;
  readonly pc: number;
  readonly fp: number;
}

/** A step that the loop comes back before. */
interface Mark {
  readonly space: CodeSpace;
  readonly position: number;
}

interface Origin extends Passed {
  readonly takes: readonly WasmValue[];
}

/** One run as a debugger sees it: what it is about to do, and what it has done last. */
export class RunState {
  readonly run: ObservedRun;
  plan: Plan = { kind: "run" };
  /** What a run inside of it has changed that could not pause there. */
  late: WatchHit | undefined;
  /** Where it is paused. */
  stop: Stop | undefined;
  pause: Pause | undefined;
  /** The host functions that it has called and that have not returned. */
  readonly hostCalls: HostFrame[] = [];
  /** The instruction that came last, if each is looked at. */
  private last: Passed | undefined;
  /** The one at which the run was told to go on, and the operand stack before it. */
  private origin: Origin | undefined;
  private mark: Mark | undefined;
  /** The open frames of functions that begin with a loop and have a breakpoint, and marks where they return to. */
  private readonly entered = new Map<number, { readonly func: LoweredFunction; readonly mark: Mark | undefined }>();

  constructor(run: ObservedRun) {
    this.run = run;
  }

  // --- Arriving at an instruction ---

  /** @returns the reason to stop there, if the plan has come to its end */
  arrives(execution: Execution): StopReason | undefined {
    const { plan } = this;
    switch (plan.kind) {
      case "run":
        return undefined;
      case "step":
        return plan.reason;
      case "over":
        if (execution.depth <= plan.depth) return "step";
        // A call: it is run in the loop, up to where the caller goes on.
        this.goBackTo(execution, plan.depth);
        return undefined;
      case "back":
        return execution.depth <= plan.depth ? "step" : undefined;
    }
  }

  /** An exception was caught: where that is further out than the plan wanted to stop, it stops there. */
  caughtAt(execution: Execution): void {
    const { depth } = execution;
    this.forgetsFrames(execution);
    if ((this.plan.kind === "back" || this.plan.kind === "over") && depth <= this.plan.depth) {
      this.plan = { kind: "step", reason: "step" };
    }
  }

  // --- Functions that begin with a loop ---

  /** Lets go of frames that are not open any more, now that the run stands in this one. */
  forgetsFrames({ fp }: Pick<Execution, "fp">): void {
    for (const [entered, { mark }] of this.entered) {
      if (entered <= fp) continue;
      mark?.space.steps.unmark(mark.position);
      this.entered.delete(entered);
    }
  }

  /** At the first instruction of a function, a loop: whether the run has come by a call, and not round the loop. */
  entersFrame(execution: Execution): boolean {
    const [frame, caller] = framesOf(execution);
    const known = this.entered.get(frame.fp);
    if (known?.func === frame.func) return false;
    known?.mark?.space.steps.unmark(known.mark.position);
    // So that the end of this frame is noticed before the next one stands in its place.
    const mark = caller?.space.watched ? { space: caller.space, position: caller.position } : undefined;
    mark?.space.steps.mark(mark.position);
    this.entered.set(frame.fp, { func: frame.func, mark });
    return true;
  }

  /** Takes note of the instruction that comes now. */
  passes({ space, pc, fp }: Execution): void {
    this.last = { space, pc, fp };
  }

  /**
   * The instruction that was executed last, seen from the frame in which the run stops: that at which it was told to go on,
   * where it is back in the same frame.
   * @param each whether all instructions are looked at, whatever the plan
   */
  executedBefore(frame: WasmFrame, each: boolean): ExecutedInstruction | undefined {
    const { origin, plan } = this;
    if (plan.kind !== "run" && origin?.fp === frame.identity) return executed(origin, frame, origin.takes);
    const { last } = this;
    if (last === undefined || !(each || plan.kind === "step" || plan.kind === "over")) return undefined;
    const isOrigin = last.pc === origin?.pc && last.fp === origin.fp;
    return executed(last, frame, isOrigin ? origin.takes : undefined);
  }

  // --- Going on ---

  hold(stop: Stop): void {
    this.stop = stop;
    this.pause = new Pause();
  }

  /** @param stop where the run stands */
  goOn(command: Command, stop: Stop): void {
    this.clearMark();
    this.stop = undefined;
    this.pause = undefined;
    const { execution } = this.run;
    const depth = execution?.depth ?? 0;
    switch (command) {
      case "continue":
        this.plan = { kind: "run" };
        break;
      case "step":
        this.plan = { kind: "step", reason: "step" };
        break;
      case "over":
        this.plan = { kind: "over", depth };
        break;
      case "out":
        if (execution !== undefined) this.goBackTo(execution, depth - 1);
        break;
    }
    this.origin = undefined;
    if (command === "continue" || stop.reason === "failure" || execution === undefined) return;
    const { space, pc, fp } = execution;
    this.origin = { space, pc, fp, takes: stop.frame.takes };
  }

  /** Marks where the frame at that depth goes on. */
  private goBackTo(execution: Execution, depth: number): void {
    this.plan = { kind: "back", depth };
    let open = execution.depth;
    for (const { space, position, calleeFp } of framesOf(execution)) {
      if (open-- !== depth) continue;
      if (calleeFp === undefined || !space.watched) return;
      this.mark = { space, position };
      space.steps.mark(position);
      return;
    }
  }

  /** The run has ended. */
  clearMarks(): void {
    this.clearMark();
    this.forgetsFrames({ fp: -1 });
  }

  private clearMark(): void {
    this.mark?.space.steps.unmark(this.mark.position);
    this.mark = undefined;
  }
}

/** @param takes the operands that it took, where they are known: then what it left is, too */
function executed(
  { space, pc, fp }: Passed,
  frame: WasmFrame,
  takes: readonly WasmValue[] | undefined,
): ExecutedInstruction | undefined {
  const func = space.functionAt(pc);
  const { source } = space.instance;
  const step = func && stepsOf(space, func.index).at(pc);
  if (func === undefined || source === undefined || step === undefined) return undefined;
  const disassembler = Disassembler.of(source);
  // A tail call of the function itself stands where its own frame stood.
  const replaces = disassembler.infoAt(step.offset).name.startsWith("return_call");
  const isSame = fp === frame.identity && frame.instance === space.instance && frame.functionIndex === func.index;
  const here = isSame && !replaces;
  return {
    offset: step.offset,
    text: disassembler.textAt(func.index, step.offset),
    takes: takes ?? [],
    leaves: here && takes !== undefined ? frame.operands.slice(firstLeft(step, frame.operands.length)) : undefined,
  };
}

/** The first of the operands that an instruction has left. A branch may have let go of some below those that it took along. */
function firstLeft({ types, takes, carries }: Step, operands: number): number {
  return carries > 0 ? Math.max(0, operands - carries) : types.length - takes;
}
