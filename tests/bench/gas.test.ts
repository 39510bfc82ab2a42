import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Program, readManifest, readProgram } from "../../bench/manifest.ts";
import { instructions } from "../../src/ast/instruction-list.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import type { CodeSpace } from "../../src/executor/lowering/code-space.ts";
import { Attention, IdleObserver, type ObservedRun, type Pause } from "../../src/executor/observer.ts";
import { exported, meteringEngine } from "../support/engine.ts";

/** Gas: what a run is charged is what the instructions of its trace cost together, for every benchmark program. */

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

/** Instructions that are traced of a program; the rest of a longer one is not. */
const TRACED = 40_000;

const ordinals = new Map(instructions.map(({ opcode, ordinal }) => [opcode, ordinal]));

/** Looks at each instruction before it is executed, and tells which one it is by the bytes there. */
class InstructionTrace extends IdleObserver {
  /** WasmEdge's numbers of the instructions that were executed. */
  readonly executed: number[] = [];
  private readonly known = new Map<CodeSpace, Map<number, number>>();

  override get attention(): Attention {
    return Attention.Each;
  }

  override beforeInstruction({ execution }: ObservedRun): Pause | undefined {
    if (execution !== undefined) this.executed.push(this.ordinalAt(execution.space, execution.pc));
    return undefined;
  }

  private ordinalAt(space: CodeSpace, position: number): number {
    const positions = this.known.get(space) ?? new Map<number, number>();
    this.known.set(space, positions);
    let ordinal = positions.get(position);
    if (ordinal === undefined) {
      const offset = space.placeOf(position)?.offset ?? -1;
      ordinal = ordinals.get(space.bodies.instructionAt(offset).opcode) ?? -1;
      positions.set(position, ordinal);
    }
    return ordinal;
  }
}

interface Outcome {
  readonly count: number;
  readonly cost: bigint;
  /** The result, or that the limit was reached. */
  readonly end: string;
}

/** @param costs by WasmEdge's number of the instruction; absent: one each */
function runMetered(program: Program, limit: bigint, costs?: readonly number[], counts = true): Outcome {
  const engine = meteringEngine({ statistics: { instructionCounting: counts } });
  if (costs !== undefined) engine.statistics.setCostTable(costs);
  const instance = engine.instantiate(readProgram(program));
  engine.statistics.clear();
  engine.statistics.setCostLimit(limit);
  let end: string;
  try {
    end = String(engine.executor.invoke(exported(instance, program.export), [program.short.argument])[0]);
  } catch (error) {
    if (!(error instanceof WasmEdgeError) || error.code !== ErrCode.CostLimitExceeded) throw error;
    end = "limit";
  }
  return { ...engine.totals, end };
}

function traced(program: Program): InstructionTrace & { readonly end: string } {
  const trace = new InstructionTrace();
  const engine = meteringEngine();
  const instance = engine.instantiate(readProgram(program));
  engine.statistics.clear();
  engine.statistics.setCostLimit(BigInt(TRACED));
  engine.executor.addObserver(trace);
  let end = "limit";
  try {
    end = String(engine.executor.invoke(exported(instance, program.export), [program.short.argument])[0]);
  } catch (error) {
    if (!(error instanceof WasmEdgeError) || error.code !== ErrCode.CostLimitExceeded) throw error;
  }
  return Object.assign(trace, { end });
}

/** Costs from 0 to 9 that differ from one instruction to the next, the same in each run of the tests. */
const uneven = Array.from({ length: 600 }, (_, ordinal) => (ordinal * 7919 + 13) % 10);

describe.each(readManifest())("the gas of the benchmark program $name", (program) => {
  const trace = traced(program);
  const { executed, end } = trace;
  /** What is charged when the first so many instructions have been executed. */
  const sums = (costs: (ordinal: number) => number): bigint[] => {
    let sum = 0;
    return executed.map((ordinal) => {
      sum += costs(ordinal);
      return BigInt(sum);
    });
  };

  it("counts the instructions of the trace, each of which is known", () => {
    expect(executed).not.toContain(-1);
    const length = end === "limit" ? TRACED : executed.length;
    expect(executed.slice(0, length)).toHaveLength(length);
    const metered = runMetered(program, BigInt(TRACED));
    expect(metered).toEqual({ count: length + (end === "limit" ? 1 : 0), cost: BigInt(length), end });
    if (end !== "limit") expect(end).toBe(program.short.checksum);
  });

  it("is the sum of what they cost, and ends at the exact instruction, whatever the limit is", () => {
    const charged = sums((ordinal) => uneven[ordinal] ?? 0);
    const last = charged[Math.min(TRACED, charged.length) - 1] as bigint;
    const limits = [1n, 100n, 9_999n, 12_345n, last / 2n, last - 1n].filter((limit) => limit < last);
    for (const limit of limits) {
      const allowed = charged.findIndex((sum) => sum > limit);
      const expected = allowed === 0 ? 0n : (charged[allowed - 1] as bigint);
      for (const counts of [true, false]) {
        const { count, cost, end: how } = runMetered(program, limit, uneven, counts);
        expect([cost, how]).toEqual([expected, "limit"]);
        // The instruction that is not paid for has been counted, as WasmEdge does.
        if (counts) expect(count).toBe(allowed + 1);
      }
    }
    if (end === "limit") return;
    const whole = runMetered(program, 10n ** 12n, uneven);
    expect(whole).toEqual({ count: executed.length, cost: charged.at(-1), end: program.short.checksum });
  });
});
