import type { ExternalKind } from "../common/external.ts";
import { findBuiltin } from "./builtins.ts";
import { type CompiledModule, type CompileOptions, compile, isImportedString, readOptions } from "./compile.ts";
import type { Realm } from "./realm.ts";
import { moduleSlot } from "./slots.ts";
import { asInterface, copyOfBytes, requireArguments, toText } from "./web-idl.ts";

/** https://webassembly.github.io/spec/js-api/#module */
export interface Module {
  readonly [Symbol.toStringTag]: string;
}

export interface ModuleExportDescriptor {
  readonly name: string;
  readonly kind: ExternalKind;
}

export interface ModuleImportDescriptor extends ModuleExportDescriptor {
  readonly module: string;
}

/** The bytes of a module. */
export type BufferSource = ArrayBuffer | ArrayBufferView;

export interface ModuleConstructor {
  new (bytes: BufferSource, options?: CompileOptions): Module;
  exports(moduleObject: Module): ModuleExportDescriptor[];
  /** Without builtins and strings. */
  imports(moduleObject: Module): ModuleImportDescriptor[];
  /** Copies of the contents of all sections of that name. */
  customSections(moduleObject: Module, sectionName: string): ArrayBuffer[];
}

/** `WebAssembly.Module`. */
export function defineModule(realm: Realm): ModuleConstructor {
  class Module {
    constructor(...args: unknown[]) {
      requireArguments(args, 1);
      const bytes = copyOfBytes(args[0]);
      moduleSlot.set(this, compile(realm, bytes, readOptions(args[1]), "WebAssembly.Module()"));
    }

    static exports(moduleObject: unknown): ModuleExportDescriptor[] {
      const { module } = moduleSlot.require(moduleObject);
      return module.exports.map(({ name, kind }) => ({ name, kind }));
    }

    static imports(moduleObject: unknown): ModuleImportDescriptor[] {
      const compiled = moduleSlot.require(moduleObject);
      return compiled.module.imports
        .filter((description) => !isImportedString(compiled, description))
        .filter((description) => findBuiltin(compiled.builtins, description) === undefined)
        .map(({ moduleName, name, type }) => ({ module: moduleName, name, kind: type.kind }));
    }

    static customSections(...args: unknown[]): ArrayBuffer[] {
      requireArguments(args, 2);
      const { module } = moduleSlot.require(args[0]);
      const sectionName = toText(args[1]);
      return module.customSections
        .filter(({ name }) => name === sectionName)
        .map(({ start, end }) => module.bytes.slice(start, end).buffer as ArrayBuffer);
    }
  }
  Object.defineProperty(Module.customSections, "length", { value: 2, configurable: true });
  realm.modulePrototype = Module.prototype;
  return asInterface("Module", 1, Module) as unknown as ModuleConstructor;
}

/** A module that was compiled without its constructor. */
export function moduleObjectOf(realm: Realm, compiled: CompiledModule): Module {
  const object = Object.create(realm.modulePrototype) as Module;
  moduleSlot.set(object, compiled);
  return object;
}
