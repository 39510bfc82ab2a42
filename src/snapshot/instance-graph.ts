import type { ExternalKind } from "../common/external.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { GlobalInstance } from "../store/global-instance.ts";
import type { MemoryInstance } from "../store/memory-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { StoreManager } from "../store/store-manager.ts";
import type { TableInstance } from "../store/table-instance.ts";
import type { TagInstance } from "../store/tag-instance.ts";
import { nameOf, refuse } from "./snapshot-errors.ts";

/** What an instance has that is no function. */
export type Owned = TableInstance | MemoryInstance | GlobalInstance | TagInstance;

/** The kinds of these. */
export type OwnedKind = Exclude<ExternalKind, "function">;
export const ownedKinds: readonly OwnedKind[] = ["table", "memory", "global", "tag"];

/** Where something stands: an instance of the snapshot, and the index there; of a host module, the name of the export. */
export interface Home {
  readonly instance: ModuleInstance;
  readonly place: number | string;
}

/** All that an instance has of a kind, imports first. */
export function spaceOf(instance: ModuleInstance, kind: OwnedKind): Owned[] {
  switch (kind) {
    case "table":
      return instance.tables;
    case "memory":
      return instance.memories;
    case "global":
      return instance.globals;
    case "tag":
      return instance.tags;
  }
}

/** How many of a kind an instance imports. */
export function importedCount({ source }: ModuleInstance, kind: ExternalKind): number {
  return source?.imports.filter(({ type }) => type.kind === kind).length ?? 0;
}

/** Whether an instance has something that it does not import. */
function defines(instance: ModuleInstance, owned: Owned): boolean {
  return ownedKinds.some((kind) => spaceOf(instance, kind).indexOf(owned) >= importedCount(instance, kind));
}

/**
 * The instances that belong into a snapshot, each after those that it imports from, and where everything is at home that more
 * than one of them may hold.
 */
export class InstanceGraph {
  readonly instances: ModuleInstance[] = [];
  private readonly indices = new Map<ModuleInstance, number>();
  private readonly homes = new Map<Owned, Home>();
  private readonly hostFunctionNames = new Map<ModuleInstance, Map<FunctionInstance, string>>();
  private readonly store: StoreManager;

  /** @param store whose names tell where imports came from */
  constructor(store: StoreManager) {
    this.store = store;
  }

  /** The index of an instance; it is added, with all that it imports from, where it was not there. */
  indexOf(instance: ModuleInstance): number {
    const known = this.indices.get(instance);
    if (known !== undefined) return known;
    this.addProviders(instance);
    const index = this.instances.push(instance) - 1;
    this.indices.set(instance, index);
    this.adopt(instance);
    return index;
  }

  /** Adds the instances of a list. */
  addAll(instances: Iterable<ModuleInstance>): void {
    for (const instance of instances) this.indexOf(instance);
  }

  private addProviders(instance: ModuleInstance): void {
    const counts: Record<ExternalKind, number> = { function: 0, table: 0, memory: 0, global: 0, tag: 0 };
    for (const { type } of instance.source?.imports ?? []) {
      const place = counts[type.kind]++;
      if (type.kind === "function") {
        const { module } = instance.getFunction(place);
        if (module !== undefined) this.indexOf(module);
      } else {
        const owned = spaceOf(instance, type.kind)[place];
        if (!this.homes.has(owned)) this.search(owned);
      }
    }
  }

  /** What an instance defines itself is at home there. */
  private adopt(instance: ModuleInstance): void {
    for (const kind of ownedKinds) {
      if (instance.source === undefined) {
        for (const name of instance.exportNames(kind)) {
          const owned = instance.findExport(kind, name) as Owned;
          if (!this.homes.has(owned)) this.homes.set(owned, { instance, place: name });
        }
      } else {
        const first = importedCount(instance, kind);
        spaceOf(instance, kind).forEach((owned, place) => {
          if (place >= first && !this.homes.has(owned)) this.homes.set(owned, { instance, place });
        });
      }
    }
  }

  /**
   * Where a table, memory, global or tag is defined.
   * @throws NotInSnapshot where no instance of the snapshot, and no registered one, has it
   */
  homeOf(owned: Owned, what: string): Home {
    const known = this.homes.get(owned) ?? this.search(owned);
    return known ?? refuse(`Nothing that is registered has ${what}.`);
  }

  /** Among the registered instances, where none of those that are known has it. */
  private search(owned: Owned): Home | undefined {
    for (const name of this.store.getModuleList()) {
      const instance = this.store.findModule(name);
      if (instance === null || this.indices.has(instance) || !defines(instance, owned)) continue;
      this.indexOf(instance);
      return this.homes.get(owned);
    }
    return undefined;
  }

  /** Where a function is defined. @throws NotInSnapshot for a host function that no module exports */
  homeOfFunction(func: FunctionInstance, what: string): Home {
    const { module, index } = func;
    if (module === undefined) refuse(`${what} is a host function of no module.`);
    if (module.source !== undefined) return { instance: module, place: index };
    let names = this.hostFunctionNames.get(module);
    if (names === undefined) {
      names = new Map();
      for (const name of module.exportNames("function")) {
        const found = module.findFuncExports(name);
        if (found !== null && !names.has(found)) names.set(found, name);
      }
      this.hostFunctionNames.set(module, names);
    }
    const name = names.get(func) ?? refuse(`${what} is a host function of ${nameOf(module)} that it does not export.`);
    return { instance: module, place: name };
  }

  /** The names under which an instance is registered. */
  namesOf(instance: ModuleInstance): string[] {
    return this.store.getModuleList().filter((name) => this.store.findModule(name) === instance);
  }
}
