import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import { type Value, WasmValue } from "../../src/common/wasm-value.ts";
import { ExceptionInstance, WasmException } from "../../src/store/exception-instance.ts";
import type { FunctionInstance } from "../../src/store/function-instance.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { StructInstance } from "../../src/store/struct-instance.ts";
import { TagInstance } from "../../src/store/tag-instance.ts";
import { canonicalFunctionType } from "../../src/validator/canonical-types.ts";
import { contextOf, Engine, exported, failureOf } from "../support/engine.ts";
import { legacyModule } from "../validator/support.ts";

/** What catches which exception, and with what payload: each kind of clause, tags of other modules and of the host. */

const { I32 } = ValType;

function tagOf(...params: ValType[]): TagInstance {
  const type = { params, results: [] };
  return new TagInstance(type, canonicalFunctionType(type));
}

interface Payload {
  readonly type: string;
  /** An expression that makes it. */
  readonly value: string;
  readonly result: Value | WasmValue;
}

/** A NaN with a payload: patterns are compared. */
const payloads: readonly Payload[] = [
  { type: "i32", value: "(i32.const -7)", result: -7 },
  { type: "i64", value: "(i64.const 0x8000000000000001)", result: -(2n ** 63n) + 1n },
  { type: "f32", value: "(f32.const nan:0x200001)", result: WasmValue.f32Bits(0x7fa00001) },
  { type: "f64", value: "(f64.const -0)", result: WasmValue.f64(-0) },
  { type: "v128", value: "(v128.const i64x2 1 2)", result: (2n << 64n) | 1n },
  { type: "funcref", value: "(ref.null func)", result: null },
  { type: "externref", value: "(global.get $host)", result: "a value of the host" },
  { type: "(ref i31)", value: "(ref.i31 (i32.const 5))", result: expect.objectContaining({ value: 5 }) },
  { type: "(ref null $s)", value: "(struct.new $s (i32.const 9))", result: expect.any(StructInstance) },
];

const all = { type: payloads.map(({ type }) => type).join(" "), value: payloads.map(({ value }) => value).join(" ") };

describe("The payload of an exception", () => {
  const source = `(module
    (type $s (struct (field i32)))
    (global $host (export "host") (mut externref) (ref.null extern))
    ${payloads.map(({ type }, i) => `(tag $t${i} (param ${type}))`).join("\n")}
    (tag $all (param ${all.type}))
    (func $throw (throw $all ${all.value}))
    ${payloads
      .map(
        ({ type, value }, i) => `
    (func (export "catch ${i}") (result ${type})
      (block $b (result ${type}) (try_table (catch $t${i} $b) (throw $t${i} ${value})) (unreachable)))
    (func (export "catch_ref ${i}") (result ${type}) (local $e exnref)
      (block $b (result ${type} exnref) (try_table (catch_ref $t${i} $b) (throw $t${i} ${value})) (unreachable))
      (local.set $e))
    (func (export "again ${i}") (result ${type})
      (block $out (result ${type})
        (try_table (catch $t${i} $out)
          (block $b (result exnref) (try_table (catch_all_ref $b) (throw $t${i} ${value})) (unreachable))
          (throw_ref))
        (unreachable)))`,
      )
      .join("")}
    (func (export "all in a callee") (result ${all.type})
      (block $b (result ${all.type}) (try_table (catch $all $b) (call $throw)) (unreachable))))`;
  const engine = new Engine();
  const instance = engine.instantiate(source);
  instance.findGlobalExports("host")?.setValue("a value of the host");

  /** The result as its pattern where the case has one. */
  const call = (name: string, { result }: Payload): unknown => {
    const [value] = engine.callTyped(instance, name);
    return result instanceof WasmValue ? value : value?.toValue();
  };

  it.each(payloads.map((payload, i) => [payload.type, i] as const))("of type %s comes through every clause", (_, i) => {
    const payload = payloads[i] as Payload;
    for (const name of ["catch", "catch_ref", "again"]) expect(call(`${name} ${i}`, payload)).toEqual(payload.result);
  });

  it("of all types at once keeps its order", () => {
    const values = engine.callTyped(instance, "all in a callee");
    expect(values.map((value, i) => (payloads[i]?.result instanceof WasmValue ? value : value.toValue()))).toEqual(
      payloads.map(({ result }) => result),
    );
  });
});

