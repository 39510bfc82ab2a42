import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { type TraceKind, traceKinds, traceLine } from "../../src/debugger/trace-events.ts";
import { Tracer } from "../../src/debugger/tracer.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, exported, failureOf } from "../support/engine.ts";
import { namedModule } from "../support/named-module.ts";

const program = `
  (module
    (import "env" "log" (func $log (param i32) (result i32)))
    (memory 1)
    (func $square (param $x i32) (result i32)
      local.get $x
      local.get $x
      i32.mul)
    (func (export "run") (param $n i32) (result i32)
      block $done
        loop $again
          local.get $n
          i32.eqz
          br_if $done
          i32.const 16
          local.get $n
          call $square
          i32.store offset=4
          local.get $n
          i32.const 1
          i32.sub
          local.set $n
          br $again
        end
      end
      i32.const 20
      i32.load8_u
      call $log))`;

/** The lines that a trace of these kinds has. */
function trace(source: Uint8Array | string, kinds: readonly TraceKind[], ...params: Value[]): string[] {
  const engine = new Engine();
  const env = new ModuleInstance("env");
  const type = { params: [ValType.I32], results: [ValType.I32] };
  env.addHostFunction("log", new HostFunction(type, (_, [value]) => (value as number) + 1));
  env.addHostFunction(
    "back",
    new HostFunction({ params: [], results: [] }, ({ executor }) => {
      executor.invoke(exported(instance, "inner"));
    }),
  );
  engine.store.registerModule(env);
  const instance = engine.instantiate(source);
  const lines: string[] = [];
  const tracer = new Tracer(engine.executor, kinds, (event) => lines.push(traceLine(event)));
  try {
    engine.call(instance, "run", ...params);
  } catch {
    // The trace tells.
  }
  tracer.detach();
  return lines;
}

