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

/**
 * The proposal that an abstract heap type needs; undefined where none does (a table's `funcref` is as old as tables), null
 * where no type has this code.
 */
function proposalOfHeapType(code: number): Proposal | undefined | null {
  switch (code) {
    case TypeCode.FuncRef:
      return undefined;
    case TypeCode.ExternRef:
      return Proposal.ReferenceTypes;
    case TypeCode.NullFuncRef:
    case TypeCode.NullExternRef:
    case TypeCode.NullRef:
    case TypeCode.AnyRef:
    case TypeCode.EqRef:
    case TypeCode.I31Ref:
    case TypeCode.StructRef:
    case TypeCode.ArrayRef:
      return Proposal.GC;
    case TypeCode.ExnRef:
    case TypeCode.NullExnRef:
      return Proposal.ExceptionHandling;
    default:
      return null;
  }
}

/**
 * A heap type, made a reference type. A type index that no module can have becomes the largest index, which none has
 * either (see MAX_TYPE_INDEX), so that validation refuses it as unknown.
 * @throws MalformedRefType (MalformedElemType without reference types, MalformedValType for exceptions without their
 *   proposal), and what `readS33` throws
 */
export function readHeapType(file: FileManager, configure: Configure, nullable: boolean): ValType {
  const start = file.position;
  const value = file.readS33();
  if (value < 0) return abstractRefType(file, configure, start, value, nullable);
  if (!configure.hasProposal(Proposal.FunctionReferences)) {
    malformed(refTypeError(configure), start, Proposal.FunctionReferences);
  }
  return indexedRefType(Math.min(value, MAX_TYPE_INDEX - 1), nullable);
}

/** @param value the number that has been read at `start`; a type where it is negative and has one byte */
function abstractRefType(file: FileManager, configure: Configure, start: number, value: number, nullable: boolean) {
  const code = value < 0 && file.position - start === 1 ? value + 0x80 : 0;
  const needed = proposalOfHeapType(code);
  if (needed === null) malformed(refTypeError(configure), start);
  if (needed !== undefined && !configure.hasProposal(needed)) {
    const isException = needed === Proposal.ExceptionHandling;
    malformed(isException ? ErrCode.MalformedValType : refTypeError(configure), start, needed);
  }
  return refType(code, nullable);
}

/** A reference type. @throws MalformedRefType and the other codes of `readHeapType` */
export function readRefType(file: FileManager, configure: Configure): ValType {
  const code = file.peekByte();
  const start = file.position;
  // The short form: an abstract heap type stands for its nullable reference type.
  if (code !== TypeCode.Ref && code !== TypeCode.RefNull) {
    return abstractRefType(file, configure, start, file.readS33(), true);
  }
  if (!configure.hasProposal(Proposal.FunctionReferences)) {
    malformed(refTypeError(configure), start, Proposal.FunctionReferences);
  }
  file.readByte();
  return readHeapType(file, configure, code === TypeCode.RefNull);
}

/** A value type. @throws MalformedValType, MalformedRefType and the other codes of `readHeapType` */
export function readValType(file: FileManager, configure: Configure): ValType {
  const code = file.peekByte();
  switch (code) {
    case TypeCode.I32:
    case TypeCode.I64:
    case TypeCode.F32:
    case TypeCode.F64:
      return file.readByte();
    case TypeCode.V128:
      if (!configure.hasProposal(Proposal.SIMD)) malformed(ErrCode.MalformedValType, file.position, Proposal.SIMD);
      return file.readByte();
    case TypeCode.I8:
    case TypeCode.I16:
      // Storage types: fields of structs and arrays only.
      malformed(ErrCode.MalformedValType, file.position);
      break;
    case TypeCode.FuncRef:
      if (!configure.hasProposal(Proposal.ReferenceTypes)) {
        malformed(ErrCode.MalformedValType, file.position, Proposal.ReferenceTypes);
      }
      break;
  }
  return readRefType(file, configure);
}

/** A storage type of a struct's field or an array's element. @throws MalformedValType, MalformedRefType */
export function readStorageType(file: FileManager, configure: Configure): ValType {
  const code = file.peekByte();
  if (code === TypeCode.I8 || code === TypeCode.I16) return file.readByte();
  return readValType(file, configure);
}
