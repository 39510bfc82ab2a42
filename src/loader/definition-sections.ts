import type { GlobalSegment, TableSegment } from "../ast/module.ts";
import type { MemoryType, TagType } from "../ast/types.ts";
import { ErrCode } from "../common/error-code.ts";
import { Proposal } from "../common/proposal.ts";
import { readGlobalType, readMemoryType, readTableType, readTagType } from "./external-type.ts";
import { atNode, limitNote, type SectionReader } from "./section-reader.ts";

/**
 * The sections that define tables, memories, globals and tags, and the two of a single number.
 * https://webassembly.github.io/spec/core/binary/modules.html — WasmEdge `Loader::loadSection`, `Loader::loadSegment`
 */

/** The function section: a type index for each body of the code section. */
export function readFunctionSection(source: SectionReader): Uint32Array {
  const count = source.file.readVectorCount();
  const { maxFunctions } = source.configure.runtime;
  if (count > maxFunctions) {
    source.failLimit(ErrCode.FunctionCountLimit, limitNote("The module defines", count, "functions", maxFunctions));
  }
  // WasmEdge names the section of an element twice.
  return atNode("function section", () => source.readU32s(count));
}

/** The table section; a table with values of its own at the start begins with 0x40. */
export function readTableSection(source: SectionReader): TableSegment[] {
  return source.readVector(readTable, "table segment");
}

const TABLE_WITH_INIT = 0x40;

function readTable(source: SectionReader): TableSegment {
  const { file } = source;
  if (file.peekByte() !== TABLE_WITH_INIT) return { type: readTableType(source), init: undefined };
  if (!source.hasProposal(Proposal.FunctionReferences)) {
    source.fail(ErrCode.MalformedTable, undefined, Proposal.FunctionReferences);
  }
  file.readByte();
  if (file.readByte() !== 0) source.fail(ErrCode.MalformedTable);
  const type = readTableType(source);
  return { type, init: source.readExpression() };
}

/** The memory section. */
export function readMemorySection(source: SectionReader): MemoryType[] {
  return source.readVector(readMemoryType);
}

/** The tag section. https://webassembly.github.io/spec/core/binary/modules.html#tag-section */
export function readTagSection(source: SectionReader): TagType[] {
  return source.readVector(readTagType);
}

/** The global section. */
export function readGlobalSection(source: SectionReader): GlobalSegment[] {
  return source.readVector(readGlobal, "global segment");
}

function readGlobal(source: SectionReader): GlobalSegment {
  const type = readGlobalType(source);
  return { type, init: source.readExpression() };
}

/** The start section: the index of the function that instantiation calls. */
export function readStartSection(source: SectionReader): number {
  return source.file.readU32();
}

/** The data count section: the number of data segments, told before the code that names them. */
export function readDataCountSection(source: SectionReader): number {
  return source.file.readU32();
}
