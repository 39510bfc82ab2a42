import type { Module } from "../ast/module.ts";
import type { CompositeType, FunctionType, GlobalType, MemoryType, SubType, TableType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode, type ErrCodeName } from "../common/error-code.ts";
import type { IndexCategory } from "../common/error-context.ts";
import type { Limit } from "../common/external.ts";
import { isDefaultable, isIndexedRefType, typeIndexOf, ValType } from "../common/value-type.ts";
import type { BodyChecks } from "./body-checks.ts";
import type { OperandTypes } from "./operand-types.ts";
import { TypeMatcher } from "./type-matching.ts";

/** What bodies that have been checked turned out to have, and few modules do. */
export interface BodyFeatures {
  /** A `try` of the legacy exceptions. */
  legacyTry: boolean;
}

/** What validation leaves behind for the later stages: see `validationOf`. Functions are counted with the imports first. */
export interface Validation {
  /** The canonical id of each type index. */
  readonly canonicalIds: Int32Array;
  /** The type index of each function. */
  readonly functionTypeIndices: Uint32Array;
  /** Per function: 1 where `ref.func` may name it in a body, because something outside of the bodies does. */
  readonly declaredFunctions: Uint8Array;
  /** With `lazyValidation`: the checks of the bodies, each of which must precede the body's first use. */
  readonly bodies: BodyChecks | undefined;
  /** What stands on the operand stacks of the bodies. */
  readonly operandTypes: OperandTypes;
  /** With `lazyValidation`: of the bodies that have been checked so far. */
  readonly features: Readonly<BodyFeatures>;
}

/** Each index space: the code of its error, and how the error names it. */
const indexSpaces = {
  type: ["InvalidFuncTypeIdx", "function type"],
  func: ["InvalidFuncIdx", "function"],
  table: ["InvalidTableIdx", "table"],
  memory: ["InvalidMemoryIdx", "memory"],
  global: ["InvalidGlobalIdx", "global"],
  tag: ["InvalidTagIdx", "tag"],
  elem: ["InvalidElemIdx", "element"],
  data: ["InvalidDataIdx", "data"],
  local: ["InvalidLocalIdx", "local"],
  label: ["InvalidLabelIdx", "label"],
  field: ["InvalidFieldIdx", "field"],
  lane: ["InvalidLaneIdx", "lane"],
} as const satisfies Record<string, readonly [ErrCodeName, IndexCategory]>;

/** Throws the error of an index space, with index and bound, where the index is not below the bound. */
export function checkIndex(space: keyof typeof indexSpaces, index: number, bound: number): void {
  if (index >= bound) failIndex(space, index, bound);
}

function failIndex(space: keyof typeof indexSpaces, index: number, bound: number): never {
  const [code, category] = indexSpaces[space];
  fail(ErrCode[code], { kind: "index", category, index, bound });
}

/** The type of addresses into a memory or table. */
export function addressType(limit: Limit): ValType {
  return limit.is64 ? ValType.I64 : ValType.I32;
}

/**
 * The context C of the specification's rules: the index spaces of a module, filled in the order of validation, so that
 * each is as long as what may be named so far.
 * https://webassembly.github.io/spec/core/valid/conventions.html#contexts
 */
export class ModuleContext {
  readonly types: readonly SubType[];
  readonly canonicalIds: Int32Array;
  readonly matcher: TypeMatcher;
  /** Per type index: the function type, or undefined where it is another type. */
  readonly functionTypes: readonly (FunctionType | undefined)[];
  readonly functionTypeIndices: Uint32Array;
  /** The number of functions that may be named so far. */
  functionCount = 0;
  readonly declaredFunctions: Uint8Array;
  readonly tables: TableType[] = [];
  readonly memories: MemoryType[] = [];
  /** Per memory: the type of its addresses. */
  readonly memoryAddressTypes: ValType[] = [];
  readonly globals: GlobalType[] = [];
  importedGlobalCount = 0;
  readonly tagTypeIndices: number[] = [];
  /** Per element segment: the type of its elements. */
  readonly elementTypes: ValType[] = [];
  readonly dataCount: number;
  /** Whether the module has a data count section: bodies may only name segments of data where it has. */
  readonly hasDataCount: boolean;
  readonly features: BodyFeatures = { legacyTry: false };
  /** Per type index: 0 where not looked at, 1 for a struct whose fields all have default values, 2 for another one. */
  private readonly defaultability: Uint8Array;

  /**
   * What is kept of the context; the rest can be had from the module.
   * @param bodies the checks of the bodies where they have been put off
   * @param operandTypes of the bodies
   */
  validation(bodies: BodyChecks | undefined, operandTypes: OperandTypes): Validation {
    const { canonicalIds, functionTypeIndices, declaredFunctions, features } = this;
    return { canonicalIds, functionTypeIndices, declaredFunctions, bodies, operandTypes, features };
  }

