import { lazy } from "./lazy.ts";

/**
 * The error codes: WasmEdge's numbers, names and messages, and a few of our own.
 *
 * A code has 32 bits: the category in the top 8 (0 WebAssembly, 1 defined by the user), the number in the low 24. Of
 * a WebAssembly number, bits 8 to 11 tell the phase in which it arises. The messages are prefixes of the texts which
 * the specification's tests expect, so they never carry parameters: those stand in the error's context lines.
 *
 * Source: WasmEdge `common/errcode.h` and `common/enum.inc`.
 */

/** Each name with its number and message. */
const table = {
  // WasmEdge: any phase, then one block a phase.
  Success: [0x0000, "success"],
  Terminated: [0x0001, "terminated"],
  RuntimeError: [0x0002, "generic runtime error"],
  CostLimitExceeded: [0x0003, "cost limit exceeded"],
  WrongVMWorkflow: [0x0004, "wrong VM workflow"],
  FuncNotFound: [0x0005, "wasm function not found"],
  AOTDisabled: [0x0006, "AOT runtime is disabled in this build"],
  Interrupted: [0x0007, "execution interrupted"],
  NotValidated: [0x0008, "wasm module hasn't passed validation yet"],
  NonNullRequired: [0x0009, "set null value into non-nullable value type"],
  SetValueToConst: [0x000a, "set value into const"],
  SetValueErrorType: [0x000b, "set value type mismatch"],
  UserDefError: [0x000c, "user defined error code"],
  InvalidAOTConfigure: [0x000d, "invalid AOT/JIT configure"],
  AOTNotImpl: [0x000e, "Not implemented instructions in AOT/JIT"],
  LazyCompilationError: [0x000f, "Lazy JIT compilation failure"],
  IllegalPath: [0x0100, "invalid path"],
  ReadError: [0x0101, "read error"],
  UnexpectedEnd: [0x0102, "unexpected end"],
  MalformedMagic: [0x0103, "magic header not detected"],
  MalformedVersion: [0x0104, "unknown binary version"],
  MalformedSection: [0x0105, "malformed section id"],
  SectionSizeMismatch: [0x0106, "section size mismatch"],
  LengthOutOfBounds: [0x0107, "length out of bounds"],
  JunkSection: [0x0108, "unexpected content after last section"],
  IncompatibleFuncCode: [0x0109, "function and code section have inconsistent lengths"],
  IncompatibleDataCount: [0x010a, "data count and data section have inconsistent lengths"],
  DataCountRequired: [0x010b, "data count section required"],
  MalformedImportKind: [0x010c, "malformed import kind"],
  MalformedExportKind: [0x010d, "malformed export kind"],
  ExpectedZeroByte: [0x010e, "zero byte expected"],
  InvalidMut: [0x010f, "malformed mutability"],
  TooManyLocals: [0x0110, "too many locals"],
  MalformedValType: [0x0111, "malformed value type"],
  MalformedElemType: [0x0112, "malformed element type"],
  MalformedRefType: [0x0113, "malformed reference type"],
  MalformedUTF8: [0x0114, "malformed UTF-8 encoding"],
  IntegerTooLarge: [0x0115, "integer too large"],
  IntegerTooLong: [0x0116, "integer representation too long"],
  IllegalOpCode: [0x0117, "illegal opcode"],
  ENDCodeExpected: [0x0118, "END opcode expected"],
  IllegalGrammar: [0x0119, "invalid wasm grammar"],
  IntrinsicsTableNotFound: [0x011a, "intrinsics table not found"],
  MalformedTable: [0x011b, "malformed table"],
  MalformedMemoryOpFlags: [0x011c, "malformed memop flags"],
  MalformedLimitFlags: [0x011d, "malformed limits flags"],
  MalformedCatchFlags: [0x011e, "malformed catch flags"],
  MalformedCastFlags: [0x011f, "malformed cast flags"],
  InvalidAlignment: [0x0200, "atomic alignment must be natural"],
  AlignmentTooLarge: [0x0201, "alignment must not be larger than natural"],
  TypeCheckFailed: [0x0202, "type mismatch"],
  InvalidLabelIdx: [0x0203, "unknown label"],
  InvalidLocalIdx: [0x0204, "unknown local"],
  InvalidFieldIdx: [0x0205, "unknown field"],
  InvalidFuncTypeIdx: [0x0206, "unknown type"],
  InvalidFuncIdx: [0x0207, "unknown function"],
  InvalidTableIdx: [0x0208, "unknown table"],
  InvalidMemoryIdx: [0x0209, "unknown memory"],
  InvalidGlobalIdx: [0x020a, "unknown global"],
  InvalidTagIdx: [0x020b, "unknown tag"],
  InvalidElemIdx: [0x020c, "unknown elem segment"],
  InvalidDataIdx: [0x020d, "unknown data segment"],
  InvalidRefIdx: [0x020e, "undeclared function reference"],
  ConstExprRequired: [0x020f, "constant expression required"],
  DupExportName: [0x0210, "duplicate export name"],
  ImmutableGlobal: [0x0211, "immutable global"],
  ImmutableField: [0x0212, "immutable field"],
  ImmutableArray: [0x0213, "immutable array"],
  InvalidResultArity: [0x0214, "invalid result arity"],
  MultiTables: [0x0215, "multiple tables"],
  MultiMemories: [0x0216, "multiple memories"],
  InvalidLimit: [0x0217, "size minimum must not be greater than maximum"],
  InvalidMemPages: [0x0218, "memory size must be at most 65536 pages (4GiB)"],
  InvalidStartFunc: [0x0219, "start function"],
  InvalidLaneIdx: [0x021a, "invalid lane index"],
  InvalidUninitLocal: [0x021b, "uninitialized local"],
  InvalidNotDefaultableField: [0x021c, "field type is not defaultable"],
  InvalidNotDefaultableArray: [0x021d, "array type is not defaultable"],
  InvalidPackedField: [0x021e, "field is packed"],
  InvalidPackedArray: [0x021f, "array is packed"],
  InvalidUnpackedField: [0x0220, "field is unpacked"],
  InvalidUnpackedArray: [0x0221, "array is unpacked"],
  InvalidBrRefType: [0x0222, "invalid br ref type"],
  ArrayTypesMismatch: [0x0223, "array types do not match"],
  ArrayTypesNumtypeRequired: [0x0224, "array type is not numeric or vector"],
  InvalidSubType: [0x0225, "sub type"],
  InvalidTagResultType: [0x0226, "non-empty tag result type"],
  SharedMemoryNoMax: [0x0227, "shared memory must have maximum"],
  InvalidMemPages64: [0x0228, "memory size"],
  InvalidTableSize64: [0x0229, "table size"],
  InvalidOffset: [0x022a, "offset out of range"],
  ModuleNameConflict: [0x0300, "module name conflict"],
  IncompatibleImportType: [0x0301, "incompatible import type"],
  UnknownImport: [0x0302, "unknown import"],
  DataSegDoesNotFit: [0x0303, "data segment does not fit"],
  ElemSegDoesNotFit: [0x0304, "elements segment does not fit"],
  WrongInstanceAddress: [0x0400, "wrong instance address"],
  WrongInstanceIndex: [0x0401, "wrong instance index"],
  InstrTypeMismatch: [0x0402, "instruction type mismatch"],
  FuncSigMismatch: [0x0403, "function signature mismatch"],
  DivideByZero: [0x0404, "integer divide by zero"],
  IntegerOverflow: [0x0405, "integer overflow"],
  InvalidConvToInt: [0x0406, "invalid conversion to integer"],
  TableOutOfBounds: [0x0407, "out of bounds table access"],
  MemoryOutOfBounds: [0x0408, "out of bounds memory access"],
  ArrayOutOfBounds: [0x0409, "out of bounds array access"],
  Unreachable: [0x040a, "unreachable"],
  UninitializedElement: [0x040b, "uninitialized element"],
  UndefinedElement: [0x040c, "undefined element"],
  IndirectCallTypeMismatch: [0x040d, "indirect call type mismatch"],
  HostFuncError: [0x040e, "host function failed"],
  RefTypeMismatch: [0x040f, "reference type mismatch"],
  UnalignedAtomicAccess: [0x0410, "unaligned atomic"],
  ExpectSharedMemory: [0x0411, "expected shared memory"],
  CastNullToNonNull: [0x0412, "null reference"],
  AccessNullFunc: [0x0413, "null function reference"],
  AccessNullStruct: [0x0414, "null structure reference"],
  AccessNullArray: [0x0415, "null array reference"],
  AccessNullI31: [0x0416, "null i31 reference"],
  AccessNullException: [0x0417, "null exception reference"],
  CastFailed: [0x0418, "cast failure"],
  UncaughtException: [0x0419, "uncaught exception"],
  PendingException: [0x041a, "pending exception"],

  // WasmEdge: the component model.
  MalformedSort: [0x01a0, "malformed sort"],
  MalformedAliasTarget: [0x01a1, "malformed alias target"],
  MalformedCoreInstance: [0x01a2, "malformed core instance"],
  MalformedInstance: [0x01a3, "malformed instance"],
  MalformedDefType: [0x01a4, "malformed defined type"],
  MalformedModuleType: [0x01a5, "malformed module type"],
  MalformedRecordType: [0x01a6, "malformed record type"],
  MalformedVariantType: [0x01a7, "malformed variant type"],
  MalformedTupleType: [0x01a8, "malformed tuple type"],
  MalformedFlagsType: [0x01a9, "malformed flags type"],
  MalformedCanonical: [0x01aa, "malformed canonical"],
  UnknownCanonicalOption: [0x01ab, "unknown canonical option"],
  MalformedName: [0x01ac, "malformed name"],
  ComponentNotImplLoader: [0x01ad, "component model (loader) not implemented"],
  ComponentNestLevelExceeded: [0x01ae, "component nesting level exceeded"],
  MissingArgument: [0x02a0, "missing argument"],
  ArgTypeMismatch: [0x02a1, "type mismatch"],
  InvalidIndex: [0x02a2, "invalid index"],
  InvalidTypeReference: [0x02a3, "invalid type reference"],
  ExportNotFound: [0x02a4, "export not found"],
  ComponentNotImplValidator: [0x02a5, "component model (validator) not implemented"],
  ComponentDuplicateName: [0x02a6, "duplicate name in component"],
  ComponentInvalidName: [0x02a7, "invalid component name"],
  NotADefinedType: [0x02a8, "not a defined type"],
  DefTypeIndexOutOfBounds: [0x02a9, "index out of bounds"],
  NameCannotBeEmpty: [0x02aa, "name cannot be empty"],
  CannotHaveMoreThan32Flags: [0x02ab, "cannot have more than 32 flags"],
  RecordFieldNameConflicts: [0x02ac, "record field name conflicts with previous field name"],
  VariantCaseNameConflicts: [0x02ad, "variant case name conflicts with previous case name"],
  FlagNameConflicts: [0x02ae, "flag name conflicts with previous flag name"],
  EnumTagNameConflicts: [0x02af, "enum tag name conflicts with previous tag name"],
  VariantMustHaveCase: [0x02b0, "variant type must have at least one case"],
  ExportAscriptionIncompatible: [0x02b1, "ascribed type of export is not compatible"],
  InstanceMissingExpectedExport: [0x02b2, "missing expected export"],
  InvalidExportName: [0x02b3, "not a valid export name"],
  InvalidExternName: [0x02b4, "not a valid extern name"],
  UnknownCoreTag: [0x02b5, "unknown tag"],
  InvalidCoreSort: [0x03a0, "invalid core sort"],
  InvalidCanonOption: [0x03a1, "invalid canonical option"],
  CoreInvalidExport: [0x03a2, "invalid export in core module"],
  ResourceDropArgument: [0x03a3, "invalid argument been used to invoke resource.drop"],
  ComponentNotImplInstantiate: [0x03a4, "component model (instantiation) not implemented"],

  // Ours: numbers from 0x..e0 on, which WasmEdge does not use.
  HostPromise: [0x00e0, "host function returned a promise in a synchronous run"],
  ReentrantExecution: [0x00e1, "execution is already running"],
  MalformedSnapshot: [0x00e8, "malformed snapshot"],
  SnapshotVersion: [0x00e9, "unknown snapshot version"],
  SnapshotMismatch: [0x00ea, "snapshot does not fit"],
  NotInSnapshot: [0x00eb, "state cannot be put into a snapshot"],
  MalformedPageSize: [0x01e0, "invalid custom page size"],
  ModuleSizeLimit: [0x01e1, "module size limit exceeded"],
  FunctionCountLimit: [0x01e2, "function count limit exceeded"],
  FunctionSizeLimit: [0x01e3, "function body size limit exceeded"],
  InvalidPageSize: [0x02e0, "invalid custom page size"],
  TypeLimit: [0x02e1, "too many types"],
  MemoryLimitExceeded: [0x03e1, "memory minimum exceeds the configured page limit"],
  MemoryAllocationFailed: [0x03e2, "memory could not be allocated"],
  TableLimitExceeded: [0x03e3, "table minimum exceeds the configured limit"],
  SharedMemoryUnsupported: [0x03e4, "host has no shared memory"],
  CallStackExhausted: [0x04e0, "call stack exhausted"],
  GCLimitExceeded: [0x04e1, "garbage-collected objects exceed the configured limit"],
  GCAllocationFailed: [0x04e2, "garbage-collected object could not be allocated"],
  // The specification has one text for both ways in which a call finds no room.
  ValueStackExhausted: [0x04e3, "call stack exhausted"],
  GCObjectSizeLimit: [0x04e4, "garbage-collected object exceeds the configured size"],
  GCObjectCountLimit: [0x04e5, "too many garbage-collected objects"],
  WaitNotAllowed: [0x04e6, "host does not let this thread wait"],
} as const satisfies Record<string, readonly [number, string]>;

