import { describe, expect, it } from "vitest";
import type { WasmEdgeError } from "../../src/common/error.ts";
import { host } from "../../src/common/host.ts";
import { ValType } from "../../src/common/value-type.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { Debugger } from "../../src/debugger/debugger.ts";
import type { WasmFrame } from "../../src/debugger/frame.ts";
import { DebugSession } from "../../src/debugger/session.ts";
import type { Command } from "../../src/debugger/stop.ts";
import { typedText } from "../../src/debugger/text.ts";
import { traceLine } from "../../src/debugger/trace-events.ts";
import { Tracer } from "../../src/debugger/tracer.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { callingBack } from "../support/calling-back.ts";
import { Engine, exported, failureOf } from "../support/engine.ts";
import { namedModule } from "../support/named-module.ts";
import { frameNames, localTexts, offsetOf, startSession, texts } from "./support.ts";

const counting = `
  (module
    (global $total (export "total") (mut i32) (i32.const 0))
    (memory (export "memory") 1)
    (func $add (param $value i32)
      global.get $total
      local.get $value
      i32.add
      global.set $total)
    (func (export "count") (param $n i32) (result i32)
      (local $i i32)
      loop $again
        local.get $i
        call $add
        i32.const 64
        global.get $total
        i32.store offset=4
        local.get $i
        i32.const 1
        i32.add
        local.tee $i
        local.get $n
        i32.lt_u
        br_if $again
      end
      global.get $total))`;

describe("a stop", () => {
  it("gives a core dump of all that there is, also of the runs around it", () => {
    const engine = new Engine();
    const instance = callingBack(
      engine,
      `(func (export "inner") (param i32) (local i64) (drop (i32.div_u (local.get 0) (i32.const 0))))
      (func (export "outer") (param i32) (f32.const 1.5) (call $again (local.get 0)) (drop))`,
    );
    const debug = new Debugger(engine.executor);
    const seen: string[] = [];
    debug.onStop = (stop) => {
      const { frames, instances } = stop.coredump();
      expect(instances).toEqual([instance]);
      seen.push(
        frames
          .map(({ locals, stack }) => `${locals.map(typedText).join(" ")} | ${stack.map(typedText).join(" ")}`)
          .join("; "),
      );
      return "step";
    };
    debug.stopAtStart();
    failureOf(() => engine.call(instance, "outer", 4));
    expect(seen).toEqual([
      "i32 4 | ",
      "i32 4 | f32 1.5",
      "i32 4 | f32 1.5 i32 4",
      "i32 5 i64 0 | ; i32 4 | f32 1.5 i32 4",
      "i32 5 i64 0 | i32 5; i32 4 | f32 1.5 i32 4",
      "i32 5 i64 0 | i32 5 i32 0; i32 4 | f32 1.5 i32 4",
      "i32 5 i64 0 | i32 5 i32 0; i32 4 | f32 1.5 i32 4",
      "i32 4 | f32 1.5 i32 4",
    ]);
    debug.detach();
  });
});

