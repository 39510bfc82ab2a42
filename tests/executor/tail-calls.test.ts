import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { ValType } from "../../src/common/value-type.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, exported, failureOf, meteringEngine } from "../support/engine.ts";

/** Tail calls: the stack stays as it is, over any number of them. */

const { I32, I64 } = ValType;

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

/** Room for very few frames. */
const narrow = { runtime: { maxCallDepth: 3, maxValueStackBytes: 4096 } };

const counting = `(param $n i32) (param $sum i64) (result i64)
  (if (i32.eqz (local.get $n)) (then (return (local.get $sum))))`;
const next = "(i32.sub (local.get $n) (i32.const 1)) (i64.add (local.get $sum) (i64.const 3))";

describe("Millions of tail calls", () => {
  it.each([
    ["of the function itself", `(func $f (export "f") ${counting} (return_call $f ${next}))`],
    [
      "through a table",
      `(table funcref (elem $f)) (func $f (export "f") (type $t) ${counting}
        (return_call_indirect (type $t) ${next} (i32.const 0)))`,
    ],
    [
      "through a reference",
      `(elem declare func $f) (func $f (export "f") ${counting} (return_call_ref $t ${next} (ref.func $f)))`,
    ],
  ])("%s stay in one frame", (_, functions) => {
    const engine = new Engine(narrow);
    const instance = engine.instantiate(
      `(module (type $t (func (param i32 i64) (result i64))) ${functions.replace("(type $t) (param", "(param")})`,
    );
    expect(engine.call(instance, "f", 2_000_000, 5n)).toEqual([6_000_005n]);
  });

  it("of two functions in turn, whose frames differ in size, stay in the larger one", () => {
    const engine = new Engine(narrow);
    const many = "(param i64) ".repeat(40);
    const instance = engine.instantiate(`(module
      (func $small (export "f") ${counting}
        (return_call $large (local.get $n) (local.get $sum) ${"(i64.const 1) ".repeat(39)} (i64.const 2)))
      (func $large (param $n i32) (param $sum i64) ${many} (result i64) (local i64 i64 i64 f64)
        (return_call $small (i32.sub (local.get $n) (i32.const 1)) (i64.add (local.get $sum) (local.get 41)))))`);
    expect(engine.call(instance, "f", 300_000, 0n)).toEqual([600_000n]);
  });

  it("through three modules stay in one frame", () => {
    const engine = new Engine(narrow);
    engine.instantiate(
      `(module (type $t (func (param i32 i64) (result i64))) (table (export "t") 1 funcref)
        (func (export "f") ${counting} (return_call_indirect (type $t) ${next} (i32.const 0))))`,
      "a",
    );
    engine.instantiate(
      `(module (import "a" "f" (func $f (param i32 i64) (result i64)))
        (func (export "f") (param i32 i64) (result i64) (local f64 f64 f64) (return_call $f (local.get 0) (local.get 1))))`,
      "b",
    );
    const last = engine.instantiate(`(module (import "b" "f" (func $f (param i32 i64) (result i64)))
      (import "a" "t" (table 1 funcref)) (elem (i32.const 0) func $g)
      (func $g (export "g") (param i32 i64) (result i64) (return_call $f (local.get 0) (local.get 1))))`);
    expect(engine.call(last, "g", 300_000, 0n)).toEqual([900_000n]);
  });
});

