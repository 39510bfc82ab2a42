import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instructions } from "../../src/ast/instruction-list.ts";
import type { InstructionInfo } from "../../src/ast/instructions.ts";
import { i64FromHalves } from "../../src/common/float-bits.ts";
import { InstructionReader } from "../../src/loader/instruction-reader.ts";
import { type Fields, instructionOf } from "./instruction-arbitrary.ts";
import { configureWith, everyProposal, refusalError } from "./support.ts";

const configure = configureWith(everyProposal);

function readerOf(bytes: readonly number[]): InstructionReader {
  return new InstructionReader(Uint8Array.from(bytes), configure);
}

/** The list of the instruction just read, read again. */
function vectorOf(reader: InstructionReader, { immediate }: InstructionInfo): number[] {
  const elements: number[] = [];
  reader.beginVector();
  if (immediate === "labelTable") {
    for (let i = 0; i <= reader.count; i++) elements.push(reader.vectorU32());
  } else if (immediate === "valTypes") {
    for (let i = 0; i < reader.count; i++) elements.push(reader.vectorValType());
  } else if (immediate === "tryTable") {
    for (let i = 0; i < reader.count; i++) {
      const flags = reader.vectorByte();
      elements.push(flags);
      if (flags < 2) elements.push(reader.vectorU32());
      elements.push(reader.vectorU32());
    }
  } else {
    for (let i = 0; i < 16; i++) elements.push(reader.vectorByte());
  }
  return elements;
}

/** What the reader says, as far as it was asked. */
function fieldsOf(reader: InstructionReader, info: InstructionInfo, expected: Fields): Fields {
  const isSingle = info.immediate === "i32" || info.immediate === "f32";
  const { low, high, index, index2, align, lane, blockTypeIndex, blockResult, type, type2, count } = reader;
  const all: Fields = {
    ...{ index, index2, align, lane, blockTypeIndex, blockResult, type, type2, count },
    bits: BigInt.asUintN(isSingle ? 32 : 64, i64FromHalves(low, high)),
    ...(expected.vector && { vector: vectorOf(reader, info) }),
  };
  return Object.fromEntries(Object.entries(all).filter(([key]) => key in expected));
}

describe.each(instructions.map((info) => [info.name, info] as const))("%s", (_, info) => {
  it("is read with its immediates, wherever it stands", () => {
    fc.assert(
      fc.property(instructionOf(info), fc.constantFrom(0, 3, 40), ({ bytes, fields }, after) => {
        const reader = readerOf([0x01, ...bytes, ...new Array<number>(after).fill(0x0b)]);
        reader.seek(1);
        expect(reader.next()).toBe(info.opcode);
        expect(reader.opcode).toBe(info.opcode);
        expect(reader.offset).toBe(1);
        expect(reader.position).toBe(1 + bytes.length);
        expect(fieldsOf(reader, info, fields)).toEqual(fields);
        expect(reader.position).toBe(1 + bytes.length);
      }),
      { numRuns: 25 },
    );
  });

  it("is refused where it is cut off", () => {
    fc.assert(
      fc.property(instructionOf(info), ({ bytes }) => {
        for (let length = 0; length < bytes.length; length++) {
          const error = refusalError(() => readerOf(bytes.slice(0, length)).next());
          // A vector's count can be too large for what is left of it.
          const place = error.codeName === "IntegerTooLong" ? expect.any(Number) : length;
          expect(["UnexpectedEnd", "IntegerTooLong"]).toContain(error.codeName);
          expect(error.context).toEqual([
            { kind: "loading", offset: place },
            { kind: "ast", node: "instruction" },
          ]);
        }
      }),
      { numRuns: 5 },
    );
  });
});
