import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import type { Value, WasmValue } from "../../src/common/wasm-value.ts";
import type { SlicedRun } from "../../src/executor/sliced-run.ts";
import { ArrayInstance } from "../../src/store/array-instance.ts";
import type { MemoryInstance } from "../../src/store/memory-instance.ts";
import type { ModuleInstance } from "../../src/store/module-instance.ts";
import type { TableInstance } from "../../src/store/table-instance.ts";
import { Engine, exported, failureOf, meteringEngine } from "../support/engine.ts";

/** Bulk instructions that outlast a slice: what they give, what others see meanwhile, and that they can be ended in between. */

const MIB = 1 << 20;

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));
const { monotonicNanoseconds } = host;
afterEach(() => installHost({ monotonicNanoseconds }));

const functions = Array.from({ length: 100 }, (_, i) => `(func $f${i} (result i32) (i32.const ${i}))`).join("\n");
// 70,000 elements: more than a slice makes functions for.
const names = Array.from({ length: 70_000 }, (_, i) => `$f${i % 100}`).join(" ");
const nulls = Array.from({ length: 70_000 }, (_, i) => `(ref.func $f${i % 100})`).join(" ");

const source = `(module
  (type $bytes (array (mut i8))) (type $halves (array (mut i16))) (type $words (array (mut i32)))
  (type $doubles (array (mut i64))) (type $vectors (array (mut v128))) (type $refs (array (mut anyref)))
  (type $get (func (result i32))) (type $funcs (array (mut funcref)))
  (memory (export "memory") 320 2000)
  (table $t (export "table") 10 4000000 funcref)
  (table $other (export "other") 80000 funcref)
  (data $d "${"abcdefgh".repeat(1000)}")
  (elem $indices func ${names})
  (elem $references funcref ${nulls})
  ${functions}
  (global $a (mut (ref null array)) (ref.null array))
  (func (export "array") (result (ref null array)) (global.get $a))
  (func (export "newBytes") (param i32 i32) (global.set $a (array.new $bytes (local.get 0) (local.get 1))))
  (func (export "newWords") (param i32 i32) (global.set $a (array.new $words (local.get 0) (local.get 1))))
  (func (export "newDoubles") (param i64 i32) (global.set $a (array.new $doubles (local.get 0) (local.get 1))))
  (func (export "newVectors") (param i32 i32)
    (global.set $a (array.new $vectors (i32x4.replace_lane 3 (v128.const i32x4 1 2 3 0) (local.get 0)) (local.get 1))))
  (func (export "newRefs") (param i32 i32) (global.set $a (array.new $refs (ref.i31 (local.get 0)) (local.get 1))))
  (func (export "newDefaultBytes") (param i32) (global.set $a (array.new_default $bytes (local.get 0))))
  (func (export "newDefaultRefs") (param i32) (global.set $a (array.new_default $refs (local.get 0))))
  (func (export "newElem") (param i32 i32)
    (global.set $a (array.new_elem $funcs $indices (local.get 0) (local.get 1))))
  (func (export "initElem") (param i32 i32 i32)
    (array.init_elem $funcs $indices (ref.cast (ref null $funcs) (global.get $a)) (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fillBytes") (param i32 i32 i32)
    (array.fill $bytes (ref.cast (ref null $bytes) (global.get $a)) (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fillDoubles") (param i32 i64 i32)
    (array.fill $doubles (ref.cast (ref null $doubles) (global.get $a)) (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fillRefs") (param i32 i32 i32)
    (array.fill $refs (ref.cast (ref null $refs) (global.get $a)) (local.get 0) (ref.i31 (local.get 1)) (local.get 2)))
  (func (export "copyBytes") (param i32 i32 i32)
    (array.copy $bytes $bytes (ref.cast (ref null $bytes) (global.get $a)) (local.get 0)
      (ref.cast (ref null $bytes) (global.get $a)) (local.get 1) (local.get 2)))
  (func (export "copyRefs") (param i32 i32 i32)
    (array.copy $refs $refs (ref.cast (ref null $refs) (global.get $a)) (local.get 0)
      (ref.cast (ref null $refs) (global.get $a)) (local.get 1) (local.get 2)))
  (func (export "copyAway") (param i32 i32 i32) (local $b (ref null $bytes))
    (local.set $b (array.new_default $bytes (array.len (global.get $a))))
    (array.copy $bytes $bytes (local.get $b) (local.get 0)
      (ref.cast (ref null $bytes) (global.get $a)) (local.get 1) (local.get 2))
    (global.set $a (local.get $b)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "growTwice") (param i32 i32) (result i32)
    (i32.store (i32.const 0) (memory.grow (local.get 0)))
    (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 10000)) (memory.grow (local.get 1))))
  (func (export "growTable") (param i32) (result i32) (table.grow $t (ref.func $f7) (local.get 0)))
  (func (export "growTableOfNulls") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))
  (func (export "initTable") (param i32 i32 i32)
    (table.init $other $indices (local.get 0) (local.get 1) (local.get 2)))
  (func (export "initTableOfReferences") (param i32 i32 i32)
    (table.init $other $references (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (elem.drop $indices) (elem.drop $references))
  (func (export "call") (param i32) (result i32) (call_indirect $other (type $get) (local.get 0)))
  (func (export "manyBytes") (loop $l (drop (array.new_default $bytes (i32.const 1000000))) (br $l)))
  (func (export "manyFills") (loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 1000000)) (br $l)))
  (func (export "manyGrows") (loop $l (drop (memory.grow (i32.const 1))) (br $l))))`;

