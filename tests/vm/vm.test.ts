import { afterEach, describe, expect, it } from "vitest";
import { compile } from "watr";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { type LogRecord, setLogCallback } from "../../src/common/log.ts";
import { ValType } from "../../src/common/value-type.ts";
import { WasmValue } from "../../src/common/wasm-value.ts";
import { Configure, HostRegistration, RunMode } from "../../src/config/configure.ts";
import { Statistics } from "../../src/executor/statistics.ts";
import { Loader } from "../../src/loader/loader.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { StoreManager } from "../../src/store/store-manager.ts";
import { VM } from "../../src/vm/vm.ts";
import { VMStage } from "../../src/vm/vm-types.ts";
import { countTurns } from "../support/turns.ts";

/** WasmEdge's `VMTest` (reference, chapters 1.3 and 13.3), and what ours does beyond it. */

/** Exports `f: [] -> [i32]`, which returns 7: the fixture of WasmEdge's own tests of its VM. */
const seven = compile(`(module (func (export "f") (result i32) (i32.const 7)))`);
const invalid = compile(`(module (func (export "f") (result i32) (i64.const 7)))`);
const malformed = Uint8Array.of(0x6e, 0x6f, 0x74, 0x20, 0x77);
const trapping = compile(`(module (func (export "f") unreachable))`);
const failingStart = compile(`(module (func $s unreachable) (start $s))`);
const endless = compile(`(module (func (export "f") (loop $l (br $l))))`);

afterEach(() => setLogCallback(null));

const withWasi = (): Configure => new Configure().addHostRegistration(HostRegistration.Wasi);

function fails(code: number) {
  return expect.objectContaining({ code });
}

/** A VM whose active module is that of `bytes`. */
function instantiated(bytes: Uint8Array = seven, configure?: Configure): VM {
  const vm = new VM(configure);
  vm.loadWasm(bytes);
  vm.validate();
  vm.instantiate();
  return vm;
}

function absent(path: string): never {
  throw new Error(`no such file: ${path}`);
}

function lines(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    return String(error).split("\n");
  }
  throw new Error("it did not fail");
}

