import { describe, expect, it } from "vitest";
import { ValType } from "../../src/common/value-type.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { Debugger } from "../../src/debugger/debugger.ts";
import type { Command, Stop } from "../../src/debugger/stop.ts";
import { traceLine } from "../../src/debugger/trace-events.ts";
import { Tracer } from "../../src/debugger/tracer.ts";
import type { Async } from "../../src/executor/async.ts";
import type { CallingFrame } from "../../src/store/calling-frame.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, exported, failureOf, loggedBy } from "../support/engine.ts";
import { namedModule } from "../support/named-module.ts";
import { frameNames } from "./support.ts";

/** Runs that a host function begins, within a run: they pause where the host function awaits them, and say why where not. */

const guest = namedModule(`(module
  (import "host" "awaits" (func $awaits (param i32) (result i32)))
  (import "host" "waits" (func $waits (param i32) (result i32)))
  (import "host" "both" (func $both (param i32) (result i32)))
  (memory (export "memory") 1)
  (func $inner (export "inner") (param $n i32) (result i32)
    i32.const 8
    local.get $n
    i32.store
    local.get $n
    i32.const 1
    i32.add)
  (func $divide (export "divide") (param $n i32) (result i32) local.get $n i32.const 0 i32.div_u)
  (func $nested (export "nested") (param $n i32) (result i32) local.get $n call $awaits)
  (func $asynchronous (export "asynchronous") (param $n i32) (result i32)
    local.get $n call $awaits i32.const 100 i32.add)
  (func $synchronous (export "synchronous") (param $n i32) (result i32)
    local.get $n call $waits i32.const 100 i32.add)
  (func $two (export "two") (param $n i32) (result i32) local.get $n call $both))`);

/** @param called what the host functions call */
function start(called = "inner"): { engine: Engine; instance: ModuleInstance; debug: Debugger } {
  const engine = new Engine();
  const host = new ModuleInstance("host");
  const type = { params: [ValType.I32], results: [ValType.I32] };
  const target = ({ module }: CallingFrame, name = called) => exported(module as ModuleInstance, name);
  host.addHostFunction(
    "awaits",
    new HostFunction(type, async (frame, args) => {
      await Promise.resolve();
      // A run within a run within a run, where that is asked for.
      const name = args[0] === 0 ? "inner" : called;
      return (await frame.asyncInvoke(target(frame, name), [args[0] === 0 ? 50 : (args[0] as number) - 1]))[0];
    }),
  );
  host.addHostFunction("waits", new HostFunction(type, (frame, args) => frame.invoke(target(frame), args)));
  host.addHostFunction(
    "both",
    new HostFunction(type, async (frame, [n]) => {
      const runs = [1, 2].map((more) => frame.asyncInvoke(target(frame), [(n as number) + more]));
      const results = await Promise.all(runs);
      return results.reduce((sum, [value]) => sum + (value as number), 0);
    }),
  );
  engine.store.registerModule(host);
  const instance = engine.instantiate(guest);
  return { engine, instance, debug: new Debugger(engine.executor) };
}

const shown = (stop: Stop): unknown[] => [stop.reason, stop.frame.instruction, ...frameNames(stop)];

/** What a run stops for, answered by commands; the last ones are `continue`. */
async function stopsOf(
  debug: Debugger,
  run: Async<Value[]>,
  ...commands: readonly Command[]
): Promise<[stops: unknown[], results: Value[]]> {
  const stops: unknown[] = [];
  const left = commands.slice();
  const ended = run.wait().then(() => undefined);
  for (let stop = await Promise.race([debug.nextStop(), ended]); stop !== undefined; ) {
    stops.push(shown(stop));
    stop.resume(left.shift() ?? "continue");
    stop = await Promise.race([debug.nextStop(), ended]);
  }
  return [stops, await run];
}

