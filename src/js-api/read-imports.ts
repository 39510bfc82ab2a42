import type { ImportDescription } from "../ast/types.ts";
import { isNumType, ValType } from "../common/value-type.ts";
import type { ExternalInstance } from "../executor/instantiate/imports.ts";
import { GlobalInstance } from "../store/global-instance.ts";
import { canonicalValType } from "../validator/canonical-types.ts";
import { builtinFunction, findBuiltin } from "./builtins.ts";
import { type CompiledModule, isImportedString } from "./compile.ts";
import { hostFunctionOf } from "./host-function.ts";
import { suspendingFunctionOf } from "./promise-integration.ts";
import type { Callable, Realm } from "./realm.ts";
import { isObject } from "./slot.ts";
import { functionSlot, globalSlot, memorySlot, tableSlot, tagSlot } from "./slots.ts";
import { toWebAssemblyValue } from "./values.ts";

/** Properties of any object, or of none. */
type Properties = Readonly<Record<string, unknown>>;

/**
 * What a module's imports are, by an object of JavaScript: in their order, as the engine has them.
 * https://webassembly.github.io/spec/js-api/#read-the-imports
 * @throws TypeError, LinkError, and what getters of the object throw
 */
export function readImports(
  realm: Realm,
  compiled: CompiledModule,
  importObject: object | undefined,
  where: string,
): ExternalInstance[] {
  const { imports } = compiled.module;
  if (imports.length > 0 && importObject === undefined) {
    throw new TypeError(`${where}: The module has imports, so an object with them must be given.`);
  }
  const reader = new ImportReader(realm, compiled, importObject as Properties, where);
  return imports.map((description) => reader.read(description));
}

class ImportReader {
  private readonly realm: Realm;
  private readonly compiled: CompiledModule;
  private readonly importObject: Properties;
  private readonly where: string;
  private functions = 0;
  private place = 0;

  constructor(realm: Realm, compiled: CompiledModule, importObject: Properties, where: string) {
    this.realm = realm;
    this.compiled = compiled;
    this.importObject = importObject;
    this.where = where;
  }

  read(description: ImportDescription): ExternalInstance {
    const external = this.readOne(description);
    if (description.type.kind === "function") this.functions++;
    this.place++;
    return external;
  }

  private readOne(description: ImportDescription): ExternalInstance {
    const builtin = findBuiltin(this.compiled.builtins, description);
    if (builtin !== undefined) return builtinFunction(builtin, this.functions);
    const value = isImportedString(this.compiled, description) ? description.name : this.get(description);
    switch (description.type.kind) {
      case "function":
        return this.readFunction(value, description, this.compiled.typeIds[description.type.typeIndex]);
      case "global":
        return globalSlot.of(value) ?? this.readConstant(value, description, description.type.valType);
      case "memory":
        return memorySlot.of(value) ?? this.refuse(description, "a WebAssembly.Memory");
      case "table":
        return tableSlot.of(value) ?? this.refuse(description, "a WebAssembly.Table");
      case "tag":
        return tagSlot.of(value) ?? this.refuse(description, "a WebAssembly.Tag");
    }
  }

  private get({ moduleName, name }: ImportDescription): unknown {
    const module = this.importObject[moduleName];
    if (isObject(module)) return (module as Properties)[name];
    throw new TypeError(`${this.where}: Import #${this.place} "${moduleName}": must be an object.`);
  }

  private readFunction(value: unknown, description: ImportDescription, typeId: number): ExternalInstance {
    const suspending = suspendingFunctionOf(value, typeId, this.realm, this.functions);
    if (suspending !== undefined) return suspending;
    if (typeof value !== "function") return this.refuse(description, "a function");
    return functionSlot.of(value) ?? hostFunctionOf(this.realm, value as Callable, typeId, this.functions);
  }

  /** A global that is made of a value. */
  private readConstant(value: unknown, description: ImportDescription, type: ValType): GlobalInstance {
    const valType = canonicalValType(type, this.compiled.typeIds);
    const wanted = type === ValType.I64 ? "bigint" : "number";
    if (type === ValType.V128 || (isNumType(type) && typeof value !== wanted)) {
      return this.refuse(description, type === ValType.V128 ? "a WebAssembly.Global" : `a ${wanted}`);
    }
    try {
      return new GlobalInstance({ valType, mutable: false }, toWebAssemblyValue(value, valType));
    } catch (error) {
      if (error instanceof TypeError) return this.refuse(description, "a value of the global's type");
      throw error;
    }
  }

  private refuse({ moduleName, name }: ImportDescription, wanted: string): never {
    throw new this.realm.LinkError(
      `${this.where}: Import #${this.place} "${moduleName}" "${name}": must be ${wanted}.`,
    );
  }
}
