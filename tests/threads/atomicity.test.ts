import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { compile } from "watr";
import { MemoryInstance } from "../../src/store/memory-instance.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine } from "../support/engine.ts";

/** Two threads that change the same cells at once, one on our engine and one on the native: nothing gets lost. */

/** The native engine does more of them in the same time. */
const OUR_ROUNDS = 20_000;
const NATIVE_ROUNDS = 400_000;

/** Each round adds one to each cell, in each way that there is. `$flip` is a bit of the thread's own. */
const source = `(module (import "m" "memory" (memory 1 1 shared))
  (func (export "run") (param $rounds i32) (param $flip i32) (local $seen i32) (local $wide i64)
    (loop $again
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (drop (i32.atomic.rmw.sub (i32.const 4) (i32.const -1)))
      (drop (i64.atomic.rmw.add (i32.const 8) (i64.const 0x100000001)))
      (drop (i64.atomic.rmw.sub (i32.const 16) (i64.const -1)))
      (drop (i32.atomic.rmw16.add_u (i32.const 24) (i32.const 1)))
      (drop (i64.atomic.rmw16.sub_u (i32.const 26) (i64.const -1)))
      (drop (i32.atomic.rmw8.add_u (i32.const 28) (i32.const 1)))
      (drop (i64.atomic.rmw8.sub_u (i32.const 29) (i64.const -1)))
      (drop (i64.atomic.rmw32.add_u (i32.const 32) (i64.const 1)))
      ;; Bits of both threads in one word, of which each changes its own.
      (drop (i32.atomic.rmw.or (i32.const 36) (local.get $flip)))
      (drop (i32.atomic.rmw.and (i32.const 36) (i32.xor (local.get $flip) (i32.const -1))))
      (drop (i32.atomic.rmw.xor (i32.const 40) (local.get $flip)))
      ;; An exchange takes all that is there, and gives it back to another cell.
      (drop (i32.atomic.rmw.add (i32.const 48) (i32.atomic.rmw.xchg (i32.const 44) (i32.const 0))))
      (drop (i32.atomic.rmw.add (i32.const 44) (i32.const 1)))
      (loop $try
        (local.set $seen (i32.atomic.load (i32.const 52)))
        (br_if $try (i32.ne (local.get $seen)
          (i32.atomic.rmw.cmpxchg (i32.const 52) (local.get $seen) (i32.add (local.get $seen) (i32.const 1))))))
      (loop $try
        (local.set $wide (i64.atomic.load (i32.const 56)))
        (br_if $try (i64.ne (local.get $wide)
          (i64.atomic.rmw.cmpxchg (i32.const 56) (local.get $wide) (i64.add (local.get $wide) (i64.const 3))))))
      (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))))`;

const nativeProgram = `
  const { workerData: { bytes, memory, rounds, gate }, parentPort } = require("node:worker_threads");
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { memory } }).exports;
  // Both threads begin at once.
  Atomics.add(gate, 0, 1);
  while (Atomics.load(gate, 0) < 2);
  run(rounds, 0x0f0f);
  parentPort.postMessage("done");`;

interface NativeMemory {
  readonly buffer: SharedArrayBuffer;
}

const { Memory } = (
  globalThis as unknown as {
    readonly WebAssembly: { readonly Memory: new (type: object) => NativeMemory };
  }
).WebAssembly;

describe("atomic instructions", () => {
  it("are atomic between our engine and the native one, on a memory of the native", async () => {
    const native = new Memory({ initial: 1, maximum: 1, shared: true });
    const size = new SharedArrayBuffer(4);
    new Uint32Array(size)[0] = 1;
    const limit = { min: 1n, max: 1n, shared: true, is64: false };
    const memory = MemoryInstance.fromShared({
      type: { limit, pageSizeLog2: 16 },
      pageLimit: 1,
      buffer: native.buffer,
      size,
    });
    const provider = new ModuleInstance("m");
    provider.addHostMemory("memory", memory);
    const engine = new Engine();
    engine.store.registerModule(provider);
    const instance = engine.instantiate(source);

    const gate = new Int32Array(new SharedArrayBuffer(4));
    const workerData = { bytes: compile(source), memory: native, rounds: NATIVE_ROUNDS, gate };
    const worker = new Worker(nativeProgram, { eval: true, workerData });
    const done = new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject));
    Atomics.add(gate, 0, 1);
    while (Atomics.load(gate, 0) < 2) await new Promise((resolve) => setTimeout(resolve, 0));
    engine.call(instance, "run", OUR_ROUNDS, 0xf0f0);
    await done;

    const total = OUR_ROUNDS + NATIVE_ROUNDS;
    const { view } = memory;
    expect(view.getInt32(0, true)).toBe(total);
    expect(view.getInt32(4, true)).toBe(total);
    expect(view.getBigInt64(8, true)).toBe(BigInt(total) * 0x1_0000_0001n);
    expect(view.getBigInt64(16, true)).toBe(BigInt(total));
    expect(view.getUint16(24, true)).toBe(total & 0xffff);
    expect(view.getUint16(26, true)).toBe(total & 0xffff);
    expect(view.getUint8(28)).toBe(total & 0xff);
    expect(view.getUint8(29)).toBe(total & 0xff);
    expect(view.getUint16(30, true)).toBe(0);
    expect(view.getInt32(32, true)).toBe(total);
    expect(view.getInt32(36, true)).toBe(0);
    expect(view.getInt32(40, true)).toBe(0);
    expect(view.getInt32(44, true) + view.getInt32(48, true)).toBe(total);
    expect(view.getInt32(52, true)).toBe(total);
    expect(view.getBigInt64(56, true)).toBe(3n * BigInt(total));
  });
});
