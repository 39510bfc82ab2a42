import { describe, expect, expectTypeOf, it } from "vitest";
import { compile } from "watr";
import { ErrCode } from "../../src/common/error-code.ts";
import { setLogCallback } from "../../src/common/log.ts";
import { refType, TypeCode, ValType } from "../../src/common/value-type.ts";
import { type Reference, type Value, WasmValue } from "../../src/common/wasm-value.ts";
import { Caller } from "../../src/sdk/caller.ts";
import { ConfigBuilder } from "../../src/sdk/config-builder.ts";
import { StatisticsConfigOptions } from "../../src/sdk/config-options.ts";
import {
  CreateSharedType,
  ModifyConst,
  NotFoundFunc,
  NotFoundGlobal,
  NotFoundMem,
  NotFoundTable,
  NotFoundTag,
  UnmatchedValType,
} from "../../src/sdk/errors.ts";
import { Func } from "../../src/sdk/func.ts";
import { Global } from "../../src/sdk/global.ts";
import {
  hostFunc,
  hostFuncByType,
  hostFuncError,
  hostTag,
  type ImportObject,
  ImportObjectBuilder,
  type TypedBody,
} from "../../src/sdk/import-object.ts";
import { Memory } from "../../src/sdk/memory.ts";
import { Module } from "../../src/sdk/module.ts";
import { Table } from "../../src/sdk/table.ts";
import { functionType, globalType, limit, memoryType, tableType, valType } from "../../src/sdk/value-types.ts";
import { VmBuilder } from "../../src/sdk/vm-builder.ts";
import { WasmException } from "../../src/store/exception-instance.ts";
import type { FunctionInstance } from "../../src/store/function-instance.ts";

const full = compile(`(module
  (import "env" "log" (func (param i32)))
  (import "env" "shared" (global i64))
  (type $e (func (param i32 f32)))
  (func (export "f2") (result i32) (i32.const 2))
  (func (export "f1") (param i64) (call 0 (i32.const 7)))
  (table (export "t") 2 5 funcref)
  (memory (export "m") 1 2)
  (global (export "c") i32 (i32.const 1))
  (global (export "v") (mut f64) (f64.const 0.5))
  (tag (export "e") (type $e)))`);

function fullInstance() {
  const logged: number[] = [];
  const env = new ImportObjectBuilder("env", { some: "data" })
    .withFunc("log", ["i32"], [], (_caller, value) => {
      logged.push(value);
    })
    .withGlobal("shared", Global.create("i64", "const", 5n))
    .build();
  const vm = new VmBuilder().build().registerImportModule(env).registerModuleFromBytes("full", full);
  return { vm, instance: vm.namedModule("full"), logged, env };
}

const fails = (code: number) => expect.objectContaining({ code });

describe("an instance", () => {
  it("lists and gives its exports by name", () => {
    const { vm, instance, logged, env } = fullInstance();
    expect(instance.funcNames).toEqual(["f1", "f2"]);
    expect(instance.tableNames).toEqual(["t"]);
    expect(instance.memoryNames).toEqual(["m"]);
    expect(instance.globalNames).toEqual(["c", "v"]);
    expect(instance.tagNames).toEqual(["e"]);
    expect(instance.func("f2").run(vm.executor)).toEqual([2]);
    expect(instance.func("f1").run(vm.executor, [1n])).toEqual([]);
    expect(logged).toEqual([7]);
    expect(instance.tag("e").type).toEqual({ params: [ValType.I32, ValType.F32], results: [] });
    expect([env.name, env.hostData]).toEqual(["env", { some: "data" }]);
  });

  it("has an error of its own for each kind that it lacks", () => {
    const { instance } = fullInstance();
    expect(() => instance.func("t")).toThrow(new NotFoundFunc("t"));
    expect(() => instance.table("m")).toThrow(new NotFoundTable("m"));
    expect(() => instance.memory("t")).toThrow(new NotFoundMem("t"));
    expect(() => instance.global("x")).toThrow(new NotFoundGlobal("x"));
    expect(() => instance.tag("x")).toThrow(new NotFoundTag("x"));
    expect(new NotFoundMem("m").message).toBe("Not found the target memory (m)");
    expect(new NotFoundTable("t").message).toBe("Not found the target table (t)");
    expect(new NotFoundGlobal("g").message).toBe("Not found the target global (g)");
  });
});

