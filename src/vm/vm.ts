import type { PausableRun } from "../executor/pausable-run.ts";
import { type RestoreOptions, restoreSnapshot } from "../snapshot/restore-snapshot.ts";
import { type HeldRun, suspended } from "../snapshot/suspended-run.ts";
import { type SnapshotOptions, takeSnapshot } from "../snapshot/take-snapshot.ts";
import { TimeTravel, type TimeTravelOptions } from "../snapshot/time-travel.ts";
import { InspectingVM } from "./inspecting-vm.ts";
import { type Params, VMStage } from "./vm-types.ts";

/**
 * Loader, validator, executor and store behind one face: holds one module at a time, as the active one, and any number of
 * registered ones. WasmEdge `VM::VM`.
 *
 * Its methods stand by subject: registered modules in `RegisteringVM`, the stages of the active one in `StagedVM`, calls in
 * `ExecutingVM`, what there is to look at in `InspectingVM`; snapshots here.
 *
 * Errors are thrown as `WasmEdgeError`. The end that `proc_exit` asks for is one too, with the code Terminated: it
 * counts as success, see `isTerminated`.
 */
export class VM extends InspectingVM {
  /**
   * A call of an exported function of the active module that can go back: see `TimeTravel`.
   * @throws as `pausable`; RuntimeError where instructions are not counted (`instructionCounting`); NotInSnapshot
   */
  record(func: string, params: Params = [], options?: TimeTravelOptions): TimeTravel {
    const { store, executor, activeInstance: active } = this;
    return new TimeTravel({ store, executor, active, run: this.pausable(func, params) }, options);
  }

  /**
   * What there is at this moment as bytes, to go on elsewhere by `restore`: all registered modules and the active one, with what
   * they hold and the state of WASI, and a run where it stands.
   * @param run of this VM; absent: the instances alone
   * @throws NotInSnapshot, with what it is, for what bytes cannot tell
   */
  snapshot(run?: HeldRun, options?: SnapshotOptions): Uint8Array {
    const { store, executor, activeInstance: active } = this;
    return takeSnapshot({ store, executor, active, run: run === undefined ? undefined : suspended(run) }, options);
  }

  /**
   * Goes on from a snapshot: its modules are registered and its active module becomes that of this VM, which has the host
   * modules, under their names. WASI has been given its preopens already.
   * @returns the run, which goes on when it is told to; undefined where there was none
   * @throws MalformedSnapshot, SnapshotVersion, SnapshotMismatch; errors of loading, linking and limits
   */
  restore(bytes: Uint8Array, options: Omit<RestoreOptions, "executor" | "store"> = {}): PausableRun | undefined {
    const { store, executor } = this;
    const { active, instances, run } = restoreSnapshot(bytes, { ...options, store, executor });
    this.registered.push(...instances.filter((instance) => instance !== active && instance.source !== undefined));
    if (active !== undefined) {
      this.module = active.source;
      this.activeInstance = active;
      this.stage = VMStage.Instantiated;
    }
    return run;
  }
}
