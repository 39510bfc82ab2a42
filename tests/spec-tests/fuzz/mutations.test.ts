import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { explanation, knownDifferences } from "../../../spec-tests/fuzz/judge.ts";
import { variant } from "../../../spec-tests/fuzz/mutate.ts";
import { comparable, ourVerdict } from "../../../spec-tests/fuzz/verdict.ts";
import { committedVariants, digestOf, type Verdicts } from "../../../spec-tests/fuzz/verdicts.ts";
import { WasmEdgeError } from "../../../src/common/error.ts";
import { Configure } from "../../../src/config/configure.ts";
import { Loader } from "../../../src/loader/loader.ts";
import { readNameSection } from "../../../src/loader/name-section.ts";
import { Validator, validationOf } from "../../../src/validator/validator.ts";

const recorded = JSON.parse(
  readFileSync(new URL("../../../spec-tests/fuzz/corpus/verdicts.json", import.meta.url), "utf8"),
) as Verdicts;

describe("Variants of valid modules", () => {
  const variants = committedVariants(recorded.variants);

  it("are the bytes on which the native engine's verdicts were recorded", () => {
    expect(variants.length).toBe(5000);
    expect(digestOf(variants)).toBe(recorded.digest);
  });

  it("are accepted where the native engine accepts them, and refused with a WasmEdgeError where it refuses them", () => {
    const accepted = variants.flatMap((bytes, number) => (ourVerdict(bytes) === "valid" ? [number] : []));
    const differing = new Set(recorded.explained);
    const agreeing = (numbers: readonly number[]) => numbers.filter((number) => !differing.has(number));
    expect(agreeing(accepted)).toEqual(agreeing(recorded.accepted));
    // Not none of them: the mutations leave one in twenty or more valid.
    expect(accepted.length).toBeGreaterThan(250);
  });

  it("are judged the same where bodies are checked late, and have names that can always be read", () => {
    const lazy = new Configure(comparable);
    lazy.runtime.lazyValidation = true;
    const verdict = (bytes: Uint8Array): boolean => {
      try {
        const module = new Loader(lazy).parseModule(bytes);
        new Validator(lazy).validate(module);
        const { bodies } = validationOf(module)!;
        for (let index = 0; index < module.functionTypeIndices.length; index++) bodies!.check(index);
        readNameSection(module);
        return true;
      } catch (error) {
        if (error instanceof WasmEdgeError) return false;
        throw error;
      }
    };
    const differing = variants.flatMap((bytes, number) =>
      verdict(bytes) === (ourVerdict(bytes) === "valid") ? [] : [number],
    );
    expect(differing).toEqual([]);
  });
});

describe("A variant", () => {
  const modules = [
    Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 0, 1),
    Uint8Array.from({ length: 40 }, () => 7),
  ];

  it("follows from its number, and leaves the module as it was", () => {
    const before = modules.map((bytes) => bytes.slice());
    const first = Array.from({ length: 500 }, (_, number) => variant({ modules }, number));
    const second = Array.from({ length: 500 }, (_, number) => variant({ modules }, number));
    expect(second).toEqual(first);
    expect(modules).toEqual(before);
    expect(new Set(first.map((bytes) => bytes.join())).size).toBeGreaterThan(400);
  });
});

describe("A known difference", () => {
  const known = knownDifferences();

  it("has a reason, and is told by our verdict and the native engine's", () => {
    for (const { reason } of known) expect(reason.length).toBeGreaterThan(20);
    const limit = { number: 1, ours: "valid", native: "table size (11000000) is larger than implementation limit (1)" };
    expect(explanation(known, limit)?.reason).toMatch(/V8's limits/);
    expect(explanation(known, { ...limit, ours: "InvalidLimit" })).toBeUndefined();
    expect(
      explanation(known, { number: 1, ours: "TypeCheckFailed in i32.add, Expected: i32 , Got: i64", native: "valid" }),
    ).toBeUndefined();
  });
});
