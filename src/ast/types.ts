import type { ExternalKind, Limit } from "../common/external.ts";
import type { ValType } from "../common/value-type.ts";

/**
 * The types of the module structure, as plain data.
 * https://webassembly.github.io/spec/core/syntax/types.html — WasmEdge `ast/type.h`
 */

export interface FunctionType {
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
}

/** A struct's field or an array's element; `type` may be a packed storage type. */
export interface FieldType {
  readonly type: ValType;
  readonly mutable: boolean;
}

export type CompositeType =
  | { readonly kind: "function"; readonly type: FunctionType }
  | { readonly kind: "struct"; readonly fields: readonly FieldType[] }
  | { readonly kind: "array"; readonly field: FieldType };

/** A defined type. The types of one recursion group stand side by side in the module's list. */
export interface SubType {
  readonly isFinal: boolean;
  /** At most one passes validation. */
  readonly superTypes: readonly number[];
  readonly composite: CompositeType;
  /** Type index of the first type of the recursion group. */
  readonly groupStart: number;
  /** Number of types in the recursion group. */
  readonly groupSize: number;
}

export interface TableType {
  readonly elementType: ValType;
  /** In elements. */
  readonly limit: Limit;
}

export interface MemoryType {
  /** In pages. */
  readonly limit: Limit;
  /** Base-2 logarithm of the page size in bytes: 16, and 0 with custom page sizes. */
  readonly pageSizeLog2: number;
}

export interface GlobalType {
  readonly valType: ValType;
  readonly mutable: boolean;
}

/** A tag's parameters are those of a function type without results. */
export interface TagType {
  readonly typeIndex: number;
}

/** What an import asks for; functions and tags by type index. */
export type ImportedType =
  | { readonly kind: "function"; readonly typeIndex: number }
  | ({ readonly kind: "table" } & TableType)
  | ({ readonly kind: "memory" } & MemoryType)
  | ({ readonly kind: "global" } & GlobalType)
  | ({ readonly kind: "tag" } & TagType);

export interface ImportDescription {
  readonly moduleName: string;
  readonly name: string;
  readonly type: ImportedType;
}

export interface ExportDescription {
  readonly name: string;
  readonly kind: ExternalKind;
  readonly index: number;
}
