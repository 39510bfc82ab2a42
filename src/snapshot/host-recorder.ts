import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { isInstance, isList } from "../common/host-values.ts";
import { type Value, WasmValue } from "../common/wasm-value.ts";
import type { HostGate } from "../executor/host-call.ts";
import type { Statistics } from "../executor/statistics.ts";
import { CompositeInstance } from "../store/composite-instance.ts";
import { ExceptionInstance, WasmException } from "../store/exception-instance.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { StoreManager } from "../store/store-manager.ts";
import { type GuestChanges, GuestState } from "./guest-state.ts";
import { nameOf, refuse } from "./snapshot-errors.ts";

/** What a host function did, as far as the guest can see it. */
export interface HostCallRecord {
  readonly func: FunctionInstance;
  /** Instructions that had been counted when it was called, and what it has executed of the guest. */
  readonly from: number;
  readonly instructions: number;
  readonly cost: bigint;
  readonly outcome: { readonly results: unknown } | { readonly thrown: unknown };
  readonly changes: GuestChanges;
  /** Whether it can be done once more; where not, only a snapshot that is taken behind it tells what it did. */
  readonly isPlayable: boolean;
}

/** What a recorder has to know of the run. */
export interface RecordedRun {
  readonly statistics: Statistics;
  readonly store: StoreManager;
  /** That host functions can reach. */
  readonly instances: readonly ModuleInstance[];
}

/**
 * Records what host functions do to the guest, and plays it back without calling them: what they give or throw, what they write to
 * memories, globals and tables, and what the guest does when they call it back: all that is another behind the call than before.
 *
 * Structs and arrays are not looked through. Where a host function has been given one, has given one, or has called the guest back
 * that makes such, the call is not playable.
 */
export class HostRecorder implements HostGate {
  readonly records: HostCallRecord[] = [];
  /** The next record that is played back; at the end, host functions are called. */
  cursor = 0;
  /** Told of each new record. */
  onRecord: ((record: HostCallRecord) => void) | undefined;
  private readonly statistics: Statistics;
  private readonly store: StoreManager;
  private readonly guest: GuestState;
  /** Whether a host function is at work, whose own doings include those of further ones. */
  private isRecording = false;

  constructor({ statistics, store, instances }: RecordedRun) {
    this.statistics = statistics;
    this.store = store;
    this.guest = new GuestState(instances);
  }

  /** Takes notice of instances that there were not. */
  add(instances: readonly ModuleInstance[]): void {
    this.guest.add(instances);
  }

  /** See `HostGate`. */
  call(func: FunctionInstance, args: readonly Value[], run: () => unknown): unknown {
    if (this.isRecording) return run();
    const known = this.records[this.cursor];
    const record = known ?? this.record(func, args, run);
    this.cursor++;
    if (known !== undefined) this.playBack(func, known);
    else {
      this.records.push(record);
      this.onRecord?.(record);
    }
    if ("thrown" in record.outcome) throw thrownAgain(record.outcome.thrown);
    return record.outcome.results;
  }

  /** The call that was under way at this count of instructions: inside it there is no place of the run. */
  callAround(count: number): HostCallRecord | undefined {
    for (let i = this.records.length - 1; i >= 0; i--) {
      const record = this.records[i];
      if (record.from + record.instructions <= count) return undefined;
      if (record.from <= count) return record;
    }
    return undefined;
  }

  private record(func: FunctionInstance, args: readonly Value[], run: () => unknown): HostCallRecord {
    const { statistics } = this;
    const from = statistics.getInstrCount();
    const spent = statistics.getTotalCost();
    const tellsWrites = func.hostFunction?.tellsWrites ?? false;
    const seen = tellsWrites ? this.guest.listen() : this.guest.look();
    let outcome: HostCallRecord["outcome"];
    this.isRecording = true;
    try {
      outcome = { results: run() };
    } catch (thrown) {
      outcome = { thrown };
    } finally {
      this.isRecording = false;
    }
    const changes = seen();
    const instructions = statistics.getInstrCount() - from;
    if (tellsWrites && instructions > 0) {
      refuse(`${describe(func)} has called the guest back, though it says that it changes nothing but memories.`);
    }
    const isPlayable =
      !(this.guest.hasComposites && instructions > 0) &&
      this.canAllBeKept(args) &&
      this.canAllBeKept("thrown" in outcome ? [outcome.thrown] : listOf(outcome.results)) &&
      changes.globals.every(([, value]) => this.canBeKept(value)) &&
      changes.tables.every(({ runs }) => runs.every(([, elements]) => this.canAllBeKept(elements))) &&
      this.store.getModuleList().every((name) => this.guest.knows(this.store.findModule(name) as ModuleInstance));
    return { func, from, instructions, cost: statistics.getTotalCost() - spent, outcome, changes, isPlayable };
  }

  /** Whether a value stays the same when the run goes back, and belongs to an instance that is known. */
  private canBeKept(value: unknown): boolean {
    if (isInstance(value, WasmValue)) return this.canBeKept(value.reference);
    if (isInstance(value, WasmException)) return this.canBeKept(value.exception);
    if (isInstance(value, ExceptionInstance)) return this.canAllBeKept(value.payload);
    if (isInstance(value, FunctionInstance)) return value.module === undefined || this.guest.knows(value.module);
    return !isInstance(value, CompositeInstance);
  }

  private canAllBeKept(values: readonly unknown[]): boolean {
    return values.every((value) => this.canBeKept(value));
  }

  private playBack(func: FunctionInstance, record: HostCallRecord): void {
    if (func !== record.func) {
      const text = `${describe(func)} is called where the recording has ${describe(record.func)}.`;
      throw new WasmEdgeError(ErrCode.RuntimeError, { kind: "note", text });
    }
    if (!record.isPlayable) refuse(`${describe(func)} did what a snapshot could not tell, so it cannot be played.`);
    this.guest.apply(record.changes);
    this.statistics.addInstructions(record.instructions);
    this.statistics.addCost(record.cost);
  }
}

/** A host function as messages name it. */
export function describe({ module, index }: FunctionInstance): string {
  const name = module?.exportNameOfFunction(index) ?? `${index}`;
  return `The host function "${name}" of ${module === undefined ? "no module" : nameOf(module)}`;
}

/** What a host function gave, as it may give one result by itself. */
function listOf(results: unknown): readonly unknown[] {
  return isList(results) ? results : [results];
}

/** An error of its own for each time, since what it passes on its way adds to it. */
function thrownAgain(thrown: unknown): unknown {
  if (isInstance(thrown, WasmException)) return new WasmException(thrown.exception);
  if (isInstance(thrown, WasmEdgeError)) return new WasmEdgeError(thrown.code, ...thrown.context);
  return thrown;
}
