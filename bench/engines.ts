import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isMetered, type MeteredKind } from "./peer-name.ts";

/** The kinds of peers that run inside Node. */
export type EngineKind = "us" | "words" | MeteredKind | "native" | "polywasm";

/** A function of an instance, from i32 to i64. */
export type Entry = (argument: number) => bigint;

/** Makes an instance of a module without imports, and finds an exported function. */
export type Engine = (bytes: Uint8Array, name: string) => Entry;

/** What native WebAssembly and polywasm have in common, as far as it is used here. */
export interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: { readonly [name: string]: unknown } };
}

/** The host's own WebAssembly; undefined where there is none, as under `node --jitless`. */
export function nativeApi(): WebAssemblyApi | undefined {
  return (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
}

export function engineOf(api: WebAssemblyApi): Engine {
  return (bytes, name) => {
    const entry = new api.Instance(new api.Module(bytes)).exports[name];
    if (typeof entry !== "function") throw new Error(`the module exports no function ${name}`);
    return entry as Entry;
  };
}

/**
 * @param dist the folder of a build of this project, for "us"
 * @throws Error when this host does not have the engine
 */
export async function openEngine(kind: EngineKind, dist: string): Promise<Engine> {
  if (kind === "native") {
    const api = nativeApi();
    if (api === undefined) throw new Error("this Node has no WebAssembly");
    return engineOf(api);
  }
  if (kind === "polywasm") return engineOf((await import("polywasm")).WebAssembly);
  const build = (await import(pathToFileURL(join(dist, "index.js")).href)) as OurBuild & {
    readonly installHost: typeof import("../src/common/host.ts").installHost;
  };
  if (kind === "words") build.installHost({ cachesProperties: false });
  return ourEngine(build, isMetered(kind) ? kind : undefined);
}

/** What this harness uses of a build of this project. */
export interface OurBuild {
  readonly Configure: typeof import("../src/config/configure.ts").Configure;
  readonly Executor: typeof import("../src/executor/executor.ts").Executor;
  readonly Loader: typeof import("../src/loader/loader.ts").Loader;
  readonly Statistics: typeof import("../src/executor/statistics.ts").Statistics;
  readonly StoreManager: typeof import("../src/store/store-manager.ts").StoreManager;
  readonly Validator: typeof import("../src/validator/validator.ts").Validator;
}

/** A limit that no program here reaches. */
const COST_LIMIT = 10n ** 15n;
/** The same of time: an hour. */
const HOUR = 3_600_000_000_000n;

/** @param metering what is measured or limited meanwhile; absent: nothing */
export function ourEngine(build: OurBuild, metering?: MeteredKind): Engine {
  return (bytes, name) => {
    const module = new build.Loader().parseModule(bytes);
    new build.Validator().validate(module);
    const configure = new build.Configure();
    configure.statistics.instructionCounting = metering === "counting";
    configure.statistics.costMeasuring = metering === "gas";
    if (metering === "gas") configure.statistics.costLimit = COST_LIMIT;
    const executor = new build.Executor(configure, new build.Statistics());
    const instance = executor.instantiateModule(new build.StoreManager(), module);
    const entry = instance.findFuncExports(name);
    return (argument) => {
      const limits = metering === "deadline" ? { deadline: process.hrtime.bigint() + HOUR } : {};
      return executor.invoke(entry, [argument], limits)[0] as bigint;
    };
  };
}
