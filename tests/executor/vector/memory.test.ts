import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstructionInfo } from "../../../src/ast/instructions.ts";
import { ErrCode } from "../../../src/common/error-code.ts";
import { contextOf, Engine, failureOf } from "../../support/engine.ts";
import { memoryInstructions, Pair, vectorBytes } from "./support.ts";

/** Loads and stores of vectors and lanes against the native engine: each lane, offsets, and both sides of the memory's end. */

const PAGE = 65536;
const RESULT = 256;
/** Where the address stands that a function takes, and the vector. */
const ADDRESS = 0;
const VECTOR = 16;

function lanesOf(info: InstructionInfo): string[] {
  return info.immediate === "memArgLane" ? Array.from({ length: 16 / info.width }, (_, lane) => `${lane}`) : [""];
}

function functionText(info: InstructionInfo, lane: string, offset: number): string {
  const immediates = `${offset === 0 ? "" : `offset=${offset}`} ${lane}`;
  const vector = info.operands?.length === 2 ? `(v128.load (i32.const ${VECTOR}))` : "";
  const access = `(${info.name} ${immediates} (i32.load (i32.const ${ADDRESS})) ${vector})`;
  const body = info.results?.length === 0 ? access : `(v128.store (i32.const ${RESULT}) ${access})`;
  return `(func (export "${info.name} ${lane} ${offset}") ${body})`;
}

const offsets = [0, 7, PAGE - 4, 0xffffffff];

const accesses = memoryInstructions.flatMap((info) =>
  lanesOf(info).flatMap((lane) =>
    offsets.map((offset) => ({ info, name: `${info.name} ${lane} ${offset}`, text: functionText(info, lane, offset) })),
  ),
);

function wordBytes(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function isSame({ ours, native }: Pair, start: number, end: number): boolean {
  return ours.subarray(start, end).every((byte, i) => byte === native[start + i]);
}

describe("vector instructions that access memory", () => {
  it("are all of them", () => {
    expect(memoryInstructions).toHaveLength(22);
  });

  it("do what the native engine does, inside and at the memory's end", () => {
    const pair = new Pair(accesses.map(({ text }) => text));
    const end = fc.integer({ min: PAGE - 24, max: PAGE + 1 });
    const address = fc.oneof(fc.integer({ min: 300, max: 400 }), end, fc.constantFrom(0xffffffff, 0x80000000));
    let traps = 0;
    let inside = 0;
    fc.assert(
      fc.property(address, vectorBytes, vectorBytes, vectorBytes, (at, vector, low, high) => {
        const different: string[] = [];
        for (const { name } of accesses) {
          pair.write(ADDRESS, wordBytes(at));
          pair.write(VECTOR, vector);
          pair.write(300, low);
          pair.write(PAGE - 16, high);
          pair.write(RESULT, new Uint8Array(16));
          if (pair.run(name)) traps++;
          else inside++;
          if (!isSame(pair, 0, 512) || !isSame(pair, PAGE - 64, PAGE)) different.push(name);
        }
        expect(different).toEqual([]);
      }),
      { numRuns: 12 },
    );
    expect(traps).toBeGreaterThan(300);
    expect(inside).toBeGreaterThan(300);
  });

  it("tell the accessed range in a trap", () => {
    for (const info of memoryInstructions) {
      const engine = new Engine();
      const instance = engine.instantiate(`(module (memory 1) (func (export "f") (param i32)
        ${info.results?.length === 1 ? "(drop " : ""}
          (${info.name} offset=8 ${info.immediate === "memArgLane" ? 0 : ""} (local.get 0)
            ${info.operands?.length === 2 ? "(v128.const i64x2 1 2)" : ""})
        ${info.results?.length === 1 ? ")" : ""}))`);
      const last = PAGE - 8 - info.width;
      expect(engine.call(instance, "f", last)).toEqual([]);
      const error = failureOf(() => engine.call(instance, "f", last + 1));
      expect(error.code).toBe(ErrCode.MemoryOutOfBounds);
      const [range] = contextOf(error, "boundary");
      expect(range).toMatchObject({
        offset: BigInt(PAGE - info.width + 1),
        length: BigInt(info.width),
        limit: BigInt(PAGE),
      });
      expect(contextOf(error, "instruction")).toMatchObject([{ name: info.name }]);
    }
  });

  it("reach other memories, and those with i64 addresses", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module
      (memory 1) (memory $wide i64 1) (memory $other 1)
      (func (export "f") (param i64) (result v128 v128)
        (v128.store $wide offset=4 (local.get 0) (v128.const i32x4 1 2 3 4))
        (v128.store32_lane $other 1 (i32.const 8) (v128.const i32x4 5 6 7 8))
        (v128.load $wide offset=8 (local.get 0))
        (v128.load32_lane $other 2 (i32.const 8) (v128.const i32x4 -1 -1 -1 -1))))`);
    const [wide, other] = engine.call(instance, "f", 100n);
    expect(wide).toBe((4n << 64n) | (3n << 32n) | 2n);
    expect(other).toBe((0xffffffffn << 96n) | (6n << 64n) | (2n ** 64n - 1n));
    const error = failureOf(() => engine.call(instance, "f", 2n ** 40n));
    expect(error.code).toBe(ErrCode.MemoryOutOfBounds);
  });
});
