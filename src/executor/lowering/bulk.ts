import { Op } from "../../ast/generated/opcode.ts";
import { instructionText } from "../../ast/instructions.ts";
import { ValType } from "../../common/value-type.ts";
import { IR } from "../engine/generated/ir.ts";
import type { Lowering } from "./lowering.ts";

/** Lowering of bulk memory, tables and references: all of them are cold. */

/** An instruction without result: its operands are the topmost registers, then the immediates. */
function statement(lowering: Lowering, ir: IR, operands: number, ...immediates: number[]): void {
  const [a, b, c, d, e] = [...lowering.operandRegisters(operands), ...immediates];
  lowering.builder.emit(ir, a, b, c, d, e);
}

/** An instruction with a result. */
function expression(lowering: Lowering, ir: IR, type: ValType, operands: number, ...immediates: number[]): void {
  const [a, b, c] = [...lowering.operandRegisters(operands), ...immediates];
  lowering.builder.result(ir, type, a, b, c);
}

/** The type of the addresses of a memory, or of the indices of a table. */
function addressType(space: { readonly limit: { readonly is64: boolean } }): ValType {
  return space.limit.is64 ? ValType.I64 : ValType.I32;
}

export function lowerBulk(lowering: Lowering, opcode: number): void {
  const { spaces } = lowering.options;
  const { index, index2 } = lowering.reader;
  switch (opcode) {
    case Op["memory.size"]:
      expression(lowering, IR["memory.size"], addressType(spaces.memories[index]), 0, index);
      return;
    case Op["memory.grow"]:
      expression(lowering, IR["memory.grow"], addressType(spaces.memories[index]), 1, index);
      return;
    case Op["memory.fill"]:
      statement(lowering, IR["memory.fill"], 3, index);
      return;
    case Op["memory.copy"]:
      statement(lowering, IR["memory.copy"], 3, index, index2);
      return;
    case Op["memory.init"]:
      statement(lowering, IR["memory.init"], 3, index, index2);
      return;
    case Op["data.drop"]:
      statement(lowering, IR["data.drop"], 0, index);
      return;
    case Op["table.get"]:
      expression(lowering, IR["table.get"], spaces.tables[index].elementType, 1, index);
      return;
    case Op["table.set"]:
      statement(lowering, IR["table.set"], 2, index);
      return;
    case Op["table.size"]:
      expression(lowering, IR["table.size"], addressType(spaces.tables[index]), 0, index);
      return;
    case Op["table.grow"]:
      expression(lowering, IR["table.grow"], addressType(spaces.tables[index]), 2, index);
      return;
    case Op["table.fill"]:
      statement(lowering, IR["table.fill"], 3, index);
      return;
    case Op["table.copy"]:
      statement(lowering, IR["table.copy"], 3, index, index2);
      return;
    case Op["table.init"]:
      statement(lowering, IR["table.init"], 3, index, index2);
      return;
    case Op["elem.drop"]:
      statement(lowering, IR["elem.drop"], 0, index);
      return;
    case Op["ref.is_null"]:
      expression(lowering, IR["ref.is_null"], ValType.I32, 1);
      return;
    case Op["ref.as_non_null"]:
      statement(lowering, IR["ref.as_non_null"], 1);
      lowering.builder.restore();
      return;
    case Op["ref.func"]:
      lowering.builder.result(IR["ref.func"], ValType.FuncRef, index);
      return;
    default:
      throw new Error(`BUG: no lowering for ${instructionText(opcode)}`);
  }
}