describe("the stages of a VM", () => {
  it("begin at Inited, where there is nothing to validate or instantiate", () => {
    const vm = new VM();
    expect(vm.getStage()).toBe(VMStage.Inited);
    expect(() => vm.validate()).toThrow(fails(ErrCode.WrongVMWorkflow));
    expect(() => vm.instantiate()).toThrow(fails(ErrCode.WrongVMWorkflow));
    expect(vm.getStage()).toBe(VMStage.Inited);
  });

  it("need validation before instantiation", () => {
    const vm = new VM();
    vm.loadWasm(seven);
    expect(vm.getStage()).toBe(VMStage.Loaded);
    expect(() => vm.instantiate()).toThrow(fails(ErrCode.WrongVMWorkflow));
    vm.validate();
    expect(vm.getStage()).toBe(VMStage.Validated);
    vm.instantiate();
    expect(vm.getStage()).toBe(VMStage.Instantiated);
    expect(vm.execute("f")).toEqual([7]);
  });

  it("are passed in one step by loadAndValidate, and not at all where the module is malformed or invalid", () => {
    const vm = new VM();
    vm.loadAndValidate(seven);
    expect(vm.getStage()).toBe(VMStage.Validated);
    vm.instantiate();
    expect(() => vm.loadAndValidate(malformed)).toThrow(fails(ErrCode.MalformedMagic));
    expect(() => vm.loadAndValidate(invalid)).toThrow(fails(ErrCode.TypeCheckFailed));
    expect(vm.getStage()).toBe(VMStage.Instantiated);
    expect(vm.execute("f")).toEqual([7]);
    vm.loadAndValidate(new Loader().parseModule(seven));
    expect(vm.getStage()).toBe(VMStage.Validated);
  });

  it("begin with bytes in whatever buffer, and with nothing else than bytes, paths and modules", () => {
    const vm = new VM();
    const padded = Uint8Array.from([0, ...seven, 0]);
    const sources = [
      Uint8Array.from(seven).buffer,
      Buffer.from(seven),
      padded.subarray(1, -1),
      new DataView(padded.buffer, 1, seven.length),
    ];
    for (const source of sources) {
      vm.loadWasm(source as Uint8Array);
      vm.validate();
      expect(vm.runWasmFile(source as Uint8Array, "f")).toEqual([7]);
    }
    for (const source of [undefined, null, 5, {}, [], true] as unknown[] as Uint8Array[]) {
      const kind = Object.prototype.toString.call(source).slice(8, -1);
      for (const use of [
        () => vm.loadWasm(source),
        () => vm.loadAndValidate(source),
        () => vm.runWasmFile(source, "f"),
      ]) {
        expect(lines(use)).toContain(`    A module is given as bytes or as a path, not as ${kind}.`);
      }
    }
  });

  it("let a loaded module be taken over, whose own validation does not count", () => {
    const vm = new VM();
    const module = new Loader().parseModule(seven);
    new VM().getValidator().validate(module);
    vm.loadWasm(module);
    expect(vm.getStage()).toBe(VMStage.Loaded);
    expect(() => vm.instantiate()).toThrow(fails(ErrCode.WrongVMWorkflow));
  });

  it("are not changed by a module that cannot be loaded", () => {
    const vm = instantiated();
    expect(() => vm.loadWasm(malformed)).toThrow(fails(ErrCode.MalformedMagic));
    expect(vm.getStage()).toBe(VMStage.Instantiated);
    expect(vm.execute("f")).toEqual([7]);
  });

  it("are not changed by a module that is invalid", () => {
    const vm = instantiated();
    vm.loadWasm(invalid);
    expect(() => vm.validate()).toThrow(fails(ErrCode.TypeCheckFailed));
    expect(vm.getStage()).toBe(VMStage.Loaded);
    expect(vm.execute("f")).toEqual([7]);
  });

  it("keep the active module when another one cannot be instantiated", () => {
    const vm = instantiated();
    vm.loadWasm(failingStart);
    vm.validate();
    expect(() => vm.instantiate()).toThrow(fails(ErrCode.Unreachable));
    expect(vm.getStage()).toBe(VMStage.Validated);
    expect(vm.execute("f")).toEqual([7]);
  });

  it("fall back to Validated when validate is called again", () => {
    const vm = instantiated();
    vm.validate();
    expect(vm.getStage()).toBe(VMStage.Validated);
    vm.instantiate();
    expect(vm.execute("f")).toEqual([7]);
  });

  it("fall back to Validated when a module is registered, and the active one stays", () => {
    const vm = instantiated();
    vm.registerModule("ext", seven);
    expect(vm.getStage()).toBe(VMStage.Validated);
    expect(vm.execute("f")).toEqual([7]);
    vm.instantiate();
    expect(vm.getStage()).toBe(VMStage.Instantiated);
    expect(vm.execute("f")).toEqual([7]);
  });

  it("fall back to Validated even when that registration fails", () => {
    const vm = instantiated();
    expect(() => vm.registerModule("ext", malformed)).toThrow(fails(ErrCode.MalformedMagic));
    expect(vm.getStage()).toBe(VMStage.Validated);
  });

  it("do not advance with runWasmFile", () => {
    const vm = new VM();
    expect(vm.runWasmFile(seven, "f")).toEqual([7]);
    expect(vm.getStage()).toBe(VMStage.Inited);
    expect(() => vm.validate()).toThrow(fails(ErrCode.WrongVMWorkflow));
    expect(vm.execute("f")).toEqual([7]);
    const other = instantiated();
    other.runWasmFile(seven, "f");
    expect(other.getStage()).toBe(VMStage.Validated);
    other.instantiate();
  });
});

