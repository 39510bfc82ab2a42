import type { ExportDescription } from "../ast/types.ts";
import { ErrCode } from "../common/error-code.ts";
import { externalKinds } from "../common/external.ts";
import { Proposal } from "../common/proposal.ts";
import { hasTags } from "./external-type.ts";
import type { SectionReader } from "./section-reader.ts";

/**
 * The export section.
 * https://webassembly.github.io/spec/core/binary/modules.html#export-section — WasmEdge `Loader::loadDesc(AST::ExportDesc)`
 */
export function readExportSection(source: SectionReader): ExportDescription[] {
  return source.readVector(readExport, "export description");
}

function readExport(source: SectionReader): ExportDescription {
  const { file } = source;
  const name = file.readName();
  const kind = externalKinds[file.readByte()];
  if (kind === undefined) source.fail(ErrCode.MalformedExportKind);
  // The code of imports, as in WasmEdge.
  if (kind === "tag" && !hasTags(source)) {
    source.fail(ErrCode.MalformedImportKind, undefined, Proposal.ExceptionHandling);
  }
  return { name, kind, index: file.readU32() };
}
