import { requireLimit } from "../common/count.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Reference, Value, WasmValue } from "../common/wasm-value.ts";
import type { Execution } from "../executor/engine/execution.ts";
import type { Executor } from "../executor/executor.ts";
import type { PausableRun } from "../executor/pausable-run.ts";
import type { Statistics } from "../executor/statistics.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { StoreManager } from "../store/store-manager.ts";
import { type Checkpoint, Checkpoints } from "./checkpoints.ts";
import { mayShareObjects } from "./guest-state.ts";
import { type HostCallRecord, HostRecorder } from "./host-recorder.ts";
import { restoreParts } from "./restore-snapshot.ts";
import { suspended } from "./suspended-run.ts";
import { type SnapshotParts, takeParts } from "./take-snapshot.ts";
import { TraceHash } from "./trace-hash.ts";

/** What going back may take, and whether the run is told apart from others by a hash. */
export interface TimeTravelOptions {
  /** Instructions between two snapshots, to which going back returns; absent: a million. */
  readonly interval?: number;
  /** Bytes that the snapshots may keep; beyond it every second one is dropped, and they become rarer. Absent: 512 MiB. */
  readonly maxBytes?: number;
  /** Whether a hash of the run is kept: `traceHash`. */
  readonly hash?: boolean;
}

/** What is run. */
export interface TimeTravelSubject {
  readonly executor: Executor;
  /** Has the modules and host modules by their names. */
  readonly store: StoreManager;
  readonly active?: ModuleInstance | undefined;
  /** At its beginning. */
  readonly run: PausableRun;
}

const DEFAULT_INTERVAL = 1_000_000;
const DEFAULT_BYTES = 512 << 20;

/**
 * A run that can go back: to any count of instructions that it has passed, and forwards again, where it sees what it saw the
 * first time. Every so often a snapshot is kept, from which it is run again up to the place that is wanted; what host functions
 * have done is recorded, and played back without calling them. Behind a call that cannot be played, one that has to do with structs
 * or arrays, a snapshot is kept in any case, and the run goes from before the call to there.
 *
 * While a host function calls the guest back there is no place of the run: a count that is passed meanwhile is the place behind
 * the call.
 *
 * Instances, and structs and arrays that host functions may have seen, stay the same objects: what the embedder holds of them
 * shows the state of the present place. What is outside, files and output, does not go back.
 */
export class TimeTravel {
  private readonly executor: Executor;
  private readonly statistics: Statistics;
  private readonly store: StoreManager;
  private readonly active: ModuleInstance | undefined;
  private readonly recorder: HostRecorder;
  private readonly hash: TraceHash | undefined;
  private readonly first: number;
  private readonly hashInterval: number;
  private readonly checkpoints: Checkpoints;
  private present: PausableRun;
  /** The largest count that has been reached. */
  private reached: number;
  private nextHash: number;
  /** A host call that cannot be played, behind which a snapshot is to be taken. */
  private owed: HostCallRecord | undefined;
  private readonly hostObjects: Reference[] = [];
  private readonly hostKeys = new Map<Reference, string>();

  /** @throws RuntimeError where instructions are not counted one by one, and for options that are no counts; as taking a snapshot does */
  constructor({ executor, store, active, run }: TimeTravelSubject, options: TimeTravelOptions = {}) {
    const { statistics } = executor;
    if (statistics === undefined || !run.canPause) {
      const text = "To travel in time, instructions must be counted (instructionCounting) and cost one each.";
      fail(ErrCode.RuntimeError, { kind: "note", text });
    }
    this.executor = executor;
    this.statistics = statistics;
    this.store = store;
    this.active = active;
    this.present = run;
    const { interval = DEFAULT_INTERVAL, maxBytes = DEFAULT_BYTES } = options;
    this.hashInterval = Math.max(1, requireLimit("interval", interval));
    this.checkpoints = new Checkpoints(this.hashInterval, requireLimit("maxBytes", maxBytes));
    this.hash = options.hash === true ? new TraceHash() : undefined;
    this.first = statistics.getInstrCount();
    this.reached = this.first;
    const parts = this.takeParts();
    this.recorder = new HostRecorder({ statistics, store, instances: parts.instances });
    this.recorder.onRecord = (record) => this.takeNotice(record);
    this.checkpoints.add({ count: this.first, from: this.first, parts, cursor: 0 });
    this.hash?.addState(parts);
    this.nextHash = this.first + this.hashInterval;
  }

  // --- Where the run is ---

  /** Instructions that have been executed up to the present place, as the executor's statistics count them. */
  get count(): number {
    return this.statistics.getInstrCount();
  }

  /** The count at which it began. */
  get start(): number {
    return this.first;
  }

  /** The largest count that it has been at: beyond it host functions are called. */
  get furthest(): number {
    return this.reached;
  }

  /** Whether the run has ended at the present place. */
  get done(): boolean {
    return this.present.done;
  }

  /** Stack, frames and position at the present place; undefined where the run has ended. */
  get state(): Execution | undefined {
    return this.present.state;
  }

  /** The run as it is at the present place: for a snapshot, say. Another one after each going back. */
  get run(): PausableRun {
    return this.present;
  }

  /** The snapshots that are kept, by their counts. */
  get kept(): readonly number[] {
    return this.checkpoints.counts;
  }

  // --- Going ---

