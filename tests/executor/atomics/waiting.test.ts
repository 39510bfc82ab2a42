import { afterEach, describe, expect, it } from "vitest";
import { ErrCode } from "../../../src/common/error-code.ts";
import { type HostAtomics, host, installHost } from "../../../src/common/host.ts";
import { Engine, failureOf } from "../../support/engine.ts";

/** Waiting in one thread: for nothing, for a time, against a deadline. Waiting for others: tests/threads. */

const { atomics, monotonicNanoseconds } = host;
afterEach(() => installHost({ atomics, monotonicNanoseconds }));

const source = `(module (memory 1 1 shared) (data (i32.const 8) "\\05\\00\\00\\00\\06\\00\\00\\00")
  (func (export "wait32") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32)
    (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "twice") (result i32)
    (i32.add (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 1))
             (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1)))))`;

function waiting(name: string, ...args: readonly (number | bigint)[]): unknown {
  const engine = new Engine();
  return engine.call(engine.instantiate(source), name, ...args)[0];
}

/** Atomics whose `wait` is another. */
function withWait(wait: () => "ok" | "not-equal" | "timed-out"): HostAtomics {
  return Object.assign(Object.create(atomics as object), { wait }) as HostAtomics;
}

describe("waiting", () => {
  it("ends at once where the cell holds another value than expected", () => {
    expect(waiting("wait32", 8, 6, -1n)).toBe(1);
    expect(waiting("wait64", 8, 5n, -1n)).toBe(1);
  });

  it("ends after the time that is given in nanoseconds", () => {
    const start = monotonicNanoseconds();
    expect(waiting("wait32", 8, 5, 3_000_000n)).toBe(2);
    expect(waiting("wait64", 8, 0x6_0000_0005n, 3_000_000n)).toBe(2);
    expect(Number(monotonicNanoseconds() - start)).toBeGreaterThan(5_900_000);
    expect(waiting("wait32", 8, 5, 0n)).toBe(2);
  });

  it("compares all 64 bits, and 32 as signed", () => {
    expect(waiting("wait64", 8, 0x7_0000_0005n, -1n)).toBe(1);
    expect(waiting("wait32", 0, -1, -1n)).toBe(1);
  });

  it("checks alignment and bounds", () => {
    expect(failureOf(() => waiting("wait32", 2, 0, 0n)).code).toBe(ErrCode.UnalignedAtomicAccess);
    expect(failureOf(() => waiting("wait64", 4, 0n, 0n)).code).toBe(ErrCode.UnalignedAtomicAccess);
    const error = failureOf(() => waiting("wait32", 65536, 0, 0n));
    expect(error.lines().slice(0, 2)).toEqual([
      "execution failed: out of bounds memory access, Code: 0x408",
      "    Accessing offset from: 0x00010000 to: 0x00010003 , Out of boundary: 0x0000ffff",
    ]);
  });

  it("goes on with the instruction behind it", () => {
    expect(waiting("twice")).toBe(3);
  });

  it("ends with the run's deadline, and does not take it for its own", () => {
    const engine = new Engine();
    const func = engine.instantiate(source).findFuncExports("wait32");
    for (const timeout of [-1n, 10n ** 15n]) {
      const deadline = monotonicNanoseconds() + 5_000_000n;
      const error = failureOf(() => engine.executor.invoke(func, [8, 5, timeout], { deadline }));
      expect(error.code).toBe(ErrCode.Interrupted);
      expect(error.lines()[1]).toContain("In instruction: memory.atomic.wait32");
      // The host's timers are finer than its clock.
      expect(monotonicNanoseconds() >= deadline - 100_000n).toBe(true);
    }
    const deadline = monotonicNanoseconds() + 10n ** 12n;
    expect(engine.executor.invoke(func, [8, 5, 1n], { deadline })).toEqual([2]);
  });

  it("fails by name where the host does not let the thread wait", () => {
    installHost({
      atomics: withWait(() => {
        throw new TypeError("Atomics.wait cannot be called in this context");
      }),
    });
    const error = failureOf(() => waiting("wait32", 8, 5, -1n));
    expect(error.lines()[0]).toBe("execution failed: host does not let this thread wait, Code: 0x4e6");
  });

  it("gives 0 to who is woken", () => {
    installHost({ atomics: withWait(() => "ok") });
    expect(waiting("wait32", 8, 5, -1n)).toBe(0);
  });
});
