import { describe, expect, it } from "vitest";
import { Proposal } from "../../src/common/proposal.ts";
import { ValType } from "../../src/common/value-type.ts";
import { Configure } from "../../src/config/configure.ts";
import { Debugger } from "../../src/debugger/debugger.ts";
import { Profiler } from "../../src/debugger/profiler.ts";
import { Func } from "../../src/sdk/func.ts";
import { Global } from "../../src/sdk/global.ts";
import { hostFunc, hostFuncByType, ImportObjectBuilder } from "../../src/sdk/import-object.ts";
import { Instance } from "../../src/sdk/instance.ts";
import { Memory } from "../../src/sdk/memory.ts";
import { Module } from "../../src/sdk/module.ts";
import { Table } from "../../src/sdk/table.ts";
import { functionType, globalType, limit, valType } from "../../src/sdk/value-types.ts";
import { VmBuilder } from "../../src/sdk/vm-builder.ts";
import { restoreSnapshot } from "../../src/snapshot/restore-snapshot.ts";
import { takeSnapshot } from "../../src/snapshot/take-snapshot.ts";
import { StoreManager } from "../../src/store/store-manager.ts";
import { Validator } from "../../src/validator/validator.ts";
import { Engine, failureOf } from "../support/engine.ts";

/** What programs in JavaScript hand over that is not what TypeScript asks for. */

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const junk = {
  undefined,
  null: null,
  boolean: true,
  negative: -1,
  nan: Number.NaN,
  huge: 1e300,
  bigint: -1n,
  text: "x",
  symbol: Symbol("s"),
  object: {},
  list: [],
  function: () => 0,
  revoked: revokedProxy(),
} as const;

type Kind = keyof typeof junk;

/** A Vm with a module of one memory, one table and a function, and what is asked of it. */
function started() {
  const { bytes } = new Engine().parse(`(module (memory (export "m") 1 2) (table (export "t") 2 externref)
    (func (export "f") (param i32) (result i32) (local.get 0)))`);
  const vm = new VmBuilder().build();
  vm.registerModule("main", Module.fromBytes(null, bytes));
  return { vm };
}

/** Hands all of them over. @param taken those that it takes, or fails for in another way */
function expectRefused(code: string, act: (value: never) => unknown, ...taken: readonly Kind[]): void {
  for (const [kind, value] of Object.entries(junk)) {
    if (taken.includes(kind as Kind)) continue;
    const error = failureOf(() => act(value as never));
    expect([kind, error.codeName]).toEqual([kind, code]);
    expect(error.message.length).toBeGreaterThan(0);
  }
}

