import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ErrCode } from "../src/common/error-code.ts";
import { getLogLevel, log, setLogCallback, setLogLevel } from "../src/common/log.ts";
import { Proposal } from "../src/common/proposal.ts";
import { ValType } from "../src/common/value-type.ts";
import { Configure } from "../src/config/configure.ts";
import { Executor } from "../src/executor/executor.ts";
import { Statistics } from "../src/executor/statistics.ts";
import { WasmException } from "../src/store/exception-instance.ts";
import { HostFunction } from "../src/store/host-function.ts";
import { ModuleInstance } from "../src/store/module-instance.ts";
import { TagInstance } from "../src/store/tag-instance.ts";
import { canonicalFunctionType } from "../src/validator/canonical-types.ts";
import { VM } from "../src/vm/vm.ts";
import { type Bytes, name, type Options, section, sleb, u32, wasm } from "./loader/support.ts";
import { contextOf, Engine, exported, failureOf, meteringEngine } from "./support/engine.ts";
import { module, validate } from "./validator/support.ts";

/**
 * WasmEdge's defects as the reference lists them in chapter 12.2, by their numbers: what we do instead. Item 19 (command line) and
 * those of WASI stand with the tests of those.
 */

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

/** The name of the code with which a module is refused, by loader or validator. */
function refused(bytes: Uint8Array, options?: Options): string {
  return failureOf(() => validate(bytes, options)).codeName;
}

