import type { ElementSegment, SegmentMode } from "../ast/module.ts";
import { ErrCode } from "../common/error-code.ts";
import { refType, TypeCode, ValType } from "../common/value-type.ts";
import { atNode, type SectionReader } from "./section-reader.ts";
import { readRefType } from "./type-reader.ts";
import { Uint32List } from "./uint32-list.ts";

/**
 * The element section. The three bits of a segment's first number say what follows:
 *
 * | bit | meaning |
 * | --- | --- |
 * | 0 | passive or declarative; without it active: an offset follows |
 * | 1 | of an active segment: a table index follows; of the others: declarative |
 * | 2 | the elements are expressions rather than function indices |
 *
 * https://webassembly.github.io/spec/core/binary/modules.html#element-section — WasmEdge `Loader::loadSegment(AST::ElementSegment)`
 */
export function readElementSection(source: SectionReader): ElementSegment[] {
  return source.readVector(readElementSegment, "element segment");
}

const ElementFlag = { inactive: 1, tableOrDeclarative: 2, expressions: 4 } as const;

function readElementSegment(source: SectionReader): ElementSegment {
  const { file } = source;
  const first = file.readU32();
  // The first number was the table index then.
  const { isMvp } = source;
  const flags = isMvp ? 0 : first;
  if (flags > 7) source.fail(ErrCode.IllegalGrammar);

  const mode = segmentMode(flags);
  const hasTableIndex = mode === "active" && (flags & ElementFlag.tableOrDeclarative) !== 0;
  const tableIndex = isMvp ? first : hasTableIndex ? file.readU32() : 0;
  const offset = mode === "active" ? source.readExpression() : undefined;
  // Active segments of the first table leave out what kind of elements they have.
  const hasType = mode !== "active" || hasTableIndex;

  if ((flags & ElementFlag.expressions) === 0) {
    if (hasType && file.readByte() !== 0) source.fail(ErrCode.ExpectedZeroByte);
    return {
      mode,
      tableIndex,
      type: refType(TypeCode.FuncRef, false),
      offset,
      functionIndices: readFunctionIndices(source),
      expressionBounds: undefined,
    };
  }
  return {
    mode,
    tableIndex,
    type: hasType ? readRefType(file, source.configure) : ValType.FuncRef,
    offset,
    functionIndices: undefined,
    expressionBounds: readExpressionBounds(source),
  };
}

function segmentMode(flags: number): SegmentMode {
  if ((flags & ElementFlag.inactive) === 0) return "active";
  return (flags & ElementFlag.tableOrDeclarative) === 0 ? "passive" : "declarative";
}

function readFunctionIndices(source: SectionReader): Uint32Array {
  const { file } = source;
  const count = file.readVectorCount();
  // WasmEdge reads each index as the immediate of a `ref.func`.
  return atNode("instruction", () => source.readU32s(count));
}

/** The offsets where the expressions begin, and where the last one ends. */
function readExpressionBounds(source: SectionReader): Uint32Array {
  const { file } = source;
  const count = file.readVectorCount();
  const bounds = new Uint32List();
  bounds.push(file.position);
  for (let i = 0; i < count; i++) bounds.push(source.scanExpression());
  return bounds.toArray();
}
