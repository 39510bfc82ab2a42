import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { ValType } from "../../src/common/value-type.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { GlobalInstance } from "../../src/store/global-instance.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { MemoryInstance } from "../../src/store/memory-instance.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { TableInstance } from "../../src/store/table-instance.ts";
import { contextOf, Engine, endOf, exported, failureOf, type Source } from "../support/engine.ts";
import { legacyModule } from "../validator/support.ts";
import { counting, restore, Subject } from "./support.ts";

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

/** Takes a snapshot at each count of a run, restores each, and expects the same end and count. @returns how many there were */
function everywhere(start: () => Subject, engineThere: () => Engine = () => new Engine(counting)): number {
  const whole = start();
  const first = whole.count;
  const wanted = endOf(whole.theRun);
  const total = whole.count;
  const left = start();
  let snapshots = 0;
  for (let count = first; !left.theRun.runUntil(count) && count < total; count++) {
    const bytes = left.snapshot();
    const there = restore(bytes, engineThere());
    expect(there.count).toBe(count);
    expect(Buffer.compare(there.snapshot(), bytes)).toBe(0);
    expect(endOf(there.theRun)).toEqual(wanted);
    expect(there.count).toBe(total);
    snapshots++;
  }
  return snapshots;
}

describe("a snapshot at each instruction goes on to the same end", () => {
  const run = (source: Source, params: readonly Value[] = []) => everywhere(() => Subject.start(source, "run", params));

  it("of nested blocks with values, both ways of an if, branches out of the function, and a table of branches", () => {
    const source = `(module (func (export "run") (param $n i32) (result i64) (local $s i64) (local $f f64)
      (loop $again
        (local.set $f (f64.add (local.get $f) (f64.const nan:0x8000000000123)))
        (local.set $s (i64.add (local.get $s)
          (if (result i64) (i32.and (local.get $n) (i32.const 1))
            (then (i64.const 5) (i64.const 6) (i64.mul))
            (else (block $b (result i64)
              (block $c (br_table $c $c (i32.and (local.get $n) (i32.const 1))))
              (br $b (i64.const 7)))))))
        (br_if 1 (local.get $s) (i32.eq (local.get $n) (i32.const 77))) (drop)
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (i64.add (local.get $s) (i64.reinterpret_f64 (local.get $f)))))`;
    expect(run(source, [6])).toBeGreaterThan(60);
    expect(run(source, [79])).toBeGreaterThan(30);
  });

  it("of calls with operands below them, recursion, calls through tables and references, and tail calls", () => {
    const source = `(module
      (type $unary (func (param i32) (result i32)))
      (table $t funcref (elem $down $other))
      (elem declare func $down)
      (func $down (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
        (i32.add (local.get 0) (call $down (i32.sub (local.get 0) (i32.const 1)))))
      (func $other (param i32) (result i32) (return_call $last (local.get 0) (i64.const 9)))
      (func $last (param i32 i64) (result i32)
        (if (i32.gt_s (local.get 0) (i32.const 100)) (then (return (i32.wrap_i64 (local.get 1)))))
        (return_call_indirect $t (type $unary) (i32.add (local.get 0) (i32.const 50)) (i32.const 1)))
      (func (export "run") (result i32)
        (i32.const 1000)
        (call $down (i32.const 4)) (i32.add)
        (call_indirect $t (type $unary) (i32.const 3) (i32.const 1)) (i32.add)
        (call_ref $unary (i32.const 2) (ref.func $down)) (i32.add)))`;
    expect(run(source)).toBeGreaterThan(80);
  });

  it("of vectors, globals of all types, grown memories and tables, dropped segments", () => {
    const source = `(module
      (memory 1 4) (table $t 2 8 funcref) (table $x 1 externref)
      (data $d "abcd") (elem $e func $f)
      (global $v (mut v128) (v128.const i64x2 1 2))
      (global $w (mut f32) (f32.const nan:0x12345))
      (global $r (mut funcref) (ref.null func))
      (func $f (result i32) (i32.const 42))
      (func (export "run") (result i32) (local $v v128)
        (local.set $v (i32x4.add (global.get $v) (v128.const i32x4 1 2 3 4)))
        (drop (memory.grow (i32.const 1)))
        (memory.init $d (i32.const 70000) (i32.const 1) (i32.const 2))
        (data.drop $d)
        (drop (table.grow $t (ref.func $f) (i32.const 1)))
        (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1))
        (elem.drop $e)
        (global.set $r (table.get $t (i32.const 2)))
        (global.set $v (i32x4.mul (local.get $v) (local.get $v)))
        (table.set $t (i32.const 1) (global.get $r))
        (i32.add (i32.add (call_indirect $t (result i32) (i32.const 1)) (i32.load16_u (i32.const 70000)))
          (i32.add (i32x4.extract_lane 3 (global.get $v)) (i32.reinterpret_f32 (global.get $w))))))`;
    expect(run(source)).toBeGreaterThan(30);
  });

  it("of objects that are collected: identity, cycles, packed fields, arrays, i31, casts", () => {
    const source = `(module
      (rec (type $node (sub (struct (field $next (mut (ref null $node))) (field $b (mut i8)) (field $l (mut i64)) (field $any (mut anyref))))))
      (type $sub (sub $node (struct (field $next (mut (ref null $node))) (field $b (mut i8)) (field $l (mut i64)) (field $any (mut anyref)) (field $f (mut f32)))))
      (type $bytes (array (mut i16))) (type $refs (array (mut (ref null $node)))) (type $vectors (array (mut v128)))
      (global $keep (mut (ref null $refs)) (ref.null $refs))
      (func (export "run") (result i32) (local $a (ref null $node)) (local $b (ref $node)) (local $w (ref $bytes))
        (local.set $b (struct.new $sub (ref.null $node) (i32.const -3) (i64.const -5) (ref.i31 (i32.const -7)) (f32.const 1.5)))
        (local.set $a (struct.new $node (local.get $b) (i32.const 200) (i64.const 1) (local.get $b)))
        (struct.set $node $next (local.get $b) (local.get $a))
        (local.set $w (array.new $bytes (i32.const 0xffff) (i32.const 3)))
        (array.set $bytes (local.get $w) (i32.const 1) (i32.const 7))
        (struct.set $node $any (local.get $a) (local.get $w))
        (global.set $keep (array.new_fixed $refs 3 (local.get $a) (local.get $b) (local.get $a)))
        (drop (array.new $vectors (v128.const i64x2 3 4) (i32.const 2)))
        (i32.add
          (i32.add
            (ref.eq (array.get $refs (global.get $keep) (i32.const 0)) (struct.get $node $next (local.get $b)))
            (ref.eq (struct.get $node $next (struct.get $node $next (local.get $b))) (local.get $b)))
          (i32.add
            (i32.add (struct.get_s $node $b (local.get $b)) (struct.get_u $node $b (local.get $a)))
            (i32.add (i31.get_s (ref.cast (ref i31) (struct.get $node $any (local.get $b))))
              (i32.add (array.get_u $bytes (ref.cast (ref $bytes) (struct.get $node $any (local.get $a))) (i32.const 1))
                (i32.trunc_f32_s (struct.get $sub $f (ref.cast (ref $sub) (local.get $b))))))))))`;
    expect(run(source)).toBeGreaterThan(50);
  });

  it("of exceptions: caught with payload and reference, kept in locals, thrown again, and legacy ones with rethrow", () => {
    const source = `(module (tag $e (param i32 i64)) (tag $f)
      (func $thrower (param i32) (if (local.get 0) (then (throw $e (local.get 0) (i64.const 9)))) (throw $f))
      (func (export "run") (result i32) (local $x exnref) (local $s i32)
        (block $caught (result i32 i64 exnref)
          (try_table (catch_ref $e $caught) (call $thrower (i32.const 5)))
          (unreachable))
        (local.set $x) (drop) (local.set $s)
        (block $again (result i32 i64)
          (try_table (result i32 i64) (catch $e $again) (throw_ref (local.get $x))))
        (drop) (i32.add (local.get $s)) (local.set $s)
        (block $all (try_table (catch_all $all) (call $thrower (i32.const 0))))
        (local.get $s)))`;
    expect(run(source)).toBeGreaterThan(30);
    const legacy = legacyModule(`(tag $e (param i32))
      (func (export "run") (result i32)
        (try (result i32)
          (do (try (result i32) (do (throw $e (i32.const 4))) (catch $e (drop) (i32.const 1) (drop) (rethrow 0))))
          (catch $e (i32.const 10) (i32.add))))`);
    expect(run(legacy)).toBeGreaterThan(8);
  });

  it("of two modules that call each other and share memory, table and global, by the names of their imports", () => {
    const library = `(module (memory (export "m") 1 3) (table (export "t") 2 funcref) (global (export "g") (mut i32) (i32.const 5))
      (tag (export "e") (param i32))
      (func (export "up") (param i32) (result i32) (i32.store (i32.const 8) (local.get 0))
        (global.set 0 (i32.add (global.get 0) (i32.const 1)))
        (call_indirect (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)) (i32.const 0))))`;
    const program = `(module (import "lib" "m" (memory 2)) (import "lib" "t" (table 2 funcref)) (import "lib" "g" (global $g (mut i32)))
      (import "lib" "up" (func $up (param i32) (result i32))) (import "lib" "e" (tag $e (param i32)))
      (elem (i32.const 0) func $back)
      (func $back (param i32) (result i32)
        (if (result i32) (i32.gt_u (local.get 0) (i32.const 3))
          (then (throw $e (local.get 0))) (else (i32.add (call $up (local.get 0)) (i32.const 1)))))
      (func (export "run") (result i32)
        (block $h (result i32) (try_table (catch $e $h) (drop (call $up (i32.const 1))) ) (unreachable))
        (i32.add (i32.load (i32.const 8))) (i32.mul (global.get $g))))`;
    const start = (): Subject => {
      const engine = new Engine(counting);
      // What has grown is imported with a minimum that it did not have at first.
      engine.instantiate(library, "lib").findMemoryExports("m")?.grow(1);
      return Subject.start(program, "run", [], engine);
    };
    expect(everywhere(start)).toBeGreaterThan(40);
  });

  it("of a program with host functions and a host's memory, table and global, bound by name", () => {
    const program = `(module (import "env" "memory" (memory 1)) (import "env" "table" (table 2 funcref)) (import "env" "global" (global $g (mut i64)))
      (import "env" "twice" (func $twice (param i32) (result i32)))
      (elem declare func $twice)
      (func (export "run") (result i32)
        (i32.store (i32.const 4) (call $twice (i32.const 21)))
        (table.set (i32.const 1) (ref.func $twice))
        (global.set $g (i64.const 3))
        (i32.add (call_indirect (param i32) (result i32) (i32.load (i32.const 4)) (i32.const 1)) (i32.wrap_i64 (global.get $g)))))`;
    const engine = (): Engine => {
      const made = new Engine(counting);
      const env = new ModuleInstance("env");
      const limit = { min: 1n, max: undefined, shared: false, is64: false };
      env.addHostMemory("memory", new MemoryInstance({ limit, pageSizeLog2: 16 }));
      env.addHostTable("table", new TableInstance({ elementType: ValType.FuncRef, limit: { ...limit, min: 2n } }));
      env.addHostGlobal("global", new GlobalInstance({ valType: ValType.I64, mutable: true }, 1n));
      const type = { params: [ValType.I32], results: [ValType.I32] };
      env.addHostFunction("twice", new HostFunction(type, (_, [n]) => 2 * (n as number)));
      made.store.registerModule(env);
      return made;
    };
    expect(everywhere(() => Subject.start(program, "run", [], engine()), engine)).toBeGreaterThan(12);
    const left = Subject.start(program, "run", [], engine());
    left.theRun.runUntil(11);
    const there = engine();
    restore(left.snapshot(), there);
    const env = there.store.findModule("env");
    expect(env?.findMemoryExports("memory")?.bytes[4]).toBe(42);
    expect(env?.findGlobalExports("global")?.getValue()).toBe(3n);
    expect(env?.findTableExports("table")?.getRef(1)).toBe(env?.findFuncExports("twice"));
  });
});

