import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { ValType } from "../../src/common/value-type.ts";
import { type Value, WasmValue } from "../../src/common/wasm-value.ts";
import type { CallingFrame } from "../../src/store/calling-frame.ts";
import { WasmException } from "../../src/store/exception-instance.ts";
import { HostFunction, type HostFunctionBody } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import type { TagInstance } from "../../src/store/tag-instance.ts";
import { contextOf, Engine, type EngineOptions, exported, failureOf, meteringEngine } from "../support/engine.ts";
import { eventLoopTurns } from "../support/turns.ts";

/** Host functions that give promises: the execution is suspended, and the event loop goes on. */

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

const { I32, I64, F32, F64, V128, ExternRef } = ValType;

const typeNames = new Map<ValType, string>([
  [I32, "i32"],
  [I64, "i64"],
  [F32, "f32"],
  [F64, "f64"],
  [V128, "v128"],
  [ExternRef, "externref"],
]);

const list = (types: readonly ValType[]): string => types.map((type) => typeNames.get(type)).join(" ");
const ways = ["call", "tail", "indirect", "tailIndirect", "reference", "tailReference"];

function later<T>(milliseconds: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), milliseconds));
}

async function failure(work: PromiseLike<unknown>): Promise<WasmEdgeError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof WasmEdgeError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

function withHost(engine: Engine, functions: Readonly<Record<string, readonly [string, HostFunctionBody]>>): Engine {
  const host = new ModuleInstance("host");
  for (const [name, [signature, body]] of Object.entries(functions)) {
    const [params, results] = signature.split("->").map((side) =>
      side
        .trim()
        .split(/ +/)
        .filter((word) => word !== "")
        .map((word) => [...typeNames].find(([, text]) => text === word)?.[0] as ValType),
    );
    host.addHostFunction(name, new HostFunction({ params, results }, body));
  }
  engine.store.registerModule(host);
  return engine;
}

/** A host function `host.h` and a module whose exports call it, each in another way. */
class Bridge {
  readonly engine: Engine;
  readonly instance: ModuleInstance;

  constructor(
    params: readonly ValType[],
    results: readonly ValType[],
    body: HostFunctionBody,
    options: EngineOptions = {},
  ) {
    this.engine = new Engine(options);
    const host = new ModuleInstance("host");
    host.addHostFunction("h", new HostFunction({ params, results }, body));
    this.engine.store.registerModule(host);
    const type = `(param ${list(params)}) (result ${list(results)})`;
    const operands = params.map((_, i) => `(local.get ${i})`).join(" ");
    this.instance = this.engine.instantiate(`(module (type $t (func ${type})) (import "host" "h" (func $h (type $t)))
      (table funcref (elem $h)) (elem declare func $h)
      (func (export "call") (type $t) (call $h ${operands}))
      (func (export "tail") (type $t) (return_call $h ${operands}))
      (func (export "indirect") (type $t) (call_indirect (type $t) ${operands} (i32.const 0)))
      (func (export "tailIndirect") (type $t) (return_call_indirect (type $t) ${operands} (i32.const 0)))
      (func (export "reference") (type $t) (call_ref $t ${operands} (ref.func $h)))
      (func (export "tailReference") (type $t) (return_call_ref $t ${operands} (ref.func $h))))`);
  }

  call(name: string, ...params: readonly (Value | WasmValue)[]): PromiseLike<Value[]> {
    return this.engine.executor.asyncInvoke(this.instance.findFuncExports(name), params);
  }
}

