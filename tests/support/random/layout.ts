import type { FunctionShape, TypeName } from "../wasm-writer.ts";
import type { NumberType } from "./operations.ts";

/** What all random modules have in the same places. */

/** Globals by index: the fuel, then one of each number type. */
export const FUEL = 0;
export const globalOf: Readonly<Record<NumberType, number>> = { i32: 1, i64: 2, f32: 3, f64: 4 };

/** Type indices that every module has. */
export const HOST_TYPE = 0;
export const fixedTypes: readonly FunctionShape[] = [
  // The imported host function, the reader of the globals, and types of blocks with parameters.
  { params: ["i32", "i64"], results: ["i64"] },
  { params: [], results: ["i32", "i64", "i32", "i64"] },
  { params: ["i32", "f64"], results: ["f64"] },
  { params: ["i64"], results: ["i64", "i32"] },
];

/** The first locals after the parameters: floats whose NaNs may have any bits, scratch, a reference. */
export const fixedLocals: readonly TypeName[] = ["f32", "f64", "f32", "f64", "funcref"];
