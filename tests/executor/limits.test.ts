import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "watr";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { ValType } from "../../src/common/value-type.ts";
import { Configure } from "../../src/config/configure.ts";
import { ValueStack } from "../../src/executor/engine/value-stack.ts";
import { Executor } from "../../src/executor/executor.ts";
import { Limits, type LimitsOptions } from "../../src/executor/limits.ts";
import { ConfigBuilder } from "../../src/sdk/config-builder.ts";
import { RuntimeConfigOptions } from "../../src/sdk/config-options.ts";
import { ImportObjectBuilder } from "../../src/sdk/import-object.ts";
import { VmBuilder } from "../../src/sdk/vm-builder.ts";
import type { Usage } from "../../src/store/account.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { TableInstance } from "../../src/store/table-instance.ts";
import { VM } from "../../src/vm/vm.ts";
import { failureOf } from "../support/engine.ts";

/** What modules and runs take up, in one object that can be read while they go on. */

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

const figures = ({ current, peak, limit }: Usage): number[] => [current, peak, limit];
const page = 65536;

const growing =
  compile(`(module (import "host" "look" (func $look)) (memory (export "m") 2) (table (export "t") 5 funcref)
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "growTable") (param i32) (result i32) (table.grow (ref.null func) (local.get 0)))
  (func $deep (export "deep") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
      (else (call $look) (i32.const 1)))))`);

function prepared(options: LimitsOptions, configure = new Configure()): { vm: VM; limits: Limits; seen: Usage[][] } {
  const limits = new Limits(options);
  const vm = new VM(configure, { limits });
  const host = new ModuleInstance("host");
  const seen: Usage[][] = [];
  host.addHostFunction(
    "look",
    new HostFunction({ params: [], results: [] }, () => {
      seen.push(
        [limits.callDepth, limits.valueStackBytes].map(({ current, peak, limit }) => ({ current, peak, limit })),
      );
    }),
  );
  vm.registerModule(host);
  return { vm, limits, seen };
}

function instantiated(options: LimitsOptions, configure?: Configure) {
  const all = prepared(options, configure);
  all.vm.loadWasm(growing);
  all.vm.validate();
  all.vm.instantiate();
  return all;
}

describe("the limit of all memories together", () => {
  it("counts what is made and grown, and is not gone beyond", () => {
    const { vm, limits } = instantiated({ memoryBytes: 6 * page });
    expect(figures(limits.memoryBytes)).toEqual([2 * page, 2 * page, 6 * page]);
    expect(vm.execute("grow", [1])).toEqual([2]);
    vm.registerModule("other", growing);
    expect(limits.memoryBytes.current).toBe(5 * page);
    expect(vm.execute("grow", [2])).toEqual([-1]);
    expect(vm.execute("grow", [1])).toEqual([3]);
    expect(vm.executeRegistered("other", "grow", [1])).toEqual([-1]);
    expect(figures(limits.memoryBytes)).toEqual([6 * page, 6 * page, 6 * page]);
    expect(failureOf(() => vm.registerModule("third", growing)).code).toBe(ErrCode.MemoryLimitExceeded);
    expect(limits.memoryBytes.current).toBe(6 * page);
    // The host grows it like a guest.
    expect(vm.getActiveModule()?.findMemoryExports("m")?.growPage(1)).toBe(false);
    vm.cleanup();
    expect(figures(limits.memoryBytes)).toEqual([0, 0, 6 * page]);
  });

  it("does not count what the memory's own maximum refuses", () => {
    const limits = new Limits();
    const vm = new VM(undefined, { limits });
    vm.runWasmFile(compile(`(module (memory 1 2) (func (export "f") (result i32) (memory.grow (i32.const 5))))`), "f");
    expect(limits.memoryBytes.current).toBe(page);
  });
});

describe("a value stack", () => {
  it("has 512 MiB at most, whatever is asked for: its references would be more than an engine's list can hold", () => {
    const error = failureOf(() => new ValueStack(Number.POSITIVE_INFINITY).reserve(2 ** 27 + 2));
    expect(error.code).toBe(ErrCode.ValueStackExhausted);
    expect(error.lines()[1]).toBe("    The value stack would take 536870920 bytes, the limit is 536870912.");
  });
});

