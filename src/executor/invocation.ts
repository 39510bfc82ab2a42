import type { FunctionType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import type { WasmValue } from "../common/wasm-value.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { Calls } from "./calls.ts";
import { dumpCore } from "./coredump/coredump.ts";
import { canPutOff, putOff } from "./engine/atomic/pending-wait.ts";
import { block, endWait, waitAt } from "./engine/atomic/wait.ts";
import { LongOperation } from "./engine/cold/long-operation.ts";
import { BULK_WORK_OF_A_SLICE, Execution } from "./engine/execution.ts";
import { Exit } from "./engine/exit.ts";
import { GCHeap } from "./engine/gc/gc-heap.ts";
import { irLengths } from "./engine/generated/ir.ts";
import { trainLoop } from "./engine/training.ts";
import { thrownError } from "./engine/trap-error.ts";
import type { ValueStack } from "./engine/value-stack.ts";
import type { Executor } from "./executor.ts";
import { handleExit } from "./exits.ts";
import { enterFrame, leaveInstance } from "./frames.ts";
import { Fuel } from "./fuel.ts";
import { slotWords } from "./lowering/frame-builder.ts";
import { wordsOf } from "./lowering/lowering.ts";
import type { ObservedRun, Observer } from "./observer.ts";
import { pendingCall, pendingLimit, pendingWait, type RunPending } from "./run-pending.ts";
import type { Pending, SlicedRun, SuspendableCall } from "./sliced-run.ts";
import { type RunOptions, StopToken } from "./stop-token.ts";
import { Watch } from "./watch.ts";

/**
 * A run that has cost as much is long enough for the run loop's training to pay: half a second or more. V8 compiles the trained
 * loop for as long as that, and meanwhile interprets it; what a shorter program executes is soon compiled without.
 */
const COST_BEFORE_TRAINING = 2 ** 28;

/**
 * A large program meets new instructions all along, and each throws the optimised loop away: it is trained sooner. So many words
 * of lowered code are some 500 functions. docs/performance.md, "Start".
 */
const LARGE_PROGRAM = { words: 1 << 16, cost: 1 << 21 };

/**
 * Rounds of the run loop in a slice. Calls of host functions, between modules and by tail calls leave the loop and take a
 * hundred times as long as what the fuel counts, so the fuel alone would make slices of seconds.
 */
const ROUNDS_OF_A_SLICE = 1024;

/**
 * One call from outside: drives the run loop slice by slice, and does between its rounds what the loop leaves to it:
 * lowering, calls that leave the instance, limits. WasmEdge `Executor::runFunction` and `enterFunction`.
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
  private results: WasmValue[] | undefined;
  private watch: Watch | undefined;
  private spentBefore = 0;
  private waiting: RunPending | undefined;
  private begun = false;
  /** A bulk instruction that is done in pieces. */
  private operation: LongOperation | undefined;

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
  }

  /** Begins where another run was left. @param execution all of whose frames are in stepwise code */
  beginAt(execution: Execution): void {
    this.execution = execution;
    this.begun = true;
    this.executor.limits.begin(execution);
    this.fuel.beginStepwise();
  }

  /** See `SuspendableCall`. */
  suspend(): Execution {
    const refused = (text: string): never => fail(ErrCode.NotInSnapshot, { kind: "note", text });
    if (this.func.hostFunction !== undefined) refused("The run is a call of a host function.");
    // At its cost limit it stands before an instruction.
    if (this.waiting?.isBetween === false)
      refused("The run waits for something from outside: a host function, or an address.");
    if (!this.begun) {
      // In optimised code a run may stand some instructions further on, for which there is no code.
      this.fuel.beginStepwise();
      this.begin();
    }
    while (!this.endOperation()) {
      // The next part of it.
    }
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
    return this.waiting?.settled ? undefined : this.waiting;
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
      this.waiting?.abandon();
      this.operation?.abandon();
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
    const ended = this.takeSlice();
    if (!ended) meter.fitSlice(Number(host.monotonicNanoseconds() - begin), wanted);
    return ended;
  }

  private takeSlice(): boolean {
    const { observer } = this.executor;
    return observer === undefined ? this.goOn() : this.goOnWatched(observer);
  }

  private goOn(): boolean {
    if (!this.endWaiting() || !this.endOperation()) return false;
    if (!this.begun) this.begin();
    if (this.execution !== undefined) return this.goOnIn(this.execution);
    // A host function that the embedder has called.
    if (this.waiting !== undefined) return false;
    this.takeResults(this.func.type);
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

  private goOnWatched(observer: Observer): boolean {
    if (this.watch?.observer !== observer) this.watch = new Watch(observer, this.fuel, this);
    observer.enter(this);
    try {
      this.watch.beginSlice(this.execution);
      const ended = this.goOn();
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
    let at = 0;
    for (const param of this.params) {
      stack.write(at, param);
      at += slotWords(param.type);
    }
    if (func.hostFunction !== undefined) {
      this.calls.callHost(func, 0, func.module);
      this.awaitHost();
      return;
    }
    const space = this.fuel.firstSpace(func);
    const execution = new Execution(stack, space, func.type, this.executor.configure.runtime.maxCallDepth);
    execution.heap = new GCHeap(this.executor.configure.runtime);
    enterFrame(execution, { space, index: func.index }, 0, undefined, 0);
    this.execution = execution;
    this.executor.limits.begin(execution);
  }

  private goOnIn(execution: Execution): boolean {
    const { fuel, stop } = this;
    if (fuel.isPaused(execution)) return false;
    const ended = this.runSlice(execution);
    const { statistics } = this.executor;
    if (!ended && this.waiting === undefined && statistics !== undefined && fuel.isAtLimit(execution)) {
      this.waiting = pendingLimit(statistics, stop.deadline !== undefined);
    }
    return ended;
  }

  private takeResults(type: FunctionType): void {
    let at = 0;
    this.results = type.results.map((result) => {
      const value = this.stack.read(at, result);
      at += slotWords(result);
      return value;
    });
  }

  // --- The slice ---

  /** Whether the run has proved long, or large. */
  private isLong({ space }: Execution): boolean {
    const cost = this.fuel.meter.total;
    return cost >= COST_BEFORE_TRAINING || (cost >= LARGE_PROGRAM.cost && space.words >= LARGE_PROGRAM.words);
  }

  private runSlice(execution: Execution): boolean {
    const { loop } = this.executor;
    if (this.isLong(execution)) trainLoop();
    // Another run may have lowered functions or grown the memory since the last slice.
    execution.refreshCode();
    execution.refreshMemory();
    execution.bulkLeft = BULK_WORK_OF_A_SLICE;
    const watch = this.executor.observer === undefined ? undefined : this.watch;
    this.fuel.grantSlice(execution, watch?.observer.sliceCost);
    for (let round = 0; round < ROUNDS_OF_A_SLICE; round++) {
      if (watch?.stopsBefore(execution)) break;
      const exit = loop(execution);
      switch (exit) {
        case Exit.Leave:
          if (leaveInstance(execution)) {
            this.fuel.settle(execution);
            this.takeResults(execution.type);
            return true;
          }
          break;
        case Exit.Fuel:
          if (watch?.stopsAt(execution)) break;
          if (this.fuel.refuel(execution)) return false;
          break;
        default:
          if (this.handle(execution, exit)) return false;
      }
    }
    this.fuel.settle(execution);
    return false;
  }

  /**
   * @param exit anything but Leave and Fuel
   * @returns true where the slice is over
   */
  private handle(execution: Execution, exit: number): boolean {
    // Tail calls alone can make an endless run, and they come here without a look at the fuel.
    if (execution.fuel < 0 && exit < Exit.Threw && !(this.watch?.goesOnWithoutFuel ?? false)) {
      this.fuel.settle(execution);
      return true;
    }
    try {
      this.dispatch(execution, exit);
      this.awaitHost();
      if (this.waiting === undefined && this.operation === undefined) return false;
      this.fuel.settle(execution);
      return true;
    } catch (error) {
      this.fuel.settle(execution);
      throw error;
    }
  }

  private dispatch(execution: Execution, exit: number): void {
    if (exit === Exit.Wait) this.wait(execution);
    else if (exit === Exit.Threw && execution.thrown instanceof LongOperation) this.operation = execution.thrown;
    else handleExit(execution, exit, this.calls, this.fuel);
  }

  // --- Waiting ---

  /** Takes notice of a host function that has to be awaited. */
  private awaitHost(): void {
    const { calls, stop } = this;
    if (calls.suspended !== undefined) {
      this.waiting = pendingCall(calls, calls.suspended, stop.deadline !== undefined);
    }
  }

  /** Blocks the thread until a wait at an address has ended; or puts the run off, where it may and it does not end at once. */
  private wait(execution: Execution): void {
    const { stop } = this;
    try {
      const wait = waitAt(execution);
      const outcome = stop.mayAwait && canPutOff() ? putOff(wait) : block(wait, stop.deadline);
      if (typeof outcome === "string") endWait(execution, outcome);
      else this.waiting = pendingWait(execution, outcome);
    } catch (error) {
      // A trap as those are that the loop throws.
      execution.thrown = error;
      this.fuel.chargeTrap(execution);
      throw thrownError(execution);
    }
  }

  /** Does the next piece of a bulk instruction, and goes past it when that was the last. @returns false otherwise */
  private endOperation(): boolean {
    const { execution, operation } = this;
    if (operation === undefined || execution === undefined) return true;
    if (!operation.advance()) return false;
    this.operation = undefined;
    execution.pc += irLengths[execution.code[execution.pc]];
    return true;
  }

  /** @returns false where the run has to wait on */
  private endWaiting(): boolean {
    const { waiting } = this;
    if (waiting === undefined) return true;
    if (!waiting.settled) return false;
    this.waiting = undefined;
    waiting.goOn();
    // A host function may have been called only now.
    this.awaitHost();
    return this.waiting === undefined;
  }
}
