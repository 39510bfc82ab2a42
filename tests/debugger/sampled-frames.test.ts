import { afterEach, describe, expect, it, vi } from "vitest";
import { ValType } from "../../src/common/value-type.ts";
import { toSpeedscope } from "../../src/debugger/profile-formats.ts";
import { Profiler } from "../../src/debugger/profiler.ts";
import { INNERMOST_FRAMES, OUTERMOST_FRAMES, SampledFrames } from "../../src/debugger/sampled-frames.ts";
import { framesOf } from "../../src/executor/engine/frames.ts";
import { CodeSpace } from "../../src/executor/lowering/code-space.ts";
import { IdleObserver, type ObservedRun } from "../../src/executor/observer.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, exported } from "../support/engine.ts";
import { namedModule } from "../support/named-module.ts";

afterEach(() => vi.restoreAllMocks());

const LEFT_OUT = "…";

/**
 * Goes down and back by chance: through functions with other frames, in place of itself, and through the other instance.
 * @param place of its function in the table that the instances share @param other that of the other's
 */
const walker = (place: number, other: number) => `(module
  (import "base" "random" (func $random (result i32)))
  (import "shared" "table" (table 2 funcref))
  (type $visits (func (param i32)))
  (elem (i32.const ${place}) $visit)
  (func $leaf (param $n i32) (call $visit (local.get $n)))
  (func $wide (param $n i32) (local v128 v128 i64) (call $visit (local.get $n)))
  (func $instead (param $n i32) (return_call $visit (local.get $n)))
  (func (export "walks") (param $times i32)
    (loop $again
      (call $visit (i32.const 1500))
      (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1))))))
  (func $visit (export "visit") (param $n i32) (local $r i32)
    (if (i32.le_s (local.get $n) (i32.const 0)) (then (return)))
    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
    (local.set $r (call $random))
    (if (i32.lt_u (local.get $r) (i32.const 64))
      (then (call_indirect (type $visits) (local.get $n) (i32.const ${other})))
      (else (if (i32.lt_u (local.get $r) (i32.const 128))
        (then (call $wide (local.get $n)))
        (else (if (i32.lt_u (local.get $r) (i32.const 136))
          (then (call $instead (local.get $n)))
          (else (call $leaf (local.get $n))))))))
    (if (i32.lt_u (call $random) (i32.const 2))
      (then (call $visit (i32.div_u (local.get $n) (i32.const 2)))))))`;

const recursion = namedModule(`(module
  (func $spin (param $n i32)
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $down (export "down") (param $n i32)
    (if (local.get $n) (then (call $down (i32.sub (local.get $n) (i32.const 1)))) (else (call $spin (i32.const 5000)))))
  (func $main (export "main") (param $n i32) (call $down (local.get $n))))`);

/** Looks at the frames in both ways. */
class Comparison extends IdleObserver {
  readonly found: (readonly string[])[] = [];
  readonly expected: (readonly string[])[] = [];
  deepest = 0;
  private readonly frames = new SampledFrames(({ space, func }) => `${space.instance.name}.${func.index}`, LEFT_OUT);

  override get sliceCost(): number {
    return 9000;
  }

  override leave({ execution }: ObservedRun): void {
    if (execution === undefined) return;
    this.found.push(this.frames.of(execution));
    const all = Array.from(framesOf(execution), ({ space, func }) => `${space.instance.name}.${func.index}`).reverse();
    this.deepest = Math.max(this.deepest, all.length);
    const ends = [...all.slice(0, OUTERMOST_FRAMES), LEFT_OUT, ...all.slice(-INNERMOST_FRAMES)];
    this.expected.push(all.length <= OUTERMOST_FRAMES + INNERMOST_FRAMES ? all : ends);
  }
}

