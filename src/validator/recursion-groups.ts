import type { CompositeType, FieldType, FunctionType, SubType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import {
  indexedRefType,
  isIndexedRefType,
  isNullableRefType,
  typeIndexOf,
  type ValType,
} from "../common/value-type.ts";

/**
 * Recursion groups written down as text, so that equal texts are equal groups: an index into the group itself is written
 * relative to the group's start and negative, any other index as the canonical id of what it names.
 *
 * https://webassembly.github.io/spec/core/valid/conventions.html#rolling-and-unrolling
 */

/** Numbers that a group may have when written down: a bound for the length of its key, which is one string. */
const MAX_GROUP_KEY = 1 << 22;

/** The value type with its type index, if any, replaced by the canonical id. @param ids the id of each type index */
export function canonicalValType(type: ValType, ids: Int32Array): ValType {
  return isIndexedRefType(type) ? indexedRefType(ids[typeIndexOf(type)], isNullableRefType(type)) : type;
}

/**
 * The key of the group that begins at `start`.
 * @param ids the ids of the types before it
 * @throws TypeLimit where the group is too large
 */
export function groupKey(types: readonly SubType[], start: number, ids: Int32Array): string {
  const size = types[start].groupSize;
  const valType = (type: ValType): number => {
    if (!isIndexedRefType(type) || typeIndexOf(type) < start) return canonicalValType(type, ids);
    return -indexedRefType(typeIndexOf(type) - start, isNullableRefType(type));
  };
  let key = `${size}`;
  let numbers = 0;
  for (let i = start; i < start + size; i++) {
    const { isFinal, superTypes, composite } = types[i];
    const supertype = superTypes[0];
    key += `;${isFinal ? "final" : "open"}`;
    if (supertype !== undefined) key += supertype < start ? `^${ids[supertype]}` : `^-${supertype - start}`;
    numbers += compositeSize(composite);
    if (numbers > MAX_GROUP_KEY) {
      fail(ErrCode.TypeLimit, { kind: "note", text: `A recursion group mentions more than ${MAX_GROUP_KEY} types.` });
    }
    key += compositeKey(composite, valType);
  }
  return key;
}

/** The key of a group of one final function type without supertype, its types canonical. */
export function functionKey(type: FunctionType): string {
  return `1;final${signatureKey(type, (valType) => valType)}`;
}

function signatureKey({ params, results }: FunctionType, valType: (type: ValType) => number): string {
  return `(${params.map(valType)})(${results.map(valType)})`;
}

function compositeKey(composite: CompositeType, valType: (type: ValType) => number): string {
  const field = ({ type, mutable }: FieldType): string => `${mutable ? "m" : ""}${valType(type)}`;
  switch (composite.kind) {
    case "function":
      return signatureKey(composite.type, valType);
    case "struct":
      return `{${composite.fields.map(field)}}`;
    case "array":
      return `[${field(composite.field)}]`;
  }
}

/** The number of value types in a structure. */
function compositeSize(composite: CompositeType): number {
  switch (composite.kind) {
    case "function":
      return composite.type.params.length + composite.type.results.length;
    case "struct":
      return composite.fields.length;
    case "array":
      return 1;
  }
}

/** The structure over canonical ids; the same object where it names no defined type. */
export function overCanonicalIds(composite: CompositeType, ids: Int32Array): CompositeType {
  const field = (from: FieldType): FieldType => ({ type: canonicalValType(from.type, ids), mutable: from.mutable });
  switch (composite.kind) {
    case "function": {
      const { params, results } = composite.type;
      if (!params.some(isIndexedRefType) && !results.some(isIndexedRefType)) return composite;
      const valType = (type: ValType): ValType => canonicalValType(type, ids);
      return { kind: "function", type: { params: params.map(valType), results: results.map(valType) } };
    }
    case "struct":
      if (!composite.fields.some(({ type }) => isIndexedRefType(type))) return composite;
      return { kind: "struct", fields: composite.fields.map(field) };
    case "array":
      return isIndexedRefType(composite.field.type) ? { kind: "array", field: field(composite.field) } : composite;
  }
}
