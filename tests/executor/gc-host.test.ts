import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { indexedRefType, refType, TypeCode, ValType } from "../../src/common/value-type.ts";
import { type Value, WasmValue } from "../../src/common/wasm-value.ts";
import { ArrayInstance } from "../../src/store/array-instance.ts";
import { GlobalInstance } from "../../src/store/global-instance.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { I31 } from "../../src/store/i31.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { StructInstance } from "../../src/store/struct-instance.ts";
import { TableInstance } from "../../src/store/table-instance.ts";
import { Engine, failureOf, loggedBy, meteringEngine } from "../support/engine.ts";

/** GC objects on their way between modules and to the host, and in what a module begins with. */

function codeOf(action: () => unknown): number {
  return failureOf(action).code;
}

describe("The host", () => {
  const source = `(module
    (type $s (sub (struct (field i32)))) (type $t (sub $s (struct (field i32 i32)))) (type $a (array (mut i8)))
    (func (export "s") (param i32) (result (ref $s)) (struct.new $s (local.get 0)))
    (func (export "t") (param i32) (result (ref null $s)) (struct.new $t (local.get 0) (i32.const 0)))
    (func (export "a") (result arrayref) (array.new_fixed $a 1 (i32.const 9)))
    (func (export "i31") (param i32) (result i31ref) (ref.i31 (local.get 0)))
    (func (export "take s") (param (ref $s)) (result i32) (struct.get $s 0 (local.get 0)))
    (func (export "take t") (param (ref null $t)) (result i32) (struct.get $s 0 (local.get 0)))
    (func (export "take a") (param (ref null $a)) (result i32) (array.get_u $a (local.get 0) (i32.const 0)))
    (func (export "take i31") (param i31ref) (result i32) (i31.get_s (local.get 0)))
    (func (export "take eq") (param eqref) (result i32) (ref.is_null (local.get 0)))
    (func (export "out") (param anyref) (result externref) (extern.convert_any (local.get 0)))
    (func (export "in") (param externref) (result anyref) (any.convert_extern (local.get 0))))`;
  const engine = new Engine();
  const instance = engine.instantiate(source);
  const call = (name: string, ...params: Value[]): Value => engine.call(instance, name, ...params)[0];

  it("gets objects that say what they are", () => {
    const values = [call("s", 5), call("a"), call("i31", -7), instance.findFuncExports("s")];
    expect(values.map(String)).toEqual(["struct", "array of 1", "i31 -7", "function 0"]);
    expect(String(WasmValue.ref(refType(TypeCode.AnyRef, true), call("a")))).toBe("ref_null any:array of 1");
  });

  it("gets objects and gives them back", () => {
    const struct = call("s", 5);
    expect(struct).toBeInstanceOf(StructInstance);
    expect(call("take s", struct)).toBe(5);
    expect(call("take t", call("t", 6))).toBe(6);
    const array = call("a");
    expect(array).toBeInstanceOf(ArrayInstance);
    expect(call("take a", array)).toBe(9);
    const small = call("i31", -3);
    expect(small).toBeInstanceOf(I31);
    expect(small).toMatchObject({ value: -3, unsigned: 0x7ffffffd });
    expect(call("take i31", small)).toBe(-3);
    expect(call("take i31", I31.of(77))).toBe(77);
    for (const object of [struct, array, small]) expect(call("take eq", object)).toBe(0);
    expect(call("take eq", null)).toBe(1);
  });

  it("sees the same object as external reference, and its own values again as internal ones", () => {
    const struct = call("s", 5);
    expect(call("out", struct)).toBe(struct);
    expect(call("in", struct)).toBe(struct);
    for (const value of [5, "text", {}, Symbol.iterator, 7n]) {
      expect(call("in", value)).toBe(value);
      expect(call("out", call("in", value))).toBe(value);
    }
  });

  it("cannot give what is not of the type", () => {
    const struct = call("s", 5);
    const refused: readonly [name: string, value: Value][] = [
      ["take t", struct],
      ["take t", {}],
      ["take t", { typeId: 0, fields: [] }],
      ["take t", 5],
      ["take t", instance.findFuncExports("s")],
      ["take a", struct],
      ["take i31", 5],
      ["take i31", struct],
      ["take eq", {}],
      ["take eq", 1],
    ];
    for (const [name, value] of refused) {
      expect(
        codeOf(() => call(name, value)),
        name,
      ).toBe(ErrCode.FuncSigMismatch);
    }
    const text = failureOf(() => call("take i31", struct))
      .lines()
      .join("\n");
    expect(text).toMatch(/Expected: FuncType \{params\{.*i31.*\}.*, Got: FuncType \{params\{.*struct.*\}/);
    expect(codeOf(() => call("take s", null))).toBe(ErrCode.NonNullRequired);
    expect(codeOf(() => call("take t", null))).toBe(ErrCode.AccessNullStruct);
  });

  it("gets and returns objects in host functions, and its results are checked", () => {
    const engine = new Engine();
    const seen: Value[] = [];
    const answers: Value[] = [];
    const eq = refType(TypeCode.EqRef, true);
    const env = new ModuleInstance("env");
    env.addHostFunction(
      "f",
      new HostFunction({ params: [eq, ValType.StructRef], results: [eq] }, (_, args) => {
        seen.push(...args);
        return [answers.pop()];
      }),
    );
    engine.executor.registerModule(engine.store, env);
    const instance = engine.instantiate(`(module (type $s (struct (field i32)))
      (import "env" "f" (func $f (param eqref structref) (result eqref)))
      (func (export "run") (result i32)
        (i31.get_s (ref.cast i31ref (call $f (ref.i31 (i32.const 4)) (struct.new $s (i32.const 1)))))))`);
    answers.push(I31.of(11));
    expect(engine.call(instance, "run")).toEqual([11]);
    expect(seen[0]).toMatchObject({ value: 4 });
    expect(seen[1]).toBeInstanceOf(StructInstance);
    for (const wrong of [5, {}, "text", instance.findFuncExports("run")]) {
      answers.push(wrong);
      expect(codeOf(() => engine.call(instance, "run"))).toBe(ErrCode.FuncSigMismatch);
    }
    answers.push(seen[1]);
    expect(codeOf(() => engine.call(instance, "run"))).toBe(ErrCode.CastFailed);
  });

  it("sets elements of tables to what is of their type only", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (type $s (struct (field i32)))
      (table (export "t") 2 (ref null $s)) (table (export "x") 1 (ref i31) (ref.i31 (i32.const 1)))
      (func (export "new") (result (ref $s)) (struct.new $s (i32.const 3)))
      (func (export "get") (result i32) (struct.get $s 0 (table.get 0 (i32.const 1)))))`);
    const table = instance.findTableExports("t") as TableInstance;
    table.setRef(1, engine.call(instance, "new")[0]);
    expect(engine.call(instance, "get")).toEqual([3]);
    for (const wrong of [{ typeId: 0, fields: [1] }, 1, I31.of(1), instance.findFuncExports("get")]) {
      expect(codeOf(() => table.setRef(1, wrong))).toBe(ErrCode.RefTypeMismatch);
      expect(codeOf(() => table.fillRefs(wrong, 0, 2))).toBe(ErrCode.RefTypeMismatch);
      expect(codeOf(() => table.growTable(1, wrong))).toBe(ErrCode.RefTypeMismatch);
      expect(codeOf(() => new TableInstance(table.type, wrong))).toBe(ErrCode.RefTypeMismatch);
    }
    expect(engine.call(instance, "get")).toEqual([3]);
    const numbers = instance.findTableExports("x") as TableInstance;
    expect(codeOf(() => numbers.setRef(0, null))).toBe(ErrCode.NonNullRequired);
    expect(codeOf(() => numbers.growTable(1))).toBe(ErrCode.NonNullRequired);
    expect(numbers.growTable(1, I31.of(2))).toBe(true);
    expect(numbers.size).toBe(2);
  });

  it("sets globals to what is of their type only", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (type $s (struct (field i32)))
      (global (export "s") (mut (ref null $s)) (ref.null $s)) (global (export "i") (mut i31ref) (ref.i31 (i32.const 5)))
      (func (export "new") (result (ref $s)) (struct.new $s (i32.const 3)))
      (func (export "get") (result i32) (struct.get $s 0 (global.get 0))))`);
    const s = instance.findGlobalExports("s") as GlobalInstance;
    const i = instance.findGlobalExports("i") as GlobalInstance;
    expect(i.getValue()).toMatchObject({ value: 5 });
    s.setValue(engine.call(instance, "new")[0]);
    expect(engine.call(instance, "get")).toEqual([3]);
    for (const wrong of [{}, 1, I31.of(1)]) expect(codeOf(() => s.setValue(wrong))).toBe(ErrCode.RefTypeMismatch);
    expect(codeOf(() => i.setValue(s.getValue()))).toBe(ErrCode.RefTypeMismatch);
    const typed = new GlobalInstance({ valType: s.type.valType, mutable: false }, s.getValue());
    expect(typed.getValue()).toBe(s.getValue());
  });
});

