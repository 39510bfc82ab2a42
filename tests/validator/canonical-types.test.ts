import { describe, expect, it } from "vitest";
import type { CompositeType, SubType } from "../../src/ast/types.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import { indexedRefType, refType, TypeCode, ValType } from "../../src/common/value-type.ts";
import {
  CanonicalTypeRegistry,
  canonicalComposite,
  canonicalFunctionType,
  canonicalizeTypes,
  canonicalTypeCount,
  canonicalValType,
  isCanonicalSubtype,
  matchesCanonical,
} from "../../src/validator/canonical-types.ts";
import { invalid, module, validate } from "./support.ts";

/** The canonical ids of a valid module's types. */
function idsOf(types: string): number[] {
  return [...validate(module(types)).canonicalIds];
}

const func: CompositeType = { kind: "function", type: { params: [], results: [] } };

function alone(composite: CompositeType, index: number, superTypes: readonly number[] = [], isFinal = false): SubType {
  return { isFinal, superTypes, composite, groupStart: index, groupSize: 1 };
}

describe("Canonical ids", () => {
  it("are the same for equal types of one module and of different modules", () => {
    const [a, b, c] = idsOf("(type (func (param i32))) (type (func (param i64))) (type (func (param i32)))");
    expect(a).toBe(c);
    expect(a).not.toBe(b);
    expect(idsOf("(type (func (param i64))) (type (func (param i32)))")).toEqual([b, a]);
  });

  it("tell structure, mutability, packing, finality and supertypes apart", () => {
    const kinds = [
      "(func)",
      "(func (param i32))",
      "(func (result i32))",
      "(func (param i32 i32))",
      "(func (param i32) (result i32))",
      "(struct)",
      "(struct (field i32))",
      "(struct (field (mut i32)))",
      "(struct (field i8))",
      "(struct (field i16))",
      "(struct (field i32 i32))",
      "(array i32)",
      "(array (mut i32))",
      "(array funcref)",
      "(array (ref func))",
      "(array externref)",
      "(sub (struct))",
      "(sub final (array i32))",
    ];
    const ids = idsOf(kinds.map((kind) => `(type ${kind})`).join(" "));
    // the last one is the long form of `(array i32)`
    expect(new Set(ids).size).toBe(kinds.length - 1);
    expect(ids[kinds.length - 1]).toBe(ids[kinds.indexOf("(array i32)")]);
    const [, , b, c, d] = idsOf(
      "(type $s (sub (struct))) (type $t (sub (struct (field i32)))) (type (sub $s (struct (field i32)))) (type (sub $t (struct (field i32)))) (type (sub $s (struct (field i32))))",
    );
    expect(b).not.toBe(c);
    expect(b).toBe(d);
  });

  it("of a recursion group depend on the whole group, and on the place in it", () => {
    const pair = "(rec (type $a (struct (field (ref null $b)))) (type $b (struct (field (ref null $a)))))";
    const [a, b] = idsOf(pair);
    expect(a).not.toBe(b);
    // the same group elsewhere
    const [, c, d, e] = idsOf(`(type (func)) ${pair} (type (struct (field (ref null $a))))`);
    expect([c, d]).toEqual([a, b]);
    // outside of the group, the same structure is another type
    expect(e).not.toBe(a);
    expect(e).not.toBe(b);
    // a group of three that begins alike
    const [f] = idsOf(
      "(rec (type $a (struct (field (ref null $b)))) (type $b (struct (field (ref null $a)))) (type (func)))",
    );
    expect(f).not.toBe(a);
    // groups with one type are not the same as one group with both
    const [g] = idsOf("(type $a (struct (field (ref null $a))))");
    const [h] = idsOf("(type (struct)) (type $a (struct (field (ref null $a))))").slice(1);
    expect(g).toBe(h);
  });

  it("tell a reference into the group from one to an equal type outside of it", () => {
    const inside = idsOf("(rec (type $a (struct)) (type (struct (field (ref $a)))))");
    const outside = idsOf("(type $a (struct)) (type (struct (field (ref $a))))");
    expect(inside[1]).not.toBe(outside[1]);
    const twice = idsOf(
      "(type $a (struct)) (type $b (struct)) (type (struct (field (ref $a)))) (type (struct (field (ref $b))))",
    );
    expect(twice[2]).toBe(twice[3]);
    expect(twice[2]).toBe(outside[1]);
  });

  it("of a host function's type are those of the same final type alone in its group", () => {
    const [id, open] = idsOf(
      "(type (func (param i32 externref) (result f64))) (type (sub (func (param i32 externref) (result f64))))",
    );
    const type = { params: [ValType.I32, ValType.ExternRef], results: [ValType.F64] };
    expect(canonicalFunctionType(type)).toBe(id);
    expect(canonicalFunctionType(type)).not.toBe(open);
    const fresh = canonicalFunctionType({
      params: [ValType.V128, ValType.V128, ValType.F32],
      results: [ValType.NullExnRef],
    });
    expect(idsOf("(type (func (param v128 v128 f32) (result nullexnref)))")).toEqual([fresh]);
    expect(canonicalComposite(fresh)).toEqual({
      kind: "function",
      type: { params: [ValType.V128, ValType.V128, ValType.F32], results: [ValType.NullExnRef] },
    });
  });

  it("name structures whose value types are canonical", () => {
    const ids = validate(
      module(
        "(type (func (param f32 f32 f32))) (rec (type $a (struct (field (mut i8)) (field (ref $b)))) (type $b (array (ref null $a))))",
      ),
    ).canonicalIds;
    const [, a, b] = ids;
    expect(canonicalComposite(a)).toEqual({
      kind: "struct",
      fields: [
        { type: ValType.I8, mutable: true },
        { type: indexedRefType(b, false), mutable: false },
      ],
    });
    expect(canonicalComposite(b)).toEqual({ kind: "array", field: { type: indexedRefType(a, true), mutable: false } });
    expect(canonicalValType(indexedRefType(2, true), ids)).toBe(indexedRefType(b, true));
    expect(canonicalValType(ValType.AnyRef, ids)).toBe(ValType.AnyRef);
    expect(canonicalValType(ValType.I32, ids)).toBe(ValType.I32);
  });

  it("are taken back where the module is invalid", () => {
    const before = canonicalTypeCount();
    invalid(module("(type (struct (field i64 i64 i64 i64 i64 f32))) (func (drop))"));
    invalid(module("(type $a (struct (field i64 i64 i64 i64 i64 f64))) (type (sub $a (struct)))"));
    expect(canonicalTypeCount()).toBe(before);
    validate(module("(type (struct (field i64 i64 i64 i64 i64 f32)))"));
    expect(canonicalTypeCount()).toBe(before + 1);
    validate(module("(type (struct (field i64 i64 i64 i64 i64 f32)))"));
    expect(canonicalTypeCount()).toBe(before + 1);
  });

  it("are bounded in number", () => {
    const registry = new CanonicalTypeRegistry(2);
    registry.canonicalizeTypes([alone(func, 0), alone(func, 1, [], true)]);
    expect(registry.size).toBe(2);
    registry.canonicalizeTypes([alone(func, 0, [], true), alone(func, 1)]);
    const third = { params: [ValType.I32], results: [] };
    for (const add of [
      () => registry.canonicalizeTypes([alone({ kind: "struct", fields: [] }, 0)]),
      () => registry.canonicalFunctionType(third),
    ]) {
      expect(add).toThrow(WasmEdgeError);
      expect(add).toThrow("too many types");
    }
    registry.rollBack(1);
    expect(registry.canonicalFunctionType(third)).toBe(1);
  });
});

