import { fail } from "../../../common/error.ts";
import { ErrCode } from "../../../common/error-code.ts";
import { boundaryOf } from "../../../common/error-context.ts";
import type { Reference } from "../../../common/wasm-value.ts";
import type { ArrayInstance } from "../../../store/array-instance.ts";
import { elementType, Storage, storageBytes, storageEntries, storageOf } from "../../../store/composite-layout.ts";
import type { DataInstance, ElementInstance } from "../../../store/segment-instances.ts";
import type { Execution } from "../execution.ts";

/**
 * Instructions on arrays. All bounds are checked before anything is written or allocated.
 * https://webassembly.github.io/spec/core/exec/instructions.html#aggregate-reference-instructions
 */

/** The array that a reference is. @throws AccessNullArray */
export function arrayOf(reference: Reference): ArrayInstance {
  if (reference === null) fail(ErrCode.AccessNullArray);
  return reference as ArrayInstance;
}

/** An array's elements, for access to the one at `index`. @throws AccessNullArray, ArrayOutOfBounds */
export function elementsAt(reference: Reference, index: number): ArrayInstance["elements"] {
  const array = arrayOf(reference);
  if (index >= array.length) fail(ErrCode.ArrayOutOfBounds, boundaryOf(index, 1, array.length));
  return array.elements;
}

/** The same of an array of numbers that are not packed. */
export function wordsAt(reference: Reference, index: number): Int32Array {
  return elementsAt(reference, index) as Int32Array;
}

/** The same of an array of references. */
export function referencesAt(reference: Reference, index: number): Reference[] {
  return elementsAt(reference, index) as Reference[];
}

function checkArray(array: ArrayInstance, offset: number, count: number): void {
  if (!array.contains(offset, count)) fail(ErrCode.ArrayOutOfBounds, boundaryOf(offset, count, array.length));
}

/** @param width bytes of an element */
function checkData({ bytes }: DataInstance, offset: number, count: number, width: number): void {
  const length = count * width;
  if (offset > bytes.length || length > bytes.length - offset) {
    fail(ErrCode.MemoryOutOfBounds, boundaryOf(offset, length, bytes.length));
  }
}

function checkElements({ length }: ElementInstance, offset: number, count: number): void {
  if (offset > length || count > length - offset) {
    fail(ErrCode.TableOutOfBounds, boundaryOf(offset, count, length));
  }
}

// --- New arrays ---

/** An array of zeros or nulls. */
export function newDefaultArray({ heap }: Execution, typeId: number, length: number): ArrayInstance {
  return heap.newArray(typeId, storageOf(elementType(typeId)), length);
}

/** An array of `length` times the value in the register at `at`. */
export function newArray(execution: Execution, typeId: number, at: number, length: number): ArrayInstance {
  const storage = storageOf(elementType(typeId));
  const array = execution.heap.newArray(typeId, storage, length);
  fillElements(execution, array, storage, 0, at, length);
  return array;
}

/** An array of the values that stand in `count` registers from `at` on, as a call's arguments would. */
export function newFixedArray(execution: Execution, typeId: number, at: number, count: number): ArrayInstance {
  const storage = storageOf(elementType(typeId));
  const array = execution.heap.newArray(typeId, storage, count);
  const step = storage === Storage.Vector ? 4 : 2;
  for (let i = 0; i < count; i++) setElement(execution, array, storage, i, at + i * step);
  return array;
}

export function newArrayOfData(
  execution: Execution,
  typeId: number,
  data: DataInstance,
  from: number,
  count: number,
): ArrayInstance {
  const storage = storageOf(elementType(typeId));
  checkData(data, from, count, storageBytes[storage]);
  const array = execution.heap.newArray(typeId, storage, count);
  copyData(array, storage, 0, data, from, count);
  return array;
}