  /**
   * Goes to the place at which so many instructions have been executed, back or forwards.
   * @param count before the start it is the start; beyond the end, the run ends; within a host call that called the guest back, the
   *   place behind that
   * @returns whether the run has ended there
   * @throws what ended the run; NotInSnapshot where a host function does what cannot be recorded; RuntimeError for a count that is
   *   no whole number
   */
  goTo(count: number): boolean {
    const target = requireLimit("count", Math.max(this.first, count));
    if (target < this.count || this.present.done) this.returnTo(this.checkpoints.before(target));
    return this.advance(target);
  }

  /** One instruction, or several, back. A host call that called the guest back is one. @returns the count @throws as `goTo` */
  stepBack(instructions = 1): number {
    const target = this.count - instructions;
    const call = this.recorder.callAround(target);
    this.goTo(call === undefined ? target : call.from - 1);
    return this.count;
  }

  /** One instruction, or several, forwards. @returns whether the run has ended @throws as `goTo` */
  step(instructions = 1): boolean {
    return this.goTo(this.count + instructions);
  }

  /** Runs to the end. @returns the results in natural form @throws what ended the run */
  finish(): Value[] {
    return this.finishTyped().map((value) => value.toValue());
  }

  /** Like `finish`; the results with their exact bits. */
  finishTyped(): WasmValue[] {
    this.advance(Number.POSITIVE_INFINITY);
    return this.present.finishTyped();
  }

  /**
   * A hash of the run up to the furthest place at which it was taken: of all host calls with what they gave and wrote, and of the
   * whole state at each interval, behind each call that cannot be played, and at the end. Two runs of the same hash have seen the
   * same and done the same.
   */
  get traceHash(): string {
    if (this.hash === undefined) fail(ErrCode.RuntimeError, { kind: "note", text: "The option `hash` is off." });
    return this.hash.text;
  }

  private returnTo({ parts, cursor, ended }: Checkpoint): void {
    const { executor, store } = this;
    const hostReference = (key: string): Reference => this.hostObjects[Number(key)];
    const { run } = restoreParts(parts, { executor, store, hostReference });
    this.present = ended ?? (run as PausableRun);
    this.recorder.cursor = cursor;
  }

  private advance(target: number): boolean {
    const jump = this.checkpoints.onTheWay(this.count, target);
    if (jump !== undefined) this.returnTo(jump);
    if (this.present.done && this.present.error !== undefined) throw this.present.error;
    const around = this.executor.hostGate;
    this.executor.hostGate = this.recorder;
    try {
      while (!this.present.done && this.count < target) this.advanceTo(Math.min(target, this.nextStop()));
    } finally {
      this.executor.hostGate = around;
      const before = this.reached;
      this.reached = Math.max(before, this.count);
      if (this.present.done && this.reached > before) this.hashEnd();
    }
    return this.present.done;
  }

  private advanceTo(count: number): void {
    this.owed = undefined;
    try {
      this.present.runUntil(count);
    } finally {
      this.takeCheckpoint();
    }
  }

  /** Where the run stops on its way, to take a snapshot. */
  private nextStop(): number {
    const stops = [this.checkpoints.due];
    if (this.hash !== undefined) stops.push(this.nextHash);
    return Math.min(...stops.filter((stop) => stop > this.count));
  }

  // --- Snapshots ---

  /** Takes a snapshot at the present place, where one is due. */
  private takeCheckpoint(): void {
    const { count, owed, hash, recorder } = this;
    const ended = this.present.done ? this.present : undefined;
    if (ended !== undefined && owed === undefined) return;
    const isHashed = hash !== undefined && (count >= this.nextHash || owed !== undefined);
    const isKept = owed !== undefined || count >= this.checkpoints.due;
    if (!isHashed && !isKept) return;
    const parts = this.takeParts();
    if (isHashed) hash.addState(parts);
    while (this.nextHash <= count) this.nextHash += this.hashInterval;
    if (!isKept) return;
    recorder.add(parts.instances);
    const from = owed?.from ?? count;
    this.checkpoints.add({ count, from, parts, cursor: recorder.cursor, behind: owed?.func, ended });
  }

  private takeNotice(record: HostCallRecord): void {
    this.hash?.addRecord(record);
    if (record.isPlayable) return;
    this.owed = record;
    this.present.pauseSoon();
  }

  private takeParts(): SnapshotParts {
    const { store, executor, active, present } = this;
    return takeParts(
      { store, executor, active, run: present.done ? undefined : suspended(present) },
      {
        modules: "hashed",
        withoutHostState: true,
        before: this.checkpoints.last?.parts,
        keepsObjects: mayShareObjects,
        hostReference: (reference) => this.keyOf(reference),
      },
    );
  }

  /** The text for an object of the host; others tell themselves. */
  private keyOf(reference: NonNullable<Reference>): string | undefined {
    if (typeof reference !== "object" && typeof reference !== "function" && typeof reference !== "symbol")
      return undefined;
    let key = this.hostKeys.get(reference);
    if (key === undefined) {
      key = String(this.hostObjects.push(reference) - 1);
      this.hostKeys.set(reference, key);
    }
    return key;
  }

  private hashEnd(): void {
    const { error } = this.present;
    this.hash?.addEnd(this.count, error === undefined ? this.present.finishTyped() : [], error);
  }
}
