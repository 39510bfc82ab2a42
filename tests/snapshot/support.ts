import type { Value } from "../../src/common/wasm-value.ts";
import type { PausableRun } from "../../src/executor/pausable-run.ts";
import { type Restored, type RestoreOptions, restoreSnapshot } from "../../src/snapshot/restore-snapshot.ts";
import { type SnapshotOptions, takeSnapshot } from "../../src/snapshot/take-snapshot.ts";
import type { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, type EngineOptions, exported, type Source } from "../support/engine.ts";

export const counting: EngineOptions = { statistics: { instructionCounting: true, costMeasuring: false } };

/** A run in an engine, with what a snapshot is taken of. */
export class Subject {
  readonly engine: Engine;
  readonly active: ModuleInstance | undefined;
  readonly run: PausableRun | undefined;

  constructor(engine: Engine, active?: ModuleInstance, run?: PausableRun) {
    this.engine = engine;
    this.active = active;
    this.run = run;
  }

  static start(
    source: Source,
    name: string,
    params: readonly Value[] = [],
    engine: Engine = new Engine(counting),
  ): Subject {
    const instance = engine.instantiate(source);
    return new Subject(engine, instance, engine.executor.pausable(exported(instance, name), params));
  }

  /** The run, which there must be. */
  get theRun(): PausableRun {
    if (this.run === undefined) throw new Error("there is no run");
    return this.run;
  }

  get count(): number {
    return this.engine.statistics.getInstrCount();
  }

  snapshot(options?: SnapshotOptions): Uint8Array {
    const { engine, active, run } = this;
    const execution = run?.state;
    const suspended = run === undefined || execution === undefined ? undefined : { func: run.func, execution };
    return takeSnapshot({ store: engine.store, executor: engine.executor, active, run: suspended }, options);
  }
}

/** Restores in another engine. */
export function restore(
  bytes: Uint8Array,
  engine: Engine = new Engine(counting),
  options: Partial<RestoreOptions> = {},
): Subject & { readonly restored: Restored } {
  const restored = restoreSnapshot(bytes, { executor: engine.executor, store: engine.store, ...options });
  return Object.assign(new Subject(engine, restored.active, restored.run), { restored });
}
