import type { Template } from "./template.ts";

/**
 * The integer instructions of the run loop, one short definition each; the operand forms are made from it.
 *
 * `rr` takes two registers, `ri` a register and an immediate: one word, or two of an i64, which is two 32-bit halves (a bigint
 * would be allocated). In comparisons with an i64 the immediate is one word, sign-extended. A body reads all of its operands
 * before it writes, since the destination may be one of them.
 */

/** `$a` and `$b` are the operands. */
export const i32Binary: Readonly<Record<string, string>> = {
  "i32.add": "$a + $b",
  "i32.sub": "$a - $b",
  "i32.mul": "Math.imul($a, $b)",
  "i32.and": "$a & $b",
  "i32.or": "$a | $b",
  "i32.xor": "$a ^ $b",
  "i32.shl": "$a << $b",
  "i32.shr_s": "$a >> $b",
  "i32.shr_u": "$a >>> $b",
  "i32.rotl": "($a << $b) | ($a >>> -$b)",
  "i32.rotr": "($a >>> $b) | ($a << -$b)",
};

/** The lowering adds the negative of an immediate instead of subtracting it. */
const addedInstead: ReadonlySet<string> = new Set(["i32.sub", "i64.sub"]);

/** The lowering uses the immediate forms only for divisors other than 0 and -1, so nothing can trap there. */
const i32Division: Readonly<Record<string, { readonly value: string; readonly traps: string }>> = {
  "i32.div_s": {
    value: "($a / $b) | 0",
    traps: "b === 0 ? Trap.DivideByZero : a === -2147483648 && b === -1 ? Trap.IntegerOverflow : 0",
  },
  "i32.div_u": { value: "(($a >>> 0) / ($b >>> 0)) | 0", traps: "b === 0 ? Trap.DivideByZero : 0" },
  "i32.rem_s": { value: "($a % $b) | 0", traps: "b === 0 ? Trap.DivideByZero : 0" },
  "i32.rem_u": { value: "(($a >>> 0) % ($b >>> 0)) | 0", traps: "b === 0 ? Trap.DivideByZero : 0" },
};

/** Greater-than of two registers is less-than with the operands exchanged, so those have an immediate form only. */
export const i32Comparisons: Readonly<Record<string, string>> = {
  "i32.eq": "$a === $b",
  "i32.ne": "$a !== $b",
  "i32.lt_s": "$a < $b",
  "i32.lt_u": "($a >>> 0) < ($b >>> 0)",
  "i32.le_s": "$a <= $b",
  "i32.le_u": "($a >>> 0) <= ($b >>> 0)",
  "i32.gt_s": "$a > $b",
  "i32.gt_u": "($a >>> 0) > ($b >>> 0)",
  "i32.ge_s": "$a >= $b",
  "i32.ge_u": "($a >>> 0) >= ($b >>> 0)",
};

/** True where two registers need no form of their own. */
export function isExchangedComparison(name: string): boolean {
  return /\.(gt|ge)(_[su])?$/.test(name);
}

const i32Unary: Readonly<Record<string, string>> = {
  "i32.eqz": "$a === 0 ? 1 : 0",
  "i32.clz": "Math.clz32($a)",
  "i32.ctz": "$a === 0 ? 32 : 31 - Math.clz32($a & -$a)",
  "i32.extend8_s": "($a << 24) >> 24",
  "i32.extend16_s": "($a << 16) >> 16",
};

/**
 * Bodies over `a`, `a1` (low and high half of the first operand) and `b`, `b1`; they set `a` and `a1` to the result.
 *
 * A carry is computed without a branch: it comes as often as not, so a processor cannot guess it. Products of 16-bit digits
 * are written with `*`, which V8 makes the machine's multiplication of words as it does `Math.imul`, and its interpreter
 * executes without a call; with what is carried into them they stay below 2^32.
 */
