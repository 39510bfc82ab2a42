import type { Module } from "../ast/module.ts";
import type { FunctionType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { type ExternalKind, externalKinds } from "../common/external.ts";
import { compareUtf8 } from "../common/utf8.ts";
import { canonicalFunctionType } from "../validator/canonical-types.ts";
import { FunctionInstance } from "./function-instance.ts";
import type { GlobalInstance } from "./global-instance.ts";
import { HostFunction } from "./host-function.ts";
import type { MemoryInstance } from "./memory-instance.ts";
import type { DataInstance, ElementInstance } from "./segment-instances.ts";
import type { TableInstance } from "./table-instance.ts";
import type { TagInstance } from "./tag-instance.ts";

/** The instance of each kind. */
interface InstanceOfKind {
  readonly function: FunctionInstance;
  readonly table: TableInstance;
  readonly memory: MemoryInstance;
  readonly global: GlobalInstance;
  readonly tag: TagInstance;
}

/** What the executor keeps with a wasm module's instance: its code. Only the executor knows more of it. */
export interface ModuleCode {
  readonly instance: ModuleInstance;
}

let lastId = 0;

/**
 * A module instance: index spaces, exports, and a name of its own that never changes. Host modules are made by
 * constructing one and adding to it; wasm modules by the executor.
 *
 * https://webassembly.github.io/spec/core/exec/runtime.html#module-instances — WasmEdge `Runtime::Instance::ModuleInstance`
 */
export class ModuleInstance {
  readonly name: string;
  /** A number that no other instance has; backtraces tell anonymous modules apart by it. */
  readonly id = ++lastId;
  /** What the embedder wants kept with the module. */
  readonly hostData: unknown;
  /** The module that this is an instance of; undefined for host modules. */
  readonly source: Module | undefined;
  /** The canonical id of each type of `source`. */
  readonly typeIds: Int32Array;
  /** The index spaces, imports first. Functions are made when they are asked for: use `getFunction`. */
  readonly tables: TableInstance[] = [];
  readonly memories: MemoryInstance[] = [];
  readonly globals: GlobalInstance[] = [];
  readonly tags: TagInstance[] = [];
  readonly elements: ElementInstance[] = [];
  readonly data: DataInstance[] = [];
  /** The numbers of the globals that this module defines; `GlobalInstance.cells` of each. */
  globalCells: Int32Array = new Int32Array(0);
  /** The module which the first import of a WASI function came from. */
  wasiModule: ModuleInstance | undefined;
  /** Whether its code makes canonical NaNs only: see RuntimeConfigure.deterministic. Set before there is code. */
  deterministic = false;
  /** The executor's. */
  code: ModuleCode | undefined;
  private readonly functions: (FunctionInstance | undefined)[] = [];
  /** Makes a host function that nobody has asked for yet; undefined where none is promised at that index. */
  private promised: (index: number) => HostFunction | undefined = () => undefined;
  private readonly exports: { readonly [kind in ExternalKind]: Map<string, number> } = {
    function: new Map(),
    table: new Map(),
    memory: new Map(),
    global: new Map(),
    tag: new Map(),
  };
  /** The export names of functions by index, once they have been asked for. */
  private functionNames: Map<number, string> | undefined;
  private finalized = false;

  /** @param name of its own: error lines show it; it is also the name under which it is registered by default */
  constructor(name: string, hostData?: unknown, source?: Module, typeIds: Int32Array = new Int32Array(0)) {
    this.name = name;
    this.hostData = hostData;
    this.source = source;
    this.typeIds = typeIds;
  }

  // --- Functions ---

  /** Functions in the index space: imports, and those that the module defines. */
  get functionCount(): number {
    return this.source === undefined ? this.functions.length : this.importedFunctionCount + this.definedFunctionCount;
  }

  private importedFunctionCount = 0;

  private get definedFunctionCount(): number {
    return this.source?.functionTypeIndices.length ?? 0;
  }

  /** For the executor: puts an imported function next in the index space. */
  importFunction(instance: FunctionInstance): void {
    this.functions[this.importedFunctionCount++] = instance;
  }

  /**
   * The function at `index` of the index space.
   * @throws WrongInstanceIndex where there is none
   */
  getFunction(index: number): FunctionInstance {
    const known = this.functions[index];
    if (known !== undefined) return known;
    const promised = this.promised(index);
    if (promised !== undefined) return this.makeHostFunction(index, promised);
    const { source } = this;
    const typeIndex = source?.functionTypeIndices[index - this.importedFunctionCount];
    if (source === undefined || typeIndex === undefined) {
      fail(ErrCode.WrongInstanceIndex, { kind: "index", category: "function", index, bound: this.functionCount });
    }
    const { composite } = source.types[typeIndex];
    const type: FunctionType = composite.kind === "function" ? composite.type : { params: [], results: [] };
    const instance = new FunctionInstance(type, this.typeIds[typeIndex], this, index);
    this.functions[index] = instance;
    return instance;
  }

  // --- Exports ---

  /** For the executor: exports what stands at `index` of the index space of `kind`. */
  addExport(kind: ExternalKind, name: string, index: number): void {
    this.exports[kind].set(name, index);
    if (kind === "function") this.functionNames = undefined;
  }

  /** The kind of an export, or undefined where nothing has the name. */
  exportKind(name: string): ExternalKind | undefined {
    return externalKinds.find((kind) => this.exports[kind].has(name));
  }

  /** All kinds that are exported under a name: a host module may have several. */
  exportKinds(name: string): ExternalKind[] {
    return externalKinds.filter((kind) => this.exports[kind].has(name));
  }

  private indexSpace(kind: ExternalKind, index: number): InstanceOfKind[ExternalKind] {
    switch (kind) {
      case "function":
        return this.getFunction(index);
      case "table":
        return this.tables[index];
      case "memory":
        return this.memories[index];
      case "global":
        return this.globals[index];
      case "tag":
        return this.tags[index];
    }
  }

  /** The export of that kind and name, or null. */
  findExport<K extends ExternalKind>(kind: K, name: string): InstanceOfKind[K] | null {
    const index = this.exports[kind].get(name);
    return index === undefined ? null : (this.indexSpace(kind, index) as InstanceOfKind[K]);
  }

  /** The exports of that kind, ordered by the bytes of their names. */
  exportNames(kind: ExternalKind): string[] {
    return Array.from(this.exports[kind].keys()).sort(compareUtf8);
  }

  /** The first name, in byte order, under which a function is exported. Backtraces ask for each frame, so the names are kept. */
  exportNameOfFunction(index: number): string | undefined {
    if (this.functionNames === undefined) {
      this.functionNames = new Map();
      for (const [name, of] of this.exports.function) {
        const known = this.functionNames.get(of);
        if (known === undefined || compareUtf8(name, known) < 0) this.functionNames.set(of, name);
      }
    }
    return this.functionNames.get(index);
  }

  /** The function that is exported under the name; null where nothing of that kind is. So with the methods below. */
  findFuncExports(name: string): FunctionInstance | null {
    return this.findExport("function", name);
  }

  findTableExports(name: string): TableInstance | null {
    return this.findExport("table", name);
  }

  findMemoryExports(name: string): MemoryInstance | null {
    return this.findExport("memory", name);
  }

  findGlobalExports(name: string): GlobalInstance | null {
    return this.findExport("global", name);
  }

  findTagExports(name: string): TagInstance | null {
    return this.findExport("tag", name);
  }

  // --- Host modules ---

  /** No more can be added: a wasm module once it is instantiated, a host module once one of its functions was called. */
  finalize(): void {
    this.finalized = true;
  }

  private requireOpen(): void {
    if (this.finalized) fail(ErrCode.WrongVMWorkflow);
  }

  /**
   * Adds a host function and exports it; a name that exists is taken over.
   * @throws WrongVMWorkflow once the module is finalized
   */
  addHostFunction(name: string, func: HostFunction | FunctionInstance): FunctionInstance {
    this.requireOpen();
    const index = this.functions.length;
    const instance = func instanceof HostFunction ? this.makeHostFunction(index, func) : func;
    if (instance.module === undefined) {
      instance.module = this;
      instance.index = index;
    }
    this.functions[index] = instance;
    this.addExport("function", name, index);
    return instance;
  }

  private makeHostFunction(index: number, func: HostFunction): FunctionInstance {
    const instance = new FunctionInstance(func.type, canonicalFunctionType(func.type), this, index, func);
    this.functions[index] = instance;
    return instance;
  }

  /**
   * The same for functions of which each is made when it is first asked for: of a module with many a program imports few.
   * @param make is given the place of a name in the list
   * @throws WrongVMWorkflow once the module is finalized
   */
  addPromisedHostFunctions(names: readonly string[], make: (place: number) => HostFunction): void {
    this.requireOpen();
    const { promised } = this;
    const first = this.functions.length;
    for (const name of names) this.addExport("function", name, this.functions.push(undefined) - 1);
    const end = this.functions.length;
    this.promised = (index) => (index >= first && index < end ? make(index - first) : promised(index));
  }

  /** Adds a table and exports it. @throws WrongVMWorkflow once the module is finalized */
  addHostTable(name: string, table: TableInstance): void {
    this.requireOpen();
    this.addExport("table", name, this.tables.push(table) - 1);
  }

  /** Adds a memory and exports it. @throws WrongVMWorkflow once the module is finalized */
  addHostMemory(name: string, memory: MemoryInstance): void {
    this.requireOpen();
    this.addExport("memory", name, this.memories.push(memory) - 1);
  }

  /** Adds a global and exports it. @throws WrongVMWorkflow once the module is finalized */
  addHostGlobal(name: string, global: GlobalInstance): void {
    this.requireOpen();
    this.addExport("global", name, this.globals.push(global) - 1);
  }

  /** Adds a tag and exports it; WasmEdge has no host tags. @throws WrongVMWorkflow once the module is finalized */
  addHostTag(name: string, tag: TagInstance): void {
    this.requireOpen();
    this.addExport("tag", name, this.tags.push(tag) - 1);
  }
}