describe("a promise of a host function", () => {
  it.each(ways)("becomes the results: %s", async (way) => {
    const types = [I32, I64, F32, F64, V128, ExternRef];
    const bridge = new Bridge(types, types, async (_, args) => {
      await later(1, undefined);
      return args;
    });
    const values = [-1, -(2n ** 63n), 1.5, -0, 2n ** 127n + 3n, { some: "object" }];
    expect(await bridge.call(way, ...values)).toEqual(values);
  });

  it.each<[string, readonly ValType[], unknown, Value[]]>([
    ["nothing", [], undefined, []],
    ["one value by itself", [I32], 7, [7]],
    ["several", [I32, F32], [1, 0.5], [1, 0.5]],
    ["a typed value", [F64], WasmValue.f64(0.5), [0.5]],
    ["an array as one reference, in a list", [ExternRef], [[1, 2]], [[1, 2]]],
  ])("may be of %s", async (_, results, value, expected) => {
    const bridge = new Bridge([], results, () => Promise.resolve(value as Value));
    for (const way of ways) expect(await bridge.call(way)).toEqual(expected);
  });

  it("may be any object that can be waited for; one in a list is a reference like any other", async () => {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
    const thenable = { then: (resolve: (value: number) => void) => resolve(5) } as unknown as Value;
    expect(await new Bridge([], [I32], () => thenable).call("call")).toEqual([5]);
    const promise = Promise.resolve(1);
    const [kept] = (await new Bridge([], [ExternRef], () => [promise]).call("call")) as unknown[];
    // biome-ignore lint/suspicious/noThenProperty: not a thenable, since its `then` is no function
    const other = { then: 1 };
    expect(kept).toBe(promise);
    expect(await new Bridge([], [ExternRef], () => other).call("call")).toEqual([other]);
  });

  it.each<[string, readonly ValType[], unknown]>([
    ["nothing where a result is wanted", [I32], undefined],
    ["a result where none is wanted", [], 1],
    ["too few", [I32, I32], [1]],
    ["a bigint for an i32", [I32], 1n],
    ["a typed value of another type", [I32], WasmValue.f32(1)],
  ])("may not be of %s", async (_, results, value) => {
    const bridge = new Bridge([], results, () => later(0, value as Value));
    for (const way of ways) {
      const error = await failure(bridge.call(way));
      expect(error.code).toBe(ErrCode.FuncSigMismatch);
      expect(contextOf(error, "mismatch")).toHaveLength(1);
    }
  });

  it("that fails ends the run as an error does that is thrown, with the frames that called", async () => {
    const cause = new TypeError("bad day");
    for (const way of ways) {
      const synchronous = await failure(
        new Bridge([], [], () => {
          throw cause;
        }).call(way),
      );
      const promised = await failure(new Bridge([], [], () => Promise.reject(cause)).call(way));
      expect(promised.cause).toBe(cause);
      // The instances have numbers of their own.
      const lines = (error: WasmEdgeError): string =>
        error
          .lines()
          .join("\n")
          .replace(/0x[0-9a-f]{8,}|id=\d+/g, "");
      expect(promised.code).toBe(ErrCode.HostFuncError);
      expect(lines(promised)).toBe(lines(synchronous));
    }
    const own = new WasmEdgeError(ErrCode.Terminated);
    expect(await failure(new Bridge([], [], () => Promise.reject(own)).call("call"))).toBe(own);
  });

  it("that fails with an exception throws it into wasm, where it is caught", async () => {
    const engine = new Engine();
    const tags = engine.instantiate(`(module (tag (export "t") (param i32)))`, "tags");
    const tag = tags.findTagExports("t") as TagInstance;
    withHost(engine, {
      h: [
        "i32 ->",
        async (_, [n]) => {
          await later(1, undefined);
          throw WasmException.of(tag, [n]);
        },
      ],
    });
    const instance = engine.instantiate(`(module (import "host" "h" (func $h (param i32)))
      (import "tags" "t" (tag $t (param i32)))
      (func $tail (param i32) (return_call $h (local.get 0)))
      (func (export "f") (param i32) (result i32) (local $sum i32)
        (block $b (result i32)
          (try_table (catch $t $b) (call $h (local.get 0)))
          (unreachable))
        (local.set $sum)
        (block $c (result i32)
          (try_table (catch $t $c) (call $tail (i32.const 5)))
          (unreachable))
        (i32.add (local.get $sum) (i32.const 100))
        (i32.add))
      (func (export "uncaught") (call $h (i32.const 3))))`);
    expect(await engine.executor.asyncInvoke(exported(instance, "f"), [7])).toEqual([112]);
    const error = await failure(engine.executor.asyncInvoke(exported(instance, "uncaught")));
    expect(error.code).toBe(ErrCode.UncaughtException);
    expect((error as WasmException).exception.payload[0]?.toValue()).toBe(3);
  });

  it("is waited for across modules, with operands and locals kept on both sides", async () => {
    const engine = withHost(new Engine(), { h: ["i32 -> i64", (_, [n]) => later(1, BigInt(n as number) * 10n)] });
    engine.instantiate(
      `(module (import "host" "h" (func $h (param i32) (result i64)))
        (func (export "g") (param i32) (result i64)
          (i64.add (i64.extend_i32_s (local.get 0)) (call $h (i32.add (local.get 0) (i32.const 1))))))`,
      "middle",
    );
    const instance = engine.instantiate(`(module (import "middle" "g" (func $g (param i32) (result i64)))
      (func (export "f") (param $n i32) (result i64) (local $sum i64)
        (loop $l
          (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 3)) (call $g (local.get $n))))
          (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum)))`);
    const expected = [3, 2, 1].reduce((sum, n) => sum * 3n + BigInt(n) + BigInt(n + 1) * 10n, 0n);
    expect(await engine.executor.asyncInvoke(exported(instance, "f"), [3])).toEqual([expected]);
  });

  it("is waited for in start functions, host functions among them, and where the embedder calls the host function", async () => {
    const seen: Value[] = [];
    const engine = withHost(new Engine(), {
      h: [
        "->",
        async () => {
          await later(1, undefined);
          seen.push("h");
        },
      ],
      twice: ["i32 -> i32", (_, [n]) => later(1, (n as number) * 2)],
    });
    const parse = (text: string) => engine.parse(text);
    const inWasm = parse(`(module (import "host" "h" (func $h)) (func $s (call $h) (call $h)) (start $s))`);
    const itself = parse(`(module (import "host" "h" (func $h)) (start $h))`);
    await engine.executor.asyncInstantiateModule(engine.store, inWasm);
    expect(seen).toHaveLength(2);
    await engine.executor.asyncRegisterModule(engine.store, itself, "itself");
    expect(seen).toHaveLength(3);
    expect(engine.store.findModule("itself")).not.toBeNull();
    const twice = exported(engine.store.findModule("host") as ModuleInstance, "twice");
    expect(await engine.executor.asyncInvoke(twice, [4])).toEqual([8]);
    expect(failureOf(() => engine.executor.instantiateModule(engine.store, itself)).code).toBe(ErrCode.HostPromise);
  });

  it("makes a synchronous run fail, and one that is finished at once, with the function's name", async () => {
    // The promise fails later: nobody has to catch that.
    const bridge = new Bridge([], [I32], () => Promise.reject(new Error("later")));
    for (const way of ways) {
      const error = failureOf(() => bridge.engine.call(bridge.instance, way));
      expect(error.code).toBe(ErrCode.HostPromise);
      expect(error.lines()[1]).toBe(
        '    The host function "h" of the module "host" has to be awaited: call from an asynchronous run.',
      );
    }
    const run = bridge.engine.executor.asyncInvoke(exported(bridge.instance, "call"));
    expect(failureOf(() => run.finish()).code).toBe(ErrCode.HostPromise);
    await later(1, undefined);
  });

  it("that has begun to be awaited is not finished at once", async () => {
    const bridge = new Bridge([], [I32], () => later(5, 1));
    const run = bridge.engine.executor.asyncInvoke(exported(bridge.instance, "call"));
    expect(run.finishWithin(0)).toBe(false);
    expect(failureOf(() => run.finish()).code).toBe(ErrCode.WaitNotAllowed);
    expect(await run).toEqual([1]);
  });

  it("does not hold up the event loop, though it has settled already", async () => {
    const engine = withHost(new Engine(), { h: ["-> i32", () => Promise.resolve(1)] });
    const instance = engine.instantiate(`(module (import "host" "h" (func $h (result i32)))
      (func (export "f") (loop $l (br_if $l (call $h)))))`);
    const run = engine.executor.asyncInvoke(exported(instance, "f"));
    await eventLoopTurns(3);
    expect(await run.waitFor(0)).toBe(false);
    run.cancel();
    expect((await failure(run)).code).toBe(ErrCode.Interrupted);
  });

  it("counts, costs and hooks as a result that comes at once; the time it takes is the host's", async () => {
    const program = `(module (import "host" "h" (func $h (param i32) (result i32)))
      (func (export "f") (param $n i32) (result i32) (local $sum i32)
        (loop $l
          (local.set $sum (i32.add (local.get $sum) (call $h (local.get $n))))
          (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum)))`;
    const totals = async (body: HostFunctionBody) => {
      const engine = withHost(meteringEngine({ statistics: { timeMeasuring: true } }), { h: ["i32 -> i32", body] });
      const hooks: string[] = [];
      engine.executor.registerPreHostFunction(() => hooks.push("pre"));
      engine.executor.registerPostHostFunction(() => hooks.push("post"));
      const results = await engine.executor.asyncInvoke(exported(engine.instantiate(program), "f"), [10]);
      return { results, totals: engine.totals, hooks, time: engine.statistics.getHostFuncExecTime() };
    };
    const atOnce = await totals((_, [n]) => n as number);
    const promised = await totals((_, [n]) => later(2, n as number));
    expect({ ...promised, time: 0 }).toEqual({ ...atOnce, time: 0 });
    expect(promised.results).toEqual([55]);
    expect(promised.hooks).toEqual(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? "pre" : "post")));
    expect(Number(promised.time)).toBeGreaterThan(10_000_000);
  });

  it("leaves the memory and the functions as others have made them meanwhile", async () => {
    const engine = new Engine();
    withHost(engine, {
      h: [
        "-> i32",
        async ({ module }: CallingFrame) => {
          await later(1, undefined);
          engine.call(module as ModuleInstance, "grow");
          return engine.call(module as ModuleInstance, "large")[0] as number;
        },
      ],
    });
    const large = "(local.set 0 (i32.add (local.get 0) (i32.const 1)))".repeat(4000);
    const instance = engine.instantiate(`(module (import "host" "h" (func $h (result i32))) (memory 1)
      (func $large (export "large") (result i32) (local i32) ${large} (local.get 0))
      (func (export "grow") (drop (memory.grow (i32.const 3))) (i32.store (i32.const 196608) (i32.const 5)))
      (func (export "f") (result i32 i32 i32) (call $h) (call $large) (i32.load (i32.const 196608))))`);
    expect(await engine.executor.asyncInvoke(exported(instance, "f"))).toEqual([4000, 4000, 5]);
  });
});

