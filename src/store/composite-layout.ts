import { isRefType, TypeCode, type ValType } from "../common/value-type.ts";
import { type Reference, WasmValue } from "../common/wasm-value.ts";
import { canonicalComposite } from "../validator/canonical-types.ts";

/** How the fields of structs and the elements of arrays are kept. */
export const enum Storage {
  /** Packed numbers, kept unsigned. */
  I8,
  I16,
  /** i32, and the bits of an f32: one word. */
  Word,
  /** i64 and the bits of an f64: two words, the low one first. */
  Double,
  /** v128: four words. */
  Vector,
  Reference,
}

/** The entries that a field takes in `StructInstance.fields`, by its storage; for numbers the words. */
export const storageEntries: readonly number[] = [1, 1, 1, 2, 4, 1];

/** The bytes that an element takes, by its storage; a reference is reckoned as the pointer that it is on most hosts. */
export const storageBytes: readonly number[] = [1, 2, 4, 8, 16, 8];

/** The storage of a field or element of that type. */
export function storageOf(type: ValType): Storage {
  if (isRefType(type)) return Storage.Reference;
  switch (type) {
    case TypeCode.I8:
      return Storage.I8;
    case TypeCode.I16:
      return Storage.I16;
    case TypeCode.I32:
    case TypeCode.F32:
      return Storage.Word;
    case TypeCode.V128:
      return Storage.Vector;
    default:
      return Storage.Double;
  }
}

/** Where the fields of a struct type stand in `StructInstance.fields`. */
export interface StructLayout {
  readonly types: readonly ValType[];
  /** The storage of each field. */
  readonly storages: readonly Storage[];
  /** The first entry of each field. */
  readonly entries: readonly number[];
  /** The entries of a struct whose fields all have their defaults: copied for each new one. */
  readonly initial: Reference[];
  /** What a struct is reckoned to take of the host's memory. */
  readonly bytes: number;
}

/** What a JavaScript object with a list costs beside the list's entries, by and large. */
const OBJECT_BYTES = 40;

/** By canonical id. */
const layouts: (StructLayout | undefined)[] = [];

function makeLayout(typeId: number): StructLayout {
  const composite = canonicalComposite(typeId);
  const types = composite.kind === "struct" ? composite.fields.map((field) => field.type) : [];
  const storages = types.map(storageOf);
  const entries: number[] = [];
  const initial: Reference[] = [];
  for (const storage of storages) {
    entries.push(initial.length);
    for (let i = 0; i < storageEntries[storage]; i++) initial.push(storage === Storage.Reference ? null : 0);
  }
  return { types, storages, entries, initial, bytes: OBJECT_BYTES + 8 * initial.length };
}

/** The layout of a struct type. @param typeId canonical */
export function structLayout(typeId: number): StructLayout {
  let layout = layouts[typeId];
  if (layout === undefined) {
    layout = makeLayout(typeId);
    layouts[typeId] = layout;
  }
  return layout;
}

/** The type of an array type's elements. @param typeId canonical */
export function elementType(typeId: number): ValType {
  const composite = canonicalComposite(typeId);
  return composite.kind === "array" ? composite.field.type : TypeCode.I8;
}

/** What stands in the entries from `at` on, as a typed value; packed numbers are unsigned. */
export function readEntries(entries: ArrayLike<Reference>, at: number, type: ValType): WasmValue {
  if (isRefType(type)) return WasmValue.ref(type, entries[at]);
  const storage = storageOf(type);
  if (storage <= Storage.I16) return WasmValue.i32(entries[at] as number);
  const words: number[] = [];
  for (let i = 0; i < storageEntries[storage]; i++) words.push(entries[at + i] as number);
  return new WasmValue(type, words);
}
