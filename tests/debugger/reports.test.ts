import { describe, expect, it } from "vitest";
import { Coverage, coverageText } from "../../src/debugger/coverage.ts";
import { toCpuProfile, toSpeedscope } from "../../src/debugger/profile-formats.ts";
import { type ProfileNode, Profiler } from "../../src/debugger/profiler.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, exported, failureOf, meteringEngine } from "../support/engine.ts";
import { namedModule } from "../support/named-module.ts";

const program = namedModule(`
  (module
    (import "env" "wait" (func $wait))
    (func $spin (param $n i32)
      loop $again
        local.get $n
        i32.const 1
        i32.sub
        local.tee $n
        br_if $again
      end)
    (func $unused (result i32) i32.const 1)
    (func $work (param $n i32) local.get $n call $spin)
    (func (export "run") (param $n i32)
      local.get $n
      i32.const 1000000
      i32.gt_u
      if
        unreachable
      end
      local.get $n
      i32.const 3
      i32.mul
      call $spin
      local.get $n
      call $work
      call $wait))`);

function engineWith(engine: Engine, wait: () => void) {
  const env = new ModuleInstance("env");
  env.addHostFunction("wait", new HostFunction({ params: [], results: [] }, wait));
  engine.store.registerModule(env);
  return engine.instantiate(program);
}

function paths(node: ProfileNode, above: string): [string, number][] {
  const path = above === "" ? node.func.name : `${above} ${node.func.name}`;
  return [[path, node.self], ...node.children.flatMap((child) => paths(child, path))];
}

describe("a profile", () => {
  it("of instructions is exact in total, and the same each time", () => {
    const seen = [0, 1].map(() => {
      const engine = meteringEngine();
      const instance = engineWith(engine, () => undefined);
      const profiler = new Profiler(engine.executor, { unit: "instructions", interval: 100 });
      engine.call(instance, "run", 10000);
      const { root, samples } = profiler.profile();
      expect(samples.reduce((sum, { weight }) => sum + weight, 0)).toBe(engine.totals.count);
      return paths(root, "");
    });
    expect(seen[0]).toEqual(seen[1]);
    const weights = new Map(seen[0]);
    const spin = weights.get("(root) run spin") ?? 0;
    const work = weights.get("(root) run work spin") ?? 0;
    // Three times as many rounds of six instructions, give or take a sample.
    expect(Math.abs(spin - 180_000)).toBeLessThan(300);
    expect(Math.abs(work - 60_000)).toBeLessThan(300);
  });

  it("of time gives host functions what they take", () => {
    const engine = new Engine();
    const instance = engineWith(engine, () => {
      const end = Date.now() + 20;
      while (Date.now() < end);
    });
    const profiler = new Profiler(engine.executor);
    engine.call(instance, "run", 10);
    const profile = profiler.profile();
    const weights = new Map(paths(profile.root, ""));
    expect(weights.get("(root) run env.wait")).toBeGreaterThan(15_000);
    profiler.detach();
    engine.call(instance, "run", 10);
    expect(profiler.profile().samples.length).toBe(profile.samples.length);
  });

  it("is written for Chrome's tools and for speedscope", () => {
    const engine = meteringEngine();
    const instance = engineWith(engine, () => undefined);
    const profiler = new Profiler(engine.executor, { unit: "instructions", interval: 1000 });
    engine.call(instance, "run", 1000);
    const profile = profiler.profile();
    const total = engine.totals.count;
    const chrome = JSON.parse(toCpuProfile(profile)) as {
      nodes: { id: number; callFrame: { functionName: string }; children: number[] }[];
      samples: number[];
      timeDeltas: number[];
      endTime: number;
    };
    expect(chrome.nodes.map(({ callFrame }) => callFrame.functionName)).toEqual([
      "(root)",
      "run",
      "spin",
      "work",
      "spin",
    ]);
    expect(chrome.nodes[1]?.children).toEqual([3, 4]);
    expect(chrome.endTime).toBe(total);
    expect(chrome.samples.length).toBe(chrome.timeDeltas.length);
    const scope = JSON.parse(toSpeedscope(profile, "test")) as {
      shared: { frames: { name: string }[] };
      profiles: { samples: number[][]; weights: number[]; endValue: number }[];
    };
    expect(scope.shared.frames.map(({ name }) => name)).toEqual(["run", "spin", "work"]);
    expect(scope.profiles[0]?.endValue).toBe(total);
    expect(new Set(scope.profiles[0]?.samples.map(String))).toEqual(new Set(["0", "0,1", "0,2,1"]));
  });
});

describe("a profile", () => {
  it.each([0, -1, 1.5, Number.NaN])("is refused for an interval of %s", (interval) => {
    const engine = new Engine();
    expect(failureOf(() => new Profiler(engine.executor, { interval })).codeName).toBe("RuntimeError");
    expect(engine.executor.observer).toBeUndefined();
  });
});

