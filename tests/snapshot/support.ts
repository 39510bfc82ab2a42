import type { FunctionType } from "../../src/ast/types.ts";
import { sha256, toHex } from "../../src/common/sha256.ts";
import { ValType } from "../../src/common/value-type.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import type { PausableRun } from "../../src/executor/pausable-run.ts";
import { type Restored, type RestoreOptions, restoreSnapshot } from "../../src/snapshot/restore-snapshot.ts";
import { type SnapshotOptions, takeSnapshot } from "../../src/snapshot/take-snapshot.ts";
import { TimeTravel, type TimeTravelOptions } from "../../src/snapshot/time-travel.ts";
import { HostFunction, type HostFunctionBody } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
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

/** A recorded run, and what its state is at the present place. */
export class Journey {
  readonly engine = new Engine(counting);
  readonly instance: ModuleInstance;
  readonly travel: TimeTravel;

  constructor(
    source: Source,
    name: string,
    params: readonly Value[],
    options: TimeTravelOptions,
    host?: ModuleInstance,
  ) {
    const { executor, store } = this.engine;
    if (host !== undefined) store.registerModule(host);
    this.instance = this.engine.instantiate(source);
    const run = executor.pausable(exported(this.instance, name), params);
    this.travel = new TimeTravel({ executor, store, active: this.instance, run }, options);
  }

  /** The hash of everything, or how the run has ended. */
  state(): string {
    const { executor, store } = this.engine;
    const { state, run } = this.travel;
    if (state === undefined) return `ended at ${this.travel.count}`;
    const subject = { executor, store, active: this.instance, run: { func: run.func, execution: state } };
    return toHex(sha256(takeSnapshot(subject, { modules: "hashed" })));
  }
}

/** A module "host" of functions that take and give an i32, unless another type is told. */
export function hostModule(
  bodies: Record<string, HostFunctionBody>,
  type: FunctionType = { params: [ValType.I32], results: [ValType.I32] },
): ModuleInstance {
  const host = new ModuleInstance("host");
  for (const [name, body] of Object.entries(bodies)) host.addHostFunction(name, new HostFunction(type, body));
  return host;
}
