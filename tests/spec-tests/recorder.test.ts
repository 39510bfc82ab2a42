import { describe, expect, it } from "vitest";
import { type Outcome, passed, skippedText } from "../../spec-tests/outcome.ts";
import { UnitReport } from "../../spec-tests/report.ts";
import { Recorder } from "../../spec-tests/suite-runner.ts";

const command = { type: "assert_return", line: 7, action: { type: "invoke", field: "f" } } as const;
const refused: Outcome = { status: "refused", file: "u.0.wasm", cause: "v128.load" };

/** Records one outcome of a command on u.0.wasm, and tells what was counted. */
function record(outcome: Outcome, listed: { readonly [file: string]: string } | undefined): object {
  const report = new UnitReport("u");
  const recorder = new Recorder(report, listed && new Map(Object.entries(listed)));
  recorder.record({ command, outcome, file: "u.0.wasm" });
  recorder.checkList();
  const { passed, text, notExecutable, failures, problems } = report;
  return { passed, text, notExecutable, failures: failures.map(({ reason }) => reason), problems };
}

const nothing = { passed: 0, text: 0, notExecutable: 0, failures: [], problems: [] };

describe("the list of expected failures", () => {
  it("lets a refusal be skipped that it names, with the instruction", () => {
    expect(record(refused, { "u.0.wasm": "v128.load" })).toEqual({ ...nothing, notExecutable: 1 });
  });

  it("makes a refusal a failure that it does not name", () => {
    expect(record(refused, {})).toEqual({
      ...nothing,
      failures: ["u.0.wasm is refused for v128.load, which is not executable yet; it is not listed"],
    });
  });

  it("makes a refusal a failure that it names for another instruction", () => {
    expect(record(refused, { "u.0.wasm": "v128.store" })).toEqual({
      ...nothing,
      failures: ["u.0.wasm is refused for v128.load, which is not executable yet; it is listed for v128.store"],
    });
  });

  it("makes a listed command that passes a failure", () => {
    expect(record(passed, { "u.0.wasm": "v128.load" })).toEqual({
      ...nothing,
      failures: ["passes, though u.0.wasm is listed as not executable for v128.load"],
      problems: ["u lists u.0.wasm as not executable for v128.load, but it was not refused"],
    });
  });

  it("may name a single command of a module by its line", () => {
    const single: Outcome = { ...refused, line: 7 };
    expect(record(single, { "u.0.wasm:7": "v128.load" })).toEqual({ ...nothing, notExecutable: 1 });
    expect(record(single, {})).toMatchObject({
      notExecutable: 0,
      failures: [expect.stringContaining("u.0.wasm:7 is ")],
    });
    expect(record(refused, { "u.0.wasm:8": "v128.load" })).toMatchObject({ notExecutable: 0 });
    expect(record(passed, { "u.0.wasm:7": "v128.load" })).toMatchObject({
      passed: 0,
      failures: ["passes, though u.0.wasm is listed as not executable for v128.load"],
    });
    expect(record(passed, { "u.0.wasm:8": "v128.load" })).toMatchObject({ passed: 1 });
  });

  it("does not excuse a failure of another kind", () => {
    expect(record({ status: "failed", reason: "wrong" }, { "u.0.wasm": "v128.load" })).toMatchObject({
      failures: ["wrong"],
    });
  });

  it("may not name a module that nothing needs an instance of", () => {
    expect(record(refused, { "u.0.wasm": "v128.load", "u.1.wasm": "v128.load" })).toEqual({
      ...nothing,
      notExecutable: 1,
      problems: ["u lists u.1.wasm as not executable for v128.load, but it was not refused"],
    });
  });

  it("counts what passes and what is text by itself", () => {
    expect(record(passed, {})).toEqual({ ...nothing, passed: 1 });
    expect(record(skippedText, {})).toEqual({ ...nothing, text: 1 });
  });

  it("takes every refusal when it is to be written", () => {
    const recorder = new Recorder(new UnitReport("u"), undefined);
    recorder.record({ command, outcome: refused, file: "u.0.wasm" });
    recorder.record({ command, outcome: refused, file: "u.0.wasm" });
    recorder.record({ command, outcome: passed, file: "u.1.wasm" });
    expect([...recorder.refusals]).toEqual([["u.0.wasm", "v128.load"]]);
    expect(recorder.report).toMatchObject({ passed: 1, notExecutable: 2 });
  });
});
