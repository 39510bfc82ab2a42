import { describe, expect, it } from "vitest";
import { compile } from "watr";
import { WasmEdgeError } from "../../../src/common/error.ts";
import { irCounts, runCounting } from "../../../src/executor/engine/generated/run-counting.ts";
import { Engine, failureOf, meteringEngine } from "../../support/engine.ts";
import { executedInstructions, fusedPrograms, LOWER_BYTES } from "../../support/fused-programs.ts";
import { instantiateNatively } from "../../support/native.ts";

const integers = [0, 1, 5, -5, 10, 64, 0x7fffffff, -0x80000000];
const floats = [0, -0, 1.5, 1 / 3, 3e38, -1e-40, Number.POSITIVE_INFINITY];

/** What a call gives, or that it fails. */
function outcome(call: () => unknown): unknown {
  try {
    return call();
  } catch {
    return "trap";
  }
}

describe.each(fusedPrograms)("the instruction $name", ({ name, source, type }) => {
  const params = type === "i32" ? integers : floats;
  const triples = params.flatMap((a) => params.flatMap((b) => [...new Set([b, params[1]])].map((c) => [a, b, c])));

  it("does what its parts do on native WebAssembly", () => {
    const ours = new Engine();
    const instance = ours.instantiate(source);
    const native = instantiateNatively(compile(source) as Uint8Array)["f"] as (...params: number[]) => number;
    for (const triple of triples) {
      expect(
        outcome(() => ours.call(instance, "f", ...triple)[0]),
        `${triple}`,
      ).toEqual(outcome(() => native(...triple)));
    }
  });

  it("is what the lowering makes of them", () => {
    const engine = new Engine();
    engine.executor.loop = runCounting;
    const instance = engine.instantiate(source);
    irCounts.fill(0);
    engine.call(instance, "f", 0, 1, 2);
    expect([...executedInstructions(irCounts)]).toContain(name);
  });

  it("counts as many instructions as they are", () => {
    const fast = meteringEngine({ statistics: { costMeasuring: false } });
    const stepwise = meteringEngine({ costs: { nop: 2 } });
    for (const triple of triples.slice(0, 12)) {
      const counts = [fast, stepwise].map((engine) => {
        const instance = engine.instantiate(source);
        const before = engine.statistics.getInstrCount();
        outcome(() => engine.call(instance, "f", ...triple));
        return engine.statistics.getInstrCount() - before;
      });
      expect(counts[0], `${triple}`).toBe(counts[1]);
    }
  });
});

describe("a load that adds its address up", () => {
  it.each(["(i32.add (local.get 0) (i32.const 16))", "(i32.add (local.get 0) (local.get 1))"])(
    "traps as the load, at its offset and with its range: %s",
    (address) => {
      const engine = new Engine();
      const source = `(module (memory 1) (func (export "f") (param i32 i32) (result i32) (i32.load offset=4 ${address})))`;
      const instance = engine.instantiate(source);
      let error: unknown;
      try {
        engine.call(instance, "f", 0x10000, 16);
      } catch (caught) {
        error = caught;
      }
      expect(error).toBeInstanceOf(WasmEdgeError);
      const text = (error as WasmEdgeError).lines().join("\n");
      expect(text).toContain("Accessing offset from: 0x00010014 to: 0x00010017");
      expect(text).toContain("i32.load (0x28)");
    },
  );
});

describe("a store that narrows halfwords to bytes", () => {
  it("traps as the store, at its offset and with its range, and writes nothing", () => {
    const engine = new Engine();
    const instance =
      engine.instantiate(`(module (memory (export "memory") 1) (func (export "f") (param i32) (local v128)
      (v128.store64_lane offset=4 0 (local.get 0) (i8x16.shuffle ${LOWER_BYTES}
        (i16x8.shr_u (v128.const i64x2 -1 -1) (i32.const 2)) (local.get 1)))))`);
    const error = failureOf(() => engine.call(instance, "f", 0xfff8));
    const text = error.lines().join("\n");
    expect(text).toContain("Accessing offset from: 0x0000fffc to: 0x00010003");
    expect(text).toContain("v128.store64_lane (0xfd 0x5b)");
    expect(instance.findMemoryExports("memory")?.bytes.every((byte) => byte === 0)).toBe(true);
  });
});
