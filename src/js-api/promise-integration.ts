import type { Value, WasmValue } from "../common/wasm-value.ts";
import type { CallingFrame } from "../store/calling-frame.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import { HostFunction } from "../store/host-function.ts";
import { toArguments } from "./exported-function.ts";
import { thrownInto, thrownOut } from "./failures.ts";
import { callForWasm, functionTypeOf, resultsFor } from "./host-function.ts";
import type { Callable, Realm } from "./realm.ts";
import { Slot } from "./slot.ts";
import { functionSlot } from "./slots.ts";
import { toJSValue } from "./values.ts";
import { asInterface, defineHidden } from "./web-idl.ts";

/**
 * Wasm that waits for promises: the run stands still, and the event loop goes on.
 *
 * https://webassembly.github.io/js-promise-integration/js-api/ — the run is an asynchronous one of the engine, which keeps the event loop
 * until it waits: so nobody sees an instance between two instructions that is not in the middle of an import.
 */

const suspendingSlot: Slot<Callable> = new Slot("WebAssembly.Suspending");

/** A function of which wasm waits for the promise that it gives. */
export interface Suspending {
  readonly [Symbol.toStringTag]: string;
}

export type SuspendingConstructor = new (func: (...args: never[]) => unknown) => Suspending;

/** `WebAssembly.Suspending`. */
export function defineSuspending(): SuspendingConstructor {
  class Suspending {
    constructor(func: unknown) {
      if (typeof func !== "function") throw new TypeError("WebAssembly.Suspending(): A function must be given.");
      suspendingSlot.set(this, func as Callable);
    }
  }
  return asInterface("Suspending", 1, Suspending) as unknown as SuspendingConstructor;
}

/** The host function of an imported `Suspending`; undefined where the value is none. @param typeId, index as for `hostFunctionOf` */
export function suspendingFunctionOf(
  value: unknown,
  typeId: number,
  realm: Realm,
  index: number,
): FunctionInstance | undefined {
  const func = suspendingSlot.of(value);
  if (func === undefined) return undefined;
  const type = functionTypeOf(typeId);
  const run = (frame: CallingFrame, args: readonly Value[]): PromiseLike<WasmValue[]> => {
    if (frame.run.mayAwait !== true) {
      throw thrownInto(new realm.SuspendError("Only a call by WebAssembly.promising can wait for a promise."));
    }
    // Whatever it gives: so the run stands still there each time, and not now and then.
    return Promise.resolve(callForWasm(realm, func, type, args)).then(
      (result) => resultsFor(result, type),
      (thrown) => {
        throw thrownInto(thrown);
      },
    );
  };
  return new FunctionInstance(type, typeId, undefined, index, new HostFunction(type, run));
}

/** A function whose run may wait for promises. */
export type PromisingFunction = (...args: unknown[]) => Promise<unknown>;

/** @throws TypeError where `func` is no exported function */
export type Promising = (func: (...args: never[]) => unknown) => PromisingFunction;

/** `WebAssembly.promising`: an exported function as one that gives a promise, whose run may wait for promises. */
export function definePromising(realm: Realm): Promising {
  return function promising(func: unknown): PromisingFunction {
    const instance = functionSlot.of(func);
    if (instance === undefined) throw new TypeError("WebAssembly.promising(): An exported function must be given.");
    const call: PromisingFunction = async (...args) => {
      const typed = toArguments(instance, args);
      try {
        const started = realm.executor.asyncInvoke(instance, typed, { turnMilliseconds: Number.POSITIVE_INFINITY });
        started.advance();
        const results = await started;
        const values = results.map((result) => toJSValue(realm, result));
        return values.length > 1 ? values : values[0];
      } catch (error) {
        throw thrownOut(realm, error);
      }
    };
    defineHidden(call, "name", String(instance.index));
    defineHidden(call, "length", instance.type.params.length);
    return call;
  };
}