/** The name of an error code of the WebAssembly category. */
export type ErrCodeName = keyof typeof table;

const names = Object.keys(table) as ErrCodeName[];

/** The number of each error code, by name. */
export const ErrCode = Object.fromEntries(names.map((name) => [name, table[name][0]])) as {
  readonly [name in ErrCodeName]: (typeof table)[name][0];
};

const namesByNumber = lazy(() => new Map<number, ErrCodeName>(names.map((name) => [table[name][0], name])));

/** The category of a code: its top 8 bits. */
export const ErrCategory = { WASM: 0, UserLevelError: 1 } as const;

/** The phase in which an error arose, as it is printed. */
export type ErrPhase = "wasmedge runtime" | "loading" | "validation" | "instantiation" | "execution" | "user defined";

const phases: readonly ErrPhase[] = ["wasmedge runtime", "loading", "validation", "instantiation", "execution"];

/** Makes the code of a user's own error: category `UserLevelError`, the low 24 bits of `value`. */
export function userErrCode(value: number): number {
  return (ErrCategory.UserLevelError << 24) | (value & 0xffffff);
}

/** The category of `code`: 0 for WebAssembly's own, 1 for the user's. */
export function errCategory(code: number): number {
  return code >>> 24;
}

/** The phase of `code`; every category but WebAssembly's own is "user defined". */
export function errPhase(code: number): ErrPhase {
  if (errCategory(code) !== ErrCategory.WASM) return "user defined";
  return phases[(code >> 8) & 0xf] ?? "wasmedge runtime";
}

/** The name of `code`; a user's code is `UserDefError`, an unknown one `RuntimeError`. */
export function errName(code: number): ErrCodeName {
  if (errCategory(code) !== ErrCategory.WASM) return "UserDefError";
  return namesByNumber().get(code) ?? "RuntimeError";
}

/** The message of `code`; a user's code has the one fixed text of WasmEdge. */
export function errMessage(code: number): string {
  return table[errName(code)][1];
}
