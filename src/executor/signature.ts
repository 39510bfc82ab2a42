import type { FunctionType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { isRefType, ValType } from "../common/value-type.ts";
import { type Value, WasmValue } from "../common/wasm-value.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import { referenceMatches } from "../store/reference-check.ts";
import { canonicalValType } from "../validator/canonical-types.ts";

/** Values from outside against the function types that they are for. */

/** A value type of a function's, over canonical ids. Host functions have those already. */
export function canonical(func: FunctionInstance, type: ValType): ValType {
  return func.module?.source === undefined ? type : canonicalValType(type, func.module.typeIds);
}

/** Whether a value has the type, or is a reference that may stand for it. */
export function fits(value: WasmValue, type: ValType): boolean {
  return isRefType(type) ? isRefType(value.type) && referenceMatches(value.reference, type) : value.type === type;
}

/** Results that are not the function type's. @throws FuncSigMismatch */
export function failResults(type: FunctionType, values: readonly Value[]): never {
  fail(ErrCode.FuncSigMismatch, {
    kind: "mismatch",
    category: "function type",
    expected: type,
    got: { params: type.params, results: values.map((value, i) => typeOfValue(value, type.results[i])) },
  });
}

/** The type that a natural value looks like, for the text of a mismatch. @param wanted what stands in its place */
export function typeOfValue(value: Value | WasmValue, wanted: ValType | undefined): ValType {
  if (value instanceof WasmValue) return value.type;
  if (wanted !== undefined && WasmValue.of(wanted, value) !== undefined) return wanted;
  if (typeof value === "number") return Number.isInteger(value) ? ValType.I32 : ValType.F64;
  if (typeof value === "bigint") return ValType.I64;
  return value instanceof FunctionInstance ? ValType.FuncRef : ValType.ExternRef;
}
