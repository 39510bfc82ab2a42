import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Op } from "../../src/ast/generated/opcode.ts";
import { opcodeBytes } from "../../src/ast/instructions.ts";
import { ValType } from "../../src/common/value-type.ts";
import { name, section, u32, wasm } from "../loader/support.ts";
import { Engine } from "../support/engine.ts";

const I64 = ValType.I64;

/** A function that applies an instruction to its parameters: two or four, giving two results. */
function moduleOf(opcode: number, params: number): Uint8Array {
  const [prefix, code] = opcodeBytes(opcode);
  const gets = Array.from({ length: params }, (_, i) => [0x20, i]);
  const body = [0, gets, prefix, u32(code), 0x0b].flat(2);
  return wasm(
    section(1, 1, 0x60, params, new Array<number>(params).fill(I64), 2, I64, I64),
    section(3, 1, 0),
    section(7, 1, name("f"), 0, 0),
    section(10, 1, u32(body.length), body),
  );
}

const anyI64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n),
);

function halves(value: bigint): bigint[] {
  return [BigInt.asIntN(64, value), BigInt.asIntN(64, value >> 64n)];
}

function wide(low: bigint, high: bigint): bigint {
  return (high << 64n) | BigInt.asUintN(64, low);
}

describe("wide arithmetic", () => {
  it.each([
    ["i64.add128", Op["i64.add128"], (a: bigint, b: bigint) => a + b],
    ["i64.sub128", Op["i64.sub128"], (a: bigint, b: bigint) => a - b],
  ] as const)("%s carries over all 128 bits", (_, opcode, compute) => {
    const engine = new Engine();
    const instance = engine.instantiate(moduleOf(opcode, 4));
    fc.assert(
      fc.property(anyI64, anyI64, anyI64, anyI64, (a, b, c, d) => {
        expect(engine.call(instance, "f", a, b, c, d)).toEqual(halves(compute(wide(a, b), wide(c, d))));
      }),
    );
  });

  it.each([
    ["i64.mul_wide_s", Op["i64.mul_wide_s"], (value: bigint) => value],
    ["i64.mul_wide_u", Op["i64.mul_wide_u"], (value: bigint) => BigInt.asUintN(64, value)],
  ] as const)("%s gives the whole product", (_, opcode, read) => {
    const engine = new Engine();
    const instance = engine.instantiate(moduleOf(opcode, 2));
    fc.assert(
      fc.property(anyI64, anyI64, (a, b) => {
        expect(engine.call(instance, "f", a, b)).toEqual(halves(read(a) * read(b)));
      }),
    );
  });
});
