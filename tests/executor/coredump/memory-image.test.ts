import { describe, expect, it } from "vitest";
import { imageOf } from "../../../src/executor/coredump/memory-image.ts";
import { MemoryInstance } from "../../../src/store/memory-instance.ts";

const limit = { min: 0n, max: undefined, shared: false, is64: false };

/** Where the stretches of a memory's image lie, with bytes of it set. */
function stretchesOf(pages: number, pageSizeLog2: number, ...set: number[]): [number, number][] {
  const memory = new MemoryInstance({ limit: { ...limit, min: BigInt(pages) }, pageSizeLog2 });
  for (const at of set) memory.bytes[at] = 1;
  const { stretches } = imageOf(memory);
  const copy = new Uint8Array(memory.byteLength);
  for (const { offset, bytes } of stretches) copy.set(bytes, offset);
  expect(Buffer.compare(copy, memory.bytes)).toBe(0);
  memory.bytes.fill(0xff);
  expect(stretches.every(({ bytes }) => bytes.some((byte) => byte !== 0xff))).toBe(true);
  return stretches.map(({ offset, bytes }) => [offset, bytes.length]);
}

describe("the image of a memory", () => {
  it("is a copy of the blocks that are not zero, those side by side in one piece", () => {
    expect(stretchesOf(0, 16)).toEqual([]);
    expect(stretchesOf(2, 16)).toEqual([]);
    expect(stretchesOf(1, 16, 0)).toEqual([[0, 4096]]);
    expect(stretchesOf(1, 16, 65535)).toEqual([[61440, 4096]]);
    expect(stretchesOf(2, 16, 4095, 4096, 12288, 131071)).toEqual([
      [0, 8192],
      [12288, 4096],
      [126976, 4096],
    ]);
  });

  it("has the last bytes of a memory that is no multiple of a block, or of a word", () => {
    expect(stretchesOf(4099, 0, 4098)).toEqual([[4096, 3]]);
    expect(stretchesOf(5, 0, 4)).toEqual([[0, 5]]);
    expect(stretchesOf(4099, 0, 0)).toEqual([[0, 4096]]);
  });
});
