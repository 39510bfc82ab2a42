import type { ValType } from "../common/value-type.ts";
import type { Reference } from "../common/wasm-value.ts";
import { requireReference } from "../store/reference-check.ts";
import { toCore } from "./func.ts";

/**
 * A reference in the core's form, for a place of a type.
 * @param type a reference type over canonical ids, as instances have it
 * @throws NonNullRequired for null where the type allows none; RefTypeMismatch where the type is another
 */
export function referenceFor(type: ValType, value: Reference): Reference {
  const reference = toCore(value);
  requireReference(reference, type);
  return reference;
}
