import type { CompositeType, FieldType, FunctionType, SubType } from "../ast/types.ts";
import { ErrCode } from "../common/error-code.ts";
import { Proposal } from "../common/proposal.ts";
import { MAX_TYPE_INDEX, TypeCode, type ValType } from "../common/value-type.ts";
import { atNode, type SectionReader } from "./section-reader.ts";
import { readStorageType, readValType } from "./type-reader.ts";

/**
 * The type section: recursion groups of sub types.
 * https://webassembly.github.io/spec/core/binary/modules.html#type-section — WasmEdge `Loader::loadSection(AST::TypeSection)`
 *
 * Where WasmEdge names an AST node twice in a row, as in a function type's parameters, so do we.
 */
export function readTypeSection(source: SectionReader): SubType[] {
  const { file } = source;
  const types: SubType[] = [];
  const count = file.readVectorCount();
  for (let i = 0; i < count; i++) {
    const code = file.peekByte();
    if (code !== TypeCode.Func && !source.hasProposal(Proposal.GC)) {
      source.fail(ErrCode.IntegerTooLong, file.position, Proposal.GC);
    }
    const groupStart = types.length;
    let groupSize = 1;
    if (code === TypeCode.Rec) {
      file.readByte();
      groupSize = file.readVectorCount();
    }
    // An index of a type stands beside flags in a ValType, and the last index stands for all that are none.
    if (groupStart + groupSize >= MAX_TYPE_INDEX) source.fail(ErrCode.TypeLimit);
    for (let k = 0; k < groupSize; k++) types.push(readSubType(source, groupStart, groupSize));
  }
  return types;
}

function readSubType(source: SectionReader, groupStart: number, groupSize: number): SubType {
  const { file } = source;
  const code = atNode("recursive type", () => file.peekByte());
  let isFinal = true;
  let superTypes: readonly number[] = [];
  if (code === TypeCode.Sub || code === TypeCode.SubFinal) {
    isFinal = code === TypeCode.SubFinal;
    file.readByte();
    superTypes = atNode("recursive type", () => source.readVector(() => file.readU32(), "recursive type"));
  }
  return { isFinal, superTypes, composite: readCompositeType(source), groupStart, groupSize };
}

function readCompositeType(source: SectionReader): CompositeType {
  const code = atNode("recursive type", () => source.file.readByte());
  switch (code) {
    case TypeCode.Func:
      return { kind: "function", type: readFunctionType(source) };
    case TypeCode.Struct: {
      const fields = atNode("recursive type", () => source.readVector(readFieldType, "recursive type"));
      return { kind: "struct", fields };
    }
    case TypeCode.Array:
      return { kind: "array", field: atNode("recursive type", () => readFieldType(source)) };
    default:
      return atNode("recursive type", () => source.fail(ErrCode.IntegerTooLong));
  }
}

function readFunctionType(source: SectionReader): FunctionType {
  return { params: readResultType(source), results: readResultType(source) };
}

function readResultType(source: SectionReader): ValType[] {
  const { file, configure } = source;
  return atNode("function type", () => source.readVector(() => readValType(file, configure), "function type"));
}

function readFieldType(source: SectionReader): FieldType {
  const type = readStorageType(source.file, source.configure);
  return { type, mutable: readMutability(source) };
}

/** https://webassembly.github.io/spec/core/binary/types.html#global-types — @throws InvalidMut */
export function readMutability(source: SectionReader): boolean {
  const flag = source.file.readByte();
  if (flag > 1) source.fail(ErrCode.InvalidMut);
  return flag === 1;
}
