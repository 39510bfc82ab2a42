import type { Module } from "../../src/ast/module.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import { isRefType, ValType } from "../../src/common/value-type.ts";
import { type Value, WasmValue } from "../../src/common/wasm-value.ts";
import type { Configure } from "../../src/config/configure.ts";
import { Executor } from "../../src/executor/executor.ts";
import type { Statistics } from "../../src/executor/statistics.ts";
import { Loader } from "../../src/loader/loader.ts";
import { WasmException } from "../../src/store/exception-instance.ts";
import { GlobalInstance } from "../../src/store/global-instance.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { I31 } from "../../src/store/i31.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { StoreManager } from "../../src/store/store-manager.ts";
import { TagInstance } from "../../src/store/tag-instance.ts";
import { canonicalFunctionType } from "../../src/validator/canonical-types.ts";
import { Validator } from "../../src/validator/validator.ts";
import { type Engine, External, type HostCode, type HostTag, type Instance } from "./engine.ts";
import { kindOfCode } from "./trap-kinds.ts";

const tagTypes = {
  wasmtag: { params: [ValType.I32], results: [] },
  jstag: { params: [ValType.ExternRef], results: [] },
};

/** Our engine, with the proposals of a Configure. */
export class OurEngine implements Engine {
  private readonly configure: Configure;
  private readonly executor: Executor;
  private readonly tags: { readonly [tag in HostTag]: TagInstance } = {
    wasmtag: new TagInstance(tagTypes.wasmtag, canonicalFunctionType(tagTypes.wasmtag)),
    jstag: new TagInstance(tagTypes.jstag, canonicalFunctionType(tagTypes.jstag)),
  };

  /** @param statistics where to count, as the Configure has it */
  constructor(configure: Configure, statistics?: Statistics) {
    this.configure = configure;
    this.executor = new Executor(configure, statistics);
  }

  instantiate(bytes: Uint8Array, host: HostCode): Instance {
    const module = new Loader(this.configure).parseModule(bytes);
    new Validator(this.configure).validate(module);
    const store = new StoreManager();
    for (const item of this.hostModules(module, host)) store.registerModule(item);
    return new OurInstance(this.executor, module, this.executor.instantiateModule(store, module));
  }

  /** Host modules with what a module imports. */
  private hostModules(module: Module, host: HostCode): ModuleInstance[] {
    const modules = new Map<string, ModuleInstance>();
    for (const { moduleName, name, type } of module.imports) {
      const into = modules.get(moduleName) ?? new ModuleInstance(moduleName);
      modules.set(moduleName, into);
      if (type.kind === "function") {
        const { composite } = module.types[type.typeIndex];
        if (composite.kind !== "function") throw new Error(`${name} is imported as no function`);
        const { params } = composite.type;
        into.addHostFunction(
          name,
          new HostFunction(
            composite.type,
            (_, args) =>
              host(
                name,
                args.flatMap((arg, i) => shown(params[i], arg)),
              ) as Value,
          ),
        );
      } else if (type.kind === "global") {
        if (!isRefType(type.valType)) throw new Error(`the global ${name} is imported as no reference`);
        into.addHostGlobal(name, new GlobalInstance(type, WasmValue.ref(type.valType, External.of(name))));
      } else if (type.kind === "tag" && (name === "wasmtag" || name === "jstag"))
        into.addHostTag(name, this.tags[name]);
      else throw new Error(`the fuzzer's modules import an unknown ${type.kind}: ${name}`);
    }
    return [...modules.values()];
  }

  throwException(tag: HostTag, payload: unknown): never {
    throw WasmException.of(this.tags[tag], [payload as Value]);
  }

  isException(error: unknown): boolean {
    return error instanceof WasmException;
  }

  errorText(error: unknown, instance: Instance | undefined, describe: (value: unknown) => string): string {
    if (error instanceof WasmException) return `exception ${this.exceptionText(error, instance, describe)}`;
    if (!(error instanceof WasmEdgeError)) throw error;
    // What a host function threw by mistake.
    if (error.cause !== undefined) throw error.cause;
    const kind = kindOfCode(error.codeName);
    if (kind === undefined) throw error;
    return `trap ${kind}`;
  }

  private exceptionText(
    { exception: { tag, payload } }: WasmException,
    instance: Instance | undefined,
    describe: (value: unknown) => string,
  ): string {
    // As far as JavaScript can see it.
    const end = tag.type.params.findIndex((type) => type === ValType.V128 || type === ValType.ExnRef);
    const visible = payload.slice(0, end < 0 ? payload.length : end).map((value) => describe(natural(value.toValue())));
    for (const name of ["wasmtag", "jstag"] as const) if (this.tags[name] === tag) return [name, ...visible].join(" ");
    const name = (instance as OurInstance | undefined)?.tagName(tag);
    // A native engine shows the payload to those only who have the tag.
    return name === undefined ? "unknown" : [name, ...visible].join(" ");
  }
}

/** What JavaScript sees of a value: a v128 as its halves. */
function shown(type: ValType, value: Value): unknown[] {
  if (type !== ValType.V128) return [natural(value)];
  const bits = value as bigint;
  return [BigInt.asIntN(64, bits), BigInt.asIntN(64, bits >> 64n)];
}

/** As the JavaScript interface has it, an i31 is a number. */
function natural(value: unknown): unknown {
  return value instanceof I31 ? value.value : value;
}

class OurInstance implements Instance {
  private readonly executor: Executor;
  private readonly module: Module;
  private readonly instance: ModuleInstance;

  constructor(executor: Executor, module: Module, instance: ModuleInstance) {
    this.executor = executor;
    this.module = module;
    this.instance = instance;
  }

  names(kind: "function" | "table" | "memory" | "tag"): readonly string[] {
    return this.module.exports.filter((item) => item.kind === kind).map(({ name }) => name);
  }

  call(name: string): readonly unknown[] {
    return this.executor.invoke(this.instance.findFuncExports(name)).map(natural);
  }

  functionObject(name: string): object {
    return this.instance.findFuncExports(name)!;
  }

  tagName(tag: TagInstance): string | undefined {
    return this.names("tag").find((name) => this.instance.findTagExports(name) === tag);
  }

  tableSize(name: string): number {
    return this.instance.findTableExports(name)!.size;
  }

  tableGet(name: string, index: number): unknown {
    const table = this.instance.findTableExports(name)!;
    // As JavaScript has it.
    if (table.type.elementType === ValType.ExnRef) throw new TypeError("an exception is no value of JavaScript");
    return natural(table.getRef(index));
  }

  tableSet(name: string, index: number, value: unknown): void {
    this.instance.findTableExports(name)!.setRef(index, value as Value);
  }

  memory(name: string): Uint8Array {
    return this.instance.findMemoryExports(name)!.bytes;
  }
}
