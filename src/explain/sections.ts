import { elementCount, type Module } from "../ast/module.ts";
import type { CompositeType, FieldType, FunctionType, ImportedType, MemoryType, TableType } from "../ast/types.ts";
import type { ExternalKind, Limit } from "../common/external.ts";
import { Disassembler } from "../debugger/disassembler.ts";
import { typeText } from "../debugger/text.ts";
import { type NameSection, readNameSection } from "../loader/name-section.ts";
import type { ExplainedSection, Loading } from "./explanation.ts";

/** What the loader makes of a module's bytes, section by section. */

const sectionNames = [
  "Custom",
  "Type",
  "Import",
  "Function",
  "Table",
  "Memory",
  "Global",
  "Export",
  "Start",
  "Element",
  "Code",
  "Data",
  "DataCount",
  "Tag",
] as const;

/** Entries of a section that are shown; the others are counted. */
const SHOWN_ENTRIES = 12;

const PREAMBLE_LENGTH = 8;

export function functionTypeText({ params, results }: FunctionType): string {
  return `[${params.map(typeText).join(" ")}] -> [${results.map(typeText).join(" ")}]`;
}

function fieldText({ type, mutable }: FieldType): string {
  return mutable ? `(mut ${typeText(type)})` : typeText(type);
}

function compositeText(type: CompositeType): string {
  switch (type.kind) {
    case "function":
      return functionTypeText(type.type);
    case "struct":
      return `struct of ${type.fields.map(fieldText).join(" ") || "nothing"}`;
    case "array":
      return `array of ${fieldText(type.field)}`;
  }
}

function limitText({ min, max, shared, is64 }: Limit, unit: string): string {
  const most = max === undefined ? "" : `, at most ${max}`;
  return `${min} ${unit}${min === 1n ? "" : "s"}${most}${shared ? ", shared" : ""}${is64 ? ", 64-bit addresses" : ""}`;
}

export function memoryTypeText({ limit, pageSizeLog2 }: MemoryType): string {
  return limitText(limit, pageSizeLog2 === 16 ? "page" : `page of ${2 ** pageSizeLog2} byte`);
}

export function tableTypeText({ limit, elementType }: TableType): string {
  return `${limitText(limit, "element")} of ${typeText(elementType)}`;
}

/** `function 3 $name`, or without a name where there is none. */
export function indexText(names: NameSection, kind: ExternalKind, index: number): string {
  const name = {
    function: () => names.functionName(index),
    table: () => names.tableName(index),
    memory: () => names.memoryName(index),
    global: () => names.globalName(index),
    tag: () => names.tagName(index),
  }[kind]();
  return `${kind} ${index}${name === undefined ? "" : ` $${name}`}`;
}

/** Writes the entries of each section. */
class SectionEntries {
  private readonly module: Module;
  private readonly names: NameSection;
  private readonly imported: Record<ExternalKind, number> = { function: 0, table: 0, memory: 0, global: 0, tag: 0 };

  constructor(module: Module) {
    this.module = module;
    this.names = readNameSection(module);
    for (const { type } of module.imports) this.imported[type.kind]++;
  }

  private defined(kind: ExternalKind, i: number): string {
    return indexText(this.names, kind, this.imported[kind] + i);
  }

  of(id: number, customIndex: number): string[] {
    const { module, names } = this;
    switch (sectionNames[id]) {
      case "Custom":
        return [JSON.stringify(module.customSections[customIndex]?.name ?? "")];
      case "Type":
        return module.types.map(({ composite }, i) => `type ${i}: ${compositeText(composite)}`);
      case "Import":
        return this.imports();
      case "Function":
        return Array.from(module.functionTypeIndices, (type, i) => `${this.defined("function", i)}: type ${type}`);
      case "Table":
        return module.tables.map(({ type }, i) => `${this.defined("table", i)}: ${tableTypeText(type)}`);
      case "Memory":
        return module.memories.map((type, i) => `${this.defined("memory", i)}: ${memoryTypeText(type)}`);
      case "Global":
        return module.globals.map(({ type, init }, i) => {
          const first = Disassembler.of(module).textAt(0, init.start);
          return `${this.defined("global", i)}: ${fieldText({ type: type.valType, mutable: type.mutable })}, begins as ${first}`;
        });
      case "Export":
        return module.exports.map(
          ({ name, kind, index }) => `${JSON.stringify(name)}: ${indexText(names, kind, index)}`,
        );
      case "Start":
        return [indexText(names, "function", module.start ?? 0)];
      case "Element":
        return module.elements.map((segment, i) => `segment ${i}: ${segment.mode}, ${elementCount(segment)} elements`);
      case "Code":
        return Array.from(module.code.starts, (start, i) => {
          const size = module.code.ends[i] - start;
          return `${this.defined("function", i)}: ${size} bytes from ${hexadecimal(start)} on`;
        });
      case "Data":
        return module.data.map(({ mode, start, end }, i) => `segment ${i}: ${mode}, ${end - start} bytes`);
      case "DataCount":
        return [`${module.dataCount ?? 0} data segments`];
      case "Tag":
        return module.tags.map(({ typeIndex }, i) => `${this.defined("tag", i)}: type ${typeIndex}`);
      default:
        return [];
    }
  }

  private imports(): string[] {
    const next: Record<ExternalKind, number> = { function: 0, table: 0, memory: 0, global: 0, tag: 0 };
    return this.module.imports.map(({ moduleName, name, type }) => {
      const what = indexText(this.names, type.kind, next[type.kind]++);
      return `${what}: ${importText(type)}, from ${JSON.stringify(moduleName)} ${JSON.stringify(name)}`;
    });
  }
}

function importText(type: ImportedType): string {
  switch (type.kind) {
    case "function":
    case "tag":
      return `type ${type.typeIndex}`;
    case "table":
      return tableTypeText(type);
    case "memory":
      return memoryTypeText(type);
    case "global":
      return fieldText({ type: type.valType, mutable: type.mutable });
  }
}

/** `0x002f`, with four digits at least. */
export function hexadecimal(offset: number): string {
  return `0x${offset.toString(16).padStart(4, "0")}`;
}

/** The first entries, and how many more there are. */
export function shortened(entries: readonly string[]): string[] {
  if (entries.length <= SHOWN_ENTRIES) return Array.from(entries);
  return [...entries.slice(0, SHOWN_ENTRIES), `and ${entries.length - SHOWN_ENTRIES} more`];
}

export function explainLoading(module: Module): Loading {
  const entries = new SectionEntries(module);
  let customs = 0;
  const sections = module.sections.map(({ id, offset, end }): ExplainedSection => {
    const name = sectionNames[id] ?? `section ${id}`;
    const lines = shortened(entries.of(id, customs));
    if (id === 0) customs++;
    return { name, offset, byteLength: end - offset, entries: lines };
  });
  const preamble = { name: "preamble", offset: 0, byteLength: PREAMBLE_LENGTH, entries: ['"\\0asm", version 1'] };
  return { sections: [preamble, ...sections] };
}
