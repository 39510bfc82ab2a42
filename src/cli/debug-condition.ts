import type { Stop } from "../debugger/stop.ts";
import { Complaint } from "./debug-complaint.ts";

/** Conditions of breakpoints, as `if $n > 3`. */

const comparisons = {
  "==": (a: number | bigint, b: number | bigint): boolean => a === b,
  "!=": (a: number | bigint, b: number | bigint): boolean => a !== b,
  "<": (a: number | bigint, b: number | bigint): boolean => a < b,
  "<=": (a: number | bigint, b: number | bigint): boolean => a <= b,
  ">": (a: number | bigint, b: number | bigint): boolean => a > b,
  ">=": (a: number | bigint, b: number | bigint): boolean => a >= b,
} as const;

function isComparison(text: string): text is keyof typeof comparisons {
  return Object.hasOwn(comparisons, text);
}

/** @param words `if`, a local, a comparison, a number; none for no condition @throws Complaint where they are not */
export function conditionOf(words: readonly string[]): ((stop: Stop) => boolean) | undefined {
  if (words.length === 0) return undefined;
  const [keyword, local = "", operator = "", number = ""] = words;
  if (keyword !== "if" || words.length !== 4 || !isComparison(operator) || Number.isNaN(Number(number))) {
    throw new Complaint("A condition is written as: if $n >= 3");
  }
  const name = local.replace(/^\$/, "");
  return ({ frame }) => {
    const found = frame.locals.find((one) => one.name === name || String(one.index) === name);
    if (found === undefined) return false;
    const value = found.value.toValue();
    if (typeof value === "bigint") return comparisons[operator](value, BigInt(number));
    return typeof value === "number" && comparisons[operator](value, Number(number));
  };
}
