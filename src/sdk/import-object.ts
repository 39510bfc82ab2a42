import type { FunctionType } from "../ast/types.ts";
import { requireFunction, requireKind, requireList, requireObject, requireText } from "../common/arguments.ts";
import { requireCount } from "../common/count.ts";
import { WasmEdgeError } from "../common/error.ts";
import { userErrCode } from "../common/error-code.ts";
import { isList, isThenable } from "../common/host-values.ts";
import type { Value } from "../common/wasm-value.ts";

import { FunctionInstance } from "../store/function-instance.ts";
import { HostFunction, type HostResults } from "../store/host-function.ts";
import { ModuleInstance } from "../store/module-instance.ts";
import { TagInstance } from "../store/tag-instance.ts";
import { canonicalFunctionType } from "../validator/canonical-types.ts";
import { Caller } from "./caller.ts";
import { Func, fromCore, type NaturalTypes, type NaturalValues, toCore } from "./func.ts";
import { Global } from "./global.ts";
import { Memory } from "./memory.ts";
import { Table } from "./table.ts";
import { functionType, type ValueTypeName } from "./value-types.ts";

/**
 * What a typed host function returns: nothing, the one result, or a list of all. A table of types rather than a chain of
 * conditions, because TypeScript looks into it before it has inferred `R`, and so takes `[a, b]` for a tuple.
 */
export type TypedResult<R extends readonly ValueTypeName[]> = {
  // biome-ignore lint/suspicious/noConfusingVoidType: a body without a return statement is a host function too
  readonly none: void;
  readonly one: NaturalTypes[R[0]];
  readonly several: NaturalValues<R>;
}[R["length"] extends 0 ? "none" : R["length"] extends 1 ? "one" : "several"];

/**
 * The body of a host function whose types are known to TypeScript. In an asynchronous run it may give a promise, for which the
 * run waits; so a promise as an externref needs `withFuncByType` and a list.
 */
export type TypedBody<P extends readonly ValueTypeName[], R extends readonly ValueTypeName[]> = (
  caller: Caller,
  ...args: NaturalValues<P>
) => TypedResult<R> | PromiseLike<TypedResult<R>>;

/**
 * The body of any host function: takes a list of values, returns nothing, the one result, or a list of all; or, in an
 * asynchronous run, a promise of that.
 */
export type UntypedBody = (caller: Caller, args: Value[]) => HostResults | PromiseLike<HostResults>;

function hostFunction(type: FunctionType, body: UntypedBody, cost: number): HostFunction {
  requireFunction("The body of a host function", body);
  requireCount("cost", cost);
  const { params, results } = requireObject("The type of a host function", type);
  requireList("params", params);
  requireList("results", results);
  return new HostFunction(
    type,
    (frame, args) => {
      const results = body(new Caller(frame), args.map(fromCore));
      return isThenable(results)
        ? Promise.resolve(results).then((given) => resultsToCore(given as HostResults))
        : resultsToCore(results);
    },
    cost,
  );
}

function resultsToCore(results: HostResults): HostResults {
  return isList(results) ? (results as readonly Value[]).map(toCore) : toCore(results as Value);
}

/**
 * A host function in no module yet, for a table or an argument. Rust `Func::wrap`.
 * @param params names of types, from which the types of the body's parameters follow
 * @param body throws `hostFuncError(code)` to end the run with a code of its own
 * @param cost added to the cost of a run when it is measured
 * @example
 * const add = hostFunc(["i32", "i32"], ["i32"], (_caller, a, b) => (a + b) | 0);
 */
export function hostFunc<const P extends readonly ValueTypeName[], const R extends readonly ValueTypeName[]>(
  params: P,
  results: R,
  body: TypedBody<P, R>,
  cost = 0,
): Func {
  return hostFuncByType(functionType(params, results), untyped(results, body), cost);
}

/** The same for a type that is not known to TypeScript. Rust `Func::new`. */
export function hostFuncByType(type: FunctionType, body: UntypedBody, cost = 0): Func {
  const inner = hostFunction(type, body, cost);
  return Func.of(new FunctionInstance(type, canonicalFunctionType(type), undefined, 0, inner));
}

