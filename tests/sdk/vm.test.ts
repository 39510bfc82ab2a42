import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compile } from "watr";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { setLogCallback } from "../../src/common/log.ts";
import { ValType } from "../../src/common/value-type.ts";
import { WasmValue } from "../../src/common/wasm-value.ts";
import { Configure } from "../../src/config/configure.ts";
import { Executor } from "../../src/executor/executor.ts";
import { Statistics } from "../../src/executor/statistics.ts";
import { Plugin } from "../../src/plugin/plugin.ts";
import { PLUGIN_API_VERSION } from "../../src/plugin/plugin-descriptor.ts";
import { ConfigBuilder } from "../../src/sdk/config-builder.ts";
import { HostRegistrationConfigOptions, StatisticsConfigOptions } from "../../src/sdk/config-options.ts";
import {
  CreatePluginModule,
  DuplicateImportModule,
  ExecuteTimeout,
  NotFoundActiveModule,
  NotFoundFunc,
  NotFoundMappedFdHandler,
  NotFoundModule,
  NotFoundModuleInStore,
  NotFoundPlugin,
  NotFoundWasiModule,
  SdkError,
  VmError,
} from "../../src/sdk/errors.ts";
import { Func } from "../../src/sdk/func.ts";
import { hostFunc, ImportObjectBuilder } from "../../src/sdk/import-object.ts";
import { Module } from "../../src/sdk/module.ts";
import { Store } from "../../src/sdk/store.ts";
import { params } from "../../src/sdk/vm.ts";
import { VmBuilder } from "../../src/sdk/vm-builder.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { inputFromBytes, OutputBuffer } from "../../src/wasi/streams.ts";

const adder = compile(`(module
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "wide") (param i64) (result i64) (i64.mul (local.get 0) (i64.const 3)))
  (func (export "nan") (result f32) (f32.reinterpret_i32 (i32.const 0x7fa00001))))`);
const trapping = compile(`(module (func (export "f") unreachable))`);
const endless = compile(`(module (func (export "f") (loop $l (br $l))))`);
const exiting = compile(`(module
  (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
  (func (export "_start") (call 0 (i32.const 3)))
  (func (export "f") (result i32 i64 f64 externref) (call 0 (i32.const 4)) unreachable))`);

const wasi = new ConfigBuilder().withHostRegistrationConfig(new HostRegistrationConfigOptions().wasi(true)).build();

function absent(path: string): never {
  throw new Error(`no such file: ${path}`);
}

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

describe("the modules of a Vm", () => {
  const { readFile } = host;
  beforeEach(() => installHost({ readFile: (path) => (path === "adder.wasm" ? adder : absent(path)) }));
  afterEach(() => installHost({ readFile }));

  it("come from files, bytes and modules, and registering chains", () => {
    const vm = new VmBuilder().build();
    const same = vm
      .registerModuleFromFile("file", "adder.wasm")
      .registerModuleFromBytes("bytes", adder)
      .registerModule("module", Module.fromBytes(null, adder));
    expect(same).toBe(vm);
    for (const name of ["file", "bytes", "module"]) expect(vm.runFunc(name, "add", params(1, 2))).toEqual([3]);
    expect(vm.instanceNames).toEqual(["bytes", "file", "module"]);
    expect(vm.namedInstanceCount).toBe(3);
    expect([vm.containsModule("file"), vm.containsModule("none")]).toEqual([true, false]);
    expect(vm.namedModule("file").name).toBe("file");
    expect(vm.namedModule("file").funcNames).toEqual(["add", "nan", "wide"]);
  });

  it("may be active instead of named", () => {
    const vm = new VmBuilder().build();
    vm.registerModuleFromBytes(null, adder);
    expect(vm.activeModule().name).toBeUndefined();
    expect(vm.runFunc(null, "add", [20, 22])).toEqual([42]);
    expect(vm.instanceNames).toEqual([]);
    vm.registerModuleFromBytes(null, compile(`(module (func (export "add") (result i32) (i32.const 0)))`));
    expect(vm.runFunc(null, "add")).toEqual([0]);
  });

  it("become active by running a function of them", () => {
    const vm = new VmBuilder().build();
    expect(vm.runFuncFromFile("adder.wasm", "add", [1, 1])).toEqual([2]);
    expect(vm.runFuncFromBytes(adder, "wide", [2n ** 40n])).toEqual([3n * 2n ** 40n]);
    expect(vm.runFuncFromModule(Module.fromBytes(null, adder), "add", [2, 2])).toEqual([4]);
    expect(vm.runFunc(null, "add", [3, 3])).toEqual([6]);
  });

  it("have names that are taken once", () => {
    const vm = new VmBuilder().build();
    vm.registerModuleFromBytes("a", adder);
    expect(thrown(() => vm.registerModuleFromBytes("a", adder))).toMatchObject({ code: ErrCode.ModuleNameConflict });
    const env = new ImportObjectBuilder("env").build();
    vm.registerImportModule(env);
    const error = thrown(() => vm.registerImportModule(env));
    expect(error).toBeInstanceOf(DuplicateImportModule);
    expect(String(error)).toBe(
      "Fail to register import module named env. Another import module with the same name has already existed.",
    );
  });

  it("are loaded and validated with the Vm's configuration", () => {
    expect(thrown(() => Module.fromBytes(null, Uint8Array.of(1)))).toMatchObject({ code: ErrCode.UnexpectedEnd });
    const invalid = compile(`(module (func (result i32) (i64.const 1)))`);
    expect(thrown(() => new VmBuilder().build().registerModuleFromBytes("a", invalid))).toMatchObject({
      code: ErrCode.TypeCheckFailed,
    });
    expect(thrown(() => new VmBuilder().build().registerModuleFromFile("a", "none.wasm"))).toMatchObject({
      code: ErrCode.IllegalPath,
    });
  });
});