describe("executing in a VM", () => {
  it("needs an active module", () => {
    const vm = new VM();
    expect(vm.holdsModule()).toBe(false);
    expect(vm.getActiveModule()).toBeNull();
    expect(lines(() => vm.execute("f"))).toEqual([
      "execution failed: wrong instance address, Code: 0x400",
      '    When executing function name: "f"',
    ]);
  });

  it("needs a function of the name", () => {
    const vm = instantiated();
    expect(lines(() => vm.execute("g"))).toEqual([
      "wasmedge runtime failed: wasm function not found, Code: 0x005",
      '    When executing function name: "g"',
    ]);
    vm.registerModule("ext", seven);
    expect(lines(() => vm.executeRegistered("ext", "g"))).toEqual([
      "wasmedge runtime failed: wasm function not found, Code: 0x005",
      '    When executing module name: "ext" , function name: "g"',
    ]);
  });

  it("checks the arguments", () => {
    const vm = instantiated();
    expect(() => vm.execute("f", [1])).toThrow(fails(ErrCode.FuncSigMismatch));
  });

  it("tells which call a trap ended", () => {
    const vm = instantiated(trapping);
    const text = lines(() => vm.execute("f"));
    expect(text[0]).toBe("execution failed: unreachable, Code: 0x40a");
    expect(text[text.length - 1]).toBe('    When executing function name: "f"');
  });

  it("gives natural or typed results", () => {
    const vm = instantiated();
    expect(vm.executeTyped("f")).toEqual([WasmValue.i32(7)]);
    vm.registerModule("ext", seven);
    expect(vm.executeRegistered("ext", "f")).toEqual([7]);
    expect(vm.executeRegisteredTyped("ext", "f")).toEqual([WasmValue.i32(7)]);
    expect(() => vm.executeRegistered("none", "f")).toThrow(fails(ErrCode.WrongInstanceAddress));
  });

  it("lists the exported functions by name, with their types", () => {
    expect(new VM().getFunctionList()).toEqual([]);
    const vm = instantiated(
      compile(
        `(module (func (export "b") (param i64) (result f32) (f32.const 0)) (func (export "a")) (memory (export "m") 1))`,
      ),
    );
    expect(vm.getFunctionList()).toEqual([
      { name: "a", type: { params: [], results: [] } },
      { name: "b", type: { params: [ValType.I64], results: [ValType.F32] } },
    ]);
    expect(vm.getFunctionType("b")).toEqual({ params: [ValType.I64], results: [ValType.F32] });
    expect(vm.getFunctionType("m")).toBeNull();
    expect(vm.getFunctionTypeRegistered("none", "a")).toBeNull();
    vm.registerModule("ext", seven);
    expect(vm.getFunctionTypeRegistered("ext", "f")).toEqual({ params: [], results: [ValType.I32] });
  });

  it("may be asked for by a host function of its own run", () => {
    const vm = new VM();
    const env = new ModuleInstance("env");
    env.addHostFunction(
      "again",
      new HostFunction({ params: [ValType.I32], results: [ValType.I32] }, (_frame, [n]) =>
        n === 0 ? 0 : (vm.execute("down", [n])[0] as number),
      ),
    );
    vm.registerModule(env);
    vm.loadWasm(
      compile(`(module (import "env" "again" (func (param i32) (result i32)))
        (func (export "down") (param i32) (result i32)
          (i32.add (i32.const 1) (call 0 (i32.sub (local.get 0) (i32.const 1))))))`),
    );
    vm.validate();
    vm.instantiate();
    expect(vm.execute("down", [10])).toEqual([10]);
  });
});

