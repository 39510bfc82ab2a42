import { describe, expect, it } from "vitest";
import { createWebAssembly } from "../../src/js-api/namespace.ts";
import { describeBoth, thrownBy } from "./support.ts";

/** An unsigned number in LEB128. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...leb(Math.floor(value / 128))];
}

function repeated(count: number, ...bytes: number[]): Uint8Array {
  const all = new Uint8Array(count * bytes.length);
  for (let i = 0; i < all.length; i++) all[i] = bytes[i % bytes.length];
  return all;
}

/** A section: its id and its content in parts. */
type Section = readonly [id: number, ...parts: (readonly number[] | Uint8Array)[]];

function moduleOf(...sections: readonly Section[]): Uint8Array {
  const parts: (readonly number[] | Uint8Array)[] = [[0, 97, 115, 109, 1, 0, 0, 0]];
  for (const [id, ...content] of sections) {
    parts.push([id, ...leb(content.reduce((sum, part) => sum + part.length, 0))], ...content);
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

const oneType: Section = [1, [1, 0x60, 0, 0]];
const oneFunction: Section = [3, [1, 0]];
const i32 = 0x7f;

function vector(count: number, ...element: number[]): [number[], Uint8Array] {
  return [leb(count), repeated(count, ...element)];
}

function structOf(fields: number): Uint8Array {
  return moduleOf([1, [1, 0x5f], ...vector(fields, i32, 0)]);
}

/** Each type with the one before it as supertype. */
function chainOf(depth: number): Uint8Array {
  const types = Array.from({ length: depth }, (_, i) => [0x50, 1, ...leb(i), 0x5f, 0]);
  return moduleOf([1, leb(depth + 1), [0x50, 0, 0x5f, 0, ...types.flat()]]);
}

function withLocals(params: number, ...groups: number[]): Uint8Array {
  const body = [...leb(groups.length), ...groups.flatMap((count) => [...leb(count), i32]), 0x0b];
  return moduleOf([1, [1, 0x60], ...vector(params, i32), [0]], oneFunction, [10, [1, ...leb(body.length), ...body]]);
}

/** What is counted, how much of it there may be, and a module with as much as is asked for. */
const limits: readonly (readonly [what: string, most: number, make: (count: number) => Uint8Array])[] = [
  ["types", 1_000_000, (count) => moduleOf([1, ...vector(count, 0x60, 0, 0)])],
  ["functions", 1_000_000, (count) => moduleOf(oneType, [3, ...vector(count, 0)], [10, ...vector(count, 2, 0, 0x0b)])],
  ["globals", 1_000_000, (count) => moduleOf([6, ...vector(count, i32, 0, 0x41, 0, 0x0b)])],
  ["tags", 1_000_000, (count) => moduleOf(oneType, [13, ...vector(count, 0, 0)])],
  ["data segments", 100_000, (count) => moduleOf([11, ...vector(count, 1, 0)])],
  ["parameters", 1_000, (count) => moduleOf([1, [1, 0x60], ...vector(count, i32), [0]])],
  ["results", 1_000, (count) => moduleOf([1, [1, 0x60, 0], ...vector(count, i32)])],
  [
    "bytes of a body",
    7_654_321,
    (count) => moduleOf(oneType, oneFunction, [10, [1], leb(count), [0], repeated(count - 2, 1), [0x0b]]),
  ],
  ["locals", 50_000, (count) => withLocals(0, count)],
  ["locals in groups, and parameters", 50_000, (count) => withLocals(1000, 20_000, 100, count - 21_100)],
];

/** V8 has other limits for these, or, in Node 20, not what is counted. */
const onlyOurs: typeof limits = [
  ["imports", 1_000_000, (count) => moduleOf(oneType, [2, ...vector(count, 0, 0, 0, 0)])],
  ["fields", 10_000, structOf],
  ["supertypes", 63, chainOf],
  ["tables", 100_000, (count) => moduleOf([4, ...vector(count, 0x70, 0, 0)])],
  ["memories", 100, (count) => moduleOf([2, [1, 0, 0, 2, 0, 0]], [5, ...vector(count - 1, 0, 0)])],
  [
    "elements of a segment",
    10_000_000,
    (count) => moduleOf(oneType, oneFunction, [9, [1, 1, 0], ...vector(count, 0)], [10, [1, 2, 0, 0x0b]]),
  ],
];

function describeLimits(WebAssembly: ReturnType<typeof createWebAssembly>, rows: typeof limits): void {
  for (const [what, most, make] of rows) {
    it(`may have ${most} ${what}, and no more`, () => {
      const largest = new WebAssembly.Module(make(most));
      expect(WebAssembly.Module.customSections(largest, "")).toEqual([]);
      const beyond = make(most + 1);
      expect(thrownBy(() => new WebAssembly.Module(beyond))).toBeInstanceOf(WebAssembly.CompileError);
      expect(WebAssembly.validate(beyond)).toBe(false);
    });
  }
}

describeBoth("a module", (WebAssembly) => describeLimits(WebAssembly, limits));

describe("a module", () => describeLimits(createWebAssembly(), onlyOurs));
