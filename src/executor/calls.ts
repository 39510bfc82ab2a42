import type { ExceptionInstance } from "../store/exception-instance.ts";
import { WasmException } from "../store/exception-instance.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { backtraceOf } from "./engine/backtrace.ts";
import type { Execution } from "./engine/execution.ts";
import { unwind } from "./engine/unwind.ts";
import type { ValueStack } from "./engine/value-stack.ts";
import type { Executor } from "./executor.ts";
import { enterFrame, giveWay, replaceFrame } from "./frames.ts";
import type { Fuel } from "./fuel.ts";
import { callHostFunction } from "./host-call.ts";
import type { StopToken } from "./stop-token.ts";

/**
 * The calls of a run that the loop leaves to its driver: of host functions, of other instances, by reference, and tail calls;
 * and the exceptions that leave a function. WasmEdge `Executor::enterFunction`.
 */
export class Calls {
  private readonly executor: Executor;
  private readonly stack: ValueStack;
  private readonly fuel: Fuel;
  private readonly stop: StopToken;

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
      if (this.callHostOrCatch(execution, func, at, execution.pc)) {
        execution.pc = next;
        fuel.grant(execution, execution.fuel, at);
      } else fuel.grant(execution, execution.fuel);
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
    if (this.callHostOrCatch(execution, func, fp, next - 1)) {
      execution.pc = next;
      fuel.grant(execution, execution.fuel, fp);
    } else fuel.grant(execution, execution.fuel);
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

  /**
   * Calls a host function from wasm; an exception that it throws goes on in wasm.
   * @param from the position at which it is thrown there
   * @returns false where an exception was caught: then the execution stands at the code that catches it
   */
  private callHostOrCatch(execution: Execution, func: FunctionInstance, at: number, from: number): boolean {
    try {
      this.callHost(func, at, execution.instance, execution);
      return true;
    } catch (error) {
      if (!(error instanceof WasmException)) throw error;
      const { observer } = this.executor;
      observer?.throws(execution, error.exception);
      if (!unwind(execution, error.exception, from)) throw error;
      observer?.catches(execution, error.exception);
      return false;
    }
  }

  // --- Host functions ---

  /** @param at word offset of the arguments on the stack, where the results go too */
  callHost(func: FunctionInstance, at: number, caller: FunctionInstance["module"], execution?: Execution): void {
    const { executor, stack } = this;
    const bounds = this.stop.options;
    callHostFunction({ executor, stack, meter: this.fuel.meter, func, at, caller, execution, bounds });
    // The host function may have grown the memory, and called functions of this instance that had to be lowered.
    execution?.refreshCode();
    execution?.refreshMemory();
    this.stop.checkCancelled();
  }
}
