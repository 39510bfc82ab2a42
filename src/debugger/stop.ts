import type { WasmValue } from "../common/wasm-value.ts";
import { Coredump } from "../executor/coredump/coredump.ts";
import type { ObservedRun } from "../executor/observer.ts";
import type { GlobalInstance } from "../store/global-instance.ts";
import type { MemoryInstance } from "../store/memory-instance.ts";
import type { TableInstance } from "../store/table-instance.ts";
import type { Breakpoint } from "./breakpoint.ts";
import { type Frame, type HostFrame, WasmFrame, wasmFrames } from "./frame.ts";
import type { WatchHit } from "./watchpoint.ts";

/** Why a run stands still. */
export type StopReason =
  /** Before its first instruction. */
  | "start"
  | "step"
  | "breakpoint"
  | "watchpoint"
  /** `Debugger.pause` was called. */
  | "pause"
  /** It has failed, and ends when it is resumed. */
  | "failure";

/** How a run goes on. */
export type Command =
  /** One instruction: into a called function, to its first one. */
  | "step"
  /** One instruction; a call whole. */
  | "over"
  /** Until the present function has returned. */
  | "out"
  | "continue";

/** The instruction that was executed between two stops. */
export interface ExecutedInstruction {
  readonly offset: number;
  readonly text: string;
  /** The operands that it took, the topmost last; of a branch or return also those that it took along. */
  readonly takes: readonly WasmValue[];
  /** What it left on the operand stack; undefined where the run has gone to another frame. */
  readonly leaves: readonly WasmValue[] | undefined;
}

function* framesOfRuns(runs: readonly StandingRun[]): Generator<Frame, undefined> {
  for (const { run, hostCalls } of runs) {
    yield* hostCalls;
    if (run.execution !== undefined) yield* wasmFrames(run.execution);
  }
}

/** A run, and the host functions that it is in, innermost first. */
export interface StandingRun {
  readonly run: ObservedRun;
  readonly hostCalls: readonly HostFrame[];
}

/** A run that stands before an instruction, or at the one that has failed. Valid until the run goes on. */
export class Stop {
  readonly reason: StopReason;
  /** For the reason `breakpoint`. */
  readonly breakpoint: Breakpoint | undefined;
  /** For the reason `watchpoint`. */
  readonly change: WatchHit | undefined;
  /** For the reason `failure`. */
  readonly error: unknown;
  /** Why the run cannot stand still here, in words; undefined where it can. */
  readonly obstacle: string | undefined;
  /** The instruction that a step has just executed. */
  executed: ExecutedInstruction | undefined;
  readonly run: ObservedRun;
  /** That run, and those whose host functions it is inside of, innermost first. */
  private readonly runs: readonly StandingRun[];
  /** The frames that somebody has asked for. A run may be deep, and a condition looks at the innermost one only. */
  private readonly known: Frame[] = [];
  /** The others. */
  private readonly coming: Generator<Frame, undefined>;
  private readonly go: (command: Command) => void;

  constructor(
    reason: StopReason,
    runs: readonly StandingRun[],
    go: (command: Command) => void,
    cause: { readonly breakpoint?: Breakpoint; readonly change?: WatchHit; readonly error?: unknown } = {},
    obstacle?: string,
  ) {
    this.reason = reason;
    this.runs = runs;
    this.run = runs[0].run;
    this.coming = framesOfRuns(runs);
    this.go = go;
    this.breakpoint = cause.breakpoint;
    this.change = cause.change;
    this.error = cause.error;
    this.obstacle = obstacle;
  }

  /** Innermost first: wasm and host functions, also those of the runs whose host functions began this one. */
  get frames(): readonly Frame[] {
    for (const frame of this.coming) this.known.push(frame);
    return this.known;
  }

  /** The innermost frame of a wasm function. */
  get frame(): WasmFrame {
    let found = this.known.find((frame) => frame instanceof WasmFrame);
    while (found === undefined) {
      const { done, value } = this.coming.next();
      if (done === true) throw new Error("BUG: a stop without a wasm function");
      this.known.push(value);
      if (value instanceof WasmFrame) found = value;
    }
    return found;
  }

  /** All that there is at this stop, as a core dump: the frames of all runs that are inside one another, memories, globals. */
  coredump(): Coredump {
    const dump = new Coredump();
    this.runs.forEach(({ run: { execution } }, i) => {
      // The outer runs stand at calls of host functions.
      if (execution !== undefined) dump.add(execution, i === 0 && this.reason === "failure");
    });
    return dump;
  }

  get memories(): readonly MemoryInstance[] {
    return this.frame.instance.memories;
  }

  get globals(): readonly GlobalInstance[] {
    return this.frame.instance.globals;
  }

  get tables(): readonly TableInstance[] {
    return this.frame.instance.tables;
  }

  /** Lets a run go on that is paused. Nothing of this stop may be used afterwards. */
  resume(command: Command): void {
    this.go(command);
  }
}