describe("Modules", () => {
  it("share types that are equal, and subtypes of them, by recursion groups", () => {
    const engine = new Engine();
    const group =
      "(rec (type $a (sub (struct (field i32) (field (ref null $b))))) (type $b (struct (field (ref null $a)))))";
    engine.instantiate(
      `(module (type (func)) ${group} (type $c (sub $a (struct (field i32) (field (ref null $b)) (field i64))))
        (func (export "a") (result anyref) (struct.new $a (i32.const 1) (ref.null $b)))
        (func (export "b") (result anyref) (struct.new $b (ref.null $a)))
        (func (export "c") (result (ref $a)) (struct.new $c (i32.const 3) (ref.null $b) (i64.const 0)))
        (global (export "g") (ref $a) (struct.new $c (i32.const 4) (ref.null $b) (i64.const 0))))`,
      "lib",
    );
    const instance = engine.instantiate(`(module
      ${group}
      (rec (type $alone (struct (field (ref null $a)))) (type (func)))
      (import "lib" "a" (func $a (result anyref)))
      (import "lib" "b" (func $b (result anyref)))
      (import "lib" "c" (func $c (result (ref $a))))
      (import "lib" "g" (global $g (ref $a)))
      (func (export "a") (result i32 i32)
        (ref.test (ref $a) (call $a)) (ref.test (ref $b) (call $a)))
      (func (export "b") (result i32 i32 i32)
        (ref.test (ref $b) (call $b)) (ref.test (ref $a) (call $b)) (ref.test (ref $alone) (call $b)))
      (func (export "c") (result i32) (struct.get $a 0 (call $c)))
      (func (export "g") (result i32) (struct.get $a 0 (global.get $g))))`);
    expect(engine.call(instance, "a")).toEqual([1, 0]);
    expect(engine.call(instance, "b")).toEqual([1, 0, 0]);
    expect(engine.call(instance, "c")).toEqual([3]);
    expect(engine.call(instance, "g")).toEqual([4]);
  });

  it("are not linked where the types only look alike", () => {
    const engine = new Engine();
    engine.instantiate(
      `(module (type $s (struct (field i32))) (global (export "g") (ref null $s) (ref.null $s)))`,
      "lib",
    );
    const importing = (types: string, type: string): string => `(module ${types} (import "lib" "g" (global ${type})))`;
    engine.instantiate(importing("(type $s (struct (field i32)))", "(ref null $s)"));
    engine.instantiate(importing("", "eqref"));
    for (const [types, type] of [
      ["(type $s (struct (field (mut i32))))", "(ref null $s)"],
      ["(type $s (sub (struct (field i32))))", "(ref null $s)"],
      ["(rec (type $s (struct (field i32))) (type (func)))", "(ref null $s)"],
      ["", "arrayref"],
      ["(type $s (struct (field i32)))", "(ref $s)"],
    ]) {
      expect(
        codeOf(() => engine.instantiate(importing(types, type))),
        types,
      ).toBe(ErrCode.IncompatibleImportType);
    }
  });

  it("call each other through references with subtypes", () => {
    const engine = new Engine();
    engine.instantiate(
      `(module (type $f (sub (func (result anyref)))) (type $g (sub $f (func (result i31ref))))
        (func $i (export "i") (type $g) (ref.i31 (i32.const 8)))
        (table (export "t") funcref (elem $i)))`,
      "lib",
    );
    const instance = engine.instantiate(`(module
      (type $f (sub (func (result anyref)))) (type $g (sub $f (func (result i31ref)))) (type $h (func (result i31ref)))
      (import "lib" "t" (table 1 funcref)) (import "lib" "i" (func $i (type $f)))
      (elem declare func $i)
      (func (export "indirect") (result anyref) (call_indirect (type $f) (i32.const 0)))
      (func (export "exact") (result i31ref) (call_indirect (type $g) (i32.const 0)))
      (func (export "ref") (result anyref) (call_ref $f (ref.func $i)))
      (func (export "tail") (result anyref) (return_call_ref $f (ref.func $i)))
      (func (export "wrong") (result i31ref) (call_indirect (type $h) (i32.const 0))))`);
    for (const name of ["indirect", "exact", "ref", "tail"]) {
      expect(engine.call(instance, name)[0], name).toMatchObject({ value: 8 });
    }
    expect(codeOf(() => engine.call(instance, "wrong"))).toBe(ErrCode.IndirectCallTypeMismatch);
  });
});

