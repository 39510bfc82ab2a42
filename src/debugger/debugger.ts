import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Value } from "../common/wasm-value.ts";
import type { Execution } from "../executor/engine/execution.ts";
import type { Executor } from "../executor/executor.ts";
import type { CodeSpace } from "../executor/lowering/code-space.ts";
import { Attention, IdleObserver, type ObservedRun, type Pause } from "../executor/observer.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { Breakpoint, type BreakpointPlace } from "./breakpoint.ts";
import { type Frame, hostFrame, wasmFrames } from "./frame.ts";
import { type Plan, RunState } from "./run-state.ts";
import { type Command, Stop, type StopReason } from "./stop.ts";
import { makeWatchpoint, type WatchHit, type Watchpoint, type WatchTarget } from "./watchpoint.ts";

/** What ends a run because somebody wants it to: no failure. */
const wantedEnds: ReadonlySet<number> = new Set([ErrCode.Terminated, ErrCode.Interrupted]);

/**
 * Stops runs of an executor, and shows them: at breakpoints, when something watched changes, one instruction after the
 * other, and where they fail.
 *
 * Attaching it costs nothing: code stays optimised until there is a breakpoint, a watchpoint or a step to be made, and then
 * a run goes over to stepwise code wherever it stands. A run that is asynchronous, or driven by a `DebugSession`, pauses at a stop;
 * for one that is neither, and for calls that a host function makes in its midst, there is `onStop`, which is asked within.
 */
export class Debugger extends IdleObserver {
  /**
   * Called at each stop. What it returns the run does next, without a pause; where it returns nothing, the run pauses if it can.
   */
  onStop: ((stop: Stop) => Command | undefined) | undefined;
  /** Whether runs stop where they fail; true unless it is set. */
  stopsAtFailure = true;
  private readonly executor: Executor;
  private readonly points = new Set<Breakpoint>();
  private readonly watched = new Set<Watchpoint>();
  /** The marks of breakpoints: by code space and position. */
  private readonly places = new Map<CodeSpace, Map<number, Breakpoint[]>>();
  private readonly states = new Map<ObservedRun, RunState>();
  /** The runs that are inside one another, outermost first, with the host function between two of them. */
  private readonly open: RunState[] = [];
  private firstPlan: Plan = { kind: "run" };
  private readonly paused: Stop[] = [];
  private waiting: ((stop: Stop) => void)[] = [];

  /** Attaches to an executor, until `detach`. */
  constructor(executor: Executor) {
    super();
    this.executor = executor;
    executor.addObserver(this);
  }

  /** Takes all breakpoints and watchpoints away and lets what is paused go on. */
  detach(): void {
    for (const breakpoint of this.points) this.removeBreakpoint(breakpoint);
    this.watched.clear();
    this.firstPlan = { kind: "run" };
    this.executor.removeObserver(this);
    for (const stop of this.paused.slice()) stop.resume("continue");
  }

  // --- What to stop for ---

  get breakpoints(): readonly Breakpoint[] {
    return Array.from(this.points);
  }

  get watchpoints(): readonly Watchpoint[] {
    return Array.from(this.watched);
  }

  /**
   * Makes runs stop before an instruction.
   * @param place a function's name, export or index, for its first instruction; or an offset in the module's bytes
   * @param condition asked when a run is there; absent: it stops each time
   * @throws FuncNotFound, WrongInstanceIndex where there is no such function or instruction
   */
  addBreakpoint(instance: ModuleInstance, place: BreakpointPlace, condition?: (stop: Stop) => boolean): Breakpoint {
    const breakpoint = new Breakpoint(instance, place, condition);
    for (const space of this.places.keys()) this.put(breakpoint, space);
    this.points.add(breakpoint);
    return breakpoint;
  }

  removeBreakpoint(breakpoint: Breakpoint): void {
    this.points.delete(breakpoint);
    for (const [space, places] of this.places) {
      for (const [position, held] of places) {
        if (!held.includes(breakpoint)) continue;
        places.set(
          position,
          held.filter((other) => other !== breakpoint),
        );
        space.unmark(position);
      }
    }
  }