describe("a table of the host's", () => {
  it("is grown by a guest to ten million elements and no further, so that the process lives on", () => {
    const vm = new VM();
    const host = new ModuleInstance("host");
    const limit = { min: 1n, max: undefined, shared: false, is64: false };
    host.addHostTable("t", new TableInstance({ elementType: ValType.ExternRef, limit }));
    vm.registerModule(host);
    vm.loadWasm(
      compile(`(module (import "host" "t" (table 1 externref))
        (func (export "grow") (param i32) (result i32) (table.grow (ref.null extern) (local.get 0))))`),
    );
    vm.validate();
    vm.instantiate();
    expect([10_000_000, 500_000_000, -1, 2].map((count) => vm.execute("grow", [count])[0])).toEqual([-1, -1, -1, 1]);
  });
});

describe("the limit of all tables together", () => {
  it("counts what is made and grown, and is not gone beyond", () => {
    const { vm, limits } = instantiated({ allTableElements: 12 });
    expect(vm.execute("growTable", [3])).toEqual([5]);
    expect(vm.execute("growTable", [5])).toEqual([-1]);
    expect(figures(limits.tableElements)).toEqual([8, 8, 12]);
    expect(failureOf(() => vm.registerModule("other", growing)).code).toBe(ErrCode.TableLimitExceeded);
    expect(limits.tableElements.current).toBe(8);
  });
});

