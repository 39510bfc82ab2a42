import fc from "fast-check";
import { Op } from "../../src/ast/generated/opcode.ts";
import { instructions } from "../../src/ast/instruction-list.ts";
import { type InstructionInfo, opcodeBytes } from "../../src/ast/instructions.ts";
import { ValType } from "../../src/common/value-type.ts";
import { type Bytes, name, section, sleb, u32, wasm } from "../loader/support.ts";

/**
 * Random valid functions, as binaries: expressions over all four number types with locals, globals, blocks, bounded loops,
 * branches with values, tables of branches, memory inside and out of bounds, direct and indirect calls, and every numeric
 * instruction of the table.
 *
 * WebAssembly leaves the payload of a NaN that arithmetic makes open; so each float that such an instruction gives is
 * made the one canonical NaN where it is any.
 */

const types = [ValType.I32, ValType.I64, ValType.F32, ValType.F64] as const;
type NumType = (typeof types)[number];

/** Parameters of every generated function: one of each type; it has as many other locals. */
export const paramTypes: readonly NumType[] = types;
/** Global 0 counts loop rounds down; then one global of each type. */
const ROUNDS = 400;
/** Functions 0 and 1 make NaNs canonical; then the generated ones. */
const CANON = { [ValType.F32]: 0, [ValType.F64]: 1 } as const;
const FIRST = 2;
const TABLE_SIZE = 6;
const IN_TABLE = 3;

function opcode(code: number): Bytes {
  const [first, ...rest] = opcodeBytes(code);
  return [first, ...rest.map((byte) => u32(byte))];
}

/** What the generated code is made in: the types of the labels around it, innermost first, and functions to call. */
interface Context {
  readonly labels: readonly (NumType | undefined)[];
  /** Functions before this index may be called: so there is no recursion without end. */
  readonly callable: number;
}

const numeric = instructions.filter(
  ({ immediate, operands, opcode: code, proposals }) =>
    immediate === "none" &&
    operands !== undefined &&
    operands.length > 0 &&
    code >= 0x45 &&
    proposals.length <= 1 &&
    (code <= 0xc4 || (code >= 0x200 && code <= 0x207)),
);

const memoryAccess = instructions.filter(
  ({ immediate, proposals }) => immediate === "memArg" && proposals.length === 0,
);

function isFloat(type: NumType): type is typeof ValType.F32 | typeof ValType.F64 {
  return type === ValType.F32 || type === ValType.F64;
}

/** Instructions whose NaN is open: all float results but those that move or change bits only. */
function leavesNaNOpen({ name: text, results }: InstructionInfo): boolean {
  return isFloat(results?.[0] as NumType) && !/reinterpret|\.(neg|abs|copysign)$/.test(text);
}

const constants: { readonly [type in NumType]: fc.Arbitrary<Bytes> } = {
  [ValType.I32]: fc
    .oneof(fc.integer({ min: -3, max: 40 }), fc.constantFrom(-0x80000000, 0x7fffffff, 65530), fc.integer())
    .map((value) => [0x41, sleb(value)]),
  [ValType.I64]: fc
    .oneof(
      fc.bigInt({ min: -3n, max: 70n }),
      fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 32n),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    )
    .map((value) => [0x42, sleb(value)]),
  [ValType.F32]: fc.float().map((value) => [0x43, [...new Uint8Array(Float32Array.of(value).buffer)]]),
  [ValType.F64]: fc.double().map((value) => [0x44, [...new Uint8Array(Float64Array.of(value).buffer)]]),
};

function localOf(type: NumType): fc.Arbitrary<number> {
  return fc.constantFrom(types.indexOf(type), types.indexOf(type) + types.length);
}

/** Code that leaves one value of the type. */
function expression(type: NumType, depth: number, context: Context): fc.Arbitrary<Bytes> {
  const leaves: fc.Arbitrary<Bytes>[] = [
    constants[type],
    localOf(type).map((index) => [0x20, index]),
    fc.constant([0x23, 1 + types.indexOf(type)]),
  ];
  if (depth <= 0) return fc.oneof(...leaves);
  const sub = (of: NumType, inner = context): fc.Arbitrary<Bytes> => expression(of, depth - 1, inner);
  const within = (label: NumType | undefined): Context => ({ ...context, labels: [label, ...context.labels] });
  const branches: fc.Arbitrary<Bytes>[] = [
    operation(type, depth, context),
    fc.tuple(sub(type), localOf(type)).map(([value, local]) => [value, 0x22, local]),
    fc.tuple(sub(type), sub(type), sub(ValType.I32)).map((parts) => [parts, 0x1b]),
    fc.tuple(statements(depth - 1, within(type)), sub(type, within(type))).map((parts) => [0x02, type, parts, 0x0b]),
    fc
      .tuple(sub(ValType.I32), sub(type, within(type)), sub(type, within(type)))
      .map(([condition, then, otherwise]) => [condition, 0x04, type, then, 0x05, otherwise, 0x0b]),
    load(type, depth, context),
  ];
  const carrying = context.labels.flatMap((label, index) => (label === type ? [index] : []));
  if (carrying.length > 0) {
    branches.push(
      fc
        .tuple(sub(type), sub(ValType.I32), fc.constantFrom(...carrying))
        .map(([value, condition, label]) => [value, condition, 0x0d, u32(label)]),
    );
  }
  if (context.callable > FIRST) branches.push(call(type, depth, context));
  return fc.oneof({ weight: 2, arbitrary: fc.oneof(...leaves) }, { weight: 5, arbitrary: fc.oneof(...branches) });
}

