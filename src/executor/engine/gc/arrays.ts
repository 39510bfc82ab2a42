import { fail } from "../../../common/error.ts";
import { ErrCode } from "../../../common/error-code.ts";
import { boundaryOf } from "../../../common/error-context.ts";
import type { Reference } from "../../../common/wasm-value.ts";
import type { ArrayInstance } from "../../../store/array-instance.ts";
import { elementType, Storage, storageBytes, storageEntries, storageOf } from "../../../store/composite-layout.ts";
import { moveReferences } from "../../../store/references.ts";
import type { DataInstance, ElementInstance } from "../../../store/segment-instances.ts";
import { chargeBulk, doBulk, LongOperation, takeRoom, Weight } from "../cold/long-operation.ts";
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
function checkData({ segment: { bytes }, from, count }: SegmentRange<DataInstance>, width: number): void {
  const length = count * width;
  if (from > bytes.length || length > bytes.length - from) {
    fail(ErrCode.MemoryOutOfBounds, boundaryOf(from, length, bytes.length));
  }
}

function checkElements({ segment: { length }, from, count }: SegmentRange<ElementInstance>): void {
  if (from > length || count > length - from) {
    fail(ErrCode.TableOutOfBounds, boundaryOf(from, count, length));
  }
}

// --- New arrays: nobody sees one before it is whole ---

/** Puts a new array where the instruction leaves its result. */
function leave({ refs }: Execution, result: number, array: ArrayInstance): void {
  refs[result >> 1] = array;
}

/** Makes room for an array, which the host does in one piece; references are the caller's to set. */
function allocate(execution: Execution, typeId: number, storage: Storage, length: number): ArrayInstance {
  const array = execution.heap.newArray(typeId, storage, length, true);
  chargeBulk(execution, length * storageBytes[storage]);
  return array;
}

/** An array of zeros or nulls. @param result register for it */
export function newDefaultArray(execution: Execution, typeId: number, result: number, length: number): void {
  const storage = storageOf(elementType(typeId));
  const array = allocate(execution, typeId, storage, length);
  const isReference = storage === Storage.Reference;
  // Room for numbers comes full of zeros; where that took long, it is to end the slice.
  const count = isReference ? length : 0;
  const elements = array.elements as Reference[];
  if (takeRoom(execution, count * Weight.Reference)) {
    if (isReference) elements.fill(null);
    leave(execution, result, array);
    return;
  }
  const work = (done: number, part: number): void => {
    if (part > 0) elements.fill(null, done, done + part);
  };
  throw new LongOperation(count, Weight.Reference, work, () => leave(execution, result, array));
}

/** An array of `length` times the value in the register at `at`. */
export function newArray(execution: Execution, typeId: number, result: number, at: number, length: number): void {
  const storage = storageOf(elementType(typeId));
  const array = allocate(execution, typeId, storage, length);
  if (takeRoom(execution, length * moveWeight(storage))) {
    setElements(execution, array, storage, 0, at, length);
    leave(execution, result, array);
    return;
  }
  fillElements(execution, array, storage, 0, at, length, () => leave(execution, result, array));
}

/** An array of the values that stand in `count` registers from `at` on, as a call's arguments would. */
export function newFixedArray(execution: Execution, typeId: number, result: number, at: number, count: number): void {
  const storage = storageOf(elementType(typeId));
  const array = execution.heap.newArray(typeId, storage, count);
  const step = storage === Storage.Vector ? 4 : 2;
  for (let i = 0; i < count; i++) setElement(execution, array, storage, i, at + i * step);
  leave(execution, result, array);
}

/** A range of a segment: its first byte or element, and how many elements. */
export interface SegmentRange<T> {
  readonly segment: T;
  readonly from: number;
  readonly count: number;
}

export function newArrayOfData(
  execution: Execution,
  typeId: number,
  result: number,
  range: SegmentRange<DataInstance>,
): void {
  const storage = storageOf(elementType(typeId));
  checkData(range, storageBytes[storage]);
  const array = allocate(execution, typeId, storage, range.count);
  copyData(execution, array, storage, 0, range, () => leave(execution, result, array));
}