describe("a host function that calls wasm again", () => {
  const text = `(module (import "host" "h" (func $h (param i32) (result i32)))
    (global $depth (mut i32) (i32.const 0))
    (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (call $h (local.get 0))))
    (func (export "endless") (param i32) (result i32) (loop $l (br $l)) (unreachable)))`;

  it.each<[string, (frame: CallingFrame, n: number) => PromiseLike<Value[]> | Value[]]>([
    [
      "may return the asynchronous call",
      (frame, n) => frame.asyncInvoke(exported(frame.module as ModuleInstance, "f"), [n - 1]),
    ],
    [
      "may await it",
      async (frame, n) => {
        const [value] = await frame.asyncInvoke(exported(frame.module as ModuleInstance, "f"), [n - 1]);
        return [value];
      },
    ],
    [
      "may use the executor",
      (frame, n) => frame.executor.asyncInvoke(exported(frame.module as ModuleInstance, "f"), [n - 1]),
    ],
  ])("%s, several levels deep", async (_, again) => {
    const engine = withHost(new Engine(), {
      h: ["i32 -> i32", (frame, [n]) => (n === 0 ? 0 : again(frame, n as number))],
    });
    const instance = engine.instantiate(text);
    const runs = [5, 9, 3].map((n) => engine.executor.asyncInvoke(exported(instance, "f"), [n]));
    expect(await Promise.all(runs)).toEqual([[15], [45], [6]]);
  });

  it("may not await in a synchronous call within an asynchronous run", async () => {
    let depth = 0;
    const engine = withHost(new Engine(), {
      h: [
        "i32 -> i32",
        (frame) =>
          depth++ === 0
            ? (frame.invoke(exported(frame.module as ModuleInstance, "f"), [1])[0] as number)
            : Promise.resolve(1),
      ],
    });
    const instance = engine.instantiate(text);
    expect((await failure(engine.executor.asyncInvoke(exported(instance, "f"), [2]))).code).toBe(ErrCode.HostPromise);
  });

  it("passes its run's end on to the calls, whichever way it makes them", async () => {
    const calls: readonly ((frame: CallingFrame, engine: Engine) => PromiseLike<Value[]> | Value[])[] = [
      (frame) => frame.asyncInvoke(exported(frame.module as ModuleInstance, "endless"), [0]),
      (frame) => frame.invoke(exported(frame.module as ModuleInstance, "endless"), [0]),
      (frame, engine) => engine.call(frame.module as ModuleInstance, "endless", 0),
    ];
    for (const call of calls) {
      const engine: Engine = withHost(new Engine(), { h: ["i32 -> i32", (frame) => call(frame, engine)] });
      const instance = engine.instantiate(text);
      const deadline = BigInt(Math.round(performance.now() * 1e6)) + 30_000_000n;
      const run = engine.executor.asyncInvoke(exported(instance, "f"), [0], { deadline });
      expect((await failure(run)).code).toBe(ErrCode.Interrupted);
    }
  });

  it("has its calls cancelled with its run", async () => {
    let inner: PromiseLike<Value[]> | undefined;
    const engine = withHost(new Engine(), {
      h: [
        "i32 -> i32",
        async (frame) => {
          inner = frame.asyncInvoke(exported(frame.module as ModuleInstance, "endless"), [0]);
          return (await inner)[0];
        },
      ],
    });
    const instance = engine.instantiate(text);
    const run = engine.executor.asyncInvoke(exported(instance, "f"), [0]);
    expect(await run.waitFor(10)).toBe(false);
    run.cancel();
    expect((await failure(run)).code).toBe(ErrCode.Interrupted);
    expect((await failure(inner as PromiseLike<Value[]>)).code).toBe(ErrCode.Interrupted);
  });
});

