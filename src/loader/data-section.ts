import type { DataSegment } from "../ast/module.ts";
import { ErrCode } from "../common/error-code.ts";
import { Proposal } from "../common/proposal.ts";
import type { SectionReader } from "./section-reader.ts";

/**
 * The data section: the bytes stay where they are.
 * https://webassembly.github.io/spec/core/binary/modules.html#data-section — WasmEdge `Loader::loadSegment(AST::DataSegment)`
 */
export function readDataSection(source: SectionReader): DataSegment[] {
  return source.readVector(readDataSegment, "data segment");
}

/** The forms of a segment, by its first number. */
const DataForm = { active: 0, passive: 1, activeInMemory: 2 } as const;

function readDataSegment(source: SectionReader): DataSegment {
  const { file } = source;
  const form = file.readU32();
  const isMvp = !source.hasProposal(Proposal.BulkMemoryOperations) && !source.hasProposal(Proposal.ReferenceTypes);
  if (isMvp && form !== DataForm.active) {
    source.fail(ErrCode.ExpectedZeroByte, undefined, Proposal.BulkMemoryOperations);
  }
  if (form > DataForm.activeInMemory) source.fail(ErrCode.IllegalGrammar);

  const memoryIndex = form === DataForm.activeInMemory ? file.readU32() : 0;
  const offset = form === DataForm.passive ? undefined : source.readExpression();
  const length = file.readVectorCount();
  const start = file.skipBytes(length);
  return { mode: form === DataForm.passive ? "passive" : "active", memoryIndex, offset, start, end: start + length };
}
