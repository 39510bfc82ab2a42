import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { installHost } from "../src/common/host.ts";
import { setLogLevel } from "../src/common/log.ts";
import { updated } from "./conformance.ts";
import { takeSeen } from "./observe.ts";
import { type Options, UsageError } from "./options.ts";
import { configureFor, enabledProposals } from "./proposals.ts";
import {
  allTotals,
  failureLines,
  hasFailed,
  jsonReport,
  resultLine,
  type SuiteReport,
  skippedLine,
  suiteTotals,
  totalsLine,
  type UnitReport,
} from "./report.ts";
import { runSuite } from "./suite-runner.ts";
import { findSources, type Places, type RecordedCounts, type Source } from "./suite-sources.ts";
import type { Suite, Unit } from "./suites.ts";

/** What a run works with, beside its options. */
export interface Environment {
  readonly places: Places;
  readonly counts: RecordedCounts;
  /** The files that tell of conformance. */
  readonly documents: { readonly conformance: string; readonly readme: string };
  print(line: string): void;
}

function selectUnits(suite: Suite, names: readonly string[]): readonly Unit[] {
  if (names.length === 0) return suite.units;
  return suite.units.filter(({ name }) => names.includes(name) || names.includes(`${suite.name}/${name}`));
}

/** Whether a suite of the pinned tag has all that it should. */
function checkCounts(units: readonly UnitReport[], recorded: RecordedCounts["suites"][string] | undefined): string[] {
  if (recorded === undefined) return ["its numbers of units and commands are not recorded"];
  const sum = (value: (unit: UnitReport) => number): number => units.reduce((total, unit) => total + value(unit), 0);
  const text = (of: RecordedCounts["suites"][string]): string =>
    `${of.units} units with ${of.commands} commands, ${of.text} of them about text`;
  const found = { units: units.length, commands: sum((unit) => unit.commands), text: sum((unit) => unit.text) };
  return text(found) === text(recorded) ? [] : [`it has ${text(found)}; recorded are ${text(recorded)}`];
}

async function runSource(source: Source, options: Options, environment: Environment): Promise<SuiteReport> {
  const { print, counts } = environment;
  const { suite, pinned } = source;
  const configure = configureFor(suite.name, options);
  const reports: UnitReport[] = [];
  let stopped = false;
  const units = selectUnits(suite, options.units);
  for await (const report of runSuite(units, configure)) {
    reports.push(report);
    if (options.verbose) {
      print(`${resultLine(`${suite.name}/${report.name}`, report)}, ${Math.round(report.milliseconds)} ms`);
    }
    stopped = options.failFast && (report.failed > 0 || report.problems.length > 0);
    if (stopped) break;
  }
  const problems: string[] = [];
  if (pinned && options.units.length === 0 && !stopped) {
    problems.push(...checkCounts(reports, counts.suites[suite.name]));
  }
  const { name, folder } = suite;
  return { name, folder, proposals: enabledProposals(configure), units: reports, problems };
}

/** Suites of the pinned tag that a run over all of them did not find. */
function missingSuites(reports: readonly SuiteReport[], counts: RecordedCounts): string[] {
  const names = new Set(reports.map(({ name }) => name));
  return Object.keys(counts.suites).filter((name) => !names.has(name));
}

/**
 * Writes the documents, or says which of them are out of date.
 * @returns what is wrong
 */
function tellConformance(reports: readonly SuiteReport[], options: Options, environment: Environment): string[] {
  const { documents, counts } = environment;
  const missing = missingSuites(reports, counts);
  if (missing.length > 0) return [`the documents want all suites; missing: ${missing.join(", ")}`];
  const readme = readFileSync(documents.readme, "utf8");
  const wanted = updated({ readme }, reports, counts.tag);
  const wrong: string[] = [];
  for (const [file, text] of [
    [documents.conformance, wanted.conformance],
    [documents.readme, wanted.readme],
  ] as const) {
    if (options.documents === "write") writeFileSync(file, text);
    else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
      wrong.push(`${file} is out of date: npm run spec -- --write makes it anew`);
    }
  }
  return wrong;
}

/**
 * Runs the suites that the options name, and prints what came of it.
 * @returns the exit code
 * @throws Error where there is nothing to run
 */
export async function run(options: Options, environment: Environment): Promise<number> {
  const { print, counts, places } = environment;
  setLogLevel("off");
  if (options.words) installHost({ cachesProperties: false });
  const isPartial = options.units.length > 0 || options.failFast;
  if (options.documents !== undefined && isPartial) {
    throw new UsageError("--write and --check tell of all units: they go with neither --units nor --fail-fast");
  }
  const { sources, notes } = findSources(options.folders, places);
  for (const note of notes) print(`note: ${note}`);
  const wanted = new Set(options.units);
  for (const { suite } of sources) {
    for (const { name } of suite.units) for (const form of [name, `${suite.name}/${name}`]) wanted.delete(form);
  }
  if (wanted.size > 0) throw new Error(`no suite has the units ${[...wanted].join(", ")}`);

  const reports: SuiteReport[] = [];
  let problems = 0;
  for (const source of sources) {
    if (selectUnits(source.suite, options.units).length === 0) continue;
    const report = await runSource(source, options, environment);
    reports.push(report);
    for (const line of failureLines(report, options.failures)) print(line);
    print(resultLine(report.name, suiteTotals(report)));
    const observed = takeSeen();
    if (observed !== undefined) print(`  observed: ${observed}`);
    if (options.failFast && hasFailed([report])) {
      print("note: stopped by --fail-fast");
      break;
    }
  }
  const complain = (text: string): void => {
    print(`PROBLEM ${text}`);
    problems++;
  };
  if (options.folders.length === 0 && !isPartial) {
    for (const name of missingSuites(reports, counts)) complain(`the suite ${name} is missing`);
  }
  if (options.documents !== undefined)
    for (const text of tellConformance(reports, options, environment)) complain(text);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(jsonReport(reports), null, 2)}\n`);
  const totals = allTotals(reports);
  print(skippedLine(totals));
  print(totalsLine(totals));
  return problems > 0 || hasFailed(reports) ? 1 : 0;
}
