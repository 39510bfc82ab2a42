import type { FunctionType } from "../ast/types.ts";
import { isInstance } from "../common/host-values.ts";
import { isNullableRefType, isRefType, ValType } from "../common/value-type.ts";
import { type Reference, type Value, WasmValue } from "../common/wasm-value.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import { I31 } from "../store/i31.ts";
import { referenceMatches } from "../store/reference-check.ts";
import { canonicalComposite, matchesCanonical } from "../validator/canonical-types.ts";
import { compositeOf, gcObject, isComposite } from "./gc-object.ts";
import type { Realm } from "./realm.ts";
import { functionSlot } from "./slots.ts";
import { enumeration } from "./web-idl.ts";

/** Values of JavaScript and of WebAssembly, and the types by their names. All types here are over canonical ids. */

/** The type of a function, its types over canonical ids. */
export function canonicalTypeOf({
  type,
  typeId,
}: {
  readonly type: FunctionType;
  readonly typeId: number;
}): FunctionType {
  const composite = canonicalComposite(typeId);
  return composite.kind === "function" ? composite.type : type;
}

/** Whether values of the type stay inside: those of 128 bits, and references to exceptions. */
export function isOpaque(type: ValType): boolean {
  return type === ValType.V128 || (isRefType(type) && matchesCanonical(type, ValType.ExnRef));
}

/** @throws TypeError where values of one of the types cannot come from JavaScript, or go there */
export function requireTransparent(types: readonly ValType[]): void {
  if (types.some(isOpaque)) throw new TypeError("Values of type v128 and exnref do not cross to JavaScript.");
}

/** Whether a number is the value of an i31. Minus zero is not. */
function isI31(value: unknown): value is number {
  return typeof value === "number" && Object.is(value, (value << 1) >> 1);
}

/** Numbers of 31 bits are i31, objects of structs and arrays these, and all else is itself. */
function internalize(value: unknown): Reference {
  if (isI31(value)) return I31.of(value);
  return compositeOf(value) ?? (value as Reference);
}

/**
 * https://webassembly.github.io/spec/js-api/#towebassemblyvalue
 * @param type not opaque
 * @throws TypeError where the value is none of the type
 */
export function toWebAssemblyValue(value: unknown, type: ValType): WasmValue {
  switch (type) {
    case ValType.I32:
      return WasmValue.i32(value as number);
    case ValType.I64:
      return WasmValue.i64(BigInt.asIntN(64, value as bigint));
    case ValType.F32:
      return WasmValue.f32(+(value as number));
    case ValType.F64:
      return WasmValue.f64(+(value as number));
    default:
      return WasmValue.ref(type, toReference(value, type));
  }
}

/** The same for a reference type. @throws TypeError */
export function toReference(value: unknown, type: ValType): Reference {
  if (value === null) {
    if (!isNullableRefType(type)) throw new TypeError("The type has no null.");
    return null;
  }
  // An exported function is an object of the host everywhere but where functions are wanted.
  const reference = isFunc(type) ? (functionSlot.of(value) ?? (value as Reference)) : internalize(value);
  if (!referenceMatches(reference, type)) throw new TypeError("The value is none of the reference type.");
  return reference;
}

function isFunc(type: ValType): boolean {
  return matchesCanonical(type, ValType.FuncRef);
}

/**
 * https://webassembly.github.io/spec/js-api/#tojsvalue
 * @param value in the engine's natural form, which is JavaScript's but for references
 */
export function toJSValue(realm: Realm, value: Value): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isInstance(value, I31)) return value.value;
  if (isInstance(value, FunctionInstance)) return realm.functionOf(value);
  return isComposite(value) ? gcObject(value) : value;
}

/** What is taken where no value is given. @throws TypeError where the type has none */
export function defaultValue(type: ValType): WasmValue {
  if (type === ValType.ExternRef) return WasmValue.ref(type, undefined);
  if (isRefType(type) && !isNullableRefType(type)) throw new TypeError("The type has no default value.");
  return WasmValue.zero(type);
}

const byName = {
  i32: ValType.I32,
  i64: ValType.I64,
  f32: ValType.F32,
  f64: ValType.F64,
  v128: ValType.V128,
  externref: ValType.ExternRef,
  anyfunc: ValType.FuncRef,
} as const;

/** The name of a value type. https://webassembly.github.io/spec/js-api/#enumdef-valuetype */
export type ValueTypeName = keyof typeof byName;

const names = Object.keys(byName) as ValueTypeName[];

/** https://webassembly.github.io/spec/js-api/#tovaluetype @throws TypeError for what is no type's name */
export function toValueType(name: unknown): ValType {
  return byName[enumeration(name, names, "A value type")];
}
