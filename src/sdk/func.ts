import type { FunctionType } from "../ast/types.ts";
import { requireFunction, requireKind, requireList, requireObject } from "../common/arguments.ts";
import { isInstance } from "../common/host-values.ts";
import type { Reference, Value, WasmValue } from "../common/wasm-value.ts";
import type { CallingExecutor } from "../store/calling-frame.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import type { ValueTypeName } from "./value-types.ts";

/**
 * The JavaScript type of a value of each WebAssembly type. Integers are taken signed or unsigned and given signed: an i32 from -2^31 to
 * 2^32 - 1, an i64 from -2^63 to 2^64 - 1; a v128 is from 0 to 2^128 - 1. Nothing is wrapped: what is outside is FuncSigMismatch.
 */
export interface NaturalTypes {
  readonly i32: number;
  readonly i64: bigint;
  readonly f32: number;
  readonly f64: number;
  readonly v128: bigint;
  readonly funcref: Func | null;
  readonly externref: Reference;
  readonly anyref: Reference;
  readonly eqref: Reference;
  readonly i31ref: Reference;
  readonly structref: Reference;
  readonly arrayref: Reference;
  readonly exnref: Reference;
}

/** The JavaScript values of a list of type names: `["i32", "i64"]` gives `[number, bigint]`. */
export type NaturalValues<T extends readonly ValueTypeName[]> = {
  -readonly [i in keyof T]: NaturalTypes[T[i]];
};

const wrappers = new WeakMap<FunctionInstance, Func>();

/** A function: of a module, or of the host. Rust SDK `Func`. */
export class Func {
  /** The core's instance. */
  readonly inner: FunctionInstance;

  private constructor(inner: FunctionInstance) {
    this.inner = inner;
  }

  /** The `Func` of a core function: the same one each time. */
  static of(inner: FunctionInstance): Func {
    let func = wrappers.get(inner);
    if (func === undefined) {
      func = new Func(requireKind("A function", inner, FunctionInstance, "FunctionInstance"));
      wrappers.set(inner, func);
    }
    return func;
  }

  /** Parameter and result types. */
  get type(): FunctionType {
    return this.inner.type;
  }

  /**
   * Calls the function.
   * @param executor for example `vm.executor`, or `caller.executor` in a host function
   * @throws FuncSigMismatch where `args` are not of the parameters' types; what ends the run
   */
  run(executor: CallingExecutor, args: readonly (Value | WasmValue)[] = []): Value[] {
    requireFunction("executor.invoke", requireObject("executor", executor).invoke);
    return executor.invoke(this.inner, argumentsOf(args)).map(fromCore);
  }

  /**
   * Calls the function in slices on the event loop: for a host function of an asynchronous run, to return or to await.
   * @param executor see `run`
   * @throws as `run`, by rejecting
   */
  async runAsync(executor: CallingExecutor, args: readonly (Value | WasmValue)[] = []): Promise<Value[]> {
    requireFunction("executor.asyncInvoke", requireObject("executor", executor).asyncInvoke);
    return (await executor.asyncInvoke(this.inner, argumentsOf(args))).map(fromCore);
  }
}

/** A value of the SDK as the core has it: a `Func` as its instance. */
export function toCore<V extends Value | WasmValue>(value: V): Value | V {
  return typeof value === "object" && isInstance(value, Func) ? value.inner : value;
}

/** Arguments of the SDK as the core has them. @throws RuntimeError where they are no list */
export function argumentsOf(args: readonly (Value | WasmValue)[]): (Value | WasmValue)[] {
  return requireList("The arguments", args).map(toCore);
}

/** A value of the core as the SDK has it: a function as `Func`. */
export function fromCore(value: Value): Value {
  return typeof value === "object" && isInstance(value, FunctionInstance) ? Func.of(value) : value;
}
