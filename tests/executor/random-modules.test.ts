import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Module } from "../../src/ast/module.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import { host, installHost } from "../../src/common/host.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { ValType } from "../../src/common/value-type.ts";
import { coredumpOf } from "../../src/executor/coredump/coredump.ts";
import type { CodeSpace } from "../../src/executor/lowering/code-space.ts";
import { Attention, IdleObserver } from "../../src/executor/observer.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { contextOf, Engine, type EngineOptions, meteringEngine } from "../support/engine.ts";
import { instantiateNatively, nativeTrapKind, trapKindOf } from "../support/native.ts";
import { type RandomModule, randomModule } from "../support/random/random-module.ts";
import { shortenSlices } from "../support/short-slices.ts";
import { describeModule, writeModule } from "../support/wasm-writer.ts";

/**
 * Random modules on us and on the native engine: results bit by bit, traps by kind, and what they have left in memory and
 * globals. `WASMEDGE_TS_FUZZ_RUNS` and `WASMEDGE_TS_FUZZ_SEED` ask for more, or others, than CI runs.
 */
const numRuns = Number(process.env["WASMEDGE_TS_FUZZ_RUNS"] ?? 200);
const seed = Number(process.env["WASMEDGE_TS_FUZZ_SEED"] ?? 2026);

/** Counts the instructions that it is asked about, and changes its mind about which those are to be. */
class FickleObserver extends IdleObserver {
  asked = 0;
  private wanted: Attention;
  private cost: number | undefined;
  private state: number;
  private readonly marked = new Set<string>();

  constructor(attention: Attention, seed: number) {
    super();
    this.wanted = attention;
    this.state = seed;
  }

  override get attention(): Attention {
    return this.wanted;
  }

  override get sliceCost(): number | undefined {
    return this.cost;
  }

  /** A number below `bound`. */
  private draw(bound: number): number {
    this.state = (Math.imul(this.state, 1103515245) + 12345) & 0x7fffffff;
    return (this.state >> 8) % bound;
  }

  override usesCode(space: CodeSpace): void {
    for (const { index } of space.loweredFunctions) {
      for (const { position } of space.steps.ofFunction(index)) {
        const key = `${space.instance.id} ${position}`;
        if (this.draw(3) > 0 || this.marked.has(key)) continue;
        this.marked.add(key);
        space.steps.mark(position);
      }
    }
  }

  override beforeInstruction(): undefined {
    this.asked++;
  }

  changeMind(): void {
    if (this.draw(4) === 0) this.wanted = [Attention.None, Attention.Marks, Attention.Each][this.draw(3)];
    this.cost = 1 + this.draw(20);
  }
}

/** How a run ended, and what it left. */
interface Outcome {
  /** Results, or the kind of trap. */
  readonly end: readonly (number | bigint)[] | string;
  readonly state: unknown;
  readonly memory: Uint8Array;
}

/** The host function that modules import. */
function mix(a: number, b: bigint): bigint {
  return BigInt.asIntN(64, (b ^ BigInt(a)) * 0x9e3779b97f4a7c15n);
}

function runNatively(bytes: Uint8Array, { params }: RandomModule): Outcome {
  const exports = instantiateNatively(bytes, { host: { mix } }) as {
    run(...params: unknown[]): unknown;
    state(): unknown;
    memory: { buffer: ArrayBuffer };
  };
  let end: Outcome["end"];
  try {
    const results = exports.run(...params);
    end = results === undefined ? [] : Array.isArray(results) ? results : [results];
  } catch (error) {
    end = nativeTrapKind(error);
  }
  return { end, state: exports.state(), memory: new Uint8Array(exports.memory.buffer) };
}

interface OurOutcome extends Outcome {
  readonly count: number;
  readonly cost: bigint;
  /** Of a trap, where core dumps are asked for. */
  readonly frames: readonly DumpedState[] | undefined;
}

/** A frame of a core dump. */
interface DumpedState {
  readonly functionIndex: number;
  readonly codeOffset: number;
  readonly locals: readonly (readonly number[])[];
  readonly stack: readonly (readonly number[])[];
}

