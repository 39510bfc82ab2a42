import { Op } from "../../ast/generated/opcode.ts";
import type { InstructionInfo } from "../../ast/instructions.ts";
import type { ValType } from "../../common/value-type.ts";
import { IR } from "../engine/generated/ir.ts";
import type { Lowering } from "./lowering.ts";

/** Lowering of the atomic instructions: all of them are cold, and the driver waits. */
export function lowerAtomic(lowering: Lowering, info: InstructionInfo): void {
  const { builder, reader } = lowering;
  const { opcode } = info;
  if (opcode === Op["atomic.fence"]) {
    builder.emit(IR["atomic.fence"]);
    return;
  }
  const { index, low, high } = reader;
  const waits = opcode === Op["memory.atomic.wait32"] || opcode === Op["memory.atomic.wait64"];
  const ir = waits ? IR["atomic-wait"] : IR.atomic;
  const [address, value = 0, other = 0] = lowering.operandRegisters(info.operands?.length ?? 0);
  const [result] = info.results as readonly ValType[];
  if (result === undefined) builder.emit(ir, opcode, 0, address, value, other, index, low, high);
  else builder.resultOf(ir, opcode, result, address, value, other, index, low, high);
}
