import type { ExceptionInstance } from "../store/exception-instance.ts";
import { WasmException } from "../store/exception-instance.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { AwaitedHostCall } from "./awaited-host-call.ts";
import { backtraceOf } from "./engine/backtrace.ts";
import type { Execution } from "./engine/execution.ts";
import { unwind } from "./engine/unwind.ts";
import type { ValueStack } from "./engine/value-stack.ts";
import type { Executor } from "./executor.ts";
import { enterFrame, giveWay, replaceFrame } from "./frames.ts";
import type { Fuel } from "./fuel.ts";
import { callHostFunction, finishHostCall, type HostCallParts } from "./host-call.ts";
import { LimitPause } from "./limit-pause.ts";
import type { StopToken } from "./stop-token.ts";

/** Where wasm calls a host function. */
interface CallSite {
  /** Word offset of the arguments on the stack, where the results go too. */
  readonly at: number;
  /** The position at which an exception of the host function is thrown. */
  readonly from: number;
  /** Where wasm goes on. */
  readonly next: number;
}

/** A call of a host function that the run waits for. */
export interface SuspendedCall {
  readonly call: HostCallParts;
  /** For its promise; or, before it is called, for more to spend. */
  readonly waiting: AwaitedHostCall | LimitPause;
  /** Undefined where the embedder calls. */
  readonly site: CallSite | undefined;
}

/**
 * The calls of a run that the loop leaves to its driver: of host functions, of other instances, by reference, and tail calls;
 * and the exceptions that leave a function. WasmEdge `Executor::enterFunction`.
 */
export class Calls {
  private readonly executor: Executor;
  private readonly stack: ValueStack;
  private readonly fuel: Fuel;
  private readonly stop: StopToken;
  /** The host function that the run waits for. */
  suspended: SuspendedCall | undefined;

  constructor(executor: Executor, stack: ValueStack, fuel: Fuel, stop: StopToken) {
    this.executor = executor;
    this.stack = stack;
    this.fuel = fuel;
    this.stop = stop;
  }

  /**
   * Calls any function from the present frame.
   * @param base word offset of the arguments in the frame
   * @param cost what the call charges
   * @param words of the call instruction
   */
  call(execution: Execution, func: FunctionInstance, base: number, cost: number, words: number): void {
    const { fuel } = this;
    const at = execution.fp + base;
    const next = execution.pc + words;
    if (func.hostFunction !== undefined) {
      execution.fuel -= cost;
      fuel.settle(execution);
      this.callHostFrom(execution, func, { at, from: execution.pc, next });
      return;
    }
    if (!fuel.prepare(execution, func)) return;
    fuel.atTrap(execution, () => {
      enterFrame(execution, { space: fuel.spaceOf(func), index: func.index }, at, execution.space, next);
    });
    execution.fuel -= cost;
  }

  /**
   * A tail call: the present frame gives way to the callee's.
   * @param operands position of the words header, base, words, cost
   */
  returnCall(execution: Execution, func: FunctionInstance, operands: number): void {
    if (func.hostFunction !== undefined) {
      this.returnCallHost(execution, func, operands);
      return;
    }
    const { fuel } = this;
    if (!fuel.prepare(execution, func)) return;
    const { fp } = execution;
    const space = fuel.spaceOf(func);
    const entry = space.lower(func.index);
    fuel.atTrap(execution, () => execution.reserve(fp + space.frameWords(entry)));
    replaceFrame(execution, { space, index: func.index }, operands);
  }

  /** The results go where those of the present frame are expected. */
  private returnCallHost(execution: Execution, func: FunctionInstance, operands: number): void {
    const { fuel } = this;
    const { fp } = execution;
    const { next, callerFp } = giveWay(execution, operands);
    fuel.settle(execution);
    // The frame is gone before the callee is entered, so its try blocks catch nothing any more.
    execution.fp = callerFp;
    execution.depth--;
    execution.pc = next;
    execution.leftFrame = fp;
    this.callHostFrom(execution, func, { at: fp, from: next - 1, next });
  }

  // --- Exceptions ---

  /** Goes on where the exception is caught. @param cost what the throwing instruction charges */
  throwException(execution: Execution, exception: ExceptionInstance, cost: number): void {
    const { observer } = this.executor;
    execution.fuel -= cost;
    observer?.throws(execution, exception);
    if (!unwind(execution, exception)) throw new WasmException(exception).withContext(backtraceOf(execution));
    observer?.catches(execution, exception);
  }

  // --- Host functions ---

  /** Calls a host function from wasm; an exception that it throws goes on in wasm. */
  private callHostFrom(execution: Execution, func: FunctionInstance, site: CallSite): void {
    this.goOn(execution, site, () => this.callHost(func, site.at, execution.instance, execution, site));
  }

  /** Goes on in wasm after a host function, where that has ended. @param work calls it, or takes what it gave */
  private goOn(execution: Execution, { at, from, next }: CallSite, work: () => void): void {
    const { fuel } = this;
    try {
      work();
    } catch (error) {
      if (!(error instanceof WasmException)) throw error;
      const { observer } = this.executor;
      observer?.throws(execution, error.exception);
      if (!unwind(execution, error.exception, from)) throw error;
      // The execution stands at the code that catches it.
      execution.leftFrame = undefined;
      observer?.catches(execution, error.exception);
      fuel.grant(execution, execution.fuel);
      return;
    }
    if (this.suspended !== undefined) return;
    execution.pc = next;
    execution.leftFrame = undefined;
    fuel.grant(execution, execution.fuel, at);
  }

  /**
   * Calls a host function; where it gives a promise, the call is `suspended` afterwards.
   * @param at word offset of the arguments on the stack, where the results go too
   * @param execution the one that calls; absent, as is `site`, where the embedder does
   */
  callHost(
    func: FunctionInstance,
    at: number,
    caller: FunctionInstance["module"],
    execution?: Execution,
    site?: CallSite,
  ): void {
    const { executor, stack, stop } = this;
    this.begin({ executor, stack, meter: this.fuel.meter, func, at, caller, execution, stop }, site);
  }

  private begin(call: HostCallParts, site: CallSite | undefined): void {
    const { meter, func, execution } = call;
    const { statistics } = this.executor;
    if (statistics !== undefined && meter.pausesBefore(func.hostFunction?.cost ?? 0)) {
      this.suspended = { call, site, waiting: new LimitPause(statistics) };
      return;
    }
    const promise = callHostFunction(call);
    if (promise !== undefined) this.suspended = { call, site, waiting: promise };
    this.afterHost(execution);
  }

  private afterHost(execution: Execution | undefined): void {
    // The host function may have grown the memory, and called functions of this instance that had to be lowered.
    execution?.refreshCode();
    execution?.refreshMemory();
    // It may have taken long, and a slice has many calls; what the embedder calls itself has its result.
    if (execution !== undefined && this.stop.deadline !== undefined) this.stop.check();
    else this.stop.checkCancelled();
  }

  /** Goes on with the suspended call, where what it waits for has settled. @throws what the host function fails with */
  resume({ call, site, waiting }: SuspendedCall): void {
    const { execution } = call;
    this.suspended = undefined;
    const finish = (): void => {
      if (waiting instanceof LimitPause) {
        this.begin(call, site);
        return;
      }
      finishHostCall(call, waiting);
      this.afterHost(execution);
    };
    if (execution === undefined || site === undefined) finish();
    else this.goOn(execution, site, finish);
  }
}
