import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instructions } from "../../src/ast/instruction-list.ts";
import { opcodeBytes } from "../../src/ast/instructions.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { ValType } from "../../src/common/value-type.ts";
import { type Bytes, name, section, sleb, u32, wasm } from "../loader/support.ts";
import { Engine, type EngineOptions, meteringEngine } from "../support/engine.ts";
import { refusedWith, validate } from "../validator/support.ts";

/** Arithmetic of 128 bits in halves: https://github.com/WebAssembly/wide-arithmetic */

const { I64 } = ValType;

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

type Wide = "i64.add128" | "i64.sub128" | "i64.mul_wide_s" | "i64.mul_wide_u";

function instruction(operation: Wide): Bytes {
  const info = instructions.find((row) => row.name === operation);
  const [prefix, code] = opcodeBytes(info?.opcode ?? 0);
  return [prefix, u32(code)];
}

/** A function `f` of i64 parameters with two i64 results. @param locals declared besides */
function moduleOf(params: number, body: Bytes, locals: Bytes = [0]): Uint8Array {
  const code = [locals, body, 0x0b].flat(5) as number[];
  return wasm(
    section(1, 1, 0x60, params, new Array<number>(params).fill(I64), 2, I64, I64),
    section(3, 1, 0),
    section(7, 1, name("f"), 0, 0),
    section(10, 1, u32(code.length), code),
  );
}

const gets = (count: number): Bytes => Array.from({ length: count }, (_, i) => [0x20, i]);

function applied(operation: Wide): Uint8Array {
  const params = operands[operation];
  return moduleOf(params, [gets(params), instruction(operation)]);
}

const operands: Readonly<Record<Wide, number>> = {
  "i64.add128": 4,
  "i64.sub128": 4,
  "i64.mul_wide_s": 2,
  "i64.mul_wide_u": 2,
};

const halves = (value: bigint): bigint[] => [BigInt.asIntN(64, value), BigInt.asIntN(64, value >> 64n)];
const wide = (low: bigint, high: bigint): bigint => (high << 64n) | BigInt.asUintN(64, low);

/** What an operation gives, in bigints. */
function expected(operation: Wide, [a = 0n, b = 0n, c = 0n, d = 0n]: readonly bigint[]): bigint[] {
  switch (operation) {
    case "i64.add128":
      return halves(wide(a, b) + wide(c, d));
    case "i64.sub128":
      return halves(wide(a, b) - wide(c, d));
    case "i64.mul_wide_s":
      return halves(BigInt.asIntN(64, a) * BigInt.asIntN(64, b));
    case "i64.mul_wide_u":
      return halves(BigInt.asUintN(64, a) * BigInt.asUintN(64, b));
  }
}

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);
const edges = [0n, 1n, -1n, MAX, MIN, 2n ** 32n, 2n ** 32n - 1n, -(2n ** 32n), 0x5555555555555555n];

const anyI64 = fc.oneof(fc.bigInt({ min: MIN, max: MAX }), fc.constantFrom(...edges));

const operations = Object.keys(operands) as Wide[];

/** Optimised code, and stepwise code, which another cost than one makes of it. */
const kinds: readonly (readonly [string, EngineOptions])[] = [
  ["optimised", {}],
  ["stepwise", { costs: { nop: 2 } }],
];

