import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { instructions } from "../../src/ast/instruction-list.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import type { LogRecord } from "../../src/common/log.ts";
import { MAX_COST_LIMIT } from "../../src/config/configure.ts";
import { Statistics } from "../../src/executor/statistics.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, failureOf, loggedBy } from "../support/engine.ts";

/** WasmEdge's common/statisticsTest.cpp, and the clocks. */

const { monotonicNanoseconds } = host;
let now = 0n;

beforeEach(() => {
  now = 1_000_000n;
  installHost({ monotonicNanoseconds: () => now });
});
afterEach(() => installHost({ monotonicNanoseconds }));

describe("the cost sum", () => {
  it("takes what fits under the limit and refuses the rest, with a line in the log", () => {
    const statistics = new Statistics(100n);
    expect(statistics.addCost(10n)).toBe(true);
    expect(statistics.addCost(90n)).toBe(true);
    expect(statistics.getTotalCost()).toBe(100n);
    const records = loggedBy(() => expect(statistics.addCost(1n)).toBe(false));
    expect(records).toEqual([{ level: "error", message: "Cost exceeded limit. Force terminate the execution." }]);
    expect(statistics.getTotalCost()).toBe(100n);
    expect(statistics.remainingCost).toBe(0n);
  });

  it("gives back only what leaves something", () => {
    const statistics = new Statistics();
    expect(statistics.subCost(1n)).toBe(false);
    statistics.addCost(10n);
    expect(statistics.subCost(10n)).toBe(false);
    expect(statistics.getTotalCost()).toBe(10n);
    expect(statistics.subCost(9n)).toBe(true);
    expect(statistics.getTotalCost()).toBe(1n);
  });

  it("has no limit that matters at the start, and one that can be set", () => {
    const statistics = new Statistics();
    expect(statistics.getCostLimit()).toBe(MAX_COST_LIMIT);
    expect(statistics.addCost(MAX_COST_LIMIT)).toBe(true);
    expect(statistics.addCost(1n)).toBe(false);
    statistics.setCostLimit(5n);
    expect(statistics.getCostLimit()).toBe(5n);
    for (const limit of [-1n, MAX_COST_LIMIT + 1n, 5 as unknown as bigint]) {
      const error = failureOf(() => statistics.setCostLimit(limit));
      expect(error.code).toBe(ErrCode.RuntimeError);
      expect(error.lines()).toContain(`    the cost limit ${limit} is not a bigint from 0 to ${MAX_COST_LIMIT}`);
      expect(failureOf(() => new Statistics(limit)).code).toBe(ErrCode.RuntimeError);
    }
    expect(statistics.remainingCost).toBe(0n);
  });

  it("is cleared with count and times; limit and table stay", () => {
    const statistics = new Statistics(7n, [2, 3]);
    statistics.addCost(5n);
    statistics.addInstructions(3);
    statistics.startRecordWasm();
    now += 10n;
    statistics.stopRecordWasm();
    statistics.clear();
    expect(statistics.getTotalCost()).toBe(0n);
    expect(statistics.getInstrCount()).toBe(0);
    expect(statistics.getTotalExecTime()).toBe(0n);
    expect(statistics.getCostLimit()).toBe(7n);
    expect(statistics.costOf(1)).toBe(3);
  });
});

