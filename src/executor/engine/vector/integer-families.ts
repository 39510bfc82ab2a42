import { family, type LaneDefinition, type VectorFamily, type View } from "./template.ts";

/**
 * The integer vector instructions with lanes of 8, 16 and 32 bits, one line each; those of 64 bits stand in `i64x2.ts`, since
 * a lane of two words is no number here.
 * https://webassembly.github.io/spec/core/exec/numerics.html#integer-operations
 */

type Definitions = { readonly [instruction: string]: LaneDefinition };

/** The definitions under names with the shape before them. */
function named(shape: string, definitions: Definitions): Definitions {
  return Object.fromEntries(Object.entries(definitions).map(([name, value]) => [`${shape}.${name}`, value]));
}

/** What is the same for lanes of any width: results are cut off by the store. */
const common: Definitions = {
  abs: "Math.abs($a)",
  neg: "0 - $a",
  min_s: "$a < $b ? $a : $b",
  min_u: "$ua < $ub ? $ua : $ub",
  max_s: "$a > $b ? $a : $b",
  max_u: "$ua > $ub ? $ua : $ub",
};

/** Lanes of 8 and 16 bits: sums and products are exact before they are cut off. */
function small(bits: 8 | 16): Definitions {
  const most = 2 ** bits - 1;
  return {
    ...common,
    add_sat_s: `saturate${bits}($a + $b)`,
    add_sat_u: `Math.min($ua + $ub, ${most})`,
    sub_sat_s: `saturate${bits}($a - $b)`,
    sub_sat_u: "Math.max($ua - $ub, 0)",
    avgr_u: "($ua + $ub + 1) >> 1",
  };
}

/**
 * Sum and difference of all lanes of a word at once: the highest bit of each lane is kept out of the addition, so that
 * nothing is carried into the next lane, and added without carry.
 */
function laneSums(shape: string, highBits: string): Definitions {
  const low = `~${highBits}`;
  return {
    [`${shape}.add`]: `(($a & ${low}) + ($b & ${low})) ^ (($a ^ $b) & ${highBits})`,
    [`${shape}.sub`]: `(($a | ${highBits}) - ($b & ${low})) ^ (($a ^ ~$b) & ${highBits})`,
  };
}

/** The lower or upper half of the lanes, made twice as wide; and the sums and products of such. */
function widened(shape: string, bits: 8 | 16): Definitions {
  const definitions: { [instruction: string]: LaneDefinition } = {};
  const lanes = 64 / bits;
  for (const sign of ["s", "u"]) {
    const view = `${sign === "s" ? "i" : "u"}${bits}`;
    for (const [half, first] of [
      ["low", 0],
      ["high", lanes],
    ] as const) {
      const from = `${half}_i${bits}x${2 * lanes}_${sign}`;
      definitions[`${shape}.extend_${from}`] = (i) => `${view}(a, ${first + i})`;
      definitions[`${shape}.extmul_${from}`] = (i) => `Math.imul(${view}(a, ${first + i}), ${view}(b, ${first + i}))`;
    }
    definitions[`${shape}.extadd_pairwise_i${bits}x${2 * lanes}_${sign}`] = (i) =>
      `${view}(a, ${2 * i}) + ${view}(a, ${2 * i + 1})`;
  }
  return definitions;
}

/** The lanes of both operands, made half as wide. @param view of the wider lanes */
function narrowed(view: View, lanes: number, saturate: (value: string) => string): LaneDefinition {
  return (i) => saturate(`${view}(${i < lanes ? "a" : "b"}, ${i % lanes})`);
}

/** A product of fixed-point fractions of 15 bits, rounded. */
const q15Product = "saturate16(($a * $b + 0x4000) >> 15)";

function pairProduct(first: number): string {
  return `i16(a, ${first}) * i16(b, ${first}) + i16(a, ${first + 1}) * i16(b, ${first + 1})`;
}

const i8x16 = family(
  "executeI8x16",
  ["a", "b"],
  ["i32", laneSums("i8x16", "0x80808080")],
  [
    "i8",
    {
      ...named("i8x16", small(8)),
      "i8x16.popcnt": "bitCounts[$ua]",
      "i8x16.narrow_i16x8_s": narrowed("i16", 8, (value) => `saturate8(${value})`),
      "i8x16.narrow_i16x8_u": narrowed("i16", 8, (value) => `clamp(${value}, 0, 0xff)`),
    },
  ],
);

const i16x8 = family(
  "executeI16x8",
  ["a", "b"],
  ["i32", laneSums("i16x8", "0x80008000")],
  [
    "i16",
    {
      ...named("i16x8", small(16)),
      ...widened("i16x8", 8),
      "i16x8.mul": "$a * $b",
      "i16x8.q15mulr_sat_s": q15Product,
      "i16x8.narrow_i32x4_s": narrowed("i32", 4, (value) => `saturate16(${value})`),
      "i16x8.narrow_i32x4_u": narrowed("i32", 4, (value) => `clamp(${value}, 0, 0xffff)`),
    },
  ],
);

const i32x4 = family(
  "executeI32x4",
  ["a", "b"],
  [
    "i32",
    {
      ...named("i32x4", common),
      ...widened("i32x4", 16),
      "i32x4.add": "$a + $b",
      "i32x4.sub": "$a - $b",
      "i32x4.mul": "Math.imul($a, $b)",
      "i32x4.dot_i16x8_s": (i) => pairProduct(2 * i),
    },
  ],
);

const bits = family(
  "executeBits",
  ["a", "b"],
  [
    "i32",
    {
      "v128.not": "~$a",
      "v128.and": "$a & $b",
      "v128.andnot": "$a & ~$b",
      "v128.or": "$a | $b",
      "v128.xor": "$a ^ $b",
      "v128.bitselect": "($a & $c) | ($b & ~$c)",
    },
  ],
);

/** Shifts by a number: `b`, of which the bits below the lane's width count. */
function shifts(shape: string, width: number): Definitions {
  const count = `(b & ${width - 1})`;
  return named(shape, {
    shl: `$a << ${count}`,
    shr_s: `$a >> ${count}`,
    shr_u: `$ua >>> ${count}`,
  });
}

/** Both lanes of a word are shifted at once, and what came over from the neighbour is taken away. */
const halfwordShifts: Definitions = {
  "i16x8.shl": "($a << (b & 15)) & Math.imul((0xffff << (b & 15)) & 0xffff, 0x10001)",
  "i16x8.shr_u": "($a >>> (b & 15)) & Math.imul(0xffff >>> (b & 15), 0x10001)",
};

const shift = family(
  "executeShift",
  ["a", "b"],
  ["i32", { ...shifts("i32x4", 32), ...halfwordShifts }],
  ["i16", { "i16x8.shr_s": "$a >> (b & 15)" }],
  ["i8", shifts("i8x16", 8)],
);

export const integerVectorFamilies: readonly VectorFamily[] = [i8x16, i16x8, i32x4, bits, shift];
