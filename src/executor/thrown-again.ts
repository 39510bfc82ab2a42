import type { WasmEdgeError } from "../common/error.ts";
import type { ErrorContext } from "../common/error-context.ts";

/**
 * Errors that host functions keep and throw again: a constant, or an exception that came out of an earlier call. What an error was told on
 * its way out of one run has nothing to do with the next, and would grow with each. So it begins each way with what it knew when a host
 * function threw it for the first time, as JavaScript's errors know the stack on which they were made and no later one.
 *
 * An error on one way passes several host functions where these call wasm; there what it was told further in stays.
 */

interface Thrown {
  /** What it knew the first time. */
  readonly context: readonly ErrorContext[];
  /** When a host function threw it last. */
  at: number;
}

const known = new WeakMap<WasmEdgeError, Thrown>();

/** Counts what happens to host functions: it tells what was before what. */
let clock = 0;

/** When a host function is called. */
export function hostCallBegins(): number {
  return ++clock;
}

/** A host function that was called at `begun` has thrown an error. */
export function hostCallThrows(error: WasmEdgeError, begun: number): void {
  const at = ++clock;
  const before = known.get(error);
  if (before === undefined) {
    known.set(error, { context: [...error.context], at });
    return;
  }
  // Otherwise it comes from a run that the host function has begun.
  if (before.at < begun) error.context.splice(0, error.context.length, ...before.context);
  before.at = at;
}