export function newArrayOfElements(
  execution: Execution,
  typeId: number,
  result: number,
  range: SegmentRange<ElementInstance>,
): void {
  checkElements(range);
  const array = allocate(execution, typeId, Storage.Reference, range.count);
  copyReferences(execution, array, 0, range, () => leave(execution, result, array));
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
function setElements(
  execution: Execution,
  array: ArrayInstance,
  storage: Storage,
  first: number,
  at: number,
  count: number,
): void {
  const words = storageEntries[storage];
  if (words === 1) {
    const value = storage === Storage.Reference ? execution.refs[at >> 1] : execution.i32[at];
    (array.elements as Reference[]).fill(value, first, first + count);
  } else if (count > 0) {
    setElement(execution, array, storage, first, at);
    repeat(array.elements as Int32Array, first * words, words, count * words);
  }
}

/** The same, in pieces where they are many. */
function fillElements(
  execution: Execution,
  array: ArrayInstance,
  storage: Storage,
  offset: number,
  at: number,
  count: number,
  finish?: () => void,
): void {
  const work = (done: number, length: number): void => {
    setElements(execution, array, storage, offset + done, at, length);
  };
  doBulk(execution, count, moveWeight(storage), work, finish);
}

function moveWeight(storage: Storage): number {
  return storage === Storage.Reference ? Weight.Reference : storageBytes[storage];
}

/** What stands in the first `words` is copied behind itself, twice as much each time, until `length` words are full. */
function repeat(numbers: Int32Array, start: number, words: number, length: number): void {
  for (let filled = words; filled < length; filled *= 2) {
    numbers.copyWithin(start + filled, start, start + Math.min(filled, length - filled));
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

/** A place in an array. */
export interface ArrayPlace {
  readonly reference: Reference;
  readonly index: number;
}

/** The two may be one array, and the ranges overlap. */
export function copyArray(
  execution: Execution,
  destination: ArrayPlace,
  source: ArrayPlace,
  count: number,
  storage: Storage,
): void {
  const target = arrayOf(destination.reference);
  const origin = arrayOf(source.reference);
  const { index: to } = destination;
  const { index: from } = source;
  checkArray(target, to, count);
  checkArray(origin, from, count);
  const words = storageEntries[storage];
  const work = (done: number, length: number): void => {
    // Where the ranges overlap, nothing may be overwritten that is still to be read.
    const at = to > from ? count - done - length : done;
    if (storage === Storage.Reference) {
      moveReferences(target.elements as Reference[], to + at, origin.elements as Reference[], from + at, length);
      return;
    }
    const numbers = origin.elements as Int32Array;
    const start = (from + at) * words;
    const end = start + length * words;
    if (target === origin) numbers.copyWithin((to + at) * words, start, end);
    else (target.elements as Int32Array).set(numbers.subarray(start, end), (to + at) * words);
  };
  doBulk(execution, count, moveWeight(storage), work);
}

export function initializeFromData(
  execution: Execution,
  { reference, index }: ArrayPlace,
  range: SegmentRange<DataInstance>,
  storage: Storage,
): void {
  const array = arrayOf(reference);
  checkArray(array, index, range.count);
  checkData(range, storageBytes[storage]);
  copyData(execution, array, storage, index, range);
}

export function initializeFromElements(
  execution: Execution,
  { reference, index }: ArrayPlace,
  range: SegmentRange<ElementInstance>,
): void {
  const array = arrayOf(reference);
  checkArray(array, index, range.count);
  checkElements(range);
  copyReferences(execution, array, index, range);
}

/** Data segments hold numbers as memory does, and so do typed arrays on the hosts that there are. */
function copyData(
  execution: Execution,
  array: ArrayInstance,
  storage: Storage,
  to: number,
  { segment: { bytes }, from, count }: SegmentRange<DataInstance>,
  finish?: () => void,
): void {
  const { buffer, byteOffset, byteLength } = array.elements as Int32Array;
  const width = storageBytes[storage];
  const target = new Uint8Array(buffer, byteOffset, byteLength);
  const work = (done: number, length: number): void => {
    const start = from + done * width;
    target.set(bytes.subarray(start, start + length * width), (to + done) * width);
  };
  doBulk(execution, count, width, work, finish);
}

function copyReferences(
  execution: Execution,
  array: ArrayInstance,
  to: number,
  { segment, from, count }: SegmentRange<ElementInstance>,
  finish?: () => void,
): void {
  const held = segment.held();
  const elements = array.elements as Reference[];
  const work = (done: number, length: number): void => {
    for (let i = done; i < done + length; i++) elements[to + i] = held.getRef(from + i);
  };
  doBulk(execution, count, Weight.Function, work, finish);
}
