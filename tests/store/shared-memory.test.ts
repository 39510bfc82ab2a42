import { afterEach, describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { run } from "../../src/executor/engine/generated/run.ts";
import { MemoryInstance } from "../../src/store/memory-instance.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, failureOf } from "../support/engine.ts";

/** Shared memories as two threads see them; both stand in one here. */

const { atomics, createSharedBuffer } = host;
afterEach(() => installHost({ atomics, createSharedBuffer }));

const PAGE = 65536;

function shared(min: number, max: number, pageLimit?: number): MemoryInstance {
  const limit = { min: BigInt(min), max: BigInt(max), shared: true, is64: false };
  return new MemoryInstance({ limit, pageSizeLog2: 16 }, pageLimit);
}

/** The memory as another thread has it, by what structured cloning keeps. */
function inOtherThread(memory: MemoryInstance): MemoryInstance {
  const { type, pageLimit, buffer, size } = memory.toShared();
  return MemoryInstance.fromShared({ ...structuredClone({ type, pageLimit }), buffer, size });
}

/** Hosts whose shared buffers do not grow. */
function withoutGrowth(): void {
  installHost({ createSharedBuffer: (_, maxByteLength) => new SharedArrayBuffer(maxByteLength) });
}

describe("a shared memory", () => {
  it.each([
    ["grow", () => undefined],
    ["do not grow", withoutGrowth],
  ])("is grown for all threads by one, where the host's buffers %s", (_, prepare) => {
    prepare();
    const one = shared(1, 4);
    const other = inOtherThread(one);
    one.bytes[10] = 7;
    expect(other.bytes[10]).toBe(7);
    expect(other.grow(2)).toBe(1);
    expect([one.pageCount, one.byteLength, one.bytes.length, one.view.byteLength]).toEqual([
      3,
      3 * PAGE,
      3 * PAGE,
      3 * PAGE,
    ]);
    expect(one.type.limit.min).toBe(3n);
    one.view.setInt32(3 * PAGE - 4, 9, true);
    expect(other.view.getInt32(3 * PAGE - 4, true)).toBe(9);
    expect(one.contains(3 * PAGE - 4, 4)).toBe(true);
    expect(one.cells?.words.length).toBe((3 * PAGE) / 4);
    expect(one.grow(0)).toBe(3);
    expect(other.grow(2)).toBe(-1);
    expect(one.growPage(1)).toBe(true);
    expect(other.pageCount).toBe(4);
  });

  it("keeps the limit of its configuration in other threads", () => {
    const one = shared(1, 10, 2);
    const other = inOtherThread(one);
    expect(other.grow(2)).toBe(-1);
    expect(other.grow(1)).toBe(1);
    expect(one.pageCount).toBe(2);
  });

  it("may have all pages of the specification as its maximum", () => {
    expect(shared(1, 65536).grow(1)).toBe(1);
  });

  it("grows less far where the host cannot set all of it aside", () => {
    installHost({
      createSharedBuffer: (_, maxByteLength) => {
        if (maxByteLength > 3 * PAGE) throw new RangeError("Array buffer allocation failed");
        return new SharedArrayBuffer(maxByteLength);
      },
    });
    const memory = shared(1, 8);
    expect(memory.grow(1)).toBe(1);
    expect(memory.grow(2)).toBe(-1);
    expect(memory.pageCount).toBe(2);
    expect(shared(3, 100).pageCount).toBe(3);
    expect(failureOf(() => shared(4, 100)).code).toBe(ErrCode.MemoryAllocationFailed);
  });

  it("is refused by name where the host has none", () => {
    installHost({ createSharedBuffer: undefined, atomics: undefined });
    const error = failureOf(() => new Engine().instantiate("(module (memory 1 2 shared))"));
    expect(error.code).toBe(ErrCode.SharedMemoryUnsupported);
    expect(error.lines()).toEqual([
      "instantiation failed: host has no shared memory, Code: 0x3e4",
      "    At AST node: memory section",
      "    At AST node: module",
    ]);
  });

  it("alone can be handed to another thread", () => {
    const limit = { min: 1n, max: 1n, shared: false, is64: false };
    const memory = new MemoryInstance({ limit, pageSizeLog2: 16 });
    expect(failureOf(() => memory.toShared()).code).toBe(ErrCode.ExpectSharedMemory);
    expect(memory.cells).toBeUndefined();
  });

  it("is made of what another thread has handed over, and of nothing else", () => {
    const handed = shared(1, 1).toShared();
    for (const buffer of [undefined, new ArrayBuffer(65536), {}]) {
      const wrong = { ...handed, buffer: buffer as SharedArrayBuffer };
      expect(failureOf(() => MemoryInstance.fromShared(wrong)).code).toBe(ErrCode.ExpectSharedMemory);
    }
  });

  it("copies out of it into buffers that are not shared", () => {
    expect(shared(1, 1).getBytes(0, 4).buffer).toBeInstanceOf(ArrayBuffer);
  });
});

describe("a run on a shared memory that another thread grows", () => {
  const source = `(module (import "m" "mem" (memory 1 4 shared)) (memory $own 1)
    (func (export "load") (result i32) (i32.load (i32.const 65536)))
    (func (export "store") (i64.store (i32.const 65540) (i64.const -2)))
    (func (export "vector") (result i32) (i32x4.extract_lane 0 (v128.load (i32.const 131056))))
    (func (export "atomic") (result i32) (i32.atomic.rmw.add (i32.const 65536) (i32.const 1)))
    (func (export "size") (result i32) (memory.size))
    (func (export "fill") (result i32) (memory.fill (i32.const 65536) (i32.const 9) (i32.const 65536)) (i32.load8_u (i32.const 131071)))
    (func (export "outside") (result i32) (i32.load (i32.const 131069))))`;

  /** Calls a function; the other thread grows the memory between the start of the run and the first instruction. */
  function callWhileGrowing(name: string): unknown {
    const memory = shared(1, 4);
    const other = inOtherThread(memory);
    const engine = new Engine();
    const provider = new ModuleInstance("m");
    provider.addHostMemory("mem", memory);
    engine.store.registerModule(provider);
    const instance = engine.instantiate(source);
    engine.executor.loop = (execution) => {
      if (other.pageCount === 1) {
        other.growPage(1);
        other.view.setInt32(PAGE, 77, true);
        other.view.setInt32(2 * PAGE - 16, 78, true);
      }
      return run(execution);
    };
    const [result] = engine.call(instance, name);
    return name === "store" ? other.view.getBigInt64(PAGE + 4, true) : result;
  }

  it.each([
    ["load", 77],
    ["store", -2n],
    ["vector", 78],
    ["atomic", 77],
    ["size", 2],
    ["fill", 9],
  ])("sees the new pages in a %s", (name, result) => {
    expect(callWhileGrowing(name)).toBe(result);
  });

  it("traps behind the new end, and tells it", () => {
    const error = failureOf(() => callWhileGrowing("outside"));
    expect(error.lines()[1]).toBe("    Accessing offset from: 0x0001fffd to: 0x00020000 , Out of boundary: 0x0001ffff");
  });
});
