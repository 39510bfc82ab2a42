import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { log } from "../common/log.ts";
import type { Value } from "../common/wasm-value.ts";
import type { Execution } from "../executor/engine/execution.ts";
import { type Executor, requireExecutor } from "../executor/executor.ts";
import type { CodeSpace } from "../executor/lowering/code-space.ts";
import { Attention, IdleObserver, type ObservedRun, type Pause } from "../executor/observer.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { Breakpoint, type BreakpointPlace } from "./breakpoint.ts";
import { Breakpoints } from "./breakpoints.ts";
import { hostFrame } from "./frame.ts";
import { OpenRuns } from "./open-runs.ts";
import type { Plan, RunState } from "./run-state.ts";
import { type Command, Stop, type StopReason } from "./stop.ts";
import { offsetText } from "./text.ts";
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
  /**
   * Told of a stop that a run passes by, since it cannot pause (`Stop.obstacle` says why) and `onStop` has not answered. The
   * stop can be read as long as this is called. Where nobody asks, a breakpoint that is passed by is logged, once.
   */
  onPass: ((stop: Stop) => void) | undefined;
  /** Whether runs stop where they fail; true unless it is set. */
  stopsAtFailure = true;
  private readonly executor: Executor;
  private readonly points = new Breakpoints();
  private readonly watched = new Set<Watchpoint>();
  private readonly runs = new OpenRuns();
  private firstPlan: Plan = { kind: "run" };
  private readonly paused: Stop[] = [];
  private waiting: ((stop: Stop) => void)[] = [];

  /** Attaches to an executor, until `detach`. */
  constructor(executor: Executor) {
    super();
    this.executor = requireExecutor(executor);
    executor.addObserver(this);
  }

  /** Takes all breakpoints and watchpoints away and lets what is paused go on. */
  detach(): void {
    for (const breakpoint of this.points.all) this.points.remove(breakpoint);
    this.watched.clear();
    this.firstPlan = { kind: "run" };
    this.executor.removeObserver(this);
    for (const stop of this.paused.slice()) stop.resume("continue");
  }

  // --- What to stop for ---

  /** Those that are set, in the order in which they were. */
  get breakpoints(): readonly Breakpoint[] {
    return this.points.all;
  }

  /** Those that are set, in the order in which they were. */
  get watchpoints(): readonly Watchpoint[] {
    return Array.from(this.watched);
  }

  /**
   * Makes runs stop before an instruction.
   * @param place a function's name, export or index, for its first instruction; or an offset in the module's bytes
   * @param condition asked when a run is there; absent: it stops each time. What it throws ends the run, as it does with `onStop`
   * @throws FuncNotFound, WrongInstanceIndex where there is no such function or instruction
   */
  addBreakpoint(instance: ModuleInstance, place: BreakpointPlace, condition?: (stop: Stop) => boolean): Breakpoint {
    const breakpoint = new Breakpoint(instance, place, condition);
    this.points.add(breakpoint);
    return breakpoint;
  }

  /** Without effect where it has been removed already. */
  removeBreakpoint(breakpoint: Breakpoint): void {
    this.points.remove(breakpoint);
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

  /** Without effect where it has been removed already. */
  removeWatchpoint(watchpoint: Watchpoint): void {
    this.watched.delete(watchpoint);
  }

  private executionToWatch(): Execution | undefined {
    return this.runs.present?.run.execution ?? this.paused[0]?.run.execution;
  }

  /** Makes runs stop at their next instruction: those that are under way, and the next one that begins. */
  pause(): void {
    for (const state of this.runs.all) state.plan = { kind: "step", reason: "pause" };
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
    const { kind } = this.runs.present?.plan ?? this.firstPlan;
    if (kind === "step" || kind === "over" || this.watched.size > 0) return Attention.Each;
    return kind === "back" || this.points.any ? Attention.Marks : Attention.None;
  }

  override enter(run: ObservedRun): void {
    this.runs.enter(run, (around) => {
      const plan = around?.plan.kind === "step" ? around.plan : this.firstPlan;
      this.firstPlan = { kind: "run" };
      return plan;
    });
  }

  override leave(): void {
    this.runs.leave();
  }

  override ends(run: ObservedRun): void {
    const state = this.runs.of(run);
    if (state !== undefined) this.hasEnded(state);
  }

  /** Whoever stepped through a run that a host function began goes on stepping behind that host function. */
  private hasEnded(state: RunState): void {
    const around = this.runs.around(state);
    if (around !== undefined && state.plan.kind !== "run") around.plan = { kind: "step", reason: "step" };
    this.runs.forget(state.run);
    state.clearMarks();
  }

  override usesCode(space: CodeSpace): void {
    this.points.usesCode(space);
  }

  override beforeHostCall(func: FunctionInstance, args: readonly Value[]): void {
    this.runs.present?.hostCalls.push(hostFrame(func, args));
  }

  override afterHostCall(): void {
    this.runs.present?.hostCalls.pop();
  }

  override catches(execution: Execution): void {
    this.runs.present?.caughtAt(execution);
  }

  override beforeInstruction(run: ObservedRun): Pause | undefined {
    const state = this.runs.of(run);
    const { execution } = run;
    if (state === undefined || execution === undefined) return undefined;
    state.forgetsFrames(execution);
    const change = (this.watched.size > 0 ? this.changeIn(execution) : undefined) ?? state.late;
    state.late = undefined;
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
    const state = this.runs.of(run);
    if (state === undefined) return undefined;
    this.leavesStop(state);
    const wanted = error instanceof WasmEdgeError && wantedEnds.has(error.code);
    const shown = run.execution !== undefined && !wanted && this.stopsAtFailure;
    const pause = shown ? this.hold(this.stopFor("failure", state, { error }), state) : undefined;
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
    for (const breakpoint of this.points.at(space, pc)) {
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
    return new Stop(
      reason,
      this.runs.standing(state),
      (command) => this.resume(state, command),
      cause,
      state.run.mayPause ? undefined : this.obstacleOf(state),
    );
  }

  private obstacleOf(state: RunState): string {
    const caller = this.runs.around(state)?.hostCalls.slice(-1)[0];
    const name = caller?.functionName ?? caller?.functionIndex;
    const instead = "asynchronously (asyncInvoke), drive it by a DebugSession, or answer in onStop";
    return caller === undefined
      ? `The run is to be finished at once, so its caller stands on JavaScript's stack: begin it ${instead}.`
      : `The run was begun by the host function "${name}" of the module "${caller.instance?.name ?? ""}", which stands on JavaScript's stack until it has ended: let that await frame.asyncInvoke, or answer in onStop.`;
  }

  private hold(stop: Stop, state: RunState): Pause | undefined {
    const command = this.onStop?.(stop);
    if (command === undefined && !state.run.mayPause) {
      this.passBy(stop, state);
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

  private passBy(stop: Stop, state: RunState): void {
    const { breakpoint, change } = stop;
    if (this.onPass !== undefined) this.onPass(stop);
    else if (breakpoint?.passed === 0) {
      log.warning(
        `Debugger: a run passes by the breakpoint at offset ${offsetText(breakpoint.offset)}. ${stop.obstacle}`,
      );
    }
    if (breakpoint !== undefined) breakpoint.passed++;
    // A run around it may stand still, when its host function has returned.
    if (change !== undefined) {
      for (const around of this.runs.from(state)) {
        if (!around.run.mayPause) continue;
        around.late ??= change;
        break;
      }
    }
    state.goOn("continue", stop);
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
    for (const outer of this.runs.from(state)) if (outer !== state) outer.plan = { kind: "run" };
  }
}
