import type { Module } from "./module.ts";
import type { FunctionType, GlobalType, MemoryType, TableType, TagType } from "./types.ts";

/**
 * The index spaces of a module: imports first, then what it defines.
 * https://webassembly.github.io/spec/core/syntax/modules.html#indices
 */
export class IndexSpaces {
  readonly module: Module;
  /** The type index of each imported function. */
  readonly importedFunctionTypes: readonly number[];
  readonly tables: readonly TableType[];
  readonly memories: readonly MemoryType[];
  readonly globals: readonly GlobalType[];
  readonly importedGlobalCount: number;
  readonly tags: readonly TagType[];

  constructor(module: Module) {
    this.module = module;
    const functions: number[] = [];
    const tables: TableType[] = [];
    const memories: MemoryType[] = [];
    const globals: GlobalType[] = [];
    const tags: TagType[] = [];
    for (const { type } of module.imports) {
      switch (type.kind) {
        case "function":
          functions.push(type.typeIndex);
          break;
        case "table":
          tables.push(type);
          break;
        case "memory":
          memories.push(type);
          break;
        case "global":
          globals.push(type);
          break;
        case "tag":
          tags.push(type);
          break;
      }
    }
    this.importedFunctionTypes = functions;
    this.importedGlobalCount = globals.length;
    this.tables = tables.concat(module.tables.map((segment) => segment.type));
    this.memories = memories.concat(module.memories);
    this.globals = globals.concat(module.globals.map((segment) => segment.type));
    this.tags = tags.concat(module.tags);
  }

  get importedFunctionCount(): number {
    return this.importedFunctionTypes.length;
  }

  get functionCount(): number {
    return this.importedFunctionCount + this.module.functionTypeIndices.length;
  }

  /** The type index of a function of the index space. */
  functionTypeIndex(index: number): number {
    return index < this.importedFunctionCount
      ? this.importedFunctionTypes[index]
      : this.module.functionTypeIndices[index - this.importedFunctionCount];
  }

  /** The function type at a type index; validation has made sure that it is one. */
  functionType(typeIndex: number): FunctionType {
    const { composite } = this.module.types[typeIndex];
    return composite.kind === "function" ? composite.type : { params: [], results: [] };
  }
}
