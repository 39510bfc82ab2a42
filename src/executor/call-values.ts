import { isRefType } from "../common/value-type.ts";
import { WasmValue } from "../common/wasm-value.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { resultType } from "../store/reference-check.ts";
import type { ValueStack } from "./engine/value-stack.ts";
import { slotWords } from "./lowering/operands.ts";
import { canonical } from "./signature.ts";

/** The parameters and results of a call from outside, at the foot of its value stack. */

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