const parsed = (() => {
  const module = new Engine().parse(source);
  return (engine = new Engine()): { engine: Engine; instance: ModuleInstance } => ({
    engine,
    instance: engine.instantiate(module),
  });
})();

const arrayOf = (engine: Engine, instance: ModuleInstance): ArrayInstance =>
  engine.call(instance, "array")[0] as ArrayInstance;

const memoryOf = (instance: ModuleInstance): MemoryInstance => instance.findMemoryExports("memory") as MemoryInstance;
const tableOf = (instance: ModuleInstance, name = "table"): TableInstance =>
  instance.findTableExports(name) as TableInstance;

/** Begins a call whose slices are counted, and driven by hand. */
function begin(engine: Engine, instance: ModuleInstance, name: string, ...params: Value[]): SlicedRun<WasmValue[]> {
  return engine.executor.startRun(exported(instance, name), params);
}

/** @returns how many slices it took */
function finish(run: SlicedRun<unknown>): number {
  let slices = 1;
  while (!run.step(false)) slices++;
  return slices;
}

/** Calls a function. @returns how many slices it took */
function slicesOf(engine: Engine, instance: ModuleInstance, name: string, ...params: Value[]): number {
  return finish(begin(engine, instance, name, ...params));
}

/** The elements at some places, as numbers. */
function elementsAt({ elements }: ArrayInstance, ...places: number[]): unknown[] {
  return places.map((place) => {
    const element = elements[place];
    if (typeof element === "number" || element === null) return element;
    const { value, index } = element as unknown as { value?: number; index?: number };
    return value ?? index;
  });
}