describe("a snapshot without a run", () => {
  it("has the instances under their names, which work as before", () => {
    const source = `(module (memory (export "m") 1) (global $n (mut i32) (i32.const 0))
      (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (i32.store (i32.const 0) (global.get $n)) (global.get $n)))`;
    const engine = new Engine(counting);
    const named = engine.instantiate(source, "counter");
    engine.store.registerModule(named, "alias");
    const active = engine.instantiate(source);
    engine.call(named, "next");
    engine.call(named, "next");
    engine.call(active, "next");
    const there = restore(new Subject(engine, active).snapshot());
    expect(there.run).toBeUndefined();
    expect(there.engine.store.getModuleList()).toEqual(["alias", "counter"]);
    const restored = there.engine.store.findModule("counter") as ModuleInstance;
    expect(there.engine.store.findModule("alias")).toBe(restored);
    expect([there.engine.call(restored, "next"), there.engine.call(there.active as ModuleInstance, "next")]).toEqual([
      [3],
      [2],
    ]);
    expect(restored.findMemoryExports("m")?.bytes[0]).toBe(3);
  });
});

describe("references to the host", () => {
  const source = `(module (table $t (export "t") 4 externref)
    (func (export "run") (param externref) (result externref) (table.set $t (i32.const 0) (local.get 0)) (table.get $t (i32.const 0))))`;

  it("are kept where they are numbers, texts, booleans, big integers or undefined", () => {
    for (const value of [1.5, -0, Number.NaN, 12n ** 30n, "text ü", true, false, undefined]) {
      const left = Subject.start(source, "run", [value]);
      left.theRun.runUntil(2);
      const [got] = restore(left.snapshot()).theRun.finish();
      expect(Object.is(got, value)).toBe(true);
    }
  });

  it("to objects are refused with their place, unless there is a text for them", () => {
    const object = { name: "file" };
    const left = Subject.start(source, "run", [object]);
    left.theRun.runUntil(1);
    const error = failureOf(() => left.snapshot());
    expect(error.code).toBe(ErrCode.NotInSnapshot);
    expect(contextOf(error, "note")[0]?.text).toContain("Local 0 of function 0 of the module without a name");
    const bytes = left.snapshot({ hostReference: (reference) => (reference === object ? "the file" : undefined) });
    expect(failureOf(() => restore(bytes)).code).toBe(ErrCode.SnapshotMismatch);
    const other = { name: "other" };
    const there = restore(bytes, undefined, { hostReference: (key) => (key === "the file" ? other : null) });
    expect(there.theRun.finish()).toEqual([other]);
  });
});