describe("The clauses of a try_table", () => {
  const source = `(module (tag $a (param i32)) (tag $b) (tag $c)
    (func $throw (param i32)
      (if (i32.eq (local.get 0) (i32.const 0)) (then (throw $a (i32.const 40))))
      (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $b)))
      (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $c))))
    (func (export "which") (param i32) (result i32)
      (block $all
        (block $on-b
          (i32.add (i32.const 2)
            (block $on-a (result i32)
              (try_table (catch $a $on-a) (catch $b $on-b) (catch_all $all) (call $throw (local.get 0)))
              (return (i32.const 0))))
          (return))
        (return (i32.const 1)))
      (i32.const -1))
    (func (export "first") (result i32)
      (block $second (result i32)
        (block $first (result i32)
          (try_table (catch $a $first) (catch $a $second) (throw $a (i32.const 1))) (unreachable))
        (return))
      (i32.const 100) (i32.add))
    (func (export "all before") (result i32)
      (block $all
        (block $first (result i32)
          (try_table (catch_all $all) (catch $a $first) (throw $a (i32.const 1))) (unreachable))
        (return))
      (i32.const 7))
    (func (export "outer") (param i32) (result i32)
      (block $all
        (try_table (catch_all $all)
          (drop (block $on-a (result i32) (try_table (catch $a $on-a) (call $throw (local.get 0))) (i32.const 0)))
          (return (i32.const 1))))
      (i32.const 2))
    (func (export "to the function") (param i32) (result i32)
      (try_table (catch $a 0) (call $throw (local.get 0)))
      (i32.const 1)))`;
  const engine = new Engine();
  const instance = engine.instantiate(source);

  it("are looked at in order, and catch what they name", () => {
    expect([0, 1, 2, 3].map((which) => engine.call(instance, "which", which)[0])).toEqual([42, 1, -1, 0]);
    expect([engine.call(instance, "first"), engine.call(instance, "all before")]).toEqual([[1], [7]]);
  });

  it("leave the rest to the next block outside", () => {
    expect([0, 1, 3].map((which) => engine.call(instance, "outer", which)[0])).toEqual([1, 2, 1]);
  });

  it("may end the function with the payload as its results", () => {
    expect([engine.call(instance, "to the function", 0), engine.call(instance, "to the function", 3)]).toEqual([
      [40],
      [1],
    ]);
    expect(failureOf(() => engine.call(instance, "to the function", 1)).code).toBe(ErrCode.UncaughtException);
  });

  it("catch what is thrown in the depth of calls, at any of them", () => {
    const deep = engine.instantiate(`(module (tag $t (param i32))
      (func $down (param i32) (param $catch i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (throw $t (i32.const 5))))
        (if (i32.ne (local.get 0) (local.get $catch))
          (then (return (call $down (i32.sub (local.get 0) (i32.const 1)) (local.get $catch)))))
        (i32.add (local.get 0)
          (block $b (result i32)
            (try_table (catch $t $b)
              (drop (call $down (i32.sub (local.get 0) (i32.const 1)) (local.get $catch))))
            (unreachable))))
      (func (export "f") (param i32 i32) (result i32) (call $down (local.get 0) (local.get 1))))`);
    for (const at of [1, 500, 1000]) expect(engine.call(deep, "f", 1000, at)).toEqual([at + 5]);
    expect(failureOf(() => engine.call(deep, "f", 1000, 2000)).code).toBe(ErrCode.UncaughtException);
  });
});

