import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ErrCode } from "../../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../../src/common/log.ts";
import { ValType } from "../../../src/common/value-type.ts";
import type { WasmValue } from "../../../src/common/wasm-value.ts";
import { type Coredump, coredumpOf } from "../../../src/executor/coredump/coredump.ts";
import { HostFunction } from "../../../src/store/host-function.ts";
import { ModuleInstance } from "../../../src/store/module-instance.ts";
import { callingBack } from "../../support/calling-back.ts";
import { contextOf, Engine, failureOf } from "../../support/engine.ts";
import { LOWER_BYTES } from "../../support/fused-programs.ts";
import { namedModule } from "../../support/named-module.ts";
import { readBack } from "./support.ts";

/** Core dumps of traps, read back by our own loader. */

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

const dumping = { runtime: { enableCoredump: true } };

function text(values: readonly (WasmValue | undefined)[]): string[] {
  return values.map((value) => (value === undefined ? "missing" : String(value)));
}

/** The dump of the error that `action` ends with. */
function dumpOf(action: () => unknown): Coredump {
  const dump = coredumpOf(failureOf(action));
  if (dump === undefined) throw new Error("the error has no core dump");
  return dump;
}

const nested = `(module $counter
  (memory (export "memory") 1 3) (global $total (mut i64) (i64.const 7)) (global $ratio f64 (f64.const 0.5))
  (func $divide (param $a i32) (param $b i32) (result i32) (local $unused i64)
    (local.set $unused (i64.const -3))
    (f32.const 1.5)
    (i32.div_s (local.get $a) (local.get $b))
    drop drop i32.const 0)
  (func $middle (param $x f64) (result i32)
    (global.set $total (i64.const 99))
    (i32.store (i32.const 8000) (i32.const 0x01020304))
    (i32.const 17)
    (f64.add (local.get $x) (f64.const 1))
    (call $divide (i32.const 40) (i32.const 0))
    drop drop)
  (func (export "run") (param i64) (result i32) (call $middle (f64.const 2.25))))`;

