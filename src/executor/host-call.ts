import { fail, WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { isList, isThenable } from "../common/host-values.ts";
import { thrownText } from "../common/thrown-text.ts";
import { type Value, WasmValue } from "../common/wasm-value.ts";
import { CallingFrame } from "../store/calling-frame.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { AwaitedHostCall, forget } from "./awaited-host-call.ts";
import { addCallers, hostFrame } from "./engine/backtrace.ts";
import type { Execution } from "./engine/execution.ts";
import { isStackOverflow } from "./engine/trap-error.ts";
import type { ValueStack } from "./engine/value-stack.ts";
import type { Executor } from "./executor.ts";
import { slotWords } from "./lowering/operands.ts";
import type { Meter } from "./meter.ts";
import { canonical, failResults, fits } from "./signature.ts";
import type { StopToken } from "./stop-token.ts";
import { hostCallBegins, hostCallThrows } from "./thrown-again.ts";

/** Stands between the runs of an executor and the bodies of host functions: a recording, which plays them back. */
export interface HostGate {
  /** @param run calls the body @returns what the body is to have given @throws what it is to have thrown */
  call(func: FunctionInstance, args: readonly Value[], run: () => unknown): unknown;
}

/** What a call of a host function takes. */
export interface HostCallParts {
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
  /** What bounds the run, and whether it may be put off. */
  readonly stop: StopToken;
}

/**
 * Calls a host function: its cost, the hooks around it, the time it takes. WasmEdge `Executor::enterFunction`, its branch for
 * host functions.
 *
 * @returns undefined where the results are in their place; otherwise the promise that the function gave, for
 *   `finishHostCall`
 * @throws what the host function throws, as WasmEdgeError; CostLimitExceeded, FuncSigMismatch, HostPromise
 */
export function callHostFunction(call: HostCallParts): AwaitedHostCall | undefined {
  const { executor, stack, meter, func, at, stop } = call;
  const { hostFunction } = func;
  if (hostFunction === undefined) return undefined;
  if (hostFunction.cost !== 0 && !meter.tryToSpend(hostFunction.cost)) {
    throw hostError(new WasmEdgeError(ErrCode.CostLimitExceeded), call, hostCallBegins());
  }
  func.module?.finalize();
  const args = readArguments(stack, at, func);
  const { observer } = executor;
  observer?.beforeHostCall(func, args, call.execution);
  const timed = executor.configure.statistics.timeMeasuring ? executor.statistics : undefined;
  timed?.stopRecordWasm();
  timed?.startRecordHost();
  const around = executor.hostRun;
  executor.hostRun = stop;
  const begun = hostCallBegins();
  try {
    executor.beforeHostFunction();
    const results = runHostFunction(call, args);
    if (isThenable(results)) return awaited(results, call, begun);
    endHostCall(call, results);
    return undefined;
  } catch (error) {
    observer?.afterHostCall(func, undefined, error);
    throw hostError(error, call, begun);
  } finally {
    executor.hostRun = around;
    timed?.stopRecordHost();
    timed?.startRecordWasm();
  }
}

/** The function's body; or what a gate lets the run see in its place. */
function runHostFunction({ executor, func, caller, stop }: HostCallParts, args: Value[]): unknown {
  const run = (): unknown => func.hostFunction?.run(new CallingFrame(executor, caller, stop), args);
  return executor.hostGate === undefined ? run() : executor.hostGate.call(func, args, run);
}

/** @throws HostPromise where the run may not be put off */
function awaited(results: PromiseLike<unknown>, { func, stop }: HostCallParts, begun: number): AwaitedHostCall {
  if (stop.mayAwait) return new AwaitedHostCall(results, begun);
  forget(results);
  const { functionName, moduleName } = hostFrame(func);
  return fail(ErrCode.HostPromise, {
    kind: "note",
    text: `The host function "${functionName ?? func.index}" of the module "${moduleName}" has to be awaited: call from an asynchronous run.`,
  });
}

/**
 * Goes on with a host function whose promise has settled.
 * @throws as `callHostFunction`
 */
export function finishHostCall(call: HostCallParts, promise: AwaitedHostCall): void {
  const { executor, func } = call;
  if (executor.configure.statistics.timeMeasuring) executor.statistics?.addHostTime(promise.waited);
  try {
    endHostCall(call, promise.take());
  } catch (error) {
    executor.observer?.afterHostCall(func, undefined, error);
    throw hostError(error, call, promise.calledAt);
  }
}

function endHostCall({ executor, stack, func, at }: HostCallParts, results: unknown): void {
  executor.afterHostFunction();
  const list = resultList(results);
  writeResults(stack, at, func, list);
  executor.observer?.afterHostCall(func, list, undefined);
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
function hostError(thrown: unknown, { execution, func }: HostCallParts, begun: number): WasmEdgeError {
  const error = asWasmEdgeError(thrown);
  if (error.code === ErrCode.Terminated) return error;
  hostCallThrows(error, begun);
  if (execution !== undefined) addCallers(error, execution, func);
  return error;
}

function asWasmEdgeError(thrown: unknown): WasmEdgeError {
  const wrapped = new WasmEdgeError(ErrCode.HostFuncError, { kind: "note", text: thrownText(thrown) });
  wrapped.cause = thrown;
  try {
    if (thrown instanceof WasmEdgeError) return thrown;
    return isStackOverflow(thrown) ? new WasmEdgeError(ErrCode.CallStackExhausted) : wrapped;
  } catch {
    // It has code of its own (a proxy, a getter), which fails when it is looked at: so it is neither of these.
    return wrapped;
  }
}

/** Checks what a host function gave back and puts it where its results belong. @throws FuncSigMismatch */
function writeResults(stack: ValueStack, at: number, func: FunctionInstance, list: readonly Value[]): void {
  const { type } = func;
  if (list.length !== type.results.length) failResults(func, list);
  let place = at;
  type.results.forEach((result, i) => {
    const value = WasmValue.of(result, list[i]);
    if (value === undefined || !fits(value, canonical(func, result))) failResults(func, list);
    stack.write(place, value);
    place += slotWords(result);
  });
}

/** @throws HostPromise */
function resultList(results: unknown): readonly Value[] {
  if (results === undefined) return [];
  if (isList(results)) return results as readonly Value[];
  return [results as Value];
}
