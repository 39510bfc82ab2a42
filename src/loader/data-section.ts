import type { DataSegment } from "../ast/module.ts";
import { ErrCode } from "../common/error-code.ts";
import { Proposal } from "../common/proposal.ts";
import { DataForm, readPlainSegments } from "./plain-segments.ts";
import { atNode, type SectionReader } from "./section-reader.ts";

/**
 * The data section: the bytes stay where they are.
 * https://webassembly.github.io/spec/core/binary/modules.html#data-section — WasmEdge `Loader::loadSegment(AST::DataSegment)`
 */
export function readDataSection(source: SectionReader): DataSegment[] {
  const count = source.readObjectCount();
  const highestForm = source.isMvp ? DataForm.active : DataForm.activeInMemory;
  return atNode("data segment", () => {
    const segments: DataSegment[] = [];
    while (segments.length < count) {
      readPlainSegments(source.file, segments, count, highestForm);
      if (segments.length < count) segments.push(readDataSegment(source, highestForm));
    }
    return segments;
  });
}

function readDataSegment(source: SectionReader, highestForm: number): DataSegment {
  const { file } = source;
  const form = file.readU32();
  if (form > highestForm) {
    if (highestForm > DataForm.active) source.fail(ErrCode.IllegalGrammar);
    source.fail(ErrCode.ExpectedZeroByte, undefined, Proposal.BulkMemoryOperations);
  }

  const memoryIndex = form === DataForm.activeInMemory ? file.readU32() : 0;
  const offset = form === DataForm.passive ? undefined : source.readExpression();
  const length = file.readVectorCount();
  const start = file.skipBytes(length);
  return { mode: form === DataForm.passive ? "passive" : "active", memoryIndex, offset, start, end: start + length };
}