describe("the registered modules of a VM", () => {
  it("have names that are taken once", () => {
    const vm = new VM();
    vm.registerModule("ext", seven);
    expect(() => vm.registerModule("ext", seven)).toThrow(fails(ErrCode.ModuleNameConflict));
    expect(() => vm.registerModule(new ModuleInstance("ext"))).toThrow(fails(ErrCode.ModuleNameConflict));
    expect(vm.listRegisteredModules()).toEqual(["ext"]);
  });

  it("keep the code of an error that registration ends with", () => {
    const vm = new VM();
    expect(() => vm.registerModule("a", malformed)).toThrow(fails(ErrCode.MalformedMagic));
    expect(() => vm.registerModule("a", invalid)).toThrow(fails(ErrCode.TypeCheckFailed));
    expect(() => vm.registerModule("a", failingStart)).toThrow(fails(ErrCode.Unreachable));
    expect(() => vm.registerModule("a", "no/such/file.wasm")).toThrow(fails(ErrCode.IllegalPath));
    expect(vm.listRegisteredModules()).toEqual([]);
  });

  it("are listed in the order of their bytes, aliases too", () => {
    const vm = new VM(withWasi());
    const instance = vm.registerModule("b", seven);
    vm.registerModule("\u{10000}", seven);
    vm.registerModule("\ue000", instance);
    vm.registerModule("a", instance);
    expect(vm.listRegisteredModules()).toEqual(["a", "b", "wasi_snapshot_preview1", "\ue000", "\u{10000}"]);
    expect(vm.getRegisteredModule("a")).toBe(instance);
    expect(vm.getRegisteredModule("none")).toBeNull();
  });

  it("are gone once they are unregistered, under every name", () => {
    const vm = new VM();
    const instance = vm.registerModule("ext", seven);
    vm.registerModule("alias", instance);
    vm.unregisterModule("ext");
    expect(() => vm.executeRegistered("ext", "f")).toThrow(fails(ErrCode.WrongInstanceAddress));
    expect(() => vm.executeRegistered("alias", "f")).toThrow(fails(ErrCode.WrongInstanceAddress));
    expect(vm.listRegisteredModules()).toEqual([]);
    vm.unregisterModule("ext");
    vm.unregisterModule("unknown");
    vm.registerModule("ext", seven);
    expect(vm.executeRegistered("ext", "f")).toEqual([7]);
  });

  it("lose an alias alone where the instance is another's", () => {
    const vm = new VM();
    const env = new ModuleInstance("env");
    vm.registerModule(env);
    vm.registerModule("alias", env);
    vm.unregisterModule("alias");
    expect(vm.listRegisteredModules()).toEqual(["env"]);
  });

  it("go on serving what is linked to them, and a new one of the name serves only later ones", () => {
    const provider = (value: number) =>
      compile(`(module (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const ${value}))))`);
    const consumer = compile(`(module (import "p" "f" (func $f (param i32) (result i32)))
      (func (export "g") (result i32) (call $f (i32.const 20))))`);
    const vm = new VM();
    vm.registerModule("p", provider(10));
    vm.registerModule("first", consumer);
    expect(vm.executeRegistered("first", "g")).toEqual([30]);
    vm.unregisterModule("p");
    expect(vm.executeRegistered("first", "g")).toEqual([30]);
    expect(() => vm.registerModule("second", consumer)).toThrow(fails(ErrCode.UnknownImport));
    vm.registerModule("p", provider(110));
    vm.registerModule("second", consumer);
    vm.unregisterModule("p");
    expect(vm.executeRegistered("first", "g")).toEqual([30]);
    expect(vm.executeRegistered("second", "g")).toEqual([130]);
  });
});

describe("the host modules of a VM", () => {
  it("hold WASI exactly where it is configured", () => {
    expect(new VM().getImportModule(HostRegistration.Wasi)).toBeNull();
    const vm = new VM(withWasi());
    const wasi = vm.getImportModule(HostRegistration.Wasi);
    expect(wasi?.name).toBe("wasi_snapshot_preview1");
    expect(vm.getStoreManager().findModule("wasi_snapshot_preview1")).toBe(wasi);
  });

  it("can be unregistered", () => {
    const vm = new VM(withWasi());
    vm.unregisterModule("wasi_snapshot_preview1");
    expect(vm.listRegisteredModules()).toEqual([]);
    expect(vm.getImportModule(HostRegistration.Wasi)).toBeNull();
  });

  it("leave a name in a given store alone, and say so", () => {
    const records: LogRecord[] = [];
    setLogCallback((record) => records.push(record));
    try {
      const store = new StoreManager();
      const own = new ModuleInstance("wasi_snapshot_preview1");
      store.registerModule(own);
      const vm = new VM(withWasi(), { store });
      expect(vm.getStoreManager().findModule("wasi_snapshot_preview1")).toBe(own);
      expect(records).toEqual([
        {
          level: "warning",
          message: 'Host module "wasi_snapshot_preview1" is not registered: the store has a module of that name.',
        },
      ]);
    } finally {
      setLogCallback(null);
    }
  });
});

