import type { Module } from "../src/ast/module.ts";
import type { ModuleInstance } from "../src/store/module-instance.ts";
import type { StoreManager } from "../src/store/store-manager.ts";
import type { Refused } from "./scope.ts";

/**
 * Memories, tables and variable globals that a refused module imports, and so has not written what a unit goes on to read.
 * `threads/simple` is such a unit: one module stores atomically into a memory, another loads from it.
 */
export class SharedState {
  private readonly refusals = new Map<object, Refused>();

  /** Remembers what a refused module would have shared with the instances of a store. */
  addImports(module: Module, store: StoreManager, refused: Refused): void {
    for (const { moduleName, name, type } of module.imports) {
      const isState = type.kind === "memory" || type.kind === "table" || (type.kind === "global" && type.mutable);
      const shared = isState ? store.findModule(moduleName)?.findExport(type.kind, name) : undefined;
      if (shared !== null && shared !== undefined) this.refusals.set(shared, refused);
    }
  }

  /** The refused module that an instance shares state with. */
  find({ memories, tables, globals }: ModuleInstance): Refused | undefined {
    for (const state of [...memories, ...tables, ...globals]) {
      const refused = this.refusals.get(state);
      if (refused !== undefined) return refused;
    }
    return undefined;
  }
}
