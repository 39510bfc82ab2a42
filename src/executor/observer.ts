import type { Value } from "../common/wasm-value.ts";
import type { ExceptionInstance } from "../store/exception-instance.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { Execution } from "./engine/execution.ts";
import type { CodeSpace } from "./lowering/code-space.ts";

/**
 * Looking on at runs: what a debugger, a trace, a profile and a coverage report have in common. WasmEdge has nothing like it
 * but the hooks around host functions.
 *
 * An executor has at most one observer. Where it has none, a run asks for it once a slice and once a host call. An observer
 * that wants nothing of the code leaves it optimised; one that does makes the run go over to stepwise code, of which there
 * is a copy for observers alone: in that one the `step` before an instruction can be marked, and the run comes back from the
 * loop there.
 */

/** What an observer wants to be asked about. */
export const enum Attention {
  /** Calls of host functions, exceptions, beginnings and ends: the code is as fast as ever. */
  None,
  /** Besides, the instructions whose `step` is marked; the others are stepwise, and pass in the loop. */
  Marks,
  /** Every instruction. */
  Each,
}

/** A run that an observer looks at: one call from outside, or from a host function. */
export interface ObservedRun {
  readonly func: FunctionInstance;
  /** Its state; undefined before it has begun, and where it is a call of a host function. */
  readonly execution: Execution | undefined;
  /** Whether it can be left now until something comes from outside. A run that is finished at once cannot. */
  readonly mayPause: boolean;
  /** The run whose host function has begun this one, as far as it was told (`within`). It may have ended since. */
  readonly around: ObservedRun | undefined;
  /** Cost charged since the last time that this was asked; where instructions cost one each, their number. */
  takeSpent(): number;
}

/** A run stands still: it takes no step until `resume` is called. */
export class Pause {
  /** Settles when the run may go on. */
  readonly promise: Promise<void>;
  over = false;
  private settle: () => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  resume(): void {
    this.over = true;
    this.settle();
  }
}

/** See above. All are called while the run is outside of its loop, so its state can be read. */
export interface Observer {
  readonly attention: Attention;
  /** Cost after which a slice ends, at the next branch or call; undefined: the usual million. */
  readonly sliceCost: number | undefined;
  /**
   * A slice of a run begins; until it ends, slices of other runs are calls of its host functions. An asynchronous run that a host
   * function has begun has its slices while that run waits: see `ObservedRun.around`.
   */
  enter(run: ObservedRun): void;
  /** A slice has ended. */
  leave(run: ObservedRun): void;
  /** The run goes to code of this space, or something was lowered in it. Only where attention is paid. */
  usesCode(space: CodeSpace): void;
  /** @returns a pause to leave the run before the instruction that it stands before */
  beforeInstruction(run: ObservedRun): Pause | undefined;
  /** @param execution undefined where the embedder calls the function itself */
  beforeHostCall(func: FunctionInstance, args: readonly Value[], execution: Execution | undefined): void;
  /** @param results what the function gave back, or undefined where it threw */
  afterHostCall(func: FunctionInstance, results: readonly Value[] | undefined, thrown: unknown): void;
  /** An exception is thrown in wasm, or has come out of a host function. */
  throws(execution: Execution, exception: ExceptionInstance): void;
  /** It is caught: the execution stands at the code that takes it. */
  catches(execution: Execution, exception: ExceptionInstance): void;
  /**
   * The run ends with an error; its state is what it was then.
   * @returns a pause to leave it at that place for a while
   */
  fails(run: ObservedRun, error: unknown): Pause | undefined;
  /** The run has ended well. */
  ends(run: ObservedRun): void;
}

/** Wants nothing and does nothing: observers are made from it. */
export class IdleObserver implements Observer {
  get attention(): Attention {
    return Attention.None;
  }

  get sliceCost(): number | undefined {
    return undefined;
  }

  enter(_run: ObservedRun): void {}
  leave(_run: ObservedRun): void {}
  usesCode(_space: CodeSpace): void {}
  beforeInstruction(_run: ObservedRun): Pause | undefined {
    return undefined;
  }
  beforeHostCall(_func: FunctionInstance, _args: readonly Value[], _execution: Execution | undefined): void {}
  afterHostCall(_func: FunctionInstance, _results: readonly Value[] | undefined, _thrown: unknown): void {}
  throws(_execution: Execution, _exception: ExceptionInstance): void {}
  catches(_execution: Execution, _exception: ExceptionInstance): void {}
  fails(_run: ObservedRun, _error: unknown): Pause | undefined {
    return undefined;
  }
  ends(_run: ObservedRun): void {}
}
