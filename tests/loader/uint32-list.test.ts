import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FileManager } from "../../src/loader/file-manager.ts";
import { Uint32List } from "../../src/loader/uint32-list.ts";
import { u32 } from "./support.ts";

describe("A list of unsigned numbers", () => {
  it("has what was pushed, in order, however much that is", () => {
    const list = new Uint32List();
    for (let i = 0; i < 1000; i++) list.push(i * i);
    expect(list.length).toBe(1000);
    expect(Array.from(list.toArray())).toEqual(Array.from({ length: 1000 }, (_, i) => i * i));
    list.clear();
    list.push(7);
    expect(Array.from(list.toArray())).toEqual([7]);
  });

  it("reads integers of up to four bytes, as many as are asked for, and stops at longer ones and near the end", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2 ** 28 - 1), fc.nat(4)), { maxLength: 40 }),
        fc.nat(50),
        (numbers, count) => {
          const values = numbers.map(([value]) => value);
          const bytes = numbers.flatMap(([value, length]) => u32(value, length));
          const file = new FileManager(Uint8Array.from([...bytes, 0x80, 0x80, 0x80, 0x80, 0x01]));
          const list = new Uint32List();
          list.readPlain(file, count);
          expect(Array.from(list.toArray())).toEqual(values.slice(0, count));
          const read = numbers.slice(0, count).flatMap(([value, length]) => u32(value, length));
          expect(file.position).toBe(read.length);
        },
      ),
    );
    const short = new FileManager(Uint8Array.of(1, 2, 3, 4, 5));
    const list = new Uint32List();
    list.readPlain(short, 5);
    expect([list.length, short.position]).toEqual([2, 2]);
  });
});
