import type { Command } from "./script.ts";

/** A command that failed. */
export interface Failure {
  readonly line: number;
  readonly type: string;
  readonly reason: string;
}

/** The results of one unit. */
export class UnitReport {
  readonly name: string;
  /** The commands that its file holds, nested ones included. */
  commands = 0;
  passed = 0;
  /** Skipped since they are about modules in text form. */
  text = 0;
  milliseconds = 0;
  readonly failures: Failure[] = [];
  /** What is wrong beside commands: a file that cannot be read, commands that were not run. */
  readonly problems: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  fail(command: Command, reason: string): void {
    this.failures.push({ line: command.line, type: command.type, reason });
  }

  get failed(): number {
    return this.failures.length;
  }
}

export interface Totals {
  readonly commands: number;
  readonly passed: number;
  readonly failed: number;
  readonly text: number;
}

/** The results of a suite. */
export interface SuiteReport {
  readonly name: string;
  readonly folder: string;
  readonly proposals: readonly string[];
  readonly units: readonly UnitReport[];
  readonly problems: readonly string[];
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function add(items: readonly Totals[]): Totals {
  return {
    commands: sum(items, (item) => item.commands),
    passed: sum(items, (item) => item.passed),
    failed: sum(items, (item) => item.failed),
    text: sum(items, (item) => item.text),
  };
}

export function suiteTotals(suite: SuiteReport): Totals {
  return add(suite.units);
}

export function allTotals(suites: readonly SuiteReport[]): Totals {
  return add(suites.map(suiteTotals));
}

/** The last line of a run. */
export function totalsLine({ passed, failed, text }: Totals): string {
  return `${passed} passed, ${failed} failed, ${text} skipped`;
}

/** Why commands were skipped. */
export function skippedLine({ text }: Totals): string {
  return `of the skipped: ${text} about modules in text form`;
}

/** A unit's or a suite's line. */
export function resultLine(name: string, totals: Totals): string {
  return `${name}: ${totalsLine(totals)}`;
}

/**
 * The lines on what failed in a suite.
 * @param limit failures printed at most, 0 for all
 */
export function failureLines(suite: SuiteReport, limit: number): string[] {
  const lines = suite.units.flatMap((unit) =>
    unit.failures.map(({ line, type, reason }) => `FAILED ${suite.name}/${unit.name}:${line} ${type}: ${reason}`),
  );
  const shown = limit === 0 ? lines : lines.slice(0, limit);
  if (shown.length < lines.length) shown.push(`... and ${lines.length - shown.length} more; --failures 0 prints all`);
  const problems = [...suite.problems, ...suite.units.flatMap((unit) => unit.problems)];
  return [...shown, ...problems.map((problem) => `PROBLEM ${suite.name}: ${problem}`)];
}

/** Whether anything failed, a problem beside the commands included. */
export function hasFailed(suites: readonly SuiteReport[]): boolean {
  return suites.some(
    (suite) =>
      suite.problems.length > 0 || suite.units.some(({ failed, problems }) => failed > 0 || problems.length > 0),
  );
}

/** The results as data, for `--json`. */
export function jsonReport(suites: readonly SuiteReport[]): unknown {
  return {
    totals: allTotals(suites),
    suites: suites.map((suite) => ({
      name: suite.name,
      proposals: suite.proposals,
      totals: suiteTotals(suite),
      problems: suite.problems,
      units: suite.units.map((unit) => ({
        name: unit.name,
        commands: unit.commands,
        passed: unit.passed,
        failed: unit.failed,
        text: unit.text,
        milliseconds: Math.round(unit.milliseconds),
        failures: unit.failures,
        problems: unit.problems,
      })),
    })),
  };
}
