import type { GlobalType, MemoryType, TableType, TagType } from "../ast/types.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Limit } from "../common/external.ts";
import { i64FromHalves } from "../common/float-bits.ts";
import { Proposal } from "../common/proposal.ts";
import { atNode, type SectionReader } from "./section-reader.ts";
import { readRefType, readValType } from "./type-reader.ts";
import { readMutability } from "./type-section.ts";

/**
 * The types of tables, memories, globals and tags, as imports and sections hold them.
 * https://webassembly.github.io/spec/core/binary/types.html#limits — WasmEdge `Loader::loadLimit`, `Loader::loadType`
 */

/** The bits of a limit's first byte. */
const LimitFlag = { max: 1, shared: 2, i64: 4, pageSize: 8 } as const;

const DEFAULT_PAGE_SIZE_LOG2 = 16;

/** @throws MalformedRefType, MalformedElemType, MalformedLimitFlags, IntegerTooLarge, IntegerTooLong */
export function readTableType(source: SectionReader): TableType {
  return atNode("table type", () => {
    const elementType = readRefType(source.file, source.configure);
    const limit = atNode("limit", () => {
      const flags = source.file.readByte();
      // Only memories can be shared: https://github.com/WebAssembly/threads
      if (flags > 7 || (flags & LimitFlag.shared) !== 0) failFlags(source, flags);
      return readLimit(source, flags);
    });
    return { elementType, limit };
  });
}

/** @throws MalformedLimitFlags, IntegerTooLarge, IntegerTooLong, MalformedPageSize */
export function readMemoryType(source: SectionReader): MemoryType {
  return atNode("memory type", () =>
    atNode("limit", () => {
      const flags = source.file.readByte();
      if (flags > 15) failFlags(source, flags);
      requireProposal(source, flags, LimitFlag.pageSize, Proposal.CustomPageSizes);
      requireProposal(source, flags, LimitFlag.shared, Proposal.Threads);
      const limit = readLimit(source, flags);
      const pageSizeLog2 = (flags & LimitFlag.pageSize) === 0 ? DEFAULT_PAGE_SIZE_LOG2 : readPageSize(source);
      return { limit, pageSizeLog2 };
    }),
  );
}

function requireProposal(source: SectionReader, flags: number, flag: number, proposal: Proposal): void {
  if ((flags & flag) !== 0 && !source.hasProposal(proposal)) failFlags(source, flags, proposal);
}

/** Before Memory64 the flags are a number of one bit, so that WasmEdge blames the number. */
function failFlags(source: SectionReader, flags: number, missing?: Proposal): never {
  if (source.hasProposal(Proposal.Memory64)) source.fail(ErrCode.MalformedLimitFlags, undefined, missing);
  const code = flags === 0x80 || flags === 0x81 ? ErrCode.IntegerTooLong : ErrCode.IntegerTooLarge;
  source.fail(code, undefined, missing);
}

/** With Memory64 the bounds of every limit are written as 64-bit numbers; the validator checks their range. */
function readLimit(source: SectionReader, flags: number): Limit {
  requireProposal(source, flags, LimitFlag.i64, Proposal.Memory64);
  const min = readBound(source);
  const max = (flags & LimitFlag.max) !== 0 ? readBound(source) : undefined;
  return { min, max, shared: (flags & LimitFlag.shared) !== 0, is64: (flags & LimitFlag.i64) !== 0 };
}

function readBound(source: SectionReader): bigint {
  const { file } = source;
  if (!source.hasProposal(Proposal.Memory64)) return BigInt(file.readU32());
  file.readU64();
  return BigInt.asUintN(64, i64FromHalves(file.low, file.high));
}

/**
 * The exponent of a page size; which ones are valid is for the validator to say, unless no 64-bit size has it.
 * https://github.com/WebAssembly/custom-page-sizes
 */
function readPageSize(source: SectionReader): number {
  const log2 = source.file.readU32();
  if (log2 >= 64) source.fail(ErrCode.MalformedPageSize);
  return log2;
}

/** @throws MalformedValType, MalformedRefType, InvalidMut */
export function readGlobalType(source: SectionReader): GlobalType {
  return atNode("global type", () => {
    const valType = readValType(source.file, source.configure);
    return { valType, mutable: readMutability(source) };
  });
}

/** @throws ExpectedZeroByte: the attribute byte has no other value yet */
export function readTagType(source: SectionReader): TagType {
  return atNode("tag type", () => {
    if (source.file.readByte() !== 0) source.fail(ErrCode.ExpectedZeroByte);
    return { typeIndex: source.file.readU32() };
  });
}

/** Tags came with either form of exception handling. */
export function hasTags(source: SectionReader): boolean {
  return source.hasProposal(Proposal.ExceptionHandling) || source.hasProposal(Proposal.LegacyExceptionHandling);
}