describe("cleanup of a VM", () => {
  it("drops everything and makes the host modules anew", () => {
    const configure = withWasi();
    configure.statistics.instructionCounting = true;
    const statistics = new Statistics();
    setLogCallback(() => {});
    try {
      const vm = new VM(configure, { statistics });
      const wasi = vm.getImportModule(HostRegistration.Wasi);
      vm.registerModule("ext", seven);
      vm.loadWasm(seven);
      vm.validate();
      vm.instantiate();
      vm.execute("f");
      expect(statistics.getInstrCount()).toBe(2);
      vm.cleanup();
      expect(vm.getStage()).toBe(VMStage.Inited);
      expect(() => vm.validate()).toThrow(fails(ErrCode.WrongVMWorkflow));
      expect(() => vm.execute("f")).toThrow(fails(ErrCode.WrongInstanceAddress));
      expect(() => vm.executeRegistered("ext", "f")).toThrow(fails(ErrCode.WrongInstanceAddress));
      expect(vm.getFunctionList()).toEqual([]);
      expect(vm.listRegisteredModules()).toEqual(["wasi_snapshot_preview1"]);
      expect(vm.getImportModule(HostRegistration.Wasi)).not.toBe(wasi);
      expect(statistics.getInstrCount()).toBe(0);
      expect(vm.runWasmFile(seven, "f")).toEqual([7]);
    } finally {
      setLogCallback(null);
    }
  });
});

describe("runWasmFile", () => {
  afterEach(() => installHost({ readFile: undefined }));
  const { readFile } = host;

  it("takes a path, bytes or a loaded module; only a loaded one leaves the VM's module alone", () => {
    installHost({ readFile: (path) => (path === "seven.wasm" ? seven : absent(path)) });
    const vm = new VM();
    expect(vm.runWasmFile("seven.wasm", "f")).toEqual([7]);
    vm.loadWasm(seven);
    vm.validate();
    vm.runWasmFile(new Loader().parseModule(compile(`(module (func (export "g")))`)), "g");
    vm.instantiate();
    expect(vm.execute("f")).toEqual([7]);
    vm.runWasmFile(compile(`(module (func (export "h")))`), "h");
    vm.instantiate();
    expect(vm.getFunctionList().map(({ name }) => name)).toEqual(["h"]);
    installHost({ readFile });
  });

  it("names the file in an error", () => {
    installHost({ readFile: () => malformed });
    expect(lines(() => new VM().loadWasm("bad.wasm"))).toContain('    File name: "bad.wasm"');
  });
});

