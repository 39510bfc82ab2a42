import { beforeEach, describe, expect, it } from "vitest";
import { compile } from "watr";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { ValType } from "../../src/common/value-type.ts";
import { WasmValue } from "../../src/common/wasm-value.ts";
import { Executor, isTerminated } from "../../src/executor/executor.ts";
import { Loader } from "../../src/loader/loader.ts";
import { Module } from "../../src/sdk/module.ts";
import { functionType } from "../../src/sdk/value-types.ts";
import type { CallingFrame } from "../../src/store/calling-frame.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { StoreManager } from "../../src/store/store-manager.ts";
import { Validator } from "../../src/validator/validator.ts";
import { apiModule, externModule, USER_CODE } from "./support.ts";

/** WasmEdge's `APIUnitTest` over our classes, from loader to store: reference, chapter 13.6. */

// The expectations of WasmEdge's APIUnitTest, in the terms of these classes.

const fails = (code: number) => expect.objectContaining({ code });

function validated(bytes: Uint8Array = apiModule) {
  const module = new Loader().parseModule(bytes);
  new Validator().validate(module);
  return module;
}

describe("the loader", () => {
  const { readFile } = host;

  it("needs a path that can be read", () => {
    for (const path of ["", "no/such/file.wasm", "."]) {
      expect(() => new Loader().parseModule(path)).toThrow(fails(ErrCode.IllegalPath));
    }
    installHost({
      readFile: () => {
        throw new Error("ENOENT");
      },
    });
    expect(() => new Loader().parseModule("x.wasm")).toThrow(fails(ErrCode.IllegalPath));
    installHost({ readFile: () => apiModule });
    expect(new Loader().parseModule("x.wasm").exports).toHaveLength(18);
    installHost({ readFile });
  });

  it("needs bytes that are a module", () => {
    expect(() => new Loader().parseModule(new Uint8Array(0))).toThrow(fails(ErrCode.UnexpectedEnd));
    expect(() => new Loader().parseModule(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))).toThrow(
      fails(ErrCode.MalformedMagic),
    );
  });

  it("takes what WasmEdge compiled into a module as the module that it is", () => {
    const artifact = [0, 15, 8, ...new TextEncoder().encode("wasmedge"), 1, 2, 3, 4, 5, 6];
    const module = new Loader().parseModule(Uint8Array.from([...apiModule, ...artifact]));
    expect(module.exports).toHaveLength(18);
  });
});

describe("the imports and exports of a module", () => {
  const module = Module.fromBytes(null, apiModule);

  it("are listed in the order of the module", () => {
    expect(module.imports().map(({ moduleName, name, type }) => `${moduleName} ${name} ${type.kind}`)).toEqual([
      "extern func-add function",
      "extern func-sub function",
      "extern func-mul function",
      "extern func-div function",
      "extern func-term function",
      "extern func-fail function",
      "extern glob-i32 global",
      "extern tab-func table",
      "extern mem memory",
    ]);
    expect(module.exports()[0]?.name).toBe("glob-mut-i32");
    expect(module.exports()).toHaveLength(18);
  });

  it("have types", () => {
    expect(module.imports()[0]?.type).toEqual({
      kind: "function",
      params: [ValType.ExternRef, ValType.I32],
      results: [ValType.I32],
    });
    expect(module.imports()[6]?.type).toEqual({ kind: "global", valType: ValType.I32, mutable: false });
    expect(module.imports()[7]?.type).toMatchObject({ elementType: ValType.FuncRef, limit: { min: 5n, max: 20n } });
    expect(module.imports()[8]?.type).toMatchObject({ limit: { min: 1n, max: 3n } });
    expect(module.getExport("func-mul-2")).toEqual({
      kind: "function",
      params: [ValType.I32, ValType.I32],
      results: [ValType.I32, ValType.I32],
    });
    expect(module.getExport("glob-const-f32")).toEqual({ kind: "global", valType: ValType.F32, mutable: false });
  });
});

