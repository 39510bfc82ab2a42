import { log } from "../common/log.ts";
import type { WasmValue } from "../common/wasm-value.ts";
import type { Configure, StatisticsConfigure } from "../config/configure.ts";
import type { PausableRun } from "../executor/pausable-run.ts";
import { type Callee, describing } from "../vm/calls.ts";
import type { VM } from "../vm/vm.ts";
import type { ResumeValues } from "./configuration.ts";
import { Ended } from "./ended.ts";
import { ExitStatus } from "./exit-status.ts";
import { UsageError } from "./option-parser.ts";
import { requireWritable, saveSnapshot } from "./snapshot-file.ts";

/** Runs that are stopped into a file (`--snapshot`, `--snapshot-at`), and those that a signal ends so that their reports are written. */

/** Where and when a run is stopped. */
export interface StopPlan {
  /** Undefined where a signal ends the run: a profile, a coverage report is wanted of what there was of it. */
  readonly file: string | undefined;
  /** The count of instructions; Infinity where only a signal stops it. */
  readonly at: number;
  readonly modules: "included" | "hashed";
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
type Signal = (typeof SIGNALS)[number];

type StopValues = Pick<ResumeValues, (`snapshot${string}` & keyof ResumeValues) | "profile" | "coverage">;

/** What the options say. @throws UsageError where they do not go together, or no file can be there */
export function stopPlanOf(values: StopValues): StopPlan | undefined {
  const { snapshot: file, "snapshot-at": at, "snapshot-without-modules": withoutModules } = values;
  if (file === undefined) {
    const name = at === undefined ? "snapshot-without-modules" : "snapshot-at";
    if (at !== undefined || withoutModules) throw new UsageError(`--${name} wants a file: --snapshot FILE`);
    const reports = values.profile !== undefined || values.coverage !== undefined;
    return reports ? { file, at: Number.POSITIVE_INFINITY, modules: "included" } : undefined;
  }
  requireWritable(file);
  return {
    file,
    at: at === undefined ? Number.POSITIVE_INFINITY : Number(at),
    modules: withoutModules ? "hashed" : "included",
  };
}

/** Has instructions counted, as stopping wants it. @returns what was to be measured without that */
export function countFor(plan: StopPlan | undefined, configure: Configure): StatisticsConfigure {
  const asked = { ...configure.statistics };
  if (plan !== undefined) configure.statistics.instructionCounting = true;
  return asked;
}

/** Listens for signals, each of which does what it does otherwise when it comes a second time. */
class Signals {
  received: Signal | undefined;
  private readonly listener = (signal: NodeJS.Signals): void => {
    this.received = SIGNALS.find((known) => known === signal);
  };

  constructor() {
    for (const signal of SIGNALS) process.once(signal, this.listener);
  }

  end(): void {
    for (const signal of SIGNALS) process.removeListener(signal, this.listener);
  }
}

/**
 * Runs to the end.
 * @param plan how the run may be stopped; absent: not at all
 * @throws what ends the run; Ended where it has been stopped
 */
export async function runStoppably(
  vm: VM,
  callee: Callee,
  run: PausableRun,
  plan: StopPlan | undefined,
): Promise<WasmValue[]> {
  try {
    if (plan !== undefined) await goOn(vm, callee, run, plan);
    return describing(callee, () => run.finishTyped());
  } finally {
    vm.getStatistics().dumpToLog(vm.getExecutor().configure.statistics);
  }
}

function endedBySignal(signal: Signal): Ended {
  log.info(`The run was ended by ${signal}.`);
  return new Ended(signal === "SIGINT" ? ExitStatus.Interrupted : ExitStatus.Terminated);
}

/** Runs slice by slice. @throws Ended where it is stopped */
async function goOn(vm: VM, callee: Callee, run: PausableRun, plan: StopPlan): Promise<void> {
  const statistics = vm.getStatistics();
  const { file } = plan;
  const save = (to: string): boolean =>
    saveSnapshot(to, statistics.getInstrCount(), () => vm.snapshot(run, { modules: plan.modules }));
  const signals = new Signals();
  try {
    for (;;) {
      const count = statistics.getInstrCount();
      if (file !== undefined && count >= plan.at) throw new Ended(save(file) ? ExitStatus.Stopped : ExitStatus.Failure);
      if (signals.received !== undefined) {
        if (file === undefined) throw endedBySignal(signals.received);
        // To a place at which the count is exact.
        if (describing(callee, () => run.runUntil(count))) return;
        if (save(file)) throw new Ended(ExitStatus.Stopped);
        log.error("The run goes on. The next interruption ends it.");
        signals.received = undefined;
      }
      if (describing(callee, () => run.runSlice(plan.at))) return;
      // Signals are heard of when the event loop has its turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    signals.end();
  }
}