describe("a new array", () => {
  it("of many numbers is full of the value to its end, for each width", () => {
    const { engine, instance } = parsed();
    const bytes = 40 * MIB + 5;
    expect(slicesOf(engine, instance, "newBytes", 0x1234_56ab, bytes)).toBe(4);
    const { elements } = arrayOf(engine, instance);
    expect(elements.length).toBe(bytes);
    expect((elements as Uint8Array).every((byte) => byte === 0xab)).toBe(true);

    expect(slicesOf(engine, instance, "newWords", -5, 9 * MIB + 1)).toBe(4);
    const words = arrayOf(engine, instance).elements as Int32Array;
    expect([words.length, words.every((word) => word === -5)]).toEqual([9 * MIB + 1, true]);

    expect(slicesOf(engine, instance, "newDoubles", 0x1_0000_0002n, 5 * MIB + 3)).toBe(4);
    const doubles = arrayOf(engine, instance).elements as Int32Array;
    expect(doubles.length).toBe(2 * (5 * MIB + 3));
    expect(doubles.every((word, i) => word === (i % 2 === 0 ? 2 : 1))).toBe(true);

    expect(slicesOf(engine, instance, "newVectors", 9, 2 * MIB + 3)).toBe(4);
    const vectors = arrayOf(engine, instance).elements as Int32Array;
    expect(vectors.length).toBe(4 * (2 * MIB + 3));
    expect(vectors.every((word, i) => word === [1, 2, 3, 9][i % 4])).toBe(true);
  });

  it("of many references has one at each place, and nulls where none is given", () => {
    const { engine, instance } = parsed();
    expect(slicesOf(engine, instance, "newRefs", 77, 1_200_000)).toBe(4);
    const array = arrayOf(engine, instance);
    expect(array.length).toBe(1_200_000);
    expect(elementsAt(array, 0, 524_287, 524_288, 1_199_999)).toEqual([77, 77, 77, 77]);
    expect(slicesOf(engine, instance, "newDefaultRefs", 1_200_000)).toBe(4);
    const { elements } = arrayOf(engine, instance);
    expect(elements.length).toBe(1_200_000);
    expect((elements as unknown[]).every((element) => element === null)).toBe(true);
    // A list that had holes would pass them by.
    expect(Object.keys((elements as unknown[]).slice(0, 1000)).length).toBe(1000);
  });

  it("of a segment of many functions has them all", () => {
    const { engine, instance } = parsed();
    expect(slicesOf(engine, instance, "newElem", 5, 69_995)).toBe(3);
    const array = arrayOf(engine, instance);
    expect(elementsAt(array, 0, 65_535, 65_536, 69_994)).toEqual([5, 40, 41, 99]);
    expect(slicesOf(engine, instance, "initElem", 2, 0, 69_000)).toBe(3);
    expect(elementsAt(array, 0, 1, 2, 69_001, 69_002)).toEqual([5, 6, 0, 99, 7]);
  });

  it("is not there before it is whole", () => {
    const { engine, instance } = parsed();
    for (const [name, ...params] of [
      ["newBytes", 1, 60 * MIB],
      ["newRefs", 1, 2_000_000],
      ["newDefaultRefs", 2_000_000],
      ["newElem", 0, 70_000],
    ] as const) {
      const run = begin(engine, instance, name, ...params);
      expect(run.step(false)).toBe(false);
      expect(run.step(false)).toBe(false);
      expect(engine.call(instance, "array")).toEqual([null]);
      run.cancel("enough");
      const error = failureOf(() => run.step(false));
      expect([error.code, error.cause]).toEqual([ErrCode.Interrupted, "enough"]);
      expect(engine.call(instance, "array")).toEqual([null]);
    }
  });

  it("beyond the limits traps before anything is made, and its slice goes on with others", () => {
    const { engine, instance } = parsed(new Engine({ runtime: { maxGCBytesPerRun: 50 * MIB } }));
    expect(failureOf(() => engine.call(instance, "newBytes", 1, 51 * MIB)).codeName).toBe("GCLimitExceeded");
    expect(failureOf(() => engine.call(instance, "newElem", 1, 70_000)).code).toBe(ErrCode.TableOutOfBounds);
    expect(engine.call(instance, "newBytes", 1, 49 * MIB)).toEqual([]);
    expect(arrayOf(engine, instance).length).toBe(49 * MIB);
  });
});

