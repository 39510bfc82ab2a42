import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { entriesWithoutFile, judge } from "../../../spec-tests/js-api/judge.ts";
import knownDeviations from "../../../spec-tests/js-api/known-deviations.json" with { type: "json" };
import { findTests, metadataOf, testFolder } from "../../../spec-tests/js-api/test-files.ts";

const subtest = (name: string, failure?: string) => ({ name, failure });

describe("what is known to fail", () => {
  const deviations = [{ file: "a.any.js", subtests: ["one", "two"], reason: "a reason" }];

  it("is neither passed nor failed", () => {
    const result = { subtests: [subtest("one", "no"), subtest("two", "nor this"), subtest("three")], errors: [] };
    expect(judge("a.any.js", result, deviations)).toEqual({
      passed: 1,
      known: [
        { subtest: "one", message: "no" },
        { subtest: "two", message: "nor this" },
      ],
      failures: [],
    });
  });

  it("is a failure where it passes or is not there, and what fails elsewhere is one too", () => {
    const result = { subtests: [subtest("one")], errors: ["setup threw"] };
    expect(judge("a.any.js", result, deviations).failures).toEqual([
      { subtest: "(the file)", message: "setup threw" },
      { subtest: "one", message: "passes, though it is known to fail: remove its entry" },
      { subtest: "two", message: "is known to fail, but there is no such subtest" },
    ]);
    const elsewhere = judge("b.any.js", { subtests: [subtest("one", "no")], errors: [] }, deviations);
    expect(elsewhere.failures).toEqual([{ subtest: "one", message: "no" }]);
  });

  it("has a reason each, and names a file that there is", () => {
    for (const { file, subtests, reason } of [...knownDeviations.ours, ...knownDeviations.native]) {
      expect(file).toMatch(/\.js$/);
      expect(subtests).not.toEqual([]);
      expect(reason).toMatch(/^[A-Z].+\.$/);
    }
    expect(entriesWithoutFile(["b.any.js"], deviations)).toEqual(["a.any.js"]);
    expect(entriesWithoutFile(["a.any.js"], deviations)).toEqual([]);
  });
});

describe("the files of tests", () => {
  let folder: string | undefined;
  afterEach(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true });
    folder = undefined;
  });

  function folderWith(files: Readonly<Record<string, string>>): string {
    folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-js-api-"));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return folder;
  }

  it("tell in their first lines what they want", () => {
    const source =
      "// META: global=window,jsshell\n// META: script=x.js\n// META: timeout=long\n\n// META: script=no.js\n";
    expect(metadataOf(source)).toEqual({ globals: ["window", "jsshell"], scripts: ["x.js"], long: true });
    expect(() => metadataOf("// META: variant=?one\n")).toThrow("the runner does not know // META: variant=?one");
  });

  it("are found below the folder, or below that of a checkout, with their scripts in order", () => {
    const shell = "// META: global=jsshell\n";
    const found = folderWith({
      "test/js-api/builder.js": "",
      "test/js-api/table/own.js": "",
      "test/js-api/table/get.any.js": `${shell}// META: script=/wasm/jsapi/builder.js\n// META: script=own.js\n`,
      "test/js-api/also.js": shell,
    });
    expect(testFolder(join(found, "test/js-api"))).toBe(join(found, "test/js-api"));
    expect(findTests(testFolder(found))).toEqual([
      { name: "also.js", scripts: ["also.js"], long: false },
      { name: "table/get.any.js", scripts: ["builder.js", "table/own.js", "table/get.any.js"], long: false },
    ]);
  });

  it("are refused where they are not for shells, or want what is not there", () => {
    expect(() => findTests(folderWith({ "a.any.js": "" }))).toThrow("a.any.js is not for shells: ");
    const wanting = "// META: global=jsshell\n// META: script=b.js\n";
    expect(() => findTests(folderWith({ "a.any.js": wanting }))).toThrow("a.any.js wants b.js, which is not there");
  });
});
