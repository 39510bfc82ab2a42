import { fail, WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { backtraceOf } from "./engine/backtrace.ts";
import type { Execution } from "./engine/execution.ts";
import { IR, irLengths } from "./engine/generated/ir.ts";
import { switchToOptimised } from "./engine/optimised-switch.ts";
import { switchToStepwise } from "./engine/stepwise-switch.ts";
import { infoAt, instructionContext, placeOf, trapError } from "./engine/trap-error.ts";
import type { Executor } from "./executor.ts";
import { CodeSpace } from "./lowering/code-space.ts";
import { Meter } from "./meter.ts";
import { Attention } from "./observer.ts";

/** Instructions that a slice in stepwise code executes one by one, looking for a place where optimised code can be entered. */
const PROBES_OF_A_SLICE = 512;

/** As long as a limit is nearer than this, in cost, stepwise code is kept. */
const FAR = 1 << 16;

/**
 * Gives a run its fuel, slice by slice, and decides in which code it goes on: optimised, or stepwise where a limit is near or
 * the counting wants each instruction. Code is lowered here, since what new code counts in decides whether the grant holds.
 */
export class Fuel {
  readonly meter: Meter;
  private readonly executor: Executor;
  private stepwise: boolean;
  /** Whether the stepwise code is the one that observers mark. */
  private watched = false;
  /** The largest cost that the code counts in beyond what it has charged, as far as the last grant knew. */
  private largestCost = 0;
  /** Instructions that this slice may still execute one by one; -1 where the last one has found no such place. */
  private probes = 0;

  constructor(executor: Executor) {
    this.executor = executor;
    const { statistics, runtime } = executor.configure;
    this.meter = new Meter(executor.statistics, statistics, runtime.sliceInstructions);
    this.stepwise = this.meter.needsSteps;
  }

  /** The run goes on in stepwise code, where it stands. */
  beginStepwise(): void {
    this.stepwise = true;
  }

  // --- Code ---

  /** The code of a function's instance, in the form in which the run goes on. */
  spaceOf({ module }: FunctionInstance): CodeSpace {
    const { costs } = this.executor;
    if (module === undefined) fail(ErrCode.WrongInstanceAddress);
    return CodeSpace.of(module, costs, this.stepwise, this.watched);
  }

  /** The code for the first function of a run. Where the limit is near at once, it is stepwise from its first instruction. */
  firstSpace(func: FunctionInstance): CodeSpace {
    if (!this.stepwise) this.stepwise = !this.canGrantFor(this.lowerFunction(func));
    else if (this.watched) this.lowerFunction(func);
    return this.spaceOf(func);
  }

  /** @returns the largest cost that the code there counts in */
  private lowerFunction(func: FunctionInstance): number {
    const space = this.spaceOf(func);
    space.lower(func.index);
    if (this.watched) this.executor.observer?.usesCode(space);
    return space.largestCost;
  }

  /** Lowers a function of the present instance, which the loop is about to enter. */
  lower(execution: Execution, index: number): void {
    this.settle(execution);
    const { space } = execution;
    this.atTrap(execution, () => space.lower(index));
    if (space.watched) this.executor.observer?.usesCode(space);
    execution.refreshCode();
    this.grant(execution, execution.fuel);
  }

  /**
   * Lowers a function that the driver is about to enter.
   * @returns false where the run has gone over to stepwise code for it: then the calling instruction begins anew
   */
  prepare(execution: Execution, func: FunctionInstance): boolean {
    const largestCost = this.atTrap(execution, () => this.lowerFunction(func));
    if (this.stepwise || largestCost <= this.largestCost) return true;
    this.settle(execution);
    this.largestCost = largestCost;
    this.grant(execution, execution.fuel);
    return !this.stepwise;
  }

  // --- Grants ---

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
  grant(execution: Execution, most?: number, returnedFrom?: number): void {
    if (!this.stepwise && !this.canGrantFor(execution.space.largestCost, most)) {
      this.stepwise = true;
      this.meter.spend(switchToStepwise(execution, returnedFrom));
    }
    execution.fuel = this.stepwise ? this.meter.grantSteps(this.isProbing ? 0 : most) : this.meter.granted;
  }

  /** Begins a slice. @param most what its fuel may be at most */
  grantSlice(execution: Execution, most?: number): void {
    const free = this.stepwise && !this.isWatching && !this.meter.needsSteps;
    const far = free && this.meter.grant(2 * this.largestCost + FAR) >= 0;
    this.probes = far && this.probes >= 0 ? PROBES_OF_A_SLICE : 0;
    this.grant(execution, most);
  }

  /** Whether an observer wants stepwise code. */
  private get isWatching(): boolean {
    const { observer } = this.executor;
    return this.watched && observer !== undefined && observer.attention !== Attention.None;
  }

  /** Whether each step comes back, so that the run can leave stepwise code at the first place where that can be done. */
  private get isProbing(): boolean {
    return this.stepwise && this.probes > 0;
  }

  /**
   * At a step of a run that probes: executes it, or goes back to optimised code.
   * @returns false where it has done neither, since the run is not probing
   */
  private probe(execution: Execution): boolean {
    if (!this.isProbing) return false;
    const owed = switchToOptimised(execution);
    if (owed === undefined) {
      if (--this.probes === 0) this.probes = -1;
      return false;
    }
    this.stepwise = false;
    this.watched = false;
    this.probes = 0;
    this.meter.spend(-owed);
    this.grant(execution);
    return true;
  }

  /** Books what was spent. */
  settle(execution: Execution): void {
    this.meter.settle(execution.fuel, execution.steps);
    execution.steps = 0;
  }

  /** @returns true where the slice is over; false where the run can go on at once */
  refuel(execution: Execution): boolean {
    if (!isAtStep(execution)) {
      this.settle(execution);
      return true;
    }
    // A step that was charged but not executed. What is left may suffice for it all the same, if the slice did not.
    this.takeBackStep(execution);
    this.settle(execution);
    if (this.meter.isPaused || this.isAtLimit(execution)) return true;
    if (this.probe(execution)) return false;
    this.beginStep(execution);
    if (!this.isProbing) return true;
    this.grant(execution);
    return false;
  }

  // --- Runs that an observer looks at ---

  /** Goes over to the code whose steps observers mark, from any other; before the first function there is none to leave. */
  watch(execution: Execution | undefined): void {
    if (this.watched) return;
    this.stepwise = true;
    this.watched = true;
    if (execution === undefined) return;
    this.settle(execution);
    this.meter.spend(switchToStepwise(execution, undefined, true));
    const { observer } = this.executor;
    for (const { space } of execution.boundaries) if (space !== undefined) observer?.usesCode(space);
    observer?.usesCode(execution.space);
  }

  /** The loop has charged the `step` at which it came back; it is not executed yet. */
  takeBackStep(execution: Execution): void {
    execution.fuel += execution.code[execution.pc + 1];
  }

  /** Executes the `step` that the run stands at. @throws CostLimitExceeded */
  beginStep(execution: Execution): void {
    this.settle(execution);
    this.meter.count(1);
    if (!this.meter.tryToSpend(execution.space.steps.costAt(execution.pc))) throw limitError(execution);
    execution.pc += irLengths[IR.step];
  }

  /** Gives no fuel at all: the loop comes back before the next step, if not sooner. */
  grantOneStep(execution: Execution): void {
    this.settle(execution);
    this.meter.granted = -1;
    execution.fuel = -1;
  }

  /** After `grantOneStep`: stepwise code charges nothing but its steps, and it may or may not have come to one. */
  takeBackSingle(execution: Execution): void {
    execution.fuel = this.meter.granted;
  }

  /** Puts a run on hold at this count of instructions of the statistics: it goes on up to there, and no further. */
  pauseAt(count: number): void {
    this.meter.pauseAt(count);
  }

  /** Whether the run stands where it was to pause. */
  isPaused(execution: Execution): boolean {
    return this.meter.isPaused && isAtStep(execution);
  }

  /** Whether the run stands before an instruction that costs more than the limit allows, and may stand there. */
  isAtLimit(execution: Execution): boolean {
    return isAtStep(execution) && this.meter.pausesBefore(execution.space.steps.costAt(execution.pc));
  }

  // --- Traps ---

  /** An instruction that traps has been begun, so it is counted; and what was counted in before it is charged. */
  chargeTrap(execution: Execution): void {
    const place = placeOf(execution);
    if (place === undefined || this.executor.statistics === undefined) return;
    if (this.stepwise) return;
    const { costs } = execution.space;
    this.meter.spend(place.cost + costs(infoAt(execution, place).opcode));
  }

  /** Runs what may throw a bare error, and adds where the execution stands. */
  atTrap<T>(execution: Execution, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof WasmEdgeError)) throw error;
      this.chargeTrap(execution);
      throw trapError(execution, error.code, ...error.context);
    }
  }
}

/** Whether the next instruction of the code is a `step`. */
export function isAtStep({ code, pc }: Execution): boolean {
  return code[pc] === IR.step;
}

/** The cost limit is reached: the instruction that was to be next, without its operands, as WasmEdge logs it. */
function limitError(execution: Execution): WasmEdgeError {
  const place = placeOf(execution);
  const instruction = place === undefined ? [] : [instructionContext(execution, place, false)];
  return new WasmEdgeError(ErrCode.CostLimitExceeded, ...instruction, backtraceOf(execution));
}
