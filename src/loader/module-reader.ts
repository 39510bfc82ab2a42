import type {
  CodeSection,
  CustomSection,
  DataSegment,
  ElementSegment,
  GlobalSegment,
  Module,
  SectionRange,
  TableSegment,
} from "../ast/module.ts";
import type { ExportDescription, ImportDescription, MemoryType, SubType, TagType } from "../ast/types.ts";
import { ErrCode } from "../common/error-code.ts";
import type { ASTNode } from "../common/error-context.ts";
import { Proposal } from "../common/proposal.ts";
import type { Configure } from "../config/configure.ts";
import { emptyCodeSection, readCodeSection } from "./code-section.ts";
import { readCustomSection } from "./custom-section.ts";
import { readDataSection } from "./data-section.ts";
import {
  readDataCountSection,
  readFunctionSection,
  readGlobalSection,
  readMemorySection,
  readStartSection,
  readTableSection,
  readTagSection,
} from "./definition-sections.ts";
import { readElementSection } from "./element-section.ts";
import { readExportSection } from "./export-section.ts";
import { hasTags } from "./external-type.ts";
import { readImportSection } from "./import-section.ts";
import { atNode, MAX_VECTOR_ELEMENTS, SectionReader } from "./section-reader.ts";
import { readTypeSection } from "./type-section.ts";

/** https://webassembly.github.io/spec/core/binary/modules.html#sections */
export const SectionId = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

const nodes: readonly ASTNode[] = [
  "custom section",
  "type section",
  "import section",
  "function section",
  "table section",
  "memory section",
  "global section",
  "export section",
  "start section",
  "element section",
  "code section",
  "data section",
  "data count section",
  "tag section",
];

/** The ids in the order in which sections stand in a module. */
const order = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/** By id: the place in that order; custom sections stand anywhere. */
const rank = nodes.map((_, id) => order.indexOf(id));

/**
 * Reads the sections of a module one after the other.
 * https://webassembly.github.io/spec/core/binary/modules.html#binary-module — WasmEdge `Loader::loadModule`
 */
export class ModuleReader {
  private readonly source: SectionReader;
  private readonly bytes: Uint8Array;
  private readonly walked: boolean;

  private readonly sections: SectionRange[] = [];
  private readonly customSections: CustomSection[] = [];
  private types: readonly SubType[] = [];
  private imports: readonly ImportDescription[] = [];
  private functionTypeIndices: Uint32Array = new Uint32Array(0);
  private tables: readonly TableSegment[] = [];
  private memories: readonly MemoryType[] = [];
  private tags: readonly TagType[] = [];
  private globals: readonly GlobalSegment[] = [];
  private exports: readonly ExportDescription[] = [];
  private start: number | undefined;
  private elements: readonly ElementSegment[] = [];
  private code: CodeSection = emptyCodeSection;
  private data: readonly DataSegment[] = [];
  private dataCount: number | undefined;

  /** @param walked whether the instructions of bodies are walked, or passed over since something else will walk them */
  constructor(bytes: Uint8Array, configure: Configure, walked: boolean) {
    this.bytes = bytes;
    this.source = new SectionReader(bytes, configure);
    this.walked = walked;
  }

  /**
   * @param start offset of the first section, behind the preamble
   * @throws WasmEdgeError of the loading phase
   */
  read(start: number): Module {
    this.source.file.position = start;
    return atNode("module", () => {
      this.readSections();
      this.checkCounts();
      const { bytes, sections, customSections, types, imports, functionTypeIndices, tables, memories, tags } = this;
      const { globals, exports, start, elements, code, data, dataCount } = this;
      return {
        bytes,
        customSections,
        sections,
        types,
        imports,
        functionTypeIndices,
        tables,
        memories,
        tags,
        globals,
        exports,
        start,
        elements,
        code,
        data,
        dataCount,
      };
    });
  }

  private readSections(): void {
    const { file } = this.source;
    let lastRank = -1;
    while (file.remaining > 0) {
      const offset = file.position;
      const id = file.readByte();
      if (id >= nodes.length) this.source.fail(ErrCode.MalformedSection);
      if (id !== SectionId.custom) {
        if (rank[id] <= lastRank) this.source.fail(ErrCode.JunkSection);
        lastRank = rank[id];
        this.checkProposal(id);
      }
      if (this.sections.length >= MAX_VECTOR_ELEMENTS) this.source.fail(ErrCode.ModuleSizeLimit);
      atNode(nodes[id], () => this.readSection(id, offset));
    }
  }

  private checkProposal(id: number): void {
    const { source } = this;
    if (id === SectionId.dataCount) {
      if (!source.hasProposal(Proposal.BulkMemoryOperations) && !source.hasProposal(Proposal.ReferenceTypes)) {
        source.fail(ErrCode.MalformedSection, undefined, Proposal.BulkMemoryOperations);
      }
    } else if (id === SectionId.tag && !hasTags(source)) {
      source.fail(ErrCode.MalformedSection, undefined, Proposal.ExceptionHandling);
    }
  }

  /** Vectors and names are bounded by the module alone; what reaches beyond its section is found at the section's end. */
  private readSection(id: number, offset: number): void {
    const { source } = this;
    const { file } = source;
    const size = file.readU32();
    if (size > file.remaining) source.fail(ErrCode.LengthOutOfBounds);
    const start = file.position;
    const end = start + size;
    this.readContent(id, end);
    if (file.position !== end) source.fail(ErrCode.SectionSizeMismatch, file.position);
    this.sections.push({ id, offset, start, end });
  }

  private readContent(id: number, end: number): void {
    const { source } = this;
    switch (id) {
      case SectionId.custom:
        this.customSections.push(readCustomSection(source, end));
        break;
      case SectionId.type:
        this.types = readTypeSection(source);
        break;
      case SectionId.import:
        this.imports = readImportSection(source);
        break;
      case SectionId.function:
        this.functionTypeIndices = readFunctionSection(source);
        break;
      case SectionId.table:
        this.tables = readTableSection(source);
        break;
      case SectionId.memory:
        this.memories = readMemorySection(source);
        break;
      case SectionId.tag:
        this.tags = readTagSection(source);
        break;
      case SectionId.global:
        this.globals = readGlobalSection(source);
        break;
      case SectionId.export:
        this.exports = readExportSection(source);
        break;
      case SectionId.start:
        this.start = readStartSection(source);
        break;
      case SectionId.element:
        this.elements = readElementSection(source);
        break;
      case SectionId.dataCount:
        this.dataCount = readDataCountSection(source);
        break;
      case SectionId.code:
        // Of the code alone the format asks this: constant expressions stand before the count.
        source.instructions.hasDataCount = this.dataCount !== undefined;
        this.code = readCodeSection(source, this.walked);
        source.instructions.hasDataCount = true;
        break;
      case SectionId.data:
        this.data = readDataSection(source);
        break;
    }
  }

  /** WasmEdge names no place for these two; ours is that of the section that came second, or the end where it is missing. */
  private checkCounts(): void {
    if (this.functionTypeIndices.length !== this.code.starts.length) {
      this.source.fail(ErrCode.IncompatibleFuncCode, this.offsetOfSection(SectionId.code));
    }
    if (this.dataCount !== undefined && this.dataCount !== this.data.length) {
      this.source.fail(ErrCode.IncompatibleDataCount, this.offsetOfSection(SectionId.data));
    }
  }

  private offsetOfSection(id: number): number {
    return this.sections.find((section) => section.id === id)?.offset ?? this.bytes.length;
  }
}
