import { lazy } from "./lazy.ts";

/**
 * The error codes: WasmEdge's numbers and names, and a few of our own. The messages are in `error-message.ts`.
 *
 * A code has 32 bits: the category in the top 8 (0 WebAssembly, 1 defined by the user), the number in the low 24. Of
 * a WebAssembly number, bits 8 to 11 tell the phase in which it arises.
 *
 * Source: WasmEdge `common/errcode.h` and `common/enum.inc`.
 */

/** The number of each error code, by name. */
export const ErrCode = {
  // WasmEdge: any phase, then one block a phase.
  Success: 0x0000,
  Terminated: 0x0001,
  RuntimeError: 0x0002,
  CostLimitExceeded: 0x0003,
  WrongVMWorkflow: 0x0004,
  FuncNotFound: 0x0005,
  AOTDisabled: 0x0006,
  Interrupted: 0x0007,
  NotValidated: 0x0008,
  NonNullRequired: 0x0009,
  SetValueToConst: 0x000a,
  SetValueErrorType: 0x000b,
  UserDefError: 0x000c,
  InvalidAOTConfigure: 0x000d,
  AOTNotImpl: 0x000e,
  LazyCompilationError: 0x000f,
  IllegalPath: 0x0100,
  ReadError: 0x0101,
  UnexpectedEnd: 0x0102,
  MalformedMagic: 0x0103,
  MalformedVersion: 0x0104,
  MalformedSection: 0x0105,
  SectionSizeMismatch: 0x0106,
  LengthOutOfBounds: 0x0107,
  JunkSection: 0x0108,
  IncompatibleFuncCode: 0x0109,
  IncompatibleDataCount: 0x010a,
  DataCountRequired: 0x010b,
  MalformedImportKind: 0x010c,
  MalformedExportKind: 0x010d,
  ExpectedZeroByte: 0x010e,
  InvalidMut: 0x010f,
  TooManyLocals: 0x0110,
  MalformedValType: 0x0111,
  MalformedElemType: 0x0112,
  MalformedRefType: 0x0113,
  MalformedUTF8: 0x0114,
  IntegerTooLarge: 0x0115,
  IntegerTooLong: 0x0116,
  IllegalOpCode: 0x0117,
  ENDCodeExpected: 0x0118,
  IllegalGrammar: 0x0119,
  IntrinsicsTableNotFound: 0x011a,
  MalformedTable: 0x011b,
  MalformedMemoryOpFlags: 0x011c,
  MalformedLimitFlags: 0x011d,
  MalformedCatchFlags: 0x011e,
  MalformedCastFlags: 0x011f,
  InvalidAlignment: 0x0200,
  AlignmentTooLarge: 0x0201,
  TypeCheckFailed: 0x0202,
  InvalidLabelIdx: 0x0203,
  InvalidLocalIdx: 0x0204,
  InvalidFieldIdx: 0x0205,
  InvalidFuncTypeIdx: 0x0206,
  InvalidFuncIdx: 0x0207,
  InvalidTableIdx: 0x0208,
  InvalidMemoryIdx: 0x0209,
  InvalidGlobalIdx: 0x020a,
  InvalidTagIdx: 0x020b,
  InvalidElemIdx: 0x020c,
  InvalidDataIdx: 0x020d,
  InvalidRefIdx: 0x020e,
  ConstExprRequired: 0x020f,
  DupExportName: 0x0210,
  ImmutableGlobal: 0x0211,
  ImmutableField: 0x0212,
  ImmutableArray: 0x0213,
  InvalidResultArity: 0x0214,
  MultiTables: 0x0215,
  MultiMemories: 0x0216,
  InvalidLimit: 0x0217,
  InvalidMemPages: 0x0218,
  InvalidStartFunc: 0x0219,
  InvalidLaneIdx: 0x021a,
  InvalidUninitLocal: 0x021b,
  InvalidNotDefaultableField: 0x021c,
  InvalidNotDefaultableArray: 0x021d,
  InvalidPackedField: 0x021e,
  InvalidPackedArray: 0x021f,
  InvalidUnpackedField: 0x0220,
  InvalidUnpackedArray: 0x0221,
  InvalidBrRefType: 0x0222,
  ArrayTypesMismatch: 0x0223,
  ArrayTypesNumtypeRequired: 0x0224,
  InvalidSubType: 0x0225,
  InvalidTagResultType: 0x0226,
  SharedMemoryNoMax: 0x0227,
  InvalidMemPages64: 0x0228,
  InvalidTableSize64: 0x0229,
  InvalidOffset: 0x022a,
  ModuleNameConflict: 0x0300,
  IncompatibleImportType: 0x0301,
  UnknownImport: 0x0302,
  DataSegDoesNotFit: 0x0303,
  ElemSegDoesNotFit: 0x0304,
  WrongInstanceAddress: 0x0400,
  WrongInstanceIndex: 0x0401,
  InstrTypeMismatch: 0x0402,
  FuncSigMismatch: 0x0403,
  DivideByZero: 0x0404,
  IntegerOverflow: 0x0405,
  InvalidConvToInt: 0x0406,
  TableOutOfBounds: 0x0407,
  MemoryOutOfBounds: 0x0408,
  ArrayOutOfBounds: 0x0409,
  Unreachable: 0x040a,
  UninitializedElement: 0x040b,
  UndefinedElement: 0x040c,
  IndirectCallTypeMismatch: 0x040d,
  HostFuncError: 0x040e,
  RefTypeMismatch: 0x040f,
  UnalignedAtomicAccess: 0x0410,
  ExpectSharedMemory: 0x0411,
  CastNullToNonNull: 0x0412,
  AccessNullFunc: 0x0413,
  AccessNullStruct: 0x0414,
  AccessNullArray: 0x0415,
  AccessNullI31: 0x0416,
  AccessNullException: 0x0417,
  CastFailed: 0x0418,
  UncaughtException: 0x0419,
  PendingException: 0x041a,

  // WasmEdge: the component model.
  MalformedSort: 0x01a0,
  MalformedAliasTarget: 0x01a1,
  MalformedCoreInstance: 0x01a2,
  MalformedInstance: 0x01a3,
  MalformedDefType: 0x01a4,
  MalformedModuleType: 0x01a5,
  MalformedRecordType: 0x01a6,
  MalformedVariantType: 0x01a7,
  MalformedTupleType: 0x01a8,
  MalformedFlagsType: 0x01a9,
  MalformedCanonical: 0x01aa,
  UnknownCanonicalOption: 0x01ab,
  MalformedName: 0x01ac,
  ComponentNotImplLoader: 0x01ad,
  ComponentNestLevelExceeded: 0x01ae,
  MissingArgument: 0x02a0,
  ArgTypeMismatch: 0x02a1,
  InvalidIndex: 0x02a2,
  InvalidTypeReference: 0x02a3,
  ExportNotFound: 0x02a4,
  ComponentNotImplValidator: 0x02a5,
  ComponentDuplicateName: 0x02a6,
  ComponentInvalidName: 0x02a7,
  NotADefinedType: 0x02a8,
  DefTypeIndexOutOfBounds: 0x02a9,
  NameCannotBeEmpty: 0x02aa,
  CannotHaveMoreThan32Flags: 0x02ab,
  RecordFieldNameConflicts: 0x02ac,
  VariantCaseNameConflicts: 0x02ad,
  FlagNameConflicts: 0x02ae,
  EnumTagNameConflicts: 0x02af,
  VariantMustHaveCase: 0x02b0,
  ExportAscriptionIncompatible: 0x02b1,
  InstanceMissingExpectedExport: 0x02b2,
  InvalidExportName: 0x02b3,
  InvalidExternName: 0x02b4,
  UnknownCoreTag: 0x02b5,
  InvalidCoreSort: 0x03a0,
  InvalidCanonOption: 0x03a1,
  CoreInvalidExport: 0x03a2,
  ResourceDropArgument: 0x03a3,
  ComponentNotImplInstantiate: 0x03a4,

  // Ours: numbers from 0x..e0 on, which WasmEdge does not use.
  HostPromise: 0x00e0,
  ReentrantExecution: 0x00e1,
  MalformedSnapshot: 0x00e8,
  SnapshotVersion: 0x00e9,
  SnapshotMismatch: 0x00ea,
  NotInSnapshot: 0x00eb,
  MalformedPageSize: 0x01e0,
  ModuleSizeLimit: 0x01e1,
  FunctionCountLimit: 0x01e2,
  FunctionSizeLimit: 0x01e3,
  InvalidPageSize: 0x02e0,
  TypeLimit: 0x02e1,
  MemoryLimitExceeded: 0x03e1,
  MemoryAllocationFailed: 0x03e2,
  TableLimitExceeded: 0x03e3,
  SharedMemoryUnsupported: 0x03e4,
  CallStackExhausted: 0x04e0,
  GCLimitExceeded: 0x04e1,
  GCAllocationFailed: 0x04e2,
  // The specification has one text for both ways in which a call finds no room.
  ValueStackExhausted: 0x04e3,
  GCObjectSizeLimit: 0x04e4,
  GCObjectCountLimit: 0x04e5,
  WaitNotAllowed: 0x04e6,
} as const satisfies Record<string, number>;

/** The name of an error code of the WebAssembly category. */
export type ErrCodeName = keyof typeof ErrCode;

const names = lazy(() => Object.keys(ErrCode) as ErrCodeName[]);

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
  return names().find((name) => ErrCode[name] === code) ?? "RuntimeError";
}
