import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import type { WasmValue } from "../common/wasm-value.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { readResults, writeParams } from "./call-values.ts";
import { Calls } from "./calls.ts";
import { dumpCore } from "./coredump/coredump.ts";
import { Execution } from "./engine/execution.ts";
import type { Exit } from "./engine/exit.ts";
import { GCHeap } from "./engine/gc/gc-heap.ts";
import type { ValueStack } from "./engine/value-stack.ts";
import type { Executor } from "./executor.ts";
import { enterFrame } from "./frames.ts";
import { Fuel } from "./fuel.ts";
import { wordsOf } from "./lowering/lowering.ts";
import type { ObservedRun, Observer } from "./observer.ts";
import { Rounds } from "./rounds.ts";
import { RunWaits } from "./run-waits.ts";
import type { ShortCall } from "./short-call.ts";
import type { Pending, SlicedRun, SuspendableCall } from "./sliced-run.ts";
import { type RunOptions, StopToken } from "./stop-token.ts";
import { Watch } from "./watch.ts";

/**
 * One call from outside, from its parameters to its results, slice by slice: `Rounds` drives the run loop, `RunWaits` knows what
 * the run waits for, `Watch` how an observer wants it to go. WasmEdge `Executor::runFunction`.
 */
export class Invocation implements SlicedRun<WasmValue[]>, ObservedRun, SuspendableCall {
  readonly func: FunctionInstance;
  /** The state; undefined before the run has begun, and where the function is a host function. */
  execution: Execution | undefined;
  private readonly executor: Executor;
  private readonly params: readonly WasmValue[];
  private readonly stack: ValueStack;
  private readonly options: RunOptions;
  private readonly stop: StopToken;
  private readonly fuel: Fuel;
  private readonly calls: Calls;
  private readonly waits: RunWaits;
  private readonly rounds: Rounds;
  private results: WasmValue[] | undefined;
  private watch: Watch | undefined;
  private spentBefore = 0;
  /** Why the loop has come back, where that is still to be dealt with. */
  private exit: Exit | undefined;
  private begun = false;

  /** @param params checked against the function's type */
  constructor(
    executor: Executor,
    stack: ValueStack,
    func: FunctionInstance,
    params: readonly WasmValue[],
    options: RunOptions = {},
  ) {
    this.executor = executor;
    this.stack = stack;
    this.func = func;
    this.params = params;
    this.options = options;
    this.stop = new StopToken(options);
    this.stop.run = this;
    this.fuel = new Fuel(executor);
    this.calls = new Calls(executor, stack, this.fuel, this.stop);
    this.waits = new RunWaits(this.calls, this.fuel, this.stop);
    this.rounds = new Rounds(executor, this.calls, this.fuel, this.waits);
  }

  /** Begins where another run was left. @param execution all of whose frames are in stepwise code */
  beginAt(execution: Execution): void {
    this.execution = execution;
    this.begun = true;
    this.executor.limits.begin(execution);
    this.fuel.beginStepwise();
  }

  /** Goes on with a call that was begun without this. */
  takeOver({ execution, exit }: ShortCall): void {
    this.execution = execution;
    this.begun = true;
    this.executor.limits.begin(execution);
    this.exit = exit;
  }

  /** See `SuspendableCall`. */
  suspend(): Execution {
    const refused = (text: string): never => fail(ErrCode.NotInSnapshot, { kind: "note", text });
    if (this.func.hostFunction !== undefined) refused("The run is a call of a host function.");
    if (!this.begun) {
      // In optimised code a run may stand some instructions further on, for which there is no code.
      this.fuel.beginStepwise();
      this.begin();
    }
    // At its cost limit it stands before an instruction.
    this.waits.standBetween(this.execution);
    return this.execution ?? refused("The run has no frame.");
  }

  // --- Pauses ---

  /** Whether instructions are counted, each as one: then `pauseAt` can be asked for. */
  get canPause(): boolean {
    return this.fuel.meter.canPause;
  }

  /**
   * Lets the run go on up to this count of instructions in the executor's statistics, and no further: `step` does nothing then.
   * @param count Infinity: to its end
   */
  pauseAt(count: number): void {
    this.fuel.pauseAt(count);
  }

  /** Whether the run has come to where it was to pause. */
  get isPaused(): boolean {
    return this.execution !== undefined && this.results === undefined && this.fuel.isPaused(this.execution);
  }

  /** See `SlicedRun`. */
  cancel(reason?: unknown): void {
    this.stop.cancel(reason);
  }

  /** See `SlicedRun`. */
  get pending(): Pending | undefined {
    if (this.watch?.pending !== undefined) return { promise: this.watch.pending, watched: false };
    return this.waits.pending;
  }

  /** The results with their exact bits; once `step` has returned true. */
  result(): WasmValue[] {
    return this.results ?? [];
  }