export const i64Binary: Readonly<Record<string, string>> = {
  "i64.add": "c = (a + b) | 0; a1 = (a1 + b1 + (((a & b) | ((a | b) & ~c)) >>> 31)) | 0; a = c;",
  "i64.sub": "c = (a - b) | 0; a1 = (a1 - b1 - (((~a & b) | ((~a | b) & c)) >>> 31)) | 0; a = c;",
  "i64.mul": `
    a1 = (Math.imul(a1, b) + Math.imul(a, b1)) | 0;
    b1 = b >>> 16; b = b & 0xffff; c1 = a >>> 16; a = a & 0xffff;
    at = a * b; c = c1 * b + (at >>> 16); b = a * b1 + (c & 0xffff);
    a1 = (a1 + c1 * b1 + (c >>> 16) + (b >>> 16)) | 0;
    a = (b << 16) | (at & 0xffff);`,
  "i64.and": "a = a & b; a1 = a1 & b1;",
  "i64.or": "a = a | b; a1 = a1 | b1;",
  "i64.xor": "a = a ^ b; a1 = a1 ^ b1;",
  "i64.shl": `
    b = b & 63;
    if (b >= 32) { a1 = a << b; a = 0; }
    else if (b !== 0) { a1 = (a1 << b) | (a >>> (32 - b)); a = a << b; }`,
  "i64.shr_s": `
    b = b & 63;
    if (b >= 32) { a = a1 >> b; a1 = a1 >> 31; }
    else if (b !== 0) { a = (a >>> b) | (a1 << (32 - b)); a1 = a1 >> b; }`,
  "i64.shr_u": `
    b = b & 63;
    if (b >= 32) { a = (a1 >>> b) | 0; a1 = 0; }
    else if (b !== 0) { a = (a >>> b) | (a1 << (32 - b)); a1 = (a1 >>> b) | 0; }`,
  "i64.rotl": `
    b = b & 63;
    if (b >= 32) { c = a; a = a1; a1 = c; b = b - 32; }
    if (b !== 0) { c = (a1 << b) | (a >>> (32 - b)); a = (a << b) | (a1 >>> (32 - b)); a1 = c; }`,
};

/** Conditions over the places `a` and `b` of two registers, and over their upper halves `a1` and `b1`. */
const i64Comparisons: Readonly<Record<string, string>> = {
  "i64.eq": "a1 === b1 && i32[a] === i32[b]",
  "i64.ne": "a1 !== b1 || i32[a] !== i32[b]",
  "i64.lt_s": "a1 < b1 || (a1 === b1 && (i32[a] >>> 0) < (i32[b] >>> 0))",
  "i64.lt_u": "(a1 >>> 0) < (b1 >>> 0) || (a1 === b1 && (i32[a] >>> 0) < (i32[b] >>> 0))",
  "i64.le_s": "a1 < b1 || (a1 === b1 && (i32[a] >>> 0) <= (i32[b] >>> 0))",
  "i64.le_u": "(a1 >>> 0) < (b1 >>> 0) || (a1 === b1 && (i32[a] >>> 0) <= (i32[b] >>> 0))",
};

const i64ImmediateComparisons: Readonly<Record<string, string>> = {
  "i64.eq": "i32[a] === b && i32[a + 1] === b >> 31",
  "i64.ne": "i32[a] !== b || i32[a + 1] !== b >> 31",
};

const i64Unary: Readonly<Record<string, string>> = {
  "i64.extend_i32_s": "a = i32(@a); at = fp + @d; i32[at] = a; i32[at + 1] = a >> 31;",
  "i64.extend_i32_u": "a = i32(@a); at = fp + @d; i32[at] = a; i32[at + 1] = 0;",
  "i64.extend32_s": "a = lo(@a); at = fp + @d; i32[at] = a; i32[at + 1] = a >> 31;",
};

/** Puts the operands into an expression. */
export function fill(expression: string, a: string, b: string): string {
  return expression.replace(/\$a/g, a).replace(/\$b/g, b);
}

/** A comparison as value and as branch. */
function comparison(name: string, form: string, condition: string): Template[] {
  return [
    { name: `${name} ${form}`, operands: ["d", "a", "b"], body: `i32(@d) = ${condition} ? 1 : 0; next` },
    { name: `br ${name} ${form}`, operands: ["target", "cost", "a", "b"], body: `if (${condition}) branch(); next` },
  ];
}

function i32BinaryForms([name, expression]: readonly [string, string]): Template[] {
  const operands = ["d", "a", "b"];
  const registers = { name: `${name} rr`, operands, body: `i32(@d) = ${fill(expression, "i32(@a)", "i32(@b)")}; next` };
  if (addedInstead.has(name)) return [registers];
  return [registers, { name: `${name} ri`, operands, body: `i32(@d) = ${fill(expression, "i32(@a)", "@b")}; next` }];
}

