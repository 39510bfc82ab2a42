import { isRefType, refType, type ValType } from "../common/value-type.ts";
import { canonicalValType, matchesCanonical } from "./canonical-types.ts";

/**
 * Matching of value types over the type indices of one module, as validation needs it.
 * https://webassembly.github.io/spec/core/valid/matching.html — WasmEdge `AST::TypeMatcher`
 */

/** The type of an operand that nothing is known of, in code that is never reached: it matches every type. */
export const BOTTOM: ValType = -1;

/** A non-null reference of which nothing else is known, in code that is never reached: it matches every reference type. */
export const BOTTOM_REFERENCE: ValType = refType(0, false);

export class TypeMatcher {
  private readonly canonicalIds: Int32Array;

  /** @param canonicalIds the canonical id of each type index of the module */
  constructor(canonicalIds: Int32Array) {
    this.canonicalIds = canonicalIds;
  }

  /** Whether a value of type `sub` may stand where `sup` is wanted. */
  matches(sub: ValType, sup: ValType): boolean {
    if (sub === sup || sub === BOTTOM) return true;
    if (sub === BOTTOM_REFERENCE) return isRefType(sup);
    if (!isRefType(sub) || !isRefType(sup)) return false;
    return matchesCanonical(canonicalValType(sub, this.canonicalIds), canonicalValType(sup, this.canonicalIds));
  }

  /** Whether lists of types match: the same length, each type of `sub` with its counterpart in `sup`. */
  matchesAll(sub: readonly ValType[], sup: readonly ValType[]): boolean {
    if (sub.length !== sup.length) return false;
    for (let i = 0; i < sub.length; i++) if (!this.matches(sub[i], sup[i])) return false;
    return true;
  }
}
