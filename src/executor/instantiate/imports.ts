import type { Module } from "../../ast/module.ts";
import type { FunctionType, ImportDescription, ImportedType } from "../../ast/types.ts";
import { fail, WasmEdgeError } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import type { ErrorContext } from "../../common/error-context.ts";
import type { ExternalKind, Limit } from "../../common/external.ts";
import { FunctionInstance } from "../../store/function-instance.ts";
import { GlobalInstance } from "../../store/global-instance.ts";
import { MemoryInstance } from "../../store/memory-instance.ts";
import type { ModuleInstance } from "../../store/module-instance.ts";
import type { StoreManager } from "../../store/store-manager.ts";
import { TableInstance } from "../../store/table-instance.ts";
import { TagInstance } from "../../store/tag-instance.ts";
import { canonicalValType, isCanonicalSubtype, matchesCanonical } from "../../validator/canonical-types.ts";

/**
 * Links the imports of a module to exports of the store's modules.
 * https://webassembly.github.io/spec/core/exec/modules.html#import-matching — WasmEdge `instantiate/import.cpp`
 */

const WASI = "wasi_snapshot_preview1";

/** Sockets exist in two forms under one name; a module that was built for the other gets it. */
const versionedSockets = new Set(
  [
    "open",
    "bind",
    "connect",
    "listen",
    "accept",
    "recv",
    "recv_from",
    "send",
    "send_to",
    "getlocaladdr",
    "getpeeraddr",
  ].map((name) => `sock_${name}`),
);

/**
 * What an import is linked to.
 * https://webassembly.github.io/spec/core/exec/runtime.html#external-addresses
 */
export type ExternalInstance = FunctionInstance | TableInstance | MemoryInstance | GlobalInstance | TagInstance;

/** Where imports come from: modules of a store, by their names; or a list that has one for each, as the specification has it. */
export type ImportSource = StoreManager | readonly ExternalInstance[];

function isList(source: ImportSource): source is readonly ExternalInstance[] {
  return Array.isArray(source);
}

/** @throws UnknownImport, IncompatibleImportType */
export function linkImports(source: ImportSource, module: Module, instance: ModuleInstance): void {
  module.imports.forEach((description, i) => {
    try {
      if (isList(source)) linkOne(module, instance, description, source[i] ?? fail(ErrCode.UnknownImport));
      else linkByName(source, module, instance, description);
    } catch (error) {
      if (!(error instanceof WasmEdgeError)) throw error;
      error.withContext(
        { kind: "linking", module: description.moduleName, name: description.name, external: description.type.kind },
        { kind: "ast", node: "import description" },
      );
      const hint = hintFor(description.moduleName);
      if (hint !== undefined && !isList(source) && source.findModule(description.moduleName) === null) {
        error.withContext({ kind: "note", text: hint });
      }
      throw error;
    }
  });
}

/** What WasmEdge advises where a well-known module is missing. */
function hintFor(moduleName: string): string | undefined {
  if (moduleName === WASI) return "Please configure your host environment with WASI enabled.";
  if (moduleName === "env") {
    return "This may be the import of host environment like JavaScript or Golang. Please check that you've registered the necessary host modules from the host programming language.";
  }
  return undefined;
}

function linkByName(
  store: StoreManager,
  module: Module,
  instance: ModuleInstance,
  description: ImportDescription,
): void {
  const { moduleName, name, type } = description;
  const provider = store.findModule(moduleName);
  const got = provider?.exportKind(name);
  if (provider === null || got === undefined) fail(ErrCode.UnknownImport);
  // A host module may have several kinds of things under a name.
  const kind = provider.exportKinds(name).includes(type.kind) ? type.kind : got;
  const external =
    kind === "function" && type.kind === "function"
      ? findFunction(provider, moduleName, name, instance.typeIds[type.typeIndex])
      : provider.findExport(kind, name);
  linkOne(module, instance, description, external ?? fail(ErrCode.UnknownImport));
  if (kind === "function" && moduleName === WASI) instance.wasiModule ??= provider;
}

