import {
  fill,
  i32Binary,
  i32Comparisons,
  i64Binary,
  i64Rotation,
  isExchangedComparison,
  readI64,
  writeI64,
} from "./integer-families.ts";
import { address } from "./memory-families.ts";
import type { Template } from "./template.ts";

/**
 * Instructions that do the work of two, which saves the way through the switch between them, and mostly a register. What each
 * family gave is told in docs/performance.md; one that gives nothing does not stand here.
 *
 * - `X of Y`: the first operand of X is not a register but what Y would have put into it.
 * - `Y; X`: one after the other, each with its effect.
 *
 * Where it traps must be clear: Y cannot in the one, X not in the other.
 */

/** By the instruction that takes over the operand: those that can be taken over. */
const takenOver: Readonly<Record<string, readonly string[]>> = {
  "i32.add rr": ["i32.add rr", "i32.mul rr", "i32.shl ri"],
  "i32.add ri": ["i32.add rr"],
  "i32.and ri": ["i32.shr_u ri"],
  "i32.xor rr": ["i32.shl ri", "i32.shr_u ri", "i32.rotl ri"],
};

/** `i32.add rr` as expression of the operands with these names. */
function expressionOf(instruction: string, a: string, b: string): string {
  const [name, form] = instruction.split(" ");
  return fill(i32Binary[name], a, form === "ri" ? `@${b}` : `i32(@${b})`);
}

const i32Fusions = Object.entries(takenOver).flatMap(([outer, inners]) =>
  inners.map((inner) => ({
    name: `${outer} of ${inner}`,
    operands: ["d", "a", "b", "c"],
    body: `i32(@d) = ${expressionOf(outer, `(${expressionOf(inner, "i32(@a)", "b")})`, "c")}; next`,
  })),
);

/** A product and a sum are rounded one after the other, as they would be in two instructions. */
const floatFusions = [
  ["f64.add rr", "f64(@a) * f64(@b) + f64(@c)"],
  ["f32.add rr", "Math.fround(f32(@a) * f32(@b)) + f32(@c)"],
].map(([outer, expression]) => {
  const type = outer.slice(0, 3);
  return {
    name: `${outer} of ${type}.mul rr`,
    operands: ["d", "a", "b", "c"],
    body: `${type}(@d) = ${expression}; next`,
  };
});

/** The rounds of hashes of 64 bits. */
const i64Fusions: readonly Template[] = [
  {
    name: "i64.add rr of i64.mul ri",
    operands: ["d", "a", "low", "high", "c"],
    body: `
      ${readI64} b = @low; b1 = @high; ${i64Binary["i64.mul"]}
      at = fp + @c; b = i32[at]; b1 = i32[at + 1]; ${i64Binary["i64.add"]}
      ${writeI64} next`,
  },
  {
    name: "i64.mul ri of i64.rotl ri",
    operands: ["d", ...i64Rotation.operands, "low", "high"],
    body: `${i64Rotation.body} b = @low; b1 = @high; ${i64Binary["i64.mul"]} ${writeI64} next`,
  },
];

/** How counters are compared. */
const countingComparisons = ["i32.ne", "i32.lt_u", "i32.gt_u"];

/** A counter that is moved on and compared: the end of most loops. */
const counting = countingComparisons.flatMap((name) =>
  (isExchangedComparison(name) ? ["ri"] : ["rr", "ri"]).map((form) => ({
    name: `i32.add ri; br ${name} ${form}`,
    operands: ["target", "cost", "d", "a", "b", "c"],
    body: `
      a = (i32(@a) + @b) | 0;
      i32(@d) = a;
      if (${fill(i32Comparisons[name], "a", form === "ri" ? "@c" : "i32(@c)")}) branch();
      next`,
  })),
);

/** Instructions that compute `a`, with their operands behind the destination, and the branches that test it. */
const tested: Readonly<Record<string, { readonly operands: readonly string[]; readonly value: string }>> = {
  "i32.add ri": { operands: ["a", "b"], value: "(i32(@a) + @b) | 0" },
  move32: { operands: ["a"], value: "i32(@a)" },
  load32: { operands: ["a", "offset"], value: `mem.getInt32(${address}, true)` },
  "i32.load8_u": { operands: ["a", "offset"], value: `mem.getUint8(${address})` },
};
const tests = [
  { branch: "br-if", condition: "!== 0", isNull: "=== null" },
  { branch: "br-unless", condition: "=== 0", isNull: "!== null" },
].flatMap(({ branch, condition, isNull }) => [
  ...Object.entries(tested).map(([name, { operands, value }]) => ({
    name: `${name}; ${branch}`,
    operands: ["target", "cost", "d", ...operands],
    body: `a = ${value}; i32(@d) = a; if (a ${condition}) branch(); next`,
  })),
  {
    name: `${branch} of i32.and ri`,
    operands: ["target", "cost", "a", "b"],
    body: `if ((i32(@a) & @b) ${condition}) branch(); next`,
  },
  {
    name: `${branch} of ref.is_null`,
    operands: ["target", "cost", "a"],
    body: `if (refs[(fp + @a) >> 1] ${isNull}) branch(); next`,
  },
]);

export const fusedTemplates: readonly Template[] = [
  ...i32Fusions,
  ...floatFusions,
  ...i64Fusions,
  ...counting,
  ...tests,
  { name: "move32; move32", operands: ["d", "a", "d2", "a2"], body: "i32(@d) = i32(@a); i32(@d2) = i32(@a2); next" },
];
