import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "watr";
import { instructions } from "../../../src/ast/instruction-list.ts";
import { ADDRESS, type InstructionInfo } from "../../../src/ast/instructions.ts";
import { WasmEdgeError } from "../../../src/common/error.ts";
import { setLogLevel } from "../../../src/common/log.ts";
import { Proposal } from "../../../src/common/proposal.ts";
import { type ValType, valTypeName } from "../../../src/common/value-type.ts";
import { Engine } from "../../support/engine.ts";
import { instantiateNatively, native } from "../../support/native.ts";

/** Sequences of all atomic instructions but waiting, on one memory, compared with the native engine. */

/** How many sequences are run of each kind of memory; more by the environment variable SEQUENCES. */
const RUNS = Number(process.env["SEQUENCES"] ?? 300);

const atomics = instructions.filter(
  ({ name, proposals }) => proposals[0] === Proposal.Threads && !/wait|fence/.test(name),
);

function typeName(type: ValType): string {
  return type === ADDRESS ? "i32" : valTypeName(type);
}

/** One function for each instruction, of its own parameters and results. @param address the type of addresses */
function moduleOf(limits: string, address: "i32" | "i64", offset: number): string {
  const functions = atomics.map(({ name, operands = [], results = [] }) => {
    const params = operands.map((type) => `(param ${typeName(type)})`).join(" ");
    const rest = operands.slice(1).map((_, i) => `(local.get ${i + 1})`);
    const base = address === "i64" ? "(i64.extend_i32_u (local.get 0))" : "(local.get 0)";
    const result = results.map((type) => `(result ${typeName(type)})`).join("");
    return `(func (export "${name}") ${params} ${result} (${name} offset=${offset} ${base} ${rest.join(" ")}))`;
  });
  return `(module (memory (export "memory") ${limits}) ${functions.join(" ")})`;
}

interface Step {
  readonly info: InstructionInfo;
  readonly args: readonly (number | bigint)[];
}

/** Mostly a few cells, so that accesses of all widths meet; sometimes misaligned, and at the end of the page. */
const addressArbitrary = fc.oneof(
  { weight: 6, arbitrary: fc.nat(3).map((n) => 8 * n) },
  { weight: 2, arbitrary: fc.nat(31) },
  { weight: 1, arbitrary: fc.integer({ min: 65520, max: 65545 }) },
  { weight: 1, arbitrary: fc.constantFrom(-8, -1, -65536, 0x7fffffff) },
);

/** Few values, so that a compare-exchange often finds what it expects. */
const i32Arbitrary = fc.oneof(fc.constantFrom(0, 1, -1, 0x80, 0xff, 0x100, 0xffff, 0x10000), fc.integer());
const i64Arbitrary = fc.oneof(
  fc.constantFrom(0n, 1n, -1n, 0xffn, 0x1_0000_0000n, 0xffff_ffffn),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);

const stepArbitrary: fc.Arbitrary<Step> = fc.constantFrom(...atomics).chain((info) => {
  const values = (info.operands ?? []).slice(1).map((type) => (typeName(type) === "i64" ? i64Arbitrary : i32Arbitrary));
  return fc.tuple(addressArbitrary, ...values).map((args) => ({ info, args: args as (number | bigint)[] }));
});

const stepsArbitrary = fc.array(stepArbitrary, { minLength: 1, maxLength: 40, size: "max" });

/** A result, or the kind of trap. */
type Seen = string;

/** Where an access is misaligned and out of bounds, the engines name one or the other. */
const nativeTraps = new Map([
  ["operation does not support unaligned accesses", "trap"],
  ["memory access out of bounds", "trap"],
]);
const ourTraps = new Map([
  ["unaligned atomic", "trap"],
  ["out of bounds memory access", "trap"],
]);

function attempt(call: () => unknown, traps: ReadonlyMap<string, string>, isTrap: (error: unknown) => boolean): Seen {
  try {
    return String(call());
  } catch (error) {
    if (!isTrap(error) || !(error instanceof Error)) throw error;
    return traps.get(error.message) ?? error.message;
  }
}

interface Ran {
  readonly seen: readonly Seen[];
  readonly memory: string;
}

function runNatively(bytes: Uint8Array, steps: readonly Step[]): Ran {
  const exports = instantiateNatively(bytes) as Record<string, (...args: readonly unknown[]) => unknown>;
  const isTrap = (error: unknown): boolean => error instanceof native.RuntimeError;
  const seen = steps.map(({ info, args }) => attempt(() => exports[info.name]?.(...args), nativeTraps, isTrap));
  const { buffer } = exports["memory"] as unknown as { readonly buffer: ArrayBuffer };
  return { seen, memory: Buffer.from(buffer).toString("base64") };
}

function runOurs(source: string, steps: readonly Step[]): Ran {
  const engine = new Engine();
  const instance = engine.instantiate(source);
  const isTrap = (error: unknown): boolean => error instanceof WasmEdgeError;
  const seen = steps.map(({ info, args }) =>
    attempt(() => engine.call(instance, info.name, ...args)[0], ourTraps, isTrap),
  );
  const memory = Buffer.from(instance.findMemoryExports("memory")?.bytes ?? []).toString("base64");
  return { seen, memory };
}

describe("sequences of atomic instructions", () => {
  beforeAll(() => setLogLevel("off"));
  afterAll(() => setLogLevel("info"));

  it("are of all 64 accesses and of waking", () => {
    expect(atomics).toHaveLength(64);
  });

  it.each([
    ["a memory that is not shared", "1", 0],
    ["a shared memory", "1 1 shared", 0],
    ["a memory that is not shared, with an offset", "1", 4],
    ["a shared memory, with an offset", "1 1 shared", 65528],
  ])("give the same results, traps and bytes as on the native engine, in %s", (_, limits, offset) => {
    const source = moduleOf(limits, "i32", offset);
    const bytes = compile(source);
    let traps = 0;
    let results = 0;
    fc.assert(
      fc.property(stepsArbitrary, (steps) => {
        const ran = runOurs(source, steps);
        expect(ran).toEqual(runNatively(bytes, steps));
        for (const seen of ran.seen) seen === "trap" ? traps++ : results++;
      }),
      { numRuns: RUNS, seed: 20261127 },
    );
    expect(traps).toBeGreaterThan(100);
    expect(results).toBeGreaterThan(offset === 65528 ? 100 : traps);
  });

  it.each(["i64 1", "i64 1 1 shared"])("do the same with addresses of 64 bits, in a memory of (%s)", (limits) => {
    const wide = moduleOf(limits, "i64", 0);
    const narrow = moduleOf("1", "i32", 0);
    fc.assert(
      fc.property(stepsArbitrary, (steps) => {
        expect(runOurs(wide, steps)).toEqual(runOurs(narrow, steps));
      }),
      { numRuns: RUNS, seed: 64 },
    );
  });
});