describe("a module", () => {
  it("tells the types of its imports and exports", () => {
    const module = Module.fromBytes(null, full);
    expect([module.countOfImports, module.countOfExports]).toEqual([2, 7]);
    expect(module.imports()).toEqual([
      { moduleName: "env", name: "log", type: { kind: "function", params: [ValType.I32], results: [] } },
      { moduleName: "env", name: "shared", type: { kind: "global", valType: ValType.I64, mutable: false } },
    ]);
    expect(module.exports().map(({ name, type }) => [name, type.kind])).toEqual([
      ["f2", "function"],
      ["f1", "function"],
      ["t", "table"],
      ["m", "memory"],
      ["c", "global"],
      ["v", "global"],
      ["e", "tag"],
    ]);
    expect(module.getExport("f1")).toEqual({ kind: "function", params: [ValType.I64], results: [] });
    expect(module.getExport("m")).toMatchObject({ limit: { min: 1n, max: 2n } });
    expect(module.getExport("t")).toMatchObject({ elementType: ValType.FuncRef, limit: { min: 2n, max: 5n } });
    expect(module.getExport("v")).toEqual({ kind: "global", valType: ValType.F64, mutable: true });
    expect(module.getExport("e")).toEqual({ kind: "tag", params: [ValType.I32, ValType.F32], results: [] });
    expect(module.getExport("none")).toBeUndefined();
  });

  it("tells the types of imports that it exports again", () => {
    const module = Module.fromBytes(
      null,
      compile(
        `(module (import "a" "f" (func (result f64))) (import "a" "m" (memory 3)) (export "f" (func 0)) (export "m" (memory 0)))`,
      ),
    );
    expect(module.getExport("f")).toEqual({ kind: "function", params: [], results: [ValType.F64] });
    expect(module.getExport("m")).toMatchObject({ kind: "memory", limit: { min: 3n, max: undefined } });
  });
});

describe("a memory", () => {
  it("is read and written, in bytes and text", () => {
    const memory = Memory.create({ min: 1, max: 2 });
    memory.write(Uint8Array.of(1, 2, 3), 65533);
    expect(memory.read(65533, 3)).toEqual(Uint8Array.of(1, 2, 3));
    expect(memory.writeString("wörld", 0)).toBe(6);
    expect(memory.readString(0, 6)).toBe("wörld");
    expect(memory.bytes[1]).toBe(0xc3);
    expect(memory.view.getUint8(1)).toBe(0xc3);
    expect(memory.type.limit).toMatchObject({ min: 1n, max: 2n });
  });

  it("grows, up to its maximum", () => {
    const memory = Memory.create({ min: 1, max: 2 });
    memory.grow(1);
    expect(memory.size).toBe(2);
    expect(() => memory.grow(1)).toThrow(fails(ErrCode.MemoryOutOfBounds));
    expect(memory.type.limit.min).toBe(2n);
  });

  it.each([
    [65536, 1],
    [0, 65537],
    [-1, 1],
    [0.5, 1],
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ])("refuses to read at %d, %d bytes", (offset, length) => {
    expect(() => Memory.create({ min: 1 }).read(offset, length)).toThrow(fails(ErrCode.MemoryOutOfBounds));
  });

  it("refuses to write and to grow out of bounds, with nothing written", () => {
    const memory = Memory.create({ min: 1 });
    expect(() => memory.write(Uint8Array.of(1, 2), 65535)).toThrow(fails(ErrCode.MemoryOutOfBounds));
    expect(memory.read(65535, 1)).toEqual(Uint8Array.of(0));
    expect(() => memory.grow(-1)).toThrow(fails(ErrCode.MemoryOutOfBounds));
    expect(() => memory.grow(65536)).toThrow(fails(ErrCode.MemoryOutOfBounds));
  });

  it("is shared with the module that imports it", () => {
    const memory = Memory.create({ min: 1 });
    const vm = new VmBuilder().build();
    vm.registerImportModule(new ImportObjectBuilder("env").withMemory("m", memory).build());
    vm.registerModuleFromBytes(
      "app",
      compile(`(module (import "env" "m" (memory 1)) (func (export "grow") (result i32) (memory.grow (i32.const 3)))
        (func (export "put") (i32.store8 (i32.const 5) (i32.const 77))))`),
    );
    vm.runFunc("app", "put");
    expect(memory.read(5, 1)).toEqual(Uint8Array.of(77));
    vm.runFunc("app", "grow");
    expect(memory.size).toBe(4);
    expect(memory.read(5, 1)).toEqual(Uint8Array.of(77));
  });
});