describe("a run that a host function begins and awaits", () => {
  it("pauses at a breakpoint, with the frames of the host function and of the run around it", async () => {
    const { engine, instance, debug } = start();
    const breakpoint = debug.addBreakpoint(instance, "inner");
    const run = engine.executor.asyncInvoke(exported(instance, "asynchronous"), [6]);
    const stop = await debug.nextStop();
    expect(shown(stop)).toEqual(["breakpoint", "i32.const 8", "inner", "awaits", "asynchronous"]);
    expect(stop.obstacle).toBeUndefined();
    expect(stop.frames.map(({ kind }) => kind)).toEqual(["wasm", "host", "wasm"]);
    const outer = stop.frames[2];
    expect(outer?.kind === "wasm" && [outer.instruction, outer.locals[0]?.value.toI32()]).toEqual(["call $awaits", 6]);
    expect(stop.frame.locals[0]?.value.toI32()).toBe(5);
    // The others go on meanwhile.
    expect(engine.call(instance, "inner", 1)).toEqual([2]);
    expect(run.done).toBe(false);
    stop.resume("continue");
    expect(await run).toEqual([106]);
    expect([breakpoint.hits, breakpoint.passed]).toEqual([1, 1]);
  });

  it("is stepped into, through and out of, as a call of wasm would be", async () => {
    const { engine, instance, debug } = start();
    debug.stopAtStart();
    const run = engine.executor.asyncInvoke(exported(instance, "asynchronous"), [6]);
    const [stops, results] = await stopsOf(debug, run, "step", "step", "step", "out", "step");
    const inside = ["inner", "awaits", "asynchronous"];
    expect(stops).toEqual([
      ["start", "local.get $n", "asynchronous"],
      ["step", "call $awaits", "asynchronous"],
      ["step", "i32.const 8", ...inside],
      ["step", "local.get $n", ...inside],
      ["step", "i32.const 100", "asynchronous"],
      ["step", "i32.add", "asynchronous"],
    ]);
    expect(results).toEqual([106]);
  });

  it("is stepped over whole, with its breakpoints, and what then goes on does not stop behind it", async () => {
    const { engine, instance, debug } = start();
    debug.stopAtStart();
    const first = engine.executor.asyncInvoke(exported(instance, "asynchronous"), [6]);
    expect((await stopsOf(debug, first, "step", "over", "continue"))[0]).toEqual([
      ["start", "local.get $n", "asynchronous"],
      ["step", "call $awaits", "asynchronous"],
      ["step", "i32.const 100", "asynchronous"],
    ]);
    debug.addBreakpoint(instance, "inner");
    debug.stopAtStart();
    const second = engine.executor.asyncInvoke(exported(instance, "asynchronous"), [6]);
    expect((await stopsOf(debug, second, "step", "over", "continue"))[0]).toEqual([
      ["start", "local.get $n", "asynchronous"],
      ["step", "call $awaits", "asynchronous"],
      ["breakpoint", "i32.const 8", "inner", "awaits", "asynchronous"],
    ]);
  });

  it("shows all that are inside one another", async () => {
    const { engine, instance, debug } = start("nested");
    debug.addBreakpoint(instance, "inner");
    const run = engine.executor.asyncInvoke(exported(instance, "asynchronous"), [3]);
    const stop = await debug.nextStop();
    const twice = ["nested", "awaits"];
    expect(frameNames(stop)).toEqual(["inner", "awaits", ...twice, ...twice, ...twice, "asynchronous"]);
    expect(stop.coredump().toBytes().length).toBeGreaterThan(100);
    stop.resume("out");
    const outer = await debug.nextStop();
    expect(shown(outer)).toEqual(["step", "end", ...twice, ...twice, ...twice, "asynchronous"]);
    outer.resume("continue");
    expect(await run).toEqual([151]);
  });

  it("has its own stops where there are two at once", async () => {
    const { engine, instance, debug } = start();
    debug.addBreakpoint(instance, "inner");
    const run = engine.executor.asyncInvoke(exported(instance, "two"), [10]);
    const stop = await debug.nextStop();
    for (let i = 0; i < 10_000 && debug.stops.length < 2; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(debug.stops.map((each) => [each.frame.locals[0]?.value.toI32(), ...frameNames(each)])).toEqual([
      [11, "inner", "both", "two"],
      [12, "inner", "both", "two"],
    ]);
    debug.stops[1]?.resume("continue");
    stop.resume("continue");
    expect(await run).toEqual([25]);
  });

  it("stops where it fails, and the runs around it after it", async () => {
    const { engine, instance, debug } = start("divide");
    const run = engine.executor.asyncInvoke(exported(instance, "asynchronous"), [6]);
    const inner = await debug.nextStop();
    expect(shown(inner)).toEqual(["failure", "i32.div_u", "divide", "awaits", "asynchronous"]);
    inner.resume("continue");
    const outer = await debug.nextStop();
    expect(shown(outer)).toEqual(["failure", "call $awaits", "asynchronous"]);
    outer.resume("continue");
    await run.wait();
    expect(failureOf(() => run.finish()).codeName).toBe("DivideByZero");
  });

  it("is ended with the run around it, while it is paused", async () => {
    const { engine, instance, debug } = start();
    debug.addBreakpoint(instance, "inner");
    const run = engine.executor.asyncInvoke(exported(instance, "asynchronous"), [6]);
    const stop = await debug.nextStop();
    run.cancel("enough");
    await run.wait();
    expect(failureOf(() => run.finish()).codeName).toBe("Interrupted");
    // The run within ends in a turn of its own.
    for (let i = 0; i < 10_000 && debug.stops.length > 0; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(debug.stops).toEqual([]);
    stop.resume("continue");
  });

  it("is told by a trace at the depth at which it is", async () => {
    const { engine, instance } = start();
    const lines: string[] = [];
    const tracer = new Tracer(engine.executor, ["calls", "host"], (event) => lines.push(traceLine(event)));
    await engine.executor.asyncInvoke(exported(instance, "asynchronous"), [6]);
    tracer.detach();
    expect(lines).toEqual([
      "-> $asynchronous(i32 6)",
      "  -> host host.awaits(6)",
      "    -> $inner(i32 5)",
      "    <- $inner = i32 6",
      "  <- host host.awaits = 6",
      "<- $asynchronous = i32 106",
    ]);
  });
});

describe("a run that a host function begins and waits for at once", () => {
  it("passes by a breakpoint, and says why: to who asks, else in the log, once", async () => {
    const { engine, instance, debug } = start();
    const breakpoint = debug.addBreakpoint(instance, "inner");
    const passed: unknown[] = [];
    debug.onPass = (stop) => {
      passed.push([...shown(stop), stop.frame.locals[0]?.value.toI32(), stop.obstacle]);
      expect(stop.breakpoint).toBe(breakpoint);
    };
    const run = engine.executor.asyncInvoke(exported(instance, "synchronous"), [6]);
    const why =
      'The run was begun by the host function "waits" of the module "host", which stands on JavaScript\'s stack until it has ' +
      "ended: let that await frame.asyncInvoke, or answer in onStop.";
    expect(await run).toEqual([107]);
    expect(passed).toEqual([["breakpoint", "i32.const 8", "inner", "waits", "synchronous", 6, why]]);
    expect([breakpoint.hits, breakpoint.passed]).toEqual([0, 1]);

    debug.onPass = undefined;
    const other = debug.addBreakpoint(instance, { offset: breakpoint.offset + 2 });
    const logged = loggedBy(() => [1, 2, 3].map((n) => engine.call(instance, "synchronous", n)));
    const warnings = logged.filter(({ level }) => level === "warning").map(({ message }) => message);
    expect(warnings).toEqual([
      `Debugger: a run passes by the breakpoint at offset 0x${other.offset.toString(16).padStart(4, "0")}. ${why}`,
    ]);
    expect([breakpoint.passed, other.passed]).toEqual([4, 3]);
  });

  it("of the embedder names what its caller can do", () => {
    const { engine, instance, debug } = start();
    debug.addBreakpoint(instance, "inner");
    const obstacles: (string | undefined)[] = [];
    debug.onPass = ({ obstacle }) => obstacles.push(obstacle);
    expect(engine.call(instance, "inner", 6)).toEqual([7]);
    expect(obstacles).toEqual([
      "The run is to be finished at once, so its caller stands on JavaScript's stack: begin it asynchronously (asyncInvoke), " +
        "drive it by a DebugSession, or answer in onStop.",
    ]);
  });

  it("is stepped over, and what it changes that is watched stops the run around it, behind the call", async () => {
    const { engine, instance, debug } = start();
    debug.stopAtStart();
    const run = engine.executor.asyncInvoke(exported(instance, "synchronous"), [6]);
    const first = await debug.nextStop();
    const passed: string[] = [];
    debug.onPass = ({ reason }) => passed.push(reason);
    debug.addWatchpoint({ kind: "memory", instance, address: 8, length: 4 });
    first.resume("continue");
    const stop = await debug.nextStop();
    expect(shown(stop)).toEqual(["watchpoint", "i32.const 100", "synchronous"]);
    expect([stop.change?.old, stop.change?.new]).toEqual([Uint8Array.of(0, 0, 0, 0), Uint8Array.of(6, 0, 0, 0)]);
    expect(passed).toEqual(["watchpoint"]);
    stop.resume("continue");
    expect(await run).toEqual([107]);
  });

  it("stops where it is asked about in its midst", async () => {
    const { engine, instance, debug } = start();
    debug.addBreakpoint(instance, "inner");
    const seen: unknown[] = [];
    const passed: unknown[] = [];
    debug.onPass = (stop) => passed.push(stop);
    debug.onStop = (stop) => {
      seen.push(shown(stop));
      return "continue";
    };
    expect(await engine.executor.asyncInvoke(exported(instance, "synchronous"), [6])).toEqual([107]);
    expect(seen).toEqual([["breakpoint", "i32.const 8", "inner", "waits", "synchronous"]]);
    expect(passed).toEqual([]);
  });
});