function framesOf(error: WasmEdgeError): DumpedState[] | undefined {
  return coredumpOf(error)?.frames.map(({ functionIndex, codeOffset, locals, stack }) => ({
    functionIndex,
    codeOffset,
    locals: locals.map(({ words }) => words),
    stack: stack.map(({ words }) => words),
  }));
}

/** @param prepare changes the engine before the run */
function runOnUs(
  module: Module,
  { params }: RandomModule,
  options: EngineOptions,
  prepare?: (engine: Engine) => void,
): OurOutcome {
  const engine = meteringEngine(options);
  const host = new ModuleInstance("host");
  const type = { params: [ValType.I32, ValType.I64], results: [ValType.I64] };
  host.addHostFunction("mix", new HostFunction(type, (_, [a, b]) => mix(a as number, b as bigint)));
  engine.store.registerModule(host);
  const limit = engine.statistics.getCostLimit();
  engine.statistics.setCostLimit(2n ** 64n - 1n);
  const instance = engine.instantiate(module);
  // What the constant expressions cost is no part of the run.
  engine.statistics.clear();
  engine.statistics.setCostLimit(limit);
  prepare?.(engine);
  let end: Outcome["end"];
  let frames: OurOutcome["frames"];
  try {
    end = engine.call(instance, "run", ...params) as (number | bigint)[];
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    const isConversion = contextOf(error, "instruction").some(({ name }) => name.includes("trunc"));
    end = trapKindOf(error.codeName, isConversion);
    frames = framesOf(error);
  }
  const { count, cost } = engine.totals;
  engine.statistics.setCostLimit(2n ** 64n - 1n);
  const state = engine.call(instance, "state");
  return { end, state, memory: instance.findMemoryExports("memory")?.bytes as Uint8Array, count, cost, frames };
}

/** Memories byte by byte: `toEqual` takes its time over 65,536 elements. */
function expectSame(got: Outcome, wanted: Outcome): void {
  expect({ end: got.end, state: got.state }).toEqual({ end: wanted.end, state: wanted.state });
  expect(Buffer.compare(got.memory, wanted.memory)).toBe(0);
}

const tapes = fc.uint8Array({ minLength: 40, maxLength: 700, size: "max" });

/** Checks random modules, others for each offset; a failure shows the module. */
function check(offset: number, property: (made: RandomModule, bytes: Uint8Array, choice: number) => void): void {
  fc.assert(
    fc.property(tapes, fc.nat(), (tape, choice) => {
      const made = randomModule(tape);
      const bytes = writeModule(made.plan);
      try {
        property(made, bytes, choice);
      } catch (error) {
        throw new Error(`${describeModule(made.plan)}\nrun(${made.params.join(", ")})`, { cause: error });
      }
    }),
    { numRuns, seed: seed + offset },
  );
}

const parser = new Engine();

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

const { cachesProperties } = host;

