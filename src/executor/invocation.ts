import type { FunctionType } from "../ast/types.ts";
import { fail, WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import type { WasmValue } from "../common/wasm-value.ts";
import { type ExceptionInstance, WasmException } from "../store/exception-instance.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { SlicedRun } from "./async.ts";
import { backtraceOf } from "./engine/backtrace.ts";
import { indirectCallee, newException, referencedCallee, referencedException } from "./engine/callee.ts";
import { Execution } from "./engine/execution.ts";
import { Exit } from "./engine/exit.ts";
import { GCHeap } from "./engine/gc/gc-heap.ts";
import { IR, irLengths } from "./engine/generated/ir.ts";
import { switchToStepwise } from "./engine/stepwise-switch.ts";
import { trainLoop } from "./engine/training.ts";
import { infoAt, instructionContext, placeOf, thrownError, trapError } from "./engine/trap-error.ts";
import { unwind } from "./engine/unwind.ts";
import type { ValueStack } from "./engine/value-stack.ts";
import type { Executor } from "./executor.ts";
import { callHostFunction } from "./host-call.ts";
import { CodeSpace } from "./lowering/code-space.ts";
import { slotWords } from "./lowering/frame-builder.ts";
import { HEADER_WORDS } from "./lowering/lower-function.ts";
import { wordsOf } from "./lowering/lowering.ts";
import { Meter } from "./meter.ts";

/** A run that has used up so many slices is long enough for the run loop's training to pay: some 10 ms of run. */
const SLICES_BEFORE_TRAINING = 2;

/**
 * Rounds of the run loop in a slice. Calls of host functions, between modules and by tail calls leave the loop and take a
 * hundred times as long as what the fuel counts, so the fuel alone would make slices of seconds.
 */
const ROUNDS_OF_A_SLICE = 1024;

/** How a run may be bounded. */
export interface RunOptions {
  /** Nanoseconds on the host's monotonic clock after which the run ends with Interrupted. */
  readonly deadline?: bigint;
}

/**
 * One call from outside: drives the run loop slice by slice, and does between its rounds what the loop leaves to it:
 * lowering, calls that leave the instance, limits. WasmEdge `Executor::runFunction` and `enterFunction`.
 */
export class Invocation implements SlicedRun<WasmValue[]> {
  private readonly executor: Executor;
  private readonly func: FunctionInstance;
  private readonly params: readonly WasmValue[];
  private readonly deadline: bigint | undefined;
  private readonly meter: Meter;
  private readonly stack: ValueStack;
  private execution: Execution | undefined;
  private results: WasmValue[] | undefined;
  private stepwise: boolean;
  /** The largest cost that the code counts in beyond what it has charged, as far as the last grant knew. */
  private largestCost = 0;
  private stopped = false;
  private usedUpSlices = 0;

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
    this.deadline = options.deadline;
    this.meter = new Meter(executor.statistics, executor.configure.statistics);
    this.stepwise = this.meter.needsSteps;
  }

  /** See `SlicedRun`. */
  cancel(): void {
    this.stopped = true;
  }

  /** The results with their exact bits; once `step` has returned true. */
  result(): WasmValue[] {
    return this.results ?? [];
  }

  /**
   * Goes on for one slice.
   * @returns true once the run has ended
   * @throws WasmEdgeError: a trap, what a host function threw, Interrupted, CostLimitExceeded
   */
  step(): boolean {
    const { statistics } = this.executor;
    const timed = this.executor.configure.statistics.timeMeasuring ? statistics : undefined;
    // A host function of another run may have called: its time does not go on meanwhile.
    const withinHost = timed?.isRecordingHost ?? false;
    if (withinHost) timed?.stopRecordHost();
    timed?.startRecordWasm();
    try {
      this.checkStop();
      this.execution ??= this.begin();
      if (this.execution === undefined) return true;
      return this.runSlice(this.execution);
    } finally {
      timed?.stopRecordWasm();
      if (withinHost) timed?.startRecordHost();
    }
  }

  private get space(): (func: FunctionInstance) => CodeSpace {
    return ({ module }) => {
      const { statistics } = this.executor;
      const costs = this.meter.usesCostTable && statistics !== undefined ? statistics.costOf : this.executor.unitCosts;
      if (module === undefined) fail(ErrCode.WrongInstanceAddress);
      return CodeSpace.of(module, costs, this.stepwise);
    };
  }

  /** Puts the parameters on the stack and enters the function; a host function is done at once. */
  private begin(): Execution | undefined {
    const { func, stack } = this;
    const { params, results } = func.type;
    // Host functions have no frame whose size would make room for these.
    stack.reserve(Math.max(wordsOf(params), wordsOf(results)));
    let at = 0;
    for (const param of this.params) {
      stack.write(at, param);
      at += slotWords(param.type);
    }
    if (func.hostFunction !== undefined) {
      this.callHost(func, 0, func.module);
      this.takeResults(func.type);
      return undefined;
    }
    // Where the limit is near at once, the code is stepwise from its first instruction.
    if (!this.stepwise) this.stepwise = !this.canGrantFor(lowerIn(this.space(func), func));
    const space = this.space(func);
    const execution = new Execution(stack, space, func.type, this.executor.configure.runtime.maxCallDepth);
    execution.heap = new GCHeap(this.executor.configure.runtime);
    this.enterWasm(execution, func, 0, undefined, 0);
    return execution;
  }

  private takeResults(type: FunctionType): void {
    let at = 0;
    this.results = type.results.map((result) => {
      const value = this.stack.read(at, result);
      at += slotWords(result);
      return value;
    });
  }

  private checkStop(): void {
    const late = this.deadline !== undefined && host.monotonicNanoseconds() >= this.deadline;
    if (this.stopped || late) fail(ErrCode.Interrupted);
  }

  // --- The slice ---

  private runSlice(execution: Execution): boolean {
    const { loop } = this.executor;
    if (this.usedUpSlices === SLICES_BEFORE_TRAINING) trainLoop();
    // Another run may have lowered functions or grown the memory since the last slice.
    execution.refreshCode();
    execution.refreshMemory();
    this.grant(execution);
    for (let round = 0; round < ROUNDS_OF_A_SLICE; round++) {
      const exit = loop(execution);
      switch (exit) {
        case Exit.Leave:
          if (this.leaveInstance(execution)) {
            this.settle(execution);
            this.takeResults(execution.type);
            return true;
          }
          break;
        case Exit.Fuel:
          if (this.refuel(execution)) {
            this.usedUpSlices++;
            return false;
          }
          break;
        default:
          if (this.handle(execution, exit)) return false;
      }
    }
    this.settle(execution);
    return false;
  }

  /**
   * @param exit anything but Leave and Fuel
   * @returns true where the slice is over
   */
  private handle(execution: Execution, exit: number): boolean {
    // Tail calls alone can make an endless run, and they come here without a look at the fuel.
    if (execution.fuel < 0 && exit < Exit.Threw) {
      this.settle(execution);
      return true;
    }
    try {
      this.dispatch(execution, exit);
      return false;
    } catch (error) {
      this.settle(execution);
      throw error;
    }
  }

  private dispatch(execution: Execution, exit: number): void {
    const { code, pc } = execution;
    switch (exit) {
      case Exit.Lower:
        this.lower(execution, code[pc + 1]);
        return;
      case Exit.Grow:
        this.growStack(execution);
        return;
      case Exit.CallImport:
        this.call(execution, execution.instance.getFunction(code[pc + 1]), code[pc + 2], code[pc + 3], 4);
        return;
      case Exit.CallIndirect:
        this.call(
          execution,
          this.atTrap(execution, () => indirectCallee(execution)),
          code[pc + 4],
          code[pc + 5],
          6,
        );
        return;
      case Exit.CallRef:
        this.call(
          execution,
          this.atTrap(execution, () => referencedCallee(execution)),
          code[pc + 2],
          code[pc + 3],
          4,
        );
        return;
      case Exit.ReturnCall:
        this.returnCall(execution, execution.instance.getFunction(code[pc + 1]), pc + 2);
        return;
      case Exit.ReturnCallIndirect:
        this.returnCall(
          execution,
          this.atTrap(execution, () => indirectCallee(execution)),
          pc + 4,
        );
        return;
      case Exit.ReturnCallRef:
        this.returnCall(
          execution,
          this.atTrap(execution, () => referencedCallee(execution)),
          pc + 2,
        );
        return;
      case Exit.Throw:
        this.throwException(execution, newException(execution), code[pc + 3]);
        return;
      case Exit.ThrowRef:
        this.throwException(
          execution,
          this.atTrap(execution, () => referencedException(execution)),
          code[pc + 2],
        );
        return;
      case Exit.Threw:
        this.chargeTrap(execution);
        throw thrownError(execution);
      default:
        this.chargeTrap(execution);
        throw trapError(execution, exit);
    }
  }

  // --- Fuel ---

  /** Whether there can be a grant for code that counts in as much as this; tries it. */
  private canGrantFor(largestCost: number, most?: number): boolean {
    this.largestCost = Math.max(this.largestCost, largestCost);
    return this.meter.grant(2 * this.largestCost, most) >= 0;
  }

  /**
   * Gives fuel. Between two looks at it a run may spend what its code counts in, so as much is kept back; where the limit is
   * nearer than that, the run goes on stepwise.
   * @param most within a slice: what is left of its fuel; absent: a slice begins
   * @param returnedFrom where the present frame has just come back from a call: the callee's frame pointer
   */
  private grant(execution: Execution, most?: number, returnedFrom?: number): void {
    if (!this.stepwise && !this.canGrantFor(execution.space.largestCost, most)) {
      this.stepwise = true;
      this.meter.spend(switchToStepwise(execution, returnedFrom));
    }
    execution.fuel = this.stepwise ? this.meter.grant(0, most) : this.meter.granted;
  }

  private settle(execution: Execution): void {
    this.meter.settle(execution.fuel, execution.steps);
    execution.steps = 0;
  }

  /** @returns true where the slice is over; false where the run can go on at once */
  private refuel(execution: Execution): boolean {
    const { code, pc } = execution;
    if (code[pc] !== IR.step) {
      this.settle(execution);
      return true;
    }
    // A step that was charged but not executed. What is left may suffice for it all the same, if the slice did not.
    const cost = code[pc + 1];
    execution.fuel += cost;
    this.settle(execution);
    this.meter.count(1);
    if (!this.meter.tryToSpend(cost)) throw limitError(execution);
    execution.pc += irLengths[IR.step];
    return true;
  }

  /** An instruction that traps has been begun, so it is counted; and what was counted in before it is charged. */
  private chargeTrap(execution: Execution): void {
    const place = placeOf(execution);
    if (place === undefined || this.executor.statistics === undefined) return;
    if (this.stepwise) return;
    const { costs } = execution.space;
    this.meter.spend(place.cost + costs(infoAt(execution, place).ordinal));
  }

  // --- Calls ---

  private lower(execution: Execution, index: number): void {
    this.settle(execution);
    const { space } = execution;
    this.atTrap(execution, () => space.lower(index));
    execution.refreshCode();
    this.grant(execution, execution.fuel);
  }

  /**
   * Lowers a function that the driver is about to enter.
   * @returns false where the run has gone over to stepwise code for it: then the calling instruction begins anew
   */
  private prepare(execution: Execution, func: FunctionInstance): boolean {
    const largestCost = this.atTrap(execution, () => lowerIn(this.space(func), func));
    if (this.stepwise || largestCost <= this.largestCost) return true;
    this.settle(execution);
    this.largestCost = largestCost;
    this.grant(execution, execution.fuel);
    return !this.stepwise;
  }

  /** Runs what may throw a bare error, and adds where the execution stands. */
  private atTrap<T>(execution: Execution, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof WasmEdgeError)) throw error;
      this.chargeTrap(execution);
      throw trapError(execution, error.code, ...error.context);
    }
  }

  /** The frame that a call needs does not fit: makes the stack larger, or traps where a limit is reached. */
  private growStack(execution: Execution): void {
    this.atTrap(execution, () => {
      if (execution.depth >= execution.maxDepth) fail(ErrCode.CallStackExhausted);
      execution.reserve(execution.stackEnd + HEADER_WORDS);
    });
  }

  /**
   * Calls any function from the present frame.
   * @param base word offset of the arguments in the frame
   * @param cost what the call charges
   * @param words of the call instruction
   */
  private call(execution: Execution, func: FunctionInstance, base: number, cost: number, words: number): void {
    const at = execution.fp + base;
    const next = execution.pc + words;
    if (func.hostFunction !== undefined) {
      execution.fuel -= cost;
      this.settle(execution);
      if (this.callHostOrCatch(execution, func, at, execution.pc)) {
        execution.pc = next;
        this.grant(execution, execution.fuel, at);
      } else this.grant(execution, execution.fuel);
      return;
    }
    if (!this.prepare(execution, func)) return;
    this.atTrap(execution, () => this.enterWasm(execution, func, at, execution.space, next));
    execution.fuel -= cost;
  }

  /**
   * Makes a frame for a wasm function and goes to its code.
   * @param at word offset of the arguments on the stack
   * @param caller the code that goes on afterwards, undefined for none
   * @param next where that goes on
   */
  private enterWasm(
    execution: Execution,
    func: FunctionInstance,
    at: number,
    caller: CodeSpace | undefined,
    next: number,
  ): void {
    if (execution.depth >= execution.maxDepth) fail(ErrCode.CallStackExhausted);
    const space = this.space(func);
    const entry = space.lower(func.index);
    execution.reserve(at + space.frameWords(entry));
    const header = this.clearLocals(execution, space, entry, at);
    const within = caller === space;
    if (!within) execution.boundaries.push({ space: caller, position: next });
    execution.i32[header] = within ? next : 0;
    execution.i32[header + 1] = execution.fp;
    execution.fp = at;
    execution.depth++;
    execution.switchTo(space);
    execution.pc = entry;
  }

  /** @returns the word offset of the frame's header */
  private clearLocals(execution: Execution, space: CodeSpace, entry: number, at: number): number {
    const header = at + space.headerOffset(entry);
    execution.i32.fill(0, at + space.code[entry - 2], header);
    return header;
  }

  /**
   * A tail call: the present frame gives way to the callee's.
   * @param operands position of the words header, base, words, cost
   */
  private returnCall(execution: Execution, func: FunctionInstance, operands: number): void {
    if (func.hostFunction !== undefined) {
      this.returnCallHost(execution, func, operands);
      return;
    }
    if (!this.prepare(execution, func)) return;
    const { fp } = execution;
    const space = this.space(func);
    const entry = space.lower(func.index);
    this.atTrap(execution, () => execution.reserve(fp + space.frameWords(entry)));
    const { next, callerFp } = this.giveWay(execution, operands);
    const within = space === execution.space;
    if (!within && next !== 0) execution.boundaries.push({ space: execution.space, position: next });
    const header = this.clearLocals(execution, space, entry, fp);
    execution.i32[header] = within ? next : 0;
    execution.i32[header + 1] = callerFp;
    execution.switchTo(space);
    execution.pc = entry;
  }

  /** The results go where those of the present frame are expected. */
  private returnCallHost(execution: Execution, func: FunctionInstance, operands: number): void {
    const { fp } = execution;
    const { next, callerFp } = this.giveWay(execution, operands);
    this.settle(execution);
    // The frame is gone before the callee is entered, so its try blocks catch nothing any more.
    execution.fp = callerFp;
    execution.depth--;
    if (this.callHostOrCatch(execution, func, fp, next - 1)) {
      execution.pc = next;
      this.grant(execution, execution.fuel, fp);
    } else this.grant(execution, execution.fuel);
  }

  /**
   * Charges a tail call and moves its arguments to the start of the present frame.
   * @returns what the frame's header held
   */
  private giveWay(execution: Execution, operands: number): { next: number; callerFp: number } {
    const { code, fp, i32, refs } = execution;
    const header = fp + code[operands];
    const from = fp + code[operands + 1];
    const words = code[operands + 2];
    execution.fuel -= code[operands + 3];
    const frame = { next: i32[header], callerFp: i32[header + 1] };
    i32.copyWithin(fp, from, from + words);
    refs.copyWithin(fp >> 1, from >> 1, (from + words) >> 1);
    return frame;
  }

  /** @returns true where the frame that was left is the first */
  private leaveInstance(execution: Execution): boolean {
    const boundary = execution.boundaries.pop();
    if (boundary?.space === undefined) return true;
    execution.switchTo(boundary.space);
    execution.pc = boundary.position;
    return false;
  }

  // --- Exceptions ---

  /** Goes on where the exception is caught. @param cost what the throwing instruction charges */
  private throwException(execution: Execution, exception: ExceptionInstance, cost: number): void {
    execution.fuel -= cost;
    if (!unwind(execution, exception)) throw new WasmException(exception).withContext(backtraceOf(execution));
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
      if (error instanceof WasmException && unwind(execution, error.exception, from)) return false;
      throw error;
    }
  }

  // --- Host functions ---

  /** @param at word offset of the arguments on the stack, where the results go too */
  private callHost(
    func: FunctionInstance,
    at: number,
    caller: FunctionInstance["module"],
    execution?: Execution,
  ): void {
    const { executor, stack, meter } = this;
    callHostFunction({ executor, stack, meter, func, at, caller, execution });
    // The host function may have grown the memory, and called functions of this instance that had to be lowered.
    execution?.refreshCode();
    execution?.refreshMemory();
    if (this.stopped) fail(ErrCode.Interrupted);
  }
}

/** Lowers a function in its code space. @returns the largest cost that the code there counts in */
function lowerIn(space: CodeSpace, func: FunctionInstance): number {
  space.lower(func.index);
  return space.largestCost;
}

/** The cost limit is reached: the instruction that was to be next, without its operands, as WasmEdge logs it. */
function limitError(execution: Execution): WasmEdgeError {
  const place = placeOf(execution);
  const instruction = place === undefined ? [] : [instructionContext(execution, place, false)];
  return new WasmEdgeError(ErrCode.CostLimitExceeded, ...instruction, backtraceOf(execution));
}
