import { afterEach, describe, expect, it } from "vitest";
import { ErrCode } from "../../../src/common/error-code.ts";
import { type HostAtomics, host, installHost } from "../../../src/common/host.ts";
import type { Async } from "../../../src/executor/async.ts";
import type { ModuleInstance } from "../../../src/store/module-instance.ts";
import { Engine, exported, failureOf } from "../../support/engine.ts";

/** Waiting in asynchronous runs: the thread goes on, and here it is the one that wakes them. */

const { atomics, monotonicNanoseconds, schedule } = host;
afterEach(() => installHost({ atomics, schedule }));

const source = `(module (memory (export "memory") 1 1 shared)
  (func (export "wait32") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32)
    (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "set") (param i32 i32) (i32.atomic.store (local.get 0) (local.get 1)))
  (func (export "wake") (param i32 i32) (result i32) (memory.atomic.notify (local.get 0) (local.get 1)))
  ;; Waits for the word at 0 to become 1, 2, … up to $n, and counts the waits by what they gave.
  (func (export "rounds") (param $n i32) (result i32) (local $i i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum)
        (i32.shl (i32.const 1) (i32.mul (i32.const 8)
          (memory.atomic.wait32 (i32.const 0) (local.get $i) (i64.const -1))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $sum)))`;

class Waiter {
  readonly engine = new Engine();
  readonly instance: ModuleInstance = this.engine.instantiate(source);

  start(name: string, ...args: readonly (number | bigint)[]): Async<unknown[]> {
    return this.engine.executor.asyncInvoke(exported(this.instance, name), args) as Async<unknown[]>;
  }

  call(name: string, ...args: readonly (number | bigint)[]): unknown {
    return this.engine.call(this.instance, name, ...args)[0];
  }

