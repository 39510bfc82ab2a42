/**
 * What both the syntax tree and the error lines speak of: the kinds of things that modules import and export, and limits.
 */

/** The kinds of imports and exports, numbered as in the binary format. WasmEdge `ExternalType`. */
export const externalKinds = ["function", "table", "memory", "global", "tag"] as const;

export type ExternalKind = (typeof externalKinds)[number];

/**
 * The size range of a memory (in pages) or table (in elements).
 * https://webassembly.github.io/spec/core/syntax/types.html#limits — WasmEdge `AST::Limit`
 *
 * The bounds are bigints because table64 limits reach 2^64 - 1.
 */
export interface Limit {
  readonly min: bigint;
  readonly max: bigint | undefined;
  /** Shared between threads; memories only. */
  readonly shared: boolean;
  /** Addressed by i64 rather than i32. */
  readonly is64: boolean;
}
