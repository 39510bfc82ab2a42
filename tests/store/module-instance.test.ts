import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import { GlobalInstance } from "../../src/store/global-instance.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { MemoryInstance } from "../../src/store/memory-instance.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { TableInstance } from "../../src/store/table-instance.ts";
import { Engine, exported, failureOf } from "../support/engine.ts";

const limit = { min: 1n, max: undefined, shared: false, is64: false };
const nothing = new HostFunction({ params: [], results: [] }, () => {});

function additions(module: ModuleInstance): (() => unknown)[] {
  return [
    () => module.addHostFunction("f", nothing),
    () => module.addPromisedHostFunctions(["p"], () => nothing),
    () => module.addHostTable("t", new TableInstance({ elementType: ValType.FuncRef, limit })),
    () => module.addHostMemory("m", new MemoryInstance({ limit, pageSizeLog2: 16 })),
    () => module.addHostGlobal("g", new GlobalInstance({ valType: ValType.I32, mutable: true }, 1)),
  ];
}

describe("a host module", () => {
  it("exports what was added to it, of several kinds under one name", () => {
    const module = new ModuleInstance("host");
    const global = new GlobalInstance({ valType: ValType.I32, mutable: false }, 1);
    const func = module.addHostFunction("x", nothing);
    module.addHostGlobal("x", global);
    expect(module.findFuncExports("x")).toBe(func);
    expect(module.findGlobalExports("x")).toBe(global);
    expect(module.findTableExports("x")).toBeNull();
    expect(module.findMemoryExports("x")).toBeNull();
    expect(module.findTagExports("x")).toBeNull();
    expect(module.exportKinds("x")).toEqual(["function", "global"]);
    expect(func.module).toBe(module);
    expect(func.isHostFunction()).toBe(true);
  });

  it("exports the last that was added under a name; the first keeps its place", () => {
    const module = new ModuleInstance("host");
    const first = module.addHostFunction("f", nothing);
    const second = module.addHostFunction("f", new HostFunction({ params: [], results: [] }, () => {}));
    expect(module.findFuncExports("f")).toBe(second);
    expect(module.getFunction(0)).toBe(first);
    expect(module.getFunction(1)).toBe(second);
    expect(module.functionCount).toBe(2);
  });

  it("makes functions that were promised when they are first asked for", () => {
    const module = new ModuleInstance("host");
    const made: string[] = [];
    const promise = (...names: string[]): void =>
      module.addPromisedHostFunctions(names, (place) => {
        made.push(names[place]);
        return nothing;
      });
    promise("e", "f");
    module.addHostFunction("g", nothing);
    promise("h");
    expect(module.functionCount).toBe(4);
    expect(module.exportNames("function")).toEqual(["e", "f", "g", "h"]);
    module.finalize();
    expect(made).toEqual([]);
    const func = module.findFuncExports("f");
    expect([func?.hostFunction, func?.module, func?.index]).toEqual([nothing, module, 1]);
    expect(module.getFunction(1)).toBe(func);
    expect(module.findFuncExports("h")?.index).toBe(3);
    expect(module.getFunction(0).index).toBe(0);
    expect(made).toEqual(["f", "h", "e"]);
  });

  it("knows the first name of a function in the order of bytes, of those that are added later too", () => {
    const module = new ModuleInstance("m");
    module.addHostFunction("c", new HostFunction({ params: [], results: [] }, () => undefined));
    expect(module.exportNameOfFunction(0)).toBe("c");
    module.addExport("function", "d", 0);
    expect(module.exportNameOfFunction(0)).toBe("c");
    module.addExport("function", "Z", 0);
    expect(module.exportNameOfFunction(0)).toBe("Z");
    module.addHostFunction("Z", new HostFunction({ params: [], results: [] }, () => undefined));
    expect([module.exportNameOfFunction(0), module.exportNameOfFunction(1)]).toEqual(["c", "Z"]);
  });

  it("lists its exports in the order of their bytes", () => {
    const module = new ModuleInstance("host");
    for (const name of ["b", "Z", "é", "a"]) module.addHostFunction(name, nothing);
    expect(module.exportNames("function")).toEqual(["Z", "a", "b", "é"]);
    expect(module.exportNames("memory")).toEqual([]);
  });

  it("says which index it has no function at", () => {
    const module = new ModuleInstance("host");
    module.addHostFunction("f", nothing);
    const error = failureOf(() => module.getFunction(1));
    expect(error.lines()).toEqual([
      "execution failed: wrong instance index, Code: 0x401",
      "    When checking function index: 1 , Out of boundary: 0",
    ]);
  });

  it("takes additions while it is registered and linked, and none once a function of it was called", () => {
    const engine = new Engine();
    const module = new ModuleInstance("host");
    engine.store.registerModule(module);
    module.addHostFunction("f", nothing);
    const user = engine.instantiate(
      `(module (import "host" "f" (func $f)) (func (export "unused")) (func (export "f") (call $f)))`,
    );
    engine.call(user, "unused");
    for (const add of additions(module)) add();
    engine.call(user, "f");
    for (const add of additions(module)) expect(failureOf(add).code).toBe(ErrCode.WrongVMWorkflow);
  });

  it("is sealed too by the embedder's own call, and by one that fails", () => {
    const engine = new Engine();
    const module = new ModuleInstance("host");
    const func = module.addHostFunction(
      "fail",
      new HostFunction({ params: [], results: [] }, () => {
        throw new Error();
      }),
    );
    failureOf(() => engine.executor.invoke(func));
    for (const add of additions(module)) expect(failureOf(add).code).toBe(ErrCode.WrongVMWorkflow);
  });

  it("has what the embedder wants kept with it", () => {
    const data = { some: "state" };
    expect(new ModuleInstance("host", data).hostData).toBe(data);
  });
});

