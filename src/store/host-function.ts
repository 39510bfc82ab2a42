import type { FunctionType } from "../ast/types.ts";
import type { Value } from "../common/wasm-value.ts";
import type { CallingFrame } from "./calling-frame.ts";

/**
 * What a host function gives back: nothing, the one result, or a list of all results. To return a JavaScript array, or a
 * promise, as an externref, wrap it in a list.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a body without a return statement is a host function too
export type HostResults = readonly Value[] | Value | void;

/**
 * The code of a host function. In an asynchronous run it may give a promise of its results: the run is suspended until that
 * has settled, and the event loop goes on. A promise that fails is as an error that is thrown.
 * @param frame where it is called from
 * @param args as many values as the type has parameters, in natural form
 */
export type HostFunctionBody = (frame: CallingFrame, args: Value[]) => HostResults | PromiseLike<HostResults>;

/**
 * A host function: type, body, cost. WasmEdge `Runtime::HostFunctionBase`.
 *
 * To end the run as `proc_exit` does, the body throws a WasmEdgeError with `ErrCode.Terminated`; any other WasmEdgeError
 * ends it with that code; what else it throws becomes HostFuncError.
 */
export class HostFunction {
  readonly type: FunctionType;
  /** Added to the cost of a run when it is measured. */
  readonly cost: number;
  /** Whether it changes nothing of the guest but memories, and tells each place to `MemoryInstance.onHostWrite`. */
  readonly tellsWrites: boolean;
  private readonly body: HostFunctionBody;

  constructor(type: FunctionType, body: HostFunctionBody, cost = 0, tellsWrites = false) {
    this.type = type;
    this.body = body;
    this.cost = cost;
    this.tellsWrites = tellsWrites;
  }

  run(frame: CallingFrame, args: Value[]): HostResults | PromiseLike<HostResults> {
    return this.body(frame, args);
  }
}