describe("1: what the loader forgets", () => {
  it("an element segment with a table index goes into that table", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (type $t (func (result i32)))
      (table 1 funcref) (table 1 funcref) (elem (table 1) (i32.const 0) func $f)
      (func $f (type $t) (i32.const 7))
      (func (export "call 0") (result i32) (call_indirect 0 (type $t) (i32.const 0)))
      (func (export "call 1") (result i32) (call_indirect 1 (type $t) (i32.const 0))))`);
    expect(engine.call(instance, "call 1")).toEqual([7]);
    expect(failureOf(() => engine.call(instance, "call 0")).code).toBe(ErrCode.UninitializedElement);
  });

  it.each([
    ["array.new_data", [0x41, 0, 0x41, 0, 0xfb, 9, 1, 0, 0x1a]],
    ["array.init_data", [0xd0, 1, 0x41, 0, 0x41, 0, 0x41, 0, 0xfb, 18, 1, 0]],
  ])("%s needs a data count section", (_, code) => {
    const body = [0, ...code, 0x0b];
    const parts = (count: boolean): Uint8Array =>
      wasm(
        section(1, 2, [0x60, 0, 0], [0x5e, 0x78, 1]),
        section(3, 1, 0),
        count ? section(12, 1) : [],
        section(10, 1, u32(body.length), body),
        section(11, 1, 1, 1, 0),
      );
    expect(refused(parts(false))).toBe("DataCountRequired");
    expect(validate(parts(true))).toBeDefined();
  });

  it("a mutable global is not exported without the proposal", () => {
    const bytes = module('(global (export "g") (mut i32) (i32.const 0))');
    expect(refused(bytes, { disable: [Proposal.ImportExportMutGlobals] })).toBe("InvalidMut");
  });
});

describe("2: br_table in unreachable code", () => {
  it("checks every label against the operands", () => {
    const body = (operand: string): Uint8Array =>
      module(`(func (block $a (result i32) (block $b (result i64) unreachable ${operand} i32.const 0 br_table $a $b)
        drop i32.const 0) drop)`);
    expect(refused(body("i32.const 1"))).toBe("TypeCheckFailed");
    expect(refused(body("i64.const 1"))).toBe("TypeCheckFailed");
    expect(validate(body(""))).toBeDefined();
    const arity = module(
      `(func (block $a (result i32) (block $b unreachable i32.const 0 br_table $a $b) i32.const 0) drop)`,
    );
    expect(refused(arity)).toBe("TypeCheckFailed");
  });
});

describe("3: equality of types", () => {
  const levels = 500;
  // A group of a struct whose two fields are both of the struct before: compared structurally, each level doubles the work.
  const struct = (below: number | undefined): Bytes => {
    const field: Bytes = below === undefined ? [0x7f, 0] : [0x63, sleb(below), 0];
    return [0x4e, 1, 0x5f, 2, field, field];
  };
  const chain = (first: number): Bytes =>
    Array.from({ length: levels }, (_, i) => struct(i === 0 ? undefined : first + i - 1));
  const reference = (index: number): Bytes => [0x63, sleb(index)];

  it("of groups that name each other twice takes no exponential time, within a module and between two", () => {
    const first = levels - 1;
    const second = 2 * levels - 1;
    // f: [reference to the last] -> [i32]
    const signature = (index: number): Bytes => [0x60, 1, reference(index), 1, 0x7f];
    const provider = wasm(
      section(1, u32(levels + 1), chain(0), signature(first)),
      section(3, 1, u32(levels)),
      section(7, 1, name("f"), 0, 0),
      section(10, 1, 5, 0, 0x20, 0, 0xd1, 0x0b),
    );
    // Imports f with the second chain's type, and passes it a value of the first one's.
    const consumer = wasm(
      section(1, u32(2 * levels + 2), chain(0), chain(levels), signature(first), signature(second)),
      section(2, 1, name("provider"), name("f"), 0, u32(2 * levels + 1)),
      section(3, 1, u32(2 * levels)),
      section(7, 1, name("f"), 0, 1),
      section(10, 1, 6, 0, 0x20, 0, 0x10, 0, 0x0b),
    );
    const engine = new Engine();
    engine.instantiate(provider, "provider");
    expect(engine.call(engine.instantiate(consumer), "f", null)).toEqual([1]);
  });

  it("bounds the depth of subtypes without recursion", () => {
    const types: Bytes = Array.from({ length: 5000 }, (_, i) => [0x50, i === 0 ? 0 : [1, u32(i - 1)], 0x60, 0, 0]);
    expect(refused(wasm(section(1, u32(5000), types)))).toBe("InvalidSubType");
  });
});

describe("4: the gate of threads", () => {
  it.each([
    ["memory.atomic.notify", [0x41, 0, 0x41, 0, 0xfe, 0, 2, 0, 0x1a]],
    ["memory.atomic.wait32", [0x41, 0, 0x41, 0, 0x42, 0, 0xfe, 1, 2, 0, 0x1a]],
    ["memory.atomic.wait64", [0x41, 0, 0x42, 0, 0x42, 0, 0xfe, 2, 3, 0, 0x1a]],
    ["atomic.fence", [0xfe, 3, 0]],
  ])("covers %s", (_, code) => {
    const body = [0, ...code, 0x0b];
    const bytes = wasm(
      section(1, 1, 0x60, 0, 0),
      section(3, 1, 0),
      section(5, 1, 0, 1),
      section(10, 1, u32(body.length), body),
    );
    const error = failureOf(() => validate(bytes));
    expect(error.codeName).toBe("IllegalOpCode");
    expect(contextOf(error, "proposal")[0]?.proposal).toBe("Threads");
    expect(validate(bytes, { enable: [Proposal.Threads] })).toBeDefined();
  });
});

describe("5: the VM's slot for what is loaded", () => {
  it("keeps the module when a component is refused", () => {
    const component = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);
    const vm = new VM(new Configure().addProposal(Proposal.Component));
    vm.loadWasm(module('(func (export "f") (result i32) (i32.const 7))'));
    expect(failureOf(() => vm.loadWasm(component)).code).toBe(ErrCode.ComponentNotImplLoader);
    vm.validate();
    vm.instantiate();
    expect(vm.execute("f")).toEqual([7]);
  });
});

describe("6 and 7: limits of memories and tables", () => {
  it("a memory of 257 pages is refused under a limit of 256, not cut off", () => {
    const engine = new Engine({ runtime: { maxMemoryPage: 256 } });
    expect(failureOf(() => engine.instantiate("(module (memory 257))")).code).toBe(ErrCode.MemoryLimitExceeded);
    const instance = engine.instantiate('(module (memory 256) (func (export "size") (result i32) (memory.size)))');
    expect(engine.call(instance, "size")).toEqual([256]);
  });

  it("a table does not grow until memory is gone", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (table 1 funcref)
      (func (export "grow") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))`);
    expect(engine.call(instance, "grow", -1)).toEqual([-1]);
    expect(engine.call(instance, "grow", 10_000_000)).toEqual([-1]);
    expect(engine.call(instance, "grow", 1)).toEqual([1]);
  });
});

