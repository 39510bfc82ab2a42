import { Op } from "../../ast/generated/opcode.ts";
import {
  allInstructions,
  type InstructionInfo,
  OPCODE_BOUND,
  prefixedOpcode,
  prefixPage,
} from "../../ast/instructions.ts";
import { lazy } from "../../common/lazy.ts";
import { ValType } from "../../common/value-type.ts";
import { formRI, formRR, formRRR, fusionOf, IR } from "../engine/generated/ir.ts";
import type { FrameBuilder } from "./frame-builder.ts";
import type { Lowering } from "./lowering.ts";
import { canBeInLoop, lowerLoad } from "./memory.ts";

/** Lowering of the vector instructions: most of them are cold. */

/** The families by the names of their instructions; the first that fits. */
const families = lazy((): readonly (readonly [name: RegExp, ir: IR])[] => [
  [/_true$|\.bitmask$/, IR["vector-reduction"]],
  [/\.(swizzle|splat|extract_lane|replace_lane)/, IR["vector-lane"]],
  [/\.(shl|shr_[su])$/, IR["vector-shift r"]],
  [/^v128\./, IR["vector-bits"]],
  [/\.relaxed_(madd|nmadd|dot)/, IR["vector-relaxed"]],
  [/\.(trunc_sat|convert|demote|promote)_/, IR["vector-conversion"]],
  [/\.(ceil|floor|trunc|nearest)$/, IR["vector-rounding"]],
  [/^i64x2\./, IR["vector-i64x2"]],
  [/\.(eq|ne|lt|le)(_[su])?$/, IR["vector-comparison"]],
  [/^i8x16\./, IR["vector-i8x16"]],
  [/^i16x8\./, IR["vector-i16x8"]],
  [/^i32x4\./, IR["vector-i32x4"]],
  [/^f32x4\./, IR["vector-f32x4"]],
  [/^f64x2\./, IR["vector-f64x2"]],
]);

/** Relaxed instructions whose chosen result is that of another instruction; see docs/relaxed-simd.md. */
const chosenForRelaxed = lazy((): readonly (readonly [relaxed: Op, chosen: Op])[] => [
  [Op["i8x16.relaxed_swizzle"], Op["i8x16.swizzle"]],
  [Op["i32x4.relaxed_trunc_f32x4_s"], Op["i32x4.trunc_sat_f32x4_s"]],
  [Op["i32x4.relaxed_trunc_f32x4_u"], Op["i32x4.trunc_sat_f32x4_u"]],
  [Op["i32x4.relaxed_trunc_f64x2_s_zero"], Op["i32x4.trunc_sat_f64x2_s_zero"]],
  [Op["i32x4.relaxed_trunc_f64x2_u_zero"], Op["i32x4.trunc_sat_f64x2_u_zero"]],
  [Op["i8x16.relaxed_laneselect"], Op["v128.bitselect"]],
  [Op["i16x8.relaxed_laneselect"], Op["v128.bitselect"]],
  [Op["i32x4.relaxed_laneselect"], Op["v128.bitselect"]],
  [Op["i64x2.relaxed_laneselect"], Op["v128.bitselect"]],
  [Op["f32x4.relaxed_min"], Op["f32x4.min"]],
  [Op["f32x4.relaxed_max"], Op["f32x4.max"]],
  [Op["f64x2.relaxed_min"], Op["f64x2.min"]],
  [Op["f64x2.relaxed_max"], Op["f64x2.max"]],
  [Op["i16x8.relaxed_q15mulr_s"], Op["i16x8.q15mulr_sat_s"]],
]);

/** Vector instructions have the prefix whose page stands last. */
const FIRST_VECTOR = prefixedOpcode(prefixPage(0xfd), 0);

/** How a vector instruction is executed. */
interface VectorForm {
  readonly opcode: number;
  readonly ir: IR;
  /** Greater-than is less-than with the operands exchanged. */
  readonly exchanged: boolean;
}