describe("a run that waits for a host function", () => {
  const program = `(module (import "host" "h" (func $h (result i32)))
    (func (export "f") (result i32) (call $h))
    (func (export "seven") (result i32) (i32.const 7)))`;
  const never = (): Promise<Value> => new Promise(() => {});

  it("ends when it is cancelled, when the executor is stopped, at its deadline, and by a signal", async () => {
    const engine = withHost(new Engine(), { h: ["-> i32", never] });
    const instance = engine.instantiate(program);
    const { executor } = engine;
    const f = exported(instance, "f");
    const cancelled = executor.asyncInvoke(f);
    expect(await cancelled.waitFor(3)).toBe(false);
    cancelled.cancel("enough");
    const error = await failure(cancelled);
    expect([error.code, error.cause]).toEqual([ErrCode.Interrupted, "enough"]);

    const stopped = [1, 2].map(() => executor.asyncInvoke(f));
    expect(await stopped[0]?.waitFor(3)).toBe(false);
    executor.stop();
    for (const run of stopped) expect((await failure(run)).code).toBe(ErrCode.Interrupted);

    const late = executor.asyncInvoke(f, [], { deadline: BigInt(Math.round(performance.now() * 1e6)) + 5_000_000n });
    expect((await failure(late)).code).toBe(ErrCode.Interrupted);

    const controller = new AbortController();
    const aborted = executor.asyncInvoke(f, [], { signal: controller.signal });
    expect(await aborted.waitFor(3)).toBe(false);
    const reason = new Error("the user has left");
    controller.abort(reason);
    const abortion = await failure(aborted);
    expect([abortion.code, abortion.cause]).toEqual([ErrCode.Interrupted, reason]);
    expect(await executor.asyncInvoke(exported(instance, "seven"))).toEqual([7]);
  });

  it("tells the host function by a signal of its own that it has ended", async () => {
    const reasons: unknown[] = [];
    const engine = withHost(new Engine(), {
      h: [
        "-> i32",
        ({ run: { signal } }: CallingFrame) =>
          new Promise<Value>((_, reject) => {
            signal?.addEventListener("abort", () => {
              reasons.push(signal.reason);
              reject(new Error("nobody listens"));
            });
          }),
      ],
    });
    const instance = engine.instantiate(program);
    const run = engine.executor.asyncInvoke(exported(instance, "f"));
    expect(await run.waitFor(3)).toBe(false);
    run.cancel("enough");
    expect((await failure(run)).cause).toBe("enough");
    const deadline = BigInt(Math.round(performance.now() * 1e6)) + 3_000_000n;
    const late = await failure(engine.executor.asyncInvoke(exported(instance, "f"), [], { deadline }));
    expect(reasons).toEqual(["enough", late]);
  });

  it("says whether a host function may give a promise", async () => {
    const seen: unknown[] = [];
    const engine = withHost(new Engine(), { h: ["-> i32", ({ run }: CallingFrame) => seen.push(run.mayAwait)] });
    const instance = engine.instantiate(program);
    engine.call(instance, "f");
    await engine.executor.asyncInvoke(exported(instance, "f"));
    expect(seen).toEqual([false, true]);
  });

  it("takes no turns meanwhile, and interleaves with others on the same instance", async () => {
    const order: string[] = [];
    const waits = [30, 5, 15];
    const engine = withHost(new Engine(), {
      h: [
        "i32 ->",
        async (_, [i]) => {
          order.push(`begin ${i}`);
          await later(waits[i as number] as number, undefined);
          order.push(`end ${i}`);
        },
      ],
    });
    const instance = engine.instantiate(`(module (import "host" "h" (func $h (param i32))) (memory 1)
      (func (export "f") (param i32) (result i32)
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
        (call $h (local.get 0))
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
        (i32.load (i32.const 0))))`);
    const runs = [0, 1, 2].map((i) => engine.executor.asyncInvoke(exported(instance, "f"), [i]));
    expect(await Promise.all(runs)).toEqual([[6], [4], [5]]);
    expect(order).toEqual(["begin 0", "begin 1", "begin 2", "end 1", "end 2", "end 0"]);
  });
});