describe("a breakpoint", () => {
  it("stops at a function by name, export and index, and with a condition on a local", () => {
    const { session, instance } = startSession(namedModule(counting), "count", [5]);
    const { debugger: debug } = session;
    for (const place of ["add", "$add", 0]) {
      const breakpoint = debug.addBreakpoint(instance, place);
      expect(session.continue()?.breakpoint).toBe(breakpoint);
      expect(frameNames(session.stop)).toEqual(["add", "count"]);
      debug.removeBreakpoint(breakpoint);
    }
    const conditional = debug.addBreakpoint(instance, "add", ({ frame }) => frame.locals[0]?.value.toI32() === 4);
    expect(localTexts(session.continue())).toEqual(["value = i32 4"]);
    expect(conditional.hits).toBe(1);
    expect(session.continue()).toBeUndefined();
    expect(texts(session.result())).toEqual(["i32 10"]);
  });

  it("stops at a byte offset each time that the run comes there, and no more once it is removed", () => {
    const { session, instance } = startSession(namedModule(counting), "count", [3]);
    const offset = offsetOf(session.stop, "i32.store offset=4");
    const breakpoint = session.debugger.addBreakpoint(instance, { offset });
    const operands = [texts(session.continue()?.frame.operands), texts(session.continue()?.frame.operands)];
    expect(operands).toEqual([
      ["i32 64", "i32 0"],
      ["i32 64", "i32 1"],
    ]);
    session.debugger.removeBreakpoint(breakpoint);
    expect(session.continue()).toBeUndefined();
    expect(breakpoint.hits).toBe(2);
  });

  it("at a function that begins with a loop stops once a call, recursive or not", () => {
    const source = `(module
      (func $loops (export "loops") (param $n i32)
        loop $again
          local.get $n
          if
            local.get $n i32.const 1 i32.sub local.tee $n
            i32.const 2 i32.eq
            if local.get $n call $loops end
            br $again
          end
        end)
      (func (export "run")
        i32.const 2 call $loops
        i32.const 1 call $loops
        i32.const 4 call $loops))`;
    const { session, instance } = startSession(namedModule(source), "run");
    const breakpoint = session.debugger.addBreakpoint(instance, "loops");
    const seen: string[][] = [];
    for (let stop = session.continue(); stop !== undefined; stop = session.continue()) {
      seen.push([...localTexts(stop), String(stop.frames.length)]);
    }
    // The one with 4 comes to 2, and calls itself with that.
    expect(seen).toEqual([
      ["n = i32 2", "2"],
      ["n = i32 1", "2"],
      ["n = i32 4", "2"],
      ["n = i32 2", "3"],
    ]);
    expect(breakpoint.hits).toBe(4);
  });

  it("is refused where there is no such function or instruction", () => {
    const { session, instance } = startSession(namedModule(counting), "count", [1]);
    const { debugger: debug } = session;
    const code = (action: () => unknown): string => failureOf(action).codeName;
    expect(code(() => debug.addBreakpoint(instance, "nobody"))).toBe("FuncNotFound");
    expect(code(() => debug.addBreakpoint(instance, 7))).toBe("FuncNotFound");
    expect(code(() => debug.addBreakpoint(instance, { offset: 3 }))).toBe("WrongInstanceIndex");
    const inside = offsetOf(session.stop, "i32.const 64") + 1;
    expect(code(() => debug.addBreakpoint(instance, { offset: inside }))).toBe("WrongInstanceIndex");
    expect(debug.breakpoints).toEqual([]);
  });
});

describe("a watchpoint", () => {
  it("stops behind the instruction that changes a global, with old and new value", () => {
    const { session, instance } = startSession(namedModule(counting), "count", [3]);
    session.debugger.addWatchpoint({ kind: "global", instance, global: "$total" });
    const stop = session.continue();
    expect(stop?.reason).toBe("watchpoint");
    expect(stop?.change?.watchpoint.text).toBe("global $total");
    expect([stop?.change?.old, stop?.change?.new].map(String)).toEqual(["i32:0", "i32:1"]);
    expect(stop?.executed?.text).toBe("global.set $total");
    expect(frameNames(stop)).toEqual(["add", "count"]);
    expect(String(session.continue()?.change?.new)).toBe("i32:3");
  });

  it("stops when a byte of a range of memory changes", () => {
    const { session, instance } = startSession(namedModule(counting), "count", [3]);
    const watchpoint = session.debugger.addWatchpoint({ kind: "memory", instance, address: 64, length: 8 });
    const stop = session.continue();
    expect(stop?.executed?.text).toBe("i32.store offset=4");
    expect([stop?.change?.old, stop?.change?.new]).toEqual([
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0),
      Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0),
    ]);
    session.debugger.removeWatchpoint(watchpoint);
    expect(session.continue()).toBeUndefined();
    const outside = (): unknown =>
      session.debugger.addWatchpoint({ kind: "memory", instance, address: 65532, length: 8 });
    expect(failureOf(outside).codeName).toBe("MemoryOutOfBounds");
    const nothing = (): unknown => session.debugger.addWatchpoint({ kind: "memory", instance, address: 8, length: 0 });
    expect(failureOf(nothing).codeName).toBe("WrongInstanceIndex");
  });

  it("of a local lasts as long as the call that it belongs to", () => {
    const { session } = startSession(namedModule(counting), "count", [2]);
    const frame = session.stop?.frame as WasmFrame;
    session.debugger.addWatchpoint({ kind: "local", frame, local: "i" });
    const changes = [session.continue(), session.continue()].map((stop) => [
      stop?.executed?.text,
      String(stop?.change?.old),
      String(stop?.change?.new),
    ]);
    expect(changes).toEqual([
      ["local.tee $i", "i32:0", "i32:1"],
      ["local.tee $i", "i32:1", "i32:2"],
    ]);
    expect(session.continue()).toBeUndefined();
  });
});

