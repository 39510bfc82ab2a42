import type { FieldType, FunctionType, SubType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { Proposal, proposalText } from "../common/proposal.ts";
import { isIndexedRefType, MAX_TYPE_INDEX, typeIndexOf, type ValType } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import { within } from "./ast-nodes.ts";
import { canonicalizeTypes, canonicalValType } from "./canonical-types.ts";
import { checkIndex } from "./module-context.ts";
import { TypeMatcher } from "./type-matching.ts";

/**
 * The check of the type section.
 * https://webassembly.github.io/spec/core/valid/types.html#recursive-types — WasmEdge `Validator::validate(TypeSection)`
 */

/** Declared supertypes that a type may have above it, as in web engines and WasmEdge. */
const MAX_SUBTYPE_DEPTH = 63;

/**
 * Parameters, and results, that a function type may have, as in web engines. Without a bound two bytes of a body, a call,
 * cost as much as the module's largest type, so checking were quadratic in the module's size; WasmEdge has none.
 */
const MAX_SIGNATURE_LENGTH = 1000;

/**
 * Checks the types of a module.
 * @returns the canonical id of each type
 * @throws InvalidFuncTypeIdx, InvalidResultArity, InvalidSubType, TypeLimit
 */
export function checkTypes(types: readonly SubType[], configure: Configure): Int32Array {
  // The largest index stands for all that are too large: see `readHeapType`.
  if (types.length >= MAX_TYPE_INDEX) {
    fail(ErrCode.TypeLimit, { kind: "note", text: `A module may have ${MAX_TYPE_INDEX - 1} types.` });
  }
  const recursive = configure.hasProposal(Proposal.GC);
  const inGroup = (check: () => void): void => (recursive ? within("recursive type", check) : check());
  const depths = new Uint8Array(types.length);
  const multiValue = configure.hasProposal(Proposal.MultiValue);
  for (let i = 0; i < types.length; i++) {
    const { groupStart, groupSize } = types[i];
    inGroup(() => {
      // Without recursive types, a type may name the ones before it.
      checkMentions(types[i], recursive ? groupStart + groupSize : i, multiValue);
      depths[i] = checkSupertype(types, i, depths);
    });
  }
  const canonicalIds = canonicalizeTypes(types);
  const matcher = new TypeMatcher(canonicalIds);
  const sameType = (a: ValType, b: ValType): boolean =>
    canonicalValType(a, canonicalIds) === canonicalValType(b, canonicalIds);
  for (const type of types) {
    if (type.superTypes.length === 0) continue;
    const supertype = types[type.superTypes[0]];
    if (!matchesStructure(type, supertype, matcher, sameType)) inGroup(() => failSupertype("Super type not matched."));
  }
  return canonicalIds;
}

/** Checks that the types which a type mentions exist, and the sizes of lists. @param bound the first index that may not be named */
function checkMentions({ composite }: SubType, bound: number, multiValue: boolean): void {
  const checkValType = (type: ValType): void => {
    if (isIndexedRefType(type)) checkIndex("type", typeIndexOf(type), bound);
  };
  switch (composite.kind) {
    case "function":
      within("function type", () => {
        composite.type.params.forEach(checkValType);
        checkArity(composite.type, multiValue);
        composite.type.results.forEach(checkValType);
      });
      return;
    case "struct":
      for (const { type } of composite.fields) checkValType(type);
      return;
    case "array":
      checkValType(composite.field.type);
  }
}

function checkArity({ params, results }: FunctionType, multiValue: boolean): void {
  if (!multiValue && results.length > 1) {
    fail(ErrCode.InvalidResultArity, { kind: "proposal", proposal: proposalText(Proposal.MultiValue) });
  }
  if (params.length > MAX_SIGNATURE_LENGTH || results.length > MAX_SIGNATURE_LENGTH) {
    fail(ErrCode.TypeLimit, {
      kind: "note",
      text: `A function type may have ${MAX_SIGNATURE_LENGTH} parameters and as many results.`,
    });
  }
}

function failSupertype(text: string): never {
  fail(ErrCode.InvalidSubType, { kind: "note", text });
}

/** Checks what can be told of a supertype without looking at its structure. @returns the number of supertypes above type `i` */
function checkSupertype(types: readonly SubType[], i: number, depths: Uint8Array): number {
  const { superTypes } = types[i];
  if (superTypes.length === 0) return 0;
  if (superTypes.length > 1) failSupertype("Accepts only one super type currently.");
  const supertype = superTypes[0];
  if (supertype >= i) failSupertype(`Super type index ${supertype} must be smaller than the sub type index ${i}.`);
  if (types[supertype].isFinal) failSupertype("Super type should not be final.");
  const depth = depths[supertype] + 1;
  if (depth > MAX_SUBTYPE_DEPTH) {
    failSupertype(`Subtype depth for type ${i} exceeded the limits of ${MAX_SUBTYPE_DEPTH}`);
  }
  return depth;
}

/** https://webassembly.github.io/spec/core/valid/matching.html#composite-types */
function matchesStructure(
  { composite: sub }: SubType,
  { composite: sup }: SubType,
  matcher: TypeMatcher,
  sameType: (a: ValType, b: ValType) => boolean,
): boolean {
  const fieldMatches = (a: FieldType, b: FieldType): boolean =>
    a.mutable === b.mutable && (a.mutable ? sameType(a.type, b.type) : matcher.matches(a.type, b.type));
  if (sub.kind === "function" && sup.kind === "function") {
    return (
      matcher.matchesAll(sup.type.params, sub.type.params) && matcher.matchesAll(sub.type.results, sup.type.results)
    );
  }
  if (sub.kind === "struct" && sup.kind === "struct") {
    const { fields } = sub;
    return fields.length >= sup.fields.length && sup.fields.every((field, i) => fieldMatches(fields[i], field));
  }
  return sub.kind === "array" && sup.kind === "array" && fieldMatches(sub.field, sup.field);
}