describe("what a Vm does not have", () => {
  const vm = new VmBuilder().build();
  vm.registerModuleFromBytes("app", adder);

  it.each([
    ["a module", () => vm.runFunc("none", "add"), NotFoundModule, "Fail to get module instance (none)"],
    ["a module to look at", () => vm.namedModule("none"), NotFoundModule, "Fail to get module instance (none)"],
    ["an active module", () => vm.runFunc(null, "add"), NotFoundActiveModule, "Not found active module instance"],
    ["an active module to look at", () => vm.activeModule(), NotFoundActiveModule, "Not found active module instance"],
    ["a function", () => vm.runFunc("app", "sub"), NotFoundFunc, "Not found the target function (sub)"],
    ["WASI", () => vm.wasiModule(), NotFoundWasiModule, "Fail to get Wasi module instance"],
    [
      "a module in its store",
      () => vm.store.moduleInstance("none"),
      NotFoundModuleInStore,
      "Not found the target module (none)",
    ],
  ] as const)("%s is an error of its own class", (_name, work, errorClass, message) => {
    const error = thrown(work);
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toBeInstanceOf(SdkError);
    expect(error).toBeInstanceOf(WasmEdgeError);
    expect(error).toMatchObject({ name: errorClass.name, message });
    expect(String(error)).toBe(message);
  });

  it("tells errors of the Vm from others", () => {
    expect(thrown(() => vm.activeModule())).toBeInstanceOf(VmError);
    expect(thrown(() => vm.runFunc("app", "sub"))).not.toBeInstanceOf(VmError);
    expect(thrown(() => vm.namedModule("none"))).toMatchObject({ moduleName: "none" });
    expect(thrown(() => vm.runFunc("app", "sub"))).toMatchObject({ exportName: "sub" });
  });
});

