import type { ImportDescription, ImportedType } from "../ast/types.ts";
import { ErrCode } from "../common/error-code.ts";
import { externalKinds } from "../common/external.ts";
import { Proposal } from "../common/proposal.ts";
import { hasTags, readGlobalType, readMemoryType, readTableType, readTagType } from "./external-type.ts";
import { atNode, type SectionReader } from "./section-reader.ts";

/**
 * The import section.
 * https://webassembly.github.io/spec/core/binary/modules.html#import-section — WasmEdge `Loader::loadDesc(AST::ImportDesc)`
 */
export function readImportSection(source: SectionReader): ImportDescription[] {
  return source.readVector(readImport);
}

function readImport(source: SectionReader): ImportDescription {
  const { file } = source;
  const [moduleName, name, kind] = atNode("import description", () => [
    file.readName(),
    file.readName(),
    file.readByte(),
  ]);
  return { moduleName, name, type: readImportedType(source, kind) };
}

/** Errors within a type name that type, and not the description around it, as in WasmEdge. */
function readImportedType(source: SectionReader, kind: number): ImportedType {
  switch (externalKinds[kind]) {
    case "function":
      return atNode("import description", () => ({ kind: "function", typeIndex: source.file.readU32() }));
    case "table":
      return { kind: "table", ...readTableType(source) };
    case "memory":
      return { kind: "memory", ...readMemoryType(source) };
    case "global": {
      const type = readGlobalType(source);
      if (type.mutable && !source.hasProposal(Proposal.ImportExportMutGlobals)) {
        atNode("import description", () => source.fail(ErrCode.InvalidMut, undefined, Proposal.ImportExportMutGlobals));
      }
      return { kind: "global", ...type };
    }
    case "tag":
      // WasmEdge names the module here, in the middle of the chain of nodes.
      if (!hasTags(source)) {
        atNode("import description", () =>
          source.fail(ErrCode.MalformedImportKind, undefined, Proposal.ExceptionHandling),
        );
      }
      return { kind: "tag", ...readTagType(source) };
    default:
      return atNode("import description", () => source.fail(ErrCode.MalformedImportKind));
  }
}
