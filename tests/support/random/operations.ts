import { instructions } from "../../../src/ast/instruction-list.ts";
import { ValType } from "../../../src/common/value-type.ts";

/** The plain instructions by what they take and give, and values worth trying. */

export type NumberType = "i32" | "i64" | "f32" | "f64";

export const numberTypes: readonly NumberType[] = ["i32", "i64", "f32", "f64"];

const names = new Map<number, NumberType>([
  [ValType.I32, "i32"],
  [ValType.I64, "i64"],
  [ValType.F32, "f32"],
  [ValType.F64, "f64"],
]);

/** The name of a number type; undefined for any other. */
export function numberTypeOf(type: ValType): NumberType | undefined {
  return names.get(type);
}

export interface Operation {
  readonly name: string;
  readonly operands: readonly NumberType[];
  readonly width: number;
}

/** The plain instructions with that result. */
function operationsOf(result: NumberType, isMemory: boolean): Operation[] {
  return instructions.flatMap(({ name, immediate, operands = [], results = [], width, opcode }): Operation[] => {
    const types = operands.slice(isMemory ? 1 : 0).map((type) => numberTypeOf(type));
    const fits = immediate === (isMemory ? "memArg" : "none") && results.length === 1 && opcode < 0x208;
    if (!fits || numberTypeOf(results[0] as number) !== result || types.includes(undefined)) return [];
    return [{ name, operands: types as NumberType[], width }];
  });
}

export const arithmetic = new Map(
  numberTypes.map((type) => [type, operationsOf(type, false).filter((op) => op.operands.length > 0)]),
);
export const loads = new Map(numberTypes.map((type) => [type, operationsOf(type, true)]));
export const stores: readonly Operation[] = instructions.flatMap(
  ({ name, immediate, operands = [], results, width, opcode }) =>
    immediate === "memArg" && results?.length === 0 && opcode < 0x100
      ? [{ name, operands: [numberTypeOf(operands[1] as number) as NumberType], width }]
      : [],
);

/** Float instructions that may give a NaN of any sign and payload. */
export const opensNaN = /^f(32|64)\.(add|sub|mul|div|sqrt|min|max|ceil|floor|trunc|nearest|promote_f32|demote_f64)$/;
/** Instructions of which nobody can tell the bits of a NaN operand. */
export const hidesNaN = /^f(32|64)\.(eq|ne|lt|gt|le|ge)$|\.trunc_/;

export const canonicalNaN = { f32: 0x7fc00000n, f64: 0x7ff8000000000000n } as const;

export const edges: Readonly<Record<NumberType, readonly bigint[]>> = {
  i32: [0n, 1n, -1n, 2n, 31n, 32n, 0x7fffffffn, 0x80000000n, 0xffn, 0x8000n, 0xdeadbeefn],
  i64: [0n, 1n, -1n, 63n, 64n, 2n ** 31n, -(2n ** 31n), 2n ** 32n, 2n ** 63n - 1n, 2n ** 63n, 0x123456789abcdef0n],
  f32: [
    0n,
    0x80000000n,
    0x3f800000n,
    0xbfc00000n,
    0x3f000000n,
    0x7f800000n,
    0xff800000n,
    0x7fc00000n,
    0xffa00001n,
    1n,
    0x4f000000n,
    0xcf000000n,
    0x5f000000n,
  ],
  f64: [
    0n,
    2n ** 63n,
    0x3ff0000000000000n,
    0xbff8000000000000n,
    0x3fe0000000000000n,
    0x7ff0000000000000n,
    0xfff0000000000000n,
    0x7ff8000000000000n,
    0xfff4000000000001n,
    1n,
    0x41e0000000000000n,
    0xc1e0000000200000n,
    0x43e0000000000000n,
  ],
};
