import type { Module } from "../../src/ast/module.ts";
import type { FieldType } from "../../src/ast/types.ts";
import {
  heapCodeOf,
  indexedRefType,
  isDefaultable,
  isIndexedRefType,
  isNullableRefType,
  isRefType,
  TypeCode,
  typeIndexOf,
  ValType,
} from "../../src/common/value-type.ts";
import type { TypeMatcher } from "../../src/validator/type-matching.ts";
import { heapType, signed, u32 } from "./binary.ts";
import type { Random } from "./random.ts";

const integers = [0n, 1n, -1n, 2n, 7n, 42n, -128n, 255n, 32768n, 65535n, 65536n, 1_000_003n];
const edges32 = [0x7fff_ffffn, -0x8000_0000n, 0x7fff_fffen, -0x7fff_ffffn];
const edges64 = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n, 2n ** 53n + 1n, ...edges32];
const floats = [0, -0, 1, -1, 0.5, 1.1, -2.5, 1e10, -1e10, 1e-40, 3.4e38, Infinity, -Infinity, 2147483648, 4294967296];

/** How deep a struct in a struct goes before its fields are given up. */
const DEPTH = 4;

/** Instructions that make a value of a type, or undefined where we know of none. */
export class ConstantMaker {
  private readonly module: Module;
  private readonly matcher: TypeMatcher;
  /** The type index of each function, imports first. */
  private readonly functionTypes: ArrayLike<number>;

  constructor(module: Module, matcher: TypeMatcher, functionTypes: ArrayLike<number>) {
    this.module = module;
    this.matcher = matcher;
    this.functionTypes = functionTypes;
  }

  make(type: ValType, random: Random, depth = DEPTH): number[] | undefined {
    if (!isRefType(type)) return number(type, random);
    // Of three arguments that may be null, one is.
    const value = depth > 0 && random.below(3) > 0 ? this.reference(type, random, depth) : undefined;
    if (value !== undefined) return value;
    if (isNullableRefType(type)) return [0xd0, ...heapType(type)];
    return depth > 0 ? this.reference(type, random, depth) : undefined;
  }

  private reference(type: ValType, random: Random, depth: number): number[] | undefined {
    if (isIndexedRefType(type)) {
      const { composite } = this.module.types[typeIndexOf(type)];
      return composite.kind === "function" ? this.func(type, random) : this.composite(typeIndexOf(type), random, depth);
    }
    switch (heapCodeOf(type)) {
      case TypeCode.FuncRef:
        return this.func(type, random);
      case TypeCode.I31Ref:
        return i31(random);
      case TypeCode.AnyRef:
      case TypeCode.EqRef:
        return random.below(2) === 0
          ? i31(random)
          : (this.anyComposite(["struct", "array"], random, depth) ?? i31(random));
      case TypeCode.StructRef:
        return this.anyComposite(["struct"], random, depth);
      case TypeCode.ArrayRef:
        return this.anyComposite(["array"], random, depth);
      case TypeCode.ExternRef:
        // extern.convert_any; only WebAssembly 3.0 has it, and there is a null for everybody else.
        return this.module.types.some(({ composite }) => composite.kind !== "function")
          ? [...i31(random), 0xfb, 0x1b]
          : undefined;
      case TypeCode.ExnRef:
        return this.exception(isNullableRefType(type));
      default:
        return undefined;
    }
  }

  private func(type: ValType, random: Random): number[] | undefined {
    const fitting: number[] = [];
    for (let index = 0; index < this.functionTypes.length; index++) {
      if (this.matcher.matches(indexedRefType(this.functionTypes[index], false), type)) fitting.push(index);
    }
    return fitting.length === 0 ? undefined : [0xd2, ...u32(random.pick(fitting))];
  }

  private anyComposite(kinds: readonly string[], random: Random, depth: number): number[] | undefined {
    const fitting = this.module.types.flatMap(({ composite }, index) =>
      kinds.includes(composite.kind) ? [index] : [],
    );
    return fitting.length === 0 ? undefined : this.composite(random.pick(fitting), random, depth);
  }

  private composite(index: number, random: Random, depth: number): number[] | undefined {
    const { composite } = this.module.types[index];
    if (composite.kind === "struct") {
      const { fields } = composite;
      // struct.new_default, struct.new
      if (fields.every(({ type }) => isDefaultable(type)) && random.below(3) === 0) return [0xfb, 0x01, ...u32(index)];
      const values = fields.map((field) => this.field(field, random, depth - 1));
      if (values.some((value) => value === undefined)) return undefined;
      return [...(values as number[][]).flat(), 0xfb, 0x00, ...u32(index)];
    }
    if (composite.kind !== "array") return undefined;
    const value = this.field(composite.field, random, depth - 1);
    // array.new
    return value === undefined ? undefined : [...value, ...i32(BigInt(random.below(5))), 0xfb, 0x06, ...u32(index)];
  }

  private field({ type }: FieldType, random: Random, depth: number): number[] | undefined {
    return type === ValType.I8 || type === ValType.I16 ? number(ValType.I32, random) : this.make(type, random, depth);
  }

  /** Throws an exception of a tag without payload, and catches it as a reference. */
  private exception(nullable: boolean): number[] | undefined {
    const tag = this.tagTypes().findIndex((typeIndex) => {
      const { composite } = this.module.types[typeIndex];
      return composite.kind === "function" && composite.type.params.length === 0;
    });
    if (tag < 0) return undefined;
    const result = nullable ? [0x69] : [0x64, 0x69];
    // block (result exnref) try_table (catch_all_ref 0) throw end unreachable end
    return [0x02, ...result, 0x1f, 0x40, 1, 0x03, 0, 0x08, ...u32(tag), 0x0b, 0x00, 0x0b];
  }

  private tagTypes(): number[] {
    const imported = this.module.imports.flatMap(({ type }) => (type.kind === "tag" ? [type.typeIndex] : []));
    return [...imported, ...this.module.tags.map(({ typeIndex }) => typeIndex)];
  }
}

export function i32(value: bigint): number[] {
  return [0x41, ...signed(value)];
}

/** ref.i31 of a small number. */
function i31(random: Random): number[] {
  return [...i32(BigInt(random.below(1000)) - 500n), 0xfb, 0x1c];
}

function float(width: 4 | 8, random: Random): number[] {
  const view = new DataView(new ArrayBuffer(8));
  const value = random.below(3) === 0 ? random.bits32() / 65536 : random.pick(floats);
  if (width === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return Array.from(new Uint8Array(view.buffer, 0, width));
}

function number(type: ValType, random: Random): number[] {
  switch (type) {
    case ValType.I32:
      return i32(random.below(3) === 0 ? BigInt(random.bits32() | 0) : random.pick([...integers, ...edges32]));
    case ValType.I64: {
      const bits = BigInt.asIntN(64, (BigInt(random.bits32()) << 32n) | BigInt(random.bits32()));
      return [0x42, ...signed(random.below(3) === 0 ? bits : random.pick([...integers, ...edges64]))];
    }
    case ValType.F32:
      return [0x43, ...float(4, random)];
    case ValType.F64:
      return [0x44, ...float(8, random)];
    default:
      // v128.const: lanes that are no NaN in any reading.
      return [0xfd, 0x0c, ...Array.from({ length: 16 }, () => random.below(64))];
  }
}
