import { elementCount, type Module } from "../ast/module.ts";
import type { ExternalKind } from "../common/external.ts";
import { toHex } from "../common/sha256.ts";
import { isRefType, ValType } from "../common/value-type.ts";
import { type Reference, WasmValue } from "../common/wasm-value.ts";
import type { Executor } from "../executor/executor.ts";
import { linkImports } from "../executor/instantiate/imports.ts";
import { makeExports, makeMemories, makeTags, refuseThreads } from "../executor/instantiate/instantiate.ts";
import type { Loader } from "../loader/loader.ts";
import { GlobalInstance } from "../store/global-instance.ts";
import { LATER } from "../store/later.ts";
import type { MemoryInstance } from "../store/memory-instance.ts";
import { ModuleInstance } from "../store/module-instance.ts";
import { DataInstance, ElementInstance } from "../store/segment-instances.ts";
import { StoreManager } from "../store/store-manager.ts";
import { TableInstance } from "../store/table-instance.ts";
import { canonicalValType, matchesCanonical } from "../validator/canonical-types.ts";
import { type Validation, type Validator, validationOf } from "../validator/validator.ts";
import { importedCount, type OwnedKind, spaceOf } from "./instance-graph.ts";
import { hashOf } from "./instance-writer.ts";
import { restoreSize } from "./page-image.ts";
import { malformed, mismatch } from "./snapshot-errors.ts";
import type { SnapshotReader } from "./snapshot-reader.ts";
import type { ValueReader } from "./value-reader.ts";

/** What makes modules of bytes. */
export interface ModuleMaker {
  readonly loader: Loader;
  readonly validator: Validator;
  /** Modules that a snapshot with hashes only may mean: validated ones, or bytes. */
  readonly given: readonly (Module | Uint8Array)[];
}

/** The modules of a snapshot, from its own bytes or from those that are given. @throws SnapshotMismatch; errors of loading */
export function readModules(reader: SnapshotReader, { loader, validator, given }: ModuleMaker): Module[] {
  const parse = (bytes: Uint8Array): Module => validator.parseAndValidate(loader, bytes);
  let parsed: Module[] | undefined;
  return reader.vector(() => {
    const hash = toHex(reader.bytes(32));
    const find = (modules: readonly Module[]): Module | undefined =>
      modules.find((module) => toHex(hashOf(module)) === hash);
    // A module is parsed once: the one that is given already is taken rather than another of the same bytes.
    const included = reader.flag() ? reader.sized() : undefined;
    const loaded = find(given.filter((module): module is Module => !(module instanceof Uint8Array)));
    if (loaded !== undefined) return loaded;
    if (included !== undefined) {
      const module = parse(included.slice());
      if (toHex(hashOf(module)) !== hash) malformed(`The module of the hash ${hash} is another.`);
      return module;
    }
    parsed ??= given.flatMap((module) => (module instanceof Uint8Array ? [parse(module)] : []));
    return find(parsed) ?? mismatch(`The module of the SHA-256 ${hash} is not among those that are given.`);
  });
}

/** Makes the instances of a snapshot, linked as they were, and fills them. */
export class InstanceReader {
  private readonly reader: SnapshotReader;
  private readonly executor: Executor;
  private readonly store: StoreManager;
  private readonly modules: readonly Module[];
  /** Names to be registered when all is well. */
  private readonly registrations: (readonly [name: string, instance: ModuleInstance])[] = [];
  /** The memories that are to be filled, in the order of their images. */
  readonly memories: MemoryInstance[] = [];
  readonly instances: ModuleInstance[] = [];
  private readonly existing: readonly ModuleInstance[] | undefined;

  /** @param existing instances to be filled in place of new ones */
  constructor(
    reader: SnapshotReader,
    executor: Executor,
    store: StoreManager,
    modules: readonly Module[],
    existing?: readonly ModuleInstance[],
  ) {
    this.existing = existing;
    this.reader = reader;
    this.executor = executor;
    this.store = store;
    this.modules = modules;
  }

  /** Enters the instances' names into the store. */
  register(): void {
    for (const [name, instance] of this.registrations) this.store.registerModule(instance, name);
  }

  shapes(): void {
    this.reader.vector((i) => {
      this.instances.push(this.shape(this.existing?.[i]));
    });
  }