describe("Constant expressions", () => {
  it("make objects for globals, tables and segments", () => {
    const source = `(module
      (type $b (array i16)) (type $s (struct (field i8) (field i64) (field (ref null $b)) (field v128)))
      (type $e (struct (field (mut i32)) (field anyref)))
      (import "env" "x" (global $x externref))
      (global $array (ref $b) (array.new_fixed $b 3 (i32.const 1) (i32.const -1) (i32.const 70000)))
      (global $s (export "s") (ref $s)
        (struct.new $s (i32.const 300) (i64.const -2) (global.get $array) (v128.const i64x2 5 6)))
      (global (export "array") (ref $b) (global.get $array))
      (global (export "filled") (ref $b) (array.new $b (i32.const 7) (i32.const 2)))
      (global (export "empty") (ref $b) (array.new_default $b (i32.const 2)))
      (global (export "e") (ref $e) (struct.new_default $e))
      (global (export "i31") i31ref (ref.i31 (i32.const -1)))
      (global (export "any") anyref (any.convert_extern (global.get $x)))
      (global (export "extern") externref (extern.convert_any (global.get $s)))
      (table $t 2 4 anyref (struct.new_default $e))
      (elem (table $t) (i32.const 1) anyref (item (global.get $s)))
      (func (export "t") (param i32) (result anyref) (table.get $t (local.get 0)))
      (func (export "grow") (param anyref) (result i32) (table.grow $t (local.get 0) (i32.const 1))))`;
    const engine = new Engine();
    const env = new ModuleInstance("env");
    const value = {};
    env.addHostGlobal("x", new GlobalInstance({ valType: ValType.ExternRef, mutable: false }, value));
    engine.executor.registerModule(engine.store, env);
    const instance = engine.instantiate(source);
    const global = (name: string): Value => instance.findGlobalExports(name)?.getValue();
    const elements = (name: string): Value[] => {
      const array = global(name) as ArrayInstance;
      return Array.from({ length: array.length }, (_, i) => array.getElement(i).toValue());
    };
    const struct = global("s") as StructInstance;
    expect([0, 1, 3].map((i) => struct.getField(i).toValue())).toEqual([44, -2n, 5n + (6n << 64n)]);
    expect(struct.getField(2).toValue()).toBe(global("array"));
    expect(elements("array")).toEqual([1, 65535, 70000 - 65536]);
    expect(elements("filled")).toEqual([7, 7]);
    expect(elements("empty")).toEqual([0, 0]);
    expect([0, 1].map((i) => (global("e") as StructInstance).getField(i).toValue())).toEqual([0, null]);
    expect(global("i31")).toMatchObject({ value: -1 });
    expect(global("any")).toBe(value);
    expect(global("extern")).toBe(struct);
    expect(engine.call(instance, "t", 0)[0]).toMatchObject({ fields: [0, null] });
    expect(engine.call(instance, "t", 1)[0]).toBe(struct);
    expect(engine.call(instance, "grow", I31.of(9))).toEqual([2]);
    expect(engine.call(instance, "t", 2)[0]).toMatchObject({ value: 9 });
  });
});

