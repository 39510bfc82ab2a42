import { Op } from "../../ast/generated/opcode.ts";
import { ValType } from "../../common/value-type.ts";
import { IR } from "../engine/generated/ir.ts";
import type { Lowering } from "./lowering.ts";

/** Lowering of globals and select; locals need none, they are registers. */

function isNarrow(type: ValType): boolean {
  return type === ValType.I32 || type === ValType.F32;
}

function isWide(type: ValType): boolean {
  return type === ValType.I64 || type === ValType.F64;
}

export function lowerSelect(lowering: Lowering): void {
  const { builder } = lowering;
  const type = builder.types[builder.depth - 3];
  const [first, second, condition] = lowering.operandRegisters(3);
  builder.result(selectOf(type), type, first, second, condition);
}

function selectOf(type: ValType): IR {
  if (isNarrow(type)) return IR.select32;
  if (isWide(type)) return IR.select64;
  return type === ValType.V128 ? IR.select128 : IR["select-ref"];
}

/** A number that the module itself defines stands in the cells that the loop holds. */
export function lowerGlobal(lowering: Lowering, opcode: number): void {
  const { builder, options, reader } = lowering;
  const { index } = reader;
  const type = options.spaces.globals[index].valType;
  const cell = 4 * (index - options.spaces.importedGlobalCount);
  const own = cell >= 0;
  if (opcode === Op["global.get"]) {
    if (own && isNarrow(type)) builder.result(IR["global.get32"], type, cell);
    else if (own && isWide(type)) builder.result(IR["global.get64"], type, cell);
    else builder.result(IR["global.get"], type, index);
    return;
  }
  const [value] = lowering.operandRegisters(1);
  if (own && isNarrow(type)) builder.emit(IR["global.set32"], cell, value);
  else if (own && isWide(type)) builder.emit(IR["global.set64"], cell, value);
  else builder.emit(IR["global.set"], index, value);
}
