import type { WasmValue } from "../common/wasm-value.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { thrownOut } from "./failures.ts";
import type { Realm } from "./realm.ts";
import { canonicalTypeOf, requireTransparent, toJSValue, toWebAssemblyValue } from "./values.ts";

/** The arguments of a call as the engine takes them. @throws TypeError where one is none of its type, or cannot cross */
export function toArguments(instance: FunctionInstance, args: readonly unknown[]): WasmValue[] {
  const { params, results } = canonicalTypeOf(instance);
  requireTransparent(params);
  requireTransparent(results);
  return params.map((type, i) => toWebAssemblyValue(args[i], type));
}

/** The results of a call as JavaScript has them: nothing, one, or a list. */
export function fromResults(realm: Realm, results: readonly WasmValue[]): unknown {
  if (results.length === 0) return undefined;
  const values = results.map((result) => toJSValue(realm, result.toValue()));
  return values.length === 1 ? values[0] : values;
}

/** https://webassembly.github.io/spec/js-api/#call-an-exported-function */
export function callExportedFunction(realm: Realm, instance: FunctionInstance, args: readonly unknown[]): unknown {
  const typed = toArguments(instance, args);
  try {
    return fromResults(realm, realm.executor.invokeTyped(instance, typed));
  } catch (error) {
    throw thrownOut(realm, error);
  }
}
