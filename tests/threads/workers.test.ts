import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { compile } from "watr";
import {
  CommonConfigOptions,
  ConfigBuilder,
  ExecuteTimeout,
  ImportObjectBuilder,
  Memory,
  type Vm,
  VmBuilder,
} from "../../src/index.ts";
import { failureOf } from "../support/engine.ts";

/** The SDK's part: handing a memory over, and runs that wait. */

const config = new ConfigBuilder(new CommonConfigOptions().threads(true)).build();

const source = compile(`(module (import "env" "memory" (memory 1 4 shared))
  (func (export "add") (param i32) (result i32) (i32.atomic.rmw.add (i32.const 0) (local.get 0)))
  (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1)))
  (func (export "wake") (result i32) (memory.atomic.notify (i32.const 8) (i32.const -1)))
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
  (func (export "size") (result i32) (memory.size)))`);

function vmOn(memory: Memory): Vm {
  const vm = new VmBuilder().withConfig(config).build();
  vm.registerImportModule(new ImportObjectBuilder("env").withMemory("memory", memory).build());
  vm.registerModuleFromBytes("app", source);
  return vm;
}

describe("two instances on one memory", () => {
  it("see what the other does, growing included", () => {
    const memory = Memory.create({ min: 1, max: 4, shared: true });
    const one = vmOn(memory);
    const other = vmOn(Memory.fromShared(memory.toShared()));
    expect(one.runFunc("app", "add", [5])).toEqual([0]);
    expect(other.runFunc("app", "add", [7])).toEqual([5]);
    expect(memory.view.getInt32(0, true)).toBe(12);
    expect(other.runFunc("app", "grow")).toEqual([1]);
    expect(one.runFunc("app", "size")).toEqual([2]);
    expect(memory.size).toBe(2);
    expect(memory.bytes).toHaveLength(2 * 65536);
  });

  it("wake one another in one thread, where the one that waits is asynchronous", async () => {
    const memory = Memory.create({ min: 1, max: 4, shared: true });
    const waiting = vmOn(memory).runFuncAsync("app", "wait");
    const other = vmOn(Memory.fromShared(memory.toShared()));
    while (other.runFunc("app", "wake")[0] === 0) await waiting.waitFor(1);
    expect(await waiting).toEqual([0]);
  });

  it("end with a time limit while they wait", async () => {
    const vm = vmOn(Memory.create({ min: 1, max: 4, shared: true }));
    expect(() => vm.runFuncWithTimeout("app", "wait", [], 5)).toThrow(ExecuteTimeout);
    const waiting = vm.runFuncAsync("app", "wait");
    await waiting.waitFor(5);
    waiting.cancel();
    await expect(waiting.get()).rejects.toMatchObject({ codeName: "Interrupted" });
  });

  it("cannot be made of a memory that is not shared", () => {
    expect(failureOf(() => Memory.create({ min: 1, max: 1 }).toShared()).codeName).toBe("ExpectSharedMemory");
  });
});

describe("a memory in a worker", () => {
  it("is the same as here: the host's Atomics there, our instructions here", async () => {
    const memory = Memory.create({ min: 1, max: 4, shared: true });
    const vm = vmOn(memory);
    const { buffer } = memory.toShared();
    const program = `
      const { workerData, parentPort } = require("node:worker_threads");
      const words = new Int32Array(workerData.buffer, 0, 16);
      for (let i = 0; i < 1000; i++) Atomics.add(words, 0, 1);
      Atomics.store(words, 4, 1);
      parentPort.postMessage(Atomics.wait(words, 2, 0));`;
    const worker = new Worker(program, { eval: true, workerData: { buffer } });
    const outcome = new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject));
    // Both add at the same time: nothing is lost.
    for (let i = 0; i < 1000; i++) vm.runFunc("app", "add", [1]);
    while (vm.runFunc("app", "wake")[0] === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await outcome).toBe("ok");
    expect(vm.runFunc("app", "add", [0])).toEqual([2000]);
  });
});
