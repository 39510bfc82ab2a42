import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Program, readManifest, readProgram } from "../../bench/manifest.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import type { Async } from "../../src/executor/async.ts";
import { type Engine, exported, failureOf, meteringEngine } from "../support/engine.ts";

/**
 * Suspensions, cancellations and resumptions at random places of real programs, many of which go on at once: what they answer, and
 * how many instructions they execute, stays what it is without.
 */

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

/** Over all programs. */
const OPERATIONS = 10_000;

const SEED = 0x5eed;

/** Xorshift of 32 bits: each program has numbers of its own, the same in each run of the tests, however they interleave. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

interface Tally {
  suspended: number;
  resumed: number;
  cancelled: number;
  completed: number;
}

/** One program in an engine of its own, since runs of one engine share the cost limit. */
class Patient {
  private readonly program: Program;
  private readonly random: (below: number) => number;
  private readonly tally: Tally;
  private readonly instructions: number;

  constructor(program: Program, random: (below: number) => number, tally: Tally) {
    this.program = program;
    this.random = random;
    this.tally = tally;
    const { engine, run } = this.prepared();
    expect(String(run().finish()[0])).toBe(program.short.checksum);
    this.instructions = engine.totals.count;
  }

  private prepared(): { engine: Engine; run: () => Async<Value[]> } {
    const sliceInstructions = 1 + this.random(20_000);
    const turnMilliseconds = this.random(2);
    const engine = meteringEngine({ runtime: { sliceInstructions, turnMilliseconds } });
    const func = exported(engine.instantiate(readProgram(this.program)), this.program.export);
    engine.statistics.clear();
    const { argument } = this.program.short;
    return { engine, run: () => engine.executor.asyncInvoke(func, [argument], { atCostLimit: "pause" }) };
  }

  /** Lets the program run to its end, or to a cancellation, with as many suspensions as come. */
  async treat(): Promise<void> {
    const { random, tally } = this;
    const { engine, run: start } = this.prepared();
    const stride = Math.ceil(this.instructions / (10 + random(50)));
    const next = (): bigint => BigInt(1 + random(stride));
    engine.statistics.setCostLimit(next());
    const run = start();
    const cancelsAfter = random(3) > 0 ? random(20) : Number.POSITIVE_INFINITY;
    let before = -1;
    for (let i = 0; await run.whenPaused(); i++) {
      tally.suspended++;
      const { count, cost } = engine.totals;
      expect(cost).toBe(engine.statistics.getCostLimit());
      expect(count).toBeGreaterThan(before);
      before = count;
      if (i === cancelsAfter) {
        run.cancel(i);
        await run.wait();
        expect(failureOf(() => run.finish())).toMatchObject({ code: ErrCode.Interrupted });
        expect(engine.totals.count).toBe(count);
        tally.cancelled++;
        // What was left unfinished does not stand in the way of the next run of the same instance, nor does the cancelling.
        engine.statistics.clear();
        engine.statistics.setCostLimit(10n ** 12n);
        await this.requireAnswer(engine, await start());
        return;
      }
      tally.resumed++;
      if (random(3) === 0) {
        run.resume(next());
        run.pause();
        tally.suspended++;
        if (random(2) === 0) await new Promise((resolve) => setImmediate(resolve));
        expect(run.paused).toBe(true);
        run.resume();
        tally.resumed++;
      } else run.resume(next());
    }
    await this.requireAnswer(engine, await run);
  }

  private async requireAnswer(engine: Engine, results: Value[]): Promise<void> {
    expect(String(results[0])).toBe(this.program.short.checksum);
    expect(engine.totals.count).toBe(this.instructions);
    this.tally.completed++;
  }
}

const programs = readManifest();

describe(`${OPERATIONS} random suspensions, cancellations and resumptions`, () => {
  it("leave the programs' answers and their counts of instructions as they are", async () => {
    const tally: Tally = { suspended: 0, resumed: 0, cancelled: 0, completed: 0 };
    const patients = programs.map((program, i) => new Patient(program, randomNumbers(SEED + i), tally));
    const done = (): number => tally.suspended + tally.resumed + tally.cancelled;
    while (done() < OPERATIONS) await Promise.all(patients.map((patient) => patient.treat()));
    expect(done()).toBeGreaterThanOrEqual(OPERATIONS);
    expect(tally.cancelled).toBeGreaterThan(20);
    expect(tally.completed).toBeGreaterThanOrEqual(programs.length);
  });
});
