import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, temporaryFolder } from "../packaging/support.ts";

const folder = temporaryFolder();
let runs = 0;

interface Run {
  readonly vitest?: object;
  readonly suites?: readonly string[];
  readonly total?: string;
  /** The last line of the suites on the other run loop. */
  readonly wordsTotal?: string;
  readonly steps?: string;
  readonly minimums?: object;
}

const passing = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  success: true,
  testResults: [],
};

/** What `npm run spec` prints. */
function spec(suites: readonly string[], total = "7 passed, 0 failed, 2 skipped"): string {
  return `note: b is left out\n${suites.join("\n")}\n${total}\n`;
}

/** The summary's last line and exit code over the results of a CI run that passed, but for what is given. */
function summary(run: Run): { last: string | undefined; output: string; code: number | null } {
  const results = join(folder, String(runs++));
  mkdirSync(results);
  const minimums = join(results, "minimums.json");
  writeFileSync(minimums, JSON.stringify(run.minimums ?? { vitest: 5, spec: { a: 7 } }));
  writeFileSync(join(results, "vitest.json"), JSON.stringify({ ...passing, ...run.vitest }));
  writeFileSync(
    join(results, "spec.log"),
    spec(run.suites ?? ["a: 7 passed, 0 failed, 2 skipped (1 text)"], run.total),
  );
  writeFileSync(join(results, "spec-words.log"), spec(["a: 7 passed, 0 failed, 2 skipped"], run.wordsTotal));
  writeFileSync(join(results, "steps"), run.steps ?? "install 0\nvitest 0\nspec 0\n");
  const { stdout, status } = spawnSync(process.execPath, [join(root, ".ci", "summary.mjs"), results, minimums], {
    encoding: "utf8",
  });
  return { last: stdout.trimEnd().split("\n").at(-1), output: stdout, code: status };
}

describe("the summary of CI", () => {
  it("adds up tests and spec commands", () => {
    expect(summary({})).toMatchObject({ last: "19 passed, 0 failed", code: 0 });
  });

  const skippedIn = (name: string) => ({
    vitest: {
      numPendingTests: 1,
      testResults: [{ name, status: "passed", assertionResults: [{ status: "skipped" }] }],
    },
    minimums: { vitest: 5, spec: { a: 7 }, needNetwork: ["tests/network.test.ts"] },
  });

  it("tells which tests a machine without network has left out", () => {
    const { output, ...rest } = summary(skippedIn("/project/tests/network.test.ts"));
    expect(rest).toEqual({ last: "19 passed, 0 failed", code: 0 });
    expect(output).toContain("note: 1 tests that need a loopback network were left out\n");
    expect(summary(skippedIn("/project/tests/other.test.ts"))).toMatchObject({ last: "19 passed, 1 failed", code: 1 });
  });

  const failing: [string, Run, string][] = [
    ["a failed test", { vitest: { numFailedTests: 2, success: false }, steps: "vitest 1" }, "19 passed, 2 failed"],
    ["a failed command", { total: "7 passed, 3 failed, 0 skipped", steps: "spec 1" }, "19 passed, 3 failed"],
    ["a failed command on the other loop", { wordsTotal: "5 passed, 2 failed, 0 skipped" }, "17 passed, 2 failed"],
    ["a failed step", { steps: "install 0\nlint 1\nvitest 0" }, "19 passed, 1 failed"],
    ["a crashed runner", { total: "Error: no such file", steps: "vitest 0\nspec 1" }, "12 passed, 2 failed"],
    ["fewer tests", { vitest: { numPassedTests: 4 } }, "18 passed, 1 failed"],
    ["fewer commands", { suites: ["a: 6 passed, 0 failed, 3 skipped"] }, "19 passed, 1 failed"],
    ["a skipped test", { vitest: { numPendingTests: 1 } }, "19 passed, 1 failed"],
    ["a suite that did not run", { minimums: { vitest: 5, spec: { a: 7, b: 1 } } }, "19 passed, 2 failed"],
    [
      "a test file that does not load",
      {
        vitest: { success: false, testResults: [{ name: "x", status: "failed", message: "m", assertionResults: [] }] },
        steps: "vitest 1",
      },
      "19 passed, 1 failed",
    ],
  ];
  it.each(failing)("fails on %s", (_what, run, last) => {
    expect(summary(run)).toMatchObject({ last, code: 1 });
  });
});
