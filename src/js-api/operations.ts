import { host } from "../common/host.ts";
import { type CompiledModule, compile, type ReadOptions, readOptions } from "./compile.ts";
import { instanceObjectOf, requireImportObject } from "./instance.ts";
import { type Module, moduleObjectOf } from "./module.ts";
import { readImports } from "./read-imports.ts";
import type { Realm } from "./realm.ts";
import { moduleSlot } from "./slots.ts";
import { bytesOfResponse } from "./streaming.ts";
import { copyOfBytes, requireArguments } from "./web-idl.ts";

/** What the namespace does itself. https://webassembly.github.io/spec/js-api/#webassembly-namespace */
export interface Operations {
  validate(...args: unknown[]): boolean;
  compile(...args: unknown[]): Promise<unknown>;
  instantiate(...args: unknown[]): Promise<unknown>;
  compileStreaming(...args: unknown[]): Promise<unknown>;
  instantiateStreaming(...args: unknown[]): Promise<unknown>;
}

/** Lets others have their turn, where the host has an event loop: then one module after the other holds it up, and not all. */
function turn(): Promise<void> {
  const { schedule } = host;
  return schedule === undefined ? Promise.resolve() : new Promise((resolve) => schedule(resolve, 0));
}

export function defineOperations(realm: Realm): Operations {
  /** https://webassembly.github.io/spec/js-api/#asynchronously-compile-a-webassembly-module */
  async function compileLater(bytes: Uint8Array, options: ReadOptions, where: string): Promise<CompiledModule> {
    await turn();
    return compile(realm, bytes, options, where);
  }

  /** https://webassembly.github.io/spec/js-api/#asynchronously-instantiate-a-webassembly-module */
  async function instantiateLater(compiled: CompiledModule, importObject: object | undefined, where: string) {
    const imports = readImports(realm, compiled, importObject, where);
    await turn();
    return instanceObjectOf(realm, compiled, imports, where);
  }

  async function instantiateSource(
    promise: Promise<CompiledModule>,
    importObject: object | undefined,
    where: string,
  ): Promise<{ module: Module; instance: unknown }> {
    const compiled = await promise;
    const module = moduleObjectOf(realm, compiled);
    return { module, instance: await instantiateLater(compiled, importObject, where) };
  }

  const operations: Operations = {
    validate(...args) {
      requireArguments(args, 1);
      const bytes = copyOfBytes(args[0]);
      const options = readOptions(args[1]);
      try {
        compile(realm, bytes, options, "WebAssembly.validate()");
        return true;
      } catch (error) {
        if (error instanceof realm.CompileError) return false;
        throw error;
      }
    },

    async compile(...args) {
      const where = "WebAssembly.compile()";
      requireArguments(args, 1);
      const bytes = copyOfBytes(args[0]);
      return moduleObjectOf(realm, await compileLater(bytes, readOptions(args[1]), where));
    },

    async instantiate(...args) {
      const where = "WebAssembly.instantiate()";
      requireArguments(args, 1);
      const compiled = moduleSlot.of(args[0]);
      const importObject = requireImportObject(args[1], where);
      if (compiled !== undefined) return instantiateLater(compiled, importObject, where);
      const bytes = copyOfBytes(args[0]);
      return instantiateSource(compileLater(bytes, readOptions(args[2]), where), importObject, where);
    },

    async compileStreaming(...args) {
      const where = "WebAssembly.compileStreaming()";
      requireArguments(args, 1);
      const options = readOptions(args[1]);
      return moduleObjectOf(realm, await compileLater(await bytesOfResponse(args[0], where), options, where));
    },

    async instantiateStreaming(...args) {
      const where = "WebAssembly.instantiateStreaming()";
      requireArguments(args, 1);
      const importObject = requireImportObject(args[1], where);
      const options = readOptions(args[2]);
      const compiled = compileLater(await bytesOfResponse(args[0], where), options, where);
      return instantiateSource(compiled, importObject, where);
    },
  };
  for (const operation of Object.values(operations)) {
    Object.defineProperty(operation, "length", { value: 1, configurable: true });
  }
  return operations;
}
