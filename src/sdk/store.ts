import { requireKind, requireText } from "../common/arguments.ts";
import { type Executor, type RunOptions, requireExecutor } from "../executor/executor.ts";
import { StoreManager } from "../store/store-manager.ts";
import { NotFoundModuleInStore } from "./errors.ts";
import { ImportObject } from "./import-object.ts";
import { Instance } from "./instance.ts";
import { innerModule, type Module } from "./module.ts";

/** Names for module instances, shared by what imports from them. Rust SDK `Store`. */
export class Store {
  /** The core's store. */
  readonly inner: StoreManager;

  constructor(inner: StoreManager = new StoreManager()) {
    this.inner = inner;
  }

  /** Makes a host module importable. @throws ModuleNameConflict */
  registerImportModule(importObject: ImportObject): this {
    this.inner.registerModule(requireKind("importObject", importObject, ImportObject, "ImportObject").inner);
    return this;
  }

  /**
   * Instantiates a module under a name.
   * @param options bound the instantiation, the start function included
   * @throws ModuleNameConflict; errors of instantiation
   */
  registerNamedModule(executor: Executor, name: string, module: Module, options?: RunOptions): Instance {
    return Instance.of(
      requireExecutor(executor).registerModule(this.inner, innerModule(module), requireText("name", name), options),
    );
  }

  /**
   * Instantiates a module without a name: others cannot import from it.
   * @param options bound the instantiation, the start function included
   * @throws errors of instantiation
   */
  registerActiveModule(executor: Executor, module: Module, options?: RunOptions): Instance {
    return Instance.of(requireExecutor(executor).instantiateModule(this.inner, innerModule(module), options));
  }

  /** Whether an instance is registered under the name. */
  contains(name: string): boolean {
    return this.inner.findModule(name) !== null;
  }

  /** @throws NotFoundModuleInStore */
  moduleInstance(name: string): Instance {
    const found = this.inner.findModule(name);
    if (found === null) throw new NotFoundModuleInStore(name);
    return Instance.of(found);
  }

  /** How many names are registered. */
  get namedInstanceCount(): number {
    return this.inner.moduleListSize;
  }

  /** Ordered by their bytes. */
  get instanceNames(): string[] {
    return this.inner.getModuleList();
  }
}
