import { Op } from "../../ast/generated/opcode.ts";
import type { FunctionType } from "../../ast/types.ts";
import { IR } from "../engine/generated/ir.ts";
import { type Lowering, wordsOf } from "./lowering.ts";

/** Lowering of the calls: see `engine/frames.ts` for how frames lie. */

/** Puts the arguments where the callee's frame begins. @returns the word offset of that place */
function passArguments({ builder }: Lowering, type: FunctionType): number {
  builder.topToHome(type.params.length);
  builder.popTo(builder.depth - type.params.length);
  return builder.top;
}

/** The callee leaves its results where its frame began, and counts its cost anew. */
function takeResults({ builder, cost, onEntrance, reader }: Lowering, type: FunctionType): void {
  for (const result of type.results) builder.pushRegister(result);
  builder.forgetLast();
  cost.value = 0;
  onEntrance?.(reader.position, builder.position, 0);
}

/** The register of the topmost operand, which is taken off: the selector or reference of an indirect call. */
function takeOperand({ builder }: Lowering): number {
  const register = builder.register(builder.depth - 1);
  builder.pop();
  return register;
}

export function lowerCall(lowering: Lowering): void {
  const { builder, cost, options, reader } = lowering;
  const type = lowering.functionType(reader.index);
  const base = passArguments(lowering, type);
  const imported = reader.index < options.spaces.importedFunctionCount;
  builder.emit(imported ? IR["call-outside"] : IR.call, reader.index, base, cost.value);
  takeResults(lowering, type);
}

export function lowerCallIndirect(lowering: Lowering): void {
  const { builder, cost, options, reader } = lowering;
  const type = options.spaces.functionType(reader.index);
  const selector = takeOperand(lowering);
  const base = passArguments(lowering, type);
  const typeId = options.typeIds[reader.index];
  const { limit } = options.spaces.tables[reader.index2];
  const ir = limit.is64 ? IR["call-indirect-outside"] : IR["call-indirect"];
  builder.emit(ir, typeId, reader.index2, selector, base, cost.value);
  takeResults(lowering, type);
}

export function lowerCallRef(lowering: Lowering): void {
  const { builder, cost, options, reader } = lowering;
  const type = options.spaces.functionType(reader.index);
  const callee = takeOperand(lowering);
  const base = passArguments(lowering, type);
  builder.emit(IR["call-ref"], callee, base, cost.value);
  takeResults(lowering, type);
}

export function lowerReturnCall(lowering: Lowering, opcode: number): void {
  const { builder, cost, labels, options, reader } = lowering;
  const { header } = labels;
  if (opcode === Op.return_call) {
    const type = lowering.functionType(reader.index);
    const base = passArguments(lowering, type);
    builder.emit(IR["return-call"], reader.index, header, base, wordsOf(type.params), cost.value);
  } else {
    const type = options.spaces.functionType(reader.index);
    const callee = takeOperand(lowering);
    const base = passArguments(lowering, type);
    const words = wordsOf(type.params);
    if (opcode === Op.return_call_ref) {
      builder.emit(IR["return-call-ref"], callee, header, base, words, cost.value);
    } else {
      const typeId = options.typeIds[reader.index];
      builder.emit(IR["return-call-indirect"], typeId, reader.index2, callee, header, base, words, cost.value);
    }
  }
  labels.becomeUnreachable();
}