describe.each([
  ["linked", true],
  ["as words, as engines without caches of properties run it", false],
])("random modules, their code %s,", (_, linked) => {
  beforeAll(() => installHost({ cachesProperties: linked }));
  afterAll(() => installHost({ cachesProperties }));

  it("give the same results, traps and state as natively, in stepwise code too, with the same count", () => {
    let completed = 0;
    check(1, (made, bytes) => {
      const wanted = runNatively(bytes, made);
      const module = parser.parse(bytes);
      const fast = runOnUs(module, made, {});
      expectSame(fast, wanted);
      expect(fast.cost).toBe(BigInt(fast.count));
      // Another cost than one, of an instruction that is in no module, makes the run stepwise from its start.
      const stepwise = runOnUs(module, made, { costs: { "i8x16.swizzle": 2 } });
      expectSame(stepwise, wanted);
      expect({ count: stepwise.count, cost: stepwise.cost }).toEqual({ count: fast.count, cost: fast.cost });
      if (typeof wanted.end !== "string") completed++;
    });
    // Those that trap stop early, so most should not.
    expect(completed).toBeGreaterThan(numRuns / 2);
  });

  it("that trap leave the same core dump in both kinds of code: each local and stack value", () => {
    const statistics = { instructionCounting: true };
    let values = 0;
    check(4, (made, bytes) => {
      const module = parser.parse(bytes);
      const [fast, stepwise] = [{}, { costs: { "i8x16.swizzle": 2 } }].map((options) => {
        return runOnUs(module, made, { ...options, statistics, runtime: { enableCoredump: true } }).frames;
      });
      expect(fast).toEqual(stepwise);
      for (const { locals, stack } of fast ?? []) values += locals.length + stack.length;
    });
    expect(values).toBeGreaterThan(numRuns / 2);
  });

  it("cost the same in both kinds of code with a cost table, and can be left and resumed at every branch and call", () => {
    const costs = { "local.get": 3, end: 7, br_if: 0, "i32.const": 2, loop: 5, else: 11, if: 0, call: 13 };
    const statistics = { instructionCounting: false };
    check(2, (made, bytes, choice) => {
      const module = parser.parse(bytes);
      const stepwise = runOnUs(module, made, { costs });
      const fast = runOnUs(module, made, { costs, statistics }, ({ executor }) => shortenSlices(executor, choice % 8));
      expectSame(fast, stepwise);
      expect(fast.cost).toBe(stepwise.cost);
    });
  });

  it("are the same for an observer that looks at each instruction, and it sees as many as are counted", () => {
    check(4, (made, bytes) => {
      const module = parser.parse(bytes);
      const plain = runOnUs(module, made, {});
      const observer = new FickleObserver(Attention.Each, 1);
      let observing: Engine | undefined;
      const observed = runOnUs(module, made, {}, (engine) => {
        observing = engine;
        engine.executor.addObserver(observer);
      });
      expectSame(observed, plain);
      expect({ count: observed.count, cost: observed.cost }).toEqual({ count: plain.count, cost: plain.cost });
      // The call that asks for the state is observed as well.
      expect(observer.asked).toBe(observing?.totals.count);
    });
  });

  it("are the same for an observer that comes in the midst, marks what it likes and changes its mind", () => {
    const costs = { "local.get": 3, end: 7, br_if: 0, "i32.const": 2, loop: 5, else: 11, if: 0, call: 13 };
    const statistics = { instructionCounting: false };
    check(5, (made, bytes, choice) => {
      const module = parser.parse(bytes);
      const plain = runOnUs(module, made, { costs, statistics });
      const observer = new FickleObserver(Attention.None, choice);
      const observed = runOnUs(module, made, { costs, statistics }, ({ executor }) => {
        executor.addObserver(observer);
        const { loop } = executor;
        executor.loop = (execution) => {
          observer.changeMind();
          return loop(execution);
        };
      });
      expectSame(observed, plain);
      expect(observed.cost).toBe(plain.cost);
    });
  });

  it("end exactly at a cost limit under an observer too", () => {
    check(6, (made, bytes, choice) => {
      const module = parser.parse(bytes);
      const { count, end } = runOnUs(module, made, {});
      const limit = choice % (count + 1);
      const limited = runOnUs(module, made, { statistics: { costLimit: BigInt(limit) } }, ({ executor }) => {
        const observer = new FickleObserver(Attention.Marks, choice);
        executor.addObserver(observer);
        const { loop } = executor;
        executor.loop = (execution) => {
          observer.changeMind();
          return loop(execution);
        };
      });
      const reached = limit < count;
      expect({ limit, count: limited.count, cost: limited.cost, end: limited.end }).toEqual({
        limit,
        count: reached ? limit + 1 : count,
        cost: BigInt(limit),
        end: reached ? "CostLimitExceeded" : end,
      });
    });
  });

  it("end exactly at a cost limit, wherever it is", () => {
    check(3, (made, bytes, choice) => {
      const module = parser.parse(bytes);
      const { count, end } = runOnUs(module, made, {});
      const limit = choice % (count + 1);
      const limited = runOnUs(module, made, { statistics: { costLimit: BigInt(limit) } });
      const reached = limit < count;
      expect({ limit, count: limited.count, cost: limited.cost, end: limited.end }).toEqual({
        limit,
        count: reached ? limit + 1 : count,
        cost: BigInt(limit),
        end: reached ? "CostLimitExceeded" : end,
      });
    });
  });
});