function operation(type: NumType, depth: number, context: Context): fc.Arbitrary<Bytes> {
  const rows = numeric.filter(({ results }) => results?.[0] === type);
  return fc.constantFrom(...rows).chain((row) =>
    fc
      .tuple(...(row.operands as NumType[]).map((operand) => expression(operand, depth - 1, context)))
      .map((operands) => {
        const canon = leavesNaNOpen(row) && isFloat(type) ? [0x10, CANON[type]] : [];
        return [operands, opcode(row.opcode), canon];
      }),
  );
}

/** Mostly addresses inside of the one page; some lie at its end or beyond. */
function address(depth: number, context: Context): fc.Arbitrary<Bytes> {
  return fc.oneof(
    {
      weight: 6,
      arbitrary: expression(ValType.I32, depth - 1, context).map((value) => [value, 0x41, sleb(0xfff), 0x71]),
    },
    { weight: 1, arbitrary: fc.integer({ min: 65520, max: 65540 }).map((value) => [0x41, sleb(value)]) },
    { weight: 1, arbitrary: expression(ValType.I32, depth - 1, context) },
  );
}

function memArg(): fc.Arbitrary<Bytes> {
  return fc
    .oneof(
      { weight: 30, arbitrary: fc.integer({ min: 0, max: 16 }) },
      { weight: 1, arbitrary: fc.constantFrom(0x7fffffff, 0xffffffff) },
    )
    .map((offset) => [0, u32(offset)]);
}

function load(type: NumType, depth: number, context: Context): fc.Arbitrary<Bytes> {
  const rows = memoryAccess.filter(({ results }) => results?.[0] === type);
  return fc
    .tuple(fc.constantFrom(...rows), address(depth, context), memArg())
    .map(([row, at, arg]) => [at, opcode(row.opcode), arg]);
}

/** A call of a function that gives the type, directly or through the table; type index = index of the result's type. */
function call(type: NumType, depth: number, context: Context): fc.Arbitrary<Bytes> {
  const args = fc.tuple(...paramTypes.map((param) => expression(param, depth - 2, context)));
  const direct = Array.from({ length: context.callable - FIRST }, (_, i) => FIRST + i).filter(
    (index) => resultOf(index) === type,
  );
  const indirect = fc
    .tuple(args, fc.integer({ min: 0, max: TABLE_SIZE }))
    .map(([values, slot]) => [values, 0x41, sleb(slot), 0x11, types.indexOf(type), 0]);
  const options: fc.Arbitrary<Bytes>[] = [];
  if (direct.length > 0) {
    options.push(fc.tuple(args, fc.constantFrom(...direct)).map(([values, index]) => [values, 0x10, u32(index)]));
  }
  // The table holds the first functions only, so that a call through it from a later one ends too.
  if (context.callable >= FIRST + IN_TABLE) options.push(indirect);
  return options.length === 0 ? constants[type] : fc.oneof(...options);
}

/** The result type of a generated function. */
export function resultOf(index: number): NumType {
  return types[(index - FIRST) % types.length];
}

/** Code that leaves nothing. */
function statements(depth: number, context: Context): fc.Arbitrary<Bytes> {
  if (depth <= 0) return fc.constant([]);
  return fc.array(statement(depth, context), { maxLength: 2 });
}