  /** Wakes one waiter at an address, as soon as there is one. */
  async wakeOne(address: number): Promise<void> {
    while (this.call("wake", address, 1) === 0) await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

async function codeOf(work: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return (error as { code?: number }).code;
  }
}

/** Atomics of a host that cannot wait without blocking. */
function withoutWaitAsync(): HostAtomics {
  return Object.assign(Object.create(atomics as object), { waitAsync: undefined }) as HostAtomics;
}

describe("an asynchronous run that waits", () => {
  it("is woken by another run of the same thread", async () => {
    const waiter = new Waiter();
    const run = waiter.start("wait32", 0, 0, -1n);
    await waiter.wakeOne(0);
    expect(await run).toEqual([0]);
    const wide = waiter.start("wait64", 8, 0n, -1n);
    await waiter.wakeOne(8);
    expect(await wide).toEqual([0]);
  });

  it("does not wait where the value is another, and not longer than its time", async () => {
    const waiter = new Waiter();
    expect(await waiter.start("wait32", 0, 1, -1n)).toEqual([1]);
    const start = monotonicNanoseconds();
    expect(await waiter.start("wait32", 0, 0, 5_000_000n)).toEqual([2]);
    expect(Number(monotonicNanoseconds() - start)).toBeGreaterThanOrEqual(4_000_000);
    expect(await waiter.start("wait32", 0, 0, 0n)).toEqual([2]);
  });

  it("goes on behind each of many waits", async () => {
    const waiter = new Waiter();
    const run = waiter.start("rounds", 20);
    for (let i = 1; i <= 20; i++) {
      await waiter.wakeOne(0);
      // The run has no turn between these two, so its next wait finds the value that it expects.
      waiter.call("set", 0, i);
    }
    expect(await run).toEqual([20]);
  });

  it("traps as a synchronous one does", async () => {
    const waiter = new Waiter();
    expect(await codeOf(waiter.start("wait32", 2, 0, 0n))).toBe(ErrCode.UnalignedAtomicAccess);
    expect(await codeOf(waiter.start("wait32", 65536, 0, 0n))).toBe(ErrCode.MemoryOutOfBounds);
  });

  it("ends when it is cancelled, and does not keep the wake-up of another", async () => {
    const waiter = new Waiter();
    const cancelled = waiter.start("wait32", 0, 0, -1n);
    expect(await cancelled.waitFor(5)).toBe(false);
    const other = waiter.start("wait32", 0, 0, -1n);
    expect(await other.waitFor(5)).toBe(false);
    cancelled.cancel();
    expect(await codeOf(cancelled)).toBe(ErrCode.Interrupted);
    // The host wakes the one that waited first, though nobody is there any more.
    expect(waiter.call("wake", 0, 1)).toBe(1);
    expect(await other).toEqual([0]);
  });

  it("ends with its executor's stop and with its deadline", async () => {
    const waiter = new Waiter();
    const stopped = waiter.start("wait32", 0, 0, -1n);
    await stopped.waitFor(5);
    waiter.engine.executor.stop();
    expect(await codeOf(stopped)).toBe(ErrCode.Interrupted);
    const deadline = monotonicNanoseconds() + 5_000_000n;
    const func = exported(waiter.instance, "wait32");
    const late = waiter.engine.executor.asyncInvoke(func, [0, 0, -1n], { deadline });
    expect(await codeOf(late)).toBe(ErrCode.Interrupted);
    expect(monotonicNanoseconds() >= deadline).toBe(true);
  });

  it("cannot be finished at once while it waits, and goes on afterwards", async () => {
    const waiter = new Waiter();
    const run = waiter.start("wait32", 0, 0, -1n);
    expect(run.finishWithin(1)).toBe(false);
    const error = failureOf(() => run.finish());
    expect(error.lines()).toEqual([
      "execution failed: host does not let this thread wait, Code: 0x4e6",
      "    The run waits already: await it.",
    ]);
    await waiter.wakeOne(0);
    expect(await run).toEqual([0]);
  });

  it("blocks the thread where it is finished at once from its start", () => {
    expect(new Waiter().start("wait32", 0, 0, 1_000_000n).finish()).toEqual([2]);
  });
});

describe("a start function that waits", () => {
  it("gives others their turn where the module is instantiated asynchronously", async () => {
    const waiter = new Waiter();
    waiter.engine.store.registerModule(waiter.instance, "m");
    const starting = `(module (import "m" "memory" (memory 1 1 shared)) (global $woken (export "woken") (mut i32) (i32.const 9))
      (func $start (global.set $woken (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))) (start $start))`;
    const { engine } = waiter;
    const instantiation = engine.executor.asyncInstantiateModule(engine.store, engine.parse(starting));
    await waiter.wakeOne(0);
    expect((await instantiation).findGlobalExports("woken")?.getValue()).toBe(0);
  });
});

describe("a host without Atomics.waitAsync", () => {
  it("is asked now and then whether the value has changed", async () => {
    installHost({ atomics: withoutWaitAsync() });
    const waiter = new Waiter();
    const run = waiter.start("wait32", 0, 0, -1n);
    const wide = waiter.start("wait64", 8, 0n, -1n);
    expect(await run.waitFor(5)).toBe(false);
    waiter.call("set", 0, 1);
    expect(await run).toEqual([0]);
    expect(wide.done).toBe(false);
    waiter.call("set", 12, 1);
    expect(await wide).toEqual([0]);
    expect(await waiter.start("wait32", 0, 0, -1n)).toEqual([1]);
    expect(await waiter.start("wait32", 0, 1, 0n)).toEqual([2]);
    expect(await waiter.start("wait32", 0, 1, 2_000_000n)).toEqual([2]);
    const cancelled = waiter.start("wait32", 0, 1, -1n);
    await cancelled.waitFor(5);
    cancelled.cancel();
    expect(await codeOf(cancelled)).toBe(ErrCode.Interrupted);
  });

  it("blocks the thread where it has no timers either", async () => {
    installHost({ atomics: withoutWaitAsync(), schedule: undefined });
    expect(await new Waiter().start("wait32", 0, 0, 1_000_000n)).toEqual([2]);
  });
});
