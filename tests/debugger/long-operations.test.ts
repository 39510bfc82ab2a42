import { describe, expect, it } from "vitest";
import { Debugger } from "../../src/debugger/debugger.ts";
import { Tracer } from "../../src/debugger/tracer.ts";
import { Engine, exported, failureOf } from "../support/engine.ts";
import { startSession, texts } from "./support.ts";

/** Bulk instructions that are done in pieces, to whoever looks on: they are one instruction. */

const source = `(module
  (type $bytes (array (mut i8)))
  (memory (export "memory") 800)
  (func (export "run") (result i32) (local $a (ref null $bytes))
    i32.const 1
    i32.const 60000000
    array.new $bytes
    local.set $a
    i32.const 5
    i32.const 7
    i32.const 50000000
    memory.fill
    local.get $a
    i32.const 59999999
    array.get_u $bytes))`;

describe("a debugger at a bulk instruction in pieces", () => {
  it("steps over it as over one, and shows what it has left", () => {
    const { session } = startSession(source, "run");
    const seen: unknown[] = [];
    for (let stop = session.stop; stop !== undefined; stop = session.step()) {
      const { executed } = stop;
      seen.push([executed?.text, texts(executed?.takes), executed?.leaves?.length, stop.frame.instruction]);
    }
    expect(seen.slice(3, 5)).toEqual([
      ["array.new 0", ["i32 1", "i32 60000000"], 1, "local.set 0"],
      ["local.set 0", ["arrayref array of 60000000"], 0, "i32.const 5"],
    ]);
    expect(seen.slice(8, 9)).toEqual([["memory.fill", ["i32 5", "i32 7", "i32 50000000"], 0, "local.get 0"]]);
    expect(session.result().map((value) => value.toI32())).toEqual([1]);
  });

  it("stops for what it has changed, behind it", () => {
    const { session, instance } = startSession(source, "run");
    session.debugger.addWatchpoint({ kind: "memory", instance, address: 50_000_004, length: 1 });
    const stop = session.continue();
    expect([stop?.reason, stop?.executed?.text, stop?.frame.instruction]).toEqual([
      "watchpoint",
      "memory.fill",
      "local.get 0",
    ]);
    expect(session.continue()).toBeUndefined();
  });

  it("pauses an asynchronous run behind it, not in its midst", async () => {
    const engine = new Engine({ runtime: { turnMilliseconds: 0 } });
    const instance = engine.instantiate(source);
    const debug = new Debugger(engine.executor);
    const run = engine.executor.asyncInvoke(exported(instance, "run"));
    const { bytes } = instance.findMemoryExports("memory") ?? { bytes: new Uint8Array(8) };
    while (!run.done && bytes[5] === 0) await new Promise((resolve) => setImmediate(resolve));
    debug.pause();
    const stop = await debug.nextStop();
    expect([stop.reason, stop.frame.instruction, bytes[50_000_004]]).toEqual(["pause", "local.get 0", 7]);
    stop.resume("continue");
    expect(await run).toEqual([1]);
  });
});

describe("a trace of instructions", () => {
  it("has it once, also where it is cut short, which is counted and leaves nothing", () => {
    const engine = new Engine();
    const instance = engine.instantiate(source);
    const instructions: string[] = [];
    let left: unknown;
    const tracer = new Tracer(engine.executor, ["instructions"], (event) => {
      if (event.kind !== "instruction") return;
      instructions.push(event.instruction.text);
      left = event.leaves;
    });
    const run = engine.executor.startRun(exported(instance, "run"), []);
    while (!run.step(false));
    expect(instructions.length).toBe(12);
    expect(instructions.filter((text) => text.startsWith("array.new"))).toEqual(["array.new 0"]);
    const other = engine.executor.startRun(exported(instance, "run"), []);
    for (let i = 0; i < 2; i++) expect(other.step(false)).toBe(false);
    other.cancel();
    expect(failureOf(() => other.step(false)).codeName).toBe("Interrupted");
    expect(instructions.slice(12)).toEqual(["i32.const 1", "i32.const 60000000", "array.new 0"]);
    expect(left).toBeUndefined();
    tracer.detach();
  });
});