describe("the asynchronous calls of a VM", () => {
  it("give what the others give", async () => {
    const vm = instantiated();
    vm.registerModule("ext", seven);
    expect(await vm.asyncExecute("f")).toEqual([7]);
    expect(await vm.asyncExecuteRegistered("ext", "f")).toEqual([7]);
    expect(await vm.asyncRunWasmFile(seven, "f")).toEqual([7]);
  });

  it("reject with the errors of the others", async () => {
    const vm = new VM();
    await expect(vm.asyncExecute("f").get()).rejects.toThrow(fails(ErrCode.WrongInstanceAddress));
    await expect(vm.asyncRunWasmFile(malformed, "f").get()).rejects.toThrow(fails(ErrCode.MalformedMagic));
    await expect(vm.asyncRunWasmFile(seven, "g").get()).rejects.toThrow(fails(ErrCode.FuncNotFound));
    await expect(vm.asyncExecuteRegistered("ext", "f").get()).rejects.toThrow(fails(ErrCode.WrongInstanceAddress));
    const error: unknown = await vm
      .asyncRunWasmFile(trapping, "f")
      .get()
      .catch((reason) => reason);
    expect(String(error).split("\n").pop()).toBe('    When executing function name: "f"');
  });

  it("wait for host functions, in start functions too, and are cancelled by a signal meanwhile", async () => {
    const provider = new ModuleInstance("host");
    const waiting: ((value: number) => void)[] = [];
    provider.addHostFunction(
      "h",
      new HostFunction({ params: [], results: [ValType.I32] }, () => new Promise((resolve) => waiting.push(resolve))),
    );
    const vm = new VM();
    vm.registerModule(provider);
    const source = compile(`(module (import "host" "h" (func $h (result i32))) (global $g (mut i32) (i32.const 0))
      (func $s (global.set $g (call $h))) (start $s)
      (func (export "f") (result i32) (i32.add (global.get $g) (call $h))))`);
    const answer = async (value: number): Promise<void> => {
      while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      waiting.pop()?.(value);
    };
    const run = vm.asyncRunWasmFile(source, "f");
    await answer(40);
    await answer(2);
    expect(await run).toEqual([42]);
    const controller = new AbortController();
    const { signal } = controller;
    const runs = [
      vm.asyncExecute("f", [], { signal }),
      vm.asyncRunWasmFile(source, "f", [], { signal }),
      vm.asyncRegisterModule("name", source, { signal }),
      vm.asyncExecuteRegistered("host", "h", [], { signal }),
    ];
    for (const each of runs) expect(await each.waitFor(2)).toBe(false);
    controller.abort("enough");
    for (const each of runs) {
      await expect(each.get()).rejects.toMatchObject({ code: ErrCode.Interrupted, cause: "enough" });
    }
    const other = vm.asyncExecute("f");
    waiting.length = 0;
    await answer(1);
    expect(await other).toEqual([41]);
    expect(() => vm.execute("f")).toThrow(fails(ErrCode.HostPromise));
  });

  it("are cancelled one by one", async () => {
    const vm = instantiated(endless);
    const [first, second] = [vm.asyncExecute("f"), vm.asyncExecute("f")];
    expect(await first.waitFor(10)).toBe(false);
    first.cancel();
    await expect(first.get()).rejects.toThrow(fails(ErrCode.Interrupted));
    expect(second.done).toBe(false);
    second.cancel();
    await second.wait();
    vm.registerModule("ext", seven);
    expect(vm.executeRegistered("ext", "f")).toEqual([7]);
  });

  it("are stopped all at once, and later ones are not", async () => {
    const vm = instantiated(endless);
    vm.registerModule("ext", seven);
    const runs = [vm.asyncExecute("f"), vm.asyncExecute("f")];
    expect(await runs[0]?.waitFor(10)).toBe(false);
    vm.stop();
    for (const run of runs) await expect(run.get()).rejects.toThrow(fails(ErrCode.Interrupted));
    vm.stop();
    expect(await vm.asyncExecuteRegistered("ext", "f")).toEqual([7]);
  });
});

describe("run modes", () => {
  it("all interpret, and those that need a compiler say so", () => {
    const records: LogRecord[] = [];
    setLogCallback((record) => records.push(record));
    try {
      for (const runMode of [RunMode.Interpreter, RunMode.JIT, RunMode.LazyJIT]) {
        const configure = new Configure();
        configure.runtime.runMode = runMode;
        expect(instantiated(seven, configure).execute("f")).toEqual([7]);
      }
      const message = "JIT was requested but there is no compiler, falling back to interpreter.";
      expect(records).toEqual([
        { level: "warning", message },
        { level: "warning", message },
      ]);
    } finally {
      setLogCallback(null);
    }
  });
});

