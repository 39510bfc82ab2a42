import type { Module as AstModule } from "../ast/module.ts";
import type { FunctionType, GlobalType, ImportedType, MemoryType, TableType } from "../ast/types.ts";
import { requireKind } from "../common/arguments.ts";
import type { ExternalKind } from "../common/external.ts";
import { Loader } from "../loader/loader.ts";
import { Validator } from "../validator/validator.ts";
import { Config } from "./config.ts";

/** The type of something that a module imports or exports. Type indices in it are the module's. */
export type ExternalInstanceType =
  | ({ readonly kind: "function" } & FunctionType)
  | ({ readonly kind: "table" } & TableType)
  | ({ readonly kind: "memory" } & MemoryType)
  | ({ readonly kind: "global" } & GlobalType)
  /** A tag has the type of a function: the parameters are an exception's payload. */
  | ({ readonly kind: "tag" } & FunctionType);

/** What a module asks of others. */
export interface ImportType {
  readonly moduleName: string;
  readonly name: string;
  readonly type: ExternalInstanceType;
}

/** What a module gives to others. */
export interface ExportType {
  readonly name: string;
  readonly type: ExternalInstanceType;
}

/** A module that is loaded and validated. Rust SDK `Module`; its imports and exports: C `ASTModuleListImports`, … */
export class Module {
  /** The core's module. */
  readonly inner: AstModule;

  /** The imports by kind: the first part of each index space. */
  private readonly imported: { readonly [kind in ExternalKind]: ImportedType[] } = {
    function: [],
    table: [],
    memory: [],
    global: [],
    tag: [],
  };

  private constructor(inner: AstModule) {
    this.inner = inner;
    for (const { type } of inner.imports) this.imported[type.kind].push(type);
  }

  /**
   * Loads and validates a file.
   * @param config which proposals are on; null: WebAssembly 3.0
   * @throws errors of loading and validation; IllegalPath where the host reads no files: import "wasmedge-ts/node" in Node
   */
  static fromFile(config: Config | null, path: string): Module {
    return Module.load(config, path);
  }

  /** Loads and validates a binary module. The bytes are not copied: they must not change afterwards. */
  static fromBytes(config: Config | null, bytes: Uint8Array | ArrayBuffer): Module {
    return Module.load(config, bytes);
  }

  private static load(config: Config | null, source: string | Uint8Array | ArrayBuffer): Module {
    const inner = config === null ? undefined : requireKind("config", config, Config, "Config").inner;
    return new Module(new Validator(inner).parseAndValidate(new Loader(inner), source));
  }

  /** How many imports it has. */
  get countOfImports(): number {
    return this.inner.imports.length;
  }

  /** How many exports it has. */
  get countOfExports(): number {
    return this.inner.exports.length;
  }

  /** In the module's order. */
  imports(): ImportType[] {
    return this.inner.imports.map(({ moduleName, name, type }) => ({
      moduleName,
      name,
      type: this.resolve(type),
    }));
  }

  /** In the module's order. */
  exports(): ExportType[] {
    return this.inner.exports.map(({ name, kind, index }) => ({ name, type: this.typeAt(kind, index) }));
  }

  /** The type of an export, or undefined where nothing has the name. */
  getExport(name: string): ExternalInstanceType | undefined {
    return this.exports().find((entry) => entry.name === name)?.type;
  }

  private resolve(type: ImportedType): ExternalInstanceType {
    if (type.kind === "function" || type.kind === "tag") {
      return { kind: type.kind, ...this.functionType(type.typeIndex) };
    }
    return type;
  }

  private functionType(typeIndex: number): FunctionType {
    const { composite } = this.inner.types[typeIndex];
    // Validation has made sure that it is one.
    return composite.kind === "function" ? composite.type : { params: [], results: [] };
  }

  /** The type of what stands at `index` of an index space: imports first, then what the module defines. */
  private typeAt(kind: ExternalKind, index: number): ExternalInstanceType {
    const imported = this.imported[kind];
    if (index < imported.length) return this.resolve(imported[index]);
    const defined = index - imported.length;
    switch (kind) {
      case "function":
        return { kind, ...this.functionType(this.inner.functionTypeIndices[defined]) };
      case "table":
        return { kind, ...this.inner.tables[defined].type };
      case "memory":
        return { kind, ...this.inner.memories[defined] };
      case "global":
        return { kind, ...this.inner.globals[defined].type };
      case "tag":
        return { kind, ...this.functionType(this.inner.tags[defined].typeIndex) };
    }
  }
}

/** What the core knows of a module. @throws RuntimeError where it is none */
export function innerModule(module: Module): AstModule {
  return requireKind("module", module, Module, "Module").inner;
}