describe("8: wait and notify", () => {
  it("look at the whole of a 64-bit address", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (memory i64 1 2 shared)
      (func (export "notify") (param i64) (result i32) (memory.atomic.notify (local.get 0) (i32.const 1)))
      (func (export "notify far") (param i64) (result i32)
        (memory.atomic.notify offset=4294967292 (local.get 0) (i32.const 1)))
      (func (export "wait") (param i64) (result i32)
        (memory.atomic.wait32 (local.get 0) (i32.const 1) (i64.const 0))))`);
    const code = (name: string, address: bigint): string =>
      failureOf(() => engine.call(instance, name, address)).codeName;
    expect([engine.call(instance, "notify", 65532n), engine.call(instance, "wait", 65532n)]).toEqual([[0], [1]]);
    for (const address of [65536n, 2n ** 32n, 2n ** 32n + 4n, 2n ** 53n, -4n]) {
      expect([code("notify", address), code("wait", address)]).toEqual(["MemoryOutOfBounds", "MemoryOutOfBounds"]);
    }
    expect([code("notify far", 4n), code("notify far", -4294967292n)]).toEqual([
      "MemoryOutOfBounds",
      "MemoryOutOfBounds",
    ]);
    expect(code("notify", 2n)).toBe("UnalignedAtomicAccess");
  });

  it("know the waiters of each memory apart", async () => {
    const engine = new Engine();
    const source = `(module (memory 1 1 shared)
      (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1)))
      (func (export "notify") (result i32) (memory.atomic.notify (i32.const 8) (i32.const 10))))`;
    const [first, second] = [engine.instantiate(source), engine.instantiate(source)];
    const waiting = engine.executor.asyncInvoke(exported(first, "wait"));
    expect(await waiting.waitFor(5)).toBe(false);
    expect(engine.call(second, "notify")).toEqual([0]);
    expect(await waiting.waitFor(5)).toBe(false);
    expect(engine.call(first, "notify")).toEqual([1]);
    expect(await waiting).toEqual([0]);
  });
});

describe("9: instantiations that fail", () => {
  it("all live on through what they have written, not the last one only", () => {
    const engine = new Engine();
    const shared = engine.instantiate(
      `(module (table (export "t") 3 funcref) (memory (export "m") 1) (type $v (func (result i32)))
        (func (export "call") (param i32) (result i32) (call_indirect (type $v) (local.get 0))))`,
      "shared",
    );
    for (const i of [0, 1, 2]) {
      const failing = `(module (import "shared" "t" (table 3 funcref)) (import "shared" "m" (memory 1))
        (func $f (result i32) (i32.const ${i + 40})) (elem (i32.const ${i}) func $f) (data (i32.const -1) "x"))`;
      expect(failureOf(() => engine.instantiate(failing)).code).toBe(ErrCode.MemoryOutOfBounds);
    }
    expect([0, 1, 2].map((i) => engine.call(shared, "call", i)[0])).toEqual([40, 41, 42]);
  });
});

describe("10: unregistering in a VM", () => {
  it("leaves no empty slot, and takes aliases of others' instances away too", () => {
    const vm = new VM();
    const bytes = module('(func (export "f"))');
    for (const own of ["a", "b", "c"]) vm.registerModule(own, bytes);
    vm.unregisterModule("b");
    expect(vm.listRegisteredModules()).toEqual(["a", "c"]);
    vm.registerModule("d", bytes);
    expect(vm.listRegisteredModules()).toEqual(["a", "c", "d"]);
    vm.registerModule("alias", new ModuleInstance("host"));
    vm.unregisterModule("alias");
    expect(vm.listRegisteredModules()).toEqual(["a", "c", "d"]);
    vm.cleanup();
    expect(vm.listRegisteredModules()).toEqual([]);
  });
});

describe("11: tags and exceptions of the host", () => {
  const type = { params: [ValType.I32], results: [] };
  const tag = new TagInstance(type, canonicalFunctionType(type));

  it("a host module exports a tag, throws it, and catches it", () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    host.addHostTag("tag", tag);
    const caught: unknown[] = [];
    host.addHostFunction(
      "throw",
      new HostFunction({ params: [], results: [] }, () => {
        throw WasmException.of(tag, [42]);
      }),
    );
    host.addHostFunction(
      "catch",
      new HostFunction({ params: [], results: [] }, ({ executor, module: caller }) => {
        try {
          executor.invoke(exported(caller as ModuleInstance, "throw it"));
        } catch (error) {
          caught.push(error instanceof WasmException && error.exception.payload.map((value) => value.toValue()));
        }
      }),
    );
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "tag" (tag $t (param i32)))
      (import "host" "throw" (func $throw)) (import "host" "catch" (func $catch))
      (func (export "throw it") (throw $t (i32.const 7)))
      (func (export "caught in wasm") (result i32)
        (block $b (result i32) (try_table (catch $t $b) (call $throw)) (i32.const -1)))
      (func (export "caught in the host") (call $catch)))`);
    expect(engine.call(instance, "caught in wasm")).toEqual([42]);
    engine.call(instance, "caught in the host");
    expect(caught).toEqual([[7]]);
  });
});