describe("array.fill and array.copy of much", () => {
  it("give what they give on little, to both sides and to another array", () => {
    const { engine, instance } = parsed();
    engine.call(instance, "newDefaultBytes", 60 * MIB);
    const bytes = arrayOf(engine, instance).elements as Uint8Array;
    const model = new Uint8Array(bytes.length);
    const check = (name: string, slices: number, to: number, from: number, length: number): void => {
      expect(slicesOf(engine, instance, name, to, from, length)).toBe(slices);
      if (name === "fillBytes") model.fill(from, to, to + length);
      else model.copyWithin(to, from, from + length);
      expect(Buffer.compare(bytes, model)).toBe(0);
    };
    check("fillBytes", 4, 3, 7, 40 * MIB);
    for (let i = 0; i < model.length; i += 4099) {
      model[i] = i >> 12;
      bytes[i] = i >> 12;
    }
    check("copyBytes", 4, 5, 12 * MIB + 1, 40 * MIB);
    check("copyBytes", 4, 12 * MIB + 3, 5, 40 * MIB);
    check("copyBytes", 3, 0, 1, 17 * MIB);
    // Making the other array is reckoned too.
    expect(slicesOf(engine, instance, "copyAway", 1, 2, 33 * MIB)).toBe(5);
    const away = arrayOf(engine, instance).elements as Uint8Array;
    expect(Buffer.compare(away.subarray(1, 1 + 33 * MIB), model.subarray(2, 2 + 33 * MIB))).toBe(0);
    expect([away[0], away[33 * MIB + 1]]).toEqual([0, 0]);
  });

  it("do the same to references, where one end overwrites the other", () => {
    const { engine, instance } = parsed();
    const count = 1_300_000;
    engine.call(instance, "newDefaultRefs", count);
    expect(slicesOf(engine, instance, "fillRefs", 10, 5, 600_000)).toBe(3);
    for (let i = 0; i < 20; i++) engine.call(instance, "fillRefs", 50_000 * i, 100 + i, 1);
    const array = arrayOf(engine, instance);
    const model = (array.elements as Value[]).slice();
    for (const [to, from, length] of [
      [7, 3, 1_200_000],
      [3, 11, 1_200_000],
      [600_000, 0, 700_000],
    ] as const) {
      expect(slicesOf(engine, instance, "copyRefs", to, from, length)).toBeGreaterThan(2);
      model.copyWithin(to, from, from + length);
      expect(array.elements.length).toBe(count);
      expect((array.elements as Value[]).every((element, i) => element === model[i])).toBe(true);
    }
  });

  it("change nothing where they go beyond the end", () => {
    const { engine, instance } = parsed();
    engine.call(instance, "newDefaultBytes", 20 * MIB);
    for (const [name, ...params] of [
      ["fillBytes", 1, 7, 20 * MIB],
      ["copyBytes", 1, 0, 20 * MIB],
      ["copyBytes", 0, 1, 20 * MIB],
    ] as const) {
      expect(failureOf(() => engine.call(instance, name, ...params)).code).toBe(ErrCode.ArrayOutOfBounds);
    }
    expect((arrayOf(engine, instance).elements as Uint8Array).some((byte) => byte !== 0)).toBe(false);
  });

  it("are ended in an asynchronous run of 2^28 elements, where the event loop has its turns", async () => {
    const { engine, instance } = parsed(new Engine({ runtime: { turnMilliseconds: 0 } }));
    engine.call(instance, "newDefaultBytes", 2 ** 28);
    const { elements } = arrayOf(engine, instance);
    const run = engine.executor.asyncInvoke(exported(instance, "fillBytes"), [0, 3, 2 ** 28]);
    while (!run.done && elements[0] !== 3) await new Promise((resolve) => setImmediate(resolve));
    expect(run.done).toBe(false);
    run.cancel("enough");
    await run.wait();
    const error = failureOf(() => run.finish());
    expect([error.code, error.cause]).toEqual([ErrCode.Interrupted, "enough"]);
    expect(error.lines().join("\n")).toContain("interrupted");
    expect(elements[2 ** 28 - 1]).toBe(0);
    expect(engine.call(instance, "array")[0]).toBeInstanceOf(ArrayInstance);
  });
});