describe("a signal", () => {
  const endless = `(module (func (export "f") (loop $l (br $l))) (func (export "g") (result i32) (i32.const 1)))`;

  it("that is aborted lets nothing begin, neither in turns nor at once", async () => {
    const engine = new Engine();
    const instance = engine.instantiate(endless);
    const signal = AbortSignal.abort("no");
    const g = exported(instance, "g");
    expect(failureOf(() => engine.executor.invoke(g, [], { signal }))).toMatchObject({
      code: ErrCode.Interrupted,
      cause: "no",
    });
    expect(await failure(engine.executor.asyncInvoke(g, [], { signal }))).toMatchObject({ cause: "no" });
    const { signal: other } = new AbortController();
    expect(await engine.executor.asyncInvoke(g, [], { signal: other })).toEqual([1]);
  });

  it("ends a run between two slices, and an instantiation; later runs are not hit", async () => {
    const engine = new Engine();
    const instance = engine.instantiate(endless);
    const controller = new AbortController();
    const { signal } = controller;
    const run = engine.executor.asyncInvoke(exported(instance, "f"), [], { signal });
    const start = engine.executor.asyncInstantiateModule(
      engine.store,
      engine.parse(`(module (func $s (loop $l (br $l))) (start $s))`),
      { signal },
    );
    setTimeout(() => controller.abort("enough"), 15);
    expect(await failure(run)).toMatchObject({ code: ErrCode.Interrupted, cause: "enough" });
    expect(await failure(start)).toMatchObject({ code: ErrCode.Interrupted, cause: "enough" });
    expect(await engine.executor.asyncInvoke(exported(instance, "g"))).toEqual([1]);
  });
});
