import { Op } from "../../ast/generated/opcode.ts";
import { type InstructionInfo, instructionInfo } from "../../ast/instructions.ts";
import { isRefType, ValType } from "../../common/value-type.ts";
import { canonicalValType } from "../../validator/canonical-types.ts";
import { IR } from "../engine/generated/ir.ts";
import { type Condition, emitConditionalBranch, negate } from "./condition.ts";
import { labelTypes } from "./labels.ts";
import { type Lowering, wordsOf } from "./lowering.ts";
import { slotWords } from "./operands.ts";

/** Lowering of the branches and returns, and of what they carry. */

/** The destinations lie below the sources' homes or on them, so moving upwards overwrites nothing that is still wanted. */
function moveValues({ builder }: Lowering, types: readonly ValType[], destination: number): void {
  for (let i = 0; i < types.length; i++) {
    builder.moveTo(destination, builder.depth - types.length + i);
    destination += slotWords(types[i]);
  }
}

/** A branch that is always taken. The operand stack stays as it is. */
export function emitBranch(lowering: Lowering, index: number): void {
  const { labels, builder } = lowering;
  const label = labels.at(index);
  lowering.carried = labelTypes(label).length;
  if (label.kind === "function" && label.results.length > 0) {
    returnByBranch(lowering);
    return;
  }
  moveValues(lowering, labelTypes(label), label.top);
  labels.aim(label, builder.emit(IR.br) + 1);
}

/** A branch to the function's own label executes its final `end` besides. */
function returnByBranch(lowering: Lowering): void {
  const { cost, options } = lowering;
  const before = cost.value;
  cost.charge(instructionInfo(Op.end) as InstructionInfo);
  emitReturn(lowering, options.stepwise ? 0 : cost.value);
  cost.value = before;
}

/** Emits what goes on only in code that is jumped over otherwise, and keeps the operand stack as it was before. */
function aside(lowering: Lowering, emit: () => void): void {
  const { builder } = lowering;
  const kinds = builder.kinds.slice(0, builder.depth);
  const values = builder.values.slice(0, builder.depth);
  emit();
  for (let i = 0; i < builder.depth; i++) {
    builder.kinds[i] = kinds[i];
    builder.values[i] = values[i];
  }
}

/** A branch on a condition that has been taken off the stack. */
export function branchIf(lowering: Lowering, condition: Condition, index: number): void {
  const { builder, labels } = lowering;
  const label = labels.at(index);
  lowering.carried = labelTypes(label).length;
  if (!labels.needsMoves(label)) {
    labels.aim(label, emitConditionalBranch(builder, condition));
    return;
  }
  // Around the moves and the branch where the condition fails.
  const around = emitConditionalBranch(builder, negate(condition));
  aside(lowering, () => emitBranch(lowering, index));
  builder.code[around] = builder.position;
  builder.code[around + 1] = 0;
  builder.forgetLast();
}

/** The reference stays on the one way and is gone on the other. */
export function lowerBranchOnNull(lowering: Lowering, opcode: number, index: number): void {
  const { builder } = lowering;
  const reference = builder.register(builder.depth - 1);
  builder.result(IR["ref.is_null"], ValType.I32, reference);
  const isNull = lowering.comparisons.take(builder);
  if (opcode === Op.br_on_non_null) {
    branchIf(lowering, negate(isNull), index);
    builder.pop();
    return;
  }
  builder.pop();
  branchIf(lowering, isNull, index);
  builder.restore();
}

/** The reference stays, whichever way is taken. */
export function lowerBranchOnCast(lowering: Lowering, opcode: number, index: number): void {
  const { builder, options, reader } = lowering;
  const reference = builder.register(builder.depth - 1);
  builder.result(IR["ref.test"], ValType.I32, reference, canonicalValType(reader.type2, options.typeIds));
  const matches = lowering.comparisons.take(builder);
  branchIf(lowering, opcode === Op.br_on_cast ? matches : negate(matches), index);
}

export function lowerBranchTable(lowering: Lowering): void {
  const { builder, labels, reader } = lowering;
  const selector = builder.register(builder.depth - 1);
  builder.pop();
  const { count } = reader;
  // The labels of a table all want the same.
  reader.beginVector();
  lowering.carried = labelTypes(labels.at(reader.vectorU32())).length;
  builder.emit(IR["br-table"], selector, count);
  const list = builder.length;
  for (let i = 0; i < 2 * (count + 1); i++) builder.word(0);
  // Where values must be moved, the table leads to a piece of code that moves them and goes on.
  const detours = new Map<number, number[]>();
  reader.beginVector();
  for (let i = 0; i <= count; i++) {
    const index = reader.vectorU32();
    const patch = list + 2 * i;
    if (!labels.needsMoves(labels.at(index))) labels.aim(labels.at(index), patch);
    else detours.set(index, [...(detours.get(index) ?? []), patch]);
  }
  for (const [index, places] of detours) {
    for (const place of places) builder.code[place] = builder.position;
    aside(lowering, () => emitBranch(lowering, index));
  }
  labels.becomeUnreachable();
}

/** @param cost what the return charges, its own and all that was counted in before it */
export function emitReturn(lowering: Lowering, cost: number): void {
  const { builder, labels, options } = lowering;
  const { results, header } = labels;
  lowering.carried = results.length;
  const charged = options.stepwise ? 0 : cost;
  const [result] = results;
  if (results.length === 1 && !isRefType(result) && result !== ValType.V128) {
    const wide = result === ValType.I64 || result === ValType.F64;
    const register = builder.register(builder.depth - 1);
    builder.emit(wide ? IR.return64 : IR.return32, header, charged, register);
    return;
  }
  // A local whose register a result goes to may be wanted for a later result: such locals are saved first.
  const words = wordsOf(results);
  if (results.length > 1) {
    for (let i = builder.depth - results.length; i < builder.depth; i++) {
      if (!builder.isConstant(i) && builder.values[i] < words) builder.toHome(i);
    }
  }
  moveValues(lowering, results, 0);
  builder.emit(IR.return, header, charged);
}