describe("the limits of a run", () => {
  it("show the depth exactly, during the run and after it", () => {
    const { vm, limits, seen } = instantiated({ callDepth: 500 });
    expect(figures(limits.callDepth)).toEqual([0, 0, 500]);
    for (const n of [0, 7, 300, 20, 498]) {
      expect(vm.execute("deep", [n])).toEqual([n + 1]);
      expect(seen.at(-1)?.[0]).toMatchObject({ current: n + 1, limit: 500 });
    }
    expect(figures(limits.callDepth)).toEqual([0, 499, 500]);
    expect(seen.map(([depth]) => depth?.peak)).toEqual([1, 8, 301, 301, 499]);
    const many = instantiated({});
    many.vm.execute("deep", [50_000]);
    expect(many.seen[0]?.[0]?.current).toBe(50_001);
    expect(many.limits.callDepth.peak).toBeGreaterThanOrEqual(50_001);
    expect(many.limits.callDepth.peak).toBeLessThanOrEqual(50_001 * (1 + 1 / 64));
    const error = failureOf(() => vm.execute("deep", [500]));
    expect(error.code).toBe(ErrCode.CallStackExhausted);
    expect(error.lines().join("\n")).toContain("The limit of open calls is 500.");
    expect(limits.callDepth.peak).toBe(500);
  });

  it("show the value stack, which grows with depth", () => {
    const { vm, limits, seen } = instantiated({});
    vm.execute("deep", [0]);
    const small = limits.valueStackBytes.peak;
    vm.execute("deep", [20_000]);
    expect(seen.at(-1)?.[1]?.current).toBeGreaterThan(20_000 * 16);
    expect(limits.valueStackBytes.peak).toBeGreaterThan(small);
    expect(limits.valueStackBytes.current).toBe(0);
    const tight = instantiated({ valueStackBytes: 100_000 });
    expect(failureOf(() => tight.vm.execute("deep", [20_000])).code).toBe(ErrCode.ValueStackExhausted);
    expect(tight.limits.valueStackBytes.peak).toBeLessThanOrEqual(100_000);
  });

  it("show the objects that a run has made, and end it beyond the limits", () => {
    const objects = compile(`(module (type $s (struct (field i64) (field i64)))
      (func (export "make") (param $n i32)
        (loop $l (drop (struct.new_default $s)) (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`);
    const limits = new Limits({ gcObjects: 100 });
    const vm = new VM(undefined, { limits });
    vm.loadWasm(objects);
    vm.validate();
    vm.instantiate();
    vm.execute("make", [60]);
    expect(figures(limits.gcObjects)).toEqual([0, 60, 100]);
    expect(limits.gcBytes.peak).toBeGreaterThanOrEqual(60 * 16);
    expect(failureOf(() => vm.execute("make", [101])).code).toBe(ErrCode.GCObjectCountLimit);
    const bytes = new VM(undefined, { limits: new Limits({ gcBytes: 1000, gcObjectBytes: 100 }) });
    expect(failureOf(() => bytes.runWasmFile(objects, "make", [1000])).code).toBe(ErrCode.GCLimitExceeded);
  });

  it("are of the largest run where several go on, and read from outside between slices", async () => {
    const limits = new Limits();
    const vm = new VM(undefined, { limits });
    const host = new ModuleInstance("host");
    const open: (() => void)[] = [];
    host.addHostFunction(
      "look",
      new HostFunction({ params: [], results: [] }, () => new Promise<void>((resolve) => open.push(resolve))),
    );
    vm.registerModule(host);
    vm.loadWasm(growing);
    vm.validate();
    vm.instantiate();
    const runs = [10, 30, 20].map((n) => vm.asyncExecute("deep", [n]));
    while (open.length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(figures(limits.callDepth)).toEqual([31, 31, 65536]);
    open[1]?.();
    await runs[1];
    expect(figures(limits.callDepth)).toEqual([21, 31, 65536]);
    runs[2]?.cancel();
    await runs[2]?.wait();
    expect(limits.callDepth.current).toBe(11);
    open[0]?.();
    await runs[0];
    expect(limits.callDepth.current).toBe(0);
  });
});

describe("limits and the configuration", () => {
  it("say the same, and limits that are given hold before it", () => {
    const configure = new Configure();
    configure.runtime.maxCallDepth = 77;
    configure.runtime.maxGCBytesPerRun = 88;
    expect(new Executor(configure).limits.callDepth.limit).toBe(77);
    const executor = new Executor(configure, undefined, new Limits({ callDepth: 9, memoryPages: 3, tableElements: 4 }));
    expect([executor.limits.callDepth.limit, executor.limits.gcBytes.limit]).toEqual([9, 88]);
    const { maxCallDepth, maxMemoryPage, maxTableElements } = executor.configure.runtime;
    expect([maxCallDepth, maxMemoryPage, maxTableElements]).toEqual([9, 3, 4]);
    expect(configure.runtime.maxCallDepth).toBe(77);
  });

  it.each<[string, object]>([
    ["a number below 0", { memoryBytes: -1 }],
    ["no number", { memoryBytes: Number.NaN }],
    ["a fraction", { gcBytes: 1.5 }],
    ["a text", { callDepth: "10" }],
    ["a big integer", { memoryPages: 10n }],
    ["a name that there is not", { memorybytes: 10 }],
  ])("are refused where they would limit nothing: %s", (_, options) => {
    const refusal = expect.objectContaining({ code: ErrCode.RuntimeError });
    expect(() => new Limits(options as LimitsOptions)).toThrow(refusal);
    expect(() => new VmBuilder().withLimits(options as LimitsOptions).build()).toThrow(refusal);
  });

  it("may be infinite, or 0", () => {
    const limits = new Limits({ memoryBytes: Number.POSITIVE_INFINITY, allTableElements: 0 });
    expect([limits.memoryBytes.limit, limits.tableElements.limit]).toEqual([Number.POSITIVE_INFINITY, 0]);
  });

  it("are there in the SDK", () => {
    const config = new ConfigBuilder().withRuntimeConfig(new RuntimeConfigOptions().maxCallDepth(50)).build();
    const seen: number[] = [];
    const vm = new VmBuilder()
      .withConfig(config)
      .withLimits({ memoryBytes: 3 * page })
      .build();
    vm.registerImportModule(
      new ImportObjectBuilder("host")
        .withFunc("look", [], [], () => void seen.push(vm.limits.callDepth.current))
        .build(),
    );
    vm.registerModuleFromBytes(null, growing);
    expect(vm.runFunc(null, "deep", [4])).toEqual([5]);
    expect(seen).toEqual([5]);
    expect(vm.runFunc(null, "grow", [1])).toEqual([2]);
    expect(vm.runFunc(null, "grow", [1])).toEqual([-1]);
    const plain = new VmBuilder().build();
    expect([plain.limits.callDepth.limit, plain.limits.callDepth.peak]).toEqual([65536, 0]);
    expect([figures(vm.limits.memoryBytes), figures(vm.limits.callDepth)]).toEqual([
      [3 * page, 3 * page, 3 * page],
      [0, 5, 50],
    ]);
  });
});
