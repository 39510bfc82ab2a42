import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { MAX_COST_LIMIT } from "../../src/config/configure.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { contextOf, type Engine, type EngineOptions, failureOf, loggedBy, meteringEngine } from "../support/engine.ts";

/** Counts, costs and limits: reference, chapter 6. */

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

interface Program {
  readonly name: string;
  /** Modules that the last one imports, by name. */
  readonly providers?: Readonly<Record<string, string>>;
  readonly source: string;
  readonly params?: readonly Value[];
  readonly results: readonly Value[];
  /** Instructions that a run executes. */
  readonly total: number;
}

const loop = (body: string, times: string): string => `
  (loop $l ${body}
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $l (i32.lt_u (local.get $i) ${times})))`;

const programs: readonly Program[] = [
  {
    name: "straight code",
    source: `(module (func (export "f") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))`,
    params: [1, 2],
    results: [3],
    total: 4,
  },
  {
    name: "a loop behind which code is dead",
    source: `(module (func (export "f") (param i32) (local $i i32)
      ${loop("", "(i32.const 7)")}
      (br_if 0 (local.get 0))
      (unreachable)))`,
    params: [1],
    results: [],
    // Each round has 9, then the loop's end, local.get, br_if, end.
    total: 7 * 9 + 4,
  },
  {
    name: "branches with values, past code that was put off",
    source: `(module (func (export "f") (param $n i32) (result i32) (local $i i32) (local $sum i32)
      (loop $l
        (local.set $sum (i32.add (local.get $sum)
          (block $b (result i32)
            (drop (br_if $b (i32.const 5) (i32.and (local.get $i) (i32.const 1))))
            (nop) (nop)
            (i32.const 1))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.ne (local.get $i) (local.get $n))))
      (local.get $sum)))`,
    params: [6],
    results: [18],
    // Odd rounds leave the block at its br_if, even ones execute drop, nop, nop, i32.const besides.
    total: 3 * 19 + 3 * 23 + 3,
  },
  {
    name: "a br_table",
    source: `(module (func (export "f") (param $n i32) (result i32) (local $i i32) (local $sum i32)
      (loop $l
        (block $two (block $one (block $zero
          (br_table $zero $one $two (local.get $i)))
          (local.set $sum (i32.add (local.get $sum) (i32.const 1))) (br $two))
          (local.set $sum (i32.add (local.get $sum) (i32.const 10))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
      (local.get $sum)))`,
    params: [4],
    results: [11],
    // A round: loop, three blocks, local.get, br_table; then zero: end, 4, br, end; one: end, 4, end; two: end; then 8.
    total: 6 + 7 + 8 + (6 + 6 + 8) + 2 * (6 + 1 + 8) + 3,
  },
  {
    name: "recursion with operands below the call",
    source: `(module (func $f (export "f") (param $n i64) (result i64)
      (if (result i64) (i64.eqz (local.get $n))
        (then (i64.const 1))
        (else (i64.add (local.get $n) (i64.mul (i64.const 2) (call $f (i64.sub (local.get $n) (i64.const 1)))))))))`,
    params: [5n],
    results: [89n],
    // local.get, eqz, if; then const, else, end, end, or else, 8 and the call, end, end.
    total: 5 * (3 + 1 + 8 + 2) + 3 + 4,
  },
  {
    name: "calls of other modules and back",
    providers: {
      m: `(module (func (export "twice") (param i32) (result i32) (nop) (i32.mul (i32.const 2) (local.get 0))))`,
    },
    source: `(module (import "m" "twice" (func $twice (param i32) (result i32)))
      (func (export "f") (param i32) (result i32)
        (i32.add (local.get 0) (call $twice (i32.add (call $twice (local.get 0)) (local.get 0))))))`,
    params: [3],
    results: [21],
    total: 8 + 2 * 5,
  },
  {
    name: "tail calls, within the module and out of it",
    providers: {
      m: `(module (func (export "end") (param i32) (result i32) (i32.add (local.get 0) (i32.const 40))))`,
    },
    source: `(module (import "m" "end" (func $end (param i32) (result i32)))
      (func $down (param $n i32) (param $sum i32) (result i32)
        (if (i32.eqz (local.get $n)) (then (return_call $end (local.get $sum))))
        (return_call $down (i32.sub (local.get $n) (i32.const 1)) (i32.add (local.get $sum) (local.get $n))))
      (func (export "f") (param i32) (result i32) (i32.sub (call $down (local.get 0) (i32.const 0)) (i32.const 1))))`,
    params: [4],
    results: [49],
    total: 6 + 4 * (3 + 1 + 7) + 5 + 4,
  },
  {
    name: "indirect calls through a table",
    source: `(module
      (type $t (func (param i32) (result i32)))
      (table funcref (elem $inc $double))
      (func $inc (type $t) (i32.add (local.get 0) (i32.const 1)))
      (func $double (type $t) (i32.shl (local.get 0) (i32.const 1)))
      (func (export "f") (param $n i32) (result i32) (local $i i32)
        ${loop(
          "(local.set $n (call_indirect (type $t) (local.get $n) (i32.and (local.get $i) (i32.const 1))))",
          "(i32.const 4)",
        )}
        (local.get $n)))`,
    params: [1],
    results: [10],
    total: 4 * (15 + 4) + 3,
  },
];

