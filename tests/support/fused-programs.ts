import { chainedTo, FIRST_CHAIN, FIRST_COLD, headOf, irNames } from "../../src/executor/engine/generated/ir.ts";

/** A program for each instruction of the run loop that does the work of two: what the lowering makes it of. */

export interface FusedProgram {
  /** The instruction's name. */
  readonly name: string;
  /** Exports `f`, of three parameters and one result. */
  readonly source: string;
  readonly type: "i32" | "f32" | "f64";
}

/** Immediates stand out from what the parameters are. */
const IMMEDIATE = { i32: "(i32.const 5)", f32: "(f32.const 5)", f64: "(f64.const 5)" };

/** `i32.add rr` of two operands in text; the second is a constant where the form wants an immediate. */
function apply(instruction: string, a: string, b: string): string {
  const [name, form] = instruction.split(" ");
  if (form === undefined) return `(${name} ${a})`;
  return `(${name} ${a} ${form === "ri" ? IMMEDIATE.i32 : b})`;
}

function moduleOf(type: string, body: string): string {
  return `(module (memory 1) (data (i32.const 0) "some bytes to be loaded, with \\ff and \\80 among them, and more of them")
    (table 4 funcref) (elem (i32.const 0) 0)
    (func (export "f") (param ${type} ${type} ${type}) (result ${type}) ${body}))`;
}

const loads: Readonly<Record<string, string>> = { load32: "i32.load", load64: "i32.wrap_i64 (i64.load" };

/** The first parameter tells afterwards what was written to it, its sign whether the branch was taken. */
function branchBody(condition: string, unless: boolean): string {
  const test = unless ? `(i32.eqz ${condition})` : condition;
  return `(block (br_if 0 ${test}) (return (i32.and (local.get 0) (i32.const 0xffffff))))
    (i32.or (local.get 0) (i32.const 0x80000000))`;
}

function bodyOf(name: string): string {
  const [, outer, inner] = /^(.*) of (.*)$/.exec(name) ?? [];
  if (outer === undefined) return concatenatedBody(name);
  const reference = "(table.get (i32.and (local.get 0) (i32.const 3)))";
  const first = apply(inner, inner.startsWith("ref.") ? reference : "(local.get 0)", "(local.get 1)");
  if (outer.startsWith("br-")) return branchBody(first, outer === "br-unless");
  if (!outer.includes("load")) return apply(outer, first, "(local.get 2)");
  const load = loads[outer] ?? outer;
  return `(${load} offset=3 ${first})${load.includes("(") ? ")" : ""}`;
}

function concatenatedBody(name: string): string {
  const [first, second] = name.split("; ");
  if (second === "move32") {
    return "(local.set 0 (local.get 1)) (local.set 1 (local.get 2)) (i32.sub (i32.shl (local.get 0) (i32.const 4)) (local.get 1))";
  }
  const value = first === "move32" ? "(local.get 1)" : apply(loads[first] ?? first, "(local.get 0)", "(local.get 1)");
  const computed = `(local.tee 0 ${value})`;
  if (second.startsWith("br-")) return branchBody(computed, second === "br-unless");
  return branchBody(apply(second.slice("br ".length), computed, "(local.get 1)"), false);
}

/** The same of two halves: parameters and immediates fill 64 bits, and each bit of the result counts. */
const i64Values: Readonly<Record<string, string>> = {
  "i64.add rr of i64.mul ri": "(i64.add (i64.mul (local.get $x) (i64.const 0x9e3779b97f4a7c15)) (local.get $y))",
  "i64.mul ri of i64.rotl ri": `(i64.add (i64.mul (i64.rotl (local.get $x) (i64.const 29)) (i64.const -0x61c8864680b583eb))
    (i64.mul (i64.rotl (local.get $y) (i64.const 33)) (i64.const 0x100000001b3)))`,
};

function i64Module(value: string): string {
  return `(module (memory 1) (func (export "f") (param i32 i32 i32) (result i32) (local $x i64) (local $y i64)
    (local.set $x (i64.or (i64.extend_i32_u (local.get 0)) (i64.shl (i64.extend_i32_u (local.get 1)) (i64.const 32))))
    (local.set $y (i64.or (i64.extend_i32_u (local.get 2)) (i64.shl (i64.extend_i32_u (local.get 0)) (i64.const 32))))
    (local.set $x ${value})
    (i32.add (i32.mul (i32.wrap_i64 (local.get $x)) (i32.const 31))
      (i32.wrap_i64 (i64.shr_u (local.get $x) (i64.const 32))))))`;
}

/** The lanes that a compiler takes to have the lower bytes of halfwords side by side. */
export const LOWER_BYTES = "0 2 4 6 8 10 12 14 0 0 0 0 0 0 0 0";

