import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../../scripts/npm-script.ts";
import { difference, type GlueRun } from "../../../spec-tests/glue/compare.ts";
import { gluePrograms } from "../../../spec-tests/glue/programs.ts";

const native: GlueRun = { status: 0, stdout: "one\ntwo\n", stderr: "", calls: undefined, seconds: 1 };
const ours: GlueRun = { ...native, calls: 3 };

describe("a run on ours", () => {
  it("is right where it ends well, prints the same, and has called something of ours", () => {
    expect(difference(ours, native)).toBeUndefined();
    expect(difference({ ...ours, stderr: "a warning of Node's" }, native)).toBeUndefined();
  });

  it("is wrong where it prints something else, more or less", () => {
    expect(difference({ ...ours, stdout: "one\n2\n" }, native)).toBe("line 2, ours:   2\nline 2, native: two");
    expect(difference({ ...ours, stdout: "one" }, native)).toBe("line 2, ours:   (none)\nline 2, native: two");
    expect(difference({ ...ours, stdout: "one\ntwo\nthree" }, native)).toBe("line 3, ours:   three\nline 3, native:");
  });

  it("is wrong where it fails, or calls nothing of ours", () => {
    expect(difference({ ...ours, status: 1, stderr: "no" }, native)).toContain("ended with 1 on ours:\nno");
    expect(difference({ ...ours, status: "SIGSEGV" }, native)).toContain("ended with SIGSEGV on ours");
    expect(difference({ ...ours, calls: 0 }, native)).toBe("called nothing of ours");
    expect(difference({ ...ours, calls: undefined }, native)).toBe("called nothing of ours");
  });

  it("shows nothing where the program fails natively, or prints nothing", () => {
    expect(difference(ours, { ...native, status: 1, stderr: "no" })).toContain("ended with 1 natively:\nno");
    expect(difference({ ...ours, stdout: "" }, { ...native, stdout: "" })).toBe("printed nothing natively");
  });
});

it("each program is listed, and each in the list is there", () => {
  const folder = join(root, "spec-tests", "glue", "programs");
  const files = readdirSync(folder).map((name) => name.replace(/\.mjs$/, ""));
  expect(gluePrograms.map(({ name }) => name).sort()).toEqual(files.sort());
  expect(existsSync(join(root, "spec-tests", "glue", "preload.mjs"))).toBe(true);
  for (const version of gluePrograms.flatMap(({ packages }) => Object.values(packages))) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
});
