import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { difference } from "../../../spec-tests/fuzz/compare.ts";
import { readCorpus, writeCorpus } from "../../../spec-tests/fuzz/corpus.ts";
import { configureOf, type ProfileName, profiles } from "../../../spec-tests/fuzz/profiles.ts";
import { runModule } from "../../../spec-tests/fuzz/run-module.ts";
import { OurEngine } from "../../../spec-tests/fuzz/run-on-us.ts";

/** The modules of a profile that were recorded with `npm run fuzz -- --record`. */
function corpus(name: ProfileName) {
  return readCorpus(readFileSync(new URL(`../../../spec-tests/fuzz/corpus/${name}.gz`, import.meta.url)));
}

describe("The modules of the fuzzer's corpus do what the native engine did", () => {
  it.each(["2.0", "3.0"] as const)("of WebAssembly %s", (name) => {
    const modules = corpus(name);
    expect(modules.length).toBe(130);
    const differences = modules.flatMap(({ seed, bytes, lines }) => {
      const ours = runModule(new OurEngine(configureOf(profiles[name])), bytes);
      const found = difference(ours, { lines, returned: ours.returned });
      return found === undefined ? [] : [`seed ${seed}: ${found}`];
    });
    expect(differences).toEqual([]);
  });

  it("and nine in ten of them run five functions or more to their results", () => {
    for (const name of ["2.0", "3.0"] as const) {
      const returned = corpus(name).map(({ lines }) => returnedOf(lines));
      expect(returned.filter((count) => count >= 5).length).toBeGreaterThanOrEqual(117);
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