describe("A run that goes over to single steps", () => {
  it("keeps the objects of all its frames, and ends at the exact instruction", () => {
    const source = `(module
      (type $node (struct (field $value i64) (field $next (ref null $node))))
      (func $build (param $n i32) (result (ref null $node))
        (if (result (ref null $node)) (local.get $n)
          (then (struct.new $node (i64.extend_i32_u (local.get $n)) (call $build (i32.sub (local.get $n) (i32.const 1)))))
          (else (ref.null $node))))
      (func (export "sum") (param $n i32) (result i64) (local $sum i64) (local $at (ref null $node))
        (local.set $at (call $build (local.get $n)))
        (block $end
          (loop $more
            (br_on_null $end (local.get $at))
            (drop)
            (local.set $sum (i64.add (local.get $sum) (struct.get $node $value (local.get $at))))
            (local.set $at (struct.get $node $next (local.get $at)))
            (br $more)))
        (local.get $sum)))`;
    const measured = meteringEngine();
    const instance = measured.instantiate(source);
    expect(measured.call(instance, "sum", 40)).toEqual([820n]);
    const { count } = measured.totals;
    for (const spare of [0, 1, 57, 300]) {
      const engine = meteringEngine({ statistics: { costLimit: BigInt(count - spare) } });
      const limited = engine.instantiate(source);
      if (spare === 0) expect(engine.call(limited, "sum", 40)).toEqual([820n]);
      else loggedBy(() => expect(codeOf(() => engine.call(limited, "sum", 40))).toBe(ErrCode.CostLimitExceeded));
      expect(engine.totals.cost).toBe(BigInt(count - spare));
    }
  });
});

describe("Value types over canonical ids", () => {
  it("let the host ask for a type of a module", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (type $s (struct (field i32)))
      (func (export "f") (param (ref null $s)) (result i32) (ref.is_null (local.get 0))))`);
    const env = new ModuleInstance("env");
    const type = indexedRefType(instance.typeIds[0], true);
    env.addHostFunction("null", new HostFunction({ params: [], results: [type] }, () => [null]));
    engine.executor.registerModule(engine.store, env);
    const user = engine.instantiate(`(module (type $s (struct (field i32)))
      (import "env" "null" (func $null (result (ref null $s))))
      (func (export "f") (result i32) (ref.is_null (call $null))))`);
    expect(engine.call(user, "f")).toEqual([1]);
  });
});
