import { fail, WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { type Value, WasmValue } from "../common/wasm-value.ts";
import { CallingFrame } from "../store/calling-frame.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { addCallers } from "./engine/backtrace.ts";
import type { Execution } from "./engine/execution.ts";
import { isStackOverflow } from "./engine/trap-error.ts";
import type { ValueStack } from "./engine/value-stack.ts";
import type { Executor } from "./executor.ts";
import { slotWords } from "./lowering/frame-builder.ts";
import type { Meter } from "./meter.ts";
import { canonical, failResults, fits } from "./signature.ts";
import type { RunOptions } from "./stop-token.ts";

/** One call of a host function. */
interface HostCall {
  readonly executor: Executor;
  readonly stack: ValueStack;
  readonly meter: Meter;
  readonly func: FunctionInstance;
  /** Word offset of the arguments on the stack; the results go there too. */
  readonly at: number;
  /** The module whose code calls. */
  readonly caller: FunctionInstance["module"];
  /** The execution that calls; undefined where the embedder does. */
  readonly execution: Execution | undefined;
  /** How the run is bounded. */
  readonly bounds: RunOptions;
}

/**
 * Calls a host function: its cost, the hooks around it, the time it takes. WasmEdge `Executor::enterFunction`, its branch for
 * host functions.
 *
 * @throws what the host function throws, as WasmEdgeError; CostLimitExceeded, FuncSigMismatch, HostPromise
 */
export function callHostFunction(call: HostCall): void {
  const { executor, stack, meter, func, at, caller, bounds } = call;
  const { hostFunction } = func;
  if (hostFunction === undefined) return;
  if (hostFunction.cost !== 0 && !meter.tryToSpend(hostFunction.cost)) {
    throw hostError(new WasmEdgeError(ErrCode.CostLimitExceeded), call);
  }
  func.module?.finalize();
  const args = readArguments(stack, at, func);
  const { observer } = executor;
  observer?.beforeHostCall(func, args, call.execution);
  const timed = executor.configure.statistics.timeMeasuring ? executor.statistics : undefined;
  timed?.stopRecordWasm();
  timed?.startRecordHost();
  try {
    executor.beforeHostFunction();
    const results = hostFunction.run(new CallingFrame(executor, caller, bounds), args);
    executor.afterHostFunction();
    const list = resultList(results);
    writeResults(stack, at, func, list);
    observer?.afterHostCall(func, list, undefined);
  } catch (error) {
    observer?.afterHostCall(func, undefined, error);
    throw hostError(error, call);
  } finally {
    timed?.stopRecordHost();
    timed?.startRecordWasm();
  }
}

function readArguments(stack: ValueStack, at: number, { type }: FunctionInstance): Value[] {
  let place = at;
  return type.params.map((param) => {
    const value = stack.readValue(place, param);
    place += slotWords(param);
    return value;
  });
}

/** What a host function threw, as WasmEdgeError with the frames that called it. */
function hostError(thrown: unknown, { execution, func }: HostCall): WasmEdgeError {
  const error = asWasmEdgeError(thrown);
  if (execution !== undefined && error.code !== ErrCode.Terminated) addCallers(error, execution, func);
  return error;
}

function asWasmEdgeError(error: unknown): WasmEdgeError {
  if (error instanceof WasmEdgeError) return error;
  if (isStackOverflow(error)) return new WasmEdgeError(ErrCode.CallStackExhausted);
  const wrapped = new WasmEdgeError(ErrCode.HostFuncError, {
    kind: "note",
    text: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  });
  wrapped.cause = error;
  return wrapped;
}

/** Checks what a host function gave back and puts it where its results belong. @throws FuncSigMismatch */
function writeResults(stack: ValueStack, at: number, func: FunctionInstance, list: readonly Value[]): void {
  const { type } = func;
  if (list.length !== type.results.length) failResults(type, list);
  let place = at;
  type.results.forEach((result, i) => {
    const value = WasmValue.of(result, list[i]);
    if (value === undefined || !fits(value, canonical(func, result))) failResults(type, list);
    stack.write(place, value);
    place += slotWords(result);
  });
}

/** @throws HostPromise */
function resultList(results: unknown): readonly Value[] {
  if (results === undefined) return [];
  if (Array.isArray(results)) return results;
  if (typeof results === "object" && results !== null && "then" in results) fail(ErrCode.HostPromise);
  return [results as Value];
}
