import type { CompositeType, FunctionType, SubType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import {
  heapCodeOf,
  isIndexedRefType,
  isNullableRefType,
  isRefType,
  MAX_TYPE_INDEX,
  TypeCode,
  typeIndexOf,
  type ValType,
} from "../common/value-type.ts";
import { isAbstractSubtype } from "./abstract-heap-types.ts";
import { functionKey, groupKey, overCanonicalIds } from "./recursion-groups.ts";

export { canonicalValType } from "./recursion-groups.ts";

/**
 * Canonical type ids: two defined types, of whatever modules, are equal exactly when their ids are.
 *
 * Types are equal when their recursion groups have the same structure, where an index into the group itself counts by its
 * place in the group and any other index by what it stands for. So a group is written down as a list of numbers, its own
 * indices relative and the others canonical, and looked up as a whole: equality costs one look-up a group, where WasmEdge
 * compares structures again at each use, which is exponential at worst.
 *
 * A value type over canonical ids is a `ValType` whose type index is an id; the engine's values carry such types.
 *
 * https://webassembly.github.io/spec/core/valid/conventions.html#rolling-and-unrolling — WasmEdge `AST::TypeMatcher`
 */

/**
 * The registry of recursion groups. The process has one, behind the functions below; tests make their own.
 *
 * Ids are never given up: an id may live on in any instance, value or host function. The number of ids is bounded, so a
 * process that meets more than a million different types refuses further ones.
 */
export class CanonicalTypeRegistry {
  private readonly limit: number;
  /** The id of the first type of each known group, by the group's key. */
  private readonly firstIds = new Map<string, number>();
  /** The keys in the order of their registration, for `rollBack`. */
  private readonly keys: string[] = [];
  private readonly composites: CompositeType[] = [];
  /** Per id: its declared supertype, or -1. */
  private supertypes = new Int32Array(64);
  /** Per id: an ancestor further up, chosen so that each one is reached in a logarithmic number of steps. */
  private jumps = new Int32Array(64);
  /** Per id: the number of its supertypes. */
  private depths = new Int32Array(64);

  /** @param limit the number of ids that may be given out, at most MAX_TYPE_INDEX */
  constructor(limit: number = MAX_TYPE_INDEX) {
    this.limit = limit;
  }

  /** The number of ids given out: the first id that does not exist. */
  get size(): number {
    return this.composites.length;
  }

  /**
   * The canonical ids of a module's types.
   * @param types whole recursion groups whose indices are in range, and supertypes before their subtypes
   * @throws TypeLimit
   */
  canonicalizeTypes(types: readonly SubType[]): Int32Array {
    const ids = new Int32Array(types.length);
    for (let start = 0; start < types.length; start += types[start].groupSize) {
      const firstId = this.canonicalizeGroup(types, start, ids);
      for (let i = 0; i < types[start].groupSize; i++) ids[start + i] = firstId + i;
    }
    return ids;
  }

  /** The id of the first type of the group that begins at `start`. @param ids the ids of the types before it */
  private canonicalizeGroup(types: readonly SubType[], start: number, ids: Int32Array): number {
    const size = types[start].groupSize;
    const key = groupKey(types, start, ids);
    const known = this.firstIds.get(key);
    if (known !== undefined) return known;
    const firstId = this.register(key, size);
    for (let i = 0; i < size; i++) ids[start + i] = firstId + i;
    for (let i = 0; i < size; i++) {
      const { superTypes, composite } = types[start + i];
      this.add(superTypes.length === 0 ? -1 : ids[superTypes[0]], overCanonicalIds(composite, ids));
    }
    return firstId;
  }

  /** Gives the next `size` ids to a new group; `add` follows once for each. @throws TypeLimit */
  private register(key: string, size: number): number {
    if (this.size + size > this.limit) {
      fail(ErrCode.TypeLimit, { kind: "note", text: `More than ${this.limit} different types in one process.` });
    }
    this.firstIds.set(key, this.size);
    this.keys.push(key);
    return this.size;
  }

  private add(supertype: number, composite: CompositeType): void {
    const id = this.composites.push(composite) - 1;
    if (id === this.supertypes.length) this.grow();
    const { supertypes, jumps, depths } = this;
    supertypes[id] = supertype;
    if (supertype < 0) {
      depths[id] = 0;
      jumps[id] = id;
      return;
    }
    depths[id] = depths[supertype] + 1;
    // The jump of the parent's jump, where both jumps are equally long, else the parent: a skew-binary number's digits.
    const near = jumps[supertype];
    const far = jumps[near];
    jumps[id] = depths[supertype] - depths[near] === depths[near] - depths[far] ? far : supertype;
  }

  private grow(): void {
    const bigger = (array: Int32Array): Int32Array<ArrayBuffer> => {
      const copy = new Int32Array(2 * array.length);
      copy.set(array);
      return copy;
    };
    this.supertypes = bigger(this.supertypes);
    this.jumps = bigger(this.jumps);
    this.depths = bigger(this.depths);
  }

  /**
   * Forgets the groups registered since there were `size` ids. For a module that turns out invalid: nothing has seen its ids.
   */
  rollBack(size: number): void {
    while (this.size > size) {
      const key = this.keys.pop() as string;
      this.composites.length = this.firstIds.get(key) as number;
      this.firstIds.delete(key);
    }
  }

  /** The id of a function type that stands alone in its group, final and without supertype. Its types are canonical. */
  canonicalFunctionType(type: FunctionType): number {
    const key = functionKey(type);
    const known = this.firstIds.get(key);
    if (known !== undefined) return known;
    const id = this.register(key, 1);
    this.add(-1, { kind: "function", type });
    return id;
  }

  /** The structure of a type, its value types canonical. */
  canonicalComposite(id: number): CompositeType {
    return this.composites[id];
  }

  /** Whether `sub` is `sup` or has it among its declared supertypes. A logarithmic number of steps at most. */
  isCanonicalSubtype(sub: number, sup: number): boolean {
    const { supertypes, jumps, depths } = this;
    const depth = depths[sup];
    while (depths[sub] > depth) sub = depths[jumps[sub]] >= depth ? jumps[sub] : supertypes[sub];
    return sub === sup;
  }

  /** Whether a value of type `sub` may stand where `sup` is wanted; both over canonical ids. */
  matchesCanonical(sub: ValType, sup: ValType): boolean {
    if (sub === sup) return true;
    if (!isRefType(sub) || !isRefType(sup)) return false;
    if (isNullableRefType(sub) && !isNullableRefType(sup)) return false;
    if (isIndexedRefType(sub)) {
      const id = typeIndexOf(sub);
      return isIndexedRefType(sup)
        ? this.isCanonicalSubtype(id, typeIndexOf(sup))
        : isAbstractSubtype(this.abstractOf(id), heapCodeOf(sup));
    }
    if (!isIndexedRefType(sup)) return isAbstractSubtype(heapCodeOf(sub), heapCodeOf(sup));
    // Of the abstract types, only the bottom of its hierarchy is below a defined type.
    const bottom = this.composites[typeIndexOf(sup)].kind === "function" ? TypeCode.NullFuncRef : TypeCode.NullRef;
    return heapCodeOf(sub) === bottom;
  }

  /** The least abstract heap type above a defined type. */
  abstractOf(id: number): number {
    const { kind } = this.composites[id];
    return kind === "function" ? TypeCode.FuncRef : kind === "struct" ? TypeCode.StructRef : TypeCode.ArrayRef;
  }
}

/** The registry of this process. */
const registry = new CanonicalTypeRegistry();

/** See `CanonicalTypeRegistry.canonicalizeTypes`. @throws TypeLimit */
export function canonicalizeTypes(types: readonly SubType[]): Int32Array {
  return registry.canonicalizeTypes(types);
}

/** See `CanonicalTypeRegistry.canonicalFunctionType`. @throws TypeLimit */
export function canonicalFunctionType(type: FunctionType): number {
  return registry.canonicalFunctionType(type);
}

/** The structure of a type by its canonical id, its value types canonical. */
export function canonicalComposite(id: number): CompositeType {
  return registry.canonicalComposite(id);
}

/** Whether canonical id `sub` is `sup` or has it among its declared supertypes. */
export function isCanonicalSubtype(sub: number, sup: number): boolean {
  return registry.isCanonicalSubtype(sub, sup);
}

/** Whether a value of type `sub` may stand where `sup` is wanted; both over canonical ids. */
export function matchesCanonical(sub: ValType, sup: ValType): boolean {
  return registry.matchesCanonical(sub, sup);
}

/** The number of canonical ids given out, for `rollBackCanonicalTypes`. */
export function canonicalTypeCount(): number {
  return registry.size;
}

/** Forgets the ids given out since there were `count`: for a module that turned out invalid. */
export function rollBackCanonicalTypes(count: number): void {
  registry.rollBack(count);
}
