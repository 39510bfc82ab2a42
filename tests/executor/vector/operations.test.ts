import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstructionInfo } from "../../../src/ast/instructions.ts";
import { getLogLevel, setLogLevel } from "../../../src/common/log.ts";
import type { EngineOptions } from "../../support/engine.ts";
import { LOWER_BYTES } from "../../support/fused-programs.ts";
import { operationText, Pair, type Placement, pureInstructions, RESULT, resultText, vectorBytes } from "./support.ts";

/** Each instruction that computes with its operands alone, against the native engine, on random and on special operands. */

interface Case {
  readonly name: string;
  readonly info: InstructionInfo;
  readonly text: string;
}

const placements: readonly Placement[] = ["stack", "into a", "into b", "into c"];

function casesOf(info: InstructionInfo): Case[] {
  const immediates = info.immediate === "lane" ? Array.from({ length: info.width }, (_, lane) => `${lane}`) : [""];
  return immediates.flatMap((immediate) =>
    placements.flatMap((placement) => {
      const name = `${info.name} ${immediate} ${placement}`;
      const text = operationText(info, name, placement, immediate);
      return text === undefined ? [] : [{ name, info, text }];
    }),
  );
}

const cases = pureInstructions.flatMap(casesOf);

/** Runs all cases on both. @returns what differs */
function differences(pair: Pair, operands: readonly Uint8Array[]): string[] {
  const found: string[] = [];
  for (const { name, info } of cases) {
    operands.forEach((bytes, i) => {
      pair.write(16 * i, bytes);
    });
    pair.write(RESULT, new Uint8Array(16));
    pair.run(name);
    const [ours, native] = [pair.ours, pair.native].map((memory) =>
      resultText(info, memory.subarray(RESULT, RESULT + 16)),
    );
    if (ours !== native) found.push(`${name}: ${ours} instead of ${native}`);
  }
  return found;
}

const threeVectors = fc.array(vectorBytes, { minLength: 3, maxLength: 3 });

function checkRandomOperands(options: EngineOptions, numRuns: number): void {
  const pair = new Pair(
    cases.map(({ text }) => text),
    options,
  );
  fc.assert(
    fc.property(threeVectors, (operands) => {
      expect(differences(pair, operands)).toEqual([]);
    }),
    { numRuns },
  );
}

describe("vector instructions that compute", () => {
  it("are all of them", () => {
    expect(pureInstructions).toHaveLength(212);
    const shapes = new Set(pureInstructions.map(({ name }) => name.split(".")[0]));
    expect([...shapes].sort()).toEqual(["f32x4", "f64x2", "i16x8", "i32x4", "i64x2", "i8x16", "v128"]);
  });

  it("give what the native engine gives, wherever operands and result stand", () => {
    checkRandomOperands({}, 60);
  });

  it("give the same in the stepwise form", () => {
    // So large a cost makes the whole run stepwise. Each run's statistics would be printed.
    const level = getLogLevel();
    setLogLevel("error");
    try {
      checkRandomOperands({ statistics: { costMeasuring: true }, costs: { "v128.load": 1000 } }, 6);
    } finally {
      setLogLevel(level);
    }
  });

  it("shift by constants as by values", () => {
    const shifts = pureInstructions.filter(({ name }) => /\.(shl|shr_[su])$/.test(name));
    expect(shifts).toHaveLength(12);
    const counts = [0, 1, 7, 8, 15, 16, 31, 32, 33, 63, 64, -1];
    const functions = shifts.flatMap(({ name }) =>
      counts.map(
        (count) =>
          `(func (export "${name} ${count}")
            (v128.store (i32.const ${RESULT}) (${name} (v128.load (i32.const 0)) (i32.const ${count}))))`,
      ),
    );
    const pair = new Pair(functions);
    fc.assert(
      fc.property(vectorBytes, (bytes) => {
        pair.write(0, bytes);
        for (const info of shifts) {
          for (const count of counts) {
            pair.run(`${info.name} ${count}`);
            expect(resultText(info, pair.ours.subarray(RESULT, RESULT + 16))).toBe(
              resultText(info, pair.native.subarray(RESULT, RESULT + 16)),
            );
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("widen bytes and shift them, and shift halfwords and narrow them to bytes", () => {
    const counts = [0, 1, 2, 7, 8, 9, 15, 16, 18, -1];
    const functions = counts.flatMap((count) => {
      const by = `(i32.const ${count})`;
      const wide = `(i16x8.shl (v128.load8x8_u offset=1 (i32.add (local.get $at) (i32.const 3))) ${by})`;
      const narrow = (second: string): string =>
        `(i8x16.shuffle ${LOWER_BYTES} (i16x8.shr_u (v128.load (i32.const 0)) ${by}) ${second})`;
      return Object.entries({
        widen: `(v128.store (i32.const ${RESULT}) ${wide})`,
        narrow: `(v128.store (i32.const ${RESULT}) ${narrow("(v128.const i64x2 0 0)")})`,
        "narrow through a local": `(local.set $v ${narrow("(local.get $v)")}) (v128.store (i32.const ${RESULT}) (local.get $v))`,
        store: `(v128.store64_lane offset=${RESULT} 0 (local.get $at) ${narrow("(local.get $v)")})`,
        "store the other half": `(v128.store64_lane offset=${RESULT} 1 (local.get $at) ${narrow("(local.get $v)")})`,
        "store at a constant": `(v128.store64_lane 0 (i32.const ${RESULT}) ${narrow("(local.get $v)")})`,
        "store and keep": `(v128.store64_lane offset=${RESULT} 0 (local.get $at) (local.tee $v ${narrow("(local.get $v)")}))
          (v128.store offset=8 (i32.const ${RESULT}) (local.get $v))`,
      }).map(([name, body]) => [`${name} ${count}`, `(local $at i32) (local $v v128) ${body}`] as const);
    });
    const pair = new Pair(functions.map(([name, body]) => `(func (export "${name}") ${body})`));
    fc.assert(
      fc.property(vectorBytes, (bytes) => {
        pair.write(0, bytes);
        for (const [name] of functions) {
          pair.write(RESULT, new Uint8Array(32));
          pair.run(name);
          expect(pair.ours.slice(RESULT, RESULT + 32), name).toEqual(pair.native.slice(RESULT, RESULT + 32));
        }
      }),
      { numRuns: 30 },
    );
  });

  it("shuffle any lanes of two vectors, also into one of them", () => {
    const selection = fc.array(fc.integer({ min: 0, max: 31 }), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.array(selection, { minLength: 8, maxLength: 8 }), threeVectors, (selections, operands) => {
        const functions = selections.map(
          (lanes, i) => `(func (export "f${i}") (local $a v128) (local $b v128)
            (local.set $a (v128.load (i32.const 0)))
            (local.set $b (v128.load (i32.const 16)))
            (local.set $${i % 2 === 0 ? "a" : "b"} (i8x16.shuffle ${lanes.join(" ")} (local.get $a) (local.get $b)))
            (v128.store (i32.const ${RESULT}) (local.get $a))
            (v128.store (i32.const ${RESULT + 16}) (local.get $b)))`,
        );
        const pair = new Pair(functions);
        operands.forEach((bytes, i) => {
          pair.write(16 * i, bytes);
        });
        selections.forEach((_, i) => {
          pair.run(`f${i}`);
          expect(pair.ours.slice(RESULT, RESULT + 32)).toEqual(pair.native.slice(RESULT, RESULT + 32));
        });
      }),
      { numRuns: 25 },
    );
  });
});