describe("a failure", () => {
  it("stops where it happened, with all that there was", () => {
    const source = `
      (module
        (func $divide (param $a i32) (param $b i32) (result i32)
          i32.const 100
          local.get $a
          local.get $b
          i32.div_s
          i32.add)
        (func (export "run") (param $x i32) (result i32)
          local.get $x
          i32.const 0
          call $divide))`;
    const { session } = startSession(namedModule(source), "run", [7]);
    const stop = session.continue();
    expect(stop?.reason).toBe("failure");
    expect((stop!.error as WasmEdgeError).codeName).toBe("DivideByZero");
    expect(stop?.frame.instruction).toBe("i32.div_s");
    expect(texts(stop?.frame.operands)).toEqual(["i32 100", "i32 7", "i32 0"]);
    expect(texts(stop?.frame.takes)).toEqual(["i32 7", "i32 0"]);
    expect(localTexts(stop)).toEqual(["a = i32 7", "b = i32 0"]);
    expect(failureOf(() => session.continue()).codeName).toBe("DivideByZero");
    // It has ended: there is nothing more to step through, and no other result.
    expect([session.step(), session.continue()]).toEqual([undefined, undefined]);
    for (let i = 0; i < 2; i++) expect(failureOf(() => session.result()).codeName).toBe("DivideByZero");
  });

  it("before a session has begun leaves no debugger behind", () => {
    const engine = new Engine();
    const instance = engine.instantiate('(module (func (export "f")))');
    const f = exported(instance, "f");
    expect(failureOf(() => DebugSession.call(engine.executor, f, [1])).codeName).toBe("FuncSigMismatch");
    expect(engine.executor.observer).toBeUndefined();
  });

  it("is shown in optimised code too, where nobody has asked for anything before", () => {
    const engine = new Engine();
    const instance = engine.instantiate(namedModule(counting.replace("i32.const 64", "i32.const 65536")));
    const debug = new Debugger(engine.executor);
    const seen: unknown[] = [];
    debug.onStop = (stop): Command => {
      seen.push(stop.reason, stop.frame.instruction, texts(stop.frame.operands), localTexts(stop));
      return "continue";
    };
    expect(failureOf(() => engine.call(instance, "count", 9)).codeName).toBe("MemoryOutOfBounds");
    expect(seen).toEqual(["failure", "i32.store offset=4", ["i32 65536", "i32 0"], ["n = i32 9", "i = i32 0"]]);
  });
});

