import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ExpectedFailures } from "../../spec-tests/expected-failures.ts";
import { temporaryFolder, writeFiles } from "./support.ts";

describe("ExpectedFailures", () => {
  it("reads numbers, ranges and other file names", () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "list.json": '{ "s": { "u": { "a": "0 2-4", "b": "odd.wasm 7 7:12" } } }' });
    const list = ExpectedFailures.read(join(folder, "list.json"));
    expect([...list.of("s", "u")]).toEqual([
      ["u.0.wasm", "a"],
      ["u.2.wasm", "a"],
      ["u.3.wasm", "a"],
      ["u.4.wasm", "a"],
      ["odd.wasm", "b"],
      ["u.7.wasm", "b"],
      ["u.7.wasm:12", "b"],
    ]);
    expect(list.units("s")).toEqual(["u"]);
    expect(list.of("s", "v").size).toBe(0);
    expect(list.units("t")).toEqual([]);
  });

  it("refuses a list with a module twice", () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "list.json": '{ "s": { "u": { "a": "0-3", "b": "2" } } }' });
    expect(() => ExpectedFailures.read(join(folder, "list.json")).of("s", "u")).toThrow("lists u.2.wasm twice");
  });

  it("is empty where there is no file", () => {
    expect(ExpectedFailures.read(join(temporaryFolder(), "none.json")).units("s")).toEqual([]);
  });

  it("writes what it reads, sorted, with ranges", () => {
    const file = join(temporaryFolder(), "list.json");
    const list = ExpectedFailures.read(file);
    list.set("t", "v", new Map([["v.1.wasm", "x"]]));
    list.set(
      "s",
      "u",
      new Map([
        ["u.10.wasm", "b"],
        ["u.3.wasm", "a"],
        ["u.1.wasm", "a"],
        ["u.2.wasm", "a"],
        ["u.05.wasm", "a"],
        ["u.7.wasm:12", "a"],
      ]),
    );
    list.set("s", "w", new Map([["w.0.wasm", "x"]]));
    list.set("s", "w", new Map());
    list.write(file);
    expect(readFileSync(file, "utf8")).toBe(
      `${JSON.stringify({ s: { u: { a: "1-3 7:12 u.05.wasm", b: "10" } }, t: { v: { x: "1" } } }, null, 2)}\n`,
    );
    expect(ExpectedFailures.read(file).of("s", "u").get("u.05.wasm")).toBe("a");
    expect(() => list.set("s", "u", new Map([["7.wasm", "a"]]))).toThrow("cannot be listed");
    list.set("t", "v", new Map());
    list.write(file);
    expect(Object.keys(JSON.parse(readFileSync(file, "utf8")))).toEqual(["s"]);
  });
});
