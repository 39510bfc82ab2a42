import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Reference, Value, WasmValue } from "../common/wasm-value.ts";
import type { HostGate } from "../executor/host-call.ts";
import type { Statistics } from "../executor/statistics.ts";
import { CompositeInstance } from "../store/composite-instance.ts";
import { ExceptionInstance, WasmException } from "../store/exception-instance.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { GlobalInstance } from "../store/global-instance.ts";
import type { MemoryInstance } from "../store/memory-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { TableInstance } from "../store/table-instance.ts";
import { nameOf, refuse } from "./snapshot-errors.ts";

/** Bytes that a host function has written. */
export interface HostWrite {
  readonly memory: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What a host function did, as far as the guest can see it. */
export interface HostCallRecord {
  readonly func: FunctionInstance;
  readonly outcome: { readonly results: unknown } | { readonly thrown: unknown };
  /** Pages that were added. */
  readonly grown: readonly (readonly [memory: number, pages: number])[];
  readonly writes: readonly HostWrite[];
  readonly globals: readonly (readonly [global: number, value: WasmValue])[];
  readonly tables: readonly (readonly [table: number, elements: readonly Reference[]])[];
}

/** Changes nearer than this are one write. */
const GAP = 32;

/**
 * Records what host functions do to the guest, and plays it back without calling them: what they give or throw, what they write to
 * memories, globals and tables.
 */
export class HostRecorder implements HostGate {
  readonly records: HostCallRecord[] = [];
  /** The next record that is played back; at the end, host functions are called. */
  cursor = 0;
  /** Told of each new record. */
  onRecord: ((record: HostCallRecord) => void) | undefined;
  private readonly statistics: Statistics;
  private readonly memories: readonly MemoryInstance[];
  private readonly globals: readonly GlobalInstance[];
  private readonly tables: readonly TableInstance[];

  /** @param instances that host functions can reach */
  constructor(statistics: Statistics, instances: readonly ModuleInstance[]) {
    this.statistics = statistics;
    const all = <T>(list: (instance: ModuleInstance) => readonly T[]): T[] => [...new Set(instances.flatMap(list))];
    this.memories = all(({ memories }) => memories);
    this.globals = all(({ globals }) => globals).filter(({ type }) => type.mutable);
    this.tables = all(({ tables }) => tables);
  }

  /** See `HostGate`. */
  call(func: FunctionInstance, run: () => unknown): unknown {
    const known = this.records[this.cursor];
    const record = known ?? this.record(func, run);
    this.cursor++;
    if (known !== undefined) this.playBack(func, known);
    else {
      this.records.push(record);
      this.onRecord?.(record);
    }
    if ("thrown" in record.outcome) throw thrownAgain(record.outcome.thrown);
    return record.outcome.results;
  }

  private record(func: FunctionInstance, run: () => unknown): HostCallRecord {
    const count = this.statistics.getInstrCount();
    const pages = this.memories.map(({ pageCount }) => pageCount);
    const seen = func.hostFunction?.tellsWrites ? this.listen() : this.look();
    let outcome: HostCallRecord["outcome"];
    try {
      outcome = { results: run() };
    } catch (thrown) {
      outcome = { thrown };
    }
    const { writes, globals, tables } = seen();
    if (this.statistics.getInstrCount() !== count) {
      refuse(`${this.name(func)} has called the guest back, which a recording cannot play.`);
    }
    if ("results" in outcome) this.requireRecordable(func, outcome.results);
    else if (outcome.thrown instanceof WasmException) {
      this.requireRecordable(
        func,
        outcome.thrown.exception.payload.map(({ reference }) => reference),
      );
    }
    const grown = this.memories.flatMap(({ pageCount }, i) =>
      pageCount === pages[i] ? [] : [[i, pageCount - pages[i]] as const],
    );
    if (grown.some(([, count]) => count < 0)) throw new Error("BUG: a memory has become shorter");
    return { func, outcome, grown, writes, globals, tables };
  }

