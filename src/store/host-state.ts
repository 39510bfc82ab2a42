import type { ModuleInstance } from "./module-instance.ts";

/**
 * A host module that has state of its own which belongs into a snapshot of the guests that it serves. Without it, a host module is
 * bound again by its name, with whatever state it has there.
 */
export interface HostState {
  /** What to keep; `restoreState` of another instance, in another process, makes the same of it. */
  saveState(): Uint8Array;
  /** @throws where the state is malformed, or does not fit this instance */
  restoreState(state: Uint8Array): void;
}

/** Whether a host module has state of its own. */
export function hasHostState(module: ModuleInstance): module is ModuleInstance & HostState {
  return "saveState" in module && "restoreState" in module;
}