describe("a trace", () => {
  it("tells calls and returns with their values, indented", () => {
    expect(trace(namedModule(program), ["calls", "host"], 2)).toEqual([
      "-> $run(i32 2)",
      "  -> $square(i32 2)",
      "  <- $square = i32 4",
      "  -> $square(i32 1)",
      "  <- $square = i32 1",
      "  -> host env.log(1)",
      "  <- host env.log = 2",
      "<- $run = i32 2",
    ]);
  });

  it("tells branches and accesses to memory", () => {
    expect(trace(namedModule(program), ["branches", "memory"], 1)).toEqual([
      "  0x0044  br_if 1   not taken, to 0x0046",
      "  0x004c  i32.store offset=4   writes 4 bytes at 0x14: i32 1",
      "  0x0056  br 0   taken, to 0x003f",
      "  0x0044  br_if 1   taken, to 0x0059",
      "  0x005c  i32.load8_u   reads 1 byte at 0x14: i32 1",
    ]);
  });

  it("tells each instruction with what it takes and leaves", () => {
    expect(trace(namedModule(program), ["instructions"], 0)).toEqual([
      "  0x003d  block",
      "  0x003f  loop",
      "  0x0041  local.get $n   => i32 0",
      "  0x0043  i32.eqz   i32 0 => i32 1",
      "  0x0044  br_if 1   i32 1 =>",
      "  0x0059  end",
      "  0x005a  i32.const 20   => i32 20",
      "  0x005c  i32.load8_u   i32 20 => i32 0",
      "  0x005f  call $log   i32 0 => i32 1",
      "  0x0061  end   i32 1 =>",
    ]);
  });

  it.each([
    ["br 0", "br 0", ["  0x0023  br 0   i32 7 => i32 7", "  0x0025  end   i32 7 =>"]],
    [
      "br_if",
      "i32.const 1 br_if 0 drop i32.const 9",
      ["  0x0025  br_if 0   i32 7, i32 1 => i32 7", "  0x002a  end   i32 7 =>"],
    ],
    [
      "br_table",
      "i32.const 1 br_table 0 0",
      ["  0x0025  br_table 0 0   i32 7, i32 1 => i32 7", "  0x0029  end   i32 7 =>"],
    ],
  ])("tells a branch out of the function once, and then its end: %s", (_, rest, lines) => {
    const source = `(module (func (export "run") (result i32) i32.const 7 ${rest}))`;
    expect(trace(source, ["instructions"]).slice(-2)).toEqual(lines);
  });

  it("tells exceptions, tail calls, calls of host functions that call back, and how a run fails", () => {
    const source = `(module
      (import "env" "back" (func $back))
      (tag $e (param i32))
      (func $deep (param i32) local.get 0 throw $e)
      (func $tail (param i32) local.get 0 return_call $deep)
      (func (export "inner") nop)
      (func (export "run") (param i32)
        (block $caught (result i32)
          (try_table (catch $e $caught) local.get 0 call $tail)
          i32.const -1)
        drop
        call $back
        unreachable))`;
    expect(trace(source, ["calls", "host", "exceptions"], 7)).toEqual([
      "-> $run(i32 7)",
      "  -> function[2](i32 7)",
      "  => function[1](i32 7)",
      "    !! throws (i32 7) in function[1]",
      "  !! caught (i32 7) in $run",
      "  -> host env.back()",
      "    -> $inner()",
      "    <- $inner",
      "  <- host env.back",
      "!! ends: unreachable",
    ]);
  });

  it("tells what a host function threw in one line, also where it has no text", () => {
    for (const [thrown, text] of [
      [new TypeError("bad day"), "bad day"],
      [undefined, "undefined"],
      [Object.create(null), "a value of type object that has no text"],
    ] as const) {
      const engine = new Engine();
      const env = new ModuleInstance("env");
      const type = { params: [], results: [] };
      env.addHostFunction(
        "fail",
        new HostFunction(type, () => {
          throw thrown;
        }),
      );
      engine.store.registerModule(env);
      const instance = engine.instantiate(`(module (import "env" "fail" (func $f)) (func (export "run") (call $f)))`);
      const lines: string[] = [];
      const tracer = new Tracer(engine.executor, ["host"], (event) => lines.push(traceLine(event)));
      expect(failureOf(() => engine.executor.invoke(exported(instance, "run"), [])).code).toBe(ErrCode.HostFuncError);
      tracer.detach();
      expect(lines).toContain(`  <- host env.fail threw: ${text}`);
    }
  });

  it("of host calls alone leaves the code optimised, and changes no count", () => {
    const engine = new Engine();
    const seen: boolean[] = [];
    const env = new ModuleInstance("env");
    env.addHostFunction("log", new HostFunction({ params: [ValType.I32], results: [ValType.I32] }, () => 3));
    engine.store.registerModule(env);
    const { loop } = engine.executor;
    engine.executor.loop = (execution) => {
      seen.push(execution.space.stepwise);
      return loop(execution);
    };
    const instance = engine.instantiate(namedModule(program));
    const tracer = new Tracer(engine.executor, ["host"], () => undefined);
    expect(engine.call(instance, "run", 3)).toEqual([3]);
    expect(new Set(seen)).toEqual(new Set([false]));
    tracer.detach();
    expect(engine.executor.observer).toBeUndefined();
  });

  it("tells runs that take turns apart, and those within them", async () => {
    const engine = new Engine();
    const env = new ModuleInstance("env");
    env.addHostFunction(
      "log",
      new HostFunction({ params: [ValType.I32], results: [ValType.I32] }, async (frame, [value]) => {
        const [square] = await frame.asyncInvoke(exported(instance, "square"), [value]);
        return square;
      }),
    );
    engine.store.registerModule(env);
    const instance = engine.instantiate(`(module (import "env" "log" (func $log (param i32) (result i32)))
      (func (export "square") (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
      (func (export "run") (param i32) (result i32) (call $log (local.get 0))))`);
    const lines = new Map<number, string[]>();
    const tracer = new Tracer(engine.executor, ["calls", "host"], (event) => {
      lines.set(event.run, [...(lines.get(event.run) ?? []), traceLine(event).trim()]);
    });
    const run = exported(instance, "run");
    const runs = [7, 5].map((value) => engine.executor.asyncInvoke(run, [value]));
    expect(await Promise.all(runs)).toEqual([[49], [25]]);
    engine.executor.invoke(exported(instance, "square"), [2]);
    tracer.detach();
    const outer = (n: number) => [
      `-> $run(i32 ${n})`,
      `-> host env.log(${n})`,
      `<- host env.log = ${n * n}`,
      `<- $run = i32 ${n * n}`,
    ];
    const inner = (n: number) => [`-> $square(i32 ${n})`, `<- $square = i32 ${n * n}`];
    expect([...lines.keys()].sort()).toEqual([1, 2, 3, 4, 5]);
    expect([lines.get(1), lines.get(2)]).toEqual([outer(7), outer(5)]);
    expect([lines.get(3), lines.get(4)]).toEqual([inner(7), inner(5)]);
    expect(lines.get(5)).toEqual(inner(2));
  });

  it("is refused for a kind that there is not, and leaves no observer behind", () => {
    const engine = new Engine();
    const wrong = ["calls", "call"] as TraceKind[];
    expect(failureOf(() => new Tracer(engine.executor, wrong, () => undefined)).codeName).toBe("RuntimeError");
    expect(engine.executor.observer).toBeUndefined();
  });

  it("knows every kind that the command line names", () => {
    expect(traceKinds).toEqual(["calls", "host", "branches", "memory", "exceptions", "instructions"]);
    expect(failureOf(() => new Engine().executor.invoke(null)).codeName).toBe("FuncNotFound");
  });
});