  private shape(existing: ModuleInstance | undefined): ModuleInstance {
    const { reader } = this;
    const isWasm = reader.flag();
    const name = reader.name();
    const names = reader.vector(() => reader.name());
    if (!isWasm) return existing ?? this.findHostModule(name, names);
    const module = this.modules[reader.index(this.modules.length, "module")];
    const instance = this.link(module, name);
    if (existing !== undefined) {
      for (let i = module.memories.length + module.tables.length; i > 0; i--) reader.unsigned();
      return existing;
    }
    for (const registered of names) {
      if (this.store.findModule(registered) !== null) mismatch(`A module is registered as "${registered}" already.`);
      this.registrations.push([registered, instance]);
    }
    this.define(module, instance);
    return instance;
  }

  private findHostModule(name: string, names: readonly string[]): ModuleInstance {
    for (const registered of [...names, name]) {
      const found = this.store.findModule(registered);
      if (found?.source === undefined && found !== null) return found;
    }
    return mismatch(`No host module is registered as "${names[0] ?? name}".`);
  }

  /** An instance with its imports, from those before it; they are checked as at any instantiation. */
  private link(module: Module, name: string): ModuleInstance {
    const { canonicalIds } = validationOf(module) as Validation;
    const instance = new ModuleInstance(name, undefined, module, canonicalIds);
    const providers = new StoreManager();
    for (const { moduleName, name: importName, type } of module.imports) {
      let provider = providers.findModule(moduleName);
      if (provider === null) {
        provider = new ModuleInstance(moduleName);
        providers.registerModule(provider);
      }
      this.provide(provider, type.kind, importName);
    }
    instance.deterministic = this.executor.configure.runtime.deterministic;
    linkImports(providers, module, instance);
    if (instance.deterministic) refuseThreads(instance, module);
    if (instance.wasiModule !== undefined) instance.wasiModule = this.wasiModuleOf(instance);
    return instance;
  }

  /** The module that the first WASI function is of; the provider was made for linking only. */
  private wasiModuleOf(instance: ModuleInstance): ModuleInstance | undefined {
    let index = 0;
    for (const { moduleName, type } of instance.source?.imports ?? []) {
      if (type.kind !== "function") continue;
      if (moduleName === instance.wasiModule?.name) return instance.getFunction(index).module;
      index++;
    }
    return undefined;
  }

  private provide(provider: ModuleInstance, kind: ExternalKind, name: string): void {
    const { reader } = this;
    const home = this.instances[reader.index(this.instances.length, "instance before this one")];
    const place = home.source === undefined ? reader.name() : reader.unsigned();
    const missing = (): never => mismatch(`${JSON.stringify(home.name)} has no ${kind} ${JSON.stringify(place)}.`);
    if (kind === "function") {
      const func =
        typeof place === "string"
          ? home.findFuncExports(place)
          : place < home.functionCount
            ? home.getFunction(place)
            : null;
      provider.addHostFunction(name, func ?? missing());
      return;
    }
    const owned =
      typeof place === "string" ? home.findExport(kind, place) : (spaceOf(home, kind as OwnedKind)[place] ?? null);
    if (owned === null) missing();
    else if (kind === "table") provider.addHostTable(name, owned as TableInstance);
    else if (kind === "memory") provider.addHostMemory(name, owned as MemoryInstance);
    else if (kind === "global") provider.addHostGlobal(name, owned as GlobalInstance);
    else provider.addHostTag(name, owned as never);
  }

  /** What a module defines, without values. */
  private define(module: Module, instance: ModuleInstance): void {
    const { typeIds } = instance;
    makeMemories(this.executor, instance, module);
    const own = instance.memories.slice(instance.memories.length - module.memories.length);
    for (const memory of own) restoreSize(memory, this.reader.unsigned());
    makeTags(instance, module);
    instance.globalCells = new Int32Array(4 * module.globals.length);
    module.globals.forEach(({ type }, i) => {
      const valType = canonicalValType(type.valType, typeIds);
      instance.globals.push(new GlobalInstance({ ...type, valType }, LATER, instance.globalCells, 4 * i));
    });
    const { maxTableElements } = this.executor.configure.runtime;
    for (const { type } of module.tables) {
      const elementType = canonicalValType(type.elementType, typeIds);
      const table = new TableInstance({ ...type, elementType }, LATER, maxTableElements, this.executor.limits.tables);
      restoreLength(table, this.reader.unsigned());
      instance.tables.push(table);
    }
    makeExports(instance, module);
  }