function statement(depth: number, context: Context): fc.Arbitrary<Bytes> {
  const sub = (type: NumType, inner = context): fc.Arbitrary<Bytes> => expression(type, depth - 1, inner);
  const within = (label: NumType | undefined): Context => ({ ...context, labels: [label, ...context.labels] });
  const options: fc.Arbitrary<Bytes>[] = [
    fc
      .constantFrom(...types)
      .chain((type) => fc.tuple(sub(type), localOf(type)).map(([value, local]) => [value, 0x21, local])),
    fc.constantFrom(...types).chain((type) => sub(type).map((value) => [value, 0x24, 1 + types.indexOf(type)])),
    fc.constantFrom(...types).chain((type) => {
      const rows = memoryAccess.filter(({ results, operands }) => results?.length === 0 && operands?.[1] === type);
      return fc
        .tuple(fc.constantFrom(...rows), address(depth, context), sub(type), memArg())
        .map(([row, at, value, arg]) => [at, value, opcode(row.opcode), arg]);
    }),
    fc
      .tuple(sub(ValType.I32), statements(depth - 1, within(undefined)))
      .map(([condition, body]) => [condition, 0x04, 0x40, body, 0x0b]),
    // Around the loop a block, for leaving it when the rounds are used up.
    fc
      .tuple(
        statements(depth - 1, { ...context, labels: [undefined, undefined, ...context.labels] }),
        sub(ValType.I32, { ...context, labels: [undefined, undefined, ...context.labels] }),
      )
      .map(([body, condition]) => [
        [0x02, 0x40, 0x03, 0x40],
        [0x23, 0, 0x45, 0x0d, 1],
        [0x23, 0, 0x41, 1, 0x6b, 0x24, 0],
        body,
        [condition, 0x0d, 0],
        [0x0b, 0x0b],
      ]),
  ];
  const plain = context.labels.flatMap((label, index) => (label === undefined ? [index] : []));
  // A branch to a loop goes to its start, where its rounds are counted.
  if (plain.length > 0) {
    const label = fc.constantFrom(...plain).map((index) => u32(index));
    options.push(
      fc.tuple(sub(ValType.I32), label).map(([condition, index]) => [condition, 0x0d, index]),
      fc
        .tuple(sub(ValType.I32, within(undefined)), fc.array(label, { maxLength: 4 }), label)
        .map(([selector, list, otherwise]) => [
          [0x02, 0x40],
          selector,
          [0x0e, u32(list.length), list.map((index) => u32(decode(index) + 1)), u32(decode(otherwise) + 1)],
          0x0b,
        ]),
    );
  }
  return fc.oneof(...options);
}

/** A label index that was written out: one byte. */
function decode(index: readonly number[]): number {
  return index[0];
}

function body(index: number): fc.Arbitrary<Bytes> {
  const type = resultOf(index);
  const context: Context = { labels: [type], callable: index };
  return fc
    .tuple(statements(3, context), expression(type, 4, context))
    .map(([before, value]) => [[types.length, types.map((local) => [1, local])], before, value, 0x0b]);
}

function canonBody(type: typeof ValType.F32 | typeof ValType.F64): Bytes {
  const nan = type === ValType.F32 ? [0x43, 0, 0, 0xc0, 0x7f] : [0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f];
  const equal = type === ValType.F32 ? Op["f32.eq"] : Op["f64.eq"];
  return [0, 0x20, 0, nan, 0x20, 0, 0x20, 0, equal, 0x1b, 0x0b];
}

const FUNCTIONS = 6;

/** Modules of several generated functions, exported as `f2`, `f3`, …, with memory and globals exported too. */
export const moduleArbitrary: fc.Arbitrary<Uint8Array> = fc
  .tuple(...Array.from({ length: FUNCTIONS }, (_, i) => body(FIRST + i)))
  .map((bodies) => {
    const signatures = types.map((type) => [0x60, types.length, [...paramTypes], 1, type]);
    const canons = [ValType.F32, ValType.F64].map((type) => [0x60, 1, type, 1, type]);
    const codes = [canonBody(ValType.F32), canonBody(ValType.F64), ...bodies].map((code) => {
      const bytes = flat(code);
      return [u32(bytes.length), bytes];
    });
    const zero = {
      [ValType.I32]: [0x41, 0],
      [ValType.I64]: [0x42, 0],
      [ValType.F32]: [0x43, 0, 0, 0, 0],
      [ValType.F64]: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
    };
    return wasm(
      section(1, signatures.length + canons.length, signatures, canons),
      section(
        3,
        2 + FUNCTIONS,
        4,
        5,
        bodies.map((_, i) => i % types.length),
      ),
      section(4, 1, 0x70, 0, TABLE_SIZE),
      section(5, 1, 1, 1, 1),
      section(
        6,
        1 + types.length,
        ValType.I32,
        1,
        0x41,
        sleb(ROUNDS),
        0x0b,
        types.map((type) => [type, 1, zero[type], 0x0b]),
      ),
      section(
        7,
        1 + types.length + FUNCTIONS,
        [name("memory"), 2, 0],
        types.map((_, i) => [name(`g${i}`), 3, 1 + i]),
        bodies.map((_, i) => [name(`f${FIRST + i}`), 0, FIRST + i]),
      ),
      section(9, 1, 0, 0x41, 0, 0x0b, IN_TABLE, FIRST, FIRST + 1, FIRST + 2),
      section(10, 2 + FUNCTIONS, codes),
    );
  });

function flat(bytes: Bytes): number[] {
  return bytes.flatMap((part) => (typeof part === "number" ? [part] : flat(part)));
}

/** The names of the generated functions. */
export const functionNames: readonly string[] = Array.from({ length: FUNCTIONS }, (_, i) => `f${FIRST + i}`);
