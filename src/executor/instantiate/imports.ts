import type { Module } from "../../ast/module.ts";
import type { FunctionType, ImportDescription } from "../../ast/types.ts";
import { fail, WasmEdgeError } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import type { ErrorContext } from "../../common/error-context.ts";
import type { Limit } from "../../common/external.ts";
import type { FunctionInstance } from "../../store/function-instance.ts";
import type { ModuleInstance } from "../../store/module-instance.ts";
import type { StoreManager } from "../../store/store-manager.ts";
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

/** @throws UnknownImport, IncompatibleImportType */
export function linkImports(store: StoreManager, module: Module, instance: ModuleInstance): void {
  for (const description of module.imports) {
    try {
      linkOne(store, module, instance, description);
    } catch (error) {
      if (!(error instanceof WasmEdgeError)) throw error;
      error.withContext(
        { kind: "linking", module: description.moduleName, name: description.name, external: description.type.kind },
        { kind: "ast", node: "import description" },
      );
      const hint = hintFor(description.moduleName);
      if (hint !== undefined && store.findModule(description.moduleName) === null) {
        error.withContext({ kind: "note", text: hint });
      }
      throw error;
    }
  }
}

/** What WasmEdge advises where a well-known module is missing. */
function hintFor(moduleName: string): string | undefined {
  if (moduleName === WASI) return "Please configure your host environment with WASI enabled.";
  if (moduleName === "env") {
    return "This may be the import of host environment like JavaScript or Golang. Please check that you've registered the necessary host modules from the host programming language.";
  }
  return undefined;
}

function linkOne(
  store: StoreManager,
  module: Module,
  instance: ModuleInstance,
  { moduleName, name, type }: ImportDescription,
): void {
  const provider = store.findModule(moduleName);
  const got = provider?.exportKind(name);
  if (provider === null || got === undefined) fail(ErrCode.UnknownImport);
  const kinds = provider.exportKinds(name);
  if (!kinds.includes(type.kind)) {
    incompatible({ kind: "mismatch", category: "external type", expected: type.kind, got });
  }
  switch (type.kind) {
    case "function": {
      const wanted = instance.typeIds[type.typeIndex];
      const func = findFunction(provider, moduleName, name, wanted);
      if (!isCanonicalSubtype(func.typeId, wanted)) {
        const expected = functionTypeOf(module, type.typeIndex);
        incompatible({ kind: "mismatch", category: "function type", expected, got: func.type });
      }
      if (moduleName === WASI) instance.wasiModule ??= provider;
      instance.importFunction(func);
      return;
    }
    case "table": {
      const table = provider.findTableExports(name);
      if (table === null) fail(ErrCode.UnknownImport);
      const elementType = canonicalValType(type.elementType, instance.typeIds);
      const gotType = table.type;
      const same =
        matchesCanonical(gotType.elementType, elementType) && matchesCanonical(elementType, gotType.elementType);
      if (!same || !limitMatches(gotType.limit, type.limit)) {
        incompatible({
          kind: "mismatch",
          category: "table",
          expected: { elementType: type.elementType, limit: type.limit },
          got: { elementType: gotType.elementType, limit: gotType.limit },
        });
      }
      instance.tables.push(table);
      return;
    }
    case "memory": {
      const memory = provider.findMemoryExports(name);
      if (memory === null) fail(ErrCode.UnknownImport);
      const gotType = memory.type;
      if (gotType.pageSizeLog2 !== type.pageSizeLog2 || !limitMatches(gotType.limit, type.limit)) {
        incompatible({ kind: "mismatch", category: "memory", expected: type.limit, got: gotType.limit });
      }
      instance.memories.push(memory);
      return;
    }
    case "global": {
      const global = provider.findGlobalExports(name);
      if (global === null) fail(ErrCode.UnknownImport);
      const wanted = canonicalValType(type.valType, instance.typeIds);
      const { valType, mutable } = global.type;
      const matches =
        mutable === type.mutable &&
        matchesCanonical(valType, wanted) &&
        (!mutable || matchesCanonical(wanted, valType));
      if (!matches) {
        incompatible({ kind: "mismatch", category: "global", expected: type, got: global.type });
      }
      instance.globals.push(global);
      return;
    }
    case "tag": {
      const tag = provider.findTagExports(name);
      if (tag === null) fail(ErrCode.UnknownImport);
      if (tag.typeId !== instance.typeIds[type.typeIndex]) {
        const expected = functionTypeOf(module, type.typeIndex);
        incompatible({ kind: "mismatch", category: "function type", expected, got: tag.type });
      }
      instance.tags.push(tag);
    }
  }
}

function incompatible(mismatch: ErrorContext): never {
  fail(ErrCode.IncompatibleImportType, mismatch);
}

function functionTypeOf(module: Module, typeIndex: number): FunctionType {
  const { composite } = module.types[typeIndex];
  return composite.kind === "function" ? composite.type : { params: [], results: [] };
}

/** The function of that name; of a WASI socket the second form where the first has another type. */
function findFunction(provider: ModuleInstance, moduleName: string, name: string, wanted: number): FunctionInstance {
  const func = provider.findFuncExports(name);
  if (func === null) fail(ErrCode.UnknownImport);
  if (moduleName !== WASI || !versionedSockets.has(name) || isCanonicalSubtype(func.typeId, wanted)) return func;
  return provider.findFuncExports(`${name}_v2`) ?? func;
}

/** @param got with the present size as its minimum */
function limitMatches(got: Limit, wanted: Limit): boolean {
  if (got.shared !== wanted.shared || got.is64 !== wanted.is64 || got.min < wanted.min) return false;
  return wanted.max === undefined || (got.max !== undefined && got.max <= wanted.max);
}
