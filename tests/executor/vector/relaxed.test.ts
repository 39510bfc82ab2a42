import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instructions } from "../../../src/ast/instruction-list.ts";
import { Proposal } from "../../../src/common/proposal.ts";
import { WasmValue } from "../../../src/common/wasm-value.ts";
import { Engine } from "../../support/engine.ts";
import { operandTypes, vectorBytes } from "./support.ts";

/** The relaxed instructions have the results that docs/relaxed-simd.md lists. */

const relaxed = instructions.filter(({ proposals }) => proposals.includes(Proposal.RelaxSIMD));

/** Each with the instruction whose result it has; those with a result of their own are tested one by one. */
const chosen: { readonly [relaxed: string]: string } = {
  "i8x16.relaxed_swizzle": "i8x16.swizzle",
  "i32x4.relaxed_trunc_f32x4_s": "i32x4.trunc_sat_f32x4_s",
  "i32x4.relaxed_trunc_f32x4_u": "i32x4.trunc_sat_f32x4_u",
  "i32x4.relaxed_trunc_f64x2_s_zero": "i32x4.trunc_sat_f64x2_s_zero",
  "i32x4.relaxed_trunc_f64x2_u_zero": "i32x4.trunc_sat_f64x2_u_zero",
  "i8x16.relaxed_laneselect": "v128.bitselect",
  "i16x8.relaxed_laneselect": "v128.bitselect",
  "i32x4.relaxed_laneselect": "v128.bitselect",
  "i64x2.relaxed_laneselect": "v128.bitselect",
  "f32x4.relaxed_min": "f32x4.min",
  "f32x4.relaxed_max": "f32x4.max",
  "f64x2.relaxed_min": "f64x2.min",
  "f64x2.relaxed_max": "f64x2.max",
  "i16x8.relaxed_q15mulr_s": "i16x8.q15mulr_sat_s",
};

function functionOf(name: string, operands: number): string {
  const params = Array.from({ length: operands }, (_, i) => `(local.get ${i})`).join(" ");
  return `(func (export "${name}") (param ${"v128 ".repeat(operands)}) (result v128) (${name} ${params}))`;
}

const engine = new Engine();
const counts = new Map(relaxed.map((info) => [info.name, operandTypes(info).length]));
const plain = new Map(Object.entries(chosen).map(([name, of]) => [of, counts.get(name) as number]));
const instance = engine.instantiate(
  `(module ${[...counts, ...plain].map(([name, operands]) => functionOf(name, operands)).join("\n")})`,
);

function call(name: string, ...operands: readonly DataView[]): DataView {
  const values = operands.map((view) =>
    WasmValue.v128((view.getBigUint64(8, true) << 64n) | view.getBigUint64(0, true)),
  );
  const [{ words }] = engine.callTyped(instance, name, ...values);
  return new DataView(Int32Array.from(words).buffer);
}

function bytesOf(view: DataView): number[] {
  return [...new Uint8Array(view.buffer)];
}

const vector = vectorBytes.map((bytes) => new DataView(bytes.slice().buffer));

function clamp16(value: number): number {
  return Math.min(Math.max(value, -0x8000), 0x7fff);
}

/** The sum of the products of two pairs of signed bytes, as i16. */
function pairDot(a: DataView, b: DataView, at: number): number {
  const product = (byte: number): number => Math.imul(a.getInt8(byte), b.getInt8(byte));
  return clamp16(product(at) + product(at + 1));
}

function bytes(...values: number[]): DataView {
  const all = new Uint8Array(16);
  all.set(values);
  return new DataView(all.buffer);
}

function singles(...values: number[]): DataView {
  return new DataView(Float32Array.from(values).buffer);
}

function doubles(...values: number[]): DataView {
  return new DataView(Float64Array.from(values).buffer);
}

describe("relaxed vector instructions", () => {
  it("have the results of the instructions that were chosen for them", () => {
    fc.assert(
      fc.property(vector, vector, vector, (...operands) => {
        for (const [name, of] of Object.entries(chosen)) {
          const used = operands.slice(0, counts.get(name));
          expect(bytesOf(call(name, ...used)), name).toEqual(bytesOf(call(of, ...used)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("sum the products of signed bytes, saturated to i16", () => {
    fc.assert(
      fc.property(vector, vector, vector, (a, b, c) => {
        const dot = call("i16x8.relaxed_dot_i8x16_i7x16_s", a, b);
        const added = call("i32x4.relaxed_dot_i8x16_i7x16_add_s", a, b, c);
        for (let i = 0; i < 8; i++) expect(dot.getInt16(2 * i, true)).toBe(pairDot(a, b, 2 * i));
        for (let i = 0; i < 4; i++) {
          const sum = pairDot(a, b, 4 * i) + pairDot(a, b, 4 * i + 2) + c.getInt32(4 * i, true);
          expect(added.getInt32(4 * i, true)).toBe(sum | 0);
        }
      }),
      { numRuns: 60 },
    );
    const least = bytes(0x80, 0x80);
    expect(call("i16x8.relaxed_dot_i8x16_i7x16_s", least, least).getInt16(0, true)).toBe(0x7fff);
  });

  it("multiply and add with two roundings", () => {
    // (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24, which the rounded product has lost; the same in double with 2^-27.
    const single = 1 + 2 ** -12;
    const a = singles(single, single, 2, Number.POSITIVE_INFINITY);
    const sums = call("f32x4.relaxed_madd", a, singles(single, -single, 3, 0), singles(-1 - 2 ** -11, 1, 4, 1));
    expect([0, 4, 8, 12].map((at) => sums.getFloat32(at, true))).toEqual([0, -(2 ** -11), 10, Number.NaN]);
    const negated = call("f32x4.relaxed_nmadd", a, singles(single, -single, 3, 0), singles(1 + 2 ** -11, 1, 4, 1));
    expect([0, 4, 8, 12].map((at) => negated.getFloat32(at, true))).toEqual([0, 2 + 2 ** -11, -2, Number.NaN]);
    const double = 1 + 2 ** -27;
    const wide = call("f64x2.relaxed_madd", doubles(double, 2), doubles(double, 3), doubles(-1 - 2 ** -26, 4));
    expect([wide.getFloat64(0, true), wide.getFloat64(8, true)]).toEqual([0, 10]);
    const less = call("f64x2.relaxed_nmadd", doubles(double, 2), doubles(double, 3), doubles(1 + 2 ** -26, 4));
    expect([less.getFloat64(0, true), less.getFloat64(8, true)]).toEqual([0, -2]);
  });

  it("are all listed in docs/relaxed-simd.md with the chosen result", () => {
    const text = readFileSync(new URL("../../../docs/relaxed-simd.md", import.meta.url), "utf8");
    const rows = text.split("\n").filter((line) => line.startsWith("| `"));
    expect(rows.map((row) => row.split("`")[1]).sort()).toEqual(relaxed.map(({ name }) => name).sort());
    for (const [name, of] of Object.entries(chosen)) {
      expect(rows.find((row) => row.startsWith(`| \`${name}\``))).toContain(`\`${of}\``);
    }
  });
});
