import type { InstructionInfo } from "../../ast/instructions.ts";
import { IR } from "../engine/generated/ir.ts";
import type { Lowering } from "./lowering.ts";

/** The lanes in which a result may have NaNs. */
export const enum NaNLanes {
  F32 = 1,
  F64,
  F32x4,
  F64x2,
}

const lanes: Readonly<Record<string, NaNLanes>> = {
  f32: NaNLanes.F32,
  f64: NaNLanes.F64,
  f32x4: NaNLanes.F32x4,
  f64x2: NaNLanes.F64x2,
};

/**
 * The instructions for which the specification leaves open which NaN they give: arithmetic. Others give the bits that they got.
 * https://webassembly.github.io/spec/core/exec/numerics.html#nan-propagation
 */
const arithmetic =
  /^(?<shape>f32|f64|f32x4|f64x2)\.(?:add|sub|mul|div|sqrt|min|max|ceil|floor|trunc|nearest|demote_\w+|promote_\w+|relaxed_(?:madd|nmadd|min|max))$/;

const known = new Map<InstructionInfo, NaNLanes | 0>();

function lanesOf(info: InstructionInfo): NaNLanes | 0 {
  let found = known.get(info);
  if (found === undefined) {
    found = lanes[arithmetic.exec(info.name)?.groups?.["shape"] ?? ""] ?? 0;
    known.set(info, found);
  }
  return found;
}

/** Behind an instruction that may have made a NaN: makes it the canonical one. */
export function canonicalizeNaN({ builder }: Lowering, info: InstructionInfo): void {
  const kind = lanesOf(info);
  if (kind !== 0) builder.emit(IR["canonical-nan"], builder.register(builder.depth - 1), kind);
}
