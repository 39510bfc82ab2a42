import type { ValType } from "../common/value-type.ts";
import type {
  ExportDescription,
  GlobalType,
  ImportDescription,
  MemoryType,
  SubType,
  TableType,
  TagType,
} from "./types.ts";

/**
 * The decoded module: sections as plain data. What is large stays in the module's bytes and is named by ranges of them:
 * function bodies, constant expressions, data; a module of 600,000 functions costs a few typed arrays, not an object each.
 * https://webassembly.github.io/spec/core/syntax/modules.html — WasmEdge `AST::Module`
 */
export interface Module {
  /** The whole binary; all offsets count from its start. */
  readonly bytes: Uint8Array;
  readonly customSections: readonly CustomSection[];
  /** Where each section stands, in file order. */
  readonly sections: readonly SectionRange[];
  readonly types: readonly SubType[];
  readonly imports: readonly ImportDescription[];
  /** The type index of each defined function. */
  readonly functionTypeIndices: Uint32Array;
  readonly tables: readonly TableSegment[];
  readonly memories: readonly MemoryType[];
  readonly tags: readonly TagType[];
  readonly globals: readonly GlobalSegment[];
  readonly exports: readonly ExportDescription[];
  readonly start: number | undefined;
  readonly elements: readonly ElementSegment[];
  readonly code: CodeSection;
  readonly data: readonly DataSegment[];
  readonly dataCount: number | undefined;
}

export interface SectionRange {
  /** The section's id, 0 to 13. */
  readonly id: number;
  /** Offset of the section's id byte. */
  readonly offset: number;
  /** Offset of the first content byte. */
  readonly start: number;
  /** Offset after the last content byte. */
  readonly end: number;
}

export interface CustomSection {
  readonly name: string;
  /** The content after the name: offsets in the module's bytes. */
  readonly start: number;
  readonly end: number;
}

/** An instruction sequence, its final `end` included: offsets in the module's bytes. */
export interface Expression {
  readonly start: number;
  readonly end: number;
}

export interface TableSegment {
  readonly type: TableType;
  /** Value of each element at the start; undefined means null. */
  readonly init: Expression | undefined;
}

export interface GlobalSegment {
  readonly type: GlobalType;
  readonly init: Expression;
}

export type SegmentMode = "passive" | "active" | "declarative";

export interface ElementSegment {
  readonly mode: SegmentMode;
  readonly tableIndex: number;
  readonly type: ValType;
  /** Where an active segment goes. */
  readonly offset: Expression | undefined;
  /** The elements as function indices; undefined where they are expressions. */
  readonly functionIndices: Uint32Array | undefined;
  /**
   * The elements as expressions: element i is the bytes from bounds[i] up to bounds[i + 1]; undefined where they are
   * function indices.
   */
  readonly expressionBounds: Uint32Array | undefined;
}

/** The bodies of all defined functions, by defined function index (without imports). */
export interface CodeSection {
  /** Offset of the size field of each body: WasmEdge's place of a code segment. */
  readonly segmentOffsets: Uint32Array;
  /** Offset of each body's first byte after the size field: the vector of local declarations. */
  readonly starts: Uint32Array;
  /** Offset of each body's first instruction. */
  readonly expressionStarts: Uint32Array;
  /** Offset after each body's final `end`. */
  readonly ends: Uint32Array;
  /**
   * False where the loader has passed over the bodies, so that they may be malformed: the validator finds that out (see
   * `Validator.parseAndValidate`, and `lazyValidation`).
   */
  readonly scanned: boolean;
}

export interface DataSegment {
  readonly mode: "passive" | "active";
  readonly memoryIndex: number;
  readonly offset: Expression | undefined;
  /** The bytes: offsets in the module's bytes. */
  readonly start: number;
  readonly end: number;
}

/** The number of elements of a segment. */
export function elementCount(segment: ElementSegment): number {
  return segment.functionIndices?.length ?? (segment.expressionBounds?.length ?? 1) - 1;
}