describe("the cost table", () => {
  it("has 65536 entries of 1 at the start", () => {
    const statistics = new Statistics();
    const table = statistics.getCostTable();
    expect(table).toHaveLength(65536);
    expect(table.every((cost) => cost === 1)).toBe(true);
    expect(statistics.hasUnitCosts).toBe(true);
  });

  it("is filled up with zeros, and cut off, when it is set", () => {
    const statistics = new Statistics();
    statistics.setCostTable([4, 5, 6]);
    expect(statistics.getCostTable().slice(0, 5)).toEqual([4, 5, 6, 0, 0]);
    expect(statistics.hasUnitCosts).toBe(false);
    expect(statistics.largestCost).toBe(6);
    statistics.setCostTable(new Array(70000).fill(9));
    expect(statistics.getCostTable()).toHaveLength(65536);
  });

  it("is indexed by WasmEdge's numbers, and by names", () => {
    const statistics = new Statistics();
    statistics.setCostOf("call", 17);
    statistics.setCostOf("i32.load", 18);
    expect([statistics.addInstrCost("call"), statistics.addInstrCost("i32.load")]).toEqual([true, true]);
    expect([statistics.getTotalCost(), statistics.subInstrCost("call"), statistics.getTotalCost()]).toEqual([
      35n,
      true,
      18n,
    ]);
    expect(statistics.subInstrCost("i32.load")).toBe(false);
    expect(failureOf(() => statistics.addInstrCost("i32.lod")).code).toBe(ErrCode.RuntimeError);
    statistics.clear();
    // WasmEdge's ranges of numbers: 7 to 18 are 0x0A to 0x15, 30 to 186 are 0x28 to 0xC4.
    expect(statistics.costOf(7 + 0x10 - 0x0a)).toBe(17);
    expect(statistics.costOf(30)).toBe(18);
    expect(statistics.costOf(31)).toBe(1);
    expect(instructions[30]?.name).toBe("i32.load");
    const error = failureOf(() => statistics.setCostOf("i32.lod", 1));
    expect(error.lines()).toContain("    no instruction is named i32.lod");
  });

  it("takes whole numbers up to 2^30 only", () => {
    const statistics = new Statistics();
    for (const cost of [-1, 0.5, Number.NaN, 2 ** 30 + 1]) {
      expect(failureOf(() => statistics.setCostTable([cost])).code).toBe(ErrCode.RuntimeError);
      expect(failureOf(() => statistics.setCostOf("nop", cost)).code).toBe(ErrCode.RuntimeError);
    }
    expect(statistics.hasUnitCosts).toBe(true);
    statistics.setCostOf("nop", 2 ** 30);
    // What is refused has not been taken into the table that there is.
    expect(failureOf(() => statistics.setCostOf("nop", -1)).code).toBe(ErrCode.RuntimeError);
    expect(statistics.getCostTable()).not.toContain(-1);
    expect(statistics.largestCost).toBe(2 ** 30);
  });
});

describe("times", () => {
  const type = { params: [], results: [] };

  /** A module whose functions call host functions that take 100 ns. */
  function timed(body: (call: (name: string) => void) => void): { engine: Engine; call: (name: string) => void } {
    const engine = new Engine({ statistics: { timeMeasuring: true, instructionCounting: true } });
    const provider = new ModuleInstance("host");
    const call = (name: string): void => void engine.call(instance, name);
    provider.addHostFunction(
      "h",
      new HostFunction(type, () => {
        now += 100n;
        body(call);
      }),
    );
    provider.addHostFunction(
      "leaf",
      new HostFunction(type, () => {
        now += 7n;
      }),
    );
    engine.store.registerModule(provider);
    const instance = engine.instantiate(`(module (import "host" "h" (func $h)) (import "host" "leaf" (func $leaf))
      (func (export "f") (call $h)) (func (export "g") (call $leaf)) (func (export "trap") (unreachable)))`);
    // The loop itself takes 10 ns a round.
    const { loop } = engine.executor;
    engine.executor.loop = (execution) => {
      now += 10n;
      return loop(execution);
    };
    return { engine, call };
  }

  it("are those of wasm and of host functions, which exclude each other", () => {
    const { engine, call } = timed(() => {});
    call("f");
    expect(engine.statistics.getHostFuncExecTime()).toBe(100n);
    expect(engine.statistics.getWasmExecTime()).toBe(20n);
    expect(engine.statistics.getTotalExecTime()).toBe(120n);
    expect(engine.statistics.getInstrPerSecond()).toBeCloseTo((2 * 1e9) / 20);
  });

  it("exclude each other too where a host function calls back", () => {
    const { engine, call } = timed((again) => {
      again("g");
      now += 1000n;
    });
    call("f");
    expect(engine.statistics.getHostFuncExecTime()).toBe(1107n);
    expect(engine.statistics.getWasmExecTime()).toBe(40n);
  });

  it("are kept when a run or a host function fails", () => {
    const { engine, call } = timed(() => {
      throw new Error("no");
    });
    expect(failureOf(() => call("trap")).code).toBe(ErrCode.Unreachable);
    expect(engine.statistics.getWasmExecTime()).toBe(10n);
    expect(failureOf(() => call("f")).code).toBe(ErrCode.HostFuncError);
    expect(engine.statistics.getWasmExecTime()).toBe(20n);
    expect(engine.statistics.getHostFuncExecTime()).toBe(100n);
    now += 5000n;
    call("g");
    expect(engine.statistics.getTotalExecTime()).toBe(20n + 100n + 20n + 7n);
  });

  it("are NaN as a rate where none was measured", () => {
    expect(new Statistics().getInstrPerSecond()).toBeNaN();
  });
});