  /** @param canonicalIds the canonical ids of the module's types, which have been checked */
  constructor(module: Module, canonicalIds: Int32Array) {
    this.types = module.types;
    this.canonicalIds = canonicalIds;
    this.matcher = new TypeMatcher(canonicalIds);
    this.functionTypes = module.types.map(({ composite }) =>
      composite.kind === "function" ? composite.type : undefined,
    );
    const imported = module.imports.reduce((count, { type }) => count + (type.kind === "function" ? 1 : 0), 0);
    this.functionTypeIndices = new Uint32Array(imported + module.functionTypeIndices.length);
    this.declaredFunctions = new Uint8Array(this.functionTypeIndices.length);
    this.dataCount = module.data.length;
    this.hasDataCount = module.dataCount !== undefined;
    this.defaultability = new Uint8Array(module.types.length);
  }

  /** @param typeIndex of a function type */
  addFunction(typeIndex: number): void {
    this.functionTypeIndices[this.functionCount++] = typeIndex;
  }

  /** @param typeIndices of function types: those of the functions that the module defines */
  addFunctions(typeIndices: Uint32Array): void {
    this.functionTypeIndices.set(typeIndices, this.functionCount);
    this.functionCount += typeIndices.length;
  }

  addMemory(type: MemoryType): void {
    this.memories.push(type);
    this.memoryAddressTypes.push(addressType(type.limit));
  }

  /** @throws InvalidFuncTypeIdx where the type names a type index that does not exist */
  checkValType(type: ValType): void {
    if (isIndexedRefType(type)) checkIndex("type", typeIndexOf(type), this.types.length);
  }

  /** The type of a function by its index. @throws InvalidFuncIdx */
  functionType(functionIndex: number): FunctionType {
    if (functionIndex >= this.functionCount) failIndex("func", functionIndex, this.functionCount);
    return this.functionTypes[this.functionTypeIndices[functionIndex]] as FunctionType;
  }

  /**
   * The function type of a type index.
   * @throws InvalidFuncTypeIdx where there is none; TypeCheckFailed where it is another type
   */
  definedFunctionType(typeIndex: number): FunctionType {
    const type = this.functionTypes[typeIndex];
    if (type === undefined) this.failKind(typeIndex, "function");
    return type;
  }

  /** The structure of a type index. @throws InvalidFuncTypeIdx, TypeCheckFailed where it is of another kind */
  composite<Kind extends CompositeType["kind"]>(
    typeIndex: number,
    kind: Kind,
  ): CompositeType & { readonly kind: Kind } {
    const composite = this.types[typeIndex]?.composite;
    if (composite === undefined || !isOfKind(composite, kind)) this.failKind(typeIndex, kind);
    return composite;
  }

  /** Whether all fields of a struct type have default values. Looked at once a type, however many instructions ask. */
  isDefaultableStruct(typeIndex: number): boolean {
    if (this.defaultability[typeIndex] === 0) {
      const { fields } = this.composite(typeIndex, "struct");
      this.defaultability[typeIndex] = fields.every(({ type }) => isDefaultable(type)) ? 1 : 2;
    }
    return this.defaultability[typeIndex] === 1;
  }

  private failKind(typeIndex: number, kind: CompositeType["kind"]): never {
    checkIndex("type", typeIndex, this.types.length);
    const article = kind === "array" ? "an" : "a";
    fail(ErrCode.TypeCheckFailed, {
      kind: "note",
      text: `Defined type index ${typeIndex} is not ${article} ${kind} type.`,
    });
  }

  /** The table's type. @throws InvalidTableIdx */
  table(tableIndex: number): TableType {
    if (tableIndex >= this.tables.length) failIndex("table", tableIndex, this.tables.length);
    return this.tables[tableIndex];
  }

  /** The type of addresses into a memory. @throws InvalidMemoryIdx */
  memoryAddressType(memoryIndex: number): ValType {
    if (memoryIndex >= this.memoryAddressTypes.length) failIndex("memory", memoryIndex, this.memories.length);
    return this.memoryAddressTypes[memoryIndex];
  }

  /** The global's type. @throws InvalidGlobalIdx */
  global(globalIndex: number): GlobalType {
    if (globalIndex >= this.globals.length) failIndex("global", globalIndex, this.globals.length);
    return this.globals[globalIndex];
  }

  /** The parameters of a tag. @throws InvalidTagIdx */
  tagParams(tagIndex: number): readonly ValType[] {
    if (tagIndex >= this.tagTypeIndices.length) failIndex("tag", tagIndex, this.tagTypeIndices.length);
    return (this.functionTypes[this.tagTypeIndices[tagIndex]] as FunctionType).params;
  }
}

function isOfKind<Kind extends CompositeType["kind"]>(
  composite: CompositeType,
  kind: Kind,
): composite is CompositeType & { readonly kind: Kind } {
  return composite.kind === kind;
}