describe("Tail calls of host functions", () => {
  /** An engine with `host.add`, which adds one to an i64, and `host.values`, with results of all kinds. */
  function withHost(options: ConstructorParameters<typeof Engine>[0] = narrow): Engine {
    const engine = new Engine(options);
    const host = new ModuleInstance("host");
    host.addHostFunction(
      "add",
      new HostFunction({ params: [I64], results: [I64] }, (_, [value]) => (value as bigint) + 1n),
    );
    const results = [I32, ValType.F64, ValType.V128, ValType.ExternRef];
    host.addHostFunction("values", new HostFunction({ params: [], results }, () => [1, 2.5, 3n << 100n, "x"]));
    host.addHostFunction("nothing", new HostFunction({ params: [], results: [] }, () => {}));
    engine.store.registerModule(host);
    return engine;
  }

  const imports = `(import "host" "add" (func $add (param i64) (result i64)))`;

  it.each([
    ["directly", "", "(return_call $add (local.get 0))"],
    [
      "through a table",
      "(table funcref (elem $add))",
      "(return_call_indirect (param i64) (result i64) (local.get 0) (i32.const 0))",
    ],
    [
      "through a reference",
      "(type $t (func (param i64) (result i64))) (elem declare func $add)",
      "(return_call_ref $t (local.get 0) (ref.func $add))",
    ],
  ])("200,000 times, %s, leave no frame behind", (_, definitions, body) => {
    const engine = withHost();
    const instance = engine.instantiate(`(module ${imports} ${definitions}
      (func $tail (param i64) (result i64) ${body})
      (func (export "f") (param $n i32) (result i64) (local $sum i64)
        (loop $l
          (local.set $sum (call $tail (local.get $sum)))
          (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum)))`);
    expect(engine.call(instance, "f", 200_000)).toEqual([200_000n]);
  });

  it("give their results to whoever waits for those of the function, the embedder too", () => {
    const engine = withHost();
    const instance = engine.instantiate(
      `(module
      (import "host" "values" (func $values (result i32 f64 v128 externref)))
      (import "host" "nothing" (func $nothing))
      (func $tail (export "tail") (param i64 i64) (result i32 f64 v128 externref) (return_call $values))
      (func (export "no results") (return_call $nothing))
      (func (export "used") (result externref f64 i32) (local $x externref) (local $v v128) (local $f f64) (local $i i32)
        (call $tail (i64.const 1) (i64.const 2))
        (local.set $x) (local.set $v) (local.set $f) (local.set $i)
        (local.get $x) (local.get $f) (local.get $i)))`,
    );
    expect(engine.call(instance, "tail", 1n, 2n)).toEqual([1, 2.5, 3n << 100n, "x"]);
    expect(engine.call(instance, "no results")).toEqual([]);
    expect(engine.call(instance, "used")).toEqual(["x", 2.5, 1]);
  });

  it("may call wasm again, which tail-calls further", () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    const depths: number[] = [];
    host.addHostFunction(
      "again",
      new HostFunction({ params: [I32], results: [I32] }, ({ executor, module }, [n]) => {
        depths.push(n as number);
        return executor.invoke(exported(module as ModuleInstance, "f"), [(n as number) - 1]) as Value[];
      }),
    );
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "again" (func $again (param i32) (result i32)))
      (func $f (export "f") (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 77))))
        (return_call $g (local.get 0)))
      (func $g (param i32) (result i32) (return_call $again (local.get 0))))`);
    expect(engine.call(instance, "f", 5)).toEqual([77]);
    expect(depths).toEqual([5, 4, 3, 2, 1]);
  });
});

describe("A tail call", () => {
  it("traps as the call would, in the frame that makes it", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (type $t (func (result i32))) (type $u (func))
      (table 3 funcref) (elem (i32.const 0) func $u) (func $u (type $u))
      (func (export "null") (result i32) (return_call_ref $t (ref.null $t)))
      (func (export "indirect") (param i32) (result i32) (return_call_indirect (type $t) (local.get 0))))`);
    const code = (name: string, ...params: Value[]): string =>
      failureOf(() => engine.call(instance, name, ...params)).codeName;
    expect(code("null")).toBe("AccessNullFunc");
    expect([0, 1, 3].map((i) => code("indirect", i))).toEqual([
      "IndirectCallTypeMismatch",
      "UninitializedElement",
      "UndefinedElement",
    ]);
  });

  it("takes its frame out of backtraces, and the limit of depth does not count it", () => {
    const engine = new Engine({ runtime: { maxCallDepth: 2 } });
    const instance = engine.instantiate(`(module
      (func $end unreachable)
      (func $middle (return_call $end))
      (func (export "f") (call $middle)))`);
    const error = failureOf(() => engine.call(instance, "f"));
    expect(error.code).toBe(ErrCode.Unreachable);
    const trace = error.context.find(({ kind }) => kind === "backtrace");
    expect(trace?.kind === "backtrace" && trace.frames.map(({ functionIndex }) => functionIndex)).toEqual([2, 0]);
  });

  it("passes its arguments whatever registers they and the parameters stand in", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module
      (func $swap (export "swap") (param $n i32) (param $a i64) (param $b f64) (param $c i64) (param $d externref)
        (result i64 f64 i64 externref)
        (if (i32.eqz (local.get $n))
          (then (return (local.get $a) (local.get $b) (local.get $c) (local.get $d))))
        (return_call $swap
          (i32.sub (local.get $n) (i32.const 1)) (local.get $c) (f64.add (local.get $b) (f64.const 0.5)) (local.get $a)
          (local.get $d))))`);
    expect(engine.call(instance, "swap", 3, 1n, 2, 3n, "x")).toEqual([3n, 3.5, 1n, "x"]);
    expect(engine.call(instance, "swap", 1000, 1n, 2, 3n, null)).toEqual([1n, 502, 3n, null]);
  });

  it("lets its results be a subtype of the function's", () => {
    const engine = new Engine();
    const instance =
      engine.instantiate(`(module (type $s (sub (struct (field i32)))) (type $t (sub $s (struct (field i32) (field i32))))
      (func $make (result (ref $t)) (struct.new $t (i32.const 1) (i32.const 2)))
      (func $as-super (result (ref null $s)) (return_call $make))
      (func (export "f") (result i32) (struct.get $s 0 (call $as-super))))`);
    expect(engine.call(instance, "f")).toEqual([1]);
  });

  it("is counted and costs as its instructions do", () => {
    const engine = meteringEngine();
    const instance = engine.instantiate(`(module (func $f (export "f") (param i32)
      (if (i32.eqz (local.get 0)) (then (return)))
      (return_call $f (i32.sub (local.get 0) (i32.const 1)))))`);
    engine.call(instance, "f", 1000);
    // Each time local.get, eqz, if, its end, local.get, const, sub, return_call; the last time local.get, eqz, if, return.
    expect(engine.totals).toEqual({ count: 1000 * 8 + 4, cost: 8004n });
  });
});
