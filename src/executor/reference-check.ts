import {
  heapCodeOf,
  isIndexedRefType,
  isNullableRefType,
  TypeCode,
  typeIndexOf,
  type ValType,
} from "../common/value-type.ts";
import type { Reference } from "../common/wasm-value.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import { canonicalComposite, isCanonicalSubtype } from "../validator/canonical-types.ts";

/**
 * Whether a reference from the host may stand where a type is wanted.
 * @param type over canonical ids
 */
export function referenceMatches(reference: Reference, type: ValType): boolean {
  if (reference === null) return isNullableRefType(type);
  if (isIndexedRefType(type)) {
    const id = typeIndexOf(type);
    if (canonicalComposite(id).kind !== "function") return false;
    return reference instanceof FunctionInstance && isCanonicalSubtype(reference.typeId, id);
  }
  switch (heapCodeOf(type)) {
    case TypeCode.FuncRef:
      return reference instanceof FunctionInstance;
    case TypeCode.ExternRef:
      return true;
    case TypeCode.AnyRef:
      // Any host value may be an internal reference too, as `any.convert_extern` makes it.
      return !(reference instanceof FunctionInstance);
    default:
      return false;
  }
}
