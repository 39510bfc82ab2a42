import type { Module } from "../ast/module.ts";
import type { Value, WasmValue } from "../common/wasm-value.ts";
import type { Limits } from "../executor/limits.ts";
import type { Statistics } from "../executor/statistics.ts";
import type { StoreManager } from "../store/store-manager.ts";
import type { WasiOptions } from "../wasi/environ.ts";

/** How far a VM has come with the module that it holds. WasmEdge `VM::VMStage`. */
export const VMStage = { Inited: 0, Loaded: 1, Validated: 2, Instantiated: 3 } as const;
export type VMStage = (typeof VMStage)[keyof typeof VMStage];

/** A module as a path (read through the host), as bytes, or loaded. */
export type ModuleSource = string | Uint8Array | ArrayBuffer | Module;

/** Whether a source is a module that has been loaded. What is none of its kinds, the loader refuses. */
export function isLoaded(source: ModuleSource): source is Module {
  try {
    return typeof source === "object" && source !== null && "functionTypeIndices" in source;
  } catch {
    // A proxy that does not let itself be looked at.
    return false;
  }
}

/** Arguments of a function: in natural form, or typed where exact bits matter. */
export type Params = readonly (Value | WasmValue)[];

/** What a VM is given rather than makes. */
export interface VMParts {
  readonly store?: StoreManager;
  readonly statistics?: Statistics;
  /** What modules and runs may take up; absent: what the Configure says. See `VM.getLimits`. */
  readonly limits?: Limits;
  /** Streams and file system of the built-in WASI module. */
  readonly wasi?: WasiOptions;
}
