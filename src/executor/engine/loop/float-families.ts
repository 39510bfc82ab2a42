import { readI64, writeI64 } from "./integer-families.ts";
import type { Template } from "./template.ts";

/**
 * The float instructions of the run loop. Arithmetic goes through the float views; a single's result is rounded by the store
 * into the `Float32Array`, and rounding twice does no harm to +, -, *, / and sqrt of singles computed as doubles. What must
 * keep a NaN's payload (neg, abs) works on the bits.
 */

const arithmetic: Readonly<Record<string, string>> = { add: "+", sub: "-", mul: "*", div: "/" };
const functions: Readonly<Record<string, string>> = { min: "Math.min", max: "Math.max" };
/** Greater-than is less-than with the operands exchanged. */
const comparisons: Readonly<Record<string, string>> = { eq: "===", ne: "!==", lt: "<", le: "<=" };

function familyOf(type: "f32" | "f64"): Template[] {
  const a = `${type}(@a)`;
  const b = `${type}(@b)`;
  const binary = ["d", "a", "b"];
  const branch = ["target", "cost", "a", "b"];
  return [
    ...Object.entries(arithmetic).map(([name, operator]) => ({
      name: `${type}.${name} rr`,
      operands: binary,
      body: `${type}(@d) = ${a} ${operator} ${b}; next`,
    })),
    // JavaScript's functions make a NaN of their own, a difference has the first that it was given, as WasmEdge does. It is computed in any
    // case, so that a first NaN finds no code that was never executed.
    ...Object.entries(functions).map(([name, call]) => ({
      name: `${type}.${name} rr`,
      operands: binary,
      body: `x = ${a} - ${b}; ea = ${call}(${a}, ${b}); ${type}(@d) = ea !== ea ? x : ea; next`,
    })),
    ...Object.entries(comparisons).flatMap(([name, operator]) => [
      { name: `${type}.${name} rr`, operands: binary, body: `i32(@d) = ${a} ${operator} ${b} ? 1 : 0; next` },
      { name: `br ${type}.${name} rr`, operands: branch, body: `if (${a} ${operator} ${b}) branch(); next` },
    ]),
    // With a NaN neither a < b nor b <= a holds, so "not less" is a branch of its own.
    { name: `br-unless ${type}.lt rr`, operands: branch, body: `if (!(${a} < ${b})) branch(); next` },
    { name: `br-unless ${type}.le rr`, operands: branch, body: `if (!(${a} <= ${b})) branch(); next` },
    { name: `${type}.sqrt r`, operands: ["d", "a"], body: `${type}(@d) = Math.sqrt(${a}); next` },
  ];
}

export const floatTemplates: readonly Template[] = [
  ...familyOf("f32"),
  ...familyOf("f64"),
  { name: "f32.neg r", operands: ["d", "a"], body: "i32(@d) = i32(@a) ^ 0x80000000; next" },
  { name: "f32.abs r", operands: ["d", "a"], body: "i32(@d) = i32(@a) & 0x7fffffff; next" },
  { name: "f64.neg r", operands: ["d", "a"], body: `${readI64} a1 = a1 ^ 0x80000000; ${writeI64} next` },
  { name: "f64.abs r", operands: ["d", "a"], body: `${readI64} a1 = a1 & 0x7fffffff; ${writeI64} next` },
  { name: "f64.convert_i32_s r", operands: ["d", "a"], body: "f64(@d) = i32(@a); next" },
  { name: "f64.convert_i32_u r", operands: ["d", "a"], body: "f64(@d) = i32(@a) >>> 0; next" },
  { name: "f32.convert_i32_s r", operands: ["d", "a"], body: "f32(@d) = i32(@a); next" },
  { name: "f32.convert_i32_u r", operands: ["d", "a"], body: "f32(@d) = i32(@a) >>> 0; next" },
  { name: "f64.promote_f32 r", operands: ["d", "a"], body: "f64(@d) = f32(@a); next" },
  { name: "f32.demote_f64 r", operands: ["d", "a"], body: "f32(@d) = f64(@a); next" },
  {
    name: "i32.trunc_f64_s r",
    operands: ["d", "a"],
    body: "x = f64(@a); if (!(x > -2147483649 && x < 2147483648)) { reason = x !== x ? Trap.InvalidConvToInt : Trap.IntegerOverflow; break loop; } i32(@d) = x; next",
  },
  {
    name: "i32.trunc_sat_f64_s r",
    operands: ["d", "a"],
    body: "x = f64(@a); i32(@d) = x >= 2147483647 ? 2147483647 : x <= -2147483648 ? -2147483648 : x; next",
  },
  {
    name: "i32.trunc_sat_f32_s r",
    operands: ["d", "a"],
    body: "x = f32(@a); i32(@d) = x >= 2147483647 ? 2147483647 : x <= -2147483648 ? -2147483648 : x; next",
  },
];
