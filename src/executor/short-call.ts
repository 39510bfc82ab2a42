import type { WasmValue } from "../common/wasm-value.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { writeParams } from "./call-values.ts";
import { Execution } from "./engine/execution.ts";
import { Exit } from "./engine/exit.ts";
import { GCHeap } from "./engine/gc/gc-heap.ts";
import type { ValueStack } from "./engine/value-stack.ts";
import type { Executor } from "./executor.ts";
import { enterFrame, leaveInstance } from "./frames.ts";
import { CodeSpace } from "./lowering/code-space.ts";

/** What a call may spend here: a few hundred microseconds. Nobody can stop it before. */
const FUEL = 1 << 14;

/** The least of it that code must leave over: between two looks at the fuel it may spend twice what it counts in. */
const RESERVE = FUEL / 4;

/**
 * A call from outside that is over soon, as most are of functions that programs export for JavaScript: a frame and a round of the loop,
 * without what an `Invocation` has for limits, observers, waiting and stopping. What is not over then becomes one
 * (`bench/crossings.ts`).
 */
export class ShortCall {
  readonly execution: Execution;
  /** Why the loop came back where the call is not over. */
  exit: Exit | undefined;

  private constructor(execution: Execution) {
    this.execution = execution;
  }

  /**
   * Begins a call, and maybe ends it.
   * @param params checked against the function's type
   * @returns undefined, with nothing done, where the call has to be an invocation from its start: where something is measured or
   *   watched, the function has no code yet, or is one that lately was not over here
   */
  static begin(
    executor: Executor,
    stack: ValueStack,
    func: FunctionInstance,
    params: readonly WasmValue[],
  ): ShortCall | undefined {
    const { observer, statistics, limits, configure } = executor;
    const { module, index } = func;
    if (func.isLong || module === undefined || func.hostFunction !== undefined) return undefined;
    if (observer !== undefined || statistics !== undefined || limits.tracksDepth) return undefined;
    const space = CodeSpace.of(module, executor.unitCosts);
    const entry = space.entries[index];
    if (entry === 0 || 2 * space.largestCost > RESERVE) return undefined;
    const { runtime } = configure;
    if (runtime.maxCallDepth === 0 || space.frameWords(entry) > stack.words) return undefined;
    executor.hostRun?.check();
    writeParams(stack, params);
    const execution = new Execution(stack, space, func.type, runtime.maxCallDepth);
    execution.heap = new GCHeap(runtime);
    enterFrame(execution, { space, index }, 0, undefined, 0);
    const call = new ShortCall(execution);
    call.run(executor, func);
    return call;
  }

  private run(executor: Executor, func: FunctionInstance): void {
    const { execution } = this;
    execution.fuel = FUEL - RESERVE;
    let exit: Exit = executor.loop(execution);
    // Back in the code of the instance that called this one's.
    while (exit === Exit.Leave && !leaveInstance(execution)) exit = executor.loop(execution);
    if (exit === Exit.Leave) {
      executor.limits.note(execution);
      return;
    }
    this.exit = exit;
    // Functions without code and stacks that are too small are met once.
    if (exit !== Exit.Lower && exit !== Exit.Grow) func.isLong = true;
  }
}
