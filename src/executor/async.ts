import { refuseArgument, requireKind, requireObject } from "../common/arguments.ts";
import { deadlineIn } from "../common/deadline.ts";
import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import type { CallingAsync } from "../store/calling-frame.ts";
import { EventLoopTurns } from "./event-loop-turns.ts";
import type { Pending, SlicedRun, SuspendableCall } from "./sliced-run.ts";
import { interrupted, type RunOptions } from "./stop-token.ts";
import { Waiters } from "./waiters.ts";

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/**
 * The result of a run that goes on while others have their turn: `await` it, wait for it, or cancel it.
 *
 * WasmEdge's `Async<T>` starts a thread. Here the run goes slice by slice on the host's event loop, so it begins after the
 * call that made it has returned, and host functions are called on the one thread that there is. On a host without
 * timers the slices are microtasks. `cancel` reaches this run only: in WasmEdge a stop that finds nothing running ends
 * the next run.
 */
export class Async<T> implements CallingAsync<T> {
  private readonly start: () => SlicedRun<T>;
  private readonly turns: EventLoopTurns;
  private readonly signal: RunOptions["signal"];
  private readonly onAbort = (): void => this.cancel(this.signal?.reason);
  private run: SlicedRun<T> | undefined;
  private outcome: Outcome<T> | undefined;
  /** Why the run is to end before it has begun. */
  private cancelled: { readonly reason: unknown } | undefined;
  private stepping = false;
  private handedOver = false;
  private readonly waiters = new Waiters();
  /** Its owner has put the run on hold. */
  private held = false;
  private pauseWaiters: ((paused: boolean) => void)[] = [];

  /**
   * @param start makes the run at its first turn; what it throws is the result
   * @param options the signal cancels
   * @param turnMilliseconds how long the run may keep the event loop; Infinity: until it waits
   */
  constructor(start: () => SlicedRun<T>, options: Pick<RunOptions, "signal"> = {}, turnMilliseconds = 10) {
    const { signal } = requireObject("The options of a run", options);
    if (!(turnMilliseconds >= 0)) refuseArgument("turnMilliseconds", "a number from 0 on", turnMilliseconds);
    this.start = start;
    this.turns = new EventLoopTurns(
      { takeTurn: (until) => this.takeTurn(until), look: () => this.look() },
      turnMilliseconds,
    );
    this.signal = signal;
    if (signal?.aborted) this.cancel(signal.reason);
    else signal?.addEventListener("abort", this.onAbort);
    this.schedule();
  }

  /** True once the run has ended, well or not. */
  get done(): boolean {
    return this.outcome !== undefined;
  }

  /** True while the run stands still until `resume`: at its cost limit, or because of `pause`. */
  get paused(): boolean {
    return !this.done && (this.held || this.run?.pending?.resume !== undefined);
  }

  /** Resolves with true when the run stands still, at once where it does already; with false when it has ended. */
  whenPaused(): Promise<boolean> {
    if (this.done || this.paused) return Promise.resolve(!this.done);
    return new Promise((resolve) => this.pauseWaiters.push(resolve));
  }

  /**
   * Puts the run on hold where it stands, until `resume`. A deadline ends it no sooner than then; `cancel` does.
   */
  pause(): void {
    if (this.done) return;
    this.held = true;
    this.notifyPaused();
  }

  /**
   * Lets a run that stands still go on; without effect on another.
   * @param cost added to the cost limit of the statistics, which the executor's runs share; 0 where `setCostLimit` has done that.
   *   Where that is too little, the run stands still again.
   * @throws RuntimeError for less than 0
   */
  resume(cost = 0n): void {
    if (cost < 0n) throw new WasmEdgeError(ErrCode.RuntimeError, { kind: "note", text: `No cost to add: ${cost}` });
    if (!this.paused) return;
    this.held = false;
    this.run?.pending?.resume?.(cost);
    this.turns.post();
  }

  /** For snapshots. The call that the run is at present; undefined before its first turn and after its end. */
  get call(): SuspendableCall | undefined {
    return this.run?.call;
  }

  /** Whether the run is executing: somebody asks from within a host function of its own. */
  get isInside(): boolean {
    return this.stepping;
  }

  /** The result; rejects with the error that ended the run. WasmEdge `get`, which blocks. */
  get(): Promise<T> {
    return new Promise((resolve, reject) => {
      this.whenEnded(() => {
        if (this.outcome?.ok) resolve(this.outcome.value);
        else reject(this.outcome?.error);
      });
    });
  }

