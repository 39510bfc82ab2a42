import { Op } from "../../ast/generated/opcode.ts";
import { instructionText } from "../../ast/instructions.ts";
import type { FieldType } from "../../ast/types.ts";
import { isPackedType, ValType } from "../../common/value-type.ts";
import { Storage, storageOf, structLayout } from "../../store/composite-layout.ts";
import { canonicalValType } from "../../validator/canonical-types.ts";
import { IR } from "../engine/generated/ir.ts";
import type { Lowering } from "./lowering.ts";

/**
 * Lowering of the GC proposal's instructions: the types that they name become canonical ids, fields their places in a struct,
 * and each access gets the form for its storage.
 */

const structGets: readonly IR[] = [
  IR["struct.get32"],
  IR["struct.get32"],
  IR["struct.get32"],
  IR["struct.get64"],
  IR["struct.get128"],
  IR["struct.get-ref"],
];
const structSets: readonly IR[] = [
  IR["struct.set-packed"],
  IR["struct.set-packed"],
  IR["struct.set32"],
  IR["struct.set64"],
  IR["struct.set128"],
  IR["struct.set-ref"],
];
const arrayGets: readonly IR[] = [
  IR["array.get32"],
  IR["array.get32"],
  IR["array.get32"],
  IR["array.get64"],
  IR["array.get128"],
  IR["array.get-ref"],
];
const arraySets: readonly IR[] = [
  IR["array.set32"],
  IR["array.set32"],
  IR["array.set32"],
  IR["array.set64"],
  IR["array.set128"],
  IR["array.set-ref"],
];

/** The bits of an i32 above a packed number. */
function bitsAbove(storage: Storage): number {
  return storage === Storage.I8 ? 24 : 16;
}

/** The type of an operand for a storage type. */
function unpacked(type: ValType): ValType {
  return isPackedType(type) ? ValType.I32 : type;
}

/** An instruction without result: its operands are the topmost registers, then the immediates. */
function statement(lowering: Lowering, ir: IR, operands: number, ...immediates: number[]): void {
  lowering.builder.emit(ir, ...lowering.operandRegisters(operands), ...immediates);
}

/** An instruction with a result. */
function expression(lowering: Lowering, ir: IR, type: ValType, operands: number, ...immediates: number[]): void {
  const registers = lowering.operandRegisters(operands);
  lowering.builder.result(ir, type, ...registers, ...immediates);
}

/** Puts the operands one after the other, as a call's arguments. @returns the word offset of the first */
function gather({ builder }: Lowering, count: number): number {
  builder.topToHome(count);
  builder.popTo(builder.depth - count);
  return builder.top;
}

/** The fields of the struct type that the instruction names. */
function fieldsOf({ options, reader }: Lowering): readonly FieldType[] {
  const { composite } = options.spaces.module.types[reader.index];
  return composite.kind === "struct" ? composite.fields : [];
}

/** The element type of the array type that the instruction names first. */
function elementOf({ options, reader }: Lowering): ValType {
  const { composite } = options.spaces.module.types[reader.index];
  return composite.kind === "array" ? composite.field.type : ValType.I32;
}

export function lowerGC(lowering: Lowering, opcode: number): void {
  const { reader, options } = lowering;
  switch (opcode) {
    case Op["struct.new"]:
    case Op["struct.new_default"]:
    case Op["struct.get"]:
    case Op["struct.get_s"]:
    case Op["struct.get_u"]:
    case Op["struct.set"]:
      lowerStruct(lowering, opcode);
      return;
    case Op["ref.eq"]:
      expression(lowering, IR["ref.eq"], ValType.I32, 2);
      return;
    case Op["ref.test"]:
    case Op["ref.test_null"]:
      expression(lowering, IR["ref.test"], ValType.I32, 1, canonicalValType(reader.type, options.typeIds));
      return;
    case Op["ref.cast"]:
    case Op["ref.cast_null"]:
      // The reference stays where it is.
      statement(lowering, IR["ref.cast"], 1, canonicalValType(reader.type, options.typeIds));
      lowering.builder.restore();
      return;
    case Op["any.convert_extern"]:
    case Op["extern.convert_any"]:
      // The object is the same on either side.
      return;
    case Op["ref.i31"]:
      expression(lowering, IR["ref.i31"], ValType.I31Ref, 1);
      return;
    case Op["i31.get_s"]:
      expression(lowering, IR["i31.get_s"], ValType.I32, 1);
      return;
    case Op["i31.get_u"]:
      expression(lowering, IR["i31.get_u"], ValType.I32, 1);
      return;
    case Op["array.len"]:
      expression(lowering, IR["array.len"], ValType.I32, 1);
      return;
    default:
      lowerArray(lowering, opcode);
  }
}

