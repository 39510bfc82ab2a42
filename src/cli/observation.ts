import { closeSync, openSync, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { log } from "../common/log.ts";
import { Coverage, coverageText } from "../debugger/coverage.ts";
import { toCpuProfile, toSpeedscope } from "../debugger/profile-formats.ts";
import { Profiler } from "../debugger/profiler.ts";
import { type TraceKind, traceKinds, traceLine } from "../debugger/trace-events.ts";
import { Tracer } from "../debugger/tracer.ts";
import type { InspectingVM } from "../vm/inspecting-vm.ts";
import type { ProgramValues } from "./configuration.ts";
import { writeText } from "./logger.ts";
import type { EndObservation } from "./observing.ts";
import { UsageError } from "./option-parser.ts";

/** What `run` tells of the run that it makes: `--trace`, `--profile`, `--coverage`. */

/** @throws UsageError for a kind that there is not */
function traceKindsOf(text: string): TraceKind[] {
  return text.split(",").map((word) => {
    const kind = traceKinds.find((one) => one === word.trim());
    if (kind === undefined)
      throw new UsageError(`--trace: there is no "${word}"`, `It traces ${traceKinds.join(", ")}.`);
    return kind;
  });
}

function complaint(option: string, path: string, error: unknown): string {
  return `--${option}: cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`;
}

/** So that nobody waits for a run whose report is lost. What is there already stays until the run has ended. @throws UsageError */
function requireWritable(option: string, path: string): void {
  try {
    closeSync(openSync(path, "a"));
  } catch (error) {
    throw new UsageError(complaint(option, path, error));
  }
}

/** @throws UsageError where one report would be written over the other, or over the program */
function requireOwnFiles({ profile, coverage }: ProgramValues, program: string): void {
  const taken = new Map([[resolve(program), "the program"]]);
  for (const [option, path] of Object.entries({ profile, coverage })) {
    if (path === undefined) continue;
    const holder = taken.get(resolve(path));
    if (holder !== undefined) throw new UsageError(`--${option}: cannot write ${path}: it is the file of ${holder}`);
    taken.set(resolve(path), `--${option}`);
  }
}

function writeReport(option: string, path: string, text: string): boolean {
  try {
    writeFileSync(path, text);
    return true;
  } catch (error) {
    log.error(complaint(option, path, error));
    return false;
  }
}

function profiling(vm: InspectingVM, file: string, program: string): EndObservation {
  requireWritable("profile", file);
  const profiler = new Profiler(vm.getExecutor());
  return () => {
    profiler.detach();
    const profile = profiler.profile();
    const text = /\.speedscope(?:\.json)?$/.test(file)
      ? toSpeedscope(profile, basename(program))
      : toCpuProfile(profile);
    return writeReport("profile", file, text);
  };
}

function covering(vm: InspectingVM, file: string): EndObservation {
  requireWritable("coverage", file);
  const coverage = new Coverage(vm.getExecutor());
  return () => {
    coverage.detach();
    const active = vm.getActiveModule();
    const modules = new Set(active === null ? coverage.modules : [active, ...coverage.modules]);
    const reports = Array.from(modules, (module) => ({ module, report: coverage.report(module) }));
    const text = file.endsWith(".json")
      ? JSON.stringify(reports.map(({ report }) => report))
      : reports.map(({ module, report }) => coverageText(module, report)).join("\n");
    return writeReport("coverage", file, text);
  };
}

/**
 * Begins to observe what the options ask for.
 * @param program the path of the module
 * @throws UsageError for what there is not to trace, for files that cannot be written, and where two would be the same
 */
export function observe(vm: InspectingVM, values: ProgramValues, program: string): EndObservation {
  requireOwnFiles(values, program);
  const ends: EndObservation[] = [];
  if (values.trace !== undefined) {
    const kinds = traceKindsOf(values.trace);
    const tracer = new Tracer(vm.getExecutor(), kinds, (event) => writeText(2, `${traceLine(event)}\n`));
    ends.push(() => {
      tracer.detach();
      return true;
    });
  }
  if (values.profile !== undefined) ends.push(profiling(vm, values.profile, program));
  if (values.coverage !== undefined) ends.push(covering(vm, values.coverage));
  return () => ends.map((end) => end()).every((isWritten) => isWritten);
}
