import { afterEach, describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import type { MemoryInstance } from "../../src/store/memory-instance.ts";
import { WasiModule } from "../../src/wasi/wasi-module.ts";
import { Engine, exported, failureOf } from "../support/engine.ts";

/** `random_get` of so much that it would outlast a slice: it is filled in stretches of a mebibyte. */

const { monotonicNanoseconds, fillRandom } = host;
afterEach(() => installHost({ monotonicNanoseconds, fillRandom }));

const MIB = 1 << 20;

function start(): { engine: Engine; fill: ReturnType<typeof exported>; memory: MemoryInstance } {
  const engine = new Engine();
  const wasi = new WasiModule();
  wasi.init([], "test");
  engine.store.registerModule(wasi);
  const instance = engine.instantiate(`(module
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (memory (export "memory") 900 2000)
    (func (export "fill") (param i32 i32) (result i32) (call $random (local.get 0) (local.get 1))))`);
  let calls = 0;
  // The same byte for each buffer, from 1 on.
  installHost({ fillRandom: (bytes) => void bytes.fill((calls++ % 255) + 1) });
  return { engine, fill: exported(instance, "fill"), memory: instance.findMemoryExports("memory") as MemoryInstance };
}

function check({ bytes }: MemoryInstance, from: number, length: number): void {
  expect(bytes[from - 1]).toBe(0);
  expect(bytes.subarray(from, from + length).every((byte, i) => byte === ((i >> 16) % 255) + 1)).toBe(true);
  expect(bytes[from + length]).toBe(0);
}

describe("random_get of much", () => {
  it("fills all of it, in a synchronous run and in an asynchronous one", async () => {
    const at = start();
    expect(at.engine.executor.invoke(at.fill, [7, 5 * MIB + 3])).toEqual([0]);
    check(at.memory, 7, 5 * MIB + 3);
    const other = start();
    expect(await other.engine.executor.asyncInvoke(other.fill, [7, 5 * MIB + 3])).toEqual([0]);
    check(other.memory, 7, 5 * MIB + 3);
  });

  it("is ended by a deadline between two stretches", () => {
    const { engine, fill, memory } = start();
    let now = 0n;
    installHost({ monotonicNanoseconds: () => ++now });
    const error = failureOf(() => engine.executor.invoke(fill, [7, 50 * MIB], { deadline: 6n }));
    expect(error.code).toBe(ErrCode.Interrupted);
    expect(memory.bytes[7]).toBe(1);
    expect(memory.bytes[49 * MIB]).toBe(0);
  });

  it("is ended by cancelling, and lets others have their turn; the memory may be grown meanwhile", async () => {
    const { engine, fill, memory } = start();
    const run = engine.executor.asyncInvoke(fill, [7, 50 * MIB]);
    while (!run.done && memory.bytes[7 + MIB] === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(run.done).toBe(false);
    memory.growPage(500);
    while (!run.done && memory.bytes[7 + 3 * MIB] === 0) await new Promise((resolve) => setImmediate(resolve));
    run.cancel();
    await run.wait();
    expect(failureOf(() => run.finish()).code).toBe(ErrCode.Interrupted);
    const { bytes } = memory;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(bytes[49 * MIB]).toBe(0);
  });
});