function lowerStruct(lowering: Lowering, opcode: number): void {
  const { builder, options, reader } = lowering;
  const typeId = options.typeIds[reader.index];
  if (opcode === Op["struct.new"]) {
    const base = gather(lowering, fieldsOf(lowering).length);
    builder.result(IR["struct.new"], ValType.StructRef, base, typeId);
    return;
  }
  if (opcode === Op["struct.new_default"]) {
    builder.result(IR["struct.new_default"], ValType.StructRef, typeId);
    return;
  }
  const { entries, storages } = structLayout(typeId);
  const entry = entries[reader.index2];
  const storage = storages[reader.index2];
  if (opcode === Op["struct.set"]) {
    const mask = storage === Storage.I8 ? 0xff : 0xffff;
    if (storage <= Storage.I16) statement(lowering, structSets[storage], 2, entry, mask);
    else statement(lowering, structSets[storage], 2, entry);
    return;
  }
  const type = unpacked(fieldsOf(lowering)[reader.index2].type);
  if (opcode === Op["struct.get_s"]) {
    expression(lowering, IR["struct.get-signed"], type, 1, entry, bitsAbove(storage));
  } else expression(lowering, structGets[storage], type, 1, entry);
}

function lowerArray(lowering: Lowering, opcode: number): void {
  const { builder, options, reader } = lowering;
  const { index2 } = reader;
  const typeId = options.typeIds[reader.index];
  const element = elementOf(lowering);
  const storage = storageOf(element);
  switch (opcode) {
    case Op["array.new"]:
      expression(lowering, IR["array.new"], ValType.ArrayRef, 2, typeId);
      return;
    case Op["array.new_default"]:
      expression(lowering, IR["array.new_default"], ValType.ArrayRef, 1, typeId);
      return;
    case Op["array.new_fixed"]:
      builder.result(IR["array.new_fixed"], ValType.ArrayRef, gather(lowering, index2), index2, typeId);
      return;
    case Op["array.new_data"]:
      expression(lowering, IR["array.new_data"], ValType.ArrayRef, 2, typeId, index2);
      return;
    case Op["array.new_elem"]:
      expression(lowering, IR["array.new_elem"], ValType.ArrayRef, 2, typeId, index2);
      return;
    case Op["array.get"]:
    case Op["array.get_u"]:
      expression(lowering, arrayGets[storage], unpacked(element), 2);
      return;
    case Op["array.get_s"]:
      expression(lowering, IR["array.get-signed"], ValType.I32, 2, bitsAbove(storage));
      return;
    case Op["array.set"]:
      statement(lowering, arraySets[storage], 3);
      return;
    case Op["array.fill"]:
      statement(lowering, IR["array.fill"], 4, storage);
      return;
    case Op["array.copy"]:
      statement(lowering, IR["array.copy"], 5, storage);
      return;
    case Op["array.init_data"]:
      statement(lowering, IR["array.init_data"], 4, index2, storage);
      return;
    case Op["array.init_elem"]:
      statement(lowering, IR["array.init_elem"], 4, index2);
      return;
    default:
      throw new Error(`BUG: no lowering for ${instructionText(opcode)}`);
  }
}
