import { expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import { name, section, u32, wasm } from "../loader/support.ts";
import { Engine, failureOf } from "../support/engine.ts";

const I32 = ValType.I32;

/** A memory of pages of one byte: 3 of them, 10 at most; functions `grow`, `size`, `load`. */
const bytes = (() => {
  const bodies = [
    [0, 0x20, 0, 0x40, 0, 0x0b],
    [0, 0x3f, 0, 0x0b],
    [0, 0x20, 0, 0x2d, 0, 0, 0x0b],
  ];
  return wasm(
    section(1, 2, [0x60, 1, I32, 1, I32], [0x60, 0, 1, I32]),
    section(3, 3, 0, 1, 0),
    section(5, 1, 0x08 | 0x01, 3, 10, 0),
    section(7, 3, [name("grow"), 0, 0], [name("size"), 0, 1], [name("load"), 0, 2]),
    section(
      10,
      3,
      bodies.map((body) => [u32(body.length), body]),
    ),
  );
})();

it("a memory with pages of one byte counts and grows in bytes", () => {
  const engine = new Engine();
  const instance = engine.instantiate(bytes);
  expect(engine.call(instance, "size")).toEqual([3]);
  expect(engine.call(instance, "load", 2)).toEqual([0]);
  expect(failureOf(() => engine.call(instance, "load", 3)).code).toBe(ErrCode.MemoryOutOfBounds);
  expect(engine.call(instance, "grow", 4)).toEqual([3]);
  expect(engine.call(instance, "load", 6)).toEqual([0]);
  expect(failureOf(() => engine.call(instance, "load", 7)).code).toBe(ErrCode.MemoryOutOfBounds);
  expect(engine.call(instance, "grow", 4)).toEqual([-1]);
  expect(engine.call(instance, "size")).toEqual([7]);
});