describe("a table", () => {
  it("holds references", () => {
    const table = Table.create("externref", { min: 2, max: 4 }, "init");
    expect([table.size, table.get(0)]).toEqual([2, "init"]);
    table.set(1, null);
    expect(table.get(1)).toBeNull();
    table.grow(2, "new");
    expect([table.size, table.get(3)]).toEqual([4, "new"]);
    expect(() => table.grow(1)).toThrow(fails(ErrCode.TableOutOfBounds));
    expect(table.type.limit).toMatchObject({ min: 4n, max: 4n });
  });

  it.each([-1, 2, 0.5, Number.NaN])("has no element %d", (index) => {
    const table = Table.create("funcref", { min: 2 });
    expect(() => table.get(index)).toThrow(fails(ErrCode.TableOutOfBounds));
    expect(() => table.set(index, null)).toThrow(fails(ErrCode.TableOutOfBounds));
  });

  it("refuses references of another type", () => {
    const table = Table.create("funcref", { min: 1 });
    expect(() => table.set(0, "text")).toThrow(fails(ErrCode.RefTypeMismatch));
    expect(() => table.grow(1, {})).toThrow(fails(ErrCode.RefTypeMismatch));
    expect(table.size).toBe(1);
    expect(() => Table.create("funcref", { min: 1 }, {})).toThrow(fails(ErrCode.RefTypeMismatch));
    expect(() => Table.create("i32", { min: 1 })).toThrow(fails(ErrCode.RefTypeMismatch));
    const nonNull = refType(TypeCode.FuncRef, false);
    expect(() => Table.create(nonNull, { min: 1 })).toThrow(fails(ErrCode.NonNullRequired));
    const func = hostFunc([], [], () => {});
    const strict = Table.create(nonNull, { min: 1 }, func);
    expect(strict.get(0)).toBe(func);
    expect(() => strict.set(0, null)).toThrow(fails(ErrCode.NonNullRequired));
  });

  it("gives functions as Func", () => {
    const { vm, instance } = fullInstance();
    const table = instance.table("t");
    const func = instance.func("f2");
    table.set(0, func);
    expect(table.get(0)).toBe(func);
    expect(func.run(vm.executor)).toEqual([2]);
  });
});

describe("a global", () => {
  it("is read, and set where it is variable", () => {
    const { instance } = fullInstance();
    const variable = instance.global("v");
    expect(variable.getValue()).toBe(0.5);
    variable.setValue(2);
    expect(variable.getTypedValue()).toEqual(WasmValue.f64(2));
    expect(variable.type).toEqual({ valType: ValType.F64, mutable: true });
    expect(() => instance.global("c").setValue(2)).toThrow(ModifyConst);
    expect(() => variable.setValue(2n)).toThrow(UnmatchedValType);
    expect(() => variable.setValue(WasmValue.f32(1))).toThrow(UnmatchedValType);
    expect(variable.getValue()).toBe(2);
  });

  it("is made with a value of its type", () => {
    expect(Global.create("v128", "var", 1n << 127n).getValue()).toBe(1n << 127n);
    expect(Global.create("externref", "var", "text").getValue()).toBe("text");
    const func = hostFunc([], [], () => {});
    expect(Global.create("funcref", "const", func).getValue()).toBe(func);
    expect(() => Global.create("i32", "var", 1n)).toThrow(UnmatchedValType);
    expect(() => Global.create("i64", "var", 1)).toThrow(UnmatchedValType);
    expect(() => Global.create("funcref", "var", "text")).toThrow(UnmatchedValType);
    expect(() => Global.create(refType(TypeCode.FuncRef, false), "var", null)).toThrow(fails(ErrCode.NonNullRequired));
  });
});

