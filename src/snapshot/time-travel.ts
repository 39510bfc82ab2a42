import { fail, WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { Sha256, toHex } from "../common/sha256.ts";
import { encodeUtf8 } from "../common/utf8.ts";
import type { Reference, Value, WasmValue } from "../common/wasm-value.ts";
import type { Execution } from "../executor/engine/execution.ts";
import type { Executor } from "../executor/executor.ts";
import type { PausableRun } from "../executor/pausable-run.ts";
import type { Statistics } from "../executor/statistics.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { StoreManager } from "../store/store-manager.ts";
import { type HostCallRecord, HostRecorder } from "./host-recorder.ts";
import { restoreParts } from "./restore-snapshot.ts";
import { suspended } from "./suspended-run.ts";
import { encodeSnapshot, type SnapshotParts, takeParts } from "./take-snapshot.ts";

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

/** A place to which the run can return. */
interface Checkpoint {
  readonly count: number;
  readonly parts: SnapshotParts;
  /** Host calls before it. */
  readonly cursor: number;
}

const DEFAULT_INTERVAL = 1_000_000;
const DEFAULT_BYTES = 512 << 20;

/**
 * A run that can go back: to any count of instructions that it has passed, and forwards again, where it sees what it saw the
 * first time. Every so often a snapshot is kept, from which it is run again up to the place that is wanted; what host functions
 * have done is recorded, and played back without calling them.
 *
 * Instances stay the same objects: what the embedder holds of them shows the state of the present place. What is outside, files
 * and output, does not go back. Objects of the guest that the embedder holds are those of the time at which it got them.
 */
export class TimeTravel {
  private readonly executor: Executor;
  private readonly statistics: Statistics;
  private readonly store: StoreManager;
  private readonly active: ModuleInstance | undefined;
  private readonly recorder: HostRecorder;
  private readonly hasher: Sha256 | undefined;
  private readonly maxBytes: number;
  private readonly first: number;
  private readonly hashInterval: number;
  private interval: number;
  private checkpoints: Checkpoint[] = [];
  private present: PausableRun;
  /** The largest count that has been reached. */
  private reached: number;
  private nextHash: number;
  private readonly hostObjects: Reference[] = [];
  private readonly hostKeys = new Map<Reference, string>();

  /** @throws RuntimeError where instructions are not counted one by one; as taking a snapshot does */
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
    this.interval = Math.max(1, options.interval ?? DEFAULT_INTERVAL);
    this.hashInterval = this.interval;
    this.maxBytes = options.maxBytes ?? DEFAULT_BYTES;
    this.hasher = options.hash === true ? new Sha256() : undefined;
    this.first = statistics.getInstrCount();
    this.reached = this.first;
    const parts = this.takeParts();
    this.recorder = new HostRecorder(statistics, parts.instances);
    if (this.hasher !== undefined) this.recorder.onRecord = (record) => this.hashRecord(record);
    this.checkpoints.push({ count: this.first, parts, cursor: 0 });
    this.hashState(parts);
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
    return this.checkpoints.map(({ count }) => count);
  }

  // --- Going ---

  /**
   * Goes to the place at which so many instructions have been executed, back or forwards.
   * @param count before the start it is the start; beyond the end, the run ends
   * @returns whether the run has ended there
   * @throws what ended the run; NotInSnapshot where a host function does what cannot be recorded
   */
  goTo(count: number): boolean {
    const target = Math.max(this.first, count);
    if (target < this.count || this.present.done) this.goBack(target);
    return this.advance(target);
  }

  /** One instruction, or several, back. @returns the count */
  stepBack(instructions = 1): number {
    this.goTo(this.count - instructions);
    return this.count;
  }

  /** One instruction, or several, forwards. @returns whether the run has ended */
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
   * whole state at each interval and at the end. Two runs of the same hash have seen the same and done the same.
   */
  get traceHash(): string {
    if (this.hasher === undefined) fail(ErrCode.RuntimeError, { kind: "note", text: "The option `hash` is off." });
    return toHex(this.hasher.clone().digest());
  }

  private goBack(target: number): void {
    let last = this.checkpoints[0];
    for (const checkpoint of this.checkpoints) if (checkpoint.count <= target) last = checkpoint;
    const { executor, store } = this;
    const hostReference = (key: string): Reference => this.hostObjects[Number(key)];
    const { run } = restoreParts(last.parts, { executor, store, hostReference });
    this.present = run as PausableRun;
    this.recorder.cursor = last.cursor;
  }

  private advance(target: number): boolean {
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
    if (this.present.runUntil(count)) return;
    const isHashed = this.hasher !== undefined && count === this.nextHash;
    const isKept = count >= this.lastKept + this.interval;
    if (!isHashed && !isKept) return;
    const parts = this.takeParts();
    if (isHashed) this.hashState(parts);
    if (isHashed) this.nextHash += this.hashInterval;
    if (isKept) this.keep(parts, count);
  }

  private get lastKept(): number {
    return this.checkpoints[this.checkpoints.length - 1].count;
  }

  /** Where the run stops on its way, to take a snapshot. */
  private nextStop(): number {
    const stops = [this.lastKept + this.interval];
    if (this.hasher !== undefined) stops.push(this.nextHash);
    return Math.min(...stops.filter((stop) => stop > this.count));
  }

  // --- Snapshots ---

  private takeParts(): SnapshotParts {
    const { store, executor, active } = this;
    return takeParts(
      { store, executor, active, run: suspended(this.present) },
      {
        modules: "hashed",
        withoutHostState: true,
        before: this.checkpoints[this.checkpoints.length - 1]?.parts,
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

  private keep(parts: SnapshotParts, count: number): void {
    this.checkpoints.push({ count, parts, cursor: this.recorder.cursor });
    while (this.checkpoints.length > 2 && this.keptBytes() > this.maxBytes) {
      this.checkpoints = this.checkpoints.filter((_, i) => i % 2 === 0);
      this.interval *= 2;
    }
  }

  /** What all snapshots take; chunks of memories that several share count once. */
  private keptBytes(): number {
    const chunks = new Set<Uint8Array>();
    let sum = 0;
    for (const { parts } of this.checkpoints) {
      sum += parts.body.length;
      for (const image of parts.memories) {
        for (const chunk of image.chunks) if (chunk !== undefined) chunks.add(chunk);
      }
    }
    for (const chunk of chunks) sum += chunk.length;
    return sum;
  }

  // --- The hash ---

  private hashState(parts: SnapshotParts): void {
    this.hasher?.update(encodeSnapshot(parts));
  }

  private hashText(text: string): void {
    this.hasher?.update(encodeUtf8(`${text}\n`));
  }

  private hashRecord({ func, outcome, grown, writes }: HostCallRecord): void {
    const name = func.module?.exportNameOfFunction(func.index) ?? func.index;
    const end = "thrown" in outcome ? `threw ${errorText(outcome.thrown)}` : `gave ${valueText(outcome.results)}`;
    this.hashText(`${func.module?.name}.${name} ${end} ${grown.join(" ")}`);
    for (const { memory, offset, bytes } of writes) {
      this.hashText(`${memory} ${offset} ${bytes.length}`);
      this.hasher?.update(bytes);
    }
  }

  private hashEnd(): void {
    const { error } = this.present;
    const results = error === undefined ? this.present.finishTyped() : [];
    this.hashText(`${this.count} ${results.map(({ words }) => words.join(",")).join(" ")} ${errorText(error)}`);
  }
}

/** What is the same on every engine and in every process. */
function errorText(error: unknown): string {
  if (error === undefined) return "";
  return error instanceof WasmEdgeError ? error.codeName : "an error";
}

function valueText(results: unknown): string {
  if (Array.isArray(results)) return results.map(valueText).join(" ");
  return typeof results === "object" || typeof results === "function"
    ? "a reference"
    : `${typeof results} ${String(results)}`;
}