describe("12 and 17: stopping", () => {
  it("an idle executor does not end the next run", () => {
    const engine = new Engine();
    const instance = engine.instantiate('(module (func (export "f") (result i32) (i32.const 7)))');
    engine.executor.stop();
    expect(engine.call(instance, "f")).toEqual([7]);
  });

  it("holds for the run it was meant for, also while that is in host code", async () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    host.addHostFunction("stop", new HostFunction({ params: [], results: [] }, () => engine.executor.stop()));
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "stop" (func $stop))
      (func (export "f") (result i32) (call $stop) (i32.const 7)) (func (export "g") (result i32) (i32.const 8)))`);
    expect(failureOf(() => engine.call(instance, "f")).code).toBe(ErrCode.Interrupted);
    expect(engine.call(instance, "g")).toEqual([8]);
    const cancelled = engine.executor.asyncInvoke(exported(instance, "g"));
    cancelled.cancel();
    await expect(cancelled.get()).rejects.toMatchObject({ code: ErrCode.Interrupted });
    expect(await engine.executor.asyncInvoke(exported(instance, "g"))).toEqual([8]);
  });
});

describe("13: the accounts of if and else", () => {
  const source = `(module (func (export "f") (param i32) (result i32)
    (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2)))))`;

  it("charge else and end once, whatever they cost", () => {
    for (const [costs, total] of [
      [{}, 6n],
      [{ else: 0 }, 5n],
      [{ else: 0, end: 0 }, 3n],
      [{ end: 10 }, 24n],
    ] as const) {
      const engine = meteringEngine({ costs });
      const instance = engine.instantiate(source);
      expect(engine.call(instance, "f", 1)).toEqual([1]);
      expect(engine.totals.cost).toBe(total);
    }
  });

  it("are kept only where something is measured", () => {
    const engine = new Engine();
    expect(engine.call(engine.instantiate(source), "f", 0)).toEqual([2]);
    expect(engine.totals).toEqual({ count: 0, cost: 0n });
  });
});

describe("14: cost limits", () => {
  it("survive the copy of a Configure, and one set on the Statistics survives the Executor", () => {
    const configure = new Configure();
    configure.statistics.costLimit = 5n;
    configure.statistics.costMeasuring = true;
    expect(new Configure(new Configure(configure)).statistics.costLimit).toBe(5n);
    configure.statistics.costLimit = 2n ** 64n - 1n;
    const statistics = new Statistics();
    statistics.setCostLimit(9n);
    new Executor(configure, statistics);
    expect(statistics.getCostLimit()).toBe(9n);
  });
});

describe("15: the cost table", () => {
  it("is set by the names of instructions", () => {
    const engine = meteringEngine({ costs: { "i32.add": 1000 } });
    const instance = engine.instantiate(
      '(module (func (export "f") (result i32) (i32.add (i32.const 1) (i32.const 2))))',
    );
    engine.call(instance, "f");
    expect(engine.totals.cost).toBe(1003n);
    expect(failureOf(() => new Statistics().setCostOf("i32.plus", 1)).lines()[1]).toContain("i32.plus");
  });
});

describe("16: a trap's lines", () => {
  it("have the innermost frame, and the wire opcode with its prefix", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (memory 1)
      (func $inner (memory.fill (i32.const -1) (i32.const 0) (i32.const 1))) (func (export "f") (call $inner)))`);
    const error = failureOf(() => engine.call(instance, "f"));
    expect(contextOf(error, "backtrace")[0]?.frames.map(({ functionIndex }) => functionIndex)).toEqual([1, 0]);
    expect(contextOf(error, "instruction")[0]).toMatchObject({ name: "memory.fill", opcode: [0xfc, 0x0b] });
  });
});

describe("18: the log", () => {
  it("goes to standard error, away from what a guest prints", () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    const output = vi.spyOn(console, "log").mockImplementation(() => {});
    try {
      setLogCallback(null);
      setLogLevel("info");
      log.error("something");
      expect(error).toHaveBeenCalledTimes(1);
      expect(output).not.toHaveBeenCalled();
    } finally {
      setLogLevel("off");
      error.mockRestore();
      output.mockRestore();
    }
  });
});

describe("The sums of offset and size (CVE-2025-69261)", () => {
  it("do not wrap around, in wasm, at the API, and through names of exports", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (memory (export "m") 1)
      (func (export "load") (param i32) (result i32) (i32.load offset=0xffffffff (local.get 0)))
      (func (export "fill") (param i32 i32) (memory.fill (local.get 0) (i32.const 0) (local.get 1))))`);
    for (const base of [1, 4, -1, -4]) {
      expect(failureOf(() => engine.call(instance, "load", base)).code).toBe(ErrCode.MemoryOutOfBounds);
    }
    expect(failureOf(() => engine.call(instance, "fill", -1, 2)).code).toBe(ErrCode.MemoryOutOfBounds);
    const memory = instance.findMemoryExports("m");
    for (const [offset, length] of [
      [0xffffffff, 2],
      [2 ** 32 - 1, 2 ** 32 - 1],
      [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
      [-1, 2],
    ] as const) {
      expect(failureOf(() => memory?.getBytes(offset, length)).code).toBe(ErrCode.MemoryOutOfBounds);
    }
    const long = wasm(section(7, 1, [0xff, 0xff, 0xff, 0xff, 0x0f], name("x")));
    expect(refused(long)).toBe("LengthOutOfBounds");
  });
});