describe.each(operations)("%s", (operation) => {
  it("gives the results written in the proposal: the low half first", () => {
    const results: Readonly<Record<Wide, readonly [bigint[], bigint[]][]>> = {
      "i64.add128": [
        [
          [1n, 0n, 2n, 0n],
          [3n, 0n],
        ],
        [
          [-1n, 0n, 1n, 0n],
          [0n, 1n],
        ],
        [
          [-1n, -1n, 1n, 0n],
          [0n, 0n],
        ],
        [
          [-1n, MAX, 1n, 0n],
          [0n, MIN],
        ],
        [
          [MIN, 0n, MIN, 0n],
          [0n, 1n],
        ],
        [
          [-1n, -1n, -1n, -1n],
          [-2n, -1n],
        ],
      ],
      "i64.sub128": [
        [
          [3n, 0n, 2n, 0n],
          [1n, 0n],
        ],
        [
          [0n, 1n, 1n, 0n],
          [-1n, 0n],
        ],
        [
          [0n, 0n, 1n, 0n],
          [-1n, -1n],
        ],
        [
          [0n, MIN, 1n, 0n],
          [-1n, MAX],
        ],
        [
          [5n, 7n, 5n, 7n],
          [0n, 0n],
        ],
      ],
      "i64.mul_wide_s": [
        [
          [3n, 5n],
          [15n, 0n],
        ],
        [
          [-1n, -1n],
          [1n, 0n],
        ],
        [
          [-1n, 1n],
          [-1n, -1n],
        ],
        [
          [MIN, MIN],
          [0n, 2n ** 62n],
        ],
        [
          [MIN, -1n],
          [MIN, 0n],
        ],
        [
          [MAX, MAX],
          [1n, 2n ** 62n - 1n],
        ],
        [
          [MIN, MAX],
          [MIN, -(2n ** 62n)],
        ],
        [
          [2n ** 32n, 2n ** 32n],
          [0n, 1n],
        ],
      ],
      "i64.mul_wide_u": [
        [
          [3n, 5n],
          [15n, 0n],
        ],
        [
          [-1n, -1n],
          [1n, -2n],
        ],
        [
          [-1n, 1n],
          [-1n, 0n],
        ],
        [
          [-1n, 2n],
          [-2n, 1n],
        ],
        [
          [MIN, MIN],
          [0n, 2n ** 62n],
        ],
        [
          [MIN, 2n],
          [0n, 1n],
        ],
      ],
    };
    const engine = new Engine();
    const instance = engine.instantiate(applied(operation));
    for (const [given, wanted] of results[operation]) expect(engine.call(instance, "f", ...given)).toEqual(wanted);
  });

  it.each(kinds)("gives what bigints give, for edge values in all places and for any others: %s code", (_, options) => {
    const engine = meteringEngine(options);
    const instance = engine.instantiate(applied(operation));
    const check = (given: bigint[]): void => {
      expect(engine.call(instance, "f", ...given)).toEqual(expected(operation, given));
    };
    for (const a of edges) {
      for (const b of edges) {
        check(operands[operation] === 2 ? [a, b] : [a, b, b, a]);
        if (operands[operation] === 4) check([a, 0n, b, 0n]);
      }
    }
    fc.assert(fc.property(fc.tuple(anyI64, anyI64, anyI64, anyI64), (all) => check(all.slice(0, operands[operation]))));
  });

  it("takes constants, locals that change meanwhile, and its own results", () => {
    const engine = new Engine();
    const apply = instruction(operation);
    const count = operands[operation];
    const constants = engine.instantiate(
      moduleOf(0, [edges.slice(1, 1 + count).map((value) => [0x42, sleb(value)]), apply]),
    );
    expect(engine.call(constants, "f")).toEqual(expected(operation, edges.slice(1, 1 + count)));
    // Each operand is read before local 0 is set to something else.
    const changed = engine.instantiate(
      moduleOf(1, [Array.from({ length: count }, () => [0x20, 0]), 0x42, 0, 0x21, 0, apply]),
    );
    expect(engine.call(changed, "f", -1n)).toEqual(expected(operation, new Array(count).fill(-1n)));
    // f(f(...)): the results are the first operands of the next one.
    const twice = engine.instantiate(
      moduleOf(count, [gets(count), apply, count === 4 ? [0x20, 2, 0x20, 3] : [], apply]),
    );
    const values = [7n, -3n, MAX, MIN].slice(0, count);
    const once = expected(operation, values);
    expect(engine.call(twice, "f", ...values)).toEqual(expected(operation, [...once, ...values.slice(2)]));
    // Both results into the locals that the operands were.
    const stored = engine.instantiate(moduleOf(count, [gets(count), apply, 0x21, 0, 0x21, 1, 0x20, 1, 0x20, 0]));
    expect(engine.call(stored, "f", ...values)).toEqual(once);
  });

  it("is valid for i64 operands alone, and gives two i64", () => {
    const options = { enable: [Proposal.WideArithmetic] };
    const count = operands[operation];
    const apply = instruction(operation);
    const i32 = (place: number): Bytes => Array.from({ length: count }, (_, i) => [i === place ? 0x41 : 0x42, 0]);
    for (let place = 0; place < count; place++) {
      expect(refusedWith(moduleOf(0, [i32(place), apply]), options)).toBe("TypeCheckFailed");
    }
    expect(validate(moduleOf(0, [i32(-1), apply]), options)).toBeDefined();
    expect(refusedWith(moduleOf(0, [i32(-1).slice(1), apply]), options)).toBe("TypeCheckFailed");
    expect(refusedWith(moduleOf(0, [i32(-1), apply, 0x1a]), options)).toBe("TypeCheckFailed");
    expect(refusedWith(moduleOf(0, [i32(-1), apply, 0xa7]), options)).toBe("TypeCheckFailed");
    expect(validate(moduleOf(0, [0x00, apply]), options)).toBeDefined();
  });
});