  // --- Content ---

  /** Fills all instances, but for their memories. */
  contents(values: ValueReader): void {
    for (const instance of this.instances) {
      if (instance.source === undefined) this.hostContent(instance, values);
      else this.wasmContent(instance, instance.source, values);
    }
  }

  private hostContent(instance: ModuleInstance, values: ValueReader): void {
    const { reader } = this;
    const find = <T>(kind: ExternalKind, found: (name: string) => T | null): T => {
      const name = reader.name();
      return found(name) ?? mismatch(`"${instance.name}" exports no ${kind} "${name}".`);
    };
    reader.vector(() =>
      this.global(
        find("global", (name) => instance.findGlobalExports(name)),
        values,
      ),
    );
    reader.vector(() =>
      this.table(
        find("table", (name) => instance.findTableExports(name)),
        values,
      ),
    );
    reader.vector(() => this.memories.push(find("memory", (name) => instance.findMemoryExports(name))));
  }

  private wasmContent(instance: ModuleInstance, module: Module, values: ValueReader): void {
    const { globals, tables, memories } = instance;
    for (const global of globals.slice(importedCount(instance, "global"))) this.global(global, values);
    for (const table of tables.slice(importedCount(instance, "table"))) this.table(table, values);
    this.memories.push(...memories.slice(importedCount(instance, "memory")));
    this.elementSegments(instance, module, values);
    module.data.forEach(({ start, end }, i) => {
      const bytes = module.bytes.subarray(start, end);
      instance.data[i] = new DataInstance(this.reader.flag() ? bytes : bytes.subarray(0, 0));
    });
    instance.finalize();
  }

  private elementSegments(instance: ModuleInstance, module: Module, values: ValueReader): void {
    const { reader } = this;
    module.elements.forEach((segment, i) => {
      const type = canonicalValType(segment.type, instance.typeIds);
      let content: Uint32Array | Reference[] = [];
      if (reader.flag()) {
        content = segment.functionIndices ?? reader.vector(() => values.reference(type));
        if (content.length !== elementCount(segment)) malformed(`Element segment ${i} has ${content.length} elements.`);
      }
      instance.elements[i] = new ElementInstance(type, instance, content);
    });
  }

  private global(global: GlobalInstance, values: ValueReader): void {
    const { valType } = global.type;
    // The types of globals are over canonical ids.
    if (isRefType(valType)) global.initialize(WasmValue.ref(valType, values.reference(valType)));
    else global.initialize(values.number(valType));
  }

  private table(table: TableInstance, values: ValueReader): void {
    const { reader } = this;
    const owner = this.optionalInstance();
    const length = reader.unsigned();
    restoreLength(table, length);
    const elementType = table.type.elementType;
    const elements: Reference[] = [];
    while (elements.length < length) {
      const count = reader.unsigned();
      if (count === 0 || count > length - elements.length) malformed("A table has more elements than its size.");
      let element: Reference;
      if (reader.flag()) {
        if (owner === undefined) malformed("A table has indices of functions, but of no module.");
        element = reader.index(owner.functionCount, "function");
      } else element = values.reference(elementType);
      if (owner !== undefined && typeof element === "number") this.requireFunctions(elementType);
      for (let i = 0; i < count; i++) elements.push(element);
    }
    table.restoreElements(elements, owner);
  }

  /** Bare indices among references that may be numbers would be taken for these. */
  private requireFunctions(elementType: ValType): void {
    if (!matchesCanonical(elementType, ValType.FuncRef)) malformed("Functions stand in a table of other references.");
  }

  private optionalInstance(): ModuleInstance | undefined {
    const index = this.reader.index(this.instances.length + 1, "instance");
    const instance = this.instances[index - 1];
    if (index > 0 && instance.source === undefined) malformed("The functions of a host module have no indices.");
    return instance;
  }
}

/** @throws SnapshotMismatch where the table cannot be so long */
function restoreLength(table: TableInstance, length: number): void {
  if (!table.restoreSize(length)) mismatch(`A table of ${length} elements is beyond its type or the limits.`);
}