/** Puts what an import is linked to into its index space. @throws IncompatibleImportType */
function linkOne(
  module: Module,
  instance: ModuleInstance,
  { type }: ImportDescription,
  external: ExternalInstance,
): void {
  if (type.kind === "function" && external instanceof FunctionInstance) {
    requireType(module, instance, type, external);
    instance.importFunction(external);
  } else if (type.kind === "table" && external instanceof TableInstance) {
    const elementType = canonicalValType(type.elementType, instance.typeIds);
    const got = external.type;
    const same = matchesCanonical(got.elementType, elementType) && matchesCanonical(elementType, got.elementType);
    if (!same || !limitMatches(got.limit, type.limit)) {
      incompatible({
        kind: "mismatch",
        category: "table",
        expected: { elementType: type.elementType, limit: type.limit },
        got: { elementType: got.elementType, limit: got.limit },
      });
    }
    instance.tables.push(external);
  } else if (type.kind === "memory" && external instanceof MemoryInstance) {
    const got = external.type;
    if (got.pageSizeLog2 !== type.pageSizeLog2 || !limitMatches(got.limit, type.limit)) {
      incompatible({ kind: "mismatch", category: "memory", expected: type.limit, got: got.limit });
    }
    instance.memories.push(external);
  } else if (type.kind === "global" && external instanceof GlobalInstance) {
    const wanted = canonicalValType(type.valType, instance.typeIds);
    const { valType, mutable } = external.type;
    const matches =
      mutable === type.mutable && matchesCanonical(valType, wanted) && (!mutable || matchesCanonical(wanted, valType));
    if (!matches) incompatible({ kind: "mismatch", category: "global", expected: type, got: external.type });
    instance.globals.push(external);
  } else if (type.kind === "tag" && external instanceof TagInstance) {
    requireType(module, instance, type, external);
    instance.tags.push(external);
  } else {
    incompatible({ kind: "mismatch", category: "external type", expected: type.kind, got: kindOf(external) });
  }
}

function kindOf(external: ExternalInstance): ExternalKind {
  if (external instanceof FunctionInstance) return "function";
  if (external instanceof TableInstance) return "table";
  if (external instanceof MemoryInstance) return "memory";
  return external instanceof GlobalInstance ? "global" : "tag";
}

/** A function may have a subtype of what is wanted, a tag not. @throws IncompatibleImportType */
function requireType(
  module: Module,
  { typeIds }: ModuleInstance,
  { kind, typeIndex }: Extract<ImportedType, { kind: "function" | "tag" }>,
  { type, typeId }: FunctionInstance | TagInstance,
): void {
  const wanted = typeIds[typeIndex];
  if (typeId === wanted || (kind === "function" && isCanonicalSubtype(typeId, wanted))) return;
  const expected = functionTypeOf(module, typeIndex);
  incompatible({ kind: "mismatch", category: "function type", expected, got: type });
}

function incompatible(mismatch: ErrorContext): never {
  fail(ErrCode.IncompatibleImportType, mismatch);
}

function functionTypeOf(module: Module, typeIndex: number): FunctionType {
  const { composite } = module.types[typeIndex];
  return composite.kind === "function" ? composite.type : { params: [], results: [] };
}

/** The function of that name; of a WASI socket the second form where that has the type and the first has not. */
function findFunction(provider: ModuleInstance, moduleName: string, name: string, wanted: number): FunctionInstance {
  const func = provider.findFuncExports(name);
  if (func === null) fail(ErrCode.UnknownImport);
  if (moduleName !== WASI || !versionedSockets.has(name) || isCanonicalSubtype(func.typeId, wanted)) return func;
  const second = provider.findFuncExports(`${name}_v2`);
  return second !== null && isCanonicalSubtype(second.typeId, wanted) ? second : func;
}

/** @param got with the present size as its minimum */
function limitMatches(got: Limit, wanted: Limit): boolean {
  if (got.shared !== wanted.shared || got.is64 !== wanted.is64 || got.min < wanted.min) return false;
  return wanted.max === undefined || (got.max !== undefined && got.max <= wanted.max);
}
