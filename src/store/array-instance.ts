import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Reference, WasmValue } from "../common/wasm-value.ts";
import { CompositeInstance } from "./composite-instance.ts";
import { elementType, readEntries, Storage, storageEntries, storageOf } from "./composite-layout.ts";
import { MOST_REFERENCES } from "./references.ts";

/** The elements of an array: packed numbers, words of other numbers, or references. */
export type ArrayElements = Uint8Array | Uint16Array | Int32Array | Reference[];

/**
 * Room for `length` elements, zeros or nulls.
 * @param blank whether references may be missing: the caller sets each before anybody looks
 * @throws RangeError where the host cannot allocate it
 */
export function makeElements(storage: Storage, length: number, blank = false): ArrayElements {
  switch (storage) {
    case Storage.I8:
      return new Uint8Array(length);
    case Storage.I16:
      return new Uint16Array(length);
    case Storage.Reference:
      if (length > MOST_REFERENCES) throw new RangeError("too many references for one list");
      return blank ? new Array<Reference>(length) : new Array<Reference>(length).fill(null);
    default:
      return new Int32Array(length * storageEntries[storage]);
  }
}

/**
 * An array: made by wasm code, a reference to be handed on for the host.
 * https://webassembly.github.io/spec/core/exec/runtime.html#array-instances — WasmEdge `Runtime::Instance::ArrayInstance`
 */
export class ArrayInstance extends CompositeInstance {
  /** The number of elements. */
  readonly length: number;
  /** One entry an element; of i64, f64 and v128 as many words as they have, the low one first. */
  readonly elements: ArrayElements;

  /** For the executor. @param elements as `makeElements` makes them for the type and length */
  constructor(typeId: number, length: number, elements: ArrayElements) {
    super(typeId);
    this.length = length;
    this.elements = elements;
  }

  /** Whether `count` elements from `offset` on are inside. */
  contains(offset: number, count: number): boolean {
    return offset <= this.length && count <= this.length - offset;
  }

  /** The value of an element with its exact bits; a packed one as unsigned i32. @throws ArrayOutOfBounds */
  getElement(index: number): WasmValue {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) fail(ErrCode.ArrayOutOfBounds);
    const type = elementType(this.typeId);
    return readEntries(this.elements, index * storageEntries[storageOf(type)], type);
  }

  override toString(): string {
    return `array of ${this.length}`;
  }
}
