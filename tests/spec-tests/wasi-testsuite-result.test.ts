import { expect, it } from "vitest";
import { judge } from "../../spec-tests/wasi/testsuite-result.ts";

const test = (name: string, executed = true, failures: readonly string[] = []) => ({ name, executed, failures });
const passing = Array.from({ length: 72 }, (_, i) => test(`program ${i}`));

it("72 programs that pass are no complaint", () => {
  expect(judge({ results: [{ name: "all", tests: passing }] })).toEqual({ passed: 72, complaints: [] });
});

it("programs that fail, are skipped or are missing are complained of", () => {
  const tests = [...passing.slice(3), test("one", false), test("two", true, ["expected 0, got 1"])];
  expect(judge({ results: [{ name: "suite", tests }] })).toEqual({
    passed: 69,
    complaints: ["suite: one: skipped", "suite: two: failed", "71 programs instead of 72"],
  });
});