describe("what is shown", () => {
  it("goes over modules and host functions, and the calls that these make", () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    let back: ModuleInstance | undefined;
    host.addHostFunction(
      "twice",
      new HostFunction({ params: [ValType.I32], results: [ValType.I32] }, ({ executor }, [value]) => {
        return executor.invoke(exported(back as ModuleInstance, "double"), [value as Value]);
      }),
    );
    engine.store.registerModule(host);
    engine.instantiate(
      namedModule(`(module (import "host" "twice" (func $twice (param i32) (result i32)))
        (func $middle (export "middle") (param $m i32) (result i32) local.get $m call $twice))`),
      "library",
    );
    back = engine.instantiate(
      namedModule(`(module (import "library" "middle" (func $middle (param i32) (result i32)))
        (func $double (export "double") (param $d i32) (result i32) local.get $d local.get $d i32.add)
        (func $outer (export "outer") (param $o i32) (result i32) local.get $o call $middle i32.const 1 i32.add))`),
    );
    const debug = new Debugger(engine.executor);
    debug.addBreakpoint(back, "double");
    const seen: unknown[] = [];
    const commands: Command[] = ["step", "out", "step", "step"];
    debug.onStop = (stop) => {
      seen.push([stop.reason, stop.frame.instruction, ...frameNames(stop)]);
      return commands.shift() ?? "continue";
    };
    expect(engine.call(back, "outer", 5)).toEqual([11]);
    expect(seen).toEqual([
      ["breakpoint", "local.get $d", "double", "twice", "middle", "outer"],
      ["step", "local.get $d", "double", "twice", "middle", "outer"],
      // Out of the call that the host function made: behind the call of the host function.
      ["step", "end", "middle", "outer"],
      ["step", "i32.const 1", "outer"],
      ["step", "i32.add", "outer"],
    ]);
  });

  it("passes by a breakpoint in a call of a host function where nobody can be asked, and counts that", () => {
    const engine = new Engine();
    const instance = engine.instantiate(namedModule(counting));
    const debug = new Debugger(engine.executor);
    const breakpoint = debug.addBreakpoint(instance, "add");
    expect(engine.call(instance, "count", 3)).toEqual([3]);
    expect([breakpoint.hits, breakpoint.passed]).toEqual([0, 3]);
    debug.detach();
    expect(engine.call(instance, "count", 3)).toEqual([6]);
    expect(breakpoint.passed).toBe(3);
  });

  it("has references and vectors as they are", () => {
    const source = `(module
      (type $pair (struct (field i32) (field i64)))
      (func $f (export "run") (result i32)
        (local $p (ref null $pair)) (local $v v128) (local $r anyref)
        i32.const 5 i64.const 6 struct.new $pair local.set $p
        v128.const i32x4 1 2 3 -1 local.set $v
        i32.const 7 ref.i31 local.set $r
        ref.func $f drop
        local.get $p struct.get $pair 0)
      (elem declare func $f))`;
    const { session, instance } = startSession(source, "run");
    session.debugger.addBreakpoint(instance, { offset: offsetOf(session.stop, "drop") });
    const stop = session.continue();
    expect(localTexts(stop)).toEqual([
      "0 = (ref null 0) struct",
      "1 = v128 i32x4 0x00000001 0x00000002 0x00000003 0xffffffff",
      "2 = anyref i31 7",
    ]);
    expect(texts(stop?.frame.takes)).toEqual(["funcref function $run"]);
    session.step();
    session.step();
    const last = session.step();
    expect(last?.executed?.text).toBe("struct.get 0 0");
    expect([texts(last?.executed?.takes), texts(last?.executed?.leaves)]).toEqual([["(ref null 0) struct"], ["i32 5"]]);
  });
});

describe("a session that is closed", () => {
  it("executes nothing more, and its run is interrupted", () => {
    const { engine, session, instance } = startSession(namedModule(counting), "count", [3]);
    for (let i = 0; i < 4; i++) session.step();
    session.close();
    expect([session.stop, session.step(), session.continue()]).toEqual([undefined, undefined, undefined]);
    expect(failureOf(() => session.result()).codeName).toBe("Interrupted");
    expect(instance.findGlobalExports("total")?.getValue()).toBe(0);
    expect(engine.call(instance, "count", 3)).toEqual([3]);
    session.close();
  });
});