export function newArrayOfElements(
  execution: Execution,
  typeId: number,
  segment: ElementInstance,
  from: number,
  count: number,
): ArrayInstance {
  checkElements(segment, from, count);
  const array = execution.heap.newArray(typeId, Storage.Reference, count);
  const elements = array.elements as Reference[];
  for (let i = 0; i < count; i++) elements[i] = segment.getRef(from + i);
  return array;
}

// --- Bulk ---

/** Sets the element at `index` to the value in the register at `at`. */
function setElement(
  { i32, refs }: Execution,
  { elements }: ArrayInstance,
  storage: Storage,
  index: number,
  at: number,
): void {
  if (storage === Storage.Reference) {
    elements[index] = refs[at >> 1] as never;
    return;
  }
  const words = storageEntries[storage];
  const numbers = elements as Int32Array;
  for (let i = 0; i < words; i++) numbers[index * words + i] = i32[at + i];
}

/** Sets `count` elements, which are inside, to the value in the register at `at`. */
function fillElements(
  execution: Execution,
  array: ArrayInstance,
  storage: Storage,
  offset: number,
  at: number,
  count: number,
): void {
  if (count === 0) return;
  const words = storageEntries[storage];
  if (words === 1) {
    const value = storage === Storage.Reference ? execution.refs[at >> 1] : execution.i32[at];
    (array.elements as Reference[]).fill(value, offset, offset + count);
    return;
  }
  setElement(execution, array, storage, offset, at);
  const numbers = array.elements as Int32Array;
  const start = offset * words;
  const end = start + count * words;
  // What is filled already is copied behind itself, twice as much each time.
  for (let filled = words; start + filled < end; filled *= 2) {
    numbers.copyWithin(start + filled, start, Math.min(start + filled, end - filled));
  }
}

export function fillArray(
  execution: Execution,
  reference: Reference,
  offset: number,
  at: number,
  count: number,
  storage: Storage,
): void {
  const array = arrayOf(reference);
  checkArray(array, offset, count);
  fillElements(execution, array, storage, offset, at, count);
}

/** The two may be one array, and the ranges overlap. */
export function copyArray(
  destination: Reference,
  to: number,
  source: Reference,
  from: number,
  count: number,
  storage: Storage,
): void {
  const target = arrayOf(destination);
  const origin = arrayOf(source);
  checkArray(target, to, count);
  checkArray(origin, from, count);
  const words = storageEntries[storage];
  if (target === origin) {
    target.elements.copyWithin(to * words, from * words, (from + count) * words);
  } else if (storage === Storage.Reference) {
    const elements = target.elements as Reference[];
    const others = origin.elements as Reference[];
    for (let i = 0; i < count; i++) elements[to + i] = others[from + i];
  } else {
    const numbers = origin.elements as Int32Array;
    (target.elements as Int32Array).set(numbers.subarray(from * words, (from + count) * words), to * words);
  }
}

export function initializeFromData(
  reference: Reference,
  to: number,
  data: DataInstance,
  from: number,
  count: number,
  storage: Storage,
): void {
  const array = arrayOf(reference);
  checkArray(array, to, count);
  checkData(data, from, count, storageBytes[storage]);
  copyData(array, storage, to, data, from, count);
}

export function initializeFromElements(
  reference: Reference,
  to: number,
  segment: ElementInstance,
  from: number,
  count: number,
): void {
  const array = arrayOf(reference);
  checkArray(array, to, count);
  checkElements(segment, from, count);
  const elements = array.elements as Reference[];
  for (let i = 0; i < count; i++) elements[to + i] = segment.getRef(from + i);
}

/** Data segments hold numbers as memory does, and so do typed arrays on the hosts that there are. */
function copyData(
  array: ArrayInstance,
  storage: Storage,
  to: number,
  { bytes }: DataInstance,
  from: number,
  count: number,
): void {
  const { buffer, byteOffset, byteLength } = array.elements as Int32Array;
  const width = storageBytes[storage];
  new Uint8Array(buffer, byteOffset, byteLength).set(bytes.subarray(from, from + count * width), to * width);
}
