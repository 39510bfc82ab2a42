import type { ExportDescription } from "../ast/types.ts";
import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { ExternalInstance } from "../executor/instantiate/imports.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import { GlobalInstance } from "../store/global-instance.ts";
import { MemoryInstance } from "../store/memory-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { TableInstance } from "../store/table-instance.ts";
import type { CompiledModule } from "./compile.ts";
import { errorOf, thrownOut } from "./failures.ts";
import type { Module } from "./module.ts";
import { readImports } from "./read-imports.ts";
import type { Realm } from "./realm.ts";
import { isObject } from "./slot.ts";
import { instanceSlot, moduleSlot } from "./slots.ts";
import { asInterface } from "./web-idl.ts";

/** https://webassembly.github.io/spec/js-api/#instance */
export interface Instance {
  /** What the module exports, by name: functions, and objects of this namespace. */
  readonly exports: Readonly<Record<string, unknown>>;
}

/** What a module imports, by the names of modules and of what is in them. */
export type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type InstanceConstructor = new (module: Module, importObject?: Imports) => Instance;

/** `WebAssembly.Instance`. */
export function defineInstance(realm: Realm): InstanceConstructor {
  class Instance {
    constructor(module: unknown, importObject?: unknown) {
      const where = "WebAssembly.Instance()";
      const compiled = moduleSlot.require(module);
      const imports = readImports(realm, compiled, requireImportObject(importObject, where), where);
      initialize(realm, this, compiled, imports, where);
    }

    get exports(): object {
      return instanceSlot.require(this).exports;
    }
  }
  realm.instancePrototype = Instance.prototype;
  return asInterface("Instance", 1, Instance) as unknown as InstanceConstructor;
}

/** @throws TypeError where it is neither an object nor absent */
export function requireImportObject(value: unknown, where: string): object | undefined {
  if (value === undefined || isObject(value)) return value;
  throw new TypeError(`${where}: The imports must be an object.`);
}

/** An instance that is made without its constructor. @throws as `initialize` */
export function instanceObjectOf(
  realm: Realm,
  compiled: CompiledModule,
  imports: readonly ExternalInstance[],
  where: string,
): Instance {
  const object = Object.create(realm.instancePrototype) as Instance;
  initialize(realm, object, compiled, imports, where);
  return object;
}

/**
 * Instantiates a module for an object.
 * @throws LinkError, RuntimeError, RangeError where there is no room, and what the start function throws
 */
function initialize(
  realm: Realm,
  object: object,
  { module }: CompiledModule,
  imports: readonly ExternalInstance[],
  where: string,
): void {
  let instance: ModuleInstance;
  try {
    instance = realm.executor.instantiateWith(imports, module);
  } catch (error) {
    throw instantiationError(realm, error, where);
  }
  instanceSlot.set(object, { instance, exports: exportsObject(realm, instance, module.exports) });
}

function instantiationError(realm: Realm, error: unknown, where: string): unknown {
  if (!(error instanceof WasmEdgeError)) return error;
  switch (error.code) {
    case ErrCode.MemoryLimitExceeded:
    case ErrCode.MemoryAllocationFailed:
    case ErrCode.TableLimitExceeded:
      return new RangeError(`${where}: ${error.message}`);
    default:
      return error.phase === "instantiation" ? errorOf(realm.LinkError, where, error) : thrownOut(realm, error);
  }
}

/** https://webassembly.github.io/spec/js-api/#create-an-exports-object */
function exportsObject(realm: Realm, instance: ModuleInstance, exports: readonly ExportDescription[]): object {
  const object = Object.create(null) as Record<string, unknown>;
  for (const { kind, name } of exports) {
    const external = instance.findExport(kind, name);
    // A name may be "__proto__".
    if (external !== null) {
      Object.defineProperty(object, name, {
        value: objectOf(realm, external),
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
  }
  return Object.freeze(object);
}

function objectOf(realm: Realm, external: ExternalInstance): unknown {
  if (external instanceof FunctionInstance) return realm.functionOf(external);
  if (external instanceof MemoryInstance) return realm.memories.objectOf(external);
  if (external instanceof TableInstance) return realm.tables.objectOf(external);
  return external instanceof GlobalInstance ? realm.globals.objectOf(external) : realm.tags.objectOf(external);
}
