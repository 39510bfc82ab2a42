import type { FunctionType } from "../ast/types.ts";
import type { Value, WasmValue } from "../common/wasm-value.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import { HostFunction } from "../store/host-function.ts";
import { canonicalComposite } from "../validator/canonical-types.ts";
import { thrownInto } from "./failures.ts";
import type { Callable, Realm } from "./realm.ts";
import { requireTransparent, toJSValue, toWebAssemblyValue } from "./values.ts";
import { valuesOf } from "./web-idl.ts";

/**
 * Calls a function of JavaScript for wasm. https://webassembly.github.io/spec/js-api/#run-a-host-function
 * @returns what it gives, for `resultsFor`
 * @throws as wasm sees it
 */
export function callForWasm(realm: Realm, func: Callable, type: FunctionType, args: readonly Value[]): unknown {
  try {
    requireTransparent(type.params);
    requireTransparent(type.results);
    return Reflect.apply(
      func,
      undefined,
      args.map((value) => toJSValue(realm, value)),
    );
  } catch (thrown) {
    throw thrownInto(thrown);
  }
}

/** What a function of JavaScript has given, as wasm's results. @throws as wasm sees it, where they are none */
export function resultsFor(result: unknown, type: FunctionType): WasmValue[] {
  try {
    return toResults(result, type);
  } catch (thrown) {
    throw thrownInto(thrown);
  }
}

/**
 * A function of JavaScript as one that wasm calls.
 * https://webassembly.github.io/spec/js-api/#create-a-host-function
 * @param typeId the canonical id of the type that the import wants
 * @param index of it among the imported functions, which is its name where it is exported again
 */
export function hostFunctionOf(realm: Realm, func: Callable, typeId: number, index: number): FunctionInstance {
  const type = functionTypeOf(typeId);
  const run = (_frame: unknown, args: readonly Value[]): WasmValue[] =>
    resultsFor(callForWasm(realm, func, type, args), type);
  return new FunctionInstance(type, typeId, undefined, index, new HostFunction(type, run));
}

/** The function type with that canonical id. */
export function functionTypeOf(typeId: number): FunctionType {
  const composite = canonicalComposite(typeId);
  return composite.kind === "function" ? composite.type : { params: [], results: [] };
}

/** @throws TypeError where what a function gave are not its results */
function toResults(result: unknown, { results }: FunctionType): WasmValue[] {
  if (results.length === 0) return [];
  if (results.length === 1) return [toWebAssemblyValue(result, results[0])];
  const values = valuesOf(result, "Several results");
  if (values.length !== results.length) {
    throw new TypeError(`${results.length} results are wanted, and there are ${values.length}.`);
  }
  return results.map((type, i) => toWebAssemblyValue(values[i], type));
}
