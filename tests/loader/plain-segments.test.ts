import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { Standard } from "../../src/config/configure.ts";
import { readDataSection } from "../../src/loader/data-section.ts";
import { readPlainSegments } from "../../src/loader/plain-segments.ts";
import { SectionReader } from "../../src/loader/section-reader.ts";
import { configureWith, everyProposal, u32 } from "./support.ts";

vi.mock("../../src/loader/plain-segments.ts", { spy: true });

const everything = configureWith(everyProposal);
const withoutBulkMemory = configureWith({ standard: Standard.WASM_1 });

/** Behind the segments, since near the end of the bytes nothing is plain. */
const padding = new Array<number>(16).fill(0x01);

function read(bytes: readonly number[], configure = everything): string {
  try {
    return JSON.stringify(readDataSection(new SectionReader(Uint8Array.from([...bytes, ...padding]), configure)));
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    return JSON.stringify([error.codeName, error.context]);
  }
}

/** The same without the fast lane. */
function readSlowly(bytes: readonly number[], configure = everything): string {
  const lane = vi.mocked(readPlainSegments).mockImplementation(() => {});
  try {
    return read(bytes, configure);
  } finally {
    lane.mockRestore();
  }
}

const constant = fc.oneof(
  fc.tuple(fc.nat(2 ** 28), fc.nat(5)).map(([value, length]) => [0x41, ...u32(value, length), 0x0b]),
  fc
    .uint8Array({ minLength: 5, maxLength: 5 })
    .map((bytes) => [0x41, ...bytes.map((byte, i) => byte | (i < 4 ? 0x80 : 0)), 0x0b]),
  fc.constantFrom([0x42, 0x01, 0x0b], [0x23, 0x00, 0x0b], [0x41, 0x01, 0x41, 0x02, 0x6a, 0x0b], [0x41, 0x01]),
);

const segment = fc
  .tuple(
    fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
    constant,
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(5),
    fc.constantFrom(0, 0, 0, 1),
  )
  .map(([form, offset, data, length, error]) => [
    form,
    ...(form === 2 ? [0] : []),
    ...(form === 1 ? [] : offset),
    ...u32(data.length + error, length),
    ...data,
  ]);

const section = fc
  .array(segment, { minLength: 1, maxLength: 5 })
  .map((segments) => [...u32(segments.length), ...segments.flat()]);

describe("The fast lane through segments of data", () => {
  it("finds what reading part by part finds", () => {
    fc.assert(
      fc.property(section, (bytes) => {
        expect(read(bytes)).toBe(readSlowly(bytes));
        expect(read(bytes, withoutBulkMemory)).toBe(readSlowly(bytes, withoutBulkMemory));
      }),
      { numRuns: 2000 },
    );
  });

  it("takes passive segments and those at constant offsets, and stops at others", () => {
    const plain = [0, 0x41, 0x80, 0x08, 0x0b, 2, 1, 2, 1, 1, 9];
    const lane = vi.mocked(readPlainSegments).mockClear();
    expect(JSON.parse(read([2, ...plain]))).toHaveLength(2);
    expect(lane).toHaveBeenCalledTimes(1);
    expect(JSON.parse(read([3, ...plain, 2, 0, 0x41, 0, 0x0b, 0]))).toHaveLength(3);
    expect(lane).toHaveBeenCalledTimes(2);
  });

  it("refuses passive segments where no proposal has them", () => {
    expect(read([1, 1, 1, 9], withoutBulkMemory)).toContain("ExpectedZeroByte");
  });
});