/** By opcode; filled when a first vector instruction asks, which few programs have. */
const forms: (VectorForm | undefined)[] = [];

function fillForms(): void {
  forms.length = OPCODE_BOUND;
  forms.fill(undefined);
  const vectors = allInstructions().filter(({ name }) => /^(v128|[if]\d+x\d+)\./.test(name));
  const opcodes = new Map(vectors.map(({ name, opcode }) => [name, opcode]));
  for (const { name, opcode } of vectors) {
    const mirrored = name.replace(/\.g([te])(?=$|_)/, ".l$1");
    const ir = families().find(([pattern]) => pattern.test(mirrored))?.[1];
    if (ir === undefined) continue;
    forms[opcode] = { opcode: opcodes.get(mirrored) as number, ir, exchanged: mirrored !== name };
  }
  for (const [relaxed, chosen] of chosenForRelaxed()) forms[relaxed] = forms[chosen];
}

/** A lane of whole words is taken out by moving them. */
const extractedWords = new Map<number, { readonly move: IR; readonly words: number }>([
  [Op["i32x4.extract_lane"], { move: IR.move32, words: 1 }],
  [Op["f32x4.extract_lane"], { move: IR.move32, words: 1 }],
  [Op["i64x2.extract_lane"], { move: IR.move64, words: 2 }],
  [Op["f64x2.extract_lane"], { move: IR.move64, words: 2 }],
]);

/** Accesses of vectors to memory 0 with i32 addresses that the loop does itself. */
const inLoopAccesses = new Map<number, IR>([
  [Op["v128.load"], IR["v128.load"]],
  [Op["v128.load8x8_u"], IR["v128.load8x8_u"]],
  [Op["v128.store"], IR["v128.store"]],
]);

/** The lanes of `i8x16.shuffle low`. */
const lowBytes: readonly number[] = [0x06040200, 0x0e0c0a08, 0, 0];

/** Whether the instruction is one of `lowerVector`. */
export function isVectorInstruction(opcode: number): boolean {
  if (opcode < FIRST_VECTOR) return false;
  if (forms.length === 0) fillForms();
  return forms[opcode] !== undefined;
}

/** Lowers a vector instruction. */
export function lowerVector(lowering: Lowering, info: InstructionInfo): void {
  const { builder, reader } = lowering;
  switch (info.immediate) {
    case "v128":
    case "shuffle": {
      const words = [0, 4, 8, 12].map((at) => reader.file.wordAt(reader.vectorStart + at));
      if (info.immediate === "shuffle" && lowBytes.every((word, i) => word === words[i])) {
        lowerLowBytes(builder);
        return;
      }
      const registers = lowering.operandRegisters(info.operands?.length ?? 0);
      const [a, b, c, d, e, f] = [...registers, ...words];
      builder.result(
        info.immediate === "v128" ? IR["v128.const"] : IR["i8x16.shuffle"],
        ValType.V128,
        a,
        b,
        c,
        d,
        e,
        f,
      );
      return;
    }
    case "memArg":
      lowerVectorMemory(lowering, info);
      return;
    case "memArgLane":
      lowerLaneMemory(lowering, info);
      return;
    default:
      lowerOperation(lowering, info);
  }
}