describe("host functions", () => {
  it("get values of the JavaScript types that their names stand for", () => {
    expectTypeOf<TypedBody<["i32", "i64", "funcref", "externref"], ["f64"]>>().toEqualTypeOf<
      (caller: Caller, a: number, b: bigint, c: Func | null, d: Reference) => number | PromiseLike<number>
    >();
    expectTypeOf<ReturnType<TypedBody<[], []>>>().toEqualTypeOf<void | PromiseLike<void>>();
    expectTypeOf<ReturnType<TypedBody<[], ["i64", "f32"]>>>().toEqualTypeOf<
      [bigint, number] | PromiseLike<[bigint, number]>
    >();
    // @ts-expect-error an i64 is no number
    hostFunc([], ["i64"], () => 1);
    // @ts-expect-error two results are wanted
    hostFunc(["i32"], ["i32", "i32"], (_caller, a) => [a]);
    // @ts-expect-error there is no such type
    expect(() => hostFunc(["i33"], [], () => {})).toThrow(fails(ErrCode.MalformedValType));
  });

  it("are called with all kinds of values, and return none, one or several", () => {
    const seen: Value[][] = [];
    const env = new ImportObjectBuilder("env")
      .withFunc("all", ["i32", "i64", "f32", "f64", "externref"], ["i64", "f64"], (_caller, a, b, c, d, e) => {
        seen.push([a, b, c, d, e]);
        return [b + 1n, d / 2];
      })
      .withFunc("list", [], ["externref"], () => [1, 2])
      .withFuncByType("dynamic", functionType(["i32"], ["i32", "i32"]), (_caller, [a]) => [a, a])
      .withFuncByType("single", functionType([], ["i32"]), () => 9)
      .build();
    const vm = new VmBuilder().build().registerImportModule(env);
    expect(vm.runFunc("env", "all", [-1, -2n, 0.5, 3, "x"])).toEqual([-1n, 1.5]);
    expect(seen).toEqual([[-1, -2n, 0.5, 3, "x"]]);
    expect(vm.runFunc("env", "list")).toEqual([[1, 2]]);
    expect(vm.runFunc("env", "dynamic", [4])).toEqual([4, 4]);
    expect(vm.runFunc("env", "single")).toEqual([9]);
  });

  it("may give promises in asynchronous calls, of one result, several, none, or a function", async () => {
    const env: ImportObject = new ImportObjectBuilder("env")
      .withFunc("one", ["i32"], ["i64"], async (_caller, n) => BigInt(n) + 1n)
      .withFunc("two", [], ["i32", "f64"], async () => [1, 0.5])
      .withFunc("none", [], [], async () => {})
      .withFunc("list", [], ["externref"], async () => [1, 2])
      .withFunc("func", [], ["funcref"], async () => other)
      .withFuncByType("dynamic", functionType(["i32"], ["i32", "i32"]), async (_caller, [a]) => [a, a])
      .withFunc("again", ["i32"], ["i64"], async (caller, n): Promise<bigint> => {
        const [value] = await Func.of(env.inner.findFuncExports("one") as FunctionInstance).runAsync(caller.executor, [
          n,
        ]);
        return value as bigint;
      })
      .build();
    const other = hostFunc([], [], () => {});
    const vm = new VmBuilder().build().registerImportModule(env);
    expect(await vm.runFuncAsync("env", "one", [1])).toEqual([2n]);
    expect(await vm.runFuncAsync("env", "two")).toEqual([1, 0.5]);
    expect(await vm.runFuncAsync("env", "none")).toEqual([]);
    expect(await vm.runFuncAsync("env", "list")).toEqual([[1, 2]]);
    expect((await vm.runFuncAsync("env", "func"))[0]).toBe(other);
    expect(await vm.runFuncAsync("env", "dynamic", [4])).toEqual([4, 4]);
    expect(await vm.runFuncAsync("env", "again", [6])).toEqual([7n]);
    expect(() => vm.runFunc("env", "one", [1])).toThrow(fails(ErrCode.HostPromise));
    const { signal } = new AbortController();
    expect(await vm.runFuncAsync("env", "one", [1], { signal })).toEqual([2n]);
    await expect(vm.runFuncAsync("env", "one", [1], { signal: AbortSignal.abort("no") }).get()).rejects.toMatchObject({
      code: ErrCode.Interrupted,
      cause: "no",
    });
  });

  it("throw exceptions into the guest, and catch the guest's, by tags of the host", async () => {
    const overdrawn = hostTag(["i32", "i64"]);
    const caught: unknown[] = [];
    const bank = new ImportObjectBuilder("bank")
      .withTag("overdrawn", overdrawn)
      .withFunc("pay", ["i32"], [], (_caller, amount) => {
        if (amount > 100) throw WasmException.of(overdrawn, [amount - 100, 7n]);
      })
      .withFunc("try", [], [], (caller) => {
        try {
          caller.instance?.func("throws").run(caller.executor);
        } catch (error) {
          if (!(error instanceof WasmException) || error.exception.tag !== overdrawn) throw error;
          caught.push(...error.exception.payload.map((value) => value.toValue()));
        }
      })
      .build();
    const vm = new VmBuilder().build().registerImportModule(bank);
    vm.registerModuleFromBytes(
      null,
      compile(`(module
        (import "bank" "overdrawn" (tag $overdrawn (param i32 i64)))
        (import "bank" "pay" (func $pay (param i32)))
        (import "bank" "try" (func $try))
        (func (export "pay") (param i32) (result i32)
          (block $handler (result i32 i64)
            (try_table (catch $overdrawn $handler) (call $pay (local.get 0)))
            (return (i32.const 0)))
          drop)
        (func (export "throws") (throw $overdrawn (i32.const 5) (i64.const -1)))
        (func (export "tries") (call $try)))`),
    );
    expect(vm.runFunc(null, "pay", [90])).toEqual([0]);
    expect(vm.runFunc(null, "pay", [130])).toEqual([30]);
    expect(await vm.runFuncAsync(null, "pay", [101])).toEqual([1]);
    vm.runFunc(null, "tries");
    expect(caught).toEqual([5, -1n]);
    expect(() => vm.runFunc(null, "throws")).toThrow(WasmException);
    expect(() => WasmException.of(overdrawn, [1])).toThrow(fails(ErrCode.FuncSigMismatch));
  });

  it("may give anything that has a then, whatever that returns", async () => {
    const soon = (value: number): PromiseLike<number> =>
      ({
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
        then: (resolve: (value: number) => void, reject: (error: Error) => void) => {
          if (value < 0) reject(new Error("below zero"));
          else resolve(value);
        },
      }) as unknown as PromiseLike<number>;
    const env = new ImportObjectBuilder("env")
      .withFunc("typed", ["i32"], ["i32"], (_caller, n) => soon(n))
      .withFuncByType("dynamic", functionType(["i32"], ["i32"]), (_caller, [n]) => soon(n as number))
      .build();
    const vm = new VmBuilder().build().registerImportModule(env);
    for (const name of ["typed", "dynamic"]) {
      expect(await vm.runFuncAsync("env", name, [5])).toEqual([5]);
      await expect(vm.runFuncAsync("env", name, [-5]).get()).rejects.toMatchObject({
        code: ErrCode.HostFuncError,
        cause: new Error("below zero"),
      });
    }
  });

  it("see where they are called from", () => {
    const callers: Caller[] = [];
    const env = new ImportObjectBuilder("env")
      .withFunc("f", ["i32"], ["i32"], (caller, address) => {
        callers.push(caller);
        const text = caller.memory()?.readString(address, 2) ?? "";
        return caller.instance?.func("twice").run(caller.executor, [text.length])[0] as number;
      })
      .build();
    const vm = new VmBuilder().build().registerImportModule(env);
    vm.registerModuleFromBytes(
      "app",
      compile(`(module (import "env" "f" (func (param i32) (result i32))) (memory 1) (data (i32.const 3) "hi")
        (func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
        (func (export "go") (result i32) (call 0 (i32.const 3))))`),
    );
    expect(vm.runFunc("app", "go")).toEqual([4]);
    expect(callers[0]).toBeInstanceOf(Caller);
    expect(callers[0]?.instance).toBe(vm.namedModule("app"));
    expect(callers[0]?.memory(1)).toBeUndefined();
  });

  it("end a run with a code of their own, and with errors of JavaScript", () => {
    const env = new ImportObjectBuilder("env")
      .withFunc("user", [], [], () => {
        throw hostFuncError(0x5678);
      })
      .withFunc("bug", [], [], () => {
        throw new Error("oh");
      })
      .build();
    const vm = new VmBuilder().build().registerImportModule(env);
    expect(() => vm.runFunc("env", "user")).toThrow(fails(0x01005678));
    expect(() => vm.runFunc("env", "bug")).toThrow(fails(ErrCode.HostFuncError));
  });

  it("have a cost", () => {
    const config = new ConfigBuilder()
      .withStatisticsConfig(new StatisticsConfigOptions().measureCost(true).costLimit(10n))
      .build();
    setLogCallback(() => {});
    try {
      const env = new ImportObjectBuilder("env").withFunc("f", [], [], () => {}, 4).build();
      const vm = new VmBuilder().withConfig(config).build().registerImportModule(env);
      vm.runFunc("env", "f");
      vm.runFunc("env", "f");
      expect(vm.statistics.getTotalCost()).toBe(8n);
      expect(() => vm.runFunc("env", "f")).toThrow(fails(ErrCode.CostLimitExceeded));
    } finally {
      setLogCallback(null);
    }
  });

  it("may stand in no module", () => {
    const vm = new VmBuilder().build();
    const func = hostFuncByType(functionType(["f32"], ["f32"]), (caller, [value]) => {
      expect(caller.instance).toBeUndefined();
      expect(caller.memory()).toBeUndefined();
      return value;
    });
    expect(func.run(vm.executor, [0.25])).toEqual([0.25]);
  });
});

