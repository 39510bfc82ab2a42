import { fail, WasmEdgeError } from "../../../common/error.ts";
import { ErrCode } from "../../../common/error-code.ts";
import type { Reference } from "../../../common/wasm-value.ts";
import { I31 } from "../../../store/i31.ts";
import { referenceMatches, sameReference } from "../../../store/reference-check.ts";
import type { Execution } from "../execution.ts";
import { IR } from "../generated/ir.ts";
import {
  arrayOf,
  copyArray,
  elementsAt,
  fillArray,
  initializeFromData,
  initializeFromElements,
  newArray,
  newArrayOfData,
  newArrayOfElements,
  newDefaultArray,
  newFixedArray,
  referencesAt,
  wordsAt,
} from "./arrays.ts";
import { castMismatch } from "./cast-mismatch.ts";
import { fieldsOf, newStruct } from "./structs.ts";

/** Executes the instruction at `pc`, one of `gcInstructions`. @throws WasmEdgeError, the trap */
export function executeGC(execution: Execution, code: Int32Array, pc: number, fp: number): void {
  const { i32, refs } = execution;
  // The first operands are registers in all but a few: each case uses those that it has.
  const a = fp + code[pc + 1];
  const b = fp + code[pc + 2];
  const c = fp + code[pc + 3];
  switch (code[pc]) {
    case IR["struct.new"]:
      refs[a >> 1] = newStruct(execution, code[pc + 3], b);
      return;
    case IR["struct.new_default"]:
      refs[a >> 1] = execution.heap.newStruct(code[pc + 2]);
      return;
    case IR["struct.get32"]:
      i32[a] = fieldsOf(refs[b >> 1])[code[pc + 3]] as number;
      return;
    case IR["struct.get-signed"]: {
      const shift = code[pc + 4];
      i32[a] = ((fieldsOf(refs[b >> 1])[code[pc + 3]] as number) << shift) >> shift;
      return;
    }
    case IR["struct.get64"]: {
      const fields = fieldsOf(refs[b >> 1]);
      i32[a] = fields[code[pc + 3]] as number;
      i32[a + 1] = fields[code[pc + 3] + 1] as number;
      return;
    }
    case IR["struct.get128"]: {
      const fields = fieldsOf(refs[b >> 1]);
      for (let i = 0; i < 4; i++) i32[a + i] = fields[code[pc + 3] + i] as number;
      return;
    }
    case IR["struct.get-ref"]:
      refs[a >> 1] = fieldsOf(refs[b >> 1])[code[pc + 3]];
      return;
    case IR["struct.set32"]:
      fieldsOf(refs[a >> 1])[code[pc + 3]] = i32[b];
      return;
    case IR["struct.set-packed"]:
      fieldsOf(refs[a >> 1])[code[pc + 3]] = i32[b] & code[pc + 4];
      return;
    case IR["struct.set64"]: {
      const fields = fieldsOf(refs[a >> 1]);
      fields[code[pc + 3]] = i32[b];
      fields[code[pc + 3] + 1] = i32[b + 1];
      return;
    }
    case IR["struct.set128"]: {
      const fields = fieldsOf(refs[a >> 1]);
      for (let i = 0; i < 4; i++) fields[code[pc + 3] + i] = i32[b + i];
      return;
    }
    case IR["struct.set-ref"]:
      fieldsOf(refs[a >> 1])[code[pc + 3]] = refs[b >> 1];
      return;

    case IR["array.get32"]: {
      const index = i32[c] >>> 0;
      i32[a] = elementsAt(refs[b >> 1], index)[index] as number;
      return;
    }
    case IR["array.get-signed"]: {
      const index = i32[c] >>> 0;
      const shift = code[pc + 4];
      i32[a] = ((elementsAt(refs[b >> 1], index)[index] as number) << shift) >> shift;
      return;
    }
    case IR["array.get64"]: {
      const index = i32[c] >>> 0;
      const words = wordsAt(refs[b >> 1], index);
      i32[a] = words[2 * index];
      i32[a + 1] = words[2 * index + 1];
      return;
    }
    case IR["array.get128"]: {
      const index = i32[c] >>> 0;
      const words = wordsAt(refs[b >> 1], index);
      for (let i = 0; i < 4; i++) i32[a + i] = words[4 * index + i];
      return;
    }
    case IR["array.get-ref"]: {
      const index = i32[c] >>> 0;
      refs[a >> 1] = referencesAt(refs[b >> 1], index)[index];
      return;
    }
    case IR["array.set32"]: {
      const index = i32[b] >>> 0;
      wordsAt(refs[a >> 1], index)[index] = i32[c];
      return;
    }
    case IR["array.set64"]: {
      const index = i32[b] >>> 0;
      const words = wordsAt(refs[a >> 1], index);
      words[2 * index] = i32[c];
      words[2 * index + 1] = i32[c + 1];
      return;
    }
    case IR["array.set128"]: {
      const index = i32[b] >>> 0;
      const words = wordsAt(refs[a >> 1], index);
      for (let i = 0; i < 4; i++) words[4 * index + i] = i32[c + i];
      return;
    }
    case IR["array.set-ref"]: {
      const index = i32[b] >>> 0;
      referencesAt(refs[a >> 1], index)[index] = refs[c >> 1];
      return;
    }
    case IR["array.len"]:
      i32[a] = arrayOf(refs[b >> 1]).length;
      return;

    case IR["ref.eq"]:
      i32[a] = sameReference(refs[b >> 1], refs[c >> 1]) ? 1 : 0;
      return;
    case IR["ref.test"]:
      i32[a] = referenceMatches(refs[b >> 1], code[pc + 3]) ? 1 : 0;
      return;
    case IR["ref.cast"]:
      if (!referenceMatches(refs[a >> 1], code[pc + 2])) {
        throw new WasmEdgeError(
          ErrCode.CastFailed,
          castMismatch(execution.instance.typeIds, code[pc + 2], refs[a >> 1]),
        );
      }
      return;
    case IR["ref.i31"]:
      refs[a >> 1] = I31.of(i32[b]);
      return;
    case IR["i31.get_s"]:
      i32[a] = i31Of(refs[b >> 1]).value;
      return;
    case IR["i31.get_u"]:
      i32[a] = i31Of(refs[b >> 1]).unsigned;
      return;
    default:
      executeArrayBulk(execution, code, pc, fp);
  }
}