describe("a wasm module's instance", () => {
  it("is sealed from the start", () => {
    const instance = new Engine().instantiate("(module)");
    for (const add of additions(instance)) {
      expect(failureOf(add).lines()).toEqual(["wasmedge runtime failed: wrong VM workflow, Code: 0x004"]);
    }
  });

  it("has one instance for each function, however it is come by", () => {
    const instance = new Engine().instantiate(
      `(module (func $f (export "a") (export "b")) (table (export "t") funcref (elem $f)))`,
    );
    const func = exported(instance, "a");
    expect(exported(instance, "b")).toBe(func);
    expect(instance.getFunction(0)).toBe(func);
    expect(instance.findTableExports("t")?.getRef(0)).toBe(func);
    expect(func.isWasmFunction()).toBe(true);
    expect(instance.exportNameOfFunction(0)).toBe("a");
    expect(instance.exportNameOfFunction(1)).toBeUndefined();
  });

  it("re-exports what it imports as the very same instances", () => {
    const engine = new Engine();
    const provider = engine.instantiate(
      `(module (func (export "f")) (table (export "t") 1 funcref) (memory (export "m") 1)
        (global (export "g") (mut i32) (i32.const 1)) (tag (export "e")))`,
      "p",
    );
    const user = engine.instantiate(`(module (import "p" "f" (func $f)) (import "p" "t" (table 1 funcref))
      (import "p" "m" (memory 1)) (import "p" "g" (global (mut i32))) (import "p" "e" (tag))
      (export "f2" (func $f)) (export "t2" (table 0)) (export "m2" (memory 0)) (export "g2" (global 0)) (export "e2" (tag 0)))`);
    expect(user.findFuncExports("f2")).toBe(provider.findFuncExports("f"));
    expect(user.findTableExports("t2")).toBe(provider.findTableExports("t"));
    expect(user.findMemoryExports("m2")).toBe(provider.findMemoryExports("m"));
    expect(user.findGlobalExports("g2")).toBe(provider.findGlobalExports("g"));
    expect(user.findTagExports("e2")).toBe(provider.findTagExports("e"));
  });
});
