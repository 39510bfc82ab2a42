import { describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode, userErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import { type Value, WasmValue } from "../../src/common/wasm-value.ts";
import type { CallingFrame } from "../../src/store/calling-frame.ts";
import { HostFunction, type HostFunctionBody } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { contextOf, Engine, exported, failureOf } from "../support/engine.ts";

const { I32, I64, F32, F64, V128, FuncRef, ExternRef } = ValType;

const typeNames = new Map<ValType, string>([
  [I32, "i32"],
  [I64, "i64"],
  [F32, "f32"],
  [F64, "f64"],
  [V128, "v128"],
  [FuncRef, "funcref"],
  [ExternRef, "externref"],
]);

/** A host function `host.h` and a module whose `f` hands its parameters over and the results back. */
class Bridge {
  readonly engine = new Engine();
  readonly instance: ModuleInstance;

  constructor(params: readonly ValType[], results: readonly ValType[], body: HostFunctionBody) {
    const host = new ModuleInstance("host");
    host.addHostFunction("h", new HostFunction({ params, results }, body));
    this.engine.store.registerModule(host);
    const list = (types: readonly ValType[]): string => types.map((type) => typeNames.get(type)).join(" ");
    const type = `(param ${list(params)}) (result ${list(results)})`;
    const operands = params.map((_, i) => `(local.get ${i})`).join(" ");
    this.instance = this.engine.instantiate(`(module (type $t (func ${type})) (import "host" "h" (func $h (type $t)))
      (memory 2) (memory 3) (table funcref (elem $h)) (elem declare func $h)
      (func (export "call") (type $t) (call $h ${operands}))
      (func (export "tail") (type $t) (return_call $h ${operands}))
      (func (export "indirect") (type $t) (call_indirect (type $t) ${operands} (i32.const 0)))
      (func (export "tailIndirect") (type $t) (return_call_indirect (type $t) ${operands} (i32.const 0)))
      (func (export "reference") (type $t) (call_ref $t ${operands} (ref.func $h)))
      (func (export "nothing")))`);
  }

  call(name: string, ...params: readonly (Value | WasmValue)[]): Value[] {
    return this.engine.call(this.instance, name, ...params);
  }
}

const ways = ["call", "tail", "indirect", "tailIndirect", "reference"];

describe("a host function", () => {
  it.each(ways)("gets its arguments in natural form and gives results back: %s", (way) => {
    const seen: Value[][] = [];
    const types = [I32, I64, F32, F64, V128, ExternRef, FuncRef];
    const bridge = new Bridge(types, types, (_, args) => {
      seen.push(args);
      return args;
    });
    const object = { some: "object" };
    const func = exported(bridge.instance, "nothing");
    const values = [-1, -(2n ** 63n), 1.5, -0, 2n ** 127n + 3n, object, func];
    expect(bridge.call(way, ...values)).toEqual(values);
    expect(bridge.call(way, 4294967295, 2n ** 64n - 1n, Number.NaN, Number.POSITIVE_INFINITY, 0n, null, null)).toEqual([
      ...[-1, -1n, Number.NaN, Number.POSITIVE_INFINITY, 0n, null, null],
    ]);
    expect(seen[0]).toEqual(values);
    expect(Object.is(seen[0]?.[3], -0)).toBe(true);
  });

  it.each<[string, readonly ValType[], unknown, Value[]]>([
    ["nothing", [], undefined, []],
    ["an empty list", [], [], []],
    ["one value by itself", [I32], 7, [7]],
    ["one value in a list", [I64], [7n], [7n]],
    ["a typed value", [F64], WasmValue.f64(0.5), [0.5]],
    ["several", [I32, F32], [1, 0.5], [1, 0.5]],
    ["a null reference", [ExternRef], null, [null]],
    ["an array as one reference, in a list", [ExternRef], [[1, 2]], [[1, 2]]],
    ["an unsigned i32", [I32], 0xffffffff, [-1]],
    ["an unsigned i64", [I64], 2n ** 64n - 1n, [-1n]],
  ])("may give back %s", (_, results, value, expected) => {
    const bridge = new Bridge([], results, () => value as Value);
    for (const way of ways) expect(bridge.call(way)).toEqual(expected);
  });

  it.each<[string, readonly ValType[], unknown]>([
    ["nothing where a result is wanted", [I32], undefined],
    ["a result where none is wanted", [], 1],
    ["too few", [I32, I32], [1]],
    ["too many", [I32], [1, 2]],
    ["a number for an i64", [I64], 1],
    ["a bigint for an i32", [I32], 1n],
    ["a fraction for an i32", [I32], 1.5],
    ["an i32 out of range", [I32], 2 ** 32],
    ["an i64 out of range", [I64], 2n ** 64n],
    ["a text for a float", [F32], "1"],
    ["a host object for a function", [FuncRef], {}],
    ["a typed value of another type", [I32], WasmValue.f32(1)],
  ])("may not give back %s", (_, results, value) => {
    const bridge = new Bridge([], results, () => value as Value);
    for (const way of ways) {
      const error = failureOf(() => bridge.call(way));
      expect(error.code).toBe(ErrCode.FuncSigMismatch);
      expect(contextOf(error, "mismatch")).toHaveLength(1);
    }
    expect(bridge.call("nothing")).toEqual([]);
  });

  it.each<[ValType, Value, string]>([
    [I32, 2 ** 32, "4294967296 is out of the range of i32."],
    [I32, -(2 ** 31) - 1, "-2147483649 is out of the range of i32."],
    [I64, 2n ** 64n, "18446744073709551616 is out of the range of i64."],
  ])("is told that what it gives as %s does not fit: the types are the same", (type, value, text) => {
    const bridge = new Bridge([], [type], () => value);
    expect(
      contextOf(
        failureOf(() => bridge.call("call")),
        "note",
      ),
    ).toEqual([{ kind: "note", text }]);
    const taker = new Bridge([type], [], () => undefined);
    expect(
      contextOf(
        failureOf(() => taker.call("call", value)),
        "note",
      ),
    ).toEqual([{ kind: "note", text }]);
    expect(
      contextOf(
        failureOf(() => taker.call("call", 1.5)),
        "note",
      ),
    ).toEqual([]);
  });

  it("may not give a promise to a run that does not wait", () => {
    const bridge = new Bridge([], [I32], () => Promise.resolve(1) as unknown as Value);
    const error = failureOf(() => bridge.call("call"));
    expect(error.headline()).toBe(
      "wasmedge runtime failed: host function returned a promise in a synchronous run, Code: 0x0e0",
    );
    // A promise in a list of results is a reference like any other.
    const promise = Promise.resolve(1);
    const results = new Bridge([], [ExternRef], () => [promise]).call("call") as unknown[];
    expect(results[0]).toBe(promise);
  });

  it("keeps the bits of NaNs that only pass through typed values", () => {
    const bridge = new Bridge(
      [],
      [F32, F64],
      () => [WasmValue.f32Bits(0x7fa00001), WasmValue.f64Bits(0xfff4000000000007n)] as Value[],
    );
    for (const way of ways) {
      const [single, double] = bridge.engine.callTyped(bridge.instance, way);
      expect(single?.bits32).toBe(0x7fa00001);
      expect(double?.bits64).toBe(0xfff4000000000007n);
    }
  });

  it("that throws ends the run with HostFuncError, its cause and its text", () => {
    for (const [cause, text] of [
      [new TypeError("bad day"), "TypeError: bad day"],
      ["just a text", "just a text"],
      [undefined, "undefined"],
      [42, "42"],
    ] as const) {
      const bridge = new Bridge([I32], [], () => {
        throw cause;
      });
      for (const way of ways) {
        const error = failureOf(() => bridge.call(way, 1));
        expect(error.code).toBe(ErrCode.HostFuncError);
        expect(error.cause).toBe(cause);
        expect(error.lines().slice(0, 2)).toEqual([
          "execution failed: host function failed, Code: 0x40e",
          `    ${text}`,
        ]);
      }
    }
  });

  it("that throws what has no text, or fails when it is looked at, ends the run with it as cause all the same", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const failing = (name: "name" | "message"): Error =>
      Object.defineProperty(new Error("unread"), name, {
        get: () => {
          throw new TypeError("own code");
        },
      });
    const causes = [
      [Object.create(null), "object"],
      [failing("name"), "object"],
      [failing("message"), "object"],
      [Object.assign(new Error("x"), { message: Symbol("m") }), "object"],
      [proxy, "object"],
    ] as const;
    for (const [cause, type] of causes) {
      const bridge = new Bridge([I32], [], () => {
        throw cause;
      });
      for (const way of ways) {
        const error = failureOf(() => bridge.call(way, 1));
        expect(error.code).toBe(ErrCode.HostFuncError);
        expect(error.cause === cause).toBe(true);
        expect(error.lines()[1]).toBe(`    a value of type ${type} that has no text`);
      }
    }
  });

  it("may end the run with an error of the library, or a code of its own", () => {
    for (const code of [ErrCode.Terminated, ErrCode.MemoryOutOfBounds, userErrCode(0x5678)]) {
      const own = new WasmEdgeError(code);
      const bridge = new Bridge([], [], () => {
        throw own;
      });
      expect(failureOf(() => bridge.call("call"))).toBe(own);
    }
    const user = new Bridge([], [], () => {
      throw new WasmEdgeError(userErrCode(0x5678));
    });
    expect(failureOf(() => user.call("call")).headline()).toBe(
      "user defined failed: user defined error code, Code: 0x5678",
    );
  });

  it("is called by the module whose code calls it, with that module's memories by index", () => {
    const frames: CallingFrame[] = [];
    const bridge = new Bridge([], [], (frame) => void frames.push(frame));
    for (const way of ways) bridge.call(way);
    for (const { module } of frames) expect(module).toBe(bridge.instance);
    expect(frames[0]?.getMemoryByIndex(0)?.pageCount).toBe(2);
    expect(frames[0]?.getMemoryByIndex(1)?.pageCount).toBe(3);
    expect(frames[0]?.getMemoryByIndex(2)).toBeNull();
    const provider = bridge.engine.store.findModule("host") as ModuleInstance;
    bridge.engine.executor.invoke(exported(provider, "h"));
    expect(frames.at(-1)?.module).toBe(provider);
  });

  it("may call back, several levels deep, with operands kept around each call", () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    const type = { params: [I32], results: [I64] };
    host.addHostFunction(
      "h",
      new HostFunction(type, ({ executor, module }, [n]) =>
        n === 0 ? 1n : (executor.invoke(exported(module as ModuleInstance, "f"), [(n as number) - 1])[0] as bigint),
      ),
    );
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "h" (func $h (param i32) (result i64)))
      (func (export "f") (param i32) (result i64)
        (i64.add (i64.extend_i32_u (local.get 0)) (i64.mul (i64.const 2) (call $h (local.get 0))))))`);
    // f(n) = n + 2 h(n), h(0) = 1, h(n) = f(n - 1)
    let expected = 2n;
    for (let n = 1n; n <= 40n; n++) expected = n + 2n * expected;
    expect(engine.call(instance, "f", 40)).toEqual([expected]);
  });

  it("may change globals, tables and instances that its caller uses", () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    host.addHostFunction(
      "change",
      new HostFunction({ params: [], results: [] }, ({ module }) => {
        module?.findGlobalExports("g")?.setValue(9);
        module?.findTableExports("t")?.setRef(0, exported(module, "two"));
        engine.instantiate("(module (memory 1))");
      }),
    );
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "change" (func $change))
      (global $g (export "g") (mut i32) (i32.const 1)) (table (export "t") 1 funcref) (elem (i32.const 0) $one)
      (func $one (result i32) (i32.const 1)) (func (export "two") (result i32) (i32.const 2))
      (func (export "f") (result i32 i32 i32)
        (global.get $g) (call $change) (global.get $g) (call_indirect (result i32) (i32.const 0))))`);
    expect(engine.call(instance, "f")).toEqual([1, 9, 2]);
  });

  it("has more parameters than a fresh value stack has room for, where the embedder calls it", () => {
    const count = 9000;
    const types = new Array<ValType>(count).fill(I32);
    const func = new ModuleInstance("host").addHostFunction(
      "h",
      new HostFunction({ params: types, results: types }, (_, args) => args),
    );
    const values = Array.from({ length: count }, (_, i) => i);
    expect(new Engine().executor.invoke(func, values)).toEqual(values);
    const narrow = new Engine({ runtime: { maxValueStackBytes: 4096 } });
    expect(failureOf(() => narrow.executor.invoke(func, values)).code).toBe(ErrCode.ValueStackExhausted);
  });
});