function i31Of(reference: Reference): I31 {
  if (reference === null) fail(ErrCode.AccessNullI31);
  return reference as I31;
}

/** Those that make arrays or touch many elements. */
function executeArrayBulk(execution: Execution, code: Int32Array, pc: number, fp: number): void {
  const { i32, refs, instance } = execution;
  const a = fp + code[pc + 1];
  const b = fp + code[pc + 2];
  const c = fp + code[pc + 3];
  switch (code[pc]) {
    case IR["array.new"]:
      newArray(execution, code[pc + 4], a, b, i32[c] >>> 0);
      return;
    case IR["array.new_default"]:
      newDefaultArray(execution, code[pc + 3], a, i32[b] >>> 0);
      return;
    case IR["array.new_fixed"]:
      newFixedArray(execution, code[pc + 4], a, b, code[pc + 3]);
      return;
    case IR["array.new_data"]: {
      const range = { segment: instance.data[code[pc + 5]], from: i32[b] >>> 0, count: i32[c] >>> 0 };
      newArrayOfData(execution, code[pc + 4], a, range);
      return;
    }
    case IR["array.new_elem"]: {
      const range = { segment: instance.elements[code[pc + 5]], from: i32[b] >>> 0, count: i32[c] >>> 0 };
      newArrayOfElements(execution, code[pc + 4], a, range);
      return;
    }
    case IR["array.fill"]:
      fillArray(execution, refs[a >> 1], i32[b] >>> 0, c, i32[fp + code[pc + 4]] >>> 0, code[pc + 5]);
      return;
    case IR["array.copy"]: {
      const source = { reference: refs[c >> 1], index: i32[fp + code[pc + 4]] >>> 0 };
      const count = i32[fp + code[pc + 5]] >>> 0;
      copyArray(execution, { reference: refs[a >> 1], index: i32[b] >>> 0 }, source, count, code[pc + 6]);
      return;
    }
    case IR["array.init_data"]: {
      const count = i32[fp + code[pc + 4]] >>> 0;
      const range = { segment: instance.data[code[pc + 5]], from: i32[c] >>> 0, count };
      initializeFromData(execution, { reference: refs[a >> 1], index: i32[b] >>> 0 }, range, code[pc + 6]);
      return;
    }
    case IR["array.init_elem"]: {
      const count = i32[fp + code[pc + 4]] >>> 0;
      const range = { segment: instance.elements[code[pc + 5]], from: i32[c] >>> 0, count };
      initializeFromElements(execution, { reference: refs[a >> 1], index: i32[b] >>> 0 }, range);
      return;
    }
    default:
      throw new Error(`BUG: no GC instruction ${code[pc]}`);
  }
}
