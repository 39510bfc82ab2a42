import { host } from "../common/host.ts";
import { Proposal } from "../common/proposal.ts";
import { Configure } from "../config/configure.ts";
import { Executor } from "../executor/executor.ts";
import type { CompileOptions } from "./compile.ts";
import type { NativeErrorConstructor } from "./error-classes.ts";
import { defineException, type ExceptionConstructor } from "./exception.ts";
import { callExportedFunction } from "./exported-function.ts";
import { defineGlobal, type GlobalConstructor } from "./global.ts";
import { defineInstance, type Imports, type Instance, type InstanceConstructor } from "./instance.ts";
import { defineMemory, type MemoryConstructor } from "./memory.ts";
import { type BufferSource, defineModule, type Module, type ModuleConstructor } from "./module.ts";
import { defineOperations } from "./operations.ts";
import {
  definePromising,
  defineSuspending,
  type Promising,
  type SuspendingConstructor,
} from "./promise-integration.ts";
import { Realm } from "./realm.ts";
import { defineTable, type TableConstructor } from "./table.ts";
import { defineTag, jsTag, type Tag, type TagConstructor } from "./tag.ts";

/** https://webassembly.github.io/spec/js-api/#dictdef-webassemblyinstantiatedsource */
export interface InstantiatedSource {
  readonly module: Module;
  readonly instance: Instance;
}

/** https://webassembly.github.io/spec/js-api/#webassembly-namespace */
export interface WebAssemblyNamespace {
  readonly Module: ModuleConstructor;
  readonly Instance: InstanceConstructor;
  readonly Memory: MemoryConstructor;
  readonly Table: TableConstructor;
  readonly Global: GlobalConstructor;
  readonly Tag: TagConstructor;
  readonly JSTag: Tag;
  readonly Exception: ExceptionConstructor;
  readonly CompileError: NativeErrorConstructor;
  readonly LinkError: NativeErrorConstructor;
  readonly RuntimeError: NativeErrorConstructor;
  /** https://webassembly.github.io/js-promise-integration/js-api/ */
  readonly Suspending: SuspendingConstructor;
  readonly SuspendError: NativeErrorConstructor;
  readonly promising: Promising;
  validate(bytes: BufferSource, options?: CompileOptions): boolean;
  compile(bytes: BufferSource, options?: CompileOptions): Promise<Module>;
  instantiate(bytes: BufferSource, importObject?: Imports, options?: CompileOptions): Promise<InstantiatedSource>;
  instantiate(module: Module, importObject?: Imports): Promise<Instance>;
  /** https://webassembly.github.io/spec/web-api/#streaming-modules — of a `Response`, or a promise of one */
  compileStreaming(source: unknown, options?: CompileOptions): Promise<Module>;
  instantiateStreaming(source: unknown, importObject?: Imports, options?: CompileOptions): Promise<InstantiatedSource>;
}

/**
 * The configuration of `createWebAssembly` where none is given, to be changed for an executor of one's own: WebAssembly 3.0, and what
 * browsers have besides, threads where the host has shared buffers and the older form of exceptions.
 */
export function usualConfigure(): Configure {
  const configure = new Configure();
  configure.addProposal(Proposal.LegacyExceptionHandling);
  if (host.createSharedBuffer !== undefined) configure.addProposal(Proposal.Threads);
  return configure;
}

/**
 * The standard JavaScript interface of WebAssembly over this engine: an object like the `WebAssembly` that engines have.
 *
 * Each call makes a new one, with constructors of its own; objects of one are taken by the others.
 * https://webassembly.github.io/spec/js-api/
 * @param executor runs everything: its configuration and limits hold, its statistics count, `stop` ends its runs. Absent: one
 *   with WebAssembly 3.0, threads where the host has shared buffers, and the older form of exceptions
 */
export function createWebAssembly(executor: Executor = new Executor(usualConfigure())): WebAssemblyNamespace {
  const realm = new Realm(executor, callExportedFunction);
  const { CompileError, LinkError, RuntimeError, SuspendError } = realm;
  const namespace = { ...defineOperations(realm), promising: definePromising(realm) };
  const constructors = {
    Module: defineModule(realm),
    Instance: defineInstance(realm),
    Memory: defineMemory(realm),
    Table: defineTable(realm),
    Global: defineGlobal(realm),
    Tag: defineTag(realm),
    Exception: defineException(realm),
    Suspending: defineSuspending(),
    CompileError,
    LinkError,
    RuntimeError,
    SuspendError,
  };
  for (const [name, value] of Object.entries(constructors)) {
    Object.defineProperty(namespace, name, { value, configurable: true, enumerable: false, writable: true });
  }
  Object.defineProperty(namespace, "JSTag", {
    get: () => realm.tags.objectOf(jsTag()),
    configurable: true,
    enumerable: true,
  });
  Object.defineProperty(namespace, Symbol.toStringTag, { value: "WebAssembly", configurable: true });
  return namespace as unknown as WebAssemblyNamespace;
}
