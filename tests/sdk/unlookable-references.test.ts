import { describe, expect, it } from "vitest";
import { WasmValue } from "../../src/common/wasm-value.ts";
import { typedText } from "../../src/debugger/text.ts";
import { ConfigBuilder } from "../../src/sdk/config-builder.ts";
import { Func } from "../../src/sdk/func.ts";
import { Global } from "../../src/sdk/global.ts";
import { hostFunc, ImportObjectBuilder } from "../../src/sdk/import-object.ts";
import { Module } from "../../src/sdk/module.ts";
import { Table } from "../../src/sdk/table.ts";
import { params } from "../../src/sdk/vm.ts";
import { VmBuilder } from "../../src/sdk/vm-builder.ts";
import { takeSnapshot } from "../../src/snapshot/take-snapshot.ts";
import { Engine, failureOf } from "../support/engine.ts";

/** Any value of JavaScript may be an externref, also one that throws whenever it is looked at. */

const refuse = (): never => {
  throw new Error("not to be looked at");
};

const kinds: readonly [string, () => object][] = [
  [
    "a revoked proxy",
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  ],
  [
    "a revoked proxy of a function",
    () => {
      const { proxy, revoke } = Proxy.revocable(refuse, {});
      revoke();
      return proxy;
    },
  ],
  ["a proxy whose handler fails", () => new Proxy({}, { get: refuse, getPrototypeOf: refuse, has: refuse })],
];

const source = `(module
  (import "env" "same" (func $same (param externref) (result externref)))
  (import "env" "one" (func $one (result externref)))
  (func (export "through") (param externref) (result externref) (call $same (local.get 0)))
  (func (export "given") (result externref) (call $one))
  (func (export "is") (param externref) (result i32 i32 i32 i32)
    (ref.test (ref i31) (any.convert_extern (local.get 0)))
    (ref.test (ref struct) (any.convert_extern (local.get 0)))
    (ref.test (ref eq) (any.convert_extern (local.get 0)))
    (ref.test (ref any) (any.convert_extern (local.get 0))))
  (func (export "cast") (param externref) (result (ref eq)) (ref.cast (ref eq) (any.convert_extern (local.get 0)))))`;

describe.each(kinds)("%s as an externref", (_name, make) => {
  const reference = make();
  const same = (value: unknown): boolean => value === reference;

  it("goes into functions of the SDK and comes out of them", async () => {
    const { bytes } = new Engine().parse(source);
    const vm = new VmBuilder().build();
    const env = new ImportObjectBuilder("env")
      .withFunc("same", ["externref"], ["externref"], (_caller, value) => value)
      .withFunc("one", [], ["externref"], () => reference)
      .build();
    vm.registerImportModule(env);
    vm.registerModule(null, Module.fromBytes(new ConfigBuilder().build(), bytes));
    expect(same(vm.runFunc(null, "through", params(reference))[0])).toBe(true);
    expect(same(vm.runFunc(null, "given")[0])).toBe(true);
    expect(same((await vm.runFuncAsync(null, "through", params(reference)))[0])).toBe(true);
    expect(same((await vm.runFuncAsync(null, "given"))[0])).toBe(true);
    const func = hostFunc(["externref"], ["externref"], (_caller, value) => value);
    expect(func).toBeInstanceOf(Func);
    expect(same(func.run(vm.executor, [reference])[0])).toBe(true);
    expect(same(func.run(vm.executor, [WasmValue.externRef(reference)])[0])).toBe(true);
  });

  it("is kept by tables and globals, and is none of what other types want", () => {
    const table = Table.create("externref", { min: 1 }, reference);
    expect(same(table.get(0))).toBe(true);
    const global = Global.create("externref", "var", null);
    global.setValue(reference);
    expect(same(global.getValue())).toBe(true);
    expect(failureOf(() => Table.create("funcref", { min: 1 }, null).set(0, reference as never)).codeName).toBe(
      "RefTypeMismatch",
    );
    const func = hostFunc(["i32"], [], () => undefined);
    expect(failureOf(() => func.run(new Engine().executor, [reference])).codeName).toBe("FuncSigMismatch");
  });

  it("is tested and cast by wasm like any object of the host's", () => {
    const engine = new Engine();
    const env = new ImportObjectBuilder("env")
      .withFunc("same", ["externref"], ["externref"], (_caller, value) => value)
      .withFunc("one", [], ["externref"], () => reference)
      .build();
    engine.store.registerModule(env.inner);
    const instance = engine.instantiate(source);
    expect(engine.call(instance, "is", reference)).toEqual([0, 0, 0, 1]);
    expect(failureOf(() => engine.call(instance, "cast", reference)).codeName).toBe("CastFailed");
    expect(typedText(WasmValue.externRef(reference))).toMatch(/^externref host (object|function)$/);
  });

  it("is refused by a snapshot with where it stands", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (table (export "t") 1 externref))`, "holder");
    instance.findTableExports("t")?.setRef(0, reference);
    const refused = failureOf(() => takeSnapshot({ executor: engine.executor, store: engine.store }));
    expect(refused.codeName).toBe("NotInSnapshot");
    expect(refused.message).not.toBe("");
  });
});
