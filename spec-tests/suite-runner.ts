import type { Configure } from "../src/config/configure.ts";
import { UnitReport } from "./report.ts";
import { countCommands, readScript } from "./script.ts";
import { type Result, ScriptRunner } from "./script-runner.ts";
import type { Unit } from "./suites.ts";

/** Counts a result. */
export function record(report: UnitReport, { command, outcome }: Result): void {
  switch (outcome.status) {
    case "passed":
      report.passed++;
      return;
    case "failed":
      report.fail(command, outcome.reason);
      return;
    case "text":
      report.text++;
  }
}

/** Runs one unit of a suite. */
async function runUnit(unit: Unit, configure: Configure): Promise<UnitReport> {
  const report = new UnitReport(unit.name);
  const start = performance.now();
  try {
    const commands = readScript(unit.script);
    report.commands = countCommands(commands);
    await new ScriptRunner(configure, unit.folder, (result) => record(report, result)).run(commands);
  } catch (error) {
    report.problems.push(`${unit.name} could not be run: ${error instanceof Error ? error.message : error}`);
  }
  const counted = report.passed + report.failed + report.text;
  if (counted !== report.commands) {
    report.problems.push(`${unit.name} has ${report.commands} commands, of which ${counted} were counted`);
  }
  report.milliseconds = performance.now() - start;
  return report;
}

/** Runs units of a suite, one after the other. */
export async function* runSuite(units: readonly Unit[], configure: Configure): AsyncGenerator<UnitReport> {
  for (const unit of units) yield await runUnit(unit, configure);
}