describe("the frames of a sample", () => {
  it("are those of a walk over the whole stack without its middle, however the run has gone up and down since", () => {
    const engine = new Engine({ runtime: { maxCallDepth: 100_000, maxValueStackBytes: 2 ** 26 } });
    const base = new ModuleInstance("base");
    let state = 1;
    const random = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    };
    base.addHostFunction("random", new HostFunction({ params: [], results: [ValType.I32] }, random));
    engine.store.registerModule(base);
    engine.instantiate(`(module (table (export "table") 2 funcref))`, "shared");
    engine.instantiate(walker(0, 1), "first");
    const second = engine.instantiate(walker(1, 0), "second");
    const comparison = new Comparison();
    engine.executor.addObserver(comparison);
    engine.call(second, "walks", 30);
    expect(comparison.deepest).toBeGreaterThan(1500);
    expect(comparison.found.length).toBeGreaterThan(100);
    expect(comparison.found).toEqual(comparison.expected);
  });

  it("are not taken for those of a call that lay on the stack in the same way", () => {
    const engine = new Engine({ runtime: { maxCallDepth: 10_000, maxValueStackBytes: 2 ** 24 } });
    engine.instantiate(`(module (table (export "table") 2 funcref))`, "shared");
    for (const place of [0, 1]) {
      engine.instantiate(
        `(module (import "shared" "table" (table 2 funcref)) (elem (i32.const ${place}) $down)
          (func $down (param $n i32) (if (local.get $n) (then (call $down (i32.sub (local.get $n) (i32.const 1)))))))`,
        `instance ${place}`,
      );
    }
    const main = engine.instantiate(
      `(module (import "shared" "table" (table 2 funcref)) (type $down (func (param i32)))
        (func $down (param $n i32) (if (local.get $n) (then (call $down (i32.sub (local.get $n) (i32.const 1))))))
        (func $one (call $down (i32.const 1000)))
        (func $other (call $down (i32.const 1000)))
        (func (export "main") (param $times i32)
          (loop $again
            (if (i32.and (local.get $times) (i32.const 64)) (then (call $one) (call $other)))
            (call_indirect (type $down) (i32.const 1000) (i32.and (local.get $times) (i32.const 1)))
            (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))))`,
      "main",
    );
    const comparison = new Comparison();
    engine.executor.addObserver(comparison);
    engine.call(main, "main", 100);
    expect(new Set(comparison.found.map((stack) => stack[1])).size).toBeGreaterThanOrEqual(4);
    expect(comparison.found).toEqual(comparison.expected);
  });

  it("take a walk over the whole stack once, while the run goes deeper and comes back", () => {
    const depth = 50_000;
    const engine = new Engine({ runtime: { maxCallDepth: depth + 2, maxValueStackBytes: 2 ** 26 } });
    const down = exported(engine.instantiate(recursion), "down");
    const profiler = new Profiler(engine.executor, { unit: "instructions", interval: 1000 });
    const looked = vi.spyOn(CodeSpace.prototype, "functionAt");
    engine.executor.invoke(down, [depth]);
    const samples = profiler.profile().samples.length;
    expect(samples).toBeGreaterThan(400);
    expect(looked.mock.calls.length).toBeLessThan(depth + samples * (INNERMOST_FRAMES + 1));
  });

  it("weigh on the function that ran and under what began it, with one mark for what is left out of deep ones", () => {
    const engine = new Engine({ runtime: { maxCallDepth: 10_000, maxValueStackBytes: 2 ** 24 } });
    const main = exported(engine.instantiate(recursion), "main");
    const profiler = new Profiler(engine.executor, { unit: "instructions", interval: 100 });
    engine.executor.invoke(main, [5000]);
    const profile = profiler.profile();
    const scope = JSON.parse(toSpeedscope(profile, "deep")) as {
      shared: { frames: { name: string }[] };
      profiles: { samples: number[][] }[];
    };
    const stacks = scope.profiles[0]?.samples.map((stack) => stack.map((at) => scope.shared.frames[at]?.name)) ?? [];
    const deep = stacks.filter((stack) => stack.includes("(frames left out)"));
    expect(deep.length).toBeGreaterThan(100);
    for (const stack of deep) {
      expect(stack).toHaveLength(OUTERMOST_FRAMES + 1 + INNERMOST_FRAMES);
      expect(stack.indexOf("(frames left out)")).toBe(OUTERMOST_FRAMES);
      expect(stack.slice(0, 2)).toEqual(["main", "down"]);
    }
    const spinning = deep.filter((stack) => stack[stack.length - 1] === "spin");
    expect(spinning.length).toBeGreaterThan(50);
    // One branch of the tree for all of them.
    expect(new Set(spinning.map(String)).size).toBe(1);
  });

  it("are bounded too where host functions call back in, each with frames of its own", () => {
    const engine = new Engine();
    const env = new ModuleInstance("env");
    let left = 20;
    const again = new HostFunction({ params: [], results: [] }, (frame) => {
      if (left-- > 0) frame.invoke(exported(instance, "enter"));
    });
    env.addHostFunction("again", again);
    engine.store.registerModule(env);
    const instance = engine.instantiate(`(module
      (import "env" "again" (func $again))
      (func $down (param $n i32)
        (if (local.get $n) (then (call $down (i32.sub (local.get $n) (i32.const 1)))) (else (call $again))))
      (func (export "enter") (call $down (i32.const 100))))`);
    const profiler = new Profiler(engine.executor, { unit: "instructions" });
    engine.call(instance, "enter");
    const scope = JSON.parse(toSpeedscope(profiler.profile(), "deep")) as { profiles: { samples: number[][] }[] };
    const lengths = scope.profiles[0]?.samples.map((stack) => stack.length) ?? [];
    // A call has 102 frames and the host function's.
    expect(lengths.slice(0, 5)).toEqual([102, 102 + 103, 102 + 2 * 103, 102 + 3 * 103, 513]);
    expect(Math.max(...lengths)).toBe(OUTERMOST_FRAMES + 1 + INNERMOST_FRAMES);
  });
});