  // biome-ignore lint/suspicious/noThenProperty: a thenable on purpose, so that `await` works on it
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.get().then(onFulfilled, onRejected);
  }

  /** Resolves when the run has ended, well or not; never rejects. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.whenEnded(resolve));
  }

  /**
   * Waits, but not longer than `milliseconds`; Infinity is like `wait`.
   * @returns whether the run has ended by then; the run goes on in either case
   * @throws RuntimeError for NaN
   */
  waitFor(milliseconds: number): Promise<boolean> {
    if (this.done) return Promise.resolve(true);
    const deadline = deadlineIn(milliseconds);
    return new Promise((resolve) => {
      this.waiters.add(deadline, resolve);
      if (deadline !== undefined && (this.turns.isWaiting || this.held)) this.turns.watch();
    });
  }

  /** The same until a time of the clock on the wall. @throws RuntimeError where `time` is no date */
  waitUntil(time: Date): Promise<boolean> {
    return this.waitFor(requireKind("The time", time, Date, "Date").getTime() - Date.now());
  }

  /**
   * Makes the run end with Interrupted, also where it waits for something; without effect once it has ended.
   * @param reason the error's `cause`
   */
  cancel(reason?: unknown): void {
    if (this.done) return;
    this.cancelled ??= { reason };
    this.run?.cancel(reason);
    if (this.turns.isWaiting || this.held) {
      this.held = false;
      this.turns.post();
    }
  }

  /**
   * Begins now, and goes on until the run has ended or waits for something from outside, however long that takes; the rest
   * comes in its turns. Without effect on a run that waits or is on hold, and where a host function of the run itself asks.
   */
  advance(): void {
    if (this.run?.pending === undefined) this.takeTurn(undefined);
  }

  /**
   * Runs the rest at once, without giving others a turn: for callers that cannot await.
   * @returns the result
   * @throws the error that ended the run; ReentrantExecution where a host function of the run itself asks; WaitNotAllowed
   *   where the run waits for something that comes by the event loop, and goes on in its turns
   */
  finish(): T {
    this.stepUntil(undefined, false);
    return this.takeOutcome();
  }

  /**
   * Like `finish`, but leaves off after `milliseconds`.
   * @returns whether the run has ended; where not, it goes on in its turns
   * @throws ReentrantExecution where a host function of the run itself asks; RuntimeError for NaN
   */
  finishWithin(milliseconds: number): boolean {
    this.stepUntil(deadlineIn(milliseconds), true);
    return this.done;
  }

  /**
   * Gives the run to another `Async`, which drives it as a part of its own: this one takes no more turns by itself.
   * What ended the run is thrown by `result`.
   */
  handOver(): SlicedRun<T> {
    this.handedOver = true;
    this.signal?.removeEventListener("abort", this.onAbort);
    const pending = (): Pending | undefined => this.run?.pending;
    const call = (): SuspendableCall | undefined => this.call;
    return {
      step: (mayPutOff) => {
        this.stepUntil(0n, mayPutOff);
        return this.done;
      },
      get call() {
        return call();
      },
      get pending() {
        return pending();
      },
      result: () => this.takeOutcome(),
      cancel: (reason) => this.cancel(reason),
    };
  }

  private takeOutcome(): T {
    if (this.outcome?.ok) return this.outcome.value;
    throw this.outcome?.error;
  }

  private whenEnded(notify: () => void): void {
    if (this.done) notify();
    else this.waiters.add(undefined, notify);
  }

  private schedule(): void {
    const pending = this.run?.pending;
    if (this.paused) this.notifyPaused();
    if (pending === undefined) this.turns.post();
    else {
      this.turns.postAfter(pending.promise);
      if (pending.watched || this.waiters.hasTimed) this.turns.watch();
    }
  }

  private takeTurn(until: bigint | undefined): void {
    // `finish` may have come first.
    if (this.done || this.handedOver || this.stepping || this.held) return;
    this.stepUntil(until, true);
    if (this.done) return;
    this.waiters.notifyLate();
    this.schedule();
  }

  private look(): void {
    if (this.held) {
      this.waiters.notifyLate();
      if (this.waiters.hasTimed) this.turns.watch();
    } else if (this.turns.isWaiting) this.turns.take();
  }

  private notifyPaused(): void {
    const waiters = this.pauseWaiters;
    this.pauseWaiters = [];
    for (const notify of waiters) notify(!this.done);
  }

  /** Goes on until the run has ended or waits, or the monotonic clock has reached `deadline`; at least one step. */
  private stepUntil(deadline: bigint | undefined, mayPutOff: boolean): void {
    if (this.stepping) throw new WasmEdgeError(ErrCode.ReentrantExecution);
    if (!mayPutOff && this.run?.pending !== undefined) {
      throw new WasmEdgeError(ErrCode.WaitNotAllowed, { kind: "note", text: "The run waits already: await it." });
    }
    this.stepping = true;
    try {
      while (!this.done) {
        this.step(mayPutOff);
        if (this.run?.pending !== undefined) return;
        if (deadline !== undefined && host.monotonicNanoseconds() >= deadline) return;
      }
    } finally {
      this.stepping = false;
    }
  }

  private step(mayPutOff: boolean): void {
    try {
      this.run ??= this.begin();
      if (this.run.step(mayPutOff)) this.end({ ok: true, value: this.run.result() });
    } catch (error) {
      this.end({ ok: false, error });
    }
  }

  private begin(): SlicedRun<T> {
    if (this.cancelled !== undefined) throw interrupted(this.cancelled.reason);
    const run = this.start();
    // A host function that `start` called may have cancelled.
    if (this.cancelled !== undefined) run.cancel((this.cancelled as { reason: unknown }).reason);
    return run;
  }

  private end(outcome: Outcome<T>): void {
    this.outcome = outcome;
    this.run = undefined;
    this.turns.end();
    this.signal?.removeEventListener("abort", this.onAbort);
    this.waiters.notifyEnd();
    this.notifyPaused();
  }
}
