import { isInstance } from "../common/host-values.ts";
import type { Reference, WasmValue } from "../common/wasm-value.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import type { GlobalInstance } from "../store/global-instance.ts";
import type { MemoryInstance } from "../store/memory-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { TableInstance } from "../store/table-instance.ts";
import { canonicalComposite } from "../validator/canonical-types.ts";
import { CHUNK, isSame } from "./page-image.ts";

/** Bytes that have been written. */
export interface MemoryWrite {
  readonly memory: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Elements that have been set, and how long the table has become. */
export interface TableChange {
  readonly table: number;
  readonly length: number;
  readonly owner: ModuleInstance | undefined;
  readonly runs: readonly (readonly [at: number, elements: readonly Reference[]])[];
}

/** What has become another in the instances of the guest, structs and arrays left out. */
export interface GuestChanges {
  /** Pages that were added. */
  readonly grown: readonly (readonly [memory: number, pages: number])[];
  readonly writes: readonly MemoryWrite[];
  readonly globals: readonly (readonly [global: number, value: WasmValue])[];
  readonly tables: readonly TableChange[];
  readonly dropped: readonly (readonly [instance: number, kind: SegmentKind, segment: number])[];
}

type SegmentKind = "elements" | "data";

/** Changes nearer than this are one write. */
const GAP = 32;

/** What the instances of the guest hold, to tell what something has changed there, and to do the same once more. */
export class GuestState {
  private readonly instances: ModuleInstance[] = [];
  private readonly memories: MemoryInstance[] = [];
  private readonly globals: GlobalInstance[] = [];
  private readonly tables: TableInstance[] = [];
  private makesComposites = false;

  constructor(instances: readonly ModuleInstance[]) {
    this.add(instances);
  }

  /** Looks at these too, from now on; what was told before keeps its number. */
  add(instances: readonly ModuleInstance[]): void {
    for (const instance of instances) {
      if (this.knows(instance)) continue;
      this.instances.push(instance);
      addNew(this.memories, instance.memories);
      addNew(
        this.globals,
        instance.globals.filter(({ type }) => type.mutable),
      );
      addNew(this.tables, instance.tables);
      this.makesComposites ||= hasComposites(instance);
    }
  }

  /** Whether the guest's code may make structs and arrays. */
  get hasComposites(): boolean {
    return this.makesComposites;
  }

  knows(instance: ModuleInstance): boolean {
    return this.instances.includes(instance);
  }

  /** For a function that tells where it writes, and changes nothing else. @returns ends it, and gives what has changed */
  listen(): () => GuestChanges {
    const pages = this.memories.map(({ pageCount }) => pageCount);
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
      return { grown: this.grownSince(pages), writes, globals: [], tables: [], dropped: [] };
    };
  }

  /** For any other: everything is compared with what it was. @returns gives what has changed */
  look(): () => GuestChanges {
    const pages = this.memories.map(({ pageCount }) => pageCount);
    const memories = this.memories.map(({ bytes }) => bytes.slice());
    const globals = this.globals.map((global) => global.getTypedValue());
    const tables = this.tables.map(({ elements }) => elements.slice());
    const segments = this.instances.map(({ elements, data }) => ({
      elements: elements.map(({ length }) => length),
      data: data.map(({ bytes }) => bytes.length),
    }));
    return () => ({
      grown: this.grownSince(pages),
      writes: this.memories.flatMap(({ bytes }, i) => differences(memories[i], bytes, i)),
      globals: this.globals.flatMap((global, i) => {
        const value = global.getTypedValue();
        const { words, reference } = globals[i];
        const same = value.reference === reference && value.words.every((word, k) => word === words[k]);
        return same ? [] : [[i, value] as const];
      }),
      tables: this.tables.flatMap((table, i) => tableChange(tables[i], table, i)),
      dropped: this.instances.flatMap((instance, i) => [
        ...dropped(segments[i].elements, instance.elements).map((k) => [i, "elements", k] as const),
        ...dropped(
          segments[i].data,
          instance.data.map(({ bytes }) => bytes),
        ).map((k) => [i, "data", k] as const),
      ]),
    });
  }