describe("the executor", () => {
  let executor: Executor;
  let store: StoreManager;
  beforeEach(() => {
    executor = new Executor();
    store = new StoreManager();
    executor.registerModule(store, externModule());
  });

  it("instantiates validated modules only", () => {
    const unvalidated = new Loader().parseModule(apiModule);
    expect(() => executor.instantiateModule(store, unvalidated)).toThrow(fails(ErrCode.NotValidated));
    expect(() => executor.registerModule(store, unvalidated, "m")).toThrow(fails(ErrCode.NotValidated));
    expect(store.getModuleList()).toEqual(["extern"]);
    expect(executor.instantiateModule(store, validated()).name).toBe("");
  });

  it("needs what the module imports, of its types", () => {
    expect(() => executor.instantiateModule(new StoreManager(), validated())).toThrow(fails(ErrCode.UnknownImport));
    const other = new StoreManager();
    executor.registerModule(other, new ModuleInstance("extern"));
    expect(() => executor.instantiateModule(other, validated())).toThrow(fails(ErrCode.UnknownImport));
    const wrong = new StoreManager();
    const module = new ModuleInstance("extern");
    module.addHostFunction("func-add", new HostFunction(functionType([], []), () => {}));
    executor.registerModule(wrong, module);
    expect(() => executor.instantiateModule(wrong, validated())).toThrow(fails(ErrCode.IncompatibleImportType));
  });

  it("registers names and aliases once", () => {
    const instance = executor.registerModule(store, validated(), "module");
    expect(instance.name).toBe("module");
    expect(() => executor.registerModule(store, validated(), "module")).toThrow(fails(ErrCode.ModuleNameConflict));
    expect(() => executor.registerModule(store, externModule())).toThrow(fails(ErrCode.ModuleNameConflict));
    expect(executor.registerModule(store, instance, "alias")).toBe(instance);
    expect(() => executor.registerModule(store, instance, "alias")).toThrow(fails(ErrCode.ModuleNameConflict));
    expect(store.findModule("alias")).toBe(instance);
    expect(store.getModuleList()).toEqual(["alias", "extern", "module"]);
  });

  it("lists the exports of an instance by name", () => {
    const instance = executor.instantiateModule(store, validated());
    expect(instance.exportNames("function")).toEqual([
      "func-1",
      "func-2",
      "func-3",
      "func-4",
      "func-add",
      "func-call-indirect",
      "func-fail",
      "func-host-add",
      "func-host-div",
      "func-host-mul",
      "func-host-sub",
      "func-mul-2",
      "func-term",
    ]);
    expect(instance.exportNames("table")).toEqual(["tab-ext", "tab-func"]);
    expect(instance.exportNames("memory")).toEqual(["mem"]);
    expect(instance.exportNames("global")).toEqual(["glob-const-f32", "glob-mut-i32"]);
    expect(instance.exportNames("tag")).toEqual([]);
    expect(instance.findFuncExports("tab-func")).toBeNull();
    expect(instance.findTableExports("tab-func")?.size).toBe(10);
  });

  it("calls functions with the values of their types", () => {
    const instance = executor.instantiateModule(store, validated());
    const func = instance.findFuncExports("func-mul-2");
    expect(executor.invoke(func, [123, 456])).toEqual([246, 912]);
    expect(executor.invokeTyped(func, [WasmValue.i32(123), 456])).toEqual([WasmValue.i32(246), WasmValue.i32(912)]);
    for (const params of [[123], [123, 456, 789], [], [123n, 456], [WasmValue.f32(1), 2], ["123", 456], [1.5, 2]]) {
      expect(() => executor.invoke(func, params)).toThrow(fails(ErrCode.FuncSigMismatch));
    }
    expect(() => executor.invoke(null)).toThrow(fails(ErrCode.FuncNotFound));
  });

  it("calls indirectly", () => {
    const instance = executor.instantiateModule(store, validated());
    const func = instance.findFuncExports("func-call-indirect");
    expect([2, 3, 4, 5].map((i) => executor.invoke(func, [i])[0])).toEqual([1, 2, 3, 4]);
    expect(() => executor.invoke(func, [0])).toThrow(fails(ErrCode.UninitializedElement));
    expect(() => executor.invoke(func, [6])).toThrow(fails(ErrCode.IndirectCallTypeMismatch));
    expect(() => executor.invoke(func, [10])).toThrow(fails(ErrCode.UndefinedElement));
    expect(() => executor.invoke(func, [-1])).toThrow(fails(ErrCode.UndefinedElement));
  });

  it("passes host values through to host functions", () => {
    const instance = executor.instantiateModule(store, validated());
    const call = (name: string, value: number, other: number) =>
      executor.invoke(instance.findFuncExports(name), [{ value }, other]);
    expect(call("func-host-add", 777, 223)).toEqual([1000]);
    expect(call("func-host-sub", 123, 456)).toEqual([-333]);
    expect(call("func-host-mul", -30, -66)).toEqual([1980]);
    expect(call("func-host-div", -9999, 1234)).toEqual([-8]);
  });

  it("ends a run as a host function asks: well, or with the host's own code", () => {
    const instance = executor.instantiateModule(store, validated());
    let terminated: unknown;
    try {
      executor.invoke(instance.findFuncExports("func-term"));
    } catch (error) {
      terminated = error;
    }
    expect(isTerminated(terminated)).toBe(true);
    expect(() => executor.invoke(instance.findFuncExports("func-fail"))).toThrow(
      expect.objectContaining({ code: USER_CODE, phase: "user defined", codeName: "UserDefError" }),
    );
    expect(executor.invoke(instance.findFuncExports("func-1"))).toEqual([1]);
  });

  it("calls functions in slices", async () => {
    const instance = executor.instantiateModule(store, validated());
    expect(await executor.asyncInvoke(instance.findFuncExports("func-mul-2"), [1, 2])).toEqual([2, 4]);
    await expect(executor.asyncInvoke(null).get()).rejects.toThrow(fails(ErrCode.FuncNotFound));
    await expect(executor.asyncInvoke(instance.findFuncExports("func-add"), [1]).get()).rejects.toThrow(
      fails(ErrCode.FuncSigMismatch),
    );
    await expect(executor.asyncInvoke(instance.findFuncExports("func-fail")).get()).rejects.toThrow(fails(USER_CODE));
  });
});

