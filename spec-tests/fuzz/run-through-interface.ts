import { WasmEdgeError } from "../../src/common/error.ts";
import type { Configure } from "../../src/config/configure.ts";
import { Executor } from "../../src/executor/executor.ts";
import { createWebAssembly } from "../../src/js-api/namespace.ts";
import { type Engine, External, type HostCode, type HostTag, type Instance } from "./engine.ts";
import { kindOfCode, nativeKind } from "./trap-kinds.ts";

/** What is used here of the JavaScript interface: https://webassembly.github.io/spec/js-api/ */
interface Interface {
  readonly Module: {
    new (bytes: Uint8Array): object;
    imports(module: object): readonly { readonly module: string; readonly name: string; readonly kind: string }[];
    exports(module: object): readonly { readonly name: string; readonly kind: string }[];
  };
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly Tag: new (type: { readonly parameters: readonly string[] }) => object;
  readonly Exception: new (tag: object, payload: readonly unknown[]) => InterfaceException;
  readonly RuntimeError: new () => Error;
}

interface InterfaceException {
  is(tag: object): boolean;
  getArg(tag: object, index: number): unknown;
}

interface InterfaceTable {
  readonly length: number | bigint;
  get(index: number | bigint): unknown;
  set(index: number | bigint, value: unknown): void;
}

/**
 * A module whose function takes a v128 and calls the host with its halves, since a function of JavaScript cannot take one:
 * (module (import "" "" (func (param i64 i64))) (func (export "") (param v128) …))
 */
const vectorSplitter = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 10, 2, 0x60, 2, 0x7e, 0x7e, 0, 0x60, 1, 0x7b, 0],
  ...[2, 5, 1, 0, 0, 0, 0],
  ...[3, 2, 1, 1],
  ...[7, 4, 1, 0, 0, 1],
  ...[10, 16, 1, 14, 0, 0x20, 0, 0xfd, 0x1d, 0, 0x20, 0, 0xfd, 0x1d, 1, 0x10, 0, 0x0b],
);

/** An engine behind the JavaScript interface. */
class InterfaceEngine implements Engine {
  private readonly api: Interface;
  private readonly kindOf: (trap: Error) => string | undefined;
  private readonly tags: { readonly [tag in HostTag]: object };

  /** @param kindOf the kind of a trap by its error */
  constructor(api: Interface, kindOf: (trap: Error) => string | undefined) {
    this.api = api;
    this.kindOf = kindOf;
    this.tags = {
      wasmtag: new api.Tag({ parameters: ["i32"] }),
      jstag: new api.Tag({ parameters: ["externref"] }),
    };
  }

  instantiate(bytes: Uint8Array, host: HostCode): Instance {
    const { api } = this;
    const module = new api.Module(bytes);
    const imports: Record<string, Record<string, unknown>> = {};
    for (const { module: from, name, kind } of api.Module.imports(module)) {
      imports[from] ??= {};
      if (kind === "function") imports[from][name] = this.hostFunction(name, host);
      else if (kind === "global") imports[from][name] = External.of(name);
      else if (kind === "tag" && (name === "wasmtag" || name === "jstag")) imports[from][name] = this.tags[name];
      else throw new Error(`the fuzzer's modules import an unknown ${kind}: ${name}`);
    }
    return new InterfaceInstance(api.Module.exports(module), new api.Instance(module, imports).exports);
  }

  private hostFunction(name: string, host: HostCode): unknown {
    const code = (...args: unknown[]): unknown => host(name, args);
    if (name !== "log-v128") return code;
    const { api } = this;
    return new api.Instance(new api.Module(vectorSplitter), { "": { "": code } }).exports[""];
  }

  throwException(tag: HostTag, payload: unknown): never {
    throw new this.api.Exception(this.tags[tag], [payload]);
  }

  isException(error: unknown): boolean {
    return error instanceof this.api.Exception;
  }

  errorText(error: unknown, instance: Instance | undefined, describe: (value: unknown) => string): string {
    const { Exception, RuntimeError } = this.api;
    if (error instanceof Exception) return `exception ${this.exceptionText(error, instance, describe)}`;
    const isTrap = error instanceof RuntimeError || error instanceof RangeError;
    const kind = isTrap ? this.kindOf(error) : undefined;
    if (kind === undefined) throw error;
    return `trap ${kind}`;
  }

  private exceptionText(
    exception: InterfaceException,
    instance: Instance | undefined,
    describe: (value: unknown) => string,
  ): string {
    for (const name of ["wasmtag", "jstag"] as const) {
      const tag = this.tags[name];
      if (exception.is(tag)) return [name, ...payloadOf(exception, tag).map(describe)].join(" ");
    }
    const found = (instance as InterfaceInstance | undefined)?.findTag((tag) => exception.is(tag));
    return found === undefined ? "unknown" : [found[0], ...payloadOf(exception, found[1]).map(describe)].join(" ");
  }
}

/** The engine of the Node that this runs in. */
export class NativeEngine extends InterfaceEngine {
  constructor() {
    const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: Interface };
    super(WebAssembly, ({ message }) => nativeKind(message));
  }
}

/** Our engine behind the same interface. */
export class OurInterface extends InterfaceEngine {
  constructor(configure: Configure) {
    super(createWebAssembly(new Executor(configure)) as unknown as Interface, ({ cause, message }) =>
      cause instanceof WasmEdgeError ? kindOfCode(cause.codeName) : nativeKind(message),
    );
  }
}

/** The payload up to the first value that JavaScript cannot see. */
function payloadOf(exception: InterfaceException, tag: object): unknown[] {
  const values: unknown[] = [];
  try {
    for (;;) values.push(exception.getArg(tag, values.length));
  } catch {
    return values;
  }
}

class InterfaceInstance implements Instance {
  private readonly exports: Readonly<Record<string, unknown>>;
  private readonly namesOf: Readonly<Record<string, readonly string[]>>;

  constructor(
    descriptors: readonly { readonly name: string; readonly kind: string }[],
    exports: Readonly<Record<string, unknown>>,
  ) {
    this.exports = exports;
    const named = (kind: string): string[] => descriptors.filter((item) => item.kind === kind).map(({ name }) => name);
    this.namesOf = { function: named("function"), table: named("table"), memory: named("memory"), tag: named("tag") };
  }

  names(kind: "function" | "table" | "memory" | "tag"): readonly string[] {
    return this.namesOf[kind];
  }

  call(name: string): readonly unknown[] {
    const result = (this.exports[name] as () => unknown)();
    if (result === undefined) return [];
    return Array.isArray(result) ? result : [result];
  }

  functionObject(name: string): object {
    return this.exports[name] as object;
  }

  findTag(is: (tag: object) => boolean): readonly [string, object] | undefined {
    const found = this.names("tag").find((name) => is(this.exports[name] as object));
    return found === undefined ? undefined : [found, this.exports[found] as object];
  }

  private table(name: string): InterfaceTable {
    return this.exports[name] as InterfaceTable;
  }

  tableSize(name: string): number {
    return Number(this.table(name).length);
  }

  tableGet(name: string, index: number): unknown {
    const table = this.table(name);
    return table.get(typeof table.length === "bigint" ? BigInt(index) : index);
  }

  tableSet(name: string, index: number, value: unknown): void {
    const table = this.table(name);
    table.set(typeof table.length === "bigint" ? BigInt(index) : index, value);
  }

  memory(name: string): Uint8Array {
    return new Uint8Array((this.exports[name] as { readonly buffer: ArrayBuffer }).buffer);
  }
}