describe("types", () => {
  it("have names", () => {
    expect(valType("i31ref")).toBe(ValType.I31Ref);
    expect(valType(ValType.I32)).toBe(ValType.I32);
    expect(functionType(["i32", "funcref"], ["v128"])).toEqual({
      params: [ValType.I32, ValType.FuncRef],
      results: [ValType.V128],
    });
    expect(globalType("f32", "var")).toEqual({ valType: ValType.F32, mutable: true });
    expect(tableType("externref", { min: 1n })).toEqual({
      elementType: ValType.ExternRef,
      limit: { min: 1n, max: undefined, shared: false, is64: false },
    });
    expect(memoryType({ min: 1, max: 2, shared: true }).pageSizeLog2).toBe(16);
    expect(limit({ min: 0, max: 2n ** 64n - 1n, is64: true })).toEqual({
      min: 0n,
      max: 2n ** 64n - 1n,
      shared: false,
      is64: true,
    });
  });

  it.each([{ min: -1 }, { min: 1.5 }, { min: 2, max: 1 }, { min: 0, max: 2n ** 64n }, { min: Number.NaN }])(
    "refuse the size range %o",
    (options) => {
      expect(() => limit(options)).toThrow(fails(ErrCode.InvalidLimit));
    },
  );

  it("are bounded by the specification", () => {
    expect(() => memoryType({ min: 65537 })).toThrow(fails(ErrCode.InvalidMemPages));
    expect(() => memoryType({ min: 0, max: 65537 })).toThrow(fails(ErrCode.InvalidMemPages));
    expect(memoryType({ min: 65537, is64: true }).limit.min).toBe(65537n);
    expect(() => memoryType({ min: 0, max: 2n ** 48n + 1n, is64: true })).toThrow(fails(ErrCode.InvalidMemPages));
    expect(() => tableType("funcref", { min: 0, max: 2 ** 32 })).toThrow(fails(ErrCode.InvalidTableSize64));
    expect(() => memoryType({ min: 1, shared: true })).toThrow(CreateSharedType);
  });
});