describe("a host module", () => {
  it("can be extended until one of its functions was called", () => {
    const executor = new Executor();
    const store = new StoreManager();
    const module = new ModuleInstance("host");
    const func = new HostFunction(functionType([], ["i32"]), () => 1);
    module.addHostFunction("a", func);
    executor.registerModule(store, module);
    module.addHostFunction("b", func);
    expect(executor.invoke(module.findFuncExports("b"))).toEqual([1]);
    expect(() => module.addHostFunction("c", func)).toThrow(fails(ErrCode.WrongVMWorkflow));
    expect(module.exportNames("function")).toEqual(["a", "b"]);
  });

  it("takes nothing more once it is a wasm module's instance", () => {
    const store = new StoreManager();
    const executor = new Executor();
    executor.registerModule(store, externModule());
    const instance = executor.instantiateModule(store, validated());
    const func = new HostFunction(functionType([], []), () => {});
    expect(() => instance.addHostFunction("new", func)).toThrow(fails(ErrCode.WrongVMWorkflow));
  });

  it("keeps the host's data", () => {
    const data = { any: "thing" };
    expect(new ModuleInstance("host", data).hostData).toBe(data);
  });

  it("is what a frame names where the embedder calls, and the caller where a module does", () => {
    const frames: CallingFrame[] = [];
    const executor = new Executor();
    const store = new StoreManager();
    const module = new ModuleInstance("extern");
    module.addHostFunction(
      "f",
      new HostFunction(functionType([], []), (frame) => {
        frames.push(frame);
      }),
    );
    executor.registerModule(store, module);
    executor.invoke(module.findFuncExports("f"));
    const caller = compile(`(module (import "extern" "f" (func $f)) (memory 1) (func (export "g") (call $f)))`);
    const instance = executor.instantiateModule(store, validated(caller));
    executor.invoke(instance.findFuncExports("g"));
    expect(frames.map((frame) => frame.module)).toEqual([module, instance]);
    expect(frames[0]?.executor).toBe(executor);
    expect(frames[0]?.getMemoryByIndex(0)).toBeNull();
    expect(frames[1]?.getMemoryByIndex(0)).toBe(instance.memories[0]);
    expect(frames[1]?.getMemoryByIndex(1)).toBeNull();
  });

  it("is surrounded by the executor's hooks", () => {
    const calls: string[] = [];
    const executor = new Executor();
    const module = new ModuleInstance("host");
    module.addHostFunction(
      "f",
      new HostFunction(functionType([], []), () => {
        calls.push("f");
      }),
    );
    executor.registerPreHostFunction(() => calls.push("before"));
    executor.registerPostHostFunction(() => calls.push("after"));
    executor.invoke(module.findFuncExports("f"));
    expect(calls).toEqual(["before", "f", "after"]);
  });
});

describe("providers that are deleted", () => {
  const hostProvider = (value: number) => {
    const module = new ModuleInstance("p");
    module.addHostFunction(
      "f",
      new HostFunction(functionType(["i32"], ["i32"]), (_frame, [a]) => (a as number) + value),
    );
    return module;
  };
  const consumer = compile(`(module
    (import "p" "f" (func $f (param i32) (result i32)))
    (func (export "g") (result i32) (call $f (i32.const 20))))`);

  it("serve whom they are linked to, and a new one only later consumers", () => {
    const executor = new Executor();
    const store = new StoreManager();
    executor.registerModule(store, hostProvider(10));
    const first = executor.instantiateModule(store, validated(consumer));
    store.unregisterModule("p");
    expect(store.findModule("p")).toBeNull();
    expect(store.moduleListSize).toBe(0);
    expect(() => store.unregisterModule("p")).toThrow(fails(ErrCode.UnknownImport));
    expect(executor.invoke(first.findFuncExports("g"))).toEqual([30]);
    executor.registerModule(store, hostProvider(110));
    const second = executor.instantiateModule(store, validated(consumer));
    store.reset();
    expect(executor.invoke(first.findFuncExports("g"))).toEqual([30]);
    expect(executor.invoke(second.findFuncExports("g"))).toEqual([130]);
  });
});
