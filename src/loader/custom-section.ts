import type { CustomSection } from "../ast/module.ts";
import { ErrCode } from "../common/error-code.ts";
import type { SectionReader } from "./section-reader.ts";

/**
 * A custom section: a name, and bytes that mean nothing here.
 * https://webassembly.github.io/spec/core/binary/modules.html#custom-section — WasmEdge `Loader::loadSection(AST::CustomSection)`
 *
 * @param end where the section ends
 * @throws UnexpectedEnd where the name reaches beyond the section
 */
export function readCustomSection(source: SectionReader, end: number): CustomSection {
  const { file } = source;
  const name = file.readName();
  const start = file.position;
  if (start > end) source.fail(ErrCode.UnexpectedEnd);
  file.skipBytes(end - start);
  return { name, start, end };
}
