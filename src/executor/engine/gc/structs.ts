import { fail } from "../../../common/error.ts";
import { ErrCode } from "../../../common/error-code.ts";
import type { Reference } from "../../../common/wasm-value.ts";
import { Storage, structLayout } from "../../../store/composite-layout.ts";
import type { StructInstance } from "../../../store/struct-instance.ts";
import type { Execution } from "../execution.ts";

/**
 * Instructions on structs. Validation has seen to it that a reference which is not null is a struct of the type, or of a
 * subtype, whose layout begins alike.
 * https://webassembly.github.io/spec/core/exec/instructions.html#aggregate-reference-instructions
 */

/** The fields of a struct. @throws AccessNullStruct */
export function fieldsOf(reference: Reference): Reference[] {
  if (reference === null) fail(ErrCode.AccessNullStruct);
  return (reference as StructInstance).fields;
}

/** A struct of the values that stand in registers from `at` on, as a call's arguments would. */
export function newStruct({ i32, refs, heap }: Execution, typeId: number, at: number): StructInstance {
  const layout = structLayout(typeId);
  const struct = heap.newStruct(typeId, layout);
  const { fields } = struct;
  const { storages } = layout;
  let entry = 0;
  for (let i = 0; i < storages.length; i++) {
    switch (storages[i]) {
      case Storage.I8:
        fields[entry++] = i32[at] & 0xff;
        at += 2;
        break;
      case Storage.I16:
        fields[entry++] = i32[at] & 0xffff;
        at += 2;
        break;
      case Storage.Word:
        fields[entry++] = i32[at];
        at += 2;
        break;
      case Storage.Double:
        fields[entry++] = i32[at];
        fields[entry++] = i32[at + 1];
        at += 2;
        break;
      case Storage.Vector:
        for (let k = 0; k < 4; k++) fields[entry++] = i32[at + k];
        at += 4;
        break;
      case Storage.Reference:
        fields[entry++] = refs[at >> 1];
        at += 2;
        break;
    }
  }
  return struct;
}
