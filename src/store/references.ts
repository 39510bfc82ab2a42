import type { Reference } from "../common/wasm-value.ts";

/**
 * References that one list may hold. Engines keep longer ones in another, slow form, and V8 ends the process where one outgrows what it
 * can hold at all (some 10^8), which a guest must not bring about.
 */
export const MOST_REFERENCES = 1 << 25;

/**
 * Copies references, also within one list where the ranges overlap. A loop, since V8 has no fast way for `copyWithin` of what
 * is no typed array: that takes many times as long.
 */
export function moveReferences(
  to: Reference[],
  at: number,
  from: readonly Reference[],
  offset: number,
  count: number,
): void {
  if (at <= offset) for (let i = 0; i < count; i++) to[at + i] = from[offset + i];
  else for (let i = count - 1; i >= 0; i--) to[at + i] = from[offset + i];
}