function lowerOperation(lowering: Lowering, info: InstructionInfo): void {
  const { builder, reader } = lowering;
  const { opcode, ir, exchanged } = forms[info.opcode] as VectorForm;
  const [result] = info.results as readonly ValType[];
  const last = builder.depth - 1;
  if (ir === IR["vector-shift r"] && builder.isConstant(last)) {
    const count = builder.values[last];
    builder.pop();
    if (lowerShiftOfLoad(builder, opcode, count)) return;
    const [a] = lowering.operandRegisters(1);
    if (formRI[opcode] >= 0) builder.result(formRI[opcode], result, a, ...shiftImmediates(opcode, count));
    else builder.resultOf(IR["vector-shift i"], opcode, result, a, count);
    return;
  }
  if (lowerRotation(builder, opcode) || lowerFused(builder, opcode)) return;
  const [a, b, c] = lowering.operandRegisters(info.operands?.length ?? 0);
  const wordOfLane = extractedWords.get(opcode);
  if (wordOfLane !== undefined) builder.result(wordOfLane.move, result, a + wordOfLane.words * reader.lane);
  else if (formRR[opcode] >= 0) builder.result(formRR[opcode], result, exchanged ? b : a, exchanged ? a : b);
  else if (formRRR[opcode] >= 0) builder.result(formRRR[opcode], result, a, b, c);
  else if (info.immediate === "lane") builder.resultOf(ir, opcode, result, a, b, reader.lane);
  else if (exchanged) builder.resultOf(ir, opcode, result, b, a);
  else builder.resultOf(ir, opcode, result, a, b, c);
}

/** The immediates of a shift that the loop has: by how much, and where halves of a word are shifted, what is left of both. */
function shiftImmediates(opcode: Op, count: number): [count: number, mask: number] {
  const inHalf = count & 15;
  if (opcode === Op["i16x8.shl"]) return [inHalf, Math.imul((0xffff << inHalf) & 0xffff, 0x10001)];
  if (opcode === Op["i16x8.shr_u"]) return [inHalf, Math.imul(0xffff >>> inHalf, 0x10001)];
  return [count, 0];
}

/** Bits of the lower bytes of halfwords. */
const LOWER_BYTES = 0xff00ff;

/** Makes one instruction of a shift of bytes that the one before it has loaded as halfwords. @returns whether it did */
function lowerShiftOfLoad(builder: FrameBuilder, opcode: Op, count: number): boolean {
  const maker = builder.makerOf(builder.depth - 1);
  const fused = maker < 0 ? undefined : fusionOf(builder.code[maker], formRI[opcode]);
  if (fused === undefined) return false;
  const [, , a, b, offset] = builder.code.subarray(maker, builder.length);
  const [inHalf, mask] = shiftImmediates(opcode, count);
  builder.pop();
  builder.resultInPlaceOfLast(fused, ValType.V128, a, b, offset, inHalf, (LOWER_BYTES << inHalf) & mask);
  return true;
}

/** The lower bytes of halfwords, which the same instruction shifts to the right if the one before it did. */
function lowerLowBytes(builder: FrameBuilder): void {
  // No lane of the second operand is among them.
  builder.pop();
  const lanes = builder.depth - 1;
  const maker = builder.makerOf(lanes);
  if (maker >= 0 && builder.code[maker] === IR["i16x8.shr_u ri"]) {
    const [, , from, count, mask] = builder.code.subarray(maker, builder.length);
    builder.pop();
    builder.resultInPlaceOfLast(IR["i8x16.shuffle low"], ValType.V128, from, count, mask & LOWER_BYTES);
    return;
  }
  const from = builder.register(lanes);
  builder.pop();
  builder.result(IR["i8x16.shuffle low"], ValType.V128, from, 0, LOWER_BYTES);
}

/** Makes a rotation of two shifts of the same lanes, of which the last two instructions are. @returns whether they are */
function lowerRotation(builder: FrameBuilder, opcode: Op): boolean {
  if (opcode !== Op["v128.or"]) return false;
  const { code, beforeLast } = builder;
  const second = builder.makerOf(builder.depth - 1);
  if (second < 0 || beforeLast < 0) return false;
  const [shiftLeft, left, from, count] = code.subarray(beforeLast, second);
  const [shiftRight, , same, rest] = code.subarray(second, builder.length);
  const first = builder.depth - 2;
  const areShifts = shiftLeft === IR["i32x4.shl ri"] && shiftRight === IR["i32x4.shr_u ri"];
  const isFirst = builder.isAtHome(first) && builder.homes[first] === left;
  if (!areShifts || !isFirst || same !== from || left === from || ((count + rest) & 31) !== 0 || (count & 31) === 0) {
    return false;
  }
  builder.undo(second);
  builder.undo(beforeLast);
  builder.popTo(first);
  builder.result(IR["i32x4.rotl ri"], ValType.V128, from, count & 31);
  return true;
}