describe("calls", () => {
  it("take natural or typed values and give natural ones", () => {
    const vm = new VmBuilder().build().registerModuleFromBytes("app", adder);
    expect(vm.runFunc("app", "add", [WasmValue.i32(-1), 2])).toEqual([1]);
    expect(vm.runFunc("app", "wide", [-5n])).toEqual([-15n]);
    expect(thrown(() => vm.runFunc("app", "wide", [5]))).toMatchObject({ code: ErrCode.FuncSigMismatch });
    expect(thrown(() => vm.runFunc("app", "add", [1]))).toMatchObject({ code: ErrCode.FuncSigMismatch });
  });

  it("say which call a trap ended", () => {
    const vm = new VmBuilder().build().registerModuleFromBytes("app", trapping);
    const error = thrown(() => vm.runFunc("app", "f"));
    expect(error).toMatchObject({ code: ErrCode.Unreachable });
    expect(String(error).split("\n").pop()).toBe('    When executing module name: "app" , function name: "f"');
  });

  it("pass functions on as Func, the same one each time", () => {
    const bytes = compile(`(module
      (type $t (func (param i32) (result i32)))
      (func $own (export "own") (type $t) (i32.add (local.get 0) (i32.const 1)))
      (func (export "get") (result funcref) (ref.func $own))
      (func (export "same") (param funcref) (result funcref) (local.get 0))
      (func (export "keep") (param externref) (result externref) (local.get 0)))`);
    const vm = new VmBuilder().build().registerModuleFromBytes("app", bytes);
    const own = vm.namedModule("app").func("own");
    expect(vm.runFunc("app", "get")[0]).toBe(own);
    expect(vm.runFunc("app", "same", [own])[0]).toBe(own);
    expect(vm.runFunc("app", "same", [null])).toEqual([null]);
    expect(own.run(vm.executor, [41])).toEqual([42]);
    expect(own.type).toEqual({ params: [ValType.I32], results: [ValType.I32] });
    const mine = hostFunc(["i32"], ["i32"], (_caller, a) => a * 2);
    expect(vm.runFunc("app", "same", [mine])[0]).toBe(mine);
    expect(mine.run(vm.executor, [21])).toEqual([42]);
    expect(Func.of(mine.inner)).toBe(mine);
    const object = { any: "object" };
    expect(vm.runFunc("app", "keep", [object])[0]).toBe(object);
    expect(vm.runFunc("app", "keep", [[1, 2]])).toEqual([[1, 2]]);
    expect(thrown(() => vm.runFunc("app", "same", [object]))).toMatchObject({ code: ErrCode.FuncSigMismatch });
  });

  it("succeed where the guest ends itself: zeros, and the exit code", () => {
    const vm = new VmBuilder().withConfig(wasi).build().registerModuleFromBytes("app", exiting);
    expect(vm.runFunc("app", "_start")).toEqual([]);
    expect(vm.wasiModule().exitCode()).toBe(3);
    expect(vm.runFunc("app", "f")).toEqual([0, 0n, 0, null]);
    expect(vm.wasiModule().exitCode()).toBe(4);
    vm.wasiModule().initialize();
    expect(vm.wasiModule().exitCode()).toBe(0);
  });

  it("go on in slices, and succeed and fail alike", async () => {
    const vm = new VmBuilder().withConfig(wasi).build();
    vm.registerModuleFromBytes("app", adder).registerModuleFromBytes("exit", exiting);
    vm.registerModuleFromBytes("trap", trapping);
    expect(await vm.runFuncAsync("app", "add", [1, 2])).toEqual([3]);
    expect(await vm.runFuncAsync("exit", "f")).toEqual([0, 0n, 0, null]);
    await expect(vm.runFuncAsync("none", "f").get()).rejects.toThrow(NotFoundModule);
    await expect(vm.runFuncAsync("app", "sub").get()).rejects.toThrow(NotFoundFunc);
    await expect(vm.runFuncAsync("app", "add", [1n, 2]).get()).rejects.toMatchObject({ code: ErrCode.FuncSigMismatch });
    const error: unknown = await vm
      .runFuncAsync("trap", "f")
      .get()
      .catch((reason) => reason);
    expect(String(error).split("\n").pop()).toBe('    When executing module name: "trap" , function name: "f"');
  });

  it("are cancelled, stopped, and limited in time", async () => {
    const vm = new VmBuilder().build().registerModuleFromBytes("app", endless).registerModuleFromBytes("ok", adder);
    const cancelled = vm.runFuncAsync("app", "f");
    cancelled.cancel();
    await expect(cancelled.get()).rejects.toMatchObject({ code: ErrCode.Interrupted });
    const stopped = vm.runFuncAsync("app", "f");
    expect(await stopped.waitFor(5)).toBe(false);
    vm.stop();
    await expect(stopped.get()).rejects.toMatchObject({ code: ErrCode.Interrupted });
    const notBegun = vm.runFuncAsync("app", "f");
    vm.stop();
    await expect(notBegun.get()).rejects.toMatchObject({ code: ErrCode.Interrupted });
    const late = thrown(() => vm.runFuncWithTimeout("app", "f", [], 20));
    expect(late).toBeInstanceOf(ExecuteTimeout);
    expect(String(late)).toBe("Execution Timed Out");
    expect(vm.runFuncWithTimeout("ok", "add", [1, 2], 60_000)).toEqual([3]);
    expect(vm.runFuncWithTimeout("ok", "add", [1, 2], Number.POSITIVE_INFINITY)).toEqual([3]);
    expect(thrown(() => vm.runFuncWithTimeout("ok", "add", [1, 2], Number.NaN))).toMatchObject({
      code: ErrCode.RuntimeError,
    });
    expect(thrown(() => vm.runFuncWithTimeout("ok", "sub", [], 60_000))).toBeInstanceOf(NotFoundFunc);
  });

  it("stand still at the cost limit where that is asked for, and go on with more to spend", async () => {
    const config = new ConfigBuilder()
      .withStatisticsConfig(new StatisticsConfigOptions().measureCost(true).costLimit(3n))
      .build();
    const vm = new VmBuilder().withConfig(config).build().registerModuleFromBytes("app", adder);
    const run = vm.runFuncAsync("app", "add", [1, 2], { atCostLimit: "pause" });
    expect(await run.whenPaused()).toBe(true);
    expect([run.paused, vm.statistics.getTotalCost()]).toEqual([true, 3n]);
    run.resume(1n);
    expect(await run).toEqual([3]);
    expect([run.paused, vm.statistics.getTotalCost()]).toEqual([false, 4n]);
    await expect(vm.runFuncAsync("app", "add", [1, 2]).get()).rejects.toMatchObject({
      code: ErrCode.CostLimitExceeded,
    });
  });

  it("of start functions go on in slices, and are cancelled", async () => {
    const vm = new VmBuilder().build();
    const start = Module.fromBytes(
      vm.config,
      compile(`(module (func $s (loop $l (br $l))) (start $s) (func (export "f") (result i32) (i32.const 7)))`),
    );
    for (const name of [null, "name"]) {
      const run = vm.registerModuleAsync(name, start);
      expect(await run.waitFor(3)).toBe(false);
      run.cancel();
      await expect(run.get()).rejects.toMatchObject({ code: ErrCode.Interrupted });
    }
    expect(vm.containsModule("name")).toBe(false);
    const module = Module.fromBytes(vm.config, adder);
    expect(await vm.registerModuleAsync(null, module)).toBe(vm.activeModule());
    expect(await vm.registerModuleAsync("name", module)).toBe(vm.namedModule("name"));
    expect([vm.runFunc(null, "add", [1, 2]), vm.runFunc("name", "add", [3, 4])]).toEqual([[3], [7]]);
  });

  it("of start functions are limited in time too", () => {
    const vm = new VmBuilder().build();
    const start = compile(`(module (func $s (loop $l (br $l))) (start $s))`);
    const options = { deadline: host.monotonicNanoseconds() + 5_000_000n };
    for (const name of [null, "name"]) {
      const error = thrown(() => vm.registerModuleFromBytes(name, start, options));
      expect(error).toMatchObject({ code: ErrCode.Interrupted });
    }
    expect(thrown(() => vm.activeModule())).toBeInstanceOf(NotFoundActiveModule);
    expect(vm.containsModule("name")).toBe(false);
    vm.registerModuleFromBytes(null, adder, { deadline: host.monotonicNanoseconds() + 60_000_000_000n });
    expect(vm.runFunc(null, "add", [1, 2])).toEqual([3]);
  });
});

