import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { InstructionInfo } from "../../src/ast/instructions.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { Engine } from "../support/engine.ts";
import { instantiateNatively, nativeTrapKind, trapKindOf } from "../support/native.ts";
import {
  allEdges,
  argumentOf,
  conditionModule,
  conditionShapes,
  formsOf,
  isCondition,
  leavesNaNOpen,
  type NumericForm,
  numericInstructions,
  operandTuples,
  operandTypes,
  resultType,
  valueModule,
} from "../support/numeric-modules.ts";
import { edges, type NumberType } from "../support/random/operations.ts";

/** Each numeric instruction in each form, on values at the edges, compared with the native engine bit by bit. */

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

type Bits = number | bigint;
type Call = (...params: Bits[]) => Bits;

/** The result of a call, or the kind of its trap. */
function ended(call: () => unknown, kindOf: (error: unknown) => string): Bits | string {
  try {
    return call() as Bits;
  } catch (error) {
    return kindOf(error);
  }
}

function ourKind(info: InstructionInfo): (error: unknown) => string {
  return (error) => {
    if (!(error instanceof WasmEdgeError)) throw error;
    return trapKindOf(error.codeName, info.name.includes("trunc"));
  };
}

function isNaNPattern(type: NumberType, bits: Bits): boolean {
  if (type === "f32") return (Number(bits) & 0x7fffffff) > 0x7f800000;
  return type === "f64" && (BigInt(bits) & 0x7fffffffffffffffn) > 0x7ff0000000000000n;
}

function isQuiet(type: NumberType, bits: Bits): boolean {
  return type === "f32" ? (Number(bits) & 0x400000) !== 0 : (BigInt(bits) & 0x8000000000000n) !== 0n;
}

function isCanonicalNaN(type: NumberType, bits: Bits): boolean {
  if (type === "f32") return (Number(bits) & 0x7fffffff) === 0x7fc00000;
  return (BigInt(bits) & 0x7fffffffffffffffn) === 0x7ff8000000000000n;
}

/**
 * A result as it has to be equal to the native one: NaNs whose bits are open become "canonical" or "arithmetic", whichever
 * the operands demand, or the bits where they are not even that.
 * https://webassembly.github.io/spec/core/exec/numerics.html#nan-propagation
 */
function comparable(info: InstructionInfo, operands: readonly bigint[], result: Bits | string): Bits | string {
  const type = resultType(info);
  if (typeof result === "string" || !leavesNaNOpen(info) || !isNaNPattern(type, result)) return result;
  const types = operandTypes(info);
  const demandsCanonical = operands.every((bits, i) => {
    const operandType = types[i] as NumberType;
    return !isNaNPattern(operandType, bits) || isCanonicalNaN(operandType, bits);
  });
  if (demandsCanonical) return isCanonicalNaN(type, result) ? "canonical NaN" : result;
  return isQuiet(type, result) ? "arithmetic NaN" : result;
}

/** Both engines' functions of a module. */
function load(bytes: Uint8Array): { ours: (name: string) => Call; natives: Readonly<Record<string, Call>> } {
  const engine = new Engine();
  const instance = engine.instantiate(bytes);
  const ours =
    (name: string): Call =>
    (...params) =>
      engine.call(instance, name, ...(params as Value[]))[0] as Bits;
  return { ours, natives: instantiateNatively(bytes) as Record<string, Call> };
}

/** Calls a function of both engines with all operands; what differs, as text. */
function differences(
  info: InstructionInfo,
  form: NumericForm,
  our: Call,
  native: Call,
  compare: (operands: readonly bigint[], result: Bits | string) => Bits | string,
): string[] {
  const types = operandTypes(info);
  const free = types.filter((_, i) => form.constants[i] === undefined);
  return operandTuples(free, allEdges).flatMap((tuple) => {
    const params = tuple.map((bits, i) => argumentOf(free[i] as NumberType, bits));
    const rest = tuple.slice();
    const operands = form.constants.map((bits) => bits ?? (rest.shift() as bigint));
    const wanted = compare(
      operands,
      ended(() => native(...params), nativeTrapKind),
    );
    const got = compare(
      operands,
      ended(() => our(...params), ourKind(info)),
    );
    if (got === wanted) return [];
    const text = operands.map((bits) => `0x${BigInt.asUintN(64, bits).toString(16)}`).join(" , ");
    return [`${info.name} (${text}), ${form.name}: ${got} instead of ${wanted}`];
  });
}

describe("the values of", () => {
  it.each(numericInstructions)("$name are the native ones, for registers and constants", (info) => {
    const forms = formsOf(operandTypes(info), (type) => edges[type]);
    const { ours, natives } = load(valueModule(info, forms));
    const compare = (operands: readonly bigint[], result: Bits | string) => comparable(info, operands, result);
    for (const form of forms) {
      expect(differences(info, form, ours(form.name), natives[form.name] as Call, compare)).toEqual([]);
    }
  });
});

describe("branches on", () => {
  it.each(numericInstructions.filter(isCondition))("$name go the native way, in every shape", (info) => {
    const forms = formsOf(operandTypes(info), (type) => edges[type].slice(0, 8));
    const { ours, natives } = load(conditionModule(info, forms));
    for (const form of forms) {
      for (const shape of Object.keys(conditionShapes)) {
        const name = `${form.name} ${shape}`;
        expect(differences(info, form, ours(name), natives[name] as Call, (_, result) => result)).toEqual([]);
      }
    }
  });
});