describe("memory.grow of a large memory", () => {
  it("moves it in pieces, and keeps every byte", () => {
    const { engine, instance } = parsed();
    const memory = memoryOf(instance);
    const { bytes } = memory;
    for (let i = 0; i < bytes.length; i += 1021) bytes[i] = i >> 10;
    const model = bytes.slice();
    // 20 MiB, 4 MiB a slice.
    const run = begin(engine, instance, "grow", 3);
    expect(finish(run)).toBe(6);
    expect(run.result().map((value) => value.toValue())).toEqual([320]);
    expect([memory.pageCount, memory.bytes.length]).toEqual([323, 323 * 65536]);
    expect(Buffer.compare(memory.bytes.subarray(0, model.length), model)).toBe(0);
    expect(memory.bytes.subarray(model.length).some((byte) => byte !== 0)).toBe(false);
    // There is room for more now, which takes no time.
    expect(slicesOf(engine, instance, "grow", 10)).toBe(1);
    expect(engine.call(instance, "growTwice", 1500, 2)).toEqual([333 * 10000 + 1833]);
    expect(memory.pageCount).toBe(1835);
  });

  it("is done at once when somebody looks, who can write then and loses nothing", () => {
    const { engine, instance } = parsed();
    const memory = memoryOf(instance);
    const run = begin(engine, instance, "growTwice", 1, 400);
    expect([run.step(false), run.step(false)]).toEqual([false, false]);
    expect(memory.pageCount).toBe(321);
    memory.bytes[5] = 9;
    memory.bytes[19 * MIB] = 8;
    expect(finish(run)).toBeGreaterThan(1);
    expect(run.result()[0]?.toI32()).toBe(320 * 10000 + 321);
    expect([memory.pageCount, memory.bytes[5], memory.bytes[19 * MIB]]).toEqual([721, 9, 8]);
  });

  it("goes on where another run grows the memory, too", () => {
    const { engine, instance } = parsed();
    const first = begin(engine, instance, "grow", 400);
    expect([first.step(false), first.step(false)]).toEqual([false, false]);
    const second = begin(engine, instance, "grow", 500);
    expect([second.step(false), second.step(false)]).toEqual([false, false]);
    finish(first);
    finish(second);
    expect([first, second].map((run) => run.result()[0]?.toI32())).toEqual([320, 720]);
    expect(memoryOf(instance).pageCount).toBe(1220);
  });

  it("leaves the memory and the account as they were when it is cancelled", () => {
    const { engine, instance } = parsed();
    const { memoryBytes } = engine.executor.limits;
    const before = memoryBytes.current;
    const run = begin(engine, instance, "grow", 1000);
    expect([run.step(false), run.step(false)]).toEqual([false, false]);
    expect(memoryBytes.current).toBe(before + 1000 * 65536);
    run.cancel();
    expect(failureOf(() => run.step(false)).code).toBe(ErrCode.Interrupted);
    expect([memoryBytes.current, memoryOf(instance).pageCount]).toEqual([before, 320]);
    expect(engine.call(instance, "grow", 1)).toEqual([320]);
  });

  it("fails beyond the maximum, with nothing changed", () => {
    const { engine, instance } = parsed();
    expect(engine.call(instance, "grow", 1681)).toEqual([-1]);
    expect(engine.call(instance, "grow", 1680)).toEqual([320]);
    expect(engine.call(instance, "grow", 1)).toEqual([-1]);
    expect(engine.call(instance, "grow", 0)).toEqual([2000]);
  });
});

