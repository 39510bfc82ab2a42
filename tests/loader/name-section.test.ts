import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readNameSection } from "../../src/loader/name-section.ts";
import { type Bytes, load, name, section, u32, wasm } from "./support.ts";

function namesOf(...content: Bytes) {
  return readNameSection(load(wasm(section(0, name("name"), content))));
}

/** A name map. */
function map(entries: Record<number, string>): Bytes {
  const pairs = Object.entries(entries);
  return [u32(pairs.length), pairs.map(([index, text]) => [u32(Number(index)), name(text)])];
}

describe("The name section", () => {
  it("names the module", () => {
    expect(namesOf(section(0, name("fib"))).moduleName).toBe("fib");
  });

  it("names functions, locals and everything that the extended proposal adds", () => {
    const flat = [1, 4, 5, 6, 7, 8, 9, 11].map((id) => section(id, map({ 0: `first of ${id}`, 300: `one of ${id}` })));
    const indirect = (id: number) => section(id, 2, 3, map({ 0: "a", 7: "b" }), u32(200), map({ 1: `c of ${id}` }));
    const names = namesOf(section(0, name("m")), flat, indirect(2), indirect(3), indirect(10));
    expect([names.functionName(0), names.functionName(300), names.functionName(1)]).toEqual([
      "first of 1",
      "one of 1",
      undefined,
    ]);
    expect([names.typeName(300), names.tableName(300), names.memoryName(300), names.globalName(300)]).toEqual([
      "one of 4",
      "one of 5",
      "one of 6",
      "one of 7",
    ]);
    expect([names.elementName(300), names.dataName(300), names.tagName(300)]).toEqual([
      "one of 8",
      "one of 9",
      "one of 11",
    ]);
    expect([names.localName(3, 0), names.localName(3, 7), names.localName(200, 1)]).toEqual(["a", "b", "c of 2"]);
    expect([names.localName(3, 1), names.localName(4, 0), names.localName(200, 0)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([names.labelName(200, 1), names.fieldName(200, 1)]).toEqual(["c of 3", "c of 10"]);
  });

  it("is read once for a module", () => {
    const module = load(wasm(section(0, name("name"), section(0, name("m")))));
    expect(readNameSection(module)).toBe(readNameSection(module));
  });

  it("gives no names where it is missing", () => {
    const names = readNameSection(load(wasm(section(0, name("producers"), 1, 2, 3))));
    expect([names.moduleName, names.functionName(0), names.localName(0, 0)]).toEqual([undefined, undefined, undefined]);
  });

  it("counts once: the first section, and in it the first subsection of an id", () => {
    const first = section(0, name("name"), section(0, name("a")), section(0, name("b")));
    const second = section(0, name("name"), section(0, name("c")));
    expect(readNameSection(load(wasm(first, second))).moduleName).toBe("a");
  });

  it("keeps the names before a fault", () => {
    const cut = namesOf(section(1, u32(3), 0, name("a"), 5, name("b"), 9, 99, 0x78));
    expect([cut.functionName(0), cut.functionName(5), cut.functionName(9)]).toEqual(["a", "b", undefined]);
    const disorder = namesOf(section(1, u32(3), 0, name("a"), 5, name("b"), 5, name("c"), 6, name("d")));
    expect([disorder.functionName(5), disorder.functionName(6)]).toEqual(["b", undefined]);
    const badText = namesOf(section(1, u32(2), 0, 1, 0xff, 1, name("b")));
    expect([badText.functionName(0), badText.functionName(1)]).toEqual([undefined, "b"]);
    const tooLong = namesOf(section(0, name("m")), 1, 99, 0);
    expect([tooLong.moduleName, tooLong.functionName(0)]).toEqual(["m", undefined]);
    const indirect = namesOf(section(2, u32(2), 0, map({ 1: "x" }), 1, 5, 0));
    expect([indirect.localName(0, 1), indirect.localName(1, 0)]).toEqual(["x", undefined]);
  });

  it("is never an error, whatever its bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(12), (noise, id) => {
        const names = namesOf([...section(id, ...noise)], [...noise]);
        const found = [
          names.moduleName,
          ...[names.functionName(0), names.typeName(0), names.tableName(1), names.memoryName(2), names.globalName(3)],
          ...[names.elementName(0), names.dataName(0), names.tagName(0)],
          ...[names.localName(0, 0), names.labelName(1, 1), names.fieldName(0, 1)],
        ];
        for (const text of found) expect(["string", "undefined"]).toContain(typeof text);
      }),
    );
  });

  it("finds any of many names", () => {
    const entries: Record<number, string> = {};
    for (let i = 0; i < 2000; i++) entries[i * 3] = `f${i}`;
    const names = namesOf(section(1, map(entries)));
    for (let i = 0; i < 6000; i++) expect(names.functionName(i)).toBe(entries[i]);
  });
});
