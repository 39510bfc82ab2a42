import { requireKind, requireList } from "../common/arguments.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { isNullableRefType, isRefType } from "../common/value-type.ts";
import { type Value, WasmValue } from "../common/wasm-value.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import { resultType } from "../store/reference-check.ts";
import type { ValueStack } from "./engine/value-stack.ts";
import { slotWords } from "./lowering/operands.ts";
import { canonical, failParams, fits } from "./signature.ts";

/** The parameters and results of a call from outside, which stand at the foot of its value stack. */

/**
 * The parameters of a call as typed values.
 * @throws RuntimeError where `func` is no function or `params` no list; FuncSigMismatch, NonNullRequired
 */
export function checkParams(func: FunctionInstance, params: readonly (Value | WasmValue)[]): WasmValue[] {
  const { type } = requireKind("func", func, FunctionInstance, "FunctionInstance");
  if (requireList("The arguments", params).length !== type.params.length) failParams(func, params);
  return type.params.map((param, i) => {
    const value = WasmValue.of(param, params[i]);
    if (value === undefined) failParams(func, params);
    if (isRefType(param) && !isNullableRefType(param) && value.isNullRef()) fail(ErrCode.NonNullRequired);
    if (!fits(value, canonical(func, param))) failParams(func, params);
    return value;
  });
}

/** @param params checked against the function's type */
export function writeParams(stack: ValueStack, params: readonly WasmValue[]): void {
  let at = 0;
  for (const param of params) {
    stack.write(at, param);
    at += slotWords(param.type);
  }
}

/** The results with their exact bits; a reference with the abstract type of what it refers to. */
export function readResults(stack: ValueStack, func: FunctionInstance): WasmValue[] {
  let at = 0;
  return func.type.results.map((result) => {
    const value = stack.read(at, result);
    at += slotWords(result);
    if (!isRefType(result)) return value;
    return WasmValue.ref(resultType(value.reference, canonical(func, result)), value.reference);
  });
}