/** An engine with a program's modules in it. */
function prepared(program: Program, options?: EngineOptions): { engine: Engine; run: () => Value[] } {
  const engine = meteringEngine(options);
  const limit = engine.statistics.getCostLimit();
  engine.statistics.setCostLimit(MAX_COST_LIMIT);
  for (const [name, source] of Object.entries(program.providers ?? {})) engine.instantiate(source, name);
  const instance = engine.instantiate(program.source);
  // Constant expressions count too: see below.
  engine.statistics.clear();
  engine.statistics.setCostLimit(limit);
  return { engine, run: () => engine.call(instance, "f", ...(program.params ?? [])) };
}

function totalsOf(source: string, ...params: Value[]): { count: number; cost: bigint } {
  const { engine, run } = prepared({ name: "", source, params, results: [], total: 0 });
  run();
  return engine.totals;
}

describe("counts and costs", () => {
  it("are those of the reference for if and else: 6 either way, 4 without else, 5 with a nop", () => {
    const both = `(module (func (export "f") (param i32) (result i32)
      (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2)))))`;
    const one = `(module (func (export "f") (param i32) (if (local.get 0) (then (nop)))))`;
    expect(totalsOf(both, 1)).toEqual({ count: 6, cost: 6n });
    expect(totalsOf(both, 0)).toEqual({ count: 6, cost: 6n });
    expect(totalsOf(one, 0)).toEqual({ count: 4, cost: 4n });
    expect(totalsOf(one, 1)).toEqual({ count: 5, cost: 5n });
  });

  it("are those of WasmEdge's samples: 1 for nothing, 4 for an addition, 3 up to a division by zero", () => {
    expect(totalsOf(`(module (func (export "f")))`)).toEqual({ count: 1, cost: 1n });
    expect(totalsOf(programs[0]?.source as string, 2, 3)).toEqual({ count: 4, cost: 4n });
    const division = `(module (func (export "f") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1))))`;
    const { engine, run } = prepared({ name: "", source: division, params: [1, 0], results: [], total: 3 });
    expect(failureOf(run).code).toBe(ErrCode.DivideByZero);
    expect(engine.totals).toEqual({ count: 3, cost: 3n });
  });

  it.each(programs)("of $name are the number of instructions", (program) => {
    const { engine, run } = prepared(program);
    expect(run()).toEqual(program.results);
    expect(engine.totals).toEqual({ count: program.total, cost: BigInt(program.total) });
  });

  it.each(programs)("of $name are the same in stepwise code", (program) => {
    // Costs that are no counts make the run stepwise, where both are wanted.
    const { engine, run } = prepared(program, { costs: { "i64.clz": 2 } });
    expect(run()).toEqual(program.results);
    expect(engine.totals).toEqual({ count: program.total, cost: BigInt(program.total) });
  });

  it.each(programs)("of $name are the same with a limit that is not reached", (program) => {
    const { engine, run } = prepared(program, { statistics: { costLimit: BigInt(program.total) + 1_000_000n } });
    expect(run()).toEqual(program.results);
    expect(engine.totals).toEqual({ count: program.total, cost: BigInt(program.total) });
  });

  it("include the instruction that traps, wherever the code stands", () => {
    const sources: Readonly<Record<number, string>> = {
      [ErrCode.Unreachable]: `(func (export "f") (nop) (if (i32.const 1) (then (nop) (unreachable))))`,
      [ErrCode.MemoryOutOfBounds]: `(memory 1) (func (export "f") (nop) (nop) (nop) (i32.const 65533) (i32.load) (drop))`,
      [ErrCode.UndefinedElement]: `(table 1 funcref) (func (export "f") (nop) (nop) (nop) (call_indirect (i32.const 9)))`,
      [ErrCode.CallStackExhausted]: `(func $f (export "f") (nop) (nop) (nop) (nop) (call $f))`,
      [ErrCode.TableOutOfBounds]: `(table 1 funcref) (func (export "f") (nop) (nop) (nop) (drop (table.get (i32.const 1))))`,
    };
    for (const [code, source] of Object.entries(sources)) {
      const { engine, run } = prepared(
        { name: "", source: `(module ${source})`, results: [], total: 5 },
        { runtime: { maxCallDepth: 1 } },
      );
      expect(failureOf(run).code).toBe(Number(code));
      expect(engine.totals).toEqual({ count: 5, cost: 5n });
    }
  });

  it("of a call that exhausts the stack are charged once, into another module and as a tail call too", () => {
    const wide = `(module (func (export "wide") ${"(local i64 i64 i64 i64 i64 i64 i64 i64)".repeat(100)}))`;
    for (const call of ["call", "return_call"]) {
      const program: Program = {
        name: call,
        providers: { m: wide },
        source: `(module (import "m" "wide" (func $w)) (func (export "f") (nop) (nop) (${call} $w)))`,
        results: [],
        total: 3,
      };
      const { engine, run } = prepared(program, { runtime: { maxValueStackBytes: 4096 } });
      expect(failureOf(run).code).toBe(ErrCode.ValueStackExhausted);
      expect(engine.totals).toEqual({ count: 3, cost: 3n });
    }
  });
});

