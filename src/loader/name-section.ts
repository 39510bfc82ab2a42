import type { Module } from "../ast/module.ts";
import { WasmEdgeError } from "../common/error.ts";
import { FileManager } from "./file-manager.ts";
import { IndirectNameMap, NameMap, readNameAt } from "./name-map.ts";

/** https://webassembly.github.io/spec/core/appendix/custom.html#name-section and the extended-name-section proposal */
const Subsection = {
  module: 0,
  function: 1,
  local: 2,
  label: 3,
  type: 4,
  table: 5,
  memory: 6,
  global: 7,
  element: 8,
  data: 9,
  field: 10,
  tag: 11,
} as const;

type SubsectionId = (typeof Subsection)[keyof typeof Subsection];

/**
 * The names that a module gives to its parts, for messages, backtraces and dumps. Indices count imports first. Each
 * subsection is read when a name of it is first asked for; what is malformed has no names, and is never an error.
 */
export class NameSection {
  /** By id: the content of the first subsection with that id. */
  private readonly subsections = new Map<number, Uint8Array>();
  private readonly maps = new Map<number, NameMap>();
  private readonly indirectMaps = new Map<number, IndirectNameMap>();

  /** @param content of the custom section, behind its name; none where the module has no such section */
  constructor(content: Uint8Array) {
    const file = new FileManager(content);
    try {
      while (file.remaining > 0) {
        const id = file.readByte();
        const size = file.readU32();
        const start = file.skipBytes(size);
        if (!this.subsections.has(id)) this.subsections.set(id, content.subarray(start, start + size));
      }
    } catch (error) {
      if (!(error instanceof WasmEdgeError)) throw error;
    }
  }

  /** The module's own name. */
  get moduleName(): string | undefined {
    const content = this.subsections.get(Subsection.module);
    return content === undefined ? undefined : readNameAt(content, 0);
  }

  functionName(index: number): string | undefined {
    return this.nameOf(Subsection.function, index);
  }

  localName(functionIndex: number, localIndex: number): string | undefined {
    return this.indirectNameOf(Subsection.local, functionIndex, localIndex);
  }

  /** @param labelIndex counts the function's blocks in the order of their first instructions */
  labelName(functionIndex: number, labelIndex: number): string | undefined {
    return this.indirectNameOf(Subsection.label, functionIndex, labelIndex);
  }

  typeName(index: number): string | undefined {
    return this.nameOf(Subsection.type, index);
  }

  tableName(index: number): string | undefined {
    return this.nameOf(Subsection.table, index);
  }

  memoryName(index: number): string | undefined {
    return this.nameOf(Subsection.memory, index);
  }

  globalName(index: number): string | undefined {
    return this.nameOf(Subsection.global, index);
  }

  elementName(index: number): string | undefined {
    return this.nameOf(Subsection.element, index);
  }

  dataName(index: number): string | undefined {
    return this.nameOf(Subsection.data, index);
  }

  fieldName(typeIndex: number, fieldIndex: number): string | undefined {
    return this.indirectNameOf(Subsection.field, typeIndex, fieldIndex);
  }

  tagName(index: number): string | undefined {
    return this.nameOf(Subsection.tag, index);
  }

  private nameOf(id: SubsectionId, index: number): string | undefined {
    let map = this.maps.get(id);
    if (map === undefined) {
      map = new NameMap(this.contentOf(id));
      this.maps.set(id, map);
    }
    return map.get(index);
  }

  private indirectNameOf(id: SubsectionId, outer: number, inner: number): string | undefined {
    let map = this.indirectMaps.get(id);
    if (map === undefined) {
      map = new IndirectNameMap(this.contentOf(id));
      this.indirectMaps.set(id, map);
    }
    return map.get(outer, inner);
  }

  private contentOf(id: SubsectionId): FileManager {
    return new FileManager(this.subsections.get(id) ?? new Uint8Array(0));
  }
}

const sections = new WeakMap<Module, NameSection>();

/** The names of a module; of several sections named "name" the first one counts. */
export function readNameSection(module: Module): NameSection {
  let section = sections.get(module);
  if (section === undefined) {
    const custom = module.customSections.find(({ name }) => name === "name");
    section = new NameSection(module.bytes.subarray(custom?.start ?? 0, custom?.end ?? 0));
    sections.set(module, section);
  }
  return section;
}
