import { Op } from "../../../ast/generated/opcode.ts";
import { roundHalfToEven, writeRounded32, writeRounded64 } from "../cold/numeric.ts";
import type { Execution } from "../execution.ts";

/** The roundings of all lanes to whole numbers. */
export function executeRounding(execution: Execution, opcode: number, d: number, a: number): void {
  switch (opcode) {
    case Op["f32x4.ceil"]:
      roundSingles(execution, d, a, Math.ceil);
      return;
    case Op["f32x4.floor"]:
      roundSingles(execution, d, a, Math.floor);
      return;
    case Op["f32x4.trunc"]:
      roundSingles(execution, d, a, Math.trunc);
      return;
    case Op["f32x4.nearest"]:
      roundSingles(execution, d, a, roundHalfToEven);
      return;
    case Op["f64x2.ceil"]:
      roundDoubles(execution, d, a, Math.ceil);
      return;
    case Op["f64x2.floor"]:
      roundDoubles(execution, d, a, Math.floor);
      return;
    case Op["f64x2.trunc"]:
      roundDoubles(execution, d, a, Math.trunc);
      return;
    case Op["f64x2.nearest"]:
      roundDoubles(execution, d, a, roundHalfToEven);
      return;
    default:
      throw new Error(`BUG: no rounding of lanes 0x${opcode.toString(16)}`);
  }
}

function roundSingles(execution: Execution, d: number, a: number, round: (value: number) => number): void {
  for (let i = 0; i < 4; i++) writeRounded32(execution, d + i, a + i, round(execution.f32[a + i]));
}

function roundDoubles(execution: Execution, d: number, a: number, round: (value: number) => number): void {
  for (let i = 0; i < 4; i += 2) writeRounded64(execution, d + i, a + i, round(execution.f64[(a + i) >> 1]));
}