describe("a cost limit", () => {
  it.each(programs)("ends $name before exactly the instruction that is too much", (program) => {
    for (let limit = 0; limit <= program.total + 1; limit++) {
      const { engine, run } = prepared(program, { statistics: { costLimit: BigInt(limit) } });
      if (limit >= program.total) {
        expect(run()).toEqual(program.results);
        expect(engine.totals).toEqual({ count: program.total, cost: BigInt(program.total) });
      } else {
        const error = failureOf(run);
        expect(error.code).toBe(ErrCode.CostLimitExceeded);
        expect({ limit, ...engine.totals }).toEqual({ limit, count: limit + 1, cost: BigInt(limit) });
      }
    }
  });

  it("names the instruction that it refuses, in the order of the run", () => {
    const source = `(module (func (export "f") (param i32) (result i32)
      (block $b (result i32)
        (br_if $b (i32.const 7) (local.get 0))
        (drop) (unreachable))))`;
    const program: Program = { name: "", source, params: [1], results: [7], total: 6 };
    const refused = [0, 1, 2, 3, 4, 5].map((limit) => {
      const { run } = prepared(program, { statistics: { costLimit: BigInt(limit) } });
      return contextOf(failureOf(run), "instruction").map(({ name }) => name)[0];
    });
    expect(refused).toEqual(["block", "i32.const", "local.get", "br_if", "end", "end"]);
  });

  it("of 2 refuses the addition with WasmEdge's lines, 3 instructions counted and 2 paid", () => {
    const { engine, run } = prepared(programs[0] as Program, { statistics: { costLimit: 2n } });
    let lines: string[] = [];
    const records = loggedBy(() => {
      lines = failureOf(run).lines();
    });
    expect(lines).toEqual([
      "wasmedge runtime failed: cost limit exceeded, Code: 0x003",
      "    In instruction: i32.add (0x6a) , Bytecode offset: 0x00000025",
      "calling stack:module[0]:0 f@0x00000025",
    ]);
    expect(records).toEqual([
      { level: "error", message: "Cost exceeded limit. Force terminate the execution." },
      { level: "info", message: "====================  Statistics  ====================" },
      { level: "info", message: " Executed wasm instructions count: 3" },
      { level: "info", message: " Gas costs: 2" },
      { level: "info", message: "=======================   End   ======================" },
    ]);
    expect(engine.totals).toEqual({ count: 3, cost: 2n });
  });

  it("set on the Statistics before the executor was made holds, and so does one set later", () => {
    const { engine, run } = prepared(programs[0] as Program);
    engine.statistics.setCostLimit(5n);
    run();
    expect(failureOf(run).code).toBe(ErrCode.CostLimitExceeded);
    expect(engine.statistics.getTotalCost()).toBe(5n);
    engine.statistics.clear();
    expect(run()).toEqual([3]);
  });

  it("is kept where a function of another module is much longer than all before", () => {
    const program: Program = {
      name: "",
      providers: { m: `(module (func (export "long") ${"(nop)".repeat(500)}))` },
      source: `(module (import "m" "long" (func $long)) (func (export "f") (call $long) (call $long)))`,
      results: [],
      total: 2 * 501 + 3,
    };
    for (const limit of [0, 1, 2, 100, 501, 502, 503, 504, 700, 1002, 1003, 1004]) {
      const { engine, run } = prepared(program, { statistics: { costLimit: BigInt(limit) } });
      expect(failureOf(run).code).toBe(ErrCode.CostLimitExceeded);
      expect(engine.totals).toEqual({ count: limit + 1, cost: BigInt(limit) });
    }
  });

  it("ends an endless loop, and endless recursion by tail calls", () => {
    const tail = `(module (func $f (export "f") (return_call $f)))`;
    for (const source of [`(module (func (export "f") (loop $l (br $l))))`, tail]) {
      const program: Program = { name: "", source, results: [], total: 0 };
      const { engine, run } = prepared(program, { statistics: { costLimit: 3_000_001n } });
      expect(failureOf(run).code).toBe(ErrCode.CostLimitExceeded);
      expect(engine.totals).toEqual({ count: 3_000_002, cost: 3_000_001n });
    }
  });
});