/** What the lowering makes vector instructions of that do the work of several; `$x`, `$y` and `$z` are vectors, `$i` a number. */
const vectorValues: Readonly<Record<string, string>> = {
  "v128.load of i32.add ri": "(v128.load offset=3 (i32.add (local.get $i) (i32.const 5)))",
  "v128.load of i32.add rr": "(v128.load offset=3 (i32.add (local.get $i) (local.get $j)))",
  "v128.load8x8_u of i32.add ri": "(v128.load8x8_u offset=3 (i32.add (local.get $i) (i32.const 5)))",
  "i32x4.rotl ri": "(v128.or (i32x4.shl (local.get $x) (i32.const 9)) (i32x4.shr_u (local.get $x) (i32.const 23)))",
  "v128.xor rr of i32x4.rotl ri": `(v128.xor (local.get $y)
    (v128.or (i32x4.shl (local.get $x) (i32.const 31)) (i32x4.shr_u (local.get $x) (i32.const 1))))`,
  "v128.xor rr of i32x4.shr_u ri": "(v128.xor (i32x4.shr_u (local.get $x) (i32.const 3)) (local.get $y))",
  "f32x4.add rr of f32x4.mul rr": `(f32x4.add (f32x4.convert_i32x4_s (local.get $z))
    (f32x4.mul (f32x4.convert_i32x4_s (local.get $x)) (f32x4.convert_i32x4_s (local.get $y))))`,
  "f32x4.mul rr of v128.load of i32.add ri": `(f32x4.mul (f32x4.convert_i32x4_s (local.get $x))
    (v128.load offset=3 (i32.add (local.get $i) (i32.const 5))))`,
  "f32x4.add rr of f32x4.mul rr of v128.load of i32.add ri": `(f32x4.add (f32x4.convert_i32x4_s (local.get $z))
    (f32x4.mul (f32x4.convert_i32x4_s (local.get $x)) (v128.load offset=3 (i32.add (local.get $i) (i32.const 5)))))`,
  "i16x8.add rr of v128.load8x8_u of i32.add ri":
    "(i16x8.add (local.get $x) (v128.load8x8_u offset=3 (i32.add (local.get $i) (i32.const 5))))",
  "i16x8.shl ri of v128.load8x8_u of i32.add ri":
    "(i16x8.shl (v128.load8x8_u offset=3 (i32.add (local.get $i) (i32.const 5))) (i32.const 9))",
  "i8x16.shuffle low": `(i8x16.shuffle ${LOWER_BYTES} (local.get $x) (local.get $y))`,
  "store64 r of i8x16.shuffle low": `(v128.store64_lane offset=3 0 (local.get $i)
    (i8x16.shuffle ${LOWER_BYTES} (i16x8.shr_u (local.get $x) (i32.const 3)) (local.get $y)))
    (v128.load offset=3 (local.get $i))`,
};

/** The result depends on each bit of the vector, which goes into a local that the operands stand in as well. */
function vectorModule(value: string): string {
  const vectors = ["x", "y", "z"].map(
    (name, i) => `(local.set $${name} (i32x4.add (v128.load (i32.const ${16 * i})) (i32x4.splat (local.get ${i}))))`,
  );
  const lanes = [0, 1, 2, 3].map(
    (lane) =>
      `(local.set $k (i32.add (i32.mul (local.get $k) (i32.const 31)) (i32x4.extract_lane ${lane} (local.get $x))))`,
  );
  return `(module (memory 1) (data (i32.const 0) "some bytes to be loaded, with \\ff and \\80 among them, and more of them")
    (func (export "f") (param $i i32) (param $j i32) (param $k i32) (result i32) (local $x v128) (local $y v128) (local $z v128)
      ${vectors.join(" ")} ${value} (local.set $x) (local.set $k (i32.const 0)) ${lanes.join(" ")} (local.get $k)))`;
}

function isFused(name: string, ir: number): boolean {
  return ir < FIRST_CHAIN && (/ of |; /.test(name) || name in vectorValues);
}

function programOf(name: string): FusedProgram {
  if (name in vectorValues || /^(v128|[if]\d+x\d+)\./.test(name)) {
    const value = vectorValues[name];
    if (value === undefined) throw new Error(`no program for ${name}`);
    return { name, type: "i32", source: vectorModule(value) };
  }
  if (name.startsWith("i64.") && name in i64Values) return { name, type: "i32", source: i64Module(i64Values[name]) };
  const type = /^f(32|64)/.exec(name) === null ? "i32" : (name.slice(0, 3) as "f32" | "f64");
  return { name, type, source: moduleOf(type, bodyOf(name)) };
}

export const fusedPrograms: readonly FusedProgram[] = irNames().filter(isFused).map(programOf);

/** The names of the instructions that have been executed, those of chains included. @param counts of the counting loop */
export function executedInstructions(counts: Float64Array): Set<string> {
  const names = new Set<string>();
  counts.forEach((count, ir) => {
    if (count === 0) return;
    names.add(irNames()[headOf(ir)]);
    if (ir >= FIRST_CHAIN && ir < FIRST_COLD) names.add(irNames()[chainedTo(ir)]);
  });
  return names;
}
