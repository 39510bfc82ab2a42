import { describe, expect, it } from "vitest";
import { failed, type Outcome, passed, skippedText } from "../../spec-tests/outcome.ts";
import { UnitReport } from "../../spec-tests/report.ts";
import { record } from "../../spec-tests/suite-runner.ts";

const command = { type: "assert_return", line: 7, action: { type: "invoke", field: "f" } } as const;

/** What a report holds after one outcome. */
function reportOf(outcome: Outcome): object {
  const report = new UnitReport("u");
  record(report, { command, outcome });
  const { passed, text, failures } = report;
  return { passed, text, failures };
}

describe("a unit's report", () => {
  it("counts what passes and what is text, each by itself", () => {
    expect(reportOf(passed)).toEqual({ passed: 1, text: 0, failures: [] });
    expect(reportOf(skippedText)).toEqual({ passed: 0, text: 1, failures: [] });
  });

  it("keeps the line, the kind and the reason of a command that failed", () => {
    expect(reportOf(failed("wrong"))).toEqual({
      passed: 0,
      text: 0,
      failures: [{ line: 7, type: "assert_return", reason: "wrong" }],
    });
  });
});