describe("cost tables", () => {
  const [addition] = programs as [Program];

  it("charge each instruction its own cost, while the count stays", () => {
    const { engine, run } = prepared(addition, { costs: { "local.get": 3, "i32.add": 100 } });
    run();
    expect(engine.totals).toEqual({ count: 4, cost: 107n });
  });

  it("charge the same with and without counting, over branches both ways", () => {
    const costs = { br_if: 7, nop: 11, "i32.const": 0, end: 2, block: 5, loop: 3, drop: 13 };
    const branches = programs[2] as Program;
    const counted = prepared(branches, { costs });
    const uncounted = prepared(branches, { costs, statistics: { instructionCounting: false } });
    expect(counted.run()).toEqual(uncounted.run());
    expect(counted.engine.statistics.getTotalCost()).toBe(uncounted.engine.statistics.getTotalCost());
    expect(uncounted.engine.statistics.getInstrCount()).toBe(0);
    // 117 of unit costs and what each costs more: br_if 6 each of 12, nop 10 of 6, const -1 of 21, ends 1 of 8, …
    const surplus = 12 * 6 + 6 * 10 - (6 + 3 + 6 + 6) + 8 + 6 * 4 + 6 * 2 + 3 * 12;
    expect(counted.engine.totals).toEqual({ count: branches.total, cost: BigInt(branches.total + surplus) });
  });

  it("charge nothing beyond their end, as in WasmEdge, also in a branch with else", () => {
    const engine = meteringEngine();
    engine.statistics.setCostTable([]);
    const instance = engine.instantiate(`(module (func (export "f") (param i32) (result i32)
      (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2)))))`);
    expect(engine.call(instance, "f", 1)).toEqual([1]);
    expect(engine.totals).toEqual({ count: 6, cost: 0n });
  });

  it("may hold costs larger than a slice of the run", () => {
    const large = 2 ** 30;
    const { engine, run } = prepared(addition, { costs: { "i32.add": large } });
    expect(run()).toEqual([3]);
    expect(engine.totals).toEqual({ count: 4, cost: BigInt(large + 3) });
    const limited = prepared(addition, {
      costs: { "i32.add": large },
      statistics: { costLimit: BigInt(large + 1), instructionCounting: false },
    });
    expect(failureOf(limited.run).code).toBe(ErrCode.CostLimitExceeded);
    expect(limited.engine.statistics.getTotalCost()).toBe(2n);
  });

  it("with a limit end the run before the instruction that is too dear", () => {
    for (const [limit, count, cost] of [
      [5n, 2, 3n],
      [6n, 3, 6n],
      [16n, 4, 16n],
    ] as const) {
      const { engine, run } = prepared(addition, {
        costs: { "local.get": 3, "i32.add": 10 },
        statistics: { costLimit: limit },
      });
      expect(failureOf(run).code).toBe(ErrCode.CostLimitExceeded);
      expect(engine.totals).toEqual({ count, cost });
    }
  });

  it("take effect when they change between two runs", () => {
    const { engine, run } = prepared(addition);
    run();
    engine.statistics.setCostOf("i32.add", 10);
    run();
    engine.statistics.setCostOf("i32.add", 20);
    run();
    expect(engine.totals).toEqual({ count: 12, cost: 4n + 13n + 23n });
  });
});