describe("The identity of tags", () => {
  const thrower = `(module (tag $t (export "tag") (param i32)) (func (export "throw") (throw $t (i32.const 1))))`;
  const catcher = `(import "m" "tag" (tag $t (param i32))) (import "m" "throw" (func $throw))
    (tag $own (param i32))
    (func (export "f") (result i32)
      (block $mine (result i32)
        (block $theirs (result i32) (try_table (catch $own $mine) (catch $t $theirs) (call $throw)) (unreachable))
        (i32.const 10) (i32.add) (return)))`;

  it("is that of the instance, not of the type: an own tag of the same type catches nothing of others", () => {
    const engine = new Engine();
    engine.instantiate(thrower, "m");
    expect(engine.call(engine.instantiate(`(module ${catcher})`), "f")).toEqual([11]);
  });

  it("differs between two instances of one module", () => {
    const engine = new Engine();
    const first = engine.instantiate(thrower, "m");
    const second = engine.instantiate(thrower, "n");
    expect(first.findTagExports("tag")).not.toBe(second.findTagExports("tag"));
    const mixed = engine.instantiate(`(module (import "m" "tag" (tag $t (param i32))) (import "n" "throw" (func $throw))
      (func (export "f") (block $b (result i32) (try_table (catch $t $b) (call $throw)) (unreachable)) (drop)))`);
    const error = failureOf(() => engine.call(mixed, "f"));
    expect(error).toBeInstanceOf(WasmException);
    expect((error as WasmException).exception.tag).toBe(second.findTagExports("tag"));
  });

  it("stays through imports, exports and names: it is one tag", () => {
    const engine = new Engine();
    const tag = engine.instantiate(thrower, "m").findTagExports("tag");
    const middle = engine.instantiate(
      `(module (import "m" "tag" (tag $a (param i32))) (import "m" "tag" (tag $b (param i32)))
        (import "m" "throw" (func $throw)) (export "x" (tag $a)) (export "y" (tag $b))
        (func (export "f") (result i32)
          (block $c (result i32) (try_table (catch $b $c) (throw $a (i32.const 3))) (unreachable))))`,
      "middle",
    );
    expect([middle.findTagExports("x"), middle.findTagExports("y")]).toEqual([tag, tag]);
    expect(middle.findTagExports("x")).toBe(tag);
    expect(engine.call(middle, "f")).toEqual([3]);
  });

  it("needs the very type where it is imported, subtypes are none", () => {
    const engine = new Engine();
    engine.instantiate(
      `(module (type $s (sub (struct))) (type $t (sub $s (struct (field i32))))
        (tag (export "i32") (param i32)) (tag (export "none")) (tag (export "s") (param (ref null $s))))`,
      "m",
    );
    const linked = (name: string, type: string) => () =>
      engine.instantiate(`(module (type $s (sub (struct))) (type $t (sub $s (struct (field i32))))
        (import "m" "${name}" (tag ${type})))`);
    for (const [name, type] of [
      ["i32", "(param i32)"],
      ["none", ""],
      ["s", "(param (ref null $s))"],
    ] as const) {
      expect(linked(name, type)()).toBeInstanceOf(ModuleInstance);
    }
    for (const [name, type] of [
      ["i32", "(param i64)"],
      ["i32", ""],
      ["none", "(param i32)"],
      ["s", "(param (ref null $t))"],
      ["s", "(param (ref $s))"],
    ] as const) {
      expect(failureOf(linked(name, type)).code).toBe(ErrCode.IncompatibleImportType);
    }
    expect(failureOf(linked("missing", "")).code).toBe(ErrCode.UnknownImport);
  });
});