describe("an instantiation that takes too long", () => {
  const endlessStart = compile(`(module (func $s (loop $l (br $l))) (start $s) (func (export "f")))`);
  const soon = (): { deadline: bigint } => ({ deadline: host.monotonicNanoseconds() + 5_000_000n });

  it("ends at its deadline, and the VM is what it was", () => {
    const vm = instantiated();
    vm.loadWasm(endlessStart);
    vm.validate();
    expect(() => vm.instantiate(soon())).toThrow(fails(ErrCode.Interrupted));
    expect(vm.getStage()).toBe(VMStage.Validated);
    expect(vm.execute("f")).toEqual([7]);
    expect(() => vm.registerModule("name", endlessStart, soon())).toThrow(fails(ErrCode.Interrupted));
    expect(vm.getRegisteredModule("name")).toBeNull();
    expect(() => vm.runWasmFile(endlessStart, "f", [], soon())).toThrow(fails(ErrCode.Interrupted));
  });

  it("ends at the cost limit", () => {
    setLogCallback(() => {});
    const configure = new Configure();
    Object.assign(configure.statistics, { costMeasuring: true, costLimit: 10_000n });
    const vm = new VM(configure);
    expect(() => vm.runWasmFile(endlessStart, "f")).toThrow(fails(ErrCode.CostLimitExceeded));
    expect(vm.getStatistics().getTotalCost()).toBe(10_000n);
  });

  it("ends where a host function of its start function stops the VM", () => {
    const vm = new VM();
    const module = new ModuleInstance("host");
    module.addHostFunction("stop", new HostFunction({ params: [], results: [] }, () => vm.stop()));
    vm.registerModule(module);
    const source = compile(`(module (import "host" "stop" (func $stop))
      (func $s (call $stop) (loop $l (br $l))) (start $s) (func (export "f")))`);
    expect(() => vm.runWasmFile(source, "f")).toThrow(fails(ErrCode.Interrupted));
  });
});

describe("an instantiation in slices", () => {
  const endlessStart = compile(`(module (func $s (loop $l (br $l))) (start $s) (func (export "f")))`);
  const counts = compile(`(module (global $n (mut i32) (i32.const 0))
    (func $s (loop $l
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (br_if $l (i32.lt_u (global.get $n) (i32.const 3000000)))))
    (start $s) (func (export "f") (result i32) (global.get $n)))`);

  it("lets the event loop go on during the start function", async () => {
    const vm = new VM();
    const turns = countTurns();
    expect(await vm.asyncRunWasmFile(counts, "f")).toEqual([3_000_000]);
    expect(turns.stop()).toBeGreaterThan(2);
  });

  it("is cancelled, stopped and late as a call is", async () => {
    const interrupted = expect.objectContaining({ code: ErrCode.Interrupted });
    const vm = new VM();
    const cancelled = vm.asyncRunWasmFile(endlessStart, "f");
    expect(await cancelled.waitFor(5)).toBe(false);
    cancelled.cancel();
    await expect(cancelled.get()).rejects.toEqual(interrupted);
    const stopped = [vm.asyncRunWasmFile(endlessStart, "f"), vm.asyncRegisterModule("m", endlessStart)];
    expect(await stopped[0]?.waitFor(5)).toBe(false);
    vm.stop();
    for (const run of stopped) await expect(run.get()).rejects.toEqual(interrupted);
    const late = vm.asyncRunWasmFile(endlessStart, "f", [], { deadline: host.monotonicNanoseconds() + 5_000_000n });
    await expect(late.get()).rejects.toEqual(interrupted);
    expect([vm.holdsModule(), vm.getRegisteredModule("m")]).toEqual([false, null]);
  });

  it("goes through the stages", async () => {
    const vm = new VM();
    await expect(vm.asyncInstantiate().get()).rejects.toEqual(fails(ErrCode.WrongVMWorkflow));
    vm.loadWasm(counts);
    vm.validate();
    const run = vm.asyncInstantiate();
    expect([vm.getStage(), vm.holdsModule()]).toEqual([VMStage.Validated, false]);
    const instance = await run;
    expect([vm.getStage(), vm.getActiveModule()]).toEqual([VMStage.Instantiated, instance]);
    expect(vm.execute("f")).toEqual([3_000_000]);
    vm.loadWasm(failingStart);
    vm.validate();
    await expect(vm.asyncInstantiate().get()).rejects.toEqual(fails(ErrCode.Unreachable));
    expect([vm.getStage(), vm.getActiveModule()]).toEqual([VMStage.Validated, instance]);
  });

  it("registers under a name once the start function has ended; the name may be gone by then", async () => {
    const vm = new VM();
    const run = vm.asyncRegisterModule("name", counts);
    expect(await run.waitFor(0)).toBe(false);
    vm.registerModule("name", seven);
    await expect(run.get()).rejects.toEqual(fails(ErrCode.ModuleNameConflict));
    await expect(vm.asyncRegisterModule("name", seven).get()).rejects.toEqual(fails(ErrCode.ModuleNameConflict));
    expect(vm.executeRegistered("name", "f")).toEqual([7]);
    const other = await vm.asyncRegisterModule("other", seven);
    expect(vm.getRegisteredModule("other")).toBe(other);
    vm.unregisterModule("other");
    expect(vm.listRegisteredModules()).toEqual(["name"]);
  });

  it("rejects with errors of loading, validation, linking and of the start function", async () => {
    const vm = new VM();
    for (const [source, code] of [
      [malformed, ErrCode.MalformedMagic],
      [invalid, ErrCode.TypeCheckFailed],
      [compile('(module (import "no" "f" (func)))'), ErrCode.UnknownImport],
      [failingStart, ErrCode.Unreachable],
    ] as const) {
      await expect(vm.asyncRunWasmFile(source, "f").get()).rejects.toEqual(fails(code));
      await expect(vm.asyncRegisterModule("m", source).get()).rejects.toEqual(fails(code));
    }
    await expect(vm.asyncRunWasmFile(seven, "missing").get()).rejects.toEqual(fails(ErrCode.FuncNotFound));
  });
});

