import { Op } from "../../../ast/generated/opcode.ts";
import type { Execution } from "../execution.ts";
import { IR } from "../generated/ir.ts";
import {
  executeBits,
  executeComparison,
  executeConversion,
  executeF32x4,
  executeF64x2,
  executeI8x16,
  executeI16x8,
  executeI32x4,
  executeRelaxed,
  executeShift,
} from "../generated/vector.ts";
import { executeI64x2, shiftI64x2 } from "./i64x2.ts";
import { executeLane } from "./lanes.ts";
import { executeReduction } from "./reduction.ts";
import { executeRounding } from "./rounding.ts";

/** Executes the vector instruction at `pc` that has the usual operands: opcode, destination, up to three vectors. */
export function executeVector(execution: Execution, code: Int32Array, pc: number, fp: number): void {
  const opcode = code[pc + 1];
  const d = fp + code[pc + 2];
  const a = fp + code[pc + 3];
  const b = fp + code[pc + 4];
  switch (code[pc]) {
    case IR["vector-bits"]:
      executeBits(execution, opcode, d, a, b);
      return;
    case IR["vector-i8x16"]:
      executeI8x16(execution, opcode, d, a, b);
      return;
    case IR["vector-i16x8"]:
      executeI16x8(execution, opcode, d, a, b);
      return;
    case IR["vector-i32x4"]:
      executeI32x4(execution, opcode, d, a, b);
      return;
    case IR["vector-i64x2"]:
      executeI64x2(execution, opcode, d, a, b);
      return;
    case IR["vector-f32x4"]:
      executeF32x4(execution, opcode, d, a, b);
      return;
    case IR["vector-f64x2"]:
      executeF64x2(execution, opcode, d, a, b);
      return;
    case IR["vector-comparison"]:
      executeComparison(execution, opcode, d, a, b);
      return;
    case IR["vector-shift r"]:
      shift(execution, opcode, d, a, execution.i32[b]);
      return;
    case IR["vector-shift i"]:
      shift(execution, opcode, d, a, code[pc + 4]);
      return;
    case IR["vector-lane"]:
      executeLane(execution, opcode, d, a, b, code[pc + 5]);
      return;
    case IR["vector-reduction"]:
      executeReduction(execution, opcode, d, a);
      return;
    case IR["vector-conversion"]:
      executeConversion(execution, opcode, d, a);
      return;
    case IR["vector-rounding"]:
      executeRounding(execution, opcode, d, a);
      return;
    case IR["vector-relaxed"]:
      executeRelaxed(execution, opcode, d, a, b, fp + code[pc + 5]);
      return;
    default:
      throw new Error(`BUG: no vector instruction ${code[pc]}`);
  }
}

function shift(execution: Execution, opcode: number, d: number, a: number, count: number): void {
  if (opcode >= Op["i64x2.shl"] && opcode <= Op["i64x2.shr_u"]) shiftI64x2(execution, opcode, d, a, count);
  else executeShift(execution, opcode, d, a, count);
}