describe("the log of a run", () => {
  const add = `(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))`;

  function logOf(measured: ConstructorParameters<typeof Engine>[0]): string[] {
    const engine = new Engine(measured);
    const instance = engine.instantiate(add);
    return loggedBy(() => engine.call(instance, "add", 1, 2)).map(({ level, message }) => `${level}:${message}`);
  }

  it("has the lines of what is measured", () => {
    const head = "info:====================  Statistics  ====================";
    const foot = "info:=======================   End   ======================";
    expect(logOf({})).toEqual([]);
    expect(logOf({ statistics: { instructionCounting: true } })).toEqual([
      head,
      "info: Executed wasm instructions count: 4",
      foot,
    ]);
    expect(logOf({ statistics: { costMeasuring: true } })).toEqual([head, "info: Gas costs: 4", foot]);
    expect(logOf({ statistics: { timeMeasuring: true } })).toEqual([
      head,
      "info: Total execution time: 0 ns",
      "info: Wasm instructions execution time: 0 ns",
      "info: Host functions execution time: 0 ns",
      foot,
    ]);
    expect(logOf({ statistics: { timeMeasuring: true, instructionCounting: true, costMeasuring: true } })).toEqual([
      head,
      "info: Total execution time: 0 ns",
      "info: Wasm instructions execution time: 0 ns",
      "info: Host functions execution time: 0 ns",
      "info: Executed wasm instructions count: 4",
      "info: Gas costs: 4",
      // No time has gone by, so there is no rate.
      "info: Instructions per second: 18446744073709551615",
      foot,
    ]);
  });

  const counted = (log: readonly LogRecord[]): string[] =>
    log.flatMap(({ message }) => (message.includes("count:") ? [message] : []));

  it("comes after a start function too, and where a module is not instantiated", () => {
    const engine = new Engine({ statistics: { instructionCounting: true } });
    const instantiate = (text: string): string[] => counted(loggedBy(() => engine.instantiate(text)));
    const failing = (text: string): string[] => counted(loggedBy(() => failureOf(() => engine.instantiate(text))));
    expect(instantiate(`(module (func $s (nop)) (start $s))`)).toEqual([" Executed wasm instructions count: 2"]);
    // Of a start function that fails, the log comes after the call and after the instantiation.
    expect(failing(`(module (func $s unreachable) (start $s))`)).toEqual([
      " Executed wasm instructions count: 3",
      " Executed wasm instructions count: 3",
    ]);
    expect(failing(`(module (import "nowhere" "f" (func)))`)).toEqual([" Executed wasm instructions count: 3"]);
    expect(failing(`(module (memory 1) (data (i32.const 65536) "x"))`)).toEqual([
      " Executed wasm instructions count: 5",
    ]);
    engine.instantiate("(module)", "taken");
    const taken = loggedBy(() => failureOf(() => engine.instantiate("(module)", "taken")));
    expect(counted(taken)).toEqual([" Executed wasm instructions count: 5"]);
    expect(instantiate("(module)")).toEqual([]);
  });
});