describe("Subtyping", () => {
  it("follows the declared supertypes, however long the chain", () => {
    const registry = new CanonicalTypeRegistry();
    const length = 64;
    const ids = registry.canonicalizeTypes(Array.from({ length }, (_, i) => alone(func, i, i === 0 ? [] : [i - 1])));
    // a second branch off each type of the chain
    const branches = registry.canonicalizeTypes([
      ...Array.from({ length }, (_, i) => alone(func, i, i === 0 ? [] : [i - 1])),
      ...Array.from({ length }, (_, i) => alone({ kind: "struct", fields: [] }, length + i, [i])),
    ]);
    // one expectation for all pairs: there are four times 4096
    const wrong: string[] = [];
    const check = (sub: number, sup: number, expected: boolean, pair: string): void => {
      if (registry.isCanonicalSubtype(sub, sup) !== expected) wrong.push(pair);
    };
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < length; j++) {
        check(ids[i], ids[j], i >= j, `${i} ${j}`);
        check(branches[length + i], ids[j], i >= j, `branch ${i}, ${j}`);
        check(ids[i], branches[length + j], false, `${i}, branch ${j}`);
        check(branches[length + i], branches[length + j], i === j, `branch ${i}, branch ${j}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("holds in a process between types of different modules", () => {
    const [base] = idsOf("(type (sub (struct (field i64 f32 f32))))");
    const [, derived] = idsOf(
      "(type $b (sub (struct (field i64 f32 f32)))) (type (sub $b (struct (field i64 f32 f32 externref))))",
    );
    expect(isCanonicalSubtype(derived, base)).toBe(true);
    expect(isCanonicalSubtype(base, derived)).toBe(false);
  });
});

describe("Matching of references", () => {
  /** Each abstract heap type with all that it matches. */
  const lattice: readonly (readonly [heap: number, ...above: number[]])[] = [
    [TypeCode.AnyRef],
    [TypeCode.EqRef, TypeCode.AnyRef],
    [TypeCode.I31Ref, TypeCode.EqRef, TypeCode.AnyRef],
    [TypeCode.StructRef, TypeCode.EqRef, TypeCode.AnyRef],
    [TypeCode.ArrayRef, TypeCode.EqRef, TypeCode.AnyRef],
    [TypeCode.NullRef, TypeCode.I31Ref, TypeCode.StructRef, TypeCode.ArrayRef, TypeCode.EqRef, TypeCode.AnyRef],
    [TypeCode.FuncRef],
    [TypeCode.NullFuncRef, TypeCode.FuncRef],
    [TypeCode.ExternRef],
    [TypeCode.NullExternRef, TypeCode.ExternRef],
    [TypeCode.ExnRef],
    [TypeCode.NullExnRef, TypeCode.ExnRef],
  ];
  const heaps = lattice.map(([heap]) => heap);

  it("follows the lattice of abstract heap types, in all pairs", () => {
    for (const [sub, ...above] of lattice) {
      for (const sup of heaps) {
        const expected = sub === sup || above.includes(sup);
        expect(matchesCanonical(refType(sub, false), refType(sup, false))).toBe(expected);
        expect(matchesCanonical(refType(sub, true), refType(sup, true))).toBe(expected);
        expect(matchesCanonical(refType(sub, false), refType(sup, true))).toBe(expected);
        expect(matchesCanonical(refType(sub, true), refType(sup, false))).toBe(false);
      }
    }
  });

  it("puts defined types between the abstract ones", () => {
    const [f, s, a] = canonicalizeTypes([
      alone(func, 0),
      alone({ kind: "struct", fields: [] }, 1),
      alone({ kind: "array", field: { type: ValType.I8, mutable: false } }, 2),
    ]);
    const expectations: readonly (readonly [id: number, above: readonly number[], bottom: number])[] = [
      [f, [TypeCode.FuncRef], TypeCode.NullFuncRef],
      [s, [TypeCode.StructRef, TypeCode.EqRef, TypeCode.AnyRef], TypeCode.NullRef],
      [a, [TypeCode.ArrayRef, TypeCode.EqRef, TypeCode.AnyRef], TypeCode.NullRef],
    ];
    for (const [id, above, bottom] of expectations) {
      for (const heap of heaps) {
        expect(matchesCanonical(indexedRefType(id, false), refType(heap, true))).toBe(above.includes(heap));
        expect(matchesCanonical(indexedRefType(id, true), refType(heap, false))).toBe(false);
        expect(matchesCanonical(refType(heap, false), indexedRefType(id, false))).toBe(heap === bottom);
        expect(matchesCanonical(refType(heap, true), indexedRefType(id, true))).toBe(heap === bottom);
      }
      expect(matchesCanonical(indexedRefType(id, false), indexedRefType(id, true))).toBe(true);
      expect(matchesCanonical(indexedRefType(id, true), indexedRefType(id, false))).toBe(false);
    }
    expect(matchesCanonical(indexedRefType(f, false), indexedRefType(s, false))).toBe(false);
  });

  it("never mixes numbers and references", () => {
    const numbers = [ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.V128];
    for (const number of numbers) {
      for (const other of [...numbers, ...heaps.map((heap) => refType(heap, true))]) {
        expect(matchesCanonical(number, other)).toBe(number === other);
        expect(matchesCanonical(other, number)).toBe(number === other);
      }
    }
  });
});
