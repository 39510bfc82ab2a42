import { Op } from "../../ast/generated/opcode.ts";
import { ValType } from "../../common/value-type.ts";
import { type Reference, WasmValue } from "../../common/wasm-value.ts";
import type { ArrayInstance } from "../../store/array-instance.ts";
import { elementType, Storage, storageEntries, storageOf, structLayout } from "../../store/composite-layout.ts";
import { I31 } from "../../store/i31.ts";
import type { GCHeap } from "../engine/gc/gc-heap.ts";

/**
 * The constant instructions of the GC proposal.
 * https://webassembly.github.io/spec/core/valid/instructions.html#constant-expressions
 */

/** Writes a value into the entries from `at` on. @returns the place behind it */
function writeEntries(entries: Reference[] | Int32Array, at: number, storage: Storage, value: WasmValue): number {
  const list = entries as Reference[];
  switch (storage) {
    case Storage.Reference:
      list[at] = value.reference;
      break;
    case Storage.I8:
      list[at] = value.bits32 & 0xff;
      break;
    case Storage.I16:
      list[at] = value.bits32 & 0xffff;
      break;
    default:
      value.words.forEach((word, i) => {
        list[at + i] = word;
      });
  }
  return at + storageEntries[storage];
}

function newStruct(heap: GCHeap, typeId: number, stack: WasmValue[]): Reference {
  const { storages } = structLayout(typeId);
  const values = stack.splice(stack.length - storages.length);
  const struct = heap.newStruct(typeId);
  let at = 0;
  storages.forEach((storage, i) => {
    at = writeEntries(struct.fields, at, storage, values[i]);
  });
  return struct;
}

/** An array of the values that `valueAt` gives. */
function newArray(heap: GCHeap, typeId: number, length: number, valueAt: (index: number) => WasmValue): ArrayInstance {
  const storage = storageOf(elementType(typeId));
  const array = heap.newArray(typeId, storage, length);
  let at = 0;
  for (let i = 0; i < length; i++) at = writeEntries(array.elements as Int32Array, at, storage, valueAt(i));
  return array;
}

/**
 * Evaluates one instruction.
 * @param typeId canonical id of the type that the instruction names
 * @param count of array.new_fixed
 * @returns false where it is none of these
 */
export function evaluateGCConstant(
  heap: GCHeap,
  stack: WasmValue[],
  opcode: number,
  typeId: number,
  count: number,
): boolean {
  const pop = (): WasmValue => stack.pop() as WasmValue;
  const push = (type: ValType, reference: Reference): void => {
    stack.push(WasmValue.ref(type, reference));
  };
  switch (opcode) {
    case Op["struct.new"]:
      push(ValType.StructRef, newStruct(heap, typeId, stack));
      return true;
    case Op["struct.new_default"]:
      push(ValType.StructRef, heap.newStruct(typeId));
      return true;
    case Op["array.new"]: {
      const length = pop().bits32;
      const value = pop();
      push(
        ValType.ArrayRef,
        newArray(heap, typeId, length, () => value),
      );
      return true;
    }
    case Op["array.new_default"]:
      push(ValType.ArrayRef, heap.newArray(typeId, storageOf(elementType(typeId)), pop().bits32));
      return true;
    case Op["array.new_fixed"]: {
      const values = stack.splice(stack.length - count);
      push(
        ValType.ArrayRef,
        newArray(heap, typeId, count, (i) => values[i]),
      );
      return true;
    }
    case Op["ref.i31"]:
      push(ValType.I31Ref, I31.of(pop().toI32()));
      return true;
    case Op["any.convert_extern"]:
      push(ValType.AnyRef, pop().reference);
      return true;
    case Op["extern.convert_any"]:
      push(ValType.ExternRef, pop().reference);
      return true;
    default:
      return false;
  }
}
