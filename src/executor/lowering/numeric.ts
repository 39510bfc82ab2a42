import { Op } from "../../ast/generated/opcode.ts";
import type { InstructionInfo } from "../../ast/instructions.ts";
import { ValType } from "../../common/value-type.ts";
import { formR, formRI, formRR, fusionOf, IR } from "../engine/generated/ir.ts";
import { exchanged, isComparison, type LastComparison } from "./condition.ts";
import type { FrameBuilder } from "./frame-builder.ts";
import type { Lowering } from "./lowering.ts";

/** Lowering of the numeric instructions: choosing the form of the operands. */

const commutative = new Set<number>([
  Op["i32.add"],
  Op["i32.mul"],
  Op["i32.and"],
  Op["i32.or"],
  Op["i32.xor"],
  Op["i64.add"],
  Op["i64.mul"],
  Op["i64.and"],
  Op["i64.or"],
  Op["i64.xor"],
  Op["f32.add"],
  Op["f64.add"],
]);

const divisions = new Set<number>([Op["i32.div_s"], Op["i32.div_u"], Op["i32.rem_s"], Op["i32.rem_u"]]);

/** Conversions whose result has the bits of the operand, or its low half: nothing needs to be done. */
const retyped = new Map<number, ValType>([
  [Op["i32.wrap_i64"], ValType.I32],
  [Op["i32.reinterpret_f32"], ValType.I32],
  [Op["i64.reinterpret_f64"], ValType.I64],
  [Op["f32.reinterpret_i32"], ValType.F32],
  [Op["f64.reinterpret_i64"], ValType.F64],
]);

/** Lowers an instruction of one operand. */
export function lowerUnary(builder: FrameBuilder, comparisons: LastComparison, info: InstructionInfo): void {
  const { opcode } = info;
  const type = retyped.get(opcode);
  if (type !== undefined) {
    builder.retype(type);
    return;
  }
  const result = (info.results as readonly ValType[])[0];
  const a = builder.register(builder.depth - 1);
  builder.pop();
  if (opcode === Op["i64.eqz"]) {
    builder.result(formRI[Op["i64.eq"]], result, a, 0);
    comparisons.remember(builder.lastStart, Op["i64.eq"], true);
  } else if (formR[opcode] >= 0) {
    builder.result(formR[opcode], result, a);
    if (opcode === Op["i32.eqz"]) comparisons.remember(builder.lastStart, opcode, false);
  } else builder.resultOf(IR.unary, opcode, result, a);
}

/** Lowers an instruction of wide arithmetic: two results. */
export function lowerWide(lowering: Lowering, info: InstructionInfo): void {
  const { builder } = lowering;
  const [a, b, c, e] = lowering.operandRegisters(info.operands?.length ?? 0);
  builder.emit(IR.wide, info.opcode, builder.top, a, b, c, e);
  builder.pushRegister(ValType.I64);
  builder.pushRegister(ValType.I64);
}

/** Whether an entry is a constant that fits the immediate of `opcode`: that of a comparison has one word. */
function fitsImmediate(builder: FrameBuilder, index: number, opcode: number): boolean {
  if (!builder.isConstant(index) || formRI[opcode] < 0) return false;
  const low = builder.values[index];
  if (builder.types[index] === ValType.I64) return !isComparison(opcode) || builder.highs[index] === low >> 31;
  // A division by these can trap, which the immediate form does not look for.
  return !(divisions.has(opcode) && (low === 0 || low === -1));
}

/** Makes a subtraction of the constant on top an addition. @returns the opcode to go on with */
function addInstead(builder: FrameBuilder, opcode: number): number {
  const top = builder.depth - 1;
  if (!builder.isConstant(top) || (opcode !== Op["i32.sub"] && opcode !== Op["i64.sub"])) return opcode;
  const low = -builder.values[top] | 0;
  // The low half's borrow: there is none where that half is zero.
  const high = low === 0 ? -builder.highs[top] | 0 : ~builder.highs[top];
  builder.pop();
  if (opcode === Op["i32.sub"]) builder.pushConstant(ValType.I32, low, 0);
  else builder.pushConstant(ValType.I64, low, high);
  return opcode === Op["i32.sub"] ? Op["i32.add"] : Op["i64.add"];
}

/**
 * Makes one instruction of `form` and the one before it, where that made its first operand.
 * @param rest the words of the second operand
 * @returns false where there is no such instruction
 */
function lowerFused(builder: FrameBuilder, form: IR, first: number, result: ValType, rest: readonly number[]): boolean {
  const maker = builder.makerOf(first);
  const fused = maker < 0 ? undefined : fusionOf(builder.code[maker], form);
  if (fused === undefined) return false;
  // The operands of the one before, then what the instruction itself still reads.
  const [x, y, z, u, v] = [...builder.code.subarray(maker + 2, builder.length), ...rest];
  builder.undo(maker);
  builder.pop();
  builder.pop();
  builder.result(fused, result, x, y, z, u, v);
  return true;
}

/** Lowers an instruction of two operands. */
export function lowerBinary(builder: FrameBuilder, comparisons: LastComparison, info: InstructionInfo): void {
  let opcode = addInstead(builder, info.opcode);
  let first = builder.depth - 2;
  let second = builder.depth - 1;
  const compares = isComparison(opcode);
  const exchange = (): void => {
    if (compares) opcode = exchanged(opcode);
    [first, second] = [second, first];
  };
  let immediate = fitsImmediate(builder, second, opcode);
  if (!immediate) {
    const mirrored = compares ? exchanged(opcode) : opcode;
    if ((compares || commutative.has(opcode)) && fitsImmediate(builder, first, mirrored)) {
      exchange();
      immediate = true;
    } else if (compares && formRR[opcode] < 0) exchange();
  }
  const form = immediate ? formRI[opcode] : formRR[opcode];
  const result = (info.results as readonly ValType[])[0];
  let a = builder.register(first);
  let b = immediate ? builder.values[second] : builder.register(second);
  if (!immediate && commutative.has(opcode) && builder.makerOf(second) >= 0) {
    [first, second] = [second, first];
    [a, b] = [b, a];
  }
  const words = immediate && result === ValType.I64 ? [b, builder.highs[second]] : [b];
  if (lowerFused(builder, form, first, result, words)) return;
  builder.pop();
  builder.pop();
  if (form < 0) {
    builder.resultOf(IR.binary, opcode, result, a, b);
    return;
  }
  if (opcode === Op["i64.rotl"] && immediate) {
    const exchanged = (b & 32) !== 0;
    builder.result(form, result, exchanged ? a + 1 : a, exchanged ? a : a + 1, b & 31);
  } else builder.result(form, result, a, b, words[1]);
  if (compares) comparisons.remember(builder.lastStart, opcode, immediate);
}
