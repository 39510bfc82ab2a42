import { instructions } from "../../src/ast/instruction-list.ts";
import type { InstructionInfo } from "../../src/ast/instructions.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { edges, type NumberType, numberTypeOf, opensNaN } from "./random/operations.ts";
import { CodeWriter, type FunctionPlan, type FunctionShape, type TypeName, writeModule } from "./wasm-writer.ts";

/**
 * Modules that execute one numeric instruction in all the forms that the lowering knows: operands from registers, from
 * constants on either side, and comparisons as values and as conditions of every kind of branch.
 *
 * Floats go in and out as integers, so that their bits are seen.
 */

/** The numeric instructions of one result that the native engine has too. */
export const numericInstructions: readonly InstructionInfo[] = instructions.filter(
  ({ immediate, operands = [], results = [], proposals }) =>
    immediate === "none" &&
    operands.length > 0 &&
    results.length === 1 &&
    [...operands, ...results].every((type) => numberTypeOf(type) !== undefined) &&
    !proposals.includes(Proposal.WideArithmetic),
);

export function operandTypes({ operands = [] }: InstructionInfo): NumberType[] {
  return operands.map((type) => numberTypeOf(type) as NumberType);
}

export function resultType({ results = [] }: InstructionInfo): NumberType {
  return numberTypeOf(results[0] as number) as NumberType;
}

/** True for the comparisons and tests, which can be conditions of branches. */
export function isCondition({ name }: InstructionInfo): boolean {
  return /\.(eqz?|ne|[lg][te](_[su])?)$/.test(name);
}

/** Whether the bits of a NaN that the instruction gives are open. */
export function leavesNaNOpen({ name }: InstructionInfo): boolean {
  return opensNaN.test(name);
}

/** A function of the module: which operands its parameters are, and what the others are. */
export interface NumericForm {
  readonly name: string;
  /** One entry an operand: undefined for a parameter, else the bits of the constant. */
  readonly constants: readonly (bigint | undefined)[];
}

const integerOf: Readonly<Record<NumberType, "i32" | "i64">> = { i32: "i32", i64: "i64", f32: "i32", f64: "i64" };

/** Pushes the operands: parameters by their index, or constants. */
function pushOperands(code: CodeWriter, types: readonly NumberType[], { constants }: NumericForm): void {
  let param = 0;
  types.forEach((type, i) => {
    const bits = constants[i];
    if (bits !== undefined) {
      code.constant(type, bits);
      return;
    }
    code.op("local.get", param++);
    if (type.startsWith("f")) code.op(`${type}.reinterpret_${integerOf[type]}`);
  });
}

/** All forms for these operand types: nothing constant, everything constant, and one operand constant. */
export function formsOf(
  types: readonly NumberType[],
  constants: (type: NumberType) => readonly bigint[],
): NumericForm[] {
  const [first, second] = types;
  const registers = { name: "registers", constants: types.map(() => undefined) };
  if (first === undefined) return [registers];
  const list = (type: NumberType, form: (bits: bigint) => NumericForm["constants"], name: string): NumericForm[] =>
    constants(type).map((bits, i) => ({ name: `${name}${i}`, constants: form(bits) }));
  if (second === undefined) return [registers, ...list(first, (bits) => [bits], "constant")];
  return [
    registers,
    ...list(second, (bits) => [undefined, bits], "second"),
    ...list(first, (bits) => [bits, undefined], "first"),
    ...list(first, (bits) => [bits, bits], "both"),
  ];
}

function shapeOf(types: readonly NumberType[], { constants }: NumericForm, result: TypeName): FunctionShape {
  const params = types.flatMap((type, i) => (constants[i] === undefined ? [integerOf[type]] : []));
  return { params, results: [result] };
}

/** Collects functions and their types. */
class FunctionList {
  readonly types: FunctionShape[] = [];
  readonly functions: FunctionPlan[] = [];

  add(name: string, shape: FunctionShape, code: CodeWriter): void {
    this.functions.push({ type: this.types.length, locals: ["i32"], code: code.end(), exports: [name] });
    this.types.push(shape);
  }
}

/** The forms of an instruction, each as a function that gives the bits of the result. */
export function valueModule(info: InstructionInfo, forms: readonly NumericForm[]): Uint8Array {
  const types = operandTypes(info);
  const result = resultType(info);
  const list = new FunctionList();
  for (const form of forms) {
    const code = new CodeWriter();
    pushOperands(code, types, form);
    code.op(info.name);
    if (result.startsWith("f")) code.op(`${integerOf[result]}.reinterpret_${result}`);
    list.add(form.name, shapeOf(types, form, integerOf[result]), code);
  }
  return writeModule(list);
}

type Shape = (code: CodeWriter, condition: () => void, local: number) => void;