  private grownSince(pages: readonly number[]): GuestChanges["grown"] {
    return this.memories.flatMap(({ pageCount }, i) => {
      if (pageCount < pages[i]) throw new Error("BUG: a memory has become shorter");
      return pageCount === pages[i] ? [] : [[i, pageCount - pages[i]] as const];
    });
  }

  /** Does the same once more. */
  apply({ grown, writes, globals, tables, dropped: gone }: GuestChanges): void {
    for (const [memory, pages] of grown) this.memories[memory].grow(pages);
    for (const { memory, offset, bytes } of writes) this.memories[memory].setBytes(bytes, offset);
    for (const [global, value] of globals) this.globals[global].initialize(value);
    for (const { table: index, length, owner, runs } of tables) {
      const table = this.tables[index];
      table.restoreSize(length);
      const elements = table.elements.slice();
      for (const [at, list] of runs) for (let i = 0; i < list.length; i++) elements[at + i] = list[i];
      table.restoreElements(elements, owner);
    }
    for (const [instance, kind, segment] of gone) this.instances[instance][kind][segment].clear();
  }
}

function hasComposites({ typeIds }: ModuleInstance): boolean {
  return typeIds.some((id) => canonicalComposite(id).kind !== "function");
}

/** Whether host functions may hold structs and arrays of these instances, and give them back at any time. */
export function mayShareObjects(instances: readonly ModuleInstance[]): boolean {
  return instances.some(hasComposites) && instances.some(hasOwnWays);
}

/** Whether a host module has functions of which nobody knows what they do. */
function hasOwnWays(instance: ModuleInstance): boolean {
  if (instance.source !== undefined) return false;
  for (let i = 0; i < instance.functionCount; i++) {
    const { hostFunction } = instance.getFunction(i);
    if (hostFunction !== undefined && !hostFunction.tellsWrites) return true;
  }
  return false;
}

function addNew<T>(list: T[], more: readonly T[]): void {
  for (const one of more) if (!list.includes(one)) list.push(one);
}

/** The segments that had something and have nothing any more. */
function dropped(before: readonly number[], after: readonly { readonly length: number }[]): number[] {
  return before.flatMap((length, i) => (length > 0 && after[i].length === 0 ? [i] : []));
}

function tableChange(before: readonly Reference[], table: TableInstance, index: number): TableChange[] {
  const { elements, ownerOfIndices: owner } = table;
  // A bare index becomes a function when somebody looks at it: that is no change.
  const isSameElement = (now: Reference, was: Reference): boolean =>
    Object.is(now, was) ||
    (typeof was === "number" && isInstance(now, FunctionInstance) && now.module === owner && now.index === was);
  const runs: [at: number, elements: Reference[]][] = [];
  let end = -1;
  elements.forEach((element, i) => {
    if (i < before.length && isSameElement(element, before[i])) return;
    if (i === end) runs[runs.length - 1][1].push(element);
    else runs.push([i, [element]]);
    end = i + 1;
  });
  return runs.length === 0 ? [] : [{ table: index, length: elements.length, owner, runs }];
}

/** The stretches that differ; what was added counts as zeros before. */
function differences(before: Uint8Array, after: Uint8Array, memory: number): MemoryWrite[] {
  const writes: MemoryWrite[] = [];
  let start = -1;
  let end = -1;
  const take = (): void => {
    if (start >= 0) writes.push({ memory, offset: start, bytes: after.slice(start, end) });
  };
  for (let chunk = 0; chunk < after.length; chunk += CHUNK) {
    const until = Math.min(chunk + CHUNK, after.length);
    if (until <= before.length && isSame(before.subarray(chunk, until), after.subarray(chunk, until))) continue;
    for (let i = chunk; i < until; i++) {
      if (after[i] === (i < before.length ? before[i] : 0)) continue;
      if (start < 0 || i - end > GAP) {
        take();
        start = i;
      }
      end = i + 1;
    }
  }
  take();
  return writes;
}
