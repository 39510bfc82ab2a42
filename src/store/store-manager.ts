import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { compareUtf8 } from "../common/utf8.ts";
import type { ModuleInstance } from "./module-instance.ts";

/**
 * Names for module instances: what imports are linked against. The store owns nothing; a module that was unregistered
 * goes on working where it is linked already. WasmEdge `Runtime::StoreManager`.
 */
export class StoreManager {
  private readonly named = new Map<string, ModuleInstance>();

  /** How many names are registered. */
  get moduleListSize(): number {
    return this.named.size;
  }

  /** The registered names, ordered by their bytes. */
  getModuleList(): string[] {
    return Array.from(this.named.keys()).sort(compareUtf8);
  }

  /** The instance that has the name; null where none has. */
  findModule(name: string): ModuleInstance | null {
    return this.named.get(name) ?? null;
  }

  /**
   * Registers an instance under its own name or an alias; one instance may have several.
   * @throws ModuleNameConflict where the name is taken, the empty name included
   */
  registerModule(instance: ModuleInstance, name = instance.name): void {
    if (this.named.has(name)) fail(ErrCode.ModuleNameConflict, { kind: "registering", module: name });
    this.named.set(name, instance);
  }

  /** Removes one name. @throws UnknownImport where nothing has it, as WasmEdge does */
  unregisterModule(name: string): void {
    if (!this.named.delete(name)) fail(ErrCode.UnknownImport, { kind: "registering", module: name });
  }

  /** Removes all names of one instance. */
  unlink(instance: ModuleInstance): void {
    for (const [name, registered] of Array.from(this.named)) if (registered === instance) this.named.delete(name);
  }

  /** Removes all names. */
  reset(): void {
    this.named.clear();
  }
}
