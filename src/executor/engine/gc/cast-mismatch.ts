import type { ErrorContext } from "../../../common/error-context.ts";
import { isInstance } from "../../../common/host-values.ts";
import {
  indexedRefType,
  isIndexedRefType,
  isNullableRefType,
  refType,
  TypeCode,
  typeIndexOf,
  ValType,
} from "../../../common/value-type.ts";
import type { Reference } from "../../../common/wasm-value.ts";
import { CompositeInstance } from "../../../store/composite-instance.ts";
import { FunctionInstance } from "../../../store/function-instance.ts";
import { I31 } from "../../../store/i31.ts";
import { StructInstance } from "../../../store/struct-instance.ts";

/** The type of a defined type's id as the module writes it; the abstract one where the module does not have the type. */
function inModule(typeIds: Int32Array, id: number, nullable: boolean, abstract: number): ValType {
  const index = typeIds.indexOf(id);
  return index < 0 ? refType(abstract, nullable) : indexedRefType(index, nullable);
}

/** What a reference is, for the text of an error. */
function typeOfReference(typeIds: Int32Array, reference: Reference): ValType {
  if (reference === null) return ValType.NullRef;
  if (isInstance(reference, I31)) return refType(TypeCode.I31Ref, false);
  if (isInstance(reference, FunctionInstance)) return inModule(typeIds, reference.typeId, false, TypeCode.FuncRef);
  if (!isInstance(reference, CompositeInstance)) return refType(TypeCode.AnyRef, false);
  const abstract = isInstance(reference, StructInstance) ? TypeCode.StructRef : TypeCode.ArrayRef;
  return inModule(typeIds, reference.typeId, false, abstract);
}

/**
 * The two types of a cast that failed, with the indices of the module whose code casts. WasmEdge logs the same line.
 * @param typeIds the canonical ids of that module's types
 * @param wanted over canonical ids
 */
export function castMismatch(typeIds: Int32Array, wanted: ValType, reference: Reference): ErrorContext {
  const expected = isIndexedRefType(wanted)
    ? inModule(typeIds, typeIndexOf(wanted), isNullableRefType(wanted), TypeCode.EqRef)
    : wanted;
  return { kind: "mismatch", category: "value type", expected, got: typeOfReference(typeIds, reference) };
}
