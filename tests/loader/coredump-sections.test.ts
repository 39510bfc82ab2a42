import { describe, expect, it } from "vitest";
import { readCoredump } from "../../src/loader/coredump-sections.ts";
import { Loader } from "../../src/loader/loader.ts";
import { failureOf } from "../support/engine.ts";

/** A core dump as another runtime might write it, put together by hand. */

function custom(name: string, ...content: number[]): number[] {
  const text = Array.from(new TextEncoder().encode(name));
  return [0, 1 + text.length + content.length, text.length, ...text, ...content];
}

function moduleOf(...sections: number[][]) {
  return new Loader().parseModule(Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flat()]));
}

const core = custom("core", 0, 3, 0x61, 0x70, 0x70);
const frame = [
  ...[0, 1, 5, 0x80, 0x01],
  ...[4, 0x7f, 0x7f, 0x01, 0x7e, 0x80, 0x7f, 0x7d, 0, 0, 0x80, 0x3f],
  ...[2, 0x7c, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x7f, 0xc0, 0],
];

describe("the sections of a core dump", () => {
  it("are read whatever their order, a thread for each corestack", () => {
    const dump = readCoredump(
      moduleOf(
        custom("corestack", 0, 4, 0x6d, 0x61, 0x69, 0x6e, 1, ...frame),
        custom("coreinstances", 2, 0, 0, 1, 7, 0, 0, 1, 2, 0, 1, 1, 9),
        core,
        custom("coremodules", 2, 0, 1, 0x61, 0, 1, 0x62),
        custom("corestack", 0, 1, 0x74, 0),
      ),
    );
    expect(dump?.executableName).toBe("app");
    expect(dump?.modules).toEqual(["a", "b"]);
    expect(dump?.instances).toEqual([
      { module: 0, memories: [7], globals: [] },
      { module: 1, memories: [0, 1], globals: [9] },
    ]);
    expect(dump?.threads.map(({ name, frames }) => [name, frames.length])).toEqual([
      ["main", 1],
      ["t", 0],
    ]);
    const [read] = dump?.threads[0]?.frames ?? [];
    expect([read?.instance, read?.functionIndex, read?.codeOffset]).toEqual([1, 5, 128]);
    expect(read?.locals.map((value) => value?.toString())).toEqual(["i32:-1", undefined, "i64:-128", "f32:1"]);
    expect(read?.stack.map((value) => value?.toString())).toEqual(["f64:2", "i32:64"]);
  });

  it("are none where there is no section core", () => {
    expect(readCoredump(moduleOf())).toBeUndefined();
    expect(readCoredump(moduleOf(custom("corestack", 0, 0, 0)))).toBeUndefined();
  });

  it.each([
    ["a record that begins with something else", custom("coremodules", 1, 1, 0), "IllegalGrammar"],
    ["a value of a type that no dump has", custom("corestack", 0, 0, 1, 0, 0, 0, 0, 1, 0x7b), "IllegalGrammar"],
    ["a section that ends too early", custom("corestack", 0, 0, 1, 0, 0), "UnexpectedEnd"],
    ["more entries than there are bytes", custom("coremodules", 0xff, 0xff, 0x03), "IntegerTooLong"],
    ["a name that is not UTF-8", custom("coremodules", 1, 0, 1, 0xff), "MalformedUTF8"],
  ])("are refused with %s", (_, section, code) => {
    expect(failureOf(() => readCoredump(moduleOf(core, section))).codeName).toBe(code);
  });

  it("end where their section does, whatever follows it", () => {
    const error = failureOf(() => readCoredump(moduleOf(custom("core", 0), custom("x", 1, 2, 3))));
    expect(error.codeName).toBe("UnexpectedEnd");
  });
});