describe("table.grow by much", () => {
  it("gives the size before, and fills every element", () => {
    const { engine, instance } = parsed();
    const table = tableOf(instance);
    const run = begin(engine, instance, "growTable", 1_200_000);
    expect(finish(run)).toBe(4);
    expect(run.result()[0]?.toI32()).toBe(10);
    expect(table.size).toBe(1_200_010);
    const seven = exported(instance, "growTable").module?.getFunction(7);
    expect(table.elements.slice(0, 10).every((element) => element === null)).toBe(true);
    expect(table.elements.slice(10).every((element) => element === seven)).toBe(true);
  });

  it("of two runs at once gives each its own elements, one range behind the other", () => {
    const { engine, instance } = parsed();
    const table = tableOf(instance);
    const first = begin(engine, instance, "growTable", 1_200_000);
    expect([first.step(false), first.step(false)]).toEqual([false, false]);
    const second = begin(engine, instance, "growTableOfNulls", 1_000_000);
    // It helps the first one to its end.
    finish(second);
    finish(first);
    expect([first, second].map((run) => run.result()[0]?.toI32())).toEqual([10, 1_200_010]);
    expect(table.size).toBe(2_200_010);
    expect(table.elements.slice(10, 1_200_010).some((element) => element === null)).toBe(false);
    expect(table.elements.slice(1_200_010).every((element) => element === null)).toBe(true);
  });

  it("that is cancelled leaves what it has added, gives the rest back, and is no one's burden", () => {
    const { engine, instance } = parsed();
    const table = tableOf(instance);
    const { tableElements } = engine.executor.limits;
    const before = tableElements.current;
    const first = begin(engine, instance, "growTable", 1_200_000);
    expect([first.step(false), first.step(false)]).toEqual([false, false]);
    const second = begin(engine, instance, "growTableOfNulls", 1_000_000);
    expect(second.step(false)).toBe(false);
    first.cancel();
    expect(failureOf(() => first.step(false)).code).toBe(ErrCode.Interrupted);
    // The second one knows already where it begins.
    expect(second.step(false)).toBe(false);
    second.cancel();
    expect(failureOf(() => second.step(false)).code).toBe(ErrCode.Interrupted);
    const { size } = table;
    expect(size).toBeGreaterThan(500_000);
    expect(size).toBeLessThan(1_200_010);
    expect(tableElements.current).toBe(before + size - 10);
    expect(engine.call(instance, "growTable", 5)).toEqual([size]);
    expect(table.size).toBe(size + 5);
  });

  it("fails where what is under way leaves no room", () => {
    const { engine, instance } = parsed();
    const run = begin(engine, instance, "growTable", 3_000_000);
    expect(run.step(false)).toBe(false);
    expect(engine.call(instance, "growTable", 1_000_000)).toEqual([-1]);
    expect(engine.call(instance, "growTable", 999_990)).toEqual([3_000_010]);
    finish(run);
    expect([run.result()[0]?.toI32(), tableOf(instance).size]).toEqual([10, 4_000_000]);
  });
});

describe("table.init of much", () => {
  it.each(["initTable", "initTableOfReferences"])("gives every function its place, by %s", (name) => {
    const { engine, instance } = parsed();
    expect(slicesOf(engine, instance, name, 1000, 3, 69_997)).toBe(3);
    const called = [1000, 66_535, 66_536, 70_996].map((i) => engine.call(instance, "call", i)[0]);
    expect(called).toEqual([3, 38, 39, 99]);
    expect([999, 70_997].map((i) => tableOf(instance, "other").getRef(i))).toEqual([null, null]);
  });

  it("goes on with a segment that is dropped meanwhile", () => {
    const { engine, instance } = parsed();
    const runs = ["initTable", "initTableOfReferences"].map((name) => begin(engine, instance, name, 0, 0, 70_000));
    for (const run of runs) expect([run.step(false), run.step(false)]).toEqual([false, false]);
    engine.call(instance, "drop");
    for (const run of runs) finish(run);
    expect(engine.call(instance, "call", 69_999)).toEqual([99]);
    expect(failureOf(() => engine.call(instance, "initTable", 0, 0, 1)).code).toBe(ErrCode.TableOutOfBounds);
  });

  it("changes nothing where it goes beyond the end of either", () => {
    const { engine, instance } = parsed();
    for (const [to, from, count] of [
      [0, 1, 70_000],
      [10_001, 0, 70_000],
    ] as const) {
      const error = failureOf(() => engine.call(instance, "initTable", to, from, count));
      expect(error.code).toBe(ErrCode.TableOutOfBounds);
    }
    expect(tableOf(instance, "other").elements.every((element) => element === null)).toBe(true);
  });
});

