import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { MemoryInstance } from "../../src/store/memory-instance.ts";
import { failureOf, loggedBy } from "../support/engine.ts";

/** WasmEdge's instance/MemInstanceTest.cpp: page limits, and copies that overlap. */

function memory(min: number, max?: number, pageLimit?: number, more: { is64?: boolean; shared?: boolean } = {}) {
  const limit = {
    min: BigInt(min),
    max: max === undefined ? undefined : BigInt(max),
    shared: false,
    is64: false,
    ...more,
  };
  return new MemoryInstance({ limit, pageSizeLog2: 16 }, pageLimit);
}

describe("the pages of a memory", () => {
  it("grow up to its maximum, silently no further", () => {
    const own = memory(1, 3);
    const records = loggedBy(() => {
      expect(own.growPage(0)).toBe(true);
      expect(own.growPage(1)).toBe(true);
      expect(own.growPage(2)).toBe(false);
      expect(own.growPage(1)).toBe(true);
      expect(own.growPage(1)).toBe(false);
    });
    expect(records).toEqual([]);
    expect(own.pageCount).toBe(3);
    expect(own.byteLength).toBe(3 * 65536);
    expect(own.bytes).toHaveLength(3 * 65536);
    expect(own.type.limit).toEqual({ min: 3n, max: 3n, shared: false, is64: false });
  });

  it("grow by whole numbers only", () => {
    const own = memory(1);
    for (const count of [0.5, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY]) expect(own.growPage(count)).toBe(false);
    expect([own.pageCount, own.type.limit.min]).toEqual([1, 1n]);
  });

  it("grow up to the configured limit, with an error in the log beyond it", () => {
    const own = memory(1, undefined, 4);
    expect(own.growPage(3)).toBe(true);
    const records = loggedBy(() => expect(own.growPage(1)).toBe(false));
    expect(records).toEqual([
      {
        level: "error",
        message: "Memory Instance: Memory grow page failed, exceeded limited 4 page size in configuration.",
      },
    ]);
    expect(own.pageCount).toBe(4);
  });

  it("may all be within the limit, none above it: WasmEdge cuts a minimum off, we refuse it", () => {
    expect(memory(256, undefined, 256).pageCount).toBe(256);
    expect(memory(0, undefined, 0).pageCount).toBe(0);
    const error = failureOf(() => memory(257, undefined, 256));
    expect(error.code).toBe(ErrCode.MemoryLimitExceeded);
    expect(error.lines()).toEqual([
      "instantiation failed: memory minimum exceeds the configured page limit, Code: 0x3e1",
      "    In Limit type: { min: 257 }",
      "    Memory Instance: Limited 256 page in configuration.",
    ]);
  });

  it("are 65,536 for i32 addresses, whatever the limit allows", () => {
    const own = memory(0, undefined, 100_000);
    expect(own.growPage(65537)).toBe(false);
    expect(own.pageCount).toBe(0);
  });

  it("that the host cannot give are refused, at the start and later", () => {
    expect(failureOf(() => memory(2 ** 30, undefined, undefined, { is64: true })).code).toBe(
      ErrCode.MemoryAllocationFailed,
    );
    const own = memory(1, undefined, undefined, { is64: true });
    expect(own.growPage(2 ** 40)).toBe(false);
    expect(own.pageCount).toBe(1);
  });

  it("do not become fewer", () => {
    const own = memory(2);
    for (const count of [-1, Number.NaN, Number.NEGATIVE_INFINITY]) expect(own.growPage(count)).toBe(false);
    expect(own.pageCount).toBe(2);
  });

  it("keep what they hold when they grow, and their new ones are zeros", () => {
    const own = memory(1);
    own.setBytes(Uint8Array.of(1, 2, 3), 65533);
    for (let i = 0; i < 6; i++) {
      expect(own.growPage(1)).toBe(true);
      own.fillBytes(9, own.byteLength - 1, 1);
    }
    expect(Array.from(own.getBytes(65533, 5))).toEqual([1, 2, 3, 0, 0]);
    expect(Array.from(own.getBytes(2 * 65536 - 2, 4))).toEqual([0, 9, 0, 0]);
    expect(own.view.byteLength).toBe(7 * 65536);
  });

  it("are copied in proportion to their number, however small the steps", () => {
    const own = memory(0);
    let copied = 0;
    let { buffer } = own.bytes;
    for (let i = 0; i < 2000; i++) {
      const before = own.byteLength;
      expect(own.growPage(1)).toBe(true);
      if (own.bytes.buffer !== buffer) copied += before;
      buffer = own.bytes.buffer;
    }
    expect(copied).toBeGreaterThan(0);
    expect(copied).toBeLessThan(5 * own.byteLength);
  });

  it("of shared memories are reserved at once, and stay the same buffer", () => {
    const own = memory(1, 3, undefined, { shared: true });
    const { buffer } = own.bytes;
    expect(own.growPage(2)).toBe(true);
    expect(own.bytes.buffer).toBe(buffer);
    expect(own.isShared).toBe(true);
    const { createSharedBuffer } = host;
    installHost({ createSharedBuffer: undefined });
    try {
      expect(failureOf(() => memory(1, 3, undefined, { shared: true })).code).toBe(ErrCode.SharedMemoryUnsupported);
    } finally {
      installHost({ createSharedBuffer });
    }
  });
});

describe("the bytes of a memory", () => {
  it("are read and written up to the last, and not beyond", () => {
    const own = memory(1);
    own.setBytes(Uint8Array.of(7), 65535);
    expect(Array.from(own.getBytes(65535, 1))).toEqual([7]);
    expect(own.getBytes(65536, 0)).toHaveLength(0);
    const beyond: readonly (() => unknown)[] = [
      () => own.getBytes(65535, 2),
      () => own.getBytes(65537, 0),
      () => own.setBytes(Uint8Array.of(1, 2), 65535),
      () => own.fillBytes(1, 65530, 7),
    ];
    for (const action of beyond) expect(failureOf(action).code).toBe(ErrCode.MemoryOutOfBounds);
    expect(Array.from(own.getBytes(65530, 6))).toEqual([0, 0, 0, 0, 0, 7]);
    expect(failureOf(() => own.getBytes(65535, 2)).lines()[1]).toBe(
      "    Accessing offset from: 0x0000ffff to: 0x00010000 , Out of boundary: 0x0000ffff",
    );
  });

  it("cannot be reached by offsets and lengths that wrap around, are negative, or no numbers", () => {
    const own = memory(1);
    const wrong: readonly (readonly [number, number])[] = [
      [-1, 1],
      [-4, 4],
      [0, -1],
      [65536, -1],
      [Number.NaN, 1],
      [0.5, 1],
      [0, 0.5],
      [2 ** 53, 2 ** 53],
      [4294967295, 2],
      [Number.POSITIVE_INFINITY, 1],
    ];
    for (const [offset, length] of wrong) {
      expect(failureOf(() => own.getBytes(offset, length)).code).toBe(ErrCode.MemoryOutOfBounds);
      if (Number.isInteger(offset)) expect(own.getSpan(offset, length)).toBeNull();
    }
  });

  it("are a copy from getBytes and the bytes themselves from getSpan", () => {
    const own = memory(1);
    const copy = own.getBytes(0, 2);
    const span = own.getSpan(0, 2) as Uint8Array;
    span[1] = 5;
    expect(Array.from(copy)).toEqual([0, 0]);
    expect(own.bytes[1]).toBe(5);
    expect(own.getSpan(65535, 2)).toBeNull();
  });
});