describe("what cannot be in a snapshot", () => {
  it("is refused by its name: shared memories, host functions of no module, imports of what is registered no more", () => {
    const shared = new Engine(counting);
    const active = shared.instantiate(`(module (memory 1 1 shared))`);
    const texts = [failureOf(() => new Subject(shared, active).snapshot())];

    const engine = new Engine(counting);
    const table = engine.instantiate(`(module (table (export "t") 1 funcref))`, "tables");
    const host = new ModuleInstance("passing");
    const func = host.addHostFunction("f", new HostFunction({ params: [], results: [] }, () => undefined));
    host.addHostFunction("f", new HostFunction({ params: [], results: [] }, () => undefined));
    table.findTableExports("t")?.setRef(0, func);
    texts.push(failureOf(() => new Subject(engine).snapshot()));

    const gone = new Engine(counting);
    gone.instantiate(`(module (memory (export "m") 1))`, "memories");
    const importing = gone.instantiate(`(module (import "memories" "m" (memory 1)))`);
    gone.store.unregisterModule("memories");
    texts.push(failureOf(() => new Subject(gone, importing).snapshot()));
    expect(texts.map(({ code }) => code)).toEqual([
      ErrCode.NotInSnapshot,
      ErrCode.NotInSnapshot,
      ErrCode.NotInSnapshot,
    ]);
    expect(texts.map((error) => contextOf(error, "note")[0]?.text)).toEqual([
      "Memory 0 that the module without a name defines is shared with other threads.",
      'Table 0 that "tables" defines is a host function of "passing" that it does not export.',
      'Nothing that is registered has the memory that the module without a name imports as "memories" "m".',
    ]);
  });
});