describe("a core dump", () => {
  it("has locals and operand stack of every frame, innermost first", () => {
    const engine = new Engine(dumping);
    const instance = engine.instantiate(nested);
    const dump = dumpOf(() => engine.call(instance, "run", -5n));
    const file = readBack(dump.toBytes());
    const [thread] = file.sections.threads;
    expect(file.sections.threads).toHaveLength(1);
    expect(thread?.name).toBe("main");
    expect(
      thread?.frames.map(({ instance, functionIndex, locals, stack }) => [
        instance,
        functionIndex,
        text(locals),
        text(stack),
      ]),
    ).toEqual([
      [0, 0, ["i32:40", "i32:0", "i64:-3"], ["f32:1.5", "i32:40", "i32:0"]],
      [0, 1, ["f64:2.25"], ["i32:17", "f64:3.25"]],
      [0, 2, ["i64:-5"], []],
    ]);
  });

  it("tells where each frame stands, from the start of the function's body", () => {
    const engine = new Engine(dumping);
    const module = engine.parse(nested);
    const instance = engine.instantiate(module);
    const error = failureOf(() => engine.call(instance, "run", 0n));
    const [backtrace] = contextOf(error, "backtrace");
    const offsets = backtrace?.frames.map(
      ({ offset = 0, functionIndex }) => offset - (module.code.starts[functionIndex] ?? 0),
    );
    const frames = readBack(coredumpOf(error)?.toBytes()).sections.threads[0]?.frames;
    expect(frames?.map(({ codeOffset }) => codeOffset).reverse()).toEqual(offsets);
  });

  it("has memories and globals as they were at the trap, whatever happens afterwards", () => {
    const engine = new Engine(dumping);
    const instance = engine.instantiate(namedModule(nested));
    const dump = dumpOf(() => engine.call(instance, "run", 0n));
    instance.findMemoryExports("memory")?.bytes.fill(0xff);
    const file = readBack(dump.toBytes());
    expect(file.memories).toHaveLength(1);
    const [memory] = file.memories;
    expect(memory?.type).toEqual({ limit: { min: 1n, max: 3n, shared: false, is64: false }, pageSizeLog2: 16 });
    expect(memory?.bytes).toHaveLength(65536);
    expect(Array.from(memory?.bytes.subarray(7999, 8005) ?? [])).toEqual([0, 4, 3, 2, 1, 0]);
    expect(memory?.bytes.filter((byte) => byte !== 0)).toHaveLength(4);
    expect(text(file.globals)).toEqual(["i64:99", "f64:0.5"]);
    expect(file.sections.instances).toEqual([{ module: 0, memories: [0], globals: [0, 1] }]);
    expect(file.sections.modules).toEqual(["counter"]);
  });

  it("has all modules: those of the frames and those they import from, with what they share once", () => {
    const engine = new Engine(dumping);
    engine.instantiate(
      `(module (memory (export "m") 1) (global (export "g") i32 (i32.const 1234)) (data (i32.const 0) "shared")
        (func (export "idle")))`,
      "base",
    );
    engine.instantiate(
      `(module (import "base" "idle" (func)) (import "base" "m" (memory 1)) (import "base" "g" (global i32)) (memory $own 1)
        (data $own (i32.const 3) "own") (data (memory $own) (i32.const 70) "o")
        (func (export "fail") (param v128 externref) (result i32) (local f32)
          (i32.load offset=65533 (i32.add (i32.const 2) (i32.const 3)))))`,
      "library",
    );
    const main = engine.instantiate(`(module (import "library" "fail" (func $fail (param v128 externref) (result i32)))
      (global (mut externref) (ref.null extern)) (global v128 (v128.const i64x2 1 2))
      (func (export "run") (result i32) (call $fail (v128.const i32x4 1 2 3 4) (ref.null extern))))`);
    const dump = dumpOf(() => engine.call(main, "run"));
    expect(dump.frames.map(({ locals }) => text(locals))).toEqual([
      ["v128:316912650112397582603894390785", "ref_null extern:null", "f32:0"],
      [],
    ]);
    const file = readBack(dump.toBytes({ executableName: "app.wasm", threadName: "worker" }));
    expect(file.sections.executableName).toBe("app.wasm");
    expect(file.sections.modules).toEqual(["library", "base", "module[2]"]);
    expect(file.sections.instances).toEqual([
      { module: 0, memories: [0, 1], globals: [0] },
      { module: 1, memories: [0], globals: [0] },
      { module: 2, memories: [], globals: [1, 2] },
    ]);
    const [thread] = file.sections.threads;
    expect(thread?.name).toBe("worker");
    expect(
      thread?.frames.map(({ instance, functionIndex, locals, stack }) => [
        instance,
        functionIndex,
        text(locals),
        text(stack),
      ]),
    ).toEqual([
      [0, 1, ["missing", "missing", "f32:0"], ["i32:5"]],
      [2, 1, [], []],
    ]);
    expect(file.memories.map(({ bytes }) => new TextDecoder().decode(bytes.subarray(0, 6)))).toEqual([
      "shaown",
      "\0\0\0\0\0\0",
    ]);
    expect(file.memories[1]?.bytes[70]).toBe(0x6f);
    expect(text(file.globals)).toEqual(["i32:1234", "ref_null extern:null", `v128:${(2n << 64n) | 1n}`]);
  });

  it("goes through host functions that call wasm again: one stack of frames", () => {
    const engine = new Engine(dumping);
    const instance = callingBack(
      engine,
      `(func (export "inner") (param i32) unreachable)
      (func (export "outer") (param i32) i64.const 6 (call $again (local.get 0)) drop)`,
    );
    const { frames } = dumpOf(() => engine.call(instance, "outer", 10));
    expect(frames.map(({ functionIndex, locals, stack }) => [functionIndex, text(locals), text(stack)])).toEqual([
      [1, ["i32:11"], []],
      [2, ["i32:10"], ["i64:6", "i32:10"]],
    ]);
  });

  it("has no frames of functions that gave way to a host function by a tail call", () => {
    const engine = new Engine(dumping);
    const host = new ModuleInstance("host");
    const fails = (): never => {
      throw new Error("no");
    };
    host.addHostFunction("fail", new HostFunction({ params: [ValType.I32], results: [ValType.I32] }, fails));
    engine.store.registerModule(host);
    const other = `(module (import "host" "fail" (func $fail (param i32) (result i32)))
      (func (export "callee") (param i32 i32 i64) (result i32) (return_call $fail (local.get 1))))`;
    engine.instantiate(other, "other");
    const instance = engine.instantiate(`(module (import "host" "fail" (func $fail (param i32) (result i32)))
      (import "other" "callee" (func $outside (param i32 i32 i64) (result i32)))
      (func $callee (param i32 i32 i64) (result i32) (return_call $fail (local.get 1)))
      (func (export "within") (param f64) (result i32)
        (f32.const 2.5) (call $callee (i32.const 1) (i32.const 2) (i64.const 3)) (drop) (drop) (i32.const 0))
      (func (export "between") (param f64) (result i32)
        (f32.const 2.5) (call $outside (i32.const 1) (i32.const 2) (i64.const 3)) (drop) (drop) (i32.const 0))
      (func (export "alone") (param f64) (result i32) (return_call $fail (i32.const 4))))`);
    const backtrace = (name: string): unknown => {
      const error = failureOf(() => engine.call(instance, name, 9.5));
      const frames = coredumpOf(error)?.frames.map(({ functionIndex, locals, stack }) => {
        return [functionIndex, text(locals), text(stack)];
      });
      return [
        frames,
        contextOf(error, "backtrace").flatMap((entry) => entry.frames.map((frame) => frame.functionName)),
      ];
    };
    expect(backtrace("within")).toEqual([[[3, ["f64:9.5"], ["f32:2.5"]]], ["within", "fail"]]);
    expect(backtrace("between")).toEqual([[[4, ["f64:9.5"], ["f32:2.5"]]], ["between", "fail"]]);
    expect(backtrace("alone")).toEqual([[], ["fail"]]);
  });

  it("has the address of a load that adds it up itself, and null for references that have not been set", () => {
    const engine = new Engine(dumping);
    const instance = engine.instantiate(`(module (memory 1)
      (func (export "f") (param i32 i32) (result i32) (local anyref)
        (i32.const 1) (i32.load (i32.add (local.get 0) (local.get 1))) (i32.add)))`);
    const { frames } = dumpOf(() => engine.call(instance, "f", 65536, 77));
    expect(frames.map(({ locals, stack }) => [text(locals), text(stack)])).toEqual([
      [
        ["i32:65536", "i32:77", "ref_null any:null"],
        ["i32:1", "i32:65613"],
      ],
    ]);
  });

  it("has the bytes that a store narrows itself", () => {
    const engine = new Engine(dumping);
    const instance = engine.instantiate(`(module (memory 1) (func (export "f") (param i32)
      (v128.store64_lane offset=8 0 (local.get 0) (i8x16.shuffle ${LOWER_BYTES}
        (i16x8.shr_u (v128.const i16x8 0x0ff4 0x1238 0x4560 0x8004 0xfffc 4 8 12) (i32.const 2)) (v128.const i64x2 0 0)))))`);
    const { frames } = dumpOf(() => engine.call(instance, "f", 65521));
    // The first byte of the bytes stands once more in each lane behind them.
    expect(frames.map(({ stack }) => text(stack))).toEqual([
      ["i32:65521", `v128:${0xfdfdfdfdfdfdfdfd030201ff01588efdn}`],
    ]);
  });

  it("has 64-bit memories, small pages and what is written to them", () => {
    const engine = new Engine(dumping);
    const instance = engine.instantiate(`(module (memory i64 2 9) (memory $small 5 (pagesize 1))
      (func (export "f") (i32.store8 (i64.const 0x12345) (i32.const 9)) (i32.store8 $small (i32.const 4) (i32.const 8)) unreachable))`);
    const file = readBack(dumpOf(() => engine.call(instance, "f")).toBytes());
    expect(file.memories.map(({ type, bytes }) => [type.limit, type.pageSizeLog2, bytes.length])).toEqual([
      [{ min: 2n, max: 9n, shared: false, is64: true }, 16, 131072],
      [{ min: 5n, max: undefined, shared: false, is64: false }, 0, 5],
    ]);
    expect(file.memories[0]?.bytes[0x12345]).toBe(9);
    expect(Array.from(file.memories[1]?.bytes ?? [])).toEqual([0, 0, 0, 0, 8]);
  });

  it("has every frame of an exhausted stack", () => {
    const engine = new Engine({ runtime: { enableCoredump: true, maxCallDepth: 5000 } });
    const instance = engine.instantiate(`(module (func $f (export "f") (param i32) (result i32)
      (i32.add (i32.const 1) (call $f (i32.add (local.get 0) (i32.const 1))))))`);
    const { frames } = dumpOf(() => engine.call(instance, "f", 0));
    expect(frames).toHaveLength(5000);
    expect(frames.every(({ locals }, i) => locals[0]?.toI32() === 4999 - i)).toBe(true);
    expect(text(frames[0]?.stack ?? [])).toEqual(["i32:1", "i32:5000"]);
    expect(text(frames[1]?.stack ?? [])).toEqual(["i32:1"]);
  });

  it("is made of interrupted runs and of those at their cost limit too, and of none that end themselves", () => {
    const source = `(module (func (export "loop") (param i32) (loop (br_if 0 (i32.add (local.get 0) (i32.const 1))))))`;
    const engine = new Engine({ ...dumping, statistics: { costMeasuring: true, costLimit: 1003n } });
    const error = failureOf(() => engine.call(engine.instantiate(source), "loop", 3));
    expect(error.code).toBe(ErrCode.CostLimitExceeded);
    expect(coredumpOf(error)?.frames.map(({ locals, stack }) => [text(locals), text(stack)])).toEqual([
      [["i32:3"], ["i32:3", "i32:1"]],
    ]);
    const endless = new Engine(dumping);
    const host = new ModuleInstance("host");
    host.addHostFunction("stop", new HostFunction({ params: [], results: [] }, () => endless.executor.stop()));
    endless.store.registerModule(host);
    const stopped = endless.instantiate(`(module (import "host" "stop" (func $stop))
      (func (export "loop") (param i32) (call $stop) (loop (br 0))))`);
    const interrupted = failureOf(() => endless.call(stopped, "loop", 3));
    expect(interrupted.code).toBe(ErrCode.Interrupted);
    expect(coredumpOf(interrupted)?.frames.map(({ locals }) => text(locals))).toEqual([["i32:3"]]);
  });

  it("is made of asynchronous runs, and of start functions", async () => {
    const engine = new Engine(dumping);
    const instance = engine.instantiate(nested);
    const failed = await engine.executor.asyncInvoke(instance.findFuncExports("run"), [3n]).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(coredumpOf(failed)?.frames.map(({ functionIndex }) => functionIndex)).toEqual([0, 1, 2]);
    const start = dumpOf(() => engine.instantiate("(module (func (local i64) unreachable) (start 0))"));
    expect(start.frames.map(({ locals }) => text(locals))).toEqual([["i64:0"]]);
  });

  it("is not made unless it is asked for, and has no operand stacks for wasmgdb", () => {
    const quiet = new Engine();
    const error = failureOf(() => quiet.call(quiet.instantiate(nested), "run", 0n));
    expect(coredumpOf(error)).toBeUndefined();
    expect(coredumpOf("another error")).toBeUndefined();
    const engine = new Engine({ runtime: { enableCoredump: true, coredumpForWasmgdb: true } });
    const dump = dumpOf(() => engine.call(engine.instantiate(nested), "run", 0n));
    const frames = (bytes: Uint8Array) => readBack(bytes).sections.threads[0]?.frames;
    expect(frames(dump.toBytes())?.map(({ stack }) => stack.length)).toEqual([0, 0, 0]);
    expect(frames(dump.toBytes({ withoutStacks: false }))?.map(({ stack }) => stack.length)).toEqual([3, 2, 0]);
  });
});