describe("host functions", () => {
  const type = { params: [], results: [] };

  /** An engine with a host function that costs 5, and a module that calls it between some nops. */
  class Hosted {
    readonly engine: Engine;
    private readonly instance: ModuleInstance;

    constructor(body: (hosted: Hosted) => void, cost: number, options?: EngineOptions) {
      this.engine = meteringEngine(options);
      const provider = new ModuleInstance("host");
      provider.addHostFunction("h", new HostFunction(type, () => body(this), cost));
      this.engine.store.registerModule(provider);
      this.instance = this.engine.instantiate(`(module (import "host" "h" (func $h))
        (func (export "f") (nop) (call $h) (nop) (nop) (nop))
        (func (export "tail") (nop) (return_call $h))
        (func (export "g") (result i32) (nop) (i32.const 1)))`);
    }

    call(name = "f"): Value[] {
      return this.engine.call(this.instance, name);
    }
  }

  it("add their cost, and no instruction", () => {
    const hosted = new Hosted(() => {}, 5);
    hosted.call();
    expect(hosted.engine.totals).toEqual({ count: 6, cost: 11n });
    hosted.engine.statistics.clear();
    hosted.call("tail");
    expect(hosted.engine.totals).toEqual({ count: 2, cost: 7n });
  });

  it("are counted with the limit, which holds before, in and after them", () => {
    for (let limit = 0; limit < 11; limit++) {
      const hosted = new Hosted(() => {}, 5, { statistics: { costLimit: BigInt(limit) } });
      const error = failureOf(() => hosted.call());
      expect(error.code).toBe(ErrCode.CostLimitExceeded);
      expect(contextOf(error, "backtrace")).toHaveLength(1);
      // First nop and call, then the host function, which is paid at once, then the rest.
      const paid = limit < 7 ? Math.min(limit, 2) : limit;
      const count = limit < 2 ? limit + 1 : limit < 7 ? 2 : limit - 5 + 1;
      expect({ limit, ...hosted.engine.totals }).toEqual({ limit, count, cost: BigInt(paid) });
    }
    const enough = new Hosted(() => {}, 5, { statistics: { costLimit: 11n } });
    enough.call();
    expect(enough.engine.totals).toEqual({ count: 6, cost: 11n });
  });

  it("that call back share the limit with their caller", () => {
    for (let limit = 0; limit <= 9; limit++) {
      const hosted = new Hosted((self) => void self.call("g"), 0, { statistics: { costLimit: BigInt(limit) } });
      if (limit === 9) hosted.call();
      else expect(failureOf(() => hosted.call()).code).toBe(ErrCode.CostLimitExceeded);
      const count = Math.min(9, limit + 1);
      expect({ limit, ...hosted.engine.totals }).toEqual({ limit, count, cost: BigInt(limit) });
    }
  });

  it("cost when the embedder calls them", () => {
    const engine = meteringEngine({ statistics: { costLimit: 7n } });
    const provider = new ModuleInstance("host");
    const func = provider.addHostFunction("h", new HostFunction(type, () => {}, 5));
    engine.executor.invoke(func);
    expect(engine.totals).toEqual({ count: 0, cost: 5n });
    expect(failureOf(() => engine.executor.invoke(func)).code).toBe(ErrCode.CostLimitExceeded);
    expect(engine.totals).toEqual({ count: 0, cost: 5n });
  });
});

