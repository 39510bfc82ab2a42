import { Op } from "../../ast/generated/opcode.ts";
import { type InstructionInfo, instructions, OPCODE_BOUND } from "../../ast/instructions.ts";
import { ValType } from "../../common/value-type.ts";
import { IR } from "../engine/generated/ir.ts";
import type { Lowering } from "./lowering.ts";

/** Lowering of the vector instructions: all of them are cold. */

/** The families by the names of their instructions; the first that fits. */
const families: readonly (readonly [name: RegExp, ir: IR])[] = [
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
];

/** Relaxed instructions whose chosen result is that of another instruction; see docs/relaxed-simd.md. */
const chosenForRelaxed: readonly (readonly [relaxed: Op, chosen: Op])[] = [
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
];

/** How a vector instruction is executed. */
interface VectorForm {
  readonly opcode: number;
  readonly ir: IR;
  /** Greater-than is less-than with the operands exchanged. */
  readonly exchanged: boolean;
}

const forms: (VectorForm | undefined)[] = new Array<undefined>(OPCODE_BOUND).fill(undefined);

function fillForms(): void {
  const vectors = instructions.filter(({ name }) => /^(v128|[if]\d+x\d+)\./.test(name));
  const opcodes = new Map(vectors.map(({ name, opcode }) => [name, opcode]));
  for (const { name, opcode } of vectors) {
    const mirrored = name.replace(/\.g([te])(?=$|_)/, ".l$1");
    const ir = families.find(([pattern]) => pattern.test(mirrored))?.[1];
    if (ir === undefined) continue;
    forms[opcode] = { opcode: opcodes.get(mirrored) as number, ir, exchanged: mirrored !== name };
  }
  for (const [relaxed, chosen] of chosenForRelaxed) forms[relaxed] = forms[chosen];
}

fillForms();

/** Whether the instruction is one of `lowerVector`. */
export function isVectorInstruction(opcode: number): boolean {
  return forms[opcode] !== undefined;
}

/** Lowers a vector instruction. */
export function lowerVector(lowering: Lowering, info: InstructionInfo): void {
  const { builder, reader } = lowering;
  switch (info.immediate) {
    case "v128":
    case "shuffle": {
      const registers = lowering.operandRegisters(info.operands?.length ?? 0);
      const words = [0, 4, 8, 12].map((at) => reader.file.wordAt(reader.vectorStart + at));
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
    const [a] = lowering.operandRegisters(1);
    builder.resultOf(IR["vector-shift i"], opcode, result, a, count);
    return;
  }
  const [a, b, c] = lowering.operandRegisters(info.operands?.length ?? 0);
  if (info.immediate === "lane") builder.resultOf(ir, opcode, result, a, b, reader.lane);
  else if (exchanged) builder.resultOf(ir, opcode, result, b, a);
  else builder.resultOf(ir, opcode, result, a, b, c);
}

function lowerVectorMemory(lowering: Lowering, info: InstructionInfo): void {
  const { builder, reader } = lowering;
  const { index, low, high } = reader;
  const [address, stored] = lowering.operandRegisters(info.operands?.length ?? 0);
  if (stored === undefined) {
    builder.resultOf(IR["vector-memory"], info.opcode, ValType.V128, address, index, low, high);
  } else builder.emit(IR["vector-memory"], info.opcode, stored, address, index, low, high);
}

function lowerLaneMemory(lowering: Lowering, info: InstructionInfo): void {
  const { builder, reader } = lowering;
  const { index, low, high, lane } = reader;
  const [address, vector] = lowering.operandRegisters(2);
  const ir = IR["vector-memory-lane"];
  if (info.results?.length === 1) {
    builder.resultOf(ir, info.opcode, ValType.V128, address, vector, index, low, high, lane);
  } else builder.emit(ir, info.opcode, 0, address, vector, index, low, high, lane);
}
