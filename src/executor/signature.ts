import type { FunctionType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { ErrorContext } from "../common/error-context.ts";
import { isInstance } from "../common/host-values.ts";
import { isRefType, ValType, valTypeName } from "../common/value-type.ts";
import { type Value, WasmValue } from "../common/wasm-value.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { referenceMatches, typeOfReference } from "../store/reference-check.ts";
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
export function failResults(func: FunctionInstance, values: readonly Value[]): never {
  const { type } = func;
  const got = { params: type.params, results: typesOf(func, values, type.results) };
  failMismatch(type, got, tooLarge(values, type.results));
}

/** Arguments that are not the function type's. @throws FuncSigMismatch */
export function failParams(func: FunctionInstance, values: readonly (Value | WasmValue)[]): never {
  const { type } = func;
  const got = { params: typesOf(func, values, type.params), results: type.results };
  failMismatch(type, got, tooLarge(values, type.params));
}

function failMismatch(expected: FunctionType, got: FunctionType, notes: readonly ErrorContext[]): never {
  fail(ErrCode.FuncSigMismatch, { kind: "mismatch", category: "function type", expected, got }, ...notes);
}

/** Of an integer that has the kind of what is wanted and does not fit: the types say nothing of it. */
function tooLarge(values: readonly Value[], wanted: readonly ValType[]): ErrorContext[] {
  const at = values.findIndex((value, i) => {
    const isInteger = Number.isInteger(value) || typeof value === "bigint";
    return isInteger && typeOfNatural(value) === wanted[i] && WasmValue.of(wanted[i], value) === undefined;
  });
  if (at < 0) return [];
  return [{ kind: "note", text: `${String(values[at])} is out of the range of ${valTypeName(wanted[at])}.` }];
}

/** The types that values look like, for the text of a mismatch: those that are wanted, where they fit. */
function typesOf(func: FunctionInstance, values: readonly Value[], wanted: readonly ValType[]): ValType[] {
  return values.map((value, i) => {
    const type = wanted[i];
    const typed = type === undefined ? undefined : WasmValue.of(type, value);
    if (typed !== undefined && fits(typed, canonical(func, type))) return type;
    if (isInstance(value, WasmValue) && !isRefType(value.type)) return value.type;
    return typeOfNatural(isInstance(value, WasmValue) ? value.reference : value);
  });
}

function typeOfNatural(value: Value): ValType {
  if (typeof value === "number") return Number.isInteger(value) ? ValType.I32 : ValType.F64;
  if (typeof value === "bigint") return ValType.I64;
  return typeOfReference(value);
}