describe("what is no argument of the kind", () => {
  it("is refused by a Vm, which goes on", async () => {
    const { vm } = started();
    const main = vm.namedModule("main").func("f");
    expectRefused("RuntimeError", (value) => vm.registerModule("other", value));
    expectRefused("RuntimeError", (value) => vm.registerImportModule(value));
    expectRefused("RuntimeError", (value) => vm.runFuncFromModule(value, "f"));
    expectRefused("RuntimeError", (value) => vm.runFunc("main", "f", value), "undefined", "list");
    expectRefused("RuntimeError", (value) => vm.runFuncWithTimeout("main", "f", [7], value), "negative", "huge");
    expectRefused("RuntimeError", (value) => main.run(value, [7]), "revoked");
    expectRefused("RuntimeError", (value) => main.run(vm.executor, value), "undefined", "list");
    expectRefused("RuntimeError", (value) => vm.snapshot(value), "undefined", "revoked");
    expectRefused("RuntimeError", (value) => takeSnapshot({ executor: vm.executor, store: value }));
    expectRefused("MalformedSnapshot", (value) => vm.restore(value));
    expectRefused("FuncNotFound", (value) => vm.runFunc("main", value));
    expectRefused("WrongInstanceAddress", (value) => vm.runFunc(value, "f"), "null");
    for (const value of Object.values(junk)) {
      await expect(vm.registerModuleAsync("other", value as never)).rejects.toMatchObject({ codeName: "RuntimeError" });
    }
    expect(vm.runFunc("main", "f", [7])).toEqual([7]);
    expect(vm.runFuncWithTimeout("main", "f", [7], 1e300)).toEqual([7]);
    expect(vm.instanceNames).toEqual(["main"]);
  });

  it("is refused by memories, tables and globals with nothing changed", () => {
    const memory = Memory.create({ min: 1, max: 2 });
    expectRefused("ExpectSharedMemory", (value) => Memory.fromShared(value));
    expectRefused("RuntimeError", (value) => Memory.create(value), "object", "list", "revoked");
    expectRefused("InvalidLimit", (value) => Memory.create({ min: value }));
    expectRefused("MemoryOutOfBounds", (value) => memory.read(value, 1));
    expectRefused("MemoryOutOfBounds", (value) => memory.grow(value));
    expectRefused("RuntimeError", (value) => memory.write(value, 0));
    expectRefused("RuntimeError", (value) => memory.writeString(value, 0), "text");
    const transferred = new Uint8Array(8);
    structuredClone(transferred.buffer, { transfer: [transferred.buffer] });
    memory.write(transferred, 0);
    expect(memory.size).toBe(1);
    expect(memory.bytes.every((byte) => byte === 0)).toBe(true);
    const table = Table.create("externref", { min: 2 });
    expectRefused("TableOutOfBounds", (value) => table.get(value));
    expectRefused("TableOutOfBounds", (value) => table.set(value, null));
    expectRefused("TableOutOfBounds", (value) => table.grow(value));
    expectRefused("MalformedValType", (value) => Table.create(value, { min: 1 }), "nan", "huge", "negative");
    expect(table.size).toBe(2);
    expectRefused("MalformedValType", (value) => Global.create(value, "var", 1), "nan", "huge", "negative");
    expectRefused("InvalidMut", (value) => Global.create("i32", value, 1));
    const global = Global.create("i32", "var", 7);
    expectRefused("SetValueErrorType", (value) => global.setValue(value), "negative");
    expect(global.getValue()).toBe(7);
  });

  it("is refused where types and host modules are made, rather than at the first call", () => {
    expectRefused("MalformedValType", (value) => valType(value), "nan", "huge", "negative");
    expect(valType(ValType.FuncRef)).toBe(ValType.FuncRef);
    expectRefused("RuntimeError", (value) => functionType(value, []), "list");
    expectRefused("InvalidMut", (value) => globalType("i32", value));
    expectRefused("RuntimeError", (value) => limit(value), "object", "list", "revoked");
    expectRefused("RuntimeError", (value) => hostFunc([], [], value), "function");
    expectRefused("RuntimeError", (value) => hostFunc([], [], () => undefined, value), "undefined");
    expectRefused("RuntimeError", (value) => hostFuncByType(value, () => []), "revoked");
    expectRefused("RuntimeError", (value) => new ImportObjectBuilder(value), "text");
    const builder = new ImportObjectBuilder("env");
    expectRefused("RuntimeError", (value) => builder.withFunc(value, [], [], () => undefined), "text");
    expectRefused("RuntimeError", (value) => builder.withMemory("m", value));
    expectRefused("RuntimeError", (value) => builder.withTable("t", value));
    expectRefused("RuntimeError", (value) => builder.withGlobal("g", value));
    expectRefused("RuntimeError", (value) => builder.withTag("t", value));
    expectRefused("RuntimeError", (value) => Func.of(value));
    expectRefused("RuntimeError", (value) => Instance.of(value));
    expect(builder.build().inner.exportNames("memory")).toEqual([]);
  });

  it("is refused by the classes of the core", () => {
    const engine = new Engine();
    const { executor, store } = engine;
    const module = engine.parse(`(module (func (export "f") (param i32) (result i32) (local.get 0)))`);
    const instance = engine.instantiate(module);
    const func = instance.findFuncExports("f");
    expectRefused("RuntimeError", (value) => executor.invoke(value, [1]), "null");
    expect(failureOf(() => executor.invoke(null, [1])).codeName).toBe("FuncNotFound");
    expectRefused("RuntimeError", (value) => executor.invoke(func, value), "undefined", "list");
    expectRefused("RuntimeError", (value) => executor.invoke(func, [1], { deadline: value }), "undefined", "bigint");
    expectRefused("RuntimeError", (value) => executor.registerModule(value, module, "m"));
    expectRefused("RuntimeError", (value) => executor.registerModule(store, module, value), "undefined", "text");
    expectRefused("RuntimeError", (value) => new Validator().validate(value), "revoked");
    expectRefused("RuntimeError", (value) => engine.parse(value), "text");
    expectRefused("RuntimeError", (value) => new Configure().addProposal(value));
    expectRefused("RuntimeError", (value) => new Configure().removeProposal(value));
    expectRefused("RuntimeError", (value) => new Configure().setWASMStandard(value));
    expectRefused("RuntimeError", (value) => new Debugger(value));
    expectRefused("RuntimeError", (value) => new Profiler(value));
    expectRefused("MalformedSnapshot", (value) => restoreSnapshot(value, { executor, store: new StoreManager() }));
    expectRefused("RuntimeError", (value) => restoreSnapshot(new Uint8Array(9), { executor: value, store }));
    expect(executor.invoke(func, [7])).toEqual([7]);
    expect(new Configure().addProposal(Proposal.Threads).hasProposal(Proposal.Threads)).toBe(true);
  });
});