describe("a profile of runs that take turns", () => {
  it("does not put one run's time into the host function that another one awaits", async () => {
    const engine = new Engine({ runtime: { turnMilliseconds: 0 } });
    const env = new ModuleInstance("env");
    const answers: (() => void)[] = [];
    const waits = () => new Promise<undefined>((resolve) => answers.push(() => resolve(undefined)));
    env.addHostFunction("later", new HostFunction({ params: [], results: [] }, waits));
    engine.store.registerModule(env);
    const instance = engine.instantiate(
      namedModule(`(module (import "env" "later" (func $later))
        (func $waits (export "waits") call $later)
        (func $spins (export "spins") (param $n i32)
          loop $again local.get $n i32.const 1 i32.sub local.tee $n br_if $again end))`),
    );
    const profiler = new Profiler(engine.executor, { unit: "instructions" });
    const waiting = [1, 2].map(() => engine.executor.asyncInvoke(exported(instance, "waits")));
    while (answers.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    await engine.executor.asyncInvoke(exported(instance, "spins"), [1_000_000]);
    for (const answer of answers) answer();
    await Promise.all(waiting);
    profiler.detach();
    const stacks = (node: ProfileNode, above: string): string[] => [
      ...(node.self > 0 ? [`${above}${node.func.name}`] : []),
      ...node.children.flatMap((child) => stacks(child, `${above}${node.func.name} `)),
    ];
    const found = stacks(profiler.profile().root, "");
    expect(found).toContain("(root) spins");
    expect(found.filter((stack) => stack.includes("later"))).toEqual([]);
  });
});

describe("coverage", () => {
  it("tells of each function and instruction whether it was executed", () => {
    const engine = meteringEngine();
    const instance = engineWith(engine, () => undefined);
    const coverage = new Coverage(engine.executor);
    engine.call(instance, "run", 5);
    const plain = meteringEngine();
    plain.call(
      engineWith(plain, () => undefined),
      "run",
      5,
    );
    expect(engine.totals).toEqual(plain.totals);
    expect(coverage.modules).toEqual([instance]);
    const report = coverage.report(instance);
    expect([report.executedFunctions, report.totalFunctions]).toEqual([3, 4]);
    expect(report.functions.map(({ name, executed, total }) => [name, executed, total])).toEqual([
      ["spin", 8, 8],
      ["unused", 0, 2],
      ["work", 3, 3],
      ["run", 13, 14],
    ]);
    expect(coverageText(instance, report)).toBe(`module
functions     3 of 4 (75 %)
instructions  24 of 27 (88 %)

$spin  8 of 8 (100 %)
$unused  0 of 2 (0 %)
$work  3 of 3 (100 %)
$run  13 of 14 (92 %)
  + 0x0054  local.get $n
  + 0x0056  i32.const 1000000
  + 0x005a  i32.gt_u
  + 0x005b  if
  - 0x005d    unreachable
  + 0x005e  end
  + 0x005f  local.get $n
  + 0x0061  i32.const 3
  + 0x0063  i32.mul
  + 0x0064  call $spin
  + 0x0066  local.get $n
  + 0x0068  call $work
  + 0x006a  call $wait
  + 0x006c  end
`);
    coverage.detach();
    expect(coverage.report(instance).executed).toBe(24);
  });

  it("knows that a branch out of the function executes its end", () => {
    const engine = new Engine();
    const instance = engine.instantiate(
      '(module (func (export "f") (param i32) (result i32) i32.const 7 local.get 0 br_if 0 drop i32.const 9 br 0))',
    );
    const coverage = new Coverage(engine.executor);
    const executed = (): string[] | undefined =>
      coverage.report(instance).functions[0]?.instructions.flatMap(({ text, executed }) => (executed ? [text] : []));
    engine.call(instance, "f", 1);
    expect(executed()).toEqual(["i32.const 7", "local.get 0", "br_if 0", "end"]);
    engine.call(instance, "f", 0);
    expect(executed()).toEqual(["i32.const 7", "local.get 0", "br_if 0", "drop", "i32.const 9", "br 0", "end"]);
  });

  it("adds up over runs, and begins anew with another report", () => {
    const engine = new Engine();
    const instance = engineWith(engine, () => undefined);
    const first = new Coverage(engine.executor);
    engine.call(instance, "run", 5);
    first.detach();
    const second = new Coverage(engine.executor);
    expect(second.report(instance).executed).toBe(0);
    expect(() => engine.call(instance, "run", 1000001)).toThrow("unreachable");
    const { functions } = second.report(instance);
    expect(functions.map(({ executed }) => executed)).toEqual([0, 0, 0, 5]);
    engine.call(instance, "run", 5);
    expect(second.report(instance).executed).toBe(25);
  });
});
