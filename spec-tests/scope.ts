import type { Module } from "../src/ast/module.ts";
import type { ModuleInstance } from "../src/store/module-instance.ts";
import { StoreManager } from "../src/store/store-manager.ts";
import type { Outcome } from "./outcome.ts";
import type { Thread } from "./thread.ts";

/** What a name or "the current module" stands for. */
export type Binding =
  | { readonly kind: "instance"; readonly instance: ModuleInstance }
  | { readonly kind: "none"; readonly outcome: Outcome };

export type Definition =
  | { readonly kind: "module"; readonly module: Module }
  | { readonly kind: "none"; readonly outcome: Outcome };

/** What the commands of one script see of each other: a unit's own, or those of one of its threads. */
export class Scope {
  readonly store = new StoreManager();
  current: Binding | undefined;
  /** By name, dollar sign included; the latest binding wins. */
  readonly instances = new Map<string, Binding>();
  readonly definitions = new Map<string, Definition>();
  /** The threads that were started and not joined yet. */
  readonly threads = new Map<string, Thread>();

  constructor(spectest: ModuleInstance) {
    this.store.registerModule(spectest);
  }

  /** Makes what was instantiated the current module, and binds it to `name`. */
  bind(binding: Binding, name: string | undefined): void {
    this.current = binding;
    if (name !== undefined) this.instances.set(name, binding);
  }

  /** The instance of that name, or the current one. */
  find(name: string | undefined): Binding | undefined {
    return name === undefined ? this.current : this.instances.get(name);
  }

  /** Makes an instance importable; a later one takes the name over. */
  register(name: string, instance: ModuleInstance): void {
    if (this.store.findModule(name) !== null) this.store.unregisterModule(name);
    this.store.registerModule(instance, name);
  }
}
