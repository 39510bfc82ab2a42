import { floatVectorFamilies } from "../vector/float-families.ts";
import { integerVectorFamilies } from "../vector/integer-families.ts";
import { address, loadAlsoOfSum } from "./memory-families.ts";
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

type Form = "rr" | "ri";

/** The instructions with their forms; the shifts by a register are not among them. */
const forms: { readonly [form in Form]: readonly string[] } = {
  rr: [
    "v128.and",
    "v128.or",
    "v128.xor",
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
  ri: ["i32x4.shl", "i32x4.shr_u", "i32x4.shr_s"],
};

/** Instructions that no function outside of the loop needs to know. */
export const onlyInLoop: ReadonlySet<string> = new Set(["i16x8.add", "v128.bitselect", ...forms.rr]);

const cases = new Map([...integerVectorFamilies, ...floatVectorFamilies].flatMap((family) => [...family.cases]));

/** Added to a place; nothing for the first, since V8's interpreter would add zero too. */
function plus(distance: number): string {
  return distance === 0 ? "" : ` + ${distance}`;
}

/** The lowest lane is read or written last, so that nothing has been written where the access does not fit. */
const WORDS = [3, 2, 1, 0];

/**
 * Statements for each word of bytes at an address that are loaded as halfwords: in `a1` two of them are side by side, and
 * `a1 | (a1 << 8)` has them where they belong, in the bits of 0xff00ff.
 */
function eachHalfwordOfBytes(at: string, statement: (word: number) => string): string {
  const halves = ["a & 0xffff", "a >>> 16", "b & 0xffff", "b >>> 16"];
  return `ea = ${at}; b = mem.getInt32(ea + 4, true); a = mem.getInt32(ea, true); d = fp + @d;
    ${halves.map((half, word) => `a1 = ${half}; ${statement(word)}`).join("\n")}`;
}

const memory: readonly Template[] = [
  ...loadAlsoOfSum("v128.load", (at) => {
    const words = WORDS.map((word) => `i32[d${plus(word)}] = mem.getInt32(ea${plus(4 * word)}, true);`);
    return `ea = ${at}; d = fp + @d; ${words.join(" ")}`;
  }),
  {
    name: "v128.store",
    operands: ["a", "offset", "b"],
    body: `
      ea = ${address};
      b = fp + @b;
      ${WORDS.map((word) => `mem.setInt32(ea${plus(4 * word)}, i32[b${plus(word)}], true);`).join(" ")}
      next`,
  },
  ...loadAlsoOfSum("v128.load8x8_u", (at) =>
    eachHalfwordOfBytes(at, (word) => `i32[d${plus(word)}] = (a1 | (a1 << 8)) & 0xff00ff;`),
  ).filter(({ name }) => !name.endsWith("rr")),
];

/** Statements for each lane of 32 bits, or word, at `d`. */
function eachWord(statement: (word: string) => string): string {
  return [0, 1, 2, 3].map((word) => statement(plus(word))).join(" ");
}

/** Lanes of 16 bits, of which a word has two: each word is read once. */
const halfwords: readonly Template[] = [
  {
    name: "i16x8.add rr",
    operands: operands.rr.names,
    body: `${operands.rr.read} c = 0x7fff7fff; c1 = ~c; ${eachWord(
      (word) => `at = i32[a${word}]; b1 = i32[b${word}]; i32[d${word}] = ((at & c) + (b1 & c)) ^ ((at ^ b1) & c1);`,
    )} next`,
  },
  // The mask keeps out what comes over from the neighbour.
  ...Object.entries({ "i16x8.shl ri": "<<", "i16x8.shr_u ri": ">>>" }).map(([name, shift]) => ({
    name,
    operands: ["d", "a", "b", "mask"],
    body: `${operands.ri.read} c = @mask; ${eachWord((word) => `i32[d${word}] = (i32[a${word}] ${shift} b) & c;`)} next`,
  })),
];

/** Each word of the mask is read once. */
const bitselect: Template = {
  name: "v128.bitselect rrr",
  operands: operands.rrr.names,
  body: `${operands.rrr.read} ${eachWord(
    (word) => `at = i32[c${word}]; i32[d${word}] = (i32[a${word}] & at) | (i32[b${word}] & ~at);`,
  )} next`,
};

/** The operands of an instruction that takes over one that shifts by an immediate. */
const shifted = { names: ["d", "a", "b", "c"], read: "d = fp + @d; a = fp + @a; b = @b; c = fp + @c;" };

/** Two words of halfwords that are shifted to the right, from this one of the register at `a` on. */
function shiftedPair(word: number): string {
  return `a1 = c & (i32[a${plus(word)}] >> b); b1 = c & (i32[a${plus(word + 1)}] >> b);`;
}

/** Their lower bytes. */
const lowBytesOfPair = "((a1 | (a1 >> 8)) & 0xffff) | ((b1 | (b1 >> 8)) << 16)";

/** The address where a load of a vector adds it up. */
const sum = "((i32(@a) + @b) >>> 0) + @offset";

/**
 * Instructions that do the work of two or three; see `fused-families.ts`. What takes over an operand is commutative, so that it
 * does not matter which.
 */
const fused: readonly Template[] = [
  // A shift to the left, the rest of it to the right, and both together.
  {
    name: "i32x4.rotl ri",
    operands: operands.ri.names,
    body: `${operands.ri.read} ${eachWord((word) => `c = i32[a${word}]; i32[d${word}] = (c << b) | (c >>> -b);`)} next`,
  },
  {
    name: "v128.xor rr of i32x4.rotl ri",
    operands: shifted.names,
    body: `${shifted.read} ${eachWord(
      (word) => `at = i32[a${word}]; i32[d${word}] = ((at << b) | (at >>> -b)) ^ i32[c${word}];`,
    )} next`,
  },
  {
    name: "v128.xor rr of i32x4.shr_u ri",
    operands: shifted.names,
    body: `${shifted.read} ${eachWord((word) => `i32[d${word}] = (i32[a${word}] >>> b) ^ i32[c${word}];`)} next`,
  },
  {
    name: "f32x4.add rr of f32x4.mul rr",
    operands: operands.rrr.names,
    body: `${operands.rrr.read} ${eachWord(
      (word) => `f32[d${word}] = Math.fround(f32[a${word}] * f32[b${word}]) + f32[c${word}];`,
    )} next`,
  },
  // Products with what memory holds, and their sums.
  {
    name: "f32x4.mul rr of v128.load of i32.add ri",
    operands: ["d", "a", "b", "offset", "c"],
    body: `
      ea = ${sum};
      d = fp + @d; c = fp + @c;
      ${WORDS.map((word) => `f32[d${plus(word)}] = mem.getFloat32(ea${plus(4 * word)}, true) * f32[c${plus(word)}];`).join(" ")}
      next`,
  },
  {
    name: "f32x4.add rr of f32x4.mul rr of v128.load of i32.add ri",
    operands: ["d", "a", "b", "offset", "c", "e"],
    body: `
      ea = ${sum};
      d = fp + @d; c = fp + @c; at = fp + @e;
      ${WORDS.map(
        (word) =>
          `f32[d${plus(word)}] = Math.fround(mem.getFloat32(ea${plus(4 * word)}, true) * f32[c${plus(word)}]) + f32[at${plus(word)}];`,
      ).join(" ")}
      next`,
  },
  // Bytes reach into no neighbour's highest bit, so that bit of the other operand is all that has to be kept out of the sum.
  {
    name: "i16x8.add rr of v128.load8x8_u of i32.add ri",
    operands: ["d", "a", "b", "offset", "c"],
    body: `
      c = fp + @c; b1 = 0x7fff7fff;
      ${eachHalfwordOfBytes(
        sum,
        (word) => `
        at = i32[c${plus(word)}]; c1 = b1 & at;
        i32[d${plus(word)}] = c1 ^ (at ^ (c1 + ((a1 | (a1 << 8)) & 0xff00ff)));`,
      )}
      next`,
  },
  // The mask is that of the shift where bytes are.
  {
    name: "i16x8.shl ri of v128.load8x8_u of i32.add ri",
    operands: ["d", "a", "b", "offset", "by", "mask"],
    body: `
      c = @by; c1 = @mask;
      ${eachHalfwordOfBytes(sum, (word) => `i32[d${plus(word)}] = c1 & ((a1 | (a1 << 8)) << c);`)}
      next`,
  },
  // The lower bytes of eight lanes that have been shifted to the right, and eight times the first: what compilers make of lanes
  // that are scaled down and then stored. The mask is that of the shift where the bytes come from.
  {
    name: "i8x16.shuffle low",
    operands: ["d", "a", "by", "mask"],
    body: `
      d = fp + @d; a = fp + @a; b = @by; c = @mask;
      ${shiftedPair(0)}
      at = ${lowBytesOfPair};
      ${shiftedPair(2)}
      i32[d + 1] = ${lowBytesOfPair};
      i32[d] = at;
      at = Math.imul(at & 0xff, 0x01010101);
      i32[d + 2] = at; i32[d + 3] = at;
      next`,
  },
  {
    name: "store64 r of i8x16.shuffle low",
    operands: ["a", "offset", "d", "by", "mask"],
    body: `
      ea = ${address};
      a = fp + @d; b = @by; c = @mask;
      ${shiftedPair(2)}
      mem.setInt32(ea + 4, ${lowBytesOfPair}, true);
      ${shiftedPair(0)}
      mem.setInt32(ea, ${lowBytesOfPair}, true);
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
  ...halfwords,
  bitselect,
  ...fused,
  ...(Object.keys(forms) as Form[]).flatMap((form) =>
    forms[form].map((name) => ({
      name: `${name} ${form}`,
      operands: operands[form].names,
      body: `${operands[form].read}\n${cases.get(name)}\nnext`,
    })),
  ),
];