describe("stepping", () => {
  it("goes with tail calls to the function that takes the frame over", () => {
    const source = `(module
      (func $down (export "down") (param i32) (result i32)
        local.get 0 i32.eqz
        if (result i32) i32.const 42
        else local.get 0 i32.const 1 i32.sub return_call $down end))`;
    const { session, instance } = startSession(source, "down", [2]);
    session.debugger.addBreakpoint(instance, { offset: offsetOf(session.stop, "return_call 0") });
    expect(texts(session.continue()?.frame.takes)).toEqual(["i32 1"]);
    const inside = session.stepOver();
    expect([frameNames(inside), localTexts(inside)]).toEqual([["down"], ["0 = i32 1"]]);
    // What the caller had is gone, though the frame is in the same place.
    expect([texts(inside?.executed?.takes), inside?.executed?.leaves]).toEqual([["i32 1"], undefined]);
    session.continue();
    expect(session.stepOut()).toBeUndefined();
    expect(texts(session.result())).toEqual(["i32 42"]);
  });

  it("goes with an exception to what catches it, over a call and out of a function", () => {
    const source = `(module
      (tag $e (param i32))
      (func $throws (param i32) local.get 0 throw $e)
      (func $passes (param i32) local.get 0 call $throws)
      (func (export "run") (param i32) (result i32)
        (block $caught (result i32)
          (try_table (catch $e $caught) local.get 0 call $passes)
          i32.const -1)
        i32.const 1 i32.add))`;
    for (const command of ["over", "out"] as const) {
      const { session, instance } = startSession(source, "run", [8]);
      session.debugger.addBreakpoint(instance, 1);
      session.continue();
      session.step();
      // Out of the function, or over its call: no instruction of it comes again.
      const stop = session.resume(command);
      expect([stop?.reason, stop?.frame.instruction, texts(stop?.frame.operands)]).toEqual(["step", "end", ["i32 8"]]);
      expect(session.continue()).toBeUndefined();
      expect(texts(session.result())).toEqual(["i32 9"]);
    }
  });

  it("begins with the start function of a module", () => {
    const engine = new Engine();
    const module = engine.parse(
      namedModule(`(module (global $g (export "g") (mut i32) (i32.const 1)) (start $begin)
        (func $begin i32.const 5 global.set $g))`),
    );
    const session = DebugSession.instantiate(engine.executor, engine.store, module);
    expect([session.stop?.reason, session.stop?.frame.functionName]).toEqual(["start", "begin"]);
    session.step();
    session.step();
    expect(session.stop?.globals[0]?.getValue()).toBe(5);
    expect(session.continue()).toBeUndefined();
    expect(session.result().findGlobalExports("g")?.getValue()).toBe(5);
  });
});

