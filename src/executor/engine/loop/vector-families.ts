import { floatVectorFamilies } from "../vector/float-families.ts";
import { integerVectorFamilies } from "../vector/integer-families.ts";
import { address } from "./memory-families.ts";
import type { Template } from "./template.ts";

/**
 * The vector instructions that programs execute most have a case in the loop: the way to the others, through three functions,
 * takes longer than they do. What they compute stands with their families in `engine/vector/`; see docs/performance.md for
 * what it gave.
 */

const operands = {
  rr: { names: ["d", "a", "b"], read: "d = fp + @d; a = fp + @a; b = fp + @b;" },
  ri: { names: ["d", "a", "b"], read: "d = fp + @d; a = fp + @a; b = @b;" },
  rrr: { names: ["d", "a", "b", "c"], read: "d = fp + @d; a = fp + @a; b = fp + @b; c = fp + @c;" },
} as const;

type Form = keyof typeof operands;

/** The instructions with their forms; the shifts by a register are not among them. */
const forms: { readonly [form in Form]: readonly string[] } = {
  rr: [
    "v128.and",
    "v128.or",
    "v128.xor",
    "i16x8.add",
    "i32x4.add",
    "i32x4.sub",
    "i32x4.mul",
    "f32x4.add",
    "f32x4.sub",
    "f32x4.mul",
    "f64x2.add",
    "f64x2.sub",
    "f64x2.mul",
  ],
  ri: ["i16x8.shl", "i16x8.shr_u", "i32x4.shl", "i32x4.shr_u", "i32x4.shr_s"],
  rrr: ["v128.bitselect"],
};

/** Instructions that no function outside of the loop needs to know. */
export const onlyInLoop: ReadonlySet<string> = new Set([...forms.rr, ...forms.rrr]);

const cases = new Map([...integerVectorFamilies, ...floatVectorFamilies].flatMap((family) => [...family.cases]));

/** The lowest lane is read or written last, so that nothing has been written where the access does not fit. */
const WORDS = [3, 2, 1, 0];

const memory: readonly Template[] = [
  {
    name: "v128.load",
    operands: ["d", "a", "offset"],
    body: `
      ea = ${address};
      d = fp + @d;
      ${WORDS.map((word) => `i32[d + ${word}] = mem.getInt32(ea + ${4 * word}, true);`).join(" ")}
      next`,
  },
  {
    name: "v128.store",
    operands: ["a", "offset", "b"],
    body: `
      ea = ${address};
      b = fp + @b;
      ${WORDS.map((word) => `mem.setInt32(ea + ${4 * word}, i32[b + ${word}], true);`).join(" ")}
      next`,
  },
  {
    name: "v128.load8x8_u",
    operands: ["d", "a", "offset"],
    body: `
      ea = ${address};
      d = fp + @d;
      b = mem.getInt32(ea + 4, true);
      a = mem.getInt32(ea, true);
      i32[d] = (a & 0xff) | ((a & 0xff00) << 8);
      i32[d + 1] = ((a >>> 16) & 0xff) | ((a >>> 8) & 0xff0000);
      i32[d + 2] = (b & 0xff) | ((b & 0xff00) << 8);
      i32[d + 3] = ((b >>> 16) & 0xff) | ((b >>> 8) & 0xff0000);
      next`,
  },
];

export const vectorTemplates: readonly Template[] = [
  {
    name: "move128",
    operands: ["d", "a"],
    body: "d = fp + @d; a = fp + @a; b = i32[a]; c = i32[a + 1]; b1 = i32[a + 2]; i32[d + 3] = i32[a + 3]; i32[d + 2] = b1; i32[d + 1] = c; i32[d] = b; next",
  },
  {
    name: "v128.const",
    operands: ["d", "word0", "word1", "word2", "word3"],
    body: "d = fp + @d; i32[d] = @word0; i32[d + 1] = @word1; i32[d + 2] = @word2; i32[d + 3] = @word3; next",
  },
  ...memory,
  ...(Object.keys(forms) as Form[]).flatMap((form) =>
    forms[form].map((name) => ({
      name: `${name} ${form}`,
      operands: operands[form].names,
      body: `${operands[form].read}\n${cases.get(name)}\nnext`,
    })),
  ),
];