function i32DivisionForms([name, { value, traps }]: readonly [string, { value: string; traps: string }]): Template[] {
  const operands = ["d", "a", "b"];
  const checked = `a = i32(@a); b = i32(@b); reason = ${traps}; if (reason !== 0) break loop;`;
  return [
    { name: `${name} rr`, operands, body: `${checked} i32(@d) = ${fill(value, "a", "b")}; next` },
    { name: `${name} ri`, operands, body: `i32(@d) = ${fill(value, "i32(@a)", "@b")}; next` },
  ];
}

function i32ComparisonForms([name, condition]: readonly [string, string]): Template[] {
  const immediate = comparison(name, "ri", fill(condition, "i32(@a)", "@b"));
  if (isExchangedComparison(name)) return immediate;
  return [...comparison(name, "rr", fill(condition, "i32(@a)", "i32(@b)")), ...immediate];
}

/** Reads the halves of the first operand, and writes those of the result. */
export const readI64 = "at = fp + @a; a = i32[at]; a1 = i32[at + 1];";
export const writeI64 = "at = fp + @d; i32[at] = a; i32[at + 1] = a1;";

/** The second operand's halves: shifts want no upper one. */
function readSecond(body: string, low: string, high: string): string {
  return /\bb1\b/.test(body) ? `b = ${low}; b1 = ${high};` : `b = ${low};`;
}

function i64BinaryForms([name, body]: readonly [string, string]): Template[] {
  const registers = {
    name: `${name} rr`,
    operands: ["d", "a", "b"],
    body: `${readI64} at = fp + @b; ${readSecond(body, "i32[at]", "i32[at + 1]")} ${body} ${writeI64} next`,
  };
  if (addedInstead.has(name)) return [registers];
  if (name === "i64.rotl") {
    const { operands, body } = i64Rotation;
    return [registers, { name: `${name} ri`, operands: ["d", ...operands], body: `${body} ${writeI64} next` }];
  }
  const operands = ["d", "a", "low", "high"];
  const immediate = readSecond(body, "@low", "@high");
  return [registers, { name: `${name} ri`, operands, body: `${readI64} ${immediate} ${body} ${writeI64} next` }];
}

function i64ComparisonForms(name: string, form: string, condition: string): Template[] {
  const read = form === "rr" ? "a = fp + @a; a1 = i32[a + 1]; b = fp + @b; b1 = i32[b + 1];" : "a = fp + @a; b = @b;";
  return comparison(name, form, condition).map((template) => ({ ...template, body: `${read} ${template.body}` }));
}

/**
 * A rotation by a number: `a` and `a2` name the words that become the lower and the upper half, exchanged from 32 on, and then
 * rotated by `b` below 32. Shifts by 32 are none in JavaScript, so what comes over is shifted in two steps.
 */
export const i64Rotation = {
  operands: ["a", "a2", "b"],
  body: `
    a = i32(@a); a1 = i32(@a2); b = @b;
    c = (a << b) | ((a1 >>> 1) >>> (31 - b));
    a1 = (a1 << b) | ((a >>> 1) >>> (31 - b));
    a = c;`,
};

export const integerTemplates: readonly Template[] = [
  ...Object.entries(i32Binary).flatMap(i32BinaryForms),
  ...Object.entries(i32Division).flatMap(i32DivisionForms),
  ...Object.entries(i32Comparisons).flatMap(i32ComparisonForms),
  ...Object.entries(i32Unary).map(([name, expression]) => ({
    name: `${name} r`,
    operands: ["d", "a"],
    body: `a = i32(@a); i32(@d) = ${fill(expression, "a", "")}; next`,
  })),
  ...Object.entries(i64Binary).flatMap(i64BinaryForms),
  ...Object.entries(i64Comparisons).flatMap(([name, condition]) => i64ComparisonForms(name, "rr", condition)),
  ...Object.entries(i64ImmediateComparisons).flatMap(([name, condition]) => i64ComparisonForms(name, "ri", condition)),
  ...Object.entries(i64Unary).map(([name, body]) => ({
    name: `${name} r`,
    operands: ["d", "a"],
    body: `${body} next`,
  })),
];
