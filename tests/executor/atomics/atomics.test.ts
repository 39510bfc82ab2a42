import { describe, expect, it } from "vitest";
import { ErrCode } from "../../../src/common/error-code.ts";
import { Engine, failureOf, meteringEngine, run } from "../../support/engine.ts";

/** What the differential tests do not show: codes, texts, more memories, counting. */

const rmw = `(module (memory 1) (data (i32.const 8) "\\ff\\ff\\ff\\ff")
  (func (export "misaligned") (result i32) (i32.atomic.rmw.add offset=1 (i32.const 8) (i32.const 1)))
  (func (export "outside") (result i64) (i64.atomic.rmw.add offset=8 (i32.const 65528) (i64.const 1)))
  (func (export "both") (result i64) (i64.atomic.load (i32.const 65532)))
  (func (export "high") (result i32) (i32.atomic.load offset=4 (i32.const -4)))
  (func (export "notify") (result i32) (memory.atomic.notify (i32.const 65532) (i32.const -1)))
  (func (export "wait32") (result i32) (memory.atomic.wait32 (i32.const 65536) (i32.const 0) (i64.const 0)))
  (func (export "wait64") (result i32) (memory.atomic.wait64 (i32.const 4) (i64.const 0) (i64.const 0)))
  (func (export "fence") (result i32) (atomic.fence) (i32.const 1)))`;

function linesOf(name: string): readonly string[] {
  const engine = new Engine();
  const instance = engine.instantiate(rmw);
  return failureOf(() => engine.call(instance, name)).lines();
}

describe("an atomic access", () => {
  it("traps where the effective address is no multiple of its width, before its bounds are looked at", () => {
    const [first, second] = linesOf("misaligned");
    expect(first).toBe("execution failed: unaligned atomic, Code: 0x410");
    expect(second).toMatch(
      /^ {4}In instruction: i32\.atomic\.rmw\.add \(0xfe 0x1e\) , Bytecode offset: 0x000000[0-9a-f]{2}$/,
    );
    expect(linesOf("both")[0]).toBe("execution failed: unaligned atomic, Code: 0x410");
  });

  it("traps where it ends behind the memory, and tells the range", () => {
    expect(linesOf("outside").slice(0, 2)).toEqual([
      "execution failed: out of bounds memory access, Code: 0x408",
      "    Accessing offset from: 0x00010000 to: 0x00010007 , Out of boundary: 0x0000ffff",
    ]);
  });

  it("does not wrap its address around", () => {
    expect(linesOf("high")[1]).toBe(
      "    Accessing offset from: 0x100000000 to: 0x100000003 , Out of boundary: 0x0000ffff",
    );
  });

  it("goes to the memory that it names", () => {
    const source = `(module (memory 1) (memory $m 1)
      (func (export "f") (result i32 i32)
        (drop (i32.atomic.rmw.add $m (i32.const 4) (i32.const 7)))
        (i32.atomic.load (i32.const 4)) (i32.atomic.load $m (i32.const 4))))`;
    expect(run(source, "f")).toEqual([0, 7]);
  });

  it("is counted as one instruction, in a trap too", () => {
    const engine = meteringEngine();
    const instance = engine.instantiate(rmw);
    const before = engine.totals.count;
    engine.call(instance, "notify");
    expect(engine.totals.count - before).toBe(4);
    failureOf(() => engine.call(instance, "misaligned"));
    expect(engine.totals.count - before).toBe(7);
  });
});

describe("waking and waiting at memory that is not shared", () => {
  it("wakes nobody, at the last word too, where WasmEdge traps", () => {
    expect(run(rmw, "notify")).toEqual([0]);
  });

  it("traps, before the bounds are looked at and after the alignment", () => {
    expect(linesOf("wait32")[0]).toBe("execution failed: expected shared memory, Code: 0x411");
    expect(linesOf("wait64")[0]).toBe("execution failed: unaligned atomic, Code: 0x410");
  });
});

describe("a fence", () => {
  it("does nothing that can be seen", () => {
    expect(run(rmw, "fence")).toEqual([1]);
  });
});

describe("the proposal", () => {
  it("is asked for by each instruction and by shared memories", () => {
    const engine = new Engine({ standard: 2 });
    for (const source of [rmw, "(module (memory 1 1 shared))"]) {
      expect([ErrCode.IllegalOpCode, ErrCode.MalformedLimitFlags]).toContain(
        failureOf(() => engine.instantiate(source)).code,
      );
    }
  });
});