describe("an instantiation", () => {
  const source = `(module
    (global i32 (i32.add (i32.const 1) (i32.const 2)))
    (table 2 funcref (ref.func $f))
    (elem (i32.const 0) func $f $f)
    (elem funcref (ref.null func))
    (memory 1) (data (i32.const 0) "x") (data "passive")
    (func $f) (func $start (nop)) (start $start))`;

  it("counts its constant expressions, ends included, and the start function", () => {
    const engine = meteringEngine();
    engine.instantiate(source);
    // Global 4, table 2, elements 2 each and the offset 2, a null 2, the data's offset 2; nop and end.
    expect(engine.totals).toEqual({ count: 4 + 2 + 2 * 2 + 2 + 2 + 2 + 2, cost: 18n });
  });

  it("takes their costs from the table", () => {
    const engine = meteringEngine({ costs: { "i32.const": 100, "ref.func": 1000 } });
    engine.instantiate(source);
    expect(engine.totals).toEqual({ count: 18, cost: 18n + 4n * 99n + 3n * 999n });
  });

  it("ends where the cost limit is reached: in an expression or in the start function", () => {
    for (let limit = 0; limit < 18; limit++) {
      const engine = meteringEngine({ statistics: { costLimit: BigInt(limit) } });
      const error = failureOf(() => engine.instantiate(source, "name"));
      expect(error.code).toBe(ErrCode.CostLimitExceeded);
      expect(error.context.at(-1)).toEqual({ kind: "ast", node: "module" });
      expect({ limit, ...engine.totals }).toEqual({ limit, count: limit + 1, cost: BigInt(limit) });
      expect(engine.store.findModule("name")).toBeNull();
    }
  });

  it("names the instruction that was too much, with its place", () => {
    const engine = meteringEngine({ statistics: { costLimit: 1n } });
    const module = `(module (global i32 (i32.add (i32.const 1) (i32.const 2))))`;
    const lines = failureOf(() => engine.instantiate(module)).lines();
    expect(lines[0]).toBe("wasmedge runtime failed: cost limit exceeded, Code: 0x003");
    // Eight bytes of preamble, section id and size, count, type, mutability, the first constant.
    expect(lines[1]).toBe("    In instruction: i32.const (0x41) , Bytecode offset: 0x0000000f");
  });

  it.each([
    ["(module (global i32 (i32.const 1)))", ["global section"]],
    ["(module (table 1 funcref (ref.null func)))", ["table section"]],
    ["(module (elem funcref (ref.null func)))", ["element segment", "element section"]],
    ["(module (func $f) (elem func $f))", ["element segment", "element section"]],
    ["(module (table 1 funcref) (elem (i32.const 0) func))", ["element segment", "element section"]],
    [`(module (memory 1) (data (i32.const 0) ""))`, ["data segment", "data section"]],
  ])("names the nodes around the expression of %s, as WasmEdge does", (module, nodes) => {
    const engine = meteringEngine({ statistics: { costLimit: 0n } });
    const found = contextOf(
      failureOf(() => engine.instantiate(module)),
      "ast",
    );
    expect(found.map(({ node }) => node)).toEqual(["expression", ...nodes, "module"]);
  });

  it("does not count where nothing is measured", () => {
    const engine = meteringEngine({ statistics: { instructionCounting: false, costMeasuring: false } });
    engine.instantiate(source);
    expect(engine.totals).toEqual({ count: 0, cost: 0n });
  });
});
