import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { difference } from "../../../spec-tests/fuzz/compare.ts";
import { readCorpus, writeCorpus } from "../../../spec-tests/fuzz/corpus.ts";
import type { Engine } from "../../../spec-tests/fuzz/engine.ts";
import { configureOf, type ProfileName, profiles } from "../../../spec-tests/fuzz/profiles.ts";
import { runModule } from "../../../spec-tests/fuzz/run-module.ts";
import { OurEngine } from "../../../spec-tests/fuzz/run-on-us.ts";
import { OurInterface } from "../../../spec-tests/fuzz/run-through-interface.ts";
import { setLogLevel } from "../../../src/common/log.ts";
import type { Configure } from "../../../src/config/configure.ts";
import { Statistics } from "../../../src/executor/statistics.ts";

/** The modules of a profile that were recorded with `npm run fuzz -- --record`. */
function corpus(name: ProfileName) {
  return readCorpus(readFileSync(new URL(`../../../spec-tests/fuzz/corpus/${name}.gz`, import.meta.url)));
}

// Each call logs its statistics.
beforeAll(() => setLogLevel("warning"));
afterAll(() => setLogLevel("info"));

const names = ["2.0", "3.0", "legacy"] as const;

/** Where our runs of a profile's modules part from the native ones. */
function differences(name: ProfileName, engine: (configure: Configure) => Engine): string[] {
  return corpus(name).flatMap(({ seed, bytes, lines }) => {
    const ours = runModule(engine(configureOf(profiles[name])), bytes);
    const found = difference(ours, { lines, returned: ours.returned });
    return found === undefined ? [] : [`seed ${seed}: ${found}`];
  });
}

describe("The modules of the fuzzer's corpus", () => {
  it.each([
    ["2.0", 130],
    ["3.0", 130],
    ["legacy", 40],
  ] as const)("of profile %s are %i", (name, count) => {
    expect(corpus(name).length).toBe(count);
  });

  it.each(names)("of profile %s do what the native engine did", (name) => {
    expect(differences(name, (configure) => new OurEngine(configure))).toEqual([]);
  });

  it.each(names)("of profile %s do the same through the JavaScript interface", (name) => {
    expect(differences(name, (configure) => new OurInterface(configure))).toEqual([]);
  });

  it.each(names)(
    "of profile %s do the same in slices of 50 instructions, bodies checked at their first call",
    (name) => {
      const engine = (configure: Configure): OurEngine => {
        configure.runtime.sliceInstructions = 50;
        configure.runtime.lazyValidation = true;
        return new OurEngine(configure);
      };
      expect(differences(name, engine)).toEqual([]);
    },
  );

  it.each(names)(
    "of profile %s do the same in stepwise code, and execute as many instructions as in optimised code",
    (name) => {
      const counts: { [way in "optimised" | "stepwise"]: number[] } = { optimised: [], stepwise: [] };
      for (const way of ["optimised", "stepwise"] as const) {
        const counters: Statistics[] = [];
        const engine = (configure: Configure): OurEngine => {
          const statistics = new Statistics();
          configure.statistics.instructionCounting = true;
          if (way === "stepwise") {
            // Counting and a table of costs together need every single instruction.
            configure.statistics.costMeasuring = true;
            statistics.setCostOf("nop", 2);
          }
          counters.push(statistics);
          return new OurEngine(configure, statistics);
        };
        expect(differences(name, engine)).toEqual([]);
        counts[way] = counters.map((statistics) => statistics.getInstrCount());
      }
      expect(counts.stepwise).toEqual(counts.optimised);
      expect(Math.min(...counts.optimised)).toBeGreaterThan(0);
    },
  );

  it("run five functions or more to their results, nine in ten of them", () => {
    for (const name of names) {
      const returned = corpus(name).map(({ lines }) => returnedOf(lines));
      expect(returned.filter((count) => count >= 5).length).toBeGreaterThanOrEqual(0.9 * returned.length);
    }
  });
});

/** Functions of which a call came to its results. */
function returnedOf(lines: readonly string[]): number {
  const results = lines.filter((line) => /^call \d+ \d+: (?!trap|exception)/.test(line));
  return new Set(results.map((line) => line.split(" ")[1])).size;
}

describe("A corpus", () => {
  it("is read as it was written", () => {
    const modules = [
      { seed: 1, bytes: Uint8Array.of(0, 0x0a, 2), lines: ["call 0 0: 1", "memory 0: 0 é"] },
      { seed: 2, bytes: new Uint8Array(0), lines: [] },
    ];
    expect(readCorpus(writeCorpus(modules))).toEqual(modules);
  });
});
