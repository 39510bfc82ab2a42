import type { Module } from "../ast/module.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Value, WasmValue } from "../common/wasm-value.ts";
import type { Executor, RunOptions } from "../executor/executor.ts";
import { InstantiationRun } from "../executor/instantiate/instantiation-run.ts";
import type { SlicedRun } from "../executor/sliced-run.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { StoreManager } from "../store/store-manager.ts";
import { Debugger } from "./debugger.ts";
import type { Command, Stop } from "./stop.ts";

/**
 * One run, driven from stop to stop without an event loop: each command returns when the run stops again.
 *
 * @example
 * const session = DebugSession.call(executor, func, [12, 18]);
 * for (let stop = session.stop; stop !== undefined; stop = session.step()) console.log(stop.frame.instruction);
 * console.log(session.result());
 */
export class DebugSession<T> {
  readonly debugger: Debugger;
  private readonly run: SlicedRun<T>;
  private hasEnded = false;
  /** What ended the run, where that was no result. */
  private failure: { readonly error: unknown } | undefined;
  private present: Stop | undefined;

  private constructor(executor: Executor, run: SlicedRun<T>) {
    this.run = run;
    this.debugger = new Debugger(executor);
    this.debugger.stopAtStart();
    try {
      this.goOn();
    } catch (error) {
      this.debugger.detach();
      throw error;
    }
  }

  /**
   * Calls a function; the session stands before its first instruction.
   * @throws what `Executor.invoke` throws before it begins; and what a host function throws, which has no instructions
   */
  static call(
    executor: Executor,
    func: FunctionInstance | null,
    params: readonly (Value | WasmValue)[] = [],
    options?: RunOptions,
  ): DebugSession<WasmValue[]> {
    return new DebugSession(executor, executor.startRun(func, params, options));
  }

  /** Instantiates a module; the session stands before the first instruction of its start function, if it has one. */
  static instantiate(
    executor: Executor,
    store: StoreManager,
    module: Module,
    options?: RunOptions,
  ): DebugSession<ModuleInstance> {
    return new DebugSession(executor, new InstantiationRun(executor, { imports: store, module, name: "" }, options));
  }

  /** Where the run stands; undefined once it has ended. */
  get stop(): Stop | undefined {
    return this.present;
  }

  /** One instruction: into a called function, to its first one. @returns the next stop; undefined: the run has ended */
  step(): Stop | undefined {
    return this.resume("step");
  }

  /** One instruction; a call whole. */
  stepOver(): Stop | undefined {
    return this.resume("over");
  }

  /** Until the present function has returned. */
  stepOut(): Stop | undefined {
    return this.resume("out");
  }

  /** To the next breakpoint, change, or failure. */
  continue(): Stop | undefined {
    return this.resume("continue");
  }

  /**
   * Lets the run go on; without effect once it has ended.
   * @throws what ended the run, once the stop of that failure is left; WaitNotAllowed where the run waits for something that
   *   comes by the event loop: debug it as an asynchronous run
   */
  resume(command: Command): Stop | undefined {
    this.present?.resume(command);
    this.present = undefined;
    return this.goOn();
  }

  /** The result. @throws what ended the run, as often as it is asked; ReentrantExecution while it has not ended */
  result(): T {
    if (this.failure !== undefined) throw this.failure.error;
    if (!this.hasEnded) fail(ErrCode.ReentrantExecution, { kind: "note", text: "The run has not ended." });
    return this.run.result();
  }

  /** Ends the session: what is left of the run is never executed, it ends with Interrupted. */
  close(): void {
    this.debugger.detach();
    this.present = undefined;
    if (this.hasEnded) return;
    this.run.cancel();
    try {
      this.advance();
    } catch {
      // Kept for `result`.
    }
  }

  private goOn(): Stop | undefined {
    while (!this.hasEnded) {
      this.advance();
      const [stop] = this.debugger.stops;
      if (stop !== undefined) {
        this.present = stop;
        return stop;
      }
      if (this.run.pending !== undefined) {
        fail(ErrCode.WaitNotAllowed, { kind: "note", text: "The run waits for the event loop: debug it as an Async." });
      }
    }
    return undefined;
  }

  private advance(): void {
    try {
      this.hasEnded = this.run.step(true);
    } catch (error) {
      this.hasEnded = true;
      this.failure = { error };
      throw error;
    }
  }
}
