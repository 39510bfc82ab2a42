import { log } from "../common/log.ts";
import type { WasmValue } from "../common/wasm-value.ts";
import type { PausableRun } from "../executor/pausable-run.ts";
import { suspended } from "../snapshot/suspended-run.ts";
import { takeSnapshot } from "../snapshot/take-snapshot.ts";
import { type Callee, describing } from "../vm/calls.ts";
import type { InspectingVM } from "../vm/inspecting-vm.ts";
import { Ended } from "./ended.ts";
import { ExitStatus } from "./exit-status.ts";
import { saveSnapshot } from "./snapshot-file.ts";
import type { StopPlan } from "./stop-plan.ts";

/** Runs that are stopped into a file (`--snapshot`, `--snapshot-at`), and those that a signal ends so that their reports are written. */

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
type Signal = (typeof SIGNALS)[number];

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
  vm: InspectingVM,
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
async function goOn(vm: InspectingVM, callee: Callee, run: PausableRun, plan: StopPlan): Promise<void> {
  const statistics = vm.getStatistics();
  const { file } = plan;
  const take = (): Uint8Array => {
    const active = vm.getActiveModule() ?? undefined;
    const subject = { store: vm.getStoreManager(), executor: vm.getExecutor(), active, run: suspended(run) };
    return takeSnapshot(subject, { modules: plan.modules });
  };
  const save = (to: string): boolean => saveSnapshot(to, statistics.getInstrCount(), take);
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