describe("WASI in a Vm", () => {
  const cat = compile(`(module
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
      (i32.store (i32.const 0) (i32.const 64))
      (i32.store (i32.const 4) (i32.const 1000))
      (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 4)))
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
    (func (export "argc") (result i32)
      (drop (call $args_sizes_get (i32.const 0) (i32.const 4)))
      (i32.load (i32.const 0))))`);

  it("takes streams, arguments, environment and directories from a context, which switches it on", () => {
    const stdout = new OutputBuffer();
    const stdin = inputFromBytes(new TextEncoder().encode("in and out"));
    const vm = new VmBuilder().withWasiContext({ stdin, stdout, args: ["app", "x", "y"] }).build();
    expect(vm.config.wasiEnabled()).toBe(true);
    vm.registerModuleFromBytes("app", cat).runFunc("app", "_start");
    expect(new TextDecoder().decode(stdout.bytes())).toBe("in and out");
    expect(vm.runFunc("app", "argc")).toEqual([3]);
  });

  it("is initialised by hand otherwise, and again", () => {
    const vm = new VmBuilder().withConfig(wasi).build().registerModuleFromBytes("app", cat);
    expect(vm.runFunc("app", "argc")).toEqual([0]);
    expect(vm.wasiModule().initialize(["app"], null, null).name).toBe("wasi_snapshot_preview1");
    expect(vm.runFunc("app", "argc")).toEqual([1]);
    vm.wasiModule().initialize(null, null, null);
    expect(vm.runFunc("app", "argc")).toEqual([0]);
  });

  it("tells the host's descriptors", () => {
    const vm = new VmBuilder().withConfig(wasi).build();
    const instance = vm.wasiModule().initialize();
    expect(instance.getNativeHandler(1)).toBe(1);
    expect(() => instance.getNativeHandler(77)).toThrow(NotFoundMappedFdHandler);
  });
});

