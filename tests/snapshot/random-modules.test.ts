import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { ValType } from "../../src/common/value-type.ts";
import { suspended } from "../../src/snapshot/suspended-run.ts";
import { takeSnapshot } from "../../src/snapshot/take-snapshot.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, endOf, exported } from "../support/engine.ts";
import { randomModule } from "../support/random/random-module.ts";
import { shortenSlices } from "../support/short-slices.ts";
import { writeModule } from "../support/wasm-writer.ts";
import { counting, restore, Subject } from "./support.ts";

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

/** An engine with the host function that random modules import. */
function engineWithHost(): Engine {
  const engine = new Engine(counting);
  const host = new ModuleInstance("host");
  const type = { params: [ValType.I32, ValType.I64], results: [ValType.I64] };
  host.addHostFunction("mix", new HostFunction(type, (_, [a, b]) => (b as bigint) ^ BigInt(a as number)));
  engine.store.registerModule(host);
  return engine;
}

it("snapshots of random modules go on to the same end, taken in stepwise code and in optimised code", () => {
  const parser = new Engine();
  const tapes = fc.uint8Array({ minLength: 40, maxLength: 700, size: "max" });
  const taken = { stepwise: 0, optimised: 0 };
  fc.assert(
    fc.property(tapes, fc.nat(), (tape, choice) => {
      const made = randomModule(tape);
      const module = parser.parse(writeModule(made.plan));
      const start = (): Subject => {
        const engine = engineWithHost();
        const instance = engine.instantiate(module);
        return new Subject(engine, instance, engine.executor.pausable(exported(instance, "run"), made.params));
      };
      const whole = start();
      const first = whole.count;
      const wanted = endOf(whole.theRun);
      const total = whole.count;
      const check = (bytes: Uint8Array): void => {
        const there = restore(bytes, engineWithHost(), { modules: [module] });
        expect(Buffer.compare(there.snapshot({ modules: "hashed" }), bytes)).toBe(0);
        expect(endOf(there.theRun)).toEqual(wanted);
        expect(there.count).toBe(total);
      };

      const left = start();
      if (!left.theRun.runUntil(first + (choice % Math.max(1, total - first)))) {
        taken.stepwise++;
        check(left.snapshot({ modules: "hashed" }));
      }

      // In turns, which are very short: the run is left at branches and calls of optimised code.
      const { engine, active } = start();
      const { executor, store } = engine;
      shortenSlices(executor, choice % 8);
      const run = executor.asyncInvoke(exported(active as ModuleInstance, "run"), made.params);
      for (let turn = 0; turn <= choice % 5; turn++) {
        try {
          if (run.finishWithin(0)) break;
        } catch {
          break;
        }
      }
      if (!run.done && run.call !== undefined) {
        if (!run.call.suspend().space.stepwise) taken.optimised++;
        check(takeSnapshot({ executor, store, active, run: suspended(run) }, { modules: "hashed" }));
      }
      run.cancel();
      try {
        run.finish();
      } catch {
        // It was cancelled, or has trapped before.
      }
    }),
    { numRuns: 60, seed: 11 },
  );
  expect(taken.stepwise).toBeGreaterThan(30);
  expect(taken.optimised).toBeGreaterThan(15);
});
