import type { Configure } from "../src/config/configure.ts";
import type { ExpectedFailures, ExpectedRefusals } from "./expected-failures.ts";
import { UnitReport } from "./report.ts";
import { countCommands, readScript } from "./script.ts";
import { type Result, ScriptRunner } from "./script-runner.ts";
import type { Source } from "./suite-sources.ts";
import type { Unit } from "./suites.ts";

/** Counts a unit's results, and holds the refusals among them against the list of the expected ones. */
export class Recorder {
  readonly report: UnitReport;
  readonly refusals = new Map<string, string>();
  private readonly expected: ExpectedRefusals | undefined;

  /** @param expected undefined: every refusal is taken, to be written into the list */
  constructor(report: UnitReport, expected: ExpectedRefusals | undefined) {
    this.report = report;
    this.expected = expected;
  }

  record({ command, outcome, file }: Result): void {
    const { report } = this;
    const listed = this.expected?.get(`${file}`) ?? this.expected?.get(`${file}:${command.line}`);
    switch (outcome.status) {
      case "passed":
        if (listed === undefined) report.passed++;
        else report.fail(command, `passes, though ${file} is listed as not executable for ${listed}`);
        return;
      case "failed":
        report.fail(command, outcome.reason);
        return;
      case "text":
        report.text++;
        return;
      case "refused": {
        const { cause } = outcome;
        const refused = outcome.line === undefined ? outcome.file : `${outcome.file}:${outcome.line}`;
        this.refusals.set(refused, cause);
        if (this.expected === undefined || listed === cause) report.notExecutable++;
        else {
          const list = listed === undefined ? "is not listed" : `is listed for ${listed}`;
          report.fail(command, `${refused} is refused for ${cause}, which is not executable yet; it ${list}`);
        }
      }
    }
  }

  /** Finds entries of the list that met no refusal: there is no such module, or nothing needs an instance of it. */
  checkList(): void {
    for (const [file, cause] of this.expected ?? []) {
      if (!this.refusals.has(file)) {
        this.report.problems.push(
          `${this.report.name} lists ${file} as not executable for ${cause}, but it was not refused`,
        );
      }
    }
  }
}

/** Runs one unit of a suite. @param pinned whether it is the unit that the list was written for, not an altered copy */
function runUnit(unit: Unit, configure: Configure, expected: ExpectedRefusals | undefined, pinned: boolean): Recorder {
  const report = new UnitReport(unit.name);
  const recorder = new Recorder(report, expected);
  const start = performance.now();
  try {
    const commands = readScript(unit.script);
    report.commands = countCommands(commands);
    new ScriptRunner(configure, unit.folder, (result) => recorder.record(result)).run(commands);
  } catch (error) {
    report.problems.push(`${unit.name} could not be run: ${error instanceof Error ? error.message : error}`);
  }
  if (pinned) recorder.checkList();
  const counted = report.passed + report.failed + report.text + report.notExecutable;
  if (counted !== report.commands) {
    report.problems.push(`${unit.name} has ${report.commands} commands, of which ${counted} were counted`);
  }
  report.milliseconds = performance.now() - start;
  return recorder;
}

/**
 * Runs units of a suite, one after the other.
 * @param expected the list to hold refusals against, or with `write`, to write them into
 */
export function* runSuite(
  { suite, pinned }: Source,
  units: readonly Unit[],
  configure: Configure,
  expected: ExpectedFailures,
  write: boolean,
): Generator<UnitReport> {
  for (const unit of units) {
    const listed = write ? undefined : expected.of(suite.name, unit.name);
    const { report, refusals } = runUnit(unit, configure, listed, pinned);
    if (write) expected.set(suite.name, unit.name, refusals);
    yield report;
  }
}