describe("many bulk instructions that are short", () => {
  it.each(["manyBytes", "manyFills", "manyGrows"])("end a slice as one long one does: %s", (name) => {
    const { engine, instance } = parsed(meteringEngine());
    const run = begin(engine, instance, name);
    const before = engine.totals.count;
    for (let i = 0; i < 60; i++) expect(run.step(false)).toBe(false);
    // Without that, they would be 60 slices of a million instructions.
    expect(engine.totals.count - before).toBeGreaterThan(100);
    expect(engine.totals.count - before).toBeLessThan(20_000);
    run.cancel();
    expect(failureOf(() => run.step(false)).code).toBe(ErrCode.Interrupted);
  });

  it("let a deadline end the run soon", () => {
    const { engine, instance } = parsed(meteringEngine());
    let now = 0n;
    installHost({ monotonicNanoseconds: () => ++now });
    const fills = exported(instance, "manyFills");
    const before = engine.totals.count;
    expect(failureOf(() => engine.executor.invoke(fills, [], { deadline: 10n })).code).toBe(ErrCode.Interrupted);
    const executed = engine.totals.count - before;
    // Some 16 fills of a million bytes a slice, each of five instructions, and not a million instructions.
    expect(executed).toBeGreaterThan(100);
    expect(executed).toBeLessThan(1000);
  });
});

describe("a bulk instruction in pieces", () => {
  it("is one instruction in the statistics, and one in the cost", () => {
    const { engine, instance } = parsed(meteringEngine());
    const cost = (name: string, ...params: Value[]): number => {
      const before = engine.totals;
      engine.call(instance, name, ...params);
      expect(Number(engine.totals.cost - before.cost)).toBe(engine.totals.count - before.count);
      return engine.totals.count - before.count;
    };
    expect(cost("newBytes", 1, 40 * MIB)).toBe(cost("newBytes", 1, 4));
    expect(cost("newRefs", 1, 2_000_000)).toBe(cost("newRefs", 1, 4));
    expect(cost("copyRefs", 0, 1, 3)).toBe(9);
    cost("newRefs", 1, 2_000_000);
    expect(cost("copyRefs", 0, 1, 1_999_999)).toBe(9);
    expect(cost("grow", 500)).toBe(cost("grow", 0));
    expect(cost("growTable", 1_000_000)).toBe(cost("growTable", 1));
    expect(cost("initTable", 0, 0, 70_000)).toBe(cost("initTable", 0, 0, 7));
  });

  it("gives the same wherever between its pieces others have their turn", () => {
    const { engine: other, instance: little } = parsed(meteringEngine());
    other.call(little, "newDoubles", 7n, 6);
    other.call(little, "growTable", 13);
    other.call(little, "growTwice", 3, 9);
    other.call(little, "initTable", 5, 0, 7);
    other.call(little, "array");
    other.call(little, "call", 5);
    const countOfLittle = other.totals.count;
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 6; seed++) {
      const { engine, instance } = parsed(meteringEngine());
      const runs = [
        begin(engine, instance, "newDoubles", 7n, 6 * MIB),
        begin(engine, instance, "growTable", 1_300_000),
        begin(engine, instance, "growTwice", 300, 900),
        begin(engine, instance, "initTable", 5, 0, 70_000),
      ];
      const open = new Set(runs);
      let state = seed * 2654435761;
      while (open.size > 0) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const run = runs[state >>> 30];
        if (run !== undefined && open.has(run) && run.step(false)) open.delete(run);
      }
      const array = arrayOf(engine, instance);
      outcomes.add(
        JSON.stringify([
          runs.map((run) => run.result().map((value) => value.toI32())),
          [array.length, array.elements[0], array.elements[1], array.elements[2 * array.length - 2]],
          [tableOf(instance).size, memoryOf(instance).pageCount, engine.call(instance, "call", 70_004)],
          engine.totals.count,
        ]),
      );
    }
    expect([...outcomes]).toEqual([
      JSON.stringify([[[], [10], [320 * 10000 + 620], []], [6 * MIB, 7, 0, 7], [1_300_010, 1520, [99]], countOfLittle]),
    ]);
  });
});