  /**
   * Makes runs stop behind the instruction that changes something. Each instruction is looked at while there is a watchpoint.
   * @throws WrongInstanceIndex, MemoryOutOfBounds where there is no such thing
   */
  addWatchpoint(target: WatchTarget): Watchpoint {
    const watchpoint = makeWatchpoint(target);
    this.watched.add(watchpoint);
    const execution = this.executionToWatch();
    if (execution !== undefined) watchpoint.begin(execution);
    return watchpoint;
  }

  removeWatchpoint(watchpoint: Watchpoint): void {
    this.watched.delete(watchpoint);
  }

  private executionToWatch(): Execution | undefined {
    return this.open[this.open.length - 1]?.run.execution ?? this.paused[0]?.run.execution;
  }

  /** Makes runs stop at their next instruction: those that are under way, and the next one that begins. */
  pause(): void {
    for (const state of this.states.values()) state.plan = { kind: "step", reason: "pause" };
    this.firstPlan = { kind: "step", reason: "pause" };
  }

  /** Makes the next run that begins stop before its first instruction. */
  stopAtStart(): void {
    this.firstPlan = { kind: "step", reason: "start" };
  }

  // --- Runs that are paused ---

  /** The runs that are paused now, in the order in which they stopped. */
  get stops(): readonly Stop[] {
    return this.paused;
  }

