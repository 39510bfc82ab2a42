import { afterEach, describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { Async } from "../../src/executor/async.ts";
import type { SlicedRun } from "../../src/executor/sliced-run.ts";
import { eventLoopTurns } from "../support/turns.ts";

/** A run of `steps` steps that gives `value`; Infinity for one that ends only by being cancelled. */
class CountedRun implements SlicedRun<string> {
  steps = 0;
  private cancelled = false;
  private readonly length: number;
  private readonly onStep: (() => void) | undefined;

  constructor(length: number, onStep?: () => void) {
    this.length = length;
    this.onStep = onStep;
  }

  step(): boolean {
    if (this.cancelled) throw new WasmEdgeError(ErrCode.Interrupted);
    this.steps++;
    this.onStep?.();
    return this.steps >= this.length;
  }

  result(): string {
    return `after ${this.steps} steps`;
  }

  cancel(): void {
    this.cancelled = true;
  }
}

/** A run that fails at its first step, which has been made. */
function startedAndFailed(): Async<string> {
  const async = new Async(
    () =>
      new CountedRun(2, () => {
        throw new WasmEdgeError(ErrCode.Unreachable);
      }),
  );
  async.advance();
  return async;
}

async function failure(work: PromiseLike<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

describe("Async", () => {
  it("begins after the call that made it, and is awaited", async () => {
    const run = new CountedRun(3);
    const async = new Async(() => run);
    expect(run.steps).toBe(0);
    expect(async.done).toBe(false);
    expect(await async).toBe("after 3 steps");
    expect(async.done).toBe(true);
    expect(await async.get()).toBe("after 3 steps");
  });

  it("is waited for until a time of the clock on the wall", async () => {
    const endless = new Async(() => new CountedRun(Number.POSITIVE_INFINITY));
    expect(await endless.waitUntil(new Date(Date.now() + 5))).toBe(false);
    expect(await endless.waitUntil(new Date(0))).toBe(false);
    await expect(async () => endless.waitUntil(5 as never)).rejects.toMatchObject({ code: ErrCode.RuntimeError });
    await expect(async () => endless.waitUntil(new Date("no date"))).rejects.toMatchObject({
      code: ErrCode.RuntimeError,
    });
    endless.cancel();
    expect(await failure(endless)).toBeInstanceOf(WasmEdgeError);
    expect(await endless.waitUntil(new Date(0))).toBe(true);
  });

  it("begins now where somebody asks for it, and goes on until it has ended or waits", async () => {
    const whole = new CountedRun(3);
    const ended = new Async(() => whole);
    ended.advance();
    expect([whole.steps, ended.done]).toEqual([3, true]);
    ended.advance();
    expect(await ended).toBe("after 3 steps");
    let release: (() => void) | undefined;
    const promise = new Promise<void>((resolve) => {
      release = resolve;
    });
    const steps: number[] = [];
    const waiting = new Async<string>(() => {
      const run = new CountedRun(4, () => {
        steps.push(run.steps);
        if (run.steps === 2) pending = { promise, watched: false };
      });
      let pending: { promise: PromiseLike<unknown>; watched: boolean } | undefined;
      void promise.then(() => {
        pending = undefined;
      });
      return {
        step: () => run.step(),
        get pending() {
          return pending;
        },
        result: () => run.result(),
        cancel: () => run.cancel(),
      };
    });
    waiting.advance();
    waiting.advance();
    expect([steps, waiting.done]).toEqual([[1, 2], false]);
    release?.();
    expect(await waiting).toBe("after 4 steps");
    expect(await failure(startedAndFailed().get())).toBeInstanceOf(WasmEdgeError);
  });

  it("keeps the event loop as long as it was told to", async () => {
    /** Steps of a run before those have their turn who came right behind it. */
    const stepsOfTurn = async (milliseconds: number): Promise<number> => {
      const run = new CountedRun(2000);
      const async = new Async(() => run, {}, milliseconds);
      const steps = await new Promise<number>((resolve) => setImmediate(() => resolve(run.steps)));
      await async;
      return steps;
    };
    expect(await stepsOfTurn(Number.POSITIVE_INFINITY)).toBe(2000);
    expect(await stepsOfTurn(0)).toBeLessThan(2000);
    const run = new CountedRun(1);
    for (const wrong of [Number.NaN, -1]) expect(() => new Async(() => run, {}, wrong)).toThrow(WasmEdgeError);
  });

  it("rejects with what start or a step threw", async () => {
    const trap = new WasmEdgeError(ErrCode.Unreachable);
    const atStart = new Async(() => {
      throw trap;
    });
    const atStep = new Async(
      () =>
        new CountedRun(2, () => {
          throw trap;
        }),
    );
    expect(await failure(atStart)).toBe(trap);
    expect(await failure(atStep.get())).toBe(trap);
    await atStep.wait();
  });

  it("lets others have their turn while it runs", async () => {
    const run = new Async(() => new CountedRun(Number.POSITIVE_INFINITY));
    await eventLoopTurns(3);
    expect(await run.waitFor(0)).toBe(false);
    run.cancel();
    await run.wait();
  });

  it("waits for a time, then for the end", async () => {
    const endless = new Async(() => new CountedRun(Number.POSITIVE_INFINITY));
    expect(await endless.waitFor(10)).toBe(false);
    expect(endless.done).toBe(false);
    endless.cancel();
    expect(await endless.waitFor(60_000)).toBe(true);
    expect(await failure(endless)).toMatchObject({ code: ErrCode.Interrupted });
    expect(await endless.waitFor(0)).toBe(true);
  });

  it("waits for the end where the time is infinite, and refuses a time that is none", async () => {
    const async = new Async(() => new CountedRun(3));
    expect(await async.waitFor(Number.POSITIVE_INFINITY)).toBe(true);
    const endless = new Async(() => new CountedRun(Number.POSITIVE_INFINITY));
    const refusal = expect.objectContaining({ code: ErrCode.RuntimeError });
    expect(() => endless.waitFor(Number.NaN)).toThrow(refusal);
    expect(() => endless.finishWithin(Number.NaN)).toThrow(refusal);
    expect(await endless.waitFor(-1)).toBe(false);
    endless.cancel();
    await endless.wait();
  });

  it("ends with Interrupted when it is cancelled before its first turn, without starting", async () => {
    let started = false;
    const async = new Async(() => {
      started = true;
      return new CountedRun(1);
    });
    async.cancel();
    expect(await failure(async)).toMatchObject({ code: ErrCode.Interrupted });
    expect(started).toBe(false);
  });

  it("is not changed by a cancel that comes too late", async () => {
    const async = new Async(() => new CountedRun(1));
    await async.wait();
    async.cancel();
    expect(await async).toBe("after 1 steps");
  });

  it("cancels one run and not its neighbour", async () => {
    const runs = [new CountedRun(Number.POSITIVE_INFINITY), new CountedRun(50)] as const;
    const [endless, other] = [new Async(() => runs[0]), new Async(() => runs[1])];
    endless.cancel();
    expect(await other).toBe("after 50 steps");
    expect(await failure(endless)).toMatchObject({ code: ErrCode.Interrupted });
  });

  it("finishes at once for callers that cannot await", () => {
    expect(new Async(() => new CountedRun(1000)).finish()).toBe("after 1000 steps");
    const endless = new Async(() => new CountedRun(Number.POSITIVE_INFINITY));
    expect(endless.finishWithin(5)).toBe(false);
    endless.cancel();
    expect(endless.finishWithin(60_000)).toBe(true);
    expect(() => endless.finish()).toThrow(expect.objectContaining({ code: ErrCode.Interrupted }));
  });

  it("drives a run that another one hands over, with its result, its error and its cancelling", async () => {
    const counted = new CountedRun(3);
    expect(await new Async(() => new Async(() => counted).handOver())).toBe("after 3 steps");
    const trap = new WasmEdgeError(ErrCode.Unreachable);
    const failing = new Async<string>(() => {
      throw trap;
    });
    expect(await failure(new Async(() => failing.handOver()))).toBe(trap);
    const endless = new Async(() => new Async(() => new CountedRun(Number.POSITIVE_INFINITY)).handOver());
    expect(await endless.waitFor(5)).toBe(false);
    endless.cancel();
    expect(await failure(endless)).toMatchObject({ code: ErrCode.Interrupted });
  });

  it("refuses to be finished from within", async () => {
    const inner: unknown[] = [];
    const async: Async<string> = new Async(
      () =>
        new CountedRun(1, () => {
          try {
            async.finish();
          } catch (error) {
            inner.push(error);
          }
        }),
    );
    expect(await async).toBe("after 1 steps");
    expect(inner).toEqual([expect.objectContaining({ code: ErrCode.ReentrantExecution })]);
  });
});

describe("Async on a host without timers", () => {
  const { schedule } = host;
  afterEach(() => installHost({ schedule }));

  it("runs in microtasks", async () => {
    installHost({ schedule: undefined });
    const endless = new Async(() => new CountedRun(Number.POSITIVE_INFINITY));
    expect(await new Async(() => new CountedRun(5))).toBe("after 5 steps");
    expect(await endless.waitFor(20)).toBe(false);
    endless.cancel();
    expect(await failure(endless)).toMatchObject({ code: ErrCode.Interrupted });
  });
});
