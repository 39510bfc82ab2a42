import type { Module } from "../ast/module.ts";
import { sha256 } from "../common/sha256.ts";
import type { ByteWriter } from "../executor/coredump/byte-writer.ts";
import type { GlobalInstance } from "../store/global-instance.ts";
import type { MemoryInstance } from "../store/memory-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { TableInstance } from "../store/table-instance.ts";
import { type InstanceGraph, importedCount, type Owned, spaceOf } from "./instance-graph.ts";
import { imageOf, type PageImage } from "./page-image.ts";
import { nameOf, refuse } from "./snapshot-errors.ts";
import type { ValueWriter } from "./value-writer.ts";

const hashes = new WeakMap<Module, Uint8Array>();

/** What tells a module: the SHA-256 of its bytes. */
export function hashOf(module: Module): Uint8Array {
  let hash = hashes.get(module);
  if (hash === undefined) {
    hash = sha256(module.bytes);
    hashes.set(module, hash);
  }
  return hash;
}

/** What memories held, in the order in which a snapshot tells them. */
export class MemoryImages {
  readonly images: PageImage[] = [];
  private readonly before: readonly PageImage[];

  /** @param before those of an earlier snapshot of the same instances, to share chunks with */
  constructor(before: readonly PageImage[] = []) {
    this.before = before;
  }

  add(memory: MemoryInstance): void {
    this.images.push(imageOf(memory, this.before[this.images.length]));
  }
}

/** Writes how instances are linked, and what they hold. */
export class InstanceWriter {
  private readonly graph: InstanceGraph;
  private readonly values: ValueWriter;
  private readonly memories: MemoryImages;

  constructor(values: ValueWriter, memories: MemoryImages) {
    this.graph = values.graph;
    this.values = values;
    this.memories = memories;
  }

  /** What an instance is: its module, its names, where its imports come from. */
  shape(writer: ByteWriter, instance: ModuleInstance, moduleIndex: number): void {
    const { source } = instance;
    writer.byte(source === undefined ? 0 : 1).name(instance.name);
    writer.vector(this.graph.namesOf(instance), (name) => writer.name(name));
    if (source === undefined) return;
    writer.unsigned(moduleIndex);
    const counts = { function: 0, table: 0, memory: 0, global: 0, tag: 0 };
    for (const { moduleName, name, type } of source.imports) {
      const place = counts[type.kind]++;
      const what = `the ${type.kind} that ${nameOf(instance)} imports as "${moduleName}" "${name}"`;
      const home =
        type.kind === "function"
          ? this.graph.homeOfFunction(instance.getFunction(place), what)
          : this.graph.homeOf(spaceOf(instance, type.kind)[place], what);
      this.values.home(writer, home);
    }
    // Importing instances are linked before anything is filled, and may have wanted what has grown.
    for (const { pageCount } of instance.memories.slice(counts.memory)) writer.unsigned(pageCount);
    for (const { size } of instance.tables.slice(counts.table)) writer.unsigned(size);
  }

  /** What an instance holds; its memories come after all else. */
  content(writer: ByteWriter, instance: ModuleInstance): void {
    if (instance.source === undefined) this.hostContent(writer, instance);
    else this.wasmContent(writer, instance, instance.source);
  }

  /** A host module's own tables, memories and globals, by name: the guest has changed them, perhaps. */
  private hostContent(writer: ByteWriter, instance: ModuleInstance): void {
    for (const kind of ["global", "table", "memory"] as const) {
      // Under several names, or taken over from another module, it is written where it is at home.
      const own = instance.exportNames(kind).filter((name) => {
        const home = this.graph.homeOf(instance.findExport(kind, name) as Owned, `"${name}"`);
        return home.instance === instance && home.place === name;
      });
      writer.vector(own, (name) => {
        writer.name(name);
        const owned = instance.findExport(kind, name) as Owned;
        if (kind === "global") this.global(writer, owned as GlobalInstance, `The global "${name}"`);
        else if (kind === "table") this.table(writer, owned as TableInstance, `The table "${name}"`);
        else this.memory(owned as MemoryInstance, `The memory "${name}" of ${nameOf(instance)}`);
      });
    }
  }

  private wasmContent(writer: ByteWriter, instance: ModuleInstance, module: Module): void {
    const { globals, tables, memories } = instance;
    globals.slice(importedCount(instance, "global")).forEach((global, i) => {
      this.global(writer, global, `Global ${i} that ${nameOf(instance)} defines`);
    });
    tables.slice(importedCount(instance, "table")).forEach((table, i) => {
      this.table(writer, table, `Table ${i} that ${nameOf(instance)} defines`);
    });
    memories.slice(importedCount(instance, "memory")).forEach((memory, i) => {
      this.memory(memory, `Memory ${i} that ${nameOf(instance)} defines`);
    });
    this.segments(writer, instance, module);
  }

  private segments(writer: ByteWriter, { elements, data }: ModuleInstance, module: Module): void {
    elements.forEach((segment, i) => {
      const isWhole = segment.length > 0;
      writer.byte(isWhole ? 1 : 0);
      if (!isWhole || module.elements[i].functionIndices !== undefined) return;
      writer.unsigned(segment.length);
      for (let k = 0; k < segment.length; k++) {
        this.values.reference(writer, segment.getRef(k), `Element ${k} of element segment ${i}`);
      }
    });
    for (const segment of data) writer.byte(segment.bytes.length > 0 ? 1 : 0);
  }

  private global(writer: ByteWriter, global: GlobalInstance, where: string): void {
    this.values.value(writer, global.getTypedValue(), where);
  }

  private memory(memory: MemoryInstance, where: string): void {
    if (memory.isShared) refuse(`${where} is shared with other threads.`);
    this.memories.add(memory);
  }

  /** Runs of the same element; those that are bare indices of functions stay that. */
  private table(writer: ByteWriter, table: TableInstance, where: string): void {
    const { elements, ownerOfIndices: owner } = table;
    writer.unsigned(owner === undefined ? 0 : this.graph.indexOf(owner) + 1);
    writer.unsigned(elements.length);
    for (let at = 0; at < elements.length; ) {
      const element = elements[at];
      let end = at + 1;
      while (end < elements.length && elements[end] === element) end++;
      writer.unsigned(end - at);
      if (owner !== undefined && typeof element === "number") writer.byte(1).unsigned(element);
      else this.values.reference(writer.byte(0), element, where);
      at = end;
    }
  }
}