describe("modules of a snapshot", () => {
  const source = `(module (func (export "run") (result i32) (i32.add (i32.const 1) (i32.const 2))))`;

  it("are included, or told by their hash and given to the restoring, as bytes or loaded", () => {
    const left = Subject.start(source, "run");
    left.theRun.runUntil(1);
    const included = left.snapshot();
    const hashed = left.snapshot({ modules: "hashed" });
    const bytes = left.active?.source?.bytes as Uint8Array;
    expect(included.length - hashed.length).toBeGreaterThanOrEqual(bytes.length);
    const error = failureOf(() => restore(hashed));
    expect(error.code).toBe(ErrCode.SnapshotMismatch);
    expect(contextOf(error, "note")[0]?.text).toMatch(
      /^The module of the SHA-256 [0-9a-f]{64} is not among those that are given\.$/,
    );
    const other = new Engine(counting);
    expect(restore(hashed, undefined, { modules: [bytes] }).theRun.finish()).toEqual([3]);
    expect(restore(hashed, other, { modules: [other.parse(bytes)] }).theRun.finish()).toEqual([3]);
  });

  it("must be there with their host modules, and names must be free", () => {
    const left = new Engine(counting);
    left.store.registerModule(new ModuleInstance("env"));
    left.instantiate(source, "program");
    const bytes = new Subject(left).snapshot();
    const error = failureOf(() => restore(bytes));
    expect([error.code, contextOf(error, "note")[0]?.text]).toEqual([
      ErrCode.SnapshotMismatch,
      'No host module is registered as "env".',
    ]);
    const taken = new Engine(counting);
    taken.store.registerModule(new ModuleInstance("env"));
    taken.instantiate(source, "program");
    expect(
      contextOf(
        failureOf(() => restore(bytes, taken)),
        "note",
      )[0]?.text,
    ).toBe('A module is registered as "program" already.');
  });

  it("meet the limits of where they are restored", () => {
    const grown = Subject.start(
      `(module (memory 1) (func (export "run") (drop (memory.grow (i32.const 9))) (nop)))`,
      "run",
    );
    grown.theRun.runUntil(3);
    const small = new Engine({ ...counting, runtime: { maxMemoryPage: 5 } });
    expect(failureOf(() => restore(grown.snapshot(), small)).code).toBe(ErrCode.SnapshotMismatch);
    const deep = Subject.start(`(module (func $f (export "run") (call $f)))`, "run");
    deep.theRun.runUntil(100);
    const shallow = new Engine({ ...counting, runtime: { maxCallDepth: 50 } });
    expect(failureOf(() => restore(deep.snapshot(), shallow)).code).toBe(ErrCode.CallStackExhausted);
    expect(exported(deep.active as ModuleInstance, "run").index).toBe(0);
  });
});