/** Makes one instruction of a commutative one and of the one before it, where that made an operand. @returns whether it did */
function lowerFused(builder: FrameBuilder, opcode: Op): boolean {
  const form = formRR[opcode];
  if (form < 0) return false;
  const second = builder.depth - 1;
  const first = builder.depth - 2;
  const made = builder.makerOf(second) >= 0 ? second : first;
  const maker = builder.makerOf(made);
  const fused = maker < 0 ? undefined : fusionOf(builder.code[maker], form);
  if (fused === undefined) return false;
  const other = builder.values[made === second ? first : second];
  // The last operand is what the instruction itself still reads.
  const [a, b, c, d, e] = [...builder.code.subarray(maker + 2, builder.length), other];
  builder.popTo(first);
  builder.resultInPlaceOfLast(fused, ValType.V128, a, b, c, d, e);
  return true;
}

function lowerVectorMemory(lowering: Lowering, info: InstructionInfo): void {
  const { builder, options, reader } = lowering;
  const { index, low, high } = reader;
  const inLoop = canBeInLoop(options.spaces, reader) ? inLoopAccesses.get(info.opcode) : undefined;
  if (inLoop !== undefined && info.results?.length === 1) {
    lowerLoad(builder, inLoop, ValType.V128, low);
    return;
  }
  const [address, stored] = lowering.operandRegisters(info.operands?.length ?? 0);
  if (inLoop !== undefined) builder.emit(inLoop, address, low, stored);
  else if (stored === undefined) {
    builder.resultOf(IR["vector-memory"], info.opcode, ValType.V128, address, index, low, high);
  } else builder.emit(IR["vector-memory"], info.opcode, stored, address, index, low, high);
}

function lowerLaneMemory(lowering: Lowering, info: InstructionInfo): void {
  const { builder, options, reader } = lowering;
  const { index, low, high, lane } = reader;
  const inLoop = canBeInLoop(options.spaces, reader);
  if (inLoop && info.opcode === Op["v128.store64_lane"] && lane === 0 && lowerStoreOfLowBytes(builder, low)) return;
  const [address, vector] = lowering.operandRegisters(2);
  if (inLoop) {
    // A lane of whole words is stored like a number in those words.
    if (info.opcode === Op["v128.store32_lane"]) {
      builder.emit(IR["store32 r"], address, low, vector + lane);
      return;
    }
    if (info.opcode === Op["v128.store64_lane"]) {
      builder.emit(IR["store64 r"], address, low, vector + 2 * lane);
      return;
    }
  }
  const ir = IR["vector-memory-lane"];
  if (info.results?.length === 1) {
    builder.resultOf(ir, info.opcode, ValType.V128, address, vector, index, low, high, lane);
  } else builder.emit(ir, info.opcode, 0, address, vector, index, low, high, lane);
}

/** Stores lower bytes of halfwords where the instruction before has put them side by side. @returns whether it has */
function lowerStoreOfLowBytes(builder: FrameBuilder, offset: number): boolean {
  const address = builder.depth - 2;
  const maker = builder.makerOf(address + 1);
  if (maker < 0 || builder.code[maker] !== IR["i8x16.shuffle low"] || builder.isConstant(address)) return false;
  const [, , from, count, mask] = builder.code.subarray(maker, builder.length);
  builder.undo(maker);
  builder.emit(IR["store64 r of i8x16.shuffle low"], builder.register(address), offset, from, count, mask);
  builder.popTo(address);
  return true;
}