/** The ways in which a condition is used; each gives a number that tells which way was gone. */
export const conditionShapes: Readonly<Record<string, Shape>> = {
  "br_if out": (code, condition) => {
    code.open("block", "empty");
    condition();
    code.op("br_if", 0).constant("i32", 10n).op("return").end().constant("i32", 11n);
  },
  "br_if out, negated": (code, condition) => {
    code.open("block", "empty");
    condition();
    code.op("i32.eqz").op("br_if", 0).constant("i32", 20n).op("return").end().constant("i32", 21n);
  },
  "br_if with a value": (code, condition) => {
    code.open("block", "i32").constant("i32", 31n);
    condition();
    code.op("br_if", 0).op("drop").constant("i32", 30n).end();
  },
  "br_if with a value, negated": (code, condition) => {
    code.open("block", "i32").constant("i32", 41n);
    condition();
    code.op("i32.eqz").op("br_if", 0).op("drop").constant("i32", 40n).end();
  },
  "br_if back": (code, condition, local) => {
    code.open("loop", "empty");
    code.op("local.get", local).constant("i32", 1n).op("i32.add").op("local.set", local);
    code.op("local.get", local).constant("i32", 3n).op("i32.eq").open("if", "empty");
    code.constant("i32", 53n).op("return").end();
    condition();
    code.op("br_if", 0).end().op("local.get", local);
  },
  "if with else": (code, condition) => {
    condition();
    code.open("if", "i32").constant("i32", 61n).op("else").constant("i32", 60n).end();
  },
  "if with else, negated": (code, condition) => {
    condition();
    code.op("i32.eqz").open("if", "i32").constant("i32", 71n).op("else").constant("i32", 70n).end();
  },
  "if without else": (code, condition, local) => {
    condition();
    code.open("if", "empty").constant("i32", 81n).op("local.set", local).end().op("local.get", local);
  },
  select: (code, condition) => {
    code.constant("i32", 91n).constant("i32", 90n);
    condition();
    code.op("select");
  },
};

/** The forms of a comparison in all shapes: functions named `form shape`. */
export function conditionModule(info: InstructionInfo, forms: readonly NumericForm[]): Uint8Array {
  const types = operandTypes(info);
  const list = new FunctionList();
  for (const form of forms) {
    const shape = shapeOf(types, form, "i32");
    for (const [name, write] of Object.entries(conditionShapes)) {
      const code = new CodeWriter();
      const condition = (): void => {
        pushOperands(code, types, form);
        code.op(info.name);
      };
      write(code, condition, shape.params.length);
      list.add(`${form.name} ${name}`, shape, code);
    }
  }
  return writeModule(list);
}

/** The bits as the integer that goes in: an i64 as bigint, all else as number. */
export function argumentOf(type: NumberType, bits: bigint): number | bigint {
  return integerOf[type] === "i64" ? BigInt.asIntN(64, bits) : Number(BigInt.asIntN(32, bits));
}

/** All pairs, or for one operand all values, of the given operands. */
export function operandTuples(
  types: readonly NumberType[],
  values: (type: NumberType) => readonly bigint[],
): bigint[][] {
  return types.reduce<bigint[][]>(
    (tuples, type) => tuples.flatMap((tuple) => values(type).map((bits) => [...tuple, bits])),
    [[]],
  );
}

/** Values beside those of `edges` where conversions, rounding and halves of an i64 change their behaviour. */
const moreEdges: Readonly<Record<NumberType, readonly bigint[]>> = {
  i32: [-2n, 0x7f80n, 0x12345678n, 0x00ffff00n, 33n, 255n],
  i64: [
    -2n,
    2n ** 53n,
    2n ** 53n + 1n,
    -(2n ** 53n) - 1n,
    0x7fffffff_ffffff7fn,
    0x80000000n,
    0xffffffffn,
    -(2n ** 32n),
    10n,
    0x0010_0000_0000_0000n,
    0xfedcba9876543210n,
    0x8000_0080_0000_0001n,
  ],
  // -0.5, 2.5, 0.49999997, 8388609, -1, largest below 2^31 and 2^32, 2^32, 2^63, 2^64, largest, smallest normal, NaNs.
  f32: [
    0xbf000000n,
    0x40200000n,
    0x3effffffn,
    0x4b000001n,
    0xbf800000n,
    0x4effffffn,
    0x4f7fffffn,
    0x4f800000n,
    0x5effffffn,
    0xdf000000n,
    0x5f800000n,
    0x5f7fffffn,
    0x7f7fffffn,
    0x00800000n,
    0x807fffffn,
    0x7fa00000n,
    0xffc12345n,
    0x40000000n,
    0x40600000n,
  ],
  f64: [
    0xbfe0000000000000n,
    0x4004000000000000n,
    0x3fdfffffffffffffn,
    0x4340000000000001n,
    0xbff0000000000000n,
    0x41dfffffffc00000n,
    0x41dfffffffffffffn,
    0xc1e0000000000000n,
    0x41efffffffe00000n,
    0x41f0000000000000n,
    0xc3e0000000000000n,
    0xc3e0000000000001n,
    0x43dfffffffffffffn,
    0x43f0000000000000n,
    0x43efffffffffffffn,
    0x7fefffffffffffffn,
    0x0010000000000000n,
    0x800fffffffffffffn,
    0x7ff4000000000000n,
    0xfff8123456789abcn,
    0x36a0000000000000n,
    0x47efffffefffffffn,
    0x400c000000000000n,
    0xbfefffffffffffffn,
  ],
};

export function allEdges(type: NumberType): readonly bigint[] {
  return [...edges[type], ...moreEdges[type]];
}