describe("what a VmBuilder is given", () => {
  it("is a store, with modules to import from", () => {
    const store = new Store();
    const executor = new Executor();
    const instance = store.registerNamedModule(executor, "lib", Module.fromBytes(null, adder));
    expect(store.registerActiveModule(executor, Module.fromBytes(null, adder)).name).toBeUndefined();
    expect(store.registerImportModule(new ImportObjectBuilder("env").build())).toBe(store);
    expect([store.namedInstanceCount, store.instanceNames]).toEqual([2, ["env", "lib"]]);
    expect([store.contains("lib"), store.contains("x")]).toEqual([true, false]);
    expect(store.moduleInstance("lib")).toBe(instance);
    const vm = new VmBuilder().withStore(store).build();
    expect(vm.store).toBe(store);
    expect(vm.namedModule("lib")).toBe(instance);
    vm.registerModuleFromBytes(
      "app",
      compile(`(module (import "lib" "add" (func (param i32 i32) (result i32)))
        (func (export "f") (result i32) (call 0 (i32.const 1) (i32.const 2))))`),
    );
    expect(vm.runFunc("app", "f")).toEqual([3]);
  });

  it("is statistics", () => {
    const statistics = new Statistics();
    const config = new ConfigBuilder()
      .withStatisticsConfig(new StatisticsConfigOptions().countInstructions(true))
      .build();
    setLogCallback(() => {});
    try {
      const vm = new VmBuilder().withConfig(config).withStatistics(statistics).build();
      vm.registerModuleFromBytes("app", adder).runFunc("app", "add", [1, 2]);
      expect(vm.statistics).toBe(statistics);
      expect(statistics.getInstrCount()).toBe(4);
    } finally {
      setLogCallback(null);
    }
  });

  it("is plugins, of which only those that are named are registered", () => {
    const version = { major: 0, minor: 1, patch: 0, build: 0 };
    for (const name of ["sdk-test-a", "sdk-test-b"]) {
      Plugin.registerPlugin({
        name,
        description: "",
        apiVersion: PLUGIN_API_VERSION,
        version,
        modules: [
          {
            name: "answers",
            description: "",
            create: () => {
              const module = new ModuleInstance(`${name}:answers`);
              module.addHostFunction("answer", new HostFunction({ params: [], results: [ValType.I32] }, () => 42));
              return module;
            },
          },
        ],
      });
    }
    const vm = new VmBuilder().withPlugin("sdk-test-a", "answers").build();
    expect(vm.instanceNames).toEqual(["sdk-test-a:answers"]);
    expect(vm.runFunc("sdk-test-a:answers", "answer")).toEqual([42]);
    expect(new VmBuilder().build().instanceNames).toEqual([]);
    const missing = thrown(() => new VmBuilder().withPlugin("none", "x").build());
    expect(missing).toBeInstanceOf(NotFoundPlugin);
    expect(String(missing)).toBe("Not found the plugin named 'none'. Make sure that the plugin name is correct.");
    const wrong = thrown(() => new VmBuilder().withPlugin("sdk-test-a", "x").build());
    expect(wrong).toBeInstanceOf(CreatePluginModule);
    expect(String(wrong)).toBe(
      "Failed to create a plugin instance named 'x'. Make sure that the plugin instance name is correct.",
    );
  });

  it("is not changed by the Vm, nor the Vm by later changes of it", () => {
    const inner = new Configure();
    const config = new ConfigBuilder().build();
    const vm = new VmBuilder().withConfig(config).withWasiContext({}).build();
    expect(config.wasiEnabled()).toBe(false);
    config.inner.setWASMStandard(0);
    expect(vm.config.inner.listProposals()).toEqual(inner.listProposals());
  });
});
