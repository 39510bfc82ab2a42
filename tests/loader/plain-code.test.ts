import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { instructions } from "../../src/ast/instruction-list.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import { readCodeSection } from "../../src/loader/code-section.ts";
import { PlainCode } from "../../src/loader/plain-code.ts";
import { SectionReader } from "../../src/loader/section-reader.ts";
import { TRAINING_ROUNDS, trainingModule } from "../../src/loader/training-module.ts";
import { instructionOf } from "./instruction-arbitrary.ts";
import { configureWith, everyProposal, load, u32 } from "./support.ts";

const configure = configureWith(everyProposal);

/** Behind the bodies, since near the end of the bytes nothing is plain. */
const padding = new Array<number>(64).fill(0x01);

/** The code section of these bytes as the loader reads it, or the error that it finds, as text. */
function read(bytes: readonly number[]): string {
  try {
    return JSON.stringify(readCodeSection(new SectionReader(Uint8Array.from([...bytes, ...padding]), configure), true));
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    return JSON.stringify([error.codeName, error.context]);
  }
}

/** The same without the fast lane. */
function readSlowly(bytes: readonly number[]): string {
  const walk = vi.spyOn(PlainCode.prototype, "walk").mockReturnValue(false);
  try {
    return read(bytes);
  } finally {
    walk.mockRestore();
  }
}

const frequent = [
  "block",
  "loop",
  "if",
  "else",
  "end",
  "end",
  "end",
  "br_table",
  "call_indirect",
  "i32.const",
  "i64.const",
];
const some = fc
  .oneof(
    fc.constantFrom(...instructions),
    fc.constantFrom(...frequent).map((name) => instructions.find((info) => info.name === name)!),
  )
  .chain((info) => instructionOf(info).map(({ bytes }) => bytes));

const locals = fc.array(
  fc
    .tuple(fc.nat(300), fc.nat(3), fc.constantFrom(0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x40))
    .map(([count, length, type]) => [...u32(count, length), type]),
  { maxLength: 4 },
);

/** A body, mostly with as many `end` as it opens blocks; its size is right, or nearly. */
const body = fc
  .tuple(locals, fc.array(some, { maxLength: 20 }), fc.nat(3), fc.constantFrom(0, 0, 0, 0, 0, 1, -1))
  .map(([groups, code, ends, error]) => {
    const bytes = [...u32(groups.length), ...groups.flat(), ...code.flat(), ...new Array<number>(ends).fill(0x0b)];
    return [...u32(Math.max(0, bytes.length + error)), ...bytes];
  });

const section = fc
  .array(body, { minLength: 1, maxLength: 4 })
  .map((bodies) => [...u32(bodies.length), ...bodies.flat()]);

describe("The fast lane of the loader's scan", () => {
  it("finds what reading instruction by instruction finds", () => {
    fc.assert(
      fc.property(section, (bytes) => {
        expect(read(bytes)).toBe(readSlowly(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it("does so in well-formed bodies with any byte changed", () => {
    const { bytes, sections } = load(trainingModule());
    const { start, end } = sections.find(({ id }) => id === 10)!;
    const code = Array.from(bytes.subarray(start, end));
    expect(read(code)).toContain('"scanned":true');
    for (let at = 0; at < code.length; at++) {
      for (const byte of [0x00, 0x01, 0x05, 0x0b, 0x40, 0x7f, 0x80, 0xfc, 0xff, code[at]! ^ 0x80, code[at]! + 1]) {
        const changed = [...code];
        changed[at] = byte & 0xff;
        expect(read(changed), `byte ${at} set to ${byte}`).toBe(readSlowly(changed));
      }
    }
  });

  it("walks all of the module that it is trained with but for its last bytes", () => {
    const step = vi.spyOn(PlainCode.prototype, "walk");
    try {
      for (let round = 0; round < TRAINING_ROUNDS; round++) load(trainingModule());
      // One walk for the expression of the global and one for the body, and one before each instruction at the end of the bytes.
      expect(step.mock.calls.length / TRAINING_ROUNDS).toBeLessThan(30);
    } finally {
      step.mockRestore();
    }
  });
});