/** The executor passes as many values, of the types, as the function's type has: what TypeScript was told. */
function untyped<P extends readonly ValueTypeName[], R extends readonly ValueTypeName[]>(
  results: R,
  body: TypedBody<P, R>,
): UntypedBody {
  requireFunction("The body of a host function", body);
  return (caller, args) => {
    const given = body(caller, ...(args as NaturalValues<P>));
    // In a list, so that one JavaScript array as an externref is not taken for a list of results.
    const listed = (value: unknown): HostResults => (results.length === 1 ? [value as Value] : (value as HostResults));
    // What `then` of anything else than a promise returns is its own affair.
    return isThenable(given) ? Promise.resolve(given).then(listed) : listed(given);
  };
}

/**
 * A tag in no module yet, for `withTag`. Wasm has no such values; `WasmException.of(tag, payload)` is what a host function throws.
 * @param params names of the types of the payload
 */
export function hostTag(params: readonly ValueTypeName[]): TagInstance {
  const type = functionType(params, []);
  return new TagInstance(type, canonicalFunctionType(type));
}

/** The error by which a host function ends the run with a code of 24 bits. Rust `HostFuncError::User`. */
export function hostFuncError(code: number): WasmEdgeError {
  return new WasmEdgeError(userErrCode(code));
}

/** A host module, made by an `ImportObjectBuilder`. Rust SDK `ImportObject`. */
export class ImportObject {
  /** The core's instance. */
  readonly inner: ModuleInstance;

  constructor(inner: ModuleInstance) {
    this.inner = inner;
  }

  get name(): string {
    return this.inner.name;
  }

  get hostData(): unknown {
    return this.inner.hostData;
  }
}

/**
 * Puts a host module together, for `vm.registerImportModule`. Rust SDK `ImportObjectBuilder`.
 * @example
 * const env = new ImportObjectBuilder("env")
 *   .withFunc("add", ["i32", "i32"], ["i32"], (_caller, a, b) => (a + b) | 0)
 *   .build();
 */
export class ImportObjectBuilder {
  private readonly module: ModuleInstance;

  /**
   * @param name under which wasm modules import from it
   * @param hostData kept with the module
   */
  constructor(name: string, hostData?: unknown) {
    this.module = new ModuleInstance(requireText("The name of an import object", name), hostData);
  }

  /** Adds a function; see `hostFunc`. A name that exists is taken over. */
  withFunc<const P extends readonly ValueTypeName[], const R extends readonly ValueTypeName[]>(
    name: string,
    params: P,
    results: R,
    body: TypedBody<P, R>,
    cost = 0,
  ): this {
    return this.withFuncByType(name, functionType(params, results), untyped(results, body), cost);
  }

  /** Adds a function of a type that is not known to TypeScript. */
  withFuncByType(name: string, type: FunctionType, body: UntypedBody, cost = 0): this {
    this.module.addHostFunction(requireText("name", name), hostFunction(type, body, cost));
    return this;
  }

  /** Adds a memory, made by `Memory.create` or of another module. A name that exists is taken over; so with the methods below. */
  withMemory(name: string, memory: Memory): this {
    this.module.addHostMemory(requireText("name", name), requireKind("memory", memory, Memory, "Memory").inner);
    return this;
  }

  /** Adds a table, made by `Table.create` or of another module. */
  withTable(name: string, table: Table): this {
    this.module.addHostTable(requireText("name", name), requireKind("table", table, Table, "Table").inner);
    return this;
  }

  /** Adds a global, made by `Global.create` or of another module. */
  withGlobal(name: string, global: Global): this {
    this.module.addHostGlobal(requireText("name", name), requireKind("global", global, Global, "Global").inner);
    return this;
  }

  /** Adds a tag, of `hostTag` or of another module; WasmEdge has no host tags. */
  withTag(name: string, tag: TagInstance): this {
    this.module.addHostTag(requireText("name", name), requireKind("tag", tag, TagInstance, "TagInstance"));
    return this;
  }

  /** The host module. What is added to the builder afterwards is added to it, too. */
  build(): ImportObject {
    return new ImportObject(this.module);
  }
}