describe("References to exceptions", () => {
  it("are kept in globals, tables, fields and parameters, and thrown again elsewhere, the same", () => {
    const engine = new Engine();
    const source = `(module (type $box (struct (field exnref))) (tag $t (export "tag") (param i32))
      (global $g (mut exnref) (ref.null exn)) (table $table (export "table") 1 exnref)
      (func $take (param i32) (result exnref)
        (block $b (result exnref) (try_table (catch_all_ref $b) (throw $t (local.get 0))) (unreachable)))
      (func (export "keep") (param i32)
        (global.set $g (call $take (local.get 0)))
        (table.set $table (i32.const 0) (global.get $g)))
      (func (export "throw kept") (throw_ref (global.get $g)))
      (func (export "throw boxed") (throw_ref (struct.get $box 0 (struct.new $box (call $take (i32.const 5))))))
      (func (export "take") (param i32) (result exnref) (call $take (local.get 0)))
      (func (export "throw it") (param exnref) (throw_ref (local.get 0))))`;
    const instance = engine.instantiate(source, "m");
    engine.call(instance, "keep", 9);
    const kept = instance.findTableExports("table")?.getRef(0);
    expect(kept).toBeInstanceOf(ExceptionInstance);
    const thrown = (name: string, ...params: Value[]): ExceptionInstance => {
      const error = failureOf(() => engine.call(instance, name, ...params));
      expect(error).toBeInstanceOf(WasmException);
      return (error as WasmException).exception;
    };
    expect(thrown("throw kept")).toBe(kept);
    expect(thrown("throw boxed").payload[0]?.toI32()).toBe(5);
    const [taken] = engine.call(instance, "take", 6);
    expect(thrown("throw it", taken)).toBe(taken);
    // The embedder's own.
    const own = new ExceptionInstance(instance.findTagExports("tag") as TagInstance, [WasmValue.i32(8)]);
    expect(thrown("throw it", own)).toBe(own);
    const other =
      engine.instantiate(`(module (import "m" "tag" (tag $t (param i32))) (import "m" "table" (table 1 exnref))
      (func (export "f") (result i32)
        (block $b (result i32) (try_table (catch $t $b) (throw_ref (table.get (i32.const 0)))) (unreachable))))`);
    expect(engine.call(other, "f")).toEqual([9]);
  });

  it("are no exceptions where they are something else", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (func (export "f") (param exnref)))`);
    for (const value of ["x", {}, 1]) {
      expect(failureOf(() => engine.call(instance, "f", value)).code).toBe(ErrCode.FuncSigMismatch);
    }
    expect(engine.call(instance, "f", null)).toEqual([]);
  });
});

describe("Exceptions that cross the host", () => {
  /** A host module: `call` calls what it is given, `swap` catches what that throws and throws another, `fail` fails. */
  function withHost(): { engine: Engine; tag: TagInstance; seen: unknown[] } {
    const engine = new Engine();
    const tag = tagOf(I32);
    const seen: unknown[] = [];
    const host = new ModuleInstance("host");
    host.addHostTag("tag", tag);
    const type = { params: [ValType.FuncRef], results: [] };
    host.addHostFunction(
      "call",
      new HostFunction(type, ({ executor }, [func]) => {
        try {
          executor.invoke(func as FunctionInstance);
        } catch (error) {
          seen.push(error instanceof WasmException ? error.exception : error);
          throw error;
        }
      }),
    );
    host.addHostFunction(
      "swap",
      new HostFunction(type, ({ executor }, [func]) => {
        try {
          executor.invoke(func as FunctionInstance);
        } catch (error) {
          if (!(error instanceof WasmException)) throw error;
          throw WasmException.of(tag, [(error.exception.payload[0]?.toI32() ?? 0) + 100]);
        }
      }),
    );
    host.addHostFunction(
      "fail",
      new HostFunction({ params: [], results: [] }, () => {
        throw new Error("a failure of the host");
      }),
    );
    engine.store.registerModule(host);
    return { engine, tag, seen };
  }

  const imports = `(import "host" "tag" (tag $t (param i32))) (import "host" "call" (func $call (param funcref)))
    (import "host" "swap" (func $swap (param funcref))) (import "host" "fail" (func $fail))
    (tag $own (param i32)) (elem declare func $a $b $c $d)`;

  it("go through any number of turns between wasm and host, one and the same", () => {
    const { engine, seen } = withHost();
    const instance = engine.instantiate(`(module ${imports}
      (func $a (throw $own (i32.const 7)))
      (func $b (call $call (ref.func $a)))
      (func $c (block $no (result i32) (try_table (catch $t $no) (call $call (ref.func $b))) (return)) (drop))
      (func $d)
      (func (export "f") (result i32)
        (block $b (result i32) (try_table (catch $own $b) (call $call (ref.func $c))) (unreachable))))`);
    expect(engine.call(instance, "f")).toEqual([7]);
    expect(seen).toHaveLength(3);
    expect(new Set(seen).size).toBe(1);
  });

  it("are caught in the host, which throws another", () => {
    const { engine } = withHost();
    const instance = engine.instantiate(`(module ${imports}
      (func $a (throw $own (i32.const 7))) (func $b) (func $c) (func $d)
      (func (export "f") (result i32)
        (block $b (result i32) (try_table (catch $t $b) (call $swap (ref.func $a))) (unreachable)))
      (func (export "uncaught") (call $swap (ref.func $a))))`);
    expect(engine.call(instance, "f")).toEqual([107]);
    const error = failureOf(() => engine.call(instance, "uncaught"));
    expect((error as WasmException).exception.payload[0]?.toI32()).toBe(107);
  });

  it("leave the run in order: what comes after a catch goes on in the right frame, memory and locals in place", () => {
    const { engine } = withHost();
    const instance = engine.instantiate(`(module ${imports} (memory 1)
      (func $a (i32.store (i32.const 0) (i32.const 5)) (throw $own (i32.const 7)))
      (func $b) (func $c) (func $d)
      (func $attempt (param $x i32) (result i32)
        (i32.add (local.get $x)
          (block $b (result i32) (try_table (catch $own $b) (call $call (ref.func $a))) (unreachable))))
      (func (export "f") (param $n i32) (result i32) (local $sum i32)
        (loop $l
          (local.set $sum (i32.add (local.get $sum) (i32.add (call $attempt (local.get $n)) (i32.load (i32.const 0)))))
          (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum)))`);
    expect(engine.call(instance, "f", 100)).toEqual([100 * 12 + 5050]);
  });

  it("are not what a failing host function throws, nor a trap: catch_all leaves both alone", () => {
    const { engine } = withHost();
    const instance = engine.instantiate(`(module ${imports} (func $a unreachable) (func $b) (func $c) (func $d)
      (func (export "fail") (block $b (try_table (catch_all $b) (call $fail))))
      (func (export "trap") (block $b (try_table (catch_all $b) (call $call (ref.func $a))))))`);
    const failed = failureOf(() => engine.call(instance, "fail"));
    expect([failed.code, (failed.cause as Error).message]).toEqual([ErrCode.HostFuncError, "a failure of the host"]);
    expect(failureOf(() => engine.call(instance, "trap")).code).toBe(ErrCode.Unreachable);
  });
});

describe("Legacy exceptions", () => {
  const bytes = legacyModule(`
    (import "host" "tag" (tag $t (param i32)))
    (import "host" "throw" (func $host-throws (param i32)))
    (tag $own (export "own") (param i32)) (tag $empty)
    (func $throw (export "throw") (param i32) local.get 0 throw $t)
    (func (export "catch") (param i32) (result i32)
      try (result i32) local.get 0 call $throw i32.const -1 catch $own i32.const 1000 i32.add catch $t i32.const 1 i32.add end)
    (func (export "catch host") (param i32) (result i32)
      try (result i32) local.get 0 call $host-throws i32.const -1 catch_all i32.const 5 end)
    (func (export "rethrow") (param i32) (result i32)
      try (result i32)
        try (result i32) local.get 0 call $throw i32.const -1
        catch $t drop rethrow 0
        end
      catch $t i32.const 10 i32.add
      end)
    (func (export "rethrow outer") (param i32) (result i32)
      ;; Inside of a second handler, the exception of the first one is thrown again.
      try (result i32)
        try (result i32) local.get 0 throw $t
        catch $t
          drop
          try (result i32) i32.const 77 throw $own
          catch $own drop rethrow 1
          end
        end
      catch $own i32.const 1000 i32.add
      catch $t i32.const 20 i32.add
      end)
    (func (export "delegate") (param i32) (result i32)
      try $outer (result i32)
        try
          try local.get 0 throw $t delegate $outer
        catch_all
          unreachable
        end
        i32.const -1
      catch $t i32.const 30 i32.add
      end)
    (func $delegates (param i32)
      try
        try local.get 0 throw $t delegate 1
      catch_all
        unreachable
      end)
    (func (export "delegate to the caller") (param i32) (result i32)
      try (result i32) local.get 0 call $delegates i32.const -1 catch $t i32.const 40 i32.add end)
    (func (export "throw in a handler") (param i32) (result i32)
      try (result i32)
        try (result i32) local.get 0 throw $t
        catch $t throw $own
        catch $own i32.const 5000 i32.add
        end
      catch $own i32.const 50 i32.add
      end)
    (func (export "branch out") (param i32) (result i32)
      block $out
        try br $out catch_all unreachable end
      end
      try (result i32) local.get 0 call $throw i32.const -1 catch $t end)
    (func (export "handler left") (param i32)
      block $out
        try local.get 0 throw $t catch $t drop br $out end
      end
      throw $empty)
    (func (export "loop") (param i32) (result i32) (local i32)
      loop $l
        try local.get 0 throw $t catch $t local.get 1 i32.add local.set 1 end
        local.get 0 i32.const 1 i32.sub local.tee 0
        br_if $l
      end
      local.get 1)
    (func (export "trap") (result i32) try (result i32) unreachable catch_all i32.const 1 end)`);

  const engine = new Engine();
  const tag = tagOf(I32);
  const host = new ModuleInstance("host");
  host.addHostTag("tag", tag);
  host.addHostFunction(
    "throw",
    new HostFunction({ params: [I32], results: [] }, (_, [value]) => {
      throw WasmException.of(tag, [value]);
    }),
  );
  engine.store.registerModule(host);
  const instance = engine.instantiate(bytes, "legacy");

  it.each([
    ["catch", 3, "are caught by their tag", 4],
    ["catch host", 3, "of the host are caught by catch_all", 5],
    ["rethrow", 3, "are thrown again", 13],
    ["rethrow outer", 3, "of an outer handler are thrown again in an inner one", 23],
    ["delegate", 3, "are delegated past a handler", 33],
    ["delegate to the caller", 3, "are delegated out of the function", 43],
    ["throw in a handler", 3, "thrown in a handler are not caught by the handlers beside it", 53],
    ["branch out", 3, "are caught where a try was left before", 3],
    ["loop", 100, "are caught in every round", 5050],
  ] as const)("%s(%i): %s", (name, argument, _, result) => {
    expect(engine.call(instance, name, argument)).toEqual([result]);
  });

  it("that nothing catches reach the embedder", () => {
    const error = failureOf(() => engine.call(instance, "throw", 6));
    expect(error).toBeInstanceOf(WasmException);
    expect((error as WasmException).exception).toEqual(new ExceptionInstance(tag, [WasmValue.i32(6)]));
    expect(contextOf(error, "backtrace")[0]?.frames).toHaveLength(1);
    expect(failureOf(() => engine.call(instance, "handler left", 1)).code).toBe(ErrCode.UncaughtException);
  });

  it("are no traps", () => {
    expect(failureOf(() => engine.call(instance, "trap")).code).toBe(ErrCode.Unreachable);
  });

  it("are the same as those of the new form: each catches the other's", () => {
    const modern = engine.instantiate(
      `(module (import "host" "tag" (tag $t (param i32))) (import "legacy" "throw" (func $throw (param i32)))
        (func (export "catch legacy") (result i32)
          (block $b (result i32) (try_table (catch $t $b) (call $throw (i32.const 8))) (unreachable)))
        (func (export "throw") (throw $t (i32.const 9))))`,
      "modern",
    );
    expect(engine.call(modern, "catch legacy")).toEqual([8]);
    const legacy = engine.instantiate(
      legacyModule(`(import "host" "tag" (tag $t (param i32))) (import "modern" "throw" (func $throw))
        (func (export "f") (result i32) try (result i32) call $throw i32.const -1 catch $t end)`),
    );
    expect(engine.call(legacy, "f")).toEqual([9]);
    expect(engine.call(legacy, "f")).toEqual([9]);
    expect(exported(legacy, "f").type).toEqual({ params: [], results: [I32] });
  });
});