  /**
   * Goes on for one slice.
   * @param mayPutOff whether a host function may be awaited, and waiting at an address put the run off; where not, that blocks
   *   the thread
   * @returns true once the run has ended
   * @throws WasmEdgeError: a trap, what a host function threw, Interrupted, CostLimitExceeded
   */
  step(mayPutOff = false): boolean {
    const { statistics } = this.executor;
    const timed = this.executor.configure.statistics.timeMeasuring ? statistics : undefined;
    // A host function of another run may have called: its time does not go on meanwhile.
    const withinHost = timed?.isRecordingHost ?? false;
    if (withinHost) timed?.stopRecordHost();
    timed?.startRecordWasm();
    try {
      this.checkStop();
      this.stop.mayAwait = mayPutOff;
      this.fuel.meter.pausesAtLimit = mayPutOff && this.options.atCostLimit === "pause";
      if (this.watch?.isHeld()) return false;
      const ended = mayPutOff ? this.takeTurn() : this.takeSlice();
      if (ended) this.leaveLimits();
      return ended;
    } catch (error) {
      this.leaveLimits();
      this.waits.abandon();
      // What the run has begun and not waited for: a host function's promise, runs within this one.
      this.stop.cancel(error);
      dumpCore(this.executor.configure, this.execution, error);
      throw error;
    } finally {
      timed?.stopRecordWasm();
      if (withinHost) timed?.startRecordHost();
    }
  }

  /** @throws Interrupted */
  private checkStop(): void {
    try {
      this.stop.check();
    } catch (error) {
      if (this.watch?.observer === this.executor.observer) this.watch?.interrupt(error);
      throw error;
    }
  }

  private leaveLimits(): void {
    if (this.execution !== undefined) this.executor.limits.end(this.execution);
  }

  /** A slice that is to be as long as turns are. */
  private takeTurn(): boolean {
    const { meter } = this.fuel;
    const wanted = this.executor.configure.runtime.turnMilliseconds * 1_000_000;
    if (wanted === 0) return this.takeSlice();
    if (!this.begun) meter.beginShort();
    const begin = host.monotonicNanoseconds();
    const ended = this.takeSlice(begin + BigInt(Math.ceil(wanted)));
    if (!ended) meter.fitSlice(Number(host.monotonicNanoseconds() - begin), wanted);
    return ended;
  }

  /** @param until when it is to end, on the monotonic clock */
  private takeSlice(until?: bigint): boolean {
    const { observer } = this.executor;
    return observer === undefined ? this.goOn(until) : this.goOnWatched(observer, until);
  }

  private goOn(until: bigint | undefined): boolean {
    if (!this.waits.end(this.execution)) return false;
    if (!this.begun) this.begin();
    if (this.execution !== undefined) return this.goOnIn(this.execution, until);
    // A host function that the embedder has called.
    if (this.waits.any) return false;
    this.results = readResults(this.stack, this.func);
    return true;
  }

  // --- Runs that an observer looks at ---

  /** See `ObservedRun`. */
  get mayPause(): boolean {
    return this.stop.mayAwait;
  }

  /** See `ObservedRun`. */
  get around(): ObservedRun | undefined {
    return this.stop.runAround;
  }

  /** See `ObservedRun`. */
  takeSpent(): number {
    if (this.execution !== undefined) this.fuel.settle(this.execution);
    const { total } = this.fuel.meter;
    const spent = total - this.spentBefore;
    this.spentBefore = total;
    return spent;
  }

  private goOnWatched(observer: Observer, until: bigint | undefined): boolean {
    if (this.watch?.observer !== observer) this.watch = new Watch(observer, this.fuel, this);
    observer.enter(this);
    try {
      this.watch.beginSlice(this.execution);
      const ended = this.goOn(until);
      if (ended) observer.ends(this);
      return ended;
    } catch (error) {
      if (!this.watch.holdsFailure(error)) throw error;
      return false;
    } finally {
      observer.leave(this);
    }
  }

  /** Puts the parameters on the stack and enters the function; a host function is called at once. */
  private begin(): void {
    const { func, stack } = this;
    this.begun = true;
    const { params, results } = func.type;
    // Host functions have no frame whose size would make room for these.
    stack.reserve(Math.max(wordsOf(params), wordsOf(results)));
    writeParams(stack, this.params);
    if (func.hostFunction !== undefined) {
      this.calls.callHost(func, 0, func.module);
      this.waits.awaitHost();
      return;
    }
    const space = this.fuel.firstSpace(func);
    const execution = new Execution(stack, space, func.type, this.executor.configure.runtime.maxCallDepth);
    execution.heap = new GCHeap(this.executor.configure.runtime);
    enterFrame(execution, { space, index: func.index }, 0, undefined, 0);
    this.execution = execution;
    this.executor.limits.begin(execution);
  }

  private goOnIn(execution: Execution, until: bigint | undefined): boolean {
    const { fuel, waits } = this;
    if (fuel.isPaused(execution)) return false;
    const { observer, statistics } = this.executor;
    const { exit } = this;
    this.exit = undefined;
    const ended = this.rounds.takeSlice(execution, observer === undefined ? undefined : this.watch, until, exit);
    if (ended) this.results = readResults(this.stack, this.func);
    else if (!waits.any && statistics !== undefined && fuel.isAtLimit(execution)) waits.awaitLimit(statistics);
    return ended;
  }
}
