import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import {
  heapCodeOf,
  isIndexedRefType,
  isNullableRefType,
  refType,
  TypeCode,
  typeIndexOf,
  ValType,
} from "../common/value-type.ts";
import type { Reference } from "../common/wasm-value.ts";
import { bottomHeapCode, topHeapCode } from "../validator/abstract-heap-types.ts";
import { canonicalComposite, isCanonicalSubtype } from "../validator/canonical-types.ts";
import { ArrayInstance } from "./array-instance.ts";
import { CompositeInstance } from "./composite-instance.ts";
import { ExceptionInstance } from "./exception-instance.ts";
import { FunctionInstance } from "./function-instance.ts";
import { I31 } from "./i31.ts";
import { StructInstance } from "./struct-instance.ts";

/**
 * Whether a reference is of a type: for casts, and for what the host hands over.
 *
 * External references are host values of any kind, and `any.convert_extern` and `extern.convert_any` leave the object as
 * it is; so any value is an `extern` and an `any`, and what is none of ours is nothing below `any`.
 *
 * https://webassembly.github.io/spec/core/exec/values.html#references
 *
 * @param type over canonical ids
 */
export function referenceMatches(reference: Reference, type: ValType): boolean {
  try {
    return matches(reference, type);
  } catch {
    // A proxy that has been revoked, or whose handler fails, does not let itself be looked at. Engines know the classes in the other
    // function, so casts are as fast as without this.
    return false;
  }
}

function matches(reference: Reference, type: ValType): boolean {
  if (reference === null) return isNullableRefType(type);
  if (isIndexedRefType(type)) {
    const id = typeIndexOf(type);
    // A host object may have a property of that name.
    if (!(reference instanceof CompositeInstance) && !(reference instanceof FunctionInstance)) return false;
    return reference.typeId === id || isCanonicalSubtype(reference.typeId, id);
  }
  switch (heapCodeOf(type)) {
    case TypeCode.FuncRef:
      return reference instanceof FunctionInstance;
    case TypeCode.ExternRef:
    case TypeCode.AnyRef:
      return true;
    case TypeCode.EqRef:
      return reference instanceof CompositeInstance || reference instanceof I31;
    case TypeCode.I31Ref:
      return reference instanceof I31;
    case TypeCode.StructRef:
      return reference instanceof StructInstance;
    case TypeCode.ArrayRef:
      return reference instanceof ArrayInstance;
    case TypeCode.ExnRef:
      return reference instanceof ExceptionInstance;
    default:
      return false;
  }
}

/** The abstract heap type that an object is of; undefined for what is none of ours. */
function heapCodeOfObject(reference: Reference): number | undefined {
  const kinds = [TypeCode.FuncRef, TypeCode.I31Ref, TypeCode.StructRef, TypeCode.ArrayRef, TypeCode.ExnRef];
  return kinds.find((code) => referenceMatches(reference, refType(code, false)));
}

/** The abstract type of a reference, for texts: what is none of ours is an `extern`, and null as well. */
export function typeOfReference(reference: Reference): ValType {
  const code = heapCodeOfObject(reference);
  return code === undefined ? ValType.ExternRef : refType(code, false);
}

/** The top of a reference type's hierarchy: func, extern, exn or any. @param type over canonical ids */
function hierarchyOf(type: ValType): number {
  if (!isIndexedRefType(type)) return topHeapCode(heapCodeOf(type));
  return canonicalComposite(typeIndexOf(type)).kind === "function" ? TypeCode.FuncRef : TypeCode.AnyRef;
}

/**
 * The type that a result tells of its reference: an abstract one, since an index means something in its module only, and that of the
 * object, not of the place; of null the bottom of the hierarchy. WasmEdge `Executor::invoke`.
 * @param type of the place, over canonical ids
 */
export function resultType(reference: Reference, type: ValType): ValType {
  const hierarchy = hierarchyOf(type);
  if (reference === null) return refType(bottomHeapCode(hierarchy), true);
  const code = hierarchy === TypeCode.ExternRef ? undefined : heapCodeOfObject(reference);
  return refType(code ?? hierarchy, false);
}

/**
 * Refuses what the host hands over for a place of another type.
 * @param type over canonical ids
 * @throws NonNullRequired for null where the type allows none; RefTypeMismatch where the type is another
 */
export function requireReference(reference: Reference, type: ValType): void {
  if (!referenceMatches(reference, type)) {
    fail(reference === null ? ErrCode.NonNullRequired : ErrCode.RefTypeMismatch);
  }
}

/** `ref.eq`: the same object, or i31 references of the same value. */
export function sameReference(first: Reference, second: Reference): boolean {
  return first === second || (first instanceof I31 && second instanceof I31 && first.value === second.value);
}
