import { TypeCode } from "../common/value-type.ts";

/**
 * The lattice of the abstract heap types: nofunc < func; noextern < extern; noexn < exn; none < {i31, struct, array} < eq
 * < any. Heap types are named by their wire bytes.
 *
 * https://webassembly.github.io/spec/core/valid/matching.html#heap-types — WasmEdge `AST::TypeMatcher`
 */

/** The least of the heap types' wire bytes; they all lie within 32 of it. */
const BASE = TypeCode.ExnRef;

/** Per heap type: a bit for each heap type that it matches, itself included. */
const supertypes = new Int32Array(32);

/** Per heap type: the greatest one of its hierarchy. */
const tops = new Uint8Array(32);

function declare(...chain: readonly [heapCode: number, ...supertypes: number[]]): void {
  const place = chain[0] - BASE;
  chain.forEach((code) => {
    supertypes[place] |= 1 << (code - BASE);
  });
  tops[place] = chain[chain.length - 1];
}

declare(TypeCode.FuncRef);
declare(TypeCode.NullFuncRef, TypeCode.FuncRef);
declare(TypeCode.ExternRef);
declare(TypeCode.NullExternRef, TypeCode.ExternRef);
declare(TypeCode.ExnRef);
declare(TypeCode.NullExnRef, TypeCode.ExnRef);
declare(TypeCode.AnyRef);
declare(TypeCode.EqRef, TypeCode.AnyRef);
declare(TypeCode.I31Ref, TypeCode.EqRef, TypeCode.AnyRef);
declare(TypeCode.StructRef, TypeCode.EqRef, TypeCode.AnyRef);
declare(TypeCode.ArrayRef, TypeCode.EqRef, TypeCode.AnyRef);
declare(TypeCode.NullRef, TypeCode.I31Ref, TypeCode.StructRef, TypeCode.ArrayRef, TypeCode.EqRef, TypeCode.AnyRef);

/** Whether abstract heap type `sub` matches abstract heap type `sup`. */
export function isAbstractSubtype(sub: number, sup: number): boolean {
  return ((supertypes[sub - BASE] >> (sup - BASE)) & 1) !== 0;
}

/** The top of the hierarchy that an abstract heap type belongs to: func, extern, exn or any. */
export function topHeapCode(heapCode: number): number {
  return tops[heapCode - BASE];
}

/** The bottom of the hierarchy whose top that is: what a null is of. */
export function bottomHeapCode(top: number): number {
  switch (top) {
    case TypeCode.FuncRef:
      return TypeCode.NullFuncRef;
    case TypeCode.ExternRef:
      return TypeCode.NullExternRef;
    case TypeCode.ExnRef:
      return TypeCode.NullExnRef;
    default:
      return TypeCode.NullRef;
  }
}
