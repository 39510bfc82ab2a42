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

/** Runs that are stopped into a file: `--snapshot`, `--snapshot-at`. */

/** Where and when a run is stopped. */
export interface StopPlan {
  readonly file: string;
  /** The count of instructions; Infinity where only a signal stops it. */
  readonly at: number;
  readonly modules: "included" | "hashed";
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** What the options say. @throws UsageError where they do not go together, or no file can be there */
export function stopPlanOf(values: Pick<ResumeValues, `snapshot${string}` & keyof ResumeValues>): StopPlan | undefined {
  const { snapshot: file, "snapshot-at": at, "snapshot-without-modules": withoutModules } = values;
  if (file === undefined) {
    const name = at === undefined ? "snapshot-without-modules" : "snapshot-at";
    if (at !== undefined || withoutModules) throw new UsageError(`--${name} wants a file: --snapshot FILE`);
    return undefined;
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
  received = false;
  private readonly listener = (): void => {
    this.received = true;
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

/** Runs slice by slice. @throws Ended where it is stopped */
async function goOn(vm: VM, callee: Callee, run: PausableRun, plan: StopPlan): Promise<void> {
  const statistics = vm.getStatistics();
  const save = (): boolean =>
    saveSnapshot(plan.file, statistics.getInstrCount(), () => vm.snapshot(run, { modules: plan.modules }));
  const signals = new Signals();
  try {
    for (;;) {
      const count = statistics.getInstrCount();
      if (count >= plan.at) throw new Ended(save() ? ExitStatus.Stopped : ExitStatus.Failure);
      if (signals.received) {
        // To a place at which the count is exact.
        if (describing(callee, () => run.runUntil(count))) return;
        if (save()) throw new Ended(ExitStatus.Stopped);
        log.error("The run goes on. The next interruption ends it.");
        signals.received = false;
      }
      if (describing(callee, () => run.runSlice(plan.at))) return;
      // Signals are heard of when the event loop has its turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    signals.end();
  }
}
