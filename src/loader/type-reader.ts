import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { Proposal, proposalText } from "../common/proposal.ts";
import { indexedRefType, MAX_TYPE_INDEX, refType, TypeCode, type ValType } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import type { FileManager } from "./file-manager.ts";

/**
 * Value types, heap types and reference types in the binary format, under the proposals of a Configure.
 * https://webassembly.github.io/spec/core/binary/types.html — WasmEdge `Loader::loadValType`, `loadRefType`, `loadHeapType`
 */

function malformed(code: number, offset: number, proposal?: Proposal): never {
  const error = new WasmEdgeError(code);
  if (proposal !== undefined) error.withContext({ kind: "proposal", proposal: proposalText(proposal) });
  throw error.withContext({ kind: "loading", offset });
}

/** The code of a malformed reference type: MVP modules know only element types. */
function refTypeError(configure: Configure): number {
  return configure.hasProposal(Proposal.ReferenceTypes) ? ErrCode.MalformedRefType : ErrCode.MalformedElemType;
}

/** The proposal that an abstract heap type lacks; null where no type has this code. */
function missingForHeapType(code: number, configure: Configure): Proposal | undefined | null {
  switch (code) {
    case TypeCode.FuncRef:
      return undefined;
    case TypeCode.ExternRef:
      return configure.hasProposal(Proposal.ReferenceTypes) ? undefined : Proposal.ReferenceTypes;
    case TypeCode.NullFuncRef:
    case TypeCode.NullExternRef:
    case TypeCode.NullRef:
    case TypeCode.AnyRef:
    case TypeCode.EqRef:
    case TypeCode.I31Ref:
    case TypeCode.StructRef:
    case TypeCode.ArrayRef:
      return configure.hasProposal(Proposal.GC) ? undefined : Proposal.GC;
    case TypeCode.ExnRef:
    case TypeCode.NullExnRef:
      return configure.hasProposal(Proposal.ExceptionHandling) ? undefined : Proposal.ExceptionHandling;
    default:
      return null;
  }
}

function isExceptionType(code: number): boolean {
  return code === TypeCode.ExnRef || code === TypeCode.NullExnRef;
}

/**
 * A heap type, made a reference type.
 * @throws MalformedRefType (MalformedElemType without reference types), and what `readS33` throws
 */
export function readHeapType(file: FileManager, configure: Configure, nullable: boolean): ValType {
  const start = file.position;
  const value = file.readS33();
  if (value >= 0) {
    if (!configure.hasProposal(Proposal.FunctionReferences)) {
      malformed(refTypeError(configure), start, Proposal.FunctionReferences);
    }
    if (value >= MAX_TYPE_INDEX) malformed(ErrCode.MalformedRefType, start);
    return indexedRefType(value, nullable);
  }
  const code = value + 0x80;
  // A negative number is one byte: the longer forms of it are not types.
  if (value < -0x40 || file.position - start !== 1) malformed(refTypeError(configure), start);
  const missing = missingForHeapType(code, configure);
  if (missing === null) malformed(refTypeError(configure), start);
  if (missing !== undefined) {
    malformed(isExceptionType(code) ? ErrCode.MalformedValType : refTypeError(configure), start, missing);
  }
  return refType(code, nullable);
}

/** A reference type. @throws MalformedRefType (MalformedElemType without reference types) */
export function readRefType(file: FileManager, configure: Configure): ValType {
  const code = file.peekByte();
  if (code === TypeCode.Ref || code === TypeCode.RefNull) {
    const offset = file.position;
    if (!configure.hasProposal(Proposal.FunctionReferences)) {
      malformed(refTypeError(configure), offset, Proposal.FunctionReferences);
    }
    file.readByte();
    return readHeapType(file, configure, code === TypeCode.RefNull);
  }
  return readHeapType(file, configure, true);
}

/** A value type. @throws MalformedValType, MalformedRefType */
export function readValType(file: FileManager, configure: Configure): ValType {
  const offset = file.position;
  const code = file.peekByte();
  switch (code) {
    case TypeCode.I32:
    case TypeCode.I64:
    case TypeCode.F32:
    case TypeCode.F64:
      return file.readByte();
    case TypeCode.V128:
      if (!configure.hasProposal(Proposal.SIMD)) malformed(ErrCode.MalformedValType, offset, Proposal.SIMD);
      return file.readByte();
    case TypeCode.Ref:
    case TypeCode.RefNull:
      return readRefType(file, configure);
    default:
      if (missingForHeapType(code, configure) === null) malformed(ErrCode.MalformedValType, offset);
      if (code === TypeCode.FuncRef && !configure.hasProposal(Proposal.ReferenceTypes)) {
        malformed(ErrCode.MalformedValType, offset, Proposal.ReferenceTypes);
      }
      return readHeapType(file, configure, true);
  }
}

/** A storage type of a struct's field or an array's element. @throws MalformedValType, MalformedRefType */
export function readStorageType(file: FileManager, configure: Configure): ValType {
  const code = file.peekByte();
  if (code === TypeCode.I8 || code === TypeCode.I16) return file.readByte();
  return readValType(file, configure);
}
