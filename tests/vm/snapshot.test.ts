import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "watr";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { Configure, HostRegistration } from "../../src/config/configure.ts";
import { ConfigBuilder, StatisticsConfigOptions, VmBuilder } from "../../src/index.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { VM } from "../../src/vm/vm.ts";
import { VMStage } from "../../src/vm/vm-types.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { contextOf, failureOf } from "../support/engine.ts";

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

function counting(): Configure {
  const configure = new Configure();
  configure.statistics.instructionCounting = true;
  return configure;
}

const sum = compile(`(module (func (export "sum") (param $n i32) (result i64) (local $s i64)
  (loop $again
    (local.set $s (i64.add (local.get $s) (i64.extend_i32_u (local.get $n))))
    (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
  (local.get $s)))`);

function vmWith(bytes: Uint8Array, configure = counting()): VM {
  const vm = new VM(configure);
  vm.loadWasm(bytes);
  vm.validate();
  vm.instantiate();
  return vm;
}

describe("a VM", () => {
  it("makes snapshots of a run, and goes on from them as if it had loaded the module itself", () => {
    const vm = vmWith(sum);
    const run = vm.pausable("sum", [1000]);
    run.runUntil(500);
    const other = new VM(counting());
    const again = other.restore(vm.snapshot(run));
    expect(again?.finish()).toEqual([500500n]);
    expect(run.finish()).toEqual([500500n]);
    expect(other.getStatistics().getInstrCount()).toBe(vm.getStatistics().getInstrCount());
    expect(other.getStage()).toBe(VMStage.Instantiated);
    expect(other.execute("sum", [10])).toEqual([55n]);
  });

  it("makes them of an asynchronous run that is paused, also at its cost limit", async () => {
    const configure = counting();
    configure.statistics.costMeasuring = true;
    configure.statistics.costLimit = 3000n;
    const vm = vmWith(sum, configure);
    const run = vm.asyncExecute("sum", [1000], { atCostLimit: "pause" });
    expect(await run.whenPaused()).toBe(true);
    const bytes = vm.snapshot(run);
    run.resume(1_000_000n);
    expect(await run).toEqual([500500n]);
    const other = new VM(counting());
    const again = other.restore(bytes);
    expect(other.getStatistics().getInstrCount()).toBe(3000);
    expect(again?.finish()).toEqual([500500n]);
    expect(failureOf(() => vm.snapshot(run)).code).toBe(ErrCode.NotInSnapshot);
  });

  it("refuses them while a host function runs or is awaited, and before the first turn", async () => {
    const source = compile(`(module (import "host" "f" (func $f)) (func (export "run") (call $f)))`);
    const vm = new VM(counting());
    const host = new ModuleInstance("host");
    let body: () => undefined | Promise<undefined> = () => undefined;
    host.addHostFunction("f", new HostFunction({ params: [], results: [] }, () => body()));
    vm.registerModule(host);
    vm.loadWasm(source);
    vm.validate();
    vm.instantiate();
    const texts: (string | undefined)[] = [];
    const refused = (held: Parameters<VM["snapshot"]>[0]): void => {
      texts.push(
        contextOf(
          failureOf(() => vm.snapshot(held)),
          "note",
        )[0]?.text,
      );
    };
    const run = vm.pausable("run");
    body = () => refused(run) as undefined;
    run.finish();
    let release: () => void = () => undefined;
    body = () =>
      new Promise((resolve) => {
        release = () => resolve(undefined);
      });
    const waiting = vm.asyncExecute("run");
    refused(waiting);
    while (waiting.call === undefined || waiting.isInside) await new Promise((resolve) => setTimeout(resolve, 1));
    while (texts.length < 3) {
      refused(waiting);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    release();
    await waiting;
    refused(waiting);
    expect(texts).toEqual([
      "A host function of the run is running.",
      "The run has not begun, or is no call of a function.",
      "The run waits for something from outside: a host function, or an address.",
      "The run has ended.",
    ]);
  });

  it("records a run that can go back", () => {
    const vm = vmWith(sum);
    const travel = vm.record("sum", [100], { interval: 100 });
    expect(travel.finish()).toEqual([5050n]);
    travel.goTo(50);
    expect(travel.count).toBe(50);
    expect(travel.finish()).toEqual([5050n]);
  });
});

describe("a recorded run of a WASI program", () => {
  it("sees the same random bytes, times and input when it has gone back, and prints nothing twice", () => {
    const source = compile(`(module
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "run") (param $n i32) (local $at i32)
        (loop $again
          (local.set $at (i32.mul (local.get $n) (i32.const 64)))
          (drop (call $random (local.get $at) (i32.const 9)))
          (drop (call $clock (i32.const 0) (i64.const 0) (i32.add (local.get $at) (i32.const 16))))
          (i32.store (i32.const 0) (i32.add (local.get $at) (i32.const 24)))
          (i32.store (i32.const 4) (i32.const 5))
          (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
          (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
          (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`);
    let output = "";
    let given = 0;
    const vm = new VM(counting().addHostRegistration(HostRegistration.Wasi), {
      wasi: {
        stdin: { read: (bytes) => bytes.fill(0x61 + (given++ % 26)).length },
        stdout: {
          write: (bytes) => {
            output += Buffer.from(bytes).toString();
            return bytes.length;
          },
        },
      },
    });
    vm.getImportModule(HostRegistration.Wasi)?.initialize(["guest"]);
    vm.loadWasm(source);
    vm.validate();
    vm.instantiate();
    const travel = vm.record("run", [20], { interval: 97 });
    const memory = (): string =>
      Buffer.from(vm.getActiveModule()?.findMemoryExports("memory")?.bytes ?? []).toString("hex");
    const places = new Map<number, string>();
    while (!travel.step(13)) places.set(travel.count, memory());
    const end = memory();
    const printed = output;
    expect(printed.slice(0, 15)).toBe("aaaaabbbbbccccc");
    for (const [count, state] of [...places].reverse()) {
      travel.goTo(count);
      expect(memory()).toBe(state);
    }
    travel.finish();
    expect([memory() === end, output, given]).toEqual([true, printed, 20]);
  });
});

describe("a Vm of the SDK", () => {
  it("stops, keeps, restores and records its calls", () => {
    const config = new ConfigBuilder()
      .withStatisticsConfig(new StatisticsConfigOptions().countInstructions(true))
      .build();
    const vm = new VmBuilder().withConfig(config).build().registerModuleFromBytes(null, sum);
    const run = vm.pausableFunc(null, "sum", [100]);
    run.runUntil(77);
    const other = new VmBuilder().withConfig(config).build();
    expect(other.restore(vm.snapshot(run))?.finish()).toEqual([5050n]);
    expect(other.runFunc(null, "sum", [4])).toEqual([10n]);
    const travel = vm.recordFunc(null, "sum", [10]);
    expect([travel.finish(), travel.stepBack(3)]).toEqual([[55n], travel.furthest - 3]);
  });
});

describe("a deterministic VM", () => {
  const guest = compile(`(module
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_filestat_get" (func $stat (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "run")
      (drop (call $random (i32.const 0) (i32.const 40)))
      (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 64)))
      (i64.store (i32.const 120) (i64.const 60000000000))
      (i32.store (i32.const 112) (i32.const 1))
      (drop (call $poll (i32.const 96) (i32.const 160) (i32.const 1) (i32.const 200)))
      (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 72)))
      (drop (call $stat (i32.const 3) (i32.const 256)))))`);

  function memoryAfter(seed: number): Uint8Array {
    const configure = counting().addHostRegistration(HostRegistration.Wasi);
    configure.runtime.deterministic = true;
    const vm = new VM(configure, { wasi: { seed, fileSystem: new MemoryFileSystem({ files: { f: "x" } }) } });
    vm.getImportModule(HostRegistration.Wasi)?.initialize(["guest"], [], ["/:/"]);
    vm.runWasmFile(guest, "run");
    return vm.getActiveModule()?.findMemoryExports("memory")?.bytes.slice() as Uint8Array;
  }

  it("makes up clocks, waits, random bytes and the times of files, the same each time", () => {
    const [first, second, other] = [memoryAfter(1), memoryAfter(1), memoryAfter(2)] as const;
    expect(Buffer.compare(first, second)).toBe(0);
    expect(Buffer.compare(first.subarray(0, 40), other.subarray(0, 40))).not.toBe(0);
    expect(first.subarray(0, 40).some((byte) => byte !== 0)).toBe(true);
    const times = new DataView(first.buffer);
    expect(new Date(Number(times.getBigInt64(64, true) / 1_000_000n)).toISOString()).toBe("2000-01-01T00:00:00.000Z");
    // A minute was waited for, and took none of ours.
    expect(times.getBigInt64(72, true)).toBeGreaterThan(60_000_000_000n);
    expect(times.getBigInt64(72, true)).toBeLessThan(60_001_000_000n);
    expect(times.getBigInt64(256 + 40, true)).toBeGreaterThan(0n);
  });

  it("has no network", () => {
    const configure = counting().addHostRegistration(HostRegistration.Wasi);
    configure.runtime.deterministic = true;
    const error = failureOf(() => new VM(configure, { wasi: { allowNet: ["127.0.0.1:80"] } }));
    expect(contextOf(error, "note")[0]?.text).toBe("Runs are deterministic, and the network (allowNet) is not.");
  });
});
