/**
 * The list of what `wasmedge-ts/js-api` exports: the standard `WebAssembly` object over this engine.
 *
 * https://webassembly.github.io/spec/js-api/
 */
export type { CompileOptions } from "./js-api/compile.ts";
export type { AddressType } from "./js-api/descriptors.ts";
export type { NativeErrorConstructor } from "./js-api/error-classes.ts";
export type { Exception, ExceptionConstructor, ExceptionOptions } from "./js-api/exception.ts";
export type { Global, GlobalConstructor, GlobalDescriptor } from "./js-api/global.ts";
export type { Imports, Instance, InstanceConstructor } from "./js-api/instance.ts";
export type { Memory, MemoryConstructor, MemoryDescriptor } from "./js-api/memory.ts";
export type {
  BufferSource,
  Module,
  ModuleConstructor,
  ModuleExportDescriptor,
  ModuleImportDescriptor,
} from "./js-api/module.ts";
export {
  createWebAssembly,
  type InstantiatedSource,
  usualConfigure,
  type WebAssemblyNamespace,
} from "./js-api/namespace.ts";
export type { Promising, PromisingFunction, Suspending, SuspendingConstructor } from "./js-api/promise-integration.ts";
export type { Table, TableConstructor, TableDescriptor } from "./js-api/table.ts";
export type { Tag, TagConstructor } from "./js-api/tag.ts";
export type { ValueTypeName } from "./js-api/values.ts";
