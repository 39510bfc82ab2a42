import { family, type LaneDefinition, type VectorFamily } from "./template.ts";

/**
 * Float vector instructions, comparisons of all lanes, conversions, and the relaxed instructions that have no equal among the
 * others (see docs/relaxed-simd.md).
 *
 * A single's result is rounded by the store into the `Float32Array`. What must keep a NaN's payload moves the bits.
 * https://webassembly.github.io/spec/core/exec/numerics.html#floating-point-operations
 */

type Definitions = { readonly [instruction: string]: LaneDefinition };

function arithmetic(shape: string): Definitions {
  return {
    [`${shape}.add`]: "$a + $b",
    [`${shape}.sub`]: "$a - $b",
    [`${shape}.mul`]: "$a * $b",
    [`${shape}.div`]: "$a / $b",
    [`${shape}.min`]: "orNan(Math.min($a, $b), $a - $b)",
    [`${shape}.max`]: "orNan(Math.max($a, $b), $a - $b)",
    [`${shape}.sqrt`]: "Math.sqrt($a)",
  };
}

/** The word `word` of the vector, where the lane of that word stands in a condition: `f64` lanes have two words. */
function byWord(view: "f32" | "f64", value: (a: string, b: string, word: number) => string): LaneDefinition {
  return (word) => {
    const lane = view === "f64" ? word >> 1 : word;
    return value(`${view}(a, ${lane})`, `${view}(b, ${lane})`, word);
  };
}

/** Sign changes on the words that hold the sign, and the choices that return an operand unchanged. */
function onBits(shape: string, view: "f32" | "f64"): Definitions {
  const onSign =
    (operation: string): LaneDefinition =>
    (word) =>
      view === "f64" && word % 2 === 0 ? `i32(a, ${word})` : `i32(a, ${word}) ${operation}`;
  return {
    [`${shape}.abs`]: onSign("& 0x7fffffff"),
    [`${shape}.neg`]: onSign("^ 0x80000000"),
    [`${shape}.pmin`]: byWord(view, (a, b, word) => `${b} < ${a} ? i32(b, ${word}) : i32(a, ${word})`),
    [`${shape}.pmax`]: byWord(view, (a, b, word) => `${a} < ${b} ? i32(b, ${word}) : i32(a, ${word})`),
  };
}

/** Greater-than is less-than with the operands exchanged, which the lowering does. */
const operators: { readonly [name: string]: string } = { eq: "===", ne: "!==", lt: "<", le: "<=" };

function floatComparisons(shape: string, view: "f32" | "f64"): Definitions {
  return Object.fromEntries(
    Object.entries(operators).map(([name, operator]) => [
      `${shape}.${name}`,
      byWord(view, (a, b) => `${a} ${operator} ${b} ? -1 : 0`),
    ]),
  );
}

function integerComparisons(shape: string): Definitions {
  return Object.fromEntries(
    Object.entries(operators).flatMap(([name, operator]): [string, string][] => {
      const signed = `$a ${operator} $b ? -1 : 0`;
      if (name === "eq" || name === "ne") return [[`${shape}.${name}`, signed]];
      return [
        [`${shape}.${name}_s`, signed],
        [`${shape}.${name}_u`, `$ua ${operator} $ub ? -1 : 0`],
      ];
    }),
  );
}

/** Two lanes of values, the others zero. */
function lowLanes(value: (lane: number) => string): LaneDefinition {
  return (lane) => (lane < 2 ? value(lane) : "0");
}

const f32x4 = family("executeF32x4", ["a", "b"], ["f32", arithmetic("f32x4")], ["i32", onBits("f32x4", "f32")]);
const f64x2 = family("executeF64x2", ["a", "b"], ["f64", arithmetic("f64x2")], ["i32", onBits("f64x2", "f64")]);

const compare = family(
  "executeComparison",
  ["a", "b"],
  ["i8", integerComparisons("i8x16")],
  ["i16", integerComparisons("i16x8")],
  [
    "i32",
    {
      ...integerComparisons("i32x4"),
      ...floatComparisons("f32x4", "f32"),
      ...floatComparisons("f64x2", "f64"),
    },
  ],
);

const convert = family(
  "executeConversion",
  ["a"],
  [
    "i32",
    {
      "i32x4.trunc_sat_f32x4_s": (lane) => `truncateS32(f32(a, ${lane}))`,
      "i32x4.trunc_sat_f32x4_u": (lane) => `truncateU32(f32(a, ${lane}))`,
      "i32x4.trunc_sat_f64x2_s_zero": lowLanes((lane) => `truncateS32(f64(a, ${lane}))`),
      "i32x4.trunc_sat_f64x2_u_zero": lowLanes((lane) => `truncateU32(f64(a, ${lane}))`),
    },
  ],
  [
    "f32",
    {
      "f32x4.convert_i32x4_s": (lane) => `i32(a, ${lane})`,
      "f32x4.convert_i32x4_u": (lane) => `u32(a, ${lane})`,
      "f32x4.demote_f64x2_zero": lowLanes((lane) => `f64(a, ${lane})`),
    },
  ],
  [
    "f64",
    {
      "f64x2.convert_low_i32x4_s": (lane) => `i32(a, ${lane})`,
      "f64x2.convert_low_i32x4_u": (lane) => `u32(a, ${lane})`,
      "f64x2.promote_low_f32x4": (lane) => `f32(a, ${lane})`,
    },
  ],
);

/** The sum of two products of bytes, both signed, as i16. */
function bytePairProduct(first: number): string {
  return `saturate16(i8(a, ${first}) * i8(b, ${first}) + i8(a, ${first + 1}) * i8(b, ${first + 1}))`;
}

const relaxed = family(
  "executeRelaxed",
  ["a", "b", "c"],
  // The product is rounded before the sum is.
  ["f32", { "f32x4.relaxed_madd": "Math.fround($a * $b) + $c", "f32x4.relaxed_nmadd": "Math.fround(-$a * $b) + $c" }],
  ["f64", { "f64x2.relaxed_madd": "$a * $b + $c", "f64x2.relaxed_nmadd": "-$a * $b + $c" }],
  ["i16", { "i16x8.relaxed_dot_i8x16_i7x16_s": (lane) => bytePairProduct(2 * lane) }],
  [
    "i32",
    {
      "i32x4.relaxed_dot_i8x16_i7x16_add_s": (lane) =>
        `${bytePairProduct(4 * lane)} + ${bytePairProduct(4 * lane + 2)} + i32(c, ${lane})`,
    },
  ],
);

export const floatVectorFamilies: readonly VectorFamily[] = [f32x4, f64x2, compare, convert, relaxed];