describe("VMs side by side", () => {
  it("share nothing but what they are given: WebAssembly of one file, with counters and WASI of their own", async () => {
    const program = compile(`(module
      (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
      (memory (export "memory") 1) (global $n (mut i32) (i32.const 0))
      (func (export "argc") (result i32) (drop (call $args (i32.const 0) (i32.const 4))) (i32.load (i32.const 0)))
      (func (export "count") (param i32) (result i32) (local $i i32)
        (loop $l
          (global.set $n (i32.add (global.get $n) (i32.const 1)))
          (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get 0))))
        (global.get $n)))`);
    setLogCallback(() => {});
    const configure = withWasi();
    Object.assign(configure.statistics, { instructionCounting: true, costMeasuring: true });
    const vms = [1, 2, 3].map((count) => {
      const vm = instantiated(program, configure);
      vm.getImportModule(HostRegistration.Wasi)?.initialize(new Array<string>(count).fill("a"), [], []);
      vm.getStatistics().clear();
      return vm;
    });
    expect(vms.map((vm) => vm.execute("argc"))).toEqual([[1], [2], [3]]);
    const alone = vms[0]?.getStatistics().getTotalCost() ?? 0n;
    const runs = vms.map((vm, i) => vm.asyncExecute("count", [100_000 * (i + 1)]));
    expect(await Promise.all(runs.map((run) => run.get()))).toEqual([[100_000], [200_000], [300_000]]);
    const totals = vms.map((vm) => Number(vm.getStatistics().getTotalCost() - alone));
    // Each round costs the same, and what comes before and after them too.
    expect((totals[1] as number) - (totals[0] as number)).toBe((totals[2] as number) - (totals[1] as number));
    expect(vms.map((vm) => BigInt(vm.getStatistics().getInstrCount()))).toEqual(
      vms.map((vm) => vm.getStatistics().getTotalCost()),
    );
  });
});
