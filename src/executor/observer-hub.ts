import type { Value } from "../common/wasm-value.ts";
import type { ExceptionInstance } from "../store/exception-instance.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { Execution } from "./engine/execution.ts";
import type { CodeSpace } from "./lowering/code-space.ts";
import { Attention, type ObservedRun, type Observer, type Pause } from "./observer.ts";

/** Several observers as one: each is told everything, and what any of them wants is done. */
export class ObserverHub implements Observer {
  private observers: readonly Observer[] = [];

  get isEmpty(): boolean {
    return this.observers.length === 0;
  }

  add(observer: Observer): void {
    this.observers = this.observers.filter((other) => other !== observer).concat(observer);
  }

  remove(observer: Observer): void {
    this.observers = this.observers.filter((other) => other !== observer);
  }

  get attention(): Attention {
    let most: Attention = Attention.None;
    for (const { attention } of this.observers) if (attention > most) most = attention;
    return most;
  }

  get sliceCost(): number | undefined {
    let least: number | undefined;
    for (const { sliceCost } of this.observers) {
      if (sliceCost !== undefined && sliceCost < (least ?? Number.POSITIVE_INFINITY)) least = sliceCost;
    }
    return least;
  }

  enter(run: ObservedRun): void {
    for (const observer of this.observers) observer.enter(run);
  }

  leave(run: ObservedRun): void {
    for (const observer of this.observers) observer.leave(run);
  }

  usesCode(space: CodeSpace): void {
    for (const observer of this.observers) observer.usesCode(space);
  }

  beforeInstruction(run: ObservedRun): Pause | undefined {
    let first: Pause | undefined;
    for (const observer of this.observers) first = observer.beforeInstruction(run) ?? first;
    return first;
  }

  beforeHostCall(func: FunctionInstance, args: readonly Value[], execution: Execution | undefined): void {
    for (const observer of this.observers) observer.beforeHostCall(func, args, execution);
  }

  afterHostCall(func: FunctionInstance, results: readonly Value[] | undefined, thrown: unknown): void {
    for (const observer of this.observers) observer.afterHostCall(func, results, thrown);
  }

  throws(execution: Execution, exception: ExceptionInstance): void {
    for (const observer of this.observers) observer.throws(execution, exception);
  }

  catches(execution: Execution, exception: ExceptionInstance): void {
    for (const observer of this.observers) observer.catches(execution, exception);
  }

  fails(run: ObservedRun, error: unknown): Pause | undefined {
    let first: Pause | undefined;
    for (const observer of this.observers) first = observer.fails(run, error) ?? first;
    return first;
  }

  ends(run: ObservedRun): void {
    for (const observer of this.observers) observer.ends(run);
  }
}