  /**
   * The next stop at which a run pauses; at once where one is paused already. For asynchronous runs. It does not settle where no
   * run pauses any more: `Promise.race([debug.nextStop(), run.wait()])` tells.
   */
  nextStop(): Promise<Stop> {
    const [stop] = this.paused;
    if (stop !== undefined) return Promise.resolve(stop);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  // --- Looking on: see Observer ---

  override get attention(): Attention {
    const state = this.open[this.open.length - 1];
    const { kind } = state?.plan ?? this.firstPlan;
    if (kind === "step" || kind === "over" || this.watched.size > 0) return Attention.Each;
    return kind === "back" || this.points.size > 0 ? Attention.Marks : Attention.None;
  }

  override enter(run: ObservedRun): void {
    let state = this.states.get(run);
    if (state === undefined) {
      const outer = this.open[this.open.length - 1];
      state = new RunState(run, outer?.plan.kind === "step" ? outer.plan : this.firstPlan);
      this.firstPlan = { kind: "run" };
      this.states.set(run, state);
    }
    this.open.push(state);
  }

  override leave(): void {
    this.open.pop();
  }

  override ends(run: ObservedRun): void {
    const state = this.states.get(run);
    this.states.delete(run);
    this.hasEnded(state);
  }

  /** Whoever stepped through a run that a host function began goes on stepping behind that host function. */
  private hasEnded(state: RunState | undefined): void {
    const outer = this.open[this.open.length - 2];
    if (state !== undefined && outer !== undefined && state.plan.kind !== "run") {
      outer.plan = { kind: "step", reason: "step" };
    }
    state?.clearMarks();
  }

  override usesCode(space: CodeSpace): void {
    if (this.places.has(space)) return;
    this.places.set(space, new Map());
    for (const breakpoint of this.points) this.put(breakpoint, space);
  }

  private put(breakpoint: Breakpoint, space: CodeSpace): void {
    if (space.instance !== breakpoint.instance) return;
    const places = this.places.get(space);
    for (const position of breakpoint.positionsIn(space)) {
      space.mark(position);
      places?.set(position, (places.get(position) ?? []).concat(breakpoint));
    }
  }

  override beforeHostCall(func: FunctionInstance, args: readonly Value[]): void {
    this.open[this.open.length - 1]?.hostCalls.push(hostFrame(func, args));
  }

  override afterHostCall(): void {
    this.open[this.open.length - 1]?.hostCalls.pop();
  }

  override catches(execution: Execution): void {
    this.open[this.open.length - 1]?.caughtAt(execution);
  }

  override beforeInstruction(run: ObservedRun): Pause | undefined {
    const state = this.states.get(run);
    const { execution } = run;
    if (state === undefined || execution === undefined) return undefined;
    state.forgetsFrames(execution);
    const change = this.watched.size > 0 ? this.changeIn(execution) : undefined;
    const breakpoint = this.breakpointAt(state, execution);
    const stepped = state.arrives(execution);
    let stop: Stop | undefined;
    if (change !== undefined) stop = this.stopFor("watchpoint", state, { change });
    else if (breakpoint !== undefined) stop = breakpoint;
    else if (stepped !== undefined) stop = this.stopFor(stepped, state);
    if (stop !== undefined) stop.executed = state.executedBefore(stop.frame, this.watched.size > 0);
    state.passes(execution);
    return stop === undefined ? undefined : this.hold(stop, state);
  }

  override fails(run: ObservedRun, error: unknown): Pause | undefined {
    const state = this.states.get(run);
    this.states.delete(run);
    this.leavesStop(state);
    const wanted = error instanceof WasmEdgeError && wantedEnds.has(error.code);
    if (state === undefined || run.execution === undefined || wanted || !this.stopsAtFailure) {
      this.hasEnded(state);
      return undefined;
    }
    const pause = this.hold(this.stopFor("failure", state, { error }), state);
    this.hasEnded(state);
    return pause;
  }

  // --- Stops ---

  private changeIn(execution: Execution): WatchHit | undefined {
    let first: WatchHit | undefined;
    for (const watchpoint of this.watched) {
      const seen = watchpoint.check(execution);
      if (seen === "gone") this.watched.delete(watchpoint);
      else first ??= seen;
    }
    return first;
  }

  private breakpointAt(state: RunState, execution: Execution): Stop | undefined {
    const { space, pc } = execution;
    for (const breakpoint of this.places.get(space)?.get(pc) ?? []) {
      if (breakpoint.isAtLoop && !state.entersFrame(execution)) continue;
      const stop = this.stopFor("breakpoint", state, { breakpoint });
      if (breakpoint.condition?.(stop) ?? true) return stop;
    }
    return undefined;
  }

  private stopFor(
    reason: StopReason,
    state: RunState,
    cause: { readonly breakpoint?: Breakpoint; readonly change?: WatchHit; readonly error?: unknown } = {},
  ): Stop {
    const outer = this.open.filter((other) => other !== state).map(({ run }) => run);
    return new Stop(
      reason,
      [state.run, ...outer.reverse()],
      this.framesNow(),
      (command) => this.resume(state, command),
      cause,
    );
  }

  /** The frames of all runs that are inside one another, innermost first. */
  private framesNow(): Frame[] {
    const frames: Frame[] = [];
    for (let level = this.open.length; level > 0; level--) {
      const state = this.open[level - 1];
      frames.push(...(state?.hostCalls.slice().reverse() ?? []));
      if (state?.run.execution !== undefined) frames.push(...wasmFrames(state.run.execution));
    }
    return frames;
  }

  private hold(stop: Stop, state: RunState): Pause | undefined {
    const command = this.onStop?.(stop);
    if (command === undefined && !state.run.mayPause) {
      if (stop.breakpoint !== undefined) stop.breakpoint.passed++;
      state.goOn("continue", stop);
      return undefined;
    }
    if (stop.breakpoint !== undefined) stop.breakpoint.hits++;
    if (command !== undefined) {
      this.plan(state, command, stop);
      return undefined;
    }
    state.hold(stop);
    this.paused.push(stop);
    for (const tell of this.waiting.splice(0)) tell(stop);
    return state.pause;
  }

  private resume(state: RunState, command: Command): void {
    const { pause } = state;
    const stop = this.leavesStop(state);
    if (stop === undefined) return;
    this.plan(state, command, stop);
    pause?.resume();
  }

  /** A run that was paused is so no more: it goes on, or was ended where it stood. @returns where it stood */
  private leavesStop(state: RunState | undefined): Stop | undefined {
    const stop = state?.stop;
    const at = stop === undefined ? -1 : this.paused.indexOf(stop);
    if (at < 0) return undefined;
    this.paused.splice(at, 1);
    return stop;
  }

  private plan(state: RunState, command: Command, stop: Stop): void {
    state.goOn(command, stop);
    // What the outer runs were about to do, this one has taken over.
    for (const outer of this.open) if (outer !== state) outer.plan = { kind: "run" };
  }
}