describe("asynchronous runs", () => {
  it("pause at breakpoints, each by itself, while others go on", async () => {
    const engine = new Engine();
    const instance = engine.instantiate(namedModule(counting));
    const debug = new Debugger(engine.executor);
    debug.addBreakpoint(instance, "add", ({ frame }) => frame.locals[0]?.value.toI32() === 2);
    const runs = [3, 4].map((n) => engine.executor.asyncInvoke(exported(instance, "count"), [n]));
    const first = await debug.nextStop();
    expect(frameNames(first)).toEqual(["add", "count"]);
    // The other one comes to its own stop.
    while (debug.stops.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(
      debug.stops.map(({ frames }) => (frames[1] as WasmFrame).locals.map(({ value }) => typedText(value))),
    ).toEqual([
      ["i32 3", "i32 2"],
      ["i32 4", "i32 2"],
    ]);
    first.resume("out");
    const out = await waitFor(() => debug.stops.find((stop) => stop.reason === "step"));
    expect(out.frame.functionName).toBe("count");
    for (const stop of debug.stops.slice()) stop.resume("continue");
    const results = await Promise.all(runs);
    // Both add to one global.
    expect(Math.max(...results.map(([total]) => total as number))).toBe(0 + 1 + 2 + 0 + 1 + 2 + 3);
  });

  it("step over a host function that is awaited, and show it while it is", async () => {
    const engine = new Engine();
    const env = new ModuleInstance("env");
    let release: (value: number) => void = () => undefined;
    const waits = () => new Promise<number>((resolve) => (release = resolve));
    env.addHostFunction("later", new HostFunction({ params: [], results: [ValType.I32] }, waits));
    engine.store.registerModule(env);
    const instance = engine.instantiate(
      namedModule(`(module (import "env" "later" (func $later (result i32)))
        (func $sum (export "sum") (result i32) call $later call $later i32.add))`),
    );
    const debug = new Debugger(engine.executor);
    debug.addBreakpoint(instance, "sum");
    const run = engine.executor.asyncInvoke(exported(instance, "sum"));
    const first = await debug.nextStop();
    const tracer = new Tracer(engine.executor, ["host", "calls", "instructions"], (event) =>
      lines.push(traceLine(event)),
    );
    const lines: string[] = [];
    for (const value of [30, 12]) {
      (value === 30 ? first : debug.stops[0])?.resume("over");
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(debug.stops).toEqual([]);
      release(value);
      const stop = await debug.nextStop();
      expect(texts(stop.executed?.leaves)).toEqual([`i32 ${value}`]);
      expect(frameNames(stop)).toEqual(["sum"]);
    }
    debug.stops[0]?.resume("continue");
    expect(await run).toEqual([42]);
    tracer.detach();
    expect(lines).toEqual([
      "  -> host env.later()",
      "  <- host env.later = 30",
      "  -> host env.later()",
      "  <- host env.later = 12",
      "  0x0032  call $later   => i32 12",
      "  0x0034  i32.add   i32 30, i32 12 => i32 42",
      "  0x0035  end   i32 42 =>",
      "<- $sum = i32 42",
    ]);
  });

  it("are caught in the midst of optimised code, and cancelled while they are paused", async () => {
    const engine = new Engine();
    const instance = engine.instantiate(
      namedModule(`(module (global $g (export "g") (mut i32) (i32.const 0))
        (func $spin (export "spin")
          loop global.get $g i32.const 1 i32.add global.set $g br 0 end))`),
    );
    const run = engine.executor.asyncInvoke(exported(instance, "spin"));
    await run.waitFor(5);
    const debug = new Debugger(engine.executor);
    debug.pause();
    const stop = await debug.nextStop();
    expect([stop.reason, frameNames(stop)]).toEqual(["pause", ["spin"]]);
    const before = stop.globals[0]?.getValue() as number;
    expect(before).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(instance.findGlobalExports("g")?.getValue()).toBe(before);
    run.cancel();
    await expect(run.get()).rejects.toThrow("execution interrupted");
    // What has ended is no stop any more, so that the next one is that of another run.
    expect(debug.stops).toEqual([]);
    stop.resume("step");
    debug.stopAtStart();
    const next = engine.executor.asyncInvoke(exported(instance, "spin"));
    const another = await debug.nextStop();
    expect(another.reason).toBe("start");
    debug.detach();
    next.cancel();
    await next.wait();
  });

  it("tell traces when they are cancelled or too late", async () => {
    const engine = new Engine();
    const instance = engine.instantiate(namedModule('(module (func $spin (export "spin") loop br 0 end))'));
    const lines: string[] = [];
    new Tracer(engine.executor, ["host"], (event) => lines.push(traceLine(event)));
    const cancelled = engine.executor.asyncInvoke(exported(instance, "spin"));
    expect(await cancelled.waitFor(5)).toBe(false);
    cancelled.cancel();
    await cancelled.wait();
    const deadline = host.monotonicNanoseconds() + 5_000_000n;
    expect(failureOf(() => engine.executor.invoke(exported(instance, "spin"), [], { deadline })).codeName).toBe(
      "Interrupted",
    );
    expect(lines).toEqual(["!! ends: execution interrupted", "!! ends: execution interrupted"]);
  });
});

async function waitFor<T>(find: () => T | undefined): Promise<T> {
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
