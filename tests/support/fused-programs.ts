import { irNames } from "../../src/executor/engine/generated/ir.ts";

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
  const first = apply(inner, "(local.get 0)", "(local.get 1)");
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

export const fusedPrograms: readonly FusedProgram[] = irNames
  .filter((name) => / of |; /.test(name))
  .map((name) => {
    const type = /^f(32|64)/.exec(name) === null ? "i32" : (name.slice(0, 3) as "f32" | "f64");
    return { name, type, source: moduleOf(type, bodyOf(name)) };
  });
