import { describe, expect, it } from "vitest";
import type { WasmFrame } from "../../src/debugger/frame.ts";
import { typedText } from "../../src/debugger/text.ts";
import { namedModule } from "../support/named-module.ts";
import { frameNames, localTexts, offsetOf, startSession, texts } from "./support.ts";

const factorial = `
  (module
    (global $calls (export "calls") (mut i32) (i32.const 0))
    (memory (export "memory") 1)
    (table (export "table") 2 funcref)
    (func $times (param $a i32) (param $b i32) (result i32)
      local.get $a
      local.get $b
      i32.mul)
    (func $fac (export "fac") (param $n i32) (result i32)
      (local $wide i64)
      global.get $calls
      i32.const 1
      i32.add
      global.set $calls
      local.get $n
      i32.eqz
      if (result i32)
        i32.const 1
      else
        local.get $n
        local.get $n
        i32.const 1
        i32.sub
        call $fac
        call $times
      end))`;

describe("a debug session", () => {
  it("stands before the first instruction, and shows frames, locals, operands, globals, memory, tables", () => {
    const { session } = startSession(namedModule(factorial), "fac", [3]);
    const { stop } = session;
    expect(stop?.reason).toBe("start");
    expect(stop?.frame.instruction).toBe("global.get $calls");
    expect(frameNames(stop)).toEqual(["fac"]);
    expect(localTexts(stop)).toEqual(["n = i32 3", "wide = i64 0"]);
    expect(stop?.frame.locals.map(({ isParameter }) => isParameter)).toEqual([true, false]);
    expect(stop?.frame.operands).toEqual([]);
    expect(stop?.globals.map((global) => global.getValue())).toEqual([0]);
    expect(stop?.memories.map(({ byteLength }) => byteLength)).toEqual([65536]);
    expect(stop?.tables.map(({ size }) => size)).toEqual([2]);
  });

  it("steps instruction by instruction, and tells what each takes and leaves", () => {
    const { session } = startSession(namedModule(factorial), "fac", [0]);
    const seen: unknown[] = [];
    for (let stop = session.step(); stop !== undefined; stop = session.step()) {
      const { text = "", takes = [], leaves = [] } = stop.executed ?? {};
      seen.push([text, texts(takes).join(" "), texts(leaves).join(" "), texts(stop.frame.operands).join(" ")]);
    }
    expect(seen).toEqual([
      ["global.get $calls", "", "i32 0", "i32 0"],
      ["i32.const 1", "", "i32 1", "i32 0 i32 1"],
      ["i32.add", "i32 0 i32 1", "i32 1", "i32 1"],
      ["global.set $calls", "i32 1", "", ""],
      ["local.get $n", "", "i32 0", "i32 0"],
      ["i32.eqz", "i32 0", "i32 1", "i32 1"],
      ["if (result i32)", "i32 1", "", ""],
      ["i32.const 1", "", "i32 1", "i32 1"],
      ["else", "", "", "i32 1"],
      ["end", "", "", "i32 1"],
    ]);
    expect(session.result().map(typedText)).toEqual(["i32 1"]);
  });

  it("shows what branches and returns take along", () => {
    const source = `(module (func (export "run") (param i32) (result i32)
      block (result i32)
        i32.const 9
        i32.const 7
        local.get 0
        br_if 0
        local.get 0
        br_table 0 0
      end
      i32.const 1
      i32.add
      block (param i32) (result i32) br 0 end
      return))`;
    const { session } = startSession(namedModule(source), "run", [0]);
    const seen: unknown[] = [];
    for (let stop = session.step(); stop !== undefined; stop = session.step()) {
      const { text = "", takes, leaves } = stop.executed ?? {};
      if (/^br|return/.test(text)) seen.push([text, ...texts(takes), "=>", ...texts(leaves)]);
      if (stop.frame.instruction === "return") seen.push(["return", ...texts(stop.frame.takes)]);
    }
    expect(seen).toEqual([
      ["br_if 0", "i32 7", "i32 0", "=>", "i32 7"],
      ["br_table 0 0", "i32 7", "i32 0", "=>", "i32 7"],
      ["br 0", "i32 8", "=>", "i32 8"],
      ["return", "i32 8"],
    ]);
    expect(texts(session.result())).toEqual(["i32 8"]);
  });

  it("steps into a call, over it, and out of it", () => {
    const { session } = startSession(namedModule(factorial), "fac", [2]);
    session.debugger.addBreakpoint(session.stop!.frame.instance, { offset: offsetOf(session.stop, "call $fac") });
    const atCall = session.continue();
    expect(atCall?.reason).toBe("breakpoint");
    expect(atCall?.frame.instruction).toBe("call $fac");
    expect(texts(atCall?.frame.takes ?? [])).toEqual(["i32 1"]);
    expect(texts(atCall?.frame.operands ?? [])).toEqual(["i32 2", "i32 1"]);
    const inside = session.step();
    expect(frameNames(inside)).toEqual(["fac", "fac"]);
    expect(localTexts(inside)).toEqual(["n = i32 1", "wide = i64 0"]);
    // The caller's argument is the callee's now.
    expect(texts((inside!.frames[1] as WasmFrame).operands)).toEqual(["i32 2"]);
    const outside = session.stepOut();
    // The breakpoint is in the function that is called, too.
    expect(outside?.reason).toBe("breakpoint");
    expect(frameNames(outside)).toEqual(["fac", "fac"]);
    session.debugger.removeBreakpoint(session.debugger.breakpoints[0]!);
    const behind = session.stepOver();
    expect(frameNames(behind)).toEqual(["fac", "fac"]);
    expect(behind?.executed?.text).toBe("call $fac");
    expect(texts(behind?.executed?.takes ?? [])).toEqual(["i32 0"]);
    expect(texts(behind?.executed?.leaves ?? [])).toEqual(["i32 1"]);
    const back = session.stepOut();
    expect(frameNames(back)).toEqual(["fac"]);
    expect(back?.frame.instruction).toBe("call $times");
    expect(texts(back?.frame.operands ?? [])).toEqual(["i32 2", "i32 1"]);
    expect(session.continue()).toBeUndefined();
    expect(session.result().map(typedText)).toEqual(["i32 2"]);
  });
});
