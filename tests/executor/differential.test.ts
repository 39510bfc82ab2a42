import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { f64HighBits, f64LowBits } from "../../src/common/float-bits.ts";
import { setLogLevel } from "../../src/common/log.ts";
import { ValType } from "../../src/common/value-type.ts";
import { Engine, meteringEngine } from "../support/engine.ts";
import { functionNames, moduleArbitrary, paramTypes, resultOf } from "./function-arbitrary.ts";

/** How many modules are run; more by the environment variable MODULES. */
const RUNS = Number(process.env["MODULES"] ?? 200);

/** Native messages of traps, by the beginning of ours. */
const traps: Readonly<Record<string, RegExp>> = {
  "integer divide by zero": /divide by zero|remainder by zero/,
  "integer overflow": /divide result unrepresentable|float unrepresentable in integer range/,
  "invalid conversion to integer": /float unrepresentable in integer range/,
  "out of bounds memory access": /memory access out of bounds/,
  "undefined element": /table index is out of bounds|undefined element/,
  "uninitialized element": /null function|signature mismatch|RuntimeError: /,
  "indirect call type mismatch": /signature mismatch/,
};

/** A value by its bits, all NaNs as one: JavaScript may change the payload on the way out of native wasm. */
function bits(type: ValType, value: unknown): string {
  if (typeof value === "number" && Number.isNaN(value)) return "NaN";
  if (type === ValType.F64) return `${f64HighBits(value as number)}:${f64LowBits(value as number)}`;
  return Object.is(value, -0) ? "-0" : String(value);
}

/** What can be seen of a call: its result or the kind of its trap; and all that it has changed. */
interface Outcome {
  readonly result: string;
  readonly globals: readonly string[];
  readonly memory: Uint8Array;
}

/** What is used of the native engine: Node's types leave `WebAssembly` out. */
interface Native {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, NativeExport>> };
  readonly RuntimeError: new () => Error;
}

/** A function, a global or a memory. */
type NativeExport = ((...args: readonly (number | bigint)[]) => unknown) & {
  readonly value: unknown;
  readonly buffer: ArrayBuffer;
};

const native = (globalThis as unknown as { readonly WebAssembly: Native }).WebAssembly;

function nativeOutcomes(bytes: Uint8Array, args: readonly (number | bigint)[]): Outcome[] {
  const { exports } = new native.Instance(new native.Module(bytes));
  return functionNames.map((name, i) => {
    let result: string;
    try {
      result = bits(resultOf(2 + i), exports[name](...args));
    } catch (error) {
      if (!(error instanceof native.RuntimeError)) throw error;
      result = `trap ${error.message}`;
    }
    const globals = paramTypes.map((type, k) => bits(type, exports[`g${k}`].value));
    return { result, globals, memory: new Uint8Array(exports["memory"].buffer.slice(0)) };
  });
}

function ourOutcomes(engine: Engine, bytes: Uint8Array, args: readonly (number | bigint)[]): Outcome[] {
  const instance = engine.instantiate(bytes);
  return functionNames.map((name, i) => {
    let result: string;
    try {
      result = bits(resultOf(2 + i), engine.call(instance, name, ...args)[0]);
    } catch (error) {
      if (!(error instanceof WasmEdgeError)) throw error;
      result = `trap ${error.message}`;
    }
    const globals = paramTypes.map((type, k) => bits(type, instance.findGlobalExports(`g${k}`)?.getValue()));
    return { result, globals, memory: (instance.findMemoryExports("memory")?.bytes ?? new Uint8Array()).slice() };
  });
}

function sameTrap(ours: string, native: string): boolean {
  return traps[ours.slice("trap ".length)]?.test(native) ?? false;
}

function expectSame(ours: readonly Outcome[], native: readonly Outcome[]): void {
  ours.forEach((outcome, i) => {
    const other = native[i];
    if (!outcome.result.startsWith("trap ") || !sameTrap(outcome.result, other.result)) {
      expect(outcome.result, functionNames[i]).toBe(other.result);
    }
    expect(outcome.globals, functionNames[i]).toEqual(other.globals);
    expect(Buffer.compare(outcome.memory, other.memory), `memory after ${functionNames[i]}`).toBe(0);
  });
}

const argsArbitrary = fc.tuple(
  fc.integer(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.float().map((value) => Math.fround(value)),
  fc.double(),
);

describe("generated functions", () => {
  // Each of the thousands of calls would log its statistics.
  beforeAll(() => setLogLevel("error"));
  afterAll(() => setLogLevel("info"));

  it("give the same results, traps, globals and memory as on the native engine", () => {
    const counts = { results: 0, traps: 0 };
    fc.assert(
      fc.property(moduleArbitrary, argsArbitrary, (bytes, args) => {
        const expected = nativeOutcomes(bytes, args);
        expectSame(ourOutcomes(new Engine(), bytes, args), expected);
        for (const { result } of expected) counts[result.startsWith("trap ") ? "traps" : "results"]++;
      }),
      { numRuns: RUNS, seed: 20261122 },
    );
    // A generator whose functions nearly all trap at once would show little.
    expect(counts.results).toBeGreaterThan(counts.traps);
  });

  it("give the same in stepwise code, and there are counted instruction by instruction with the same total", () => {
    fc.assert(
      fc.property(moduleArbitrary, argsArbitrary, (bytes, args) => {
        const optimised = meteringEngine();
        const fast = ourOutcomes(optimised, bytes, args);
        // Costs of their own and counts besides cannot be told apart in optimised code, so the run is stepwise.
        const stepwise = meteringEngine({ costs: { "i32.add": 3 } });
        expectSame(ourOutcomes(stepwise, bytes, args), fast);
        expect(stepwise.totals.count).toBe(optimised.totals.count);
        expect(optimised.totals.cost).toBe(BigInt(optimised.totals.count));
      }),
      { numRuns: Math.ceil(RUNS / 4), seed: 1122 },
    );
  });
});