  private name({ module, index }: FunctionInstance): string {
    const name = module?.exportNameOfFunction(index) ?? `${index}`;
    return `The host function "${name}" of ${module === undefined ? "no module" : nameOf(module)}`;
  }

  /** Objects of the guest are others when it has gone back. */
  private requireRecordable(func: FunctionInstance, results: unknown): void {
    for (const value of (Array.isArray(results) ? results : [results]) as Value[]) {
      if (value instanceof CompositeInstance || value instanceof ExceptionInstance) {
        refuse(`${this.name(func)} has given an object of the guest, which a recording cannot play.`);
      }
    }
  }

  // --- What has changed ---

  /** Of a function that tells where it writes. */
  private listen(): () => Changes {
    const ranges: (readonly [memory: number, offset: number, length: number])[] = [];
    this.memories.forEach((memory, i) => {
      memory.onHostWrite = (offset, length) => ranges.push([i, offset, length]);
    });
    return () => {
      for (const memory of this.memories) memory.onHostWrite = undefined;
      const writes = ranges
        .filter(([memory, offset, length]) => length > 0 && this.memories[memory].contains(offset, length))
        .map(([memory, offset, length]) => ({
          memory,
          offset,
          bytes: this.memories[memory].getBytes(offset, length),
        }));
      return { writes, globals: [], tables: [] };
    };
  }

  /** Of any other: everything is compared with what it was. */
  private look(): () => Changes {
    const memories = this.memories.map(({ bytes }) => bytes.slice());
    const globals = this.globals.map((global) => global.getTypedValue());
    const tables = this.tables.map(({ elements }) => elements.slice());
    return () => ({
      writes: this.memories.flatMap(({ bytes }, i) => differences(memories[i], bytes, i)),
      globals: this.globals.flatMap((global, i) => {
        const value = global.getTypedValue();
        const { words, reference } = globals[i];
        const same = value.reference === reference && value.words.every((word, k) => word === words[k]);
        return same ? [] : [[i, value] as const];
      }),
      tables: this.tables.flatMap(({ elements }, i) => {
        const before = tables[i];
        const same = elements.length === before.length && elements.every((element, k) => Object.is(element, before[k]));
        return same ? [] : [[i, elements.slice()] as const];
      }),
    });
  }

  private playBack(func: FunctionInstance, record: HostCallRecord): void {
    if (func !== record.func) {
      const text = `${this.name(func)} is called where the recording has ${this.name(record.func)}.`;
      throw new WasmEdgeError(ErrCode.RuntimeError, { kind: "note", text });
    }
    for (const [memory, pages] of record.grown) this.memories[memory].grow(pages);
    for (const { memory, offset, bytes } of record.writes) this.memories[memory].setBytes(bytes, offset);
    for (const [global, value] of record.globals) this.globals[global].initialize(value);
    for (const [index, elements] of record.tables) {
      const table = this.tables[index];
      table.restoreSize(elements.length);
      table.restoreElements(elements, table.ownerOfIndices);
    }
  }
}

/** An error of its own for each time, since what it passes on its way adds to it. */
function thrownAgain(thrown: unknown): unknown {
  if (thrown instanceof WasmException) return new WasmException(thrown.exception);
  if (thrown instanceof WasmEdgeError) return new WasmEdgeError(thrown.code, ...thrown.context);
  return thrown;
}

type Changes = Pick<HostCallRecord, "writes" | "globals" | "tables">;

/** The stretches that differ; what was added counts as zeros before. */
function differences(before: Uint8Array, after: Uint8Array, memory: number): HostWrite[] {
  const writes: HostWrite[] = [];
  let start = -1;
  let end = -1;
  const take = (): void => {
    if (start >= 0) writes.push({ memory, offset: start, bytes: after.slice(start, end) });
  };
  for (let i = 0; i < after.length; i++) {
    if (after[i] === (i < before.length ? before[i] : 0)) continue;
    if (start < 0 || i - end > GAP) {
      take();
      start = i;
    }
    end = i + 1;
  }
  take();
  return writes;
}