describe("arguments of a call from outside", () => {
  const source = `(module (func (export "f") (param i32 i64 f32 externref) (result i32) (local.get 0))
    (func (export "r") (param (ref extern) funcref)))`;

  it.each<[string, readonly Value[]]>([
    ["too few", [1, 2n, 3]],
    ["too many", [1, 2n, 3, null, 5]],
    ["a bigint for an i32", [1n, 2n, 3, null]],
    ["a number for an i64", [1, 2, 3, null]],
    ["a text for a float", [1, 2n, "3", null]],
    ["a fraction for an i32", [0.1, 2n, 3, null]],
  ])("are checked: %s", (_, params) => {
    const engine = new Engine();
    const error = failureOf(() => engine.call(engine.instantiate(source), "f", ...params));
    expect(error.code).toBe(ErrCode.FuncSigMismatch);
    expect(error.lines()[1]).toMatch(
      /^ {4}Mismatched function type. Expected: FuncType {params{i32 , i64 , f32 , ref_null extern} returns{i32}} , Got: FuncType {params{/,
    );
  });

  it("may be null only where the type allows it, and functions only where it asks for them", () => {
    const engine = new Engine();
    const instance = engine.instantiate(source);
    expect(engine.call(instance, "r", "x", null)).toEqual([]);
    expect(failureOf(() => engine.call(instance, "r", null, null)).code).toBe(ErrCode.NonNullRequired);
    expect(failureOf(() => engine.call(instance, "r", "x", "y")).code).toBe(ErrCode.FuncSigMismatch);
  });

  it("of no function are the function that is not found", () => {
    expect(failureOf(() => new Engine().executor.invoke(null)).lines()).toEqual([
      "wasmedge runtime failed: wasm function not found, Code: 0x005",
    ]);
  });
});
