import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { type Value, WasmValue } from "../../src/common/wasm-value.ts";
import type { RuntimeConfigure } from "../../src/config/configure.ts";
import { ArrayInstance } from "../../src/store/array-instance.ts";
import { StructInstance } from "../../src/store/struct-instance.ts";
import { contextOf, Engine, failureOf, run } from "../support/engine.ts";

/** Structs and arrays: what their fields and elements keep, bulk operations, traps, and sizes that a module may ask for. */

function fails(source: string, name: string, ...params: Value[]): number {
  return failureOf(() => run(source, name, ...params)).code;
}

describe("Structs", () => {
  it("keep packed fields modulo their width and extend them with and without sign", () => {
    const source = `(module (type $s (struct (field $a (mut i8)) (field $b (mut i16))))
      (func $read (param (ref $s)) (result i32 i32 i32 i32)
        (struct.get_s $s $a (local.get 0)) (struct.get_u $s $a (local.get 0))
        (struct.get_s $s $b (local.get 0)) (struct.get_u $s $b (local.get 0)))
      (func (export "new") (param i32) (result i32 i32 i32 i32)
        (call $read (struct.new $s (local.get 0) (local.get 0))))
      (func (export "set") (param i32) (result i32 i32 i32 i32) (local $s (ref null $s))
        (local.set $s (struct.new_default $s))
        (struct.set $s $a (local.get $s) (local.get 0))
        (struct.set $s $b (local.get $s) (local.get 0))
        (call $read (ref.as_non_null (local.get $s)))))`;
    const engine = new Engine();
    const instance = engine.instantiate(source);
    for (const name of ["new", "set"]) {
      expect(engine.call(instance, name, 0x12345678)).toEqual([0x78, 0x78, 0x5678, 0x5678]);
      expect(engine.call(instance, name, 0xfedcba98)).toEqual([0x98 - 256, 0x98, 0xba98 - 65536, 0xba98]);
      expect(engine.call(instance, name, -1)).toEqual([-1, 255, -1, 65535]);
    }
  });

  it("keep fields of all types beside each other, to the last bit", () => {
    const types = ["i32", "i64", "f32", "f64", "v128", "externref", "i8", "i64"];
    const fields = types.map((type) => `(field (mut ${type}))`).join(" ");
    const operands = types.map((type) => (type === "i8" ? "i32" : type));
    const gets = types.map((type, i) => `(struct.get${type === "i8" ? "_u" : ""} $s ${i} (local.get $s))`);
    const sets = types.map((_, i) => `(struct.set $s ${i} (local.get $s) (local.get ${i}))`);
    const source = `(module (type $s (struct ${fields}))
      (func (export "new") (param ${operands.join(" ")}) (result ${operands.join(" ")}) (local $s (ref null $s))
        (local.set $s (struct.new $s ${types.map((_, i) => `(local.get ${i})`).join(" ")})) ${gets.join(" ")})
      (func (export "set") (param ${operands.join(" ")}) (result ${operands.join(" ")}) (local $s (ref null $s))
        (local.set $s (struct.new_default $s)) ${sets.join(" ")} ${gets.join(" ")})
      (func (export "default") (result ${operands.join(" ")}) (local $s (ref null $s))
        (local.set $s (struct.new_default $s)) ${gets.join(" ")}))`;
    const engine = new Engine();
    const instance = engine.instantiate(source);
    const object = {};
    const values = [
      WasmValue.i32(-0x80000000),
      WasmValue.i64(-0x123456789abcdef0n),
      WasmValue.f32Bits(0x7fa00001),
      WasmValue.f64Bits(0xfff4000000000001n),
      WasmValue.v128(0xf0e0d0c0b0a090807060504030201001n),
      WasmValue.externRef(object),
      WasmValue.i32(200),
      WasmValue.i64(2n ** 63n - 1n),
    ];
    for (const name of ["new", "set"]) {
      const results = engine.callTyped(instance, name, ...values);
      expect(results.map((value) => value.words)).toEqual(values.map((value) => value.words));
      expect(results[5].reference).toBe(object);
    }
    expect(engine.call(instance, "default")).toEqual([0, 0n, 0, 0, 0n, null, 0, 0n]);
  });

  it("of null trap with AccessNullStruct", () => {
    const source = `(module (type $s (struct (field (mut i32)) (field (mut i64)) (field (mut i8)) (field (mut anyref)) (field (mut v128))))
      (func (export "i32") (drop (struct.get $s 0 (ref.null $s))))
      (func (export "i64") (drop (struct.get $s 1 (ref.null $s))))
      (func (export "i8") (drop (struct.get_s $s 2 (ref.null $s))))
      (func (export "any") (drop (struct.get $s 3 (ref.null $s))))
      (func (export "v128") (drop (struct.get $s 4 (ref.null $s))))
      (func (export "set i32") (struct.set $s 0 (ref.null $s) (i32.const 0)))
      (func (export "set i64") (struct.set $s 1 (ref.null $s) (i64.const 0)))
      (func (export "set i8") (struct.set $s 2 (ref.null $s) (i32.const 0)))
      (func (export "set any") (struct.set $s 3 (ref.null $s) (ref.null any)))
      (func (export "set v128") (struct.set $s 4 (ref.null $s) (v128.const i64x2 0 0))))`;
    for (const type of ["i32", "i64", "i8", "any", "v128"]) {
      expect(fails(source, type), type).toBe(ErrCode.AccessNullStruct);
      expect(fails(source, `set ${type}`), type).toBe(ErrCode.AccessNullStruct);
    }
  });
});

/** A module with functions on arrays of one element type; `T` is the type of operands. */
function arrayModule(element: string, operand: string, read = "array.get"): string {
  return `(module (type $a (array (mut ${element})))
    (func (export "new") (param ${operand} i32) (result (ref $a)) (array.new $a (local.get 0) (local.get 1)))
    (func (export "default") (param i32) (result (ref $a)) (array.new_default $a (local.get 0)))
    (func (export "get") (param (ref null $a) i32) (result ${operand}) (${read} $a (local.get 0) (local.get 1)))
    (func (export "set") (param (ref null $a) i32 ${operand}) (array.set $a (local.get 0) (local.get 1) (local.get 2)))
    (func (export "len") (param (ref null $a)) (result i32) (array.len (local.get 0)))
    (func (export "fill") (param (ref null $a) i32 ${operand} i32)
      (array.fill $a (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
    (func (export "copy") (param (ref null $a) i32 (ref null $a) i32 i32)
      (array.copy $a $a (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4))))`;
}

/** An array's elements, read through the API. */
function elementsOf(array: Value): Value[] {
  if (!(array instanceof ArrayInstance)) throw new Error("no array");
  return Array.from({ length: array.length }, (_, i) => array.getElement(i).toValue());
}

const object = {};

const elementKinds: readonly (readonly [element: string, operand: string, values: readonly [Value, Value, Value]])[] = [
  ["i8", "i32", [1, 200, 255]],
  ["i16", "i32", [1, 40000, 65535]],
  ["i32", "i32", [1, -5, 0x7fffffff]],
  ["i64", "i64", [1n, -5n, 2n ** 40n]],
  ["f32", "f32", [0.5, -0, Number.POSITIVE_INFINITY]],
  ["f64", "f64", [0.1, -1e300, 5e-324]],
  ["v128", "v128", [1n, 2n ** 127n, 2n ** 64n + 3n]],
  ["externref", "externref", ["one", 2, object]],
];

describe.each(elementKinds)("Arrays of %s", (element, operand, [a, b, c]) => {
  const engine = new Engine();
  const packed = element === "i8" || element === "i16";
  const instance = engine.instantiate(arrayModule(element, operand, packed ? "array.get_u" : "array.get"));
  const call = (name: string, ...params: Value[]): Value => engine.call(instance, name, ...params)[0];
  const make = (...values: Value[]): Value => {
    const array = call("default", values.length);
    values.forEach((value, i) => {
      call("set", array, i, value);
    });
    return array;
  };
  const zero = elementsOf(call("default", 1))[0];

  it("are made, read and written", () => {
    const array = make(a, b, c);
    expect(call("len", array)).toBe(3);
    expect([0, 1, 2].map((i) => call("get", array, i))).toEqual([a, b, c]);
    expect(elementsOf(array)).toEqual([a, b, c]);
    expect(elementsOf(call("new", b, 3))).toEqual([b, b, b]);
    expect(elementsOf(call("new", b, 0))).toEqual([]);
    expect(zero).toEqual(operand === "externref" ? null : typeof a === "bigint" ? 0n : 0);
  });

  it("are filled in a part, of whatever length", () => {
    for (let count = 0; count <= 5; count++) {
      const array = call("default", 7);
      call("fill", array, 1, c, count);
      expect(elementsOf(array)).toEqual(Array.from({ length: 7 }, (_, i) => (i >= 1 && i <= count ? c : zero)));
    }
  });

  it("are copied, within themselves in both directions with overlap", () => {
    const forwards = make(a, b, c, zero, zero);
    call("copy", forwards, 1, forwards, 0, 4);
    expect(elementsOf(forwards)).toEqual([a, a, b, c, zero]);
    const backwards = make(a, b, c, zero, a);
    call("copy", backwards, 0, backwards, 1, 4);
    expect(elementsOf(backwards)).toEqual([b, c, zero, a, a]);
    const other = make(c, c, c);
    call("copy", other, 1, forwards, 2, 2);
    expect(elementsOf(other)).toEqual([c, b, c]);
  });

  it("trap outside of their bounds, with nothing changed", () => {
    const array = make(a, b, c);
    const cases: readonly Value[][] = [
      ["get", array, 3],
      ["get", array, -1],
      ["set", array, 3, a],
      ["set", array, 0x80000000, a],
      ["fill", array, 1, a, 3],
      ["fill", array, 4, a, 0],
      ["fill", array, 0xffffffff, a, 1],
      ["copy", array, 1, array, 0, 3],
      ["copy", array, 0, array, 1, 3],
      ["copy", array, 4, array, 0, 0],
      ["copy", array, 0, array, 4, 0],
      ["copy", array, 0xffffffff, array, 0, 2],
      ["copy", array, 0, array, 2, 0xffffffff],
    ];
    for (const [name, ...params] of cases) {
      expect(failureOf(() => call(name as string, ...params)).code, String(name)).toBe(ErrCode.ArrayOutOfBounds);
    }
    expect(elementsOf(array)).toEqual([a, b, c]);
    // The end itself is no element, but a place for nothing.
    call("fill", array, 3, a, 0);
    call("copy", array, 3, array, 3, 0);
  });

  it("of null trap with AccessNullArray", () => {
    const array = make(a);
    for (const [name, ...params] of [
      ["get", null, 0],
      ["set", null, 0, a],
      ["len", null],
      ["fill", null, 0, a, 0],
      ["copy", null, 0, array, 0, 0],
      ["copy", array, 0, null, 0, 0],
    ] as Value[][]) {
      expect(failureOf(() => call(name as string, ...params)).code, String(name)).toBe(ErrCode.AccessNullArray);
    }
  });
});

describe("Arrays", () => {
  it("tell the range and the bound of an access outside", () => {
    const error = failureOf(() =>
      run(
        `(module (type $a (array (mut i64))) (func (export "f")
          (array.fill $a (array.new_default $a (i32.const 5)) (i32.const 3) (i64.const 0) (i32.const 4))))`,
        "f",
      ),
    );
    expect(contextOf(error, "boundary")).toEqual([{ kind: "boundary", offset: 3n, length: 4n, limit: 5n }]);
    expect(contextOf(error, "instruction")).toMatchObject([{ name: "array.fill" }]);
  });

  it("extend packed elements with sign", () => {
    for (const [element, expected] of [
      ["i8", [-1, -128, 127]],
      ["i16", [-1, -32768, 32767]],
    ] as const) {
      const [high, low] = element === "i8" ? [0x80, 0x7f] : [0x8000, 0x7fff];
      const get = (i: number): string => `(array.get_s $a (local.get $a) (i32.const ${i}))`;
      const source = `(module (type $a (array ${element})) (func (export "f") (result i32 i32 i32) (local $a (ref null $a))
        (local.set $a (array.new_fixed $a 3 (i32.const -1) (i32.const ${high}) (i32.const ${low})))
        ${get(0)} ${get(1)} ${get(2)}))`;
      expect(run(source, "f")).toEqual(expected);
    }
  });

  it("are made of a fixed number of values of any type", () => {
    const source = `(module (type $l (array i64)) (type $v (array v128)) (type $r (array anyref)) (type $b (array i8))
      (func (export "l") (result (ref $l)) (array.new_fixed $l 3 (i64.const 1) (i64.const -2) (i64.const 3)))
      (func (export "v") (result (ref $v)) (array.new_fixed $v 2 (v128.const i64x2 1 2) (v128.const i64x2 3 4)))
      (func (export "r") (result (ref $r)) (array.new_fixed $r 2 (ref.null any) (array.new_fixed $b 0)))
      (func (export "b") (param i32) (result (ref $b)) (array.new_fixed $b 2 (local.get 0) (i32.const 257))))`;
    expect(elementsOf(run(source, "l")[0])).toEqual([1n, -2n, 3n]);
    expect(elementsOf(run(source, "v")[0])).toEqual([1n + (2n << 64n), 3n + (4n << 64n)]);
    expect(elementsOf(run(source, "b", 511)[0])).toEqual([255, 1]);
    const [nothing, inner] = elementsOf(run(source, "r")[0]);
    expect([nothing, elementsOf(inner)]).toEqual([null, []]);
  });

  it("are made and written from data, in whole elements", () => {
    const source = `(module (type $w (array (mut i16))) (type $l (array (mut i64))) (type $f (array (mut f32)))
      (data $d "\\01\\02\\03\\04\\05\\06\\07\\08\\09\\0a")
      (func (export "w") (param i32 i32) (result (ref $w)) (array.new_data $w $d (local.get 0) (local.get 1)))
      (func (export "l") (param i32 i32) (result (ref $l)) (array.new_data $l $d (local.get 0) (local.get 1)))
      (func (export "init") (param (ref null $w) i32 i32 i32)
        (array.init_data $w $d (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
      (func (export "drop") (data.drop $d)))`;
    const engine = new Engine();
    const instance = engine.instantiate(source);
    const call = (name: string, ...params: Value[]): Value => engine.call(instance, name, ...params)[0];
    const code = (name: string, ...params: Value[]): number => failureOf(() => call(name, ...params)).code;
    const words = call("w", 1, 3);
    expect(elementsOf(words)).toEqual([0x0302, 0x0504, 0x0706]);
    expect(elementsOf(call("l", 2, 1))).toEqual([0x0a09080706050403n]);
    expect(elementsOf(call("w", 10, 0))).toEqual([]);
    call("init", words, 1, 8, 1);
    expect(elementsOf(words)).toEqual([0x0302, 0x0a09, 0x0706]);
    expect(code("w", 1, 5)).toBe(ErrCode.MemoryOutOfBounds);
    expect(code("l", 3, 1)).toBe(ErrCode.MemoryOutOfBounds);
    expect(code("w", 11, 0)).toBe(ErrCode.MemoryOutOfBounds);
    // A length whose bytes are 2^32 and a few: not to be taken for the few.
    expect(code("l", 0, 0x20000001)).toBe(ErrCode.MemoryOutOfBounds);
    expect(code("init", words, 1, 8, 2)).toBe(ErrCode.MemoryOutOfBounds);
    // The array's bounds are looked at first.
    expect(code("init", words, 2, 8, 2)).toBe(ErrCode.ArrayOutOfBounds);
    expect(code("init", null, 0, 0, 0)).toBe(ErrCode.AccessNullArray);
    expect(elementsOf(words)).toEqual([0x0302, 0x0a09, 0x0706]);
    call("drop");
    expect(elementsOf(call("w", 0, 0))).toEqual([]);
    expect(code("w", 0, 1)).toBe(ErrCode.MemoryOutOfBounds);
  });

  it("are made and written from element segments, of functions and of expressions", () => {
    const source = `(module (type $f (array (mut funcref))) (type $r (array (mut anyref)))
      (elem $functions func $one $two)
      (elem $values anyref (item (ref.i31 (i32.const 7))) (item (ref.null any)) (item (array.new_default $r (i32.const 1))))
      (func $one (export "one")) (func $two (export "two"))
      (func (export "f") (param i32 i32) (result (ref $f)) (array.new_elem $f $functions (local.get 0) (local.get 1)))
      (func (export "r") (param i32 i32) (result (ref $r)) (array.new_elem $r $values (local.get 0) (local.get 1)))
      (func (export "init") (param (ref null $r) i32 i32 i32)
        (array.init_elem $r $values (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
      (func (export "drop") (elem.drop $values)))`;
    const engine = new Engine();
    const instance = engine.instantiate(source);
    const call = (name: string, ...params: Value[]): Value => engine.call(instance, name, ...params)[0];
    const code = (name: string, ...params: Value[]): number => failureOf(() => call(name, ...params)).code;
    expect(elementsOf(call("f", 0, 2))).toEqual([instance.findFuncExports("one"), instance.findFuncExports("two")]);
    const array = call("r", 1, 2);
    const [nothing, inner] = elementsOf(array);
    expect([nothing, elementsOf(inner)]).toEqual([null, [null]]);
    // The segment's references were made once, at instantiation.
    expect(elementsOf(call("r", 2, 1))[0]).toBe(inner);
    call("init", array, 0, 2, 1);
    expect(elementsOf(array)).toEqual([inner, inner]);
    expect(code("f", 1, 2)).toBe(ErrCode.TableOutOfBounds);
    expect(code("r", 4, 0)).toBe(ErrCode.TableOutOfBounds);
    expect(code("init", array, 0, 2, 2)).toBe(ErrCode.TableOutOfBounds);
    expect(code("init", array, 1, 2, 2)).toBe(ErrCode.ArrayOutOfBounds);
    expect(code("init", null, 0, 0, 0)).toBe(ErrCode.AccessNullArray);
    call("drop");
    expect(code("r", 0, 1)).toBe(ErrCode.TableOutOfBounds);
  });
});

describe("Sizes that a module asks for", () => {
  const hostile = (element: string, make: string): string =>
    `(module (type $a (array (mut ${element}))) (func (export "f") (param i32) (result i32) (array.len ${make})))`;

  it("end with GCObjectSizeLimit beyond the size of one object, whatever the elements are", () => {
    for (const element of ["i8", "i16", "i32", "i64", "v128", "anyref"]) {
      const source = hostile(element, "(array.new_default $a (local.get 0))");
      for (const length of [0xffffffff, 0x80000000, 0x10000001]) {
        const error = failureOf(() => run(source, "f", length));
        expect(error.code, `${element} ${length}`).toBe(ErrCode.GCObjectSizeLimit);
        expect(contextOf(error, "instruction")).toMatchObject([{ name: "array.new_default" }]);
        expect(contextOf(error, "note")[0].text).toMatch(/^An object would take \d+ bytes, the limit is 268435456\.$/);
      }
    }
    expect(fails(hostile("i64", "(array.new $a (i64.const 1) (local.get 0))"), "f", -1)).toBe(
      ErrCode.GCObjectSizeLimit,
    );
  });

  it("end with GCAllocationFailed where the limit allows what the host cannot give", () => {
    const engine = new Engine({ runtime: { maxGCObjectBytes: Number.POSITIVE_INFINITY } });
    for (const element of ["v128", "anyref"]) {
      const instance = engine.instantiate(hostile(element, "(array.new_default $a (local.get 0))"));
      const error = failureOf(() => engine.call(instance, "f", 0xffffffff));
      expect(error.code, element).toBe(ErrCode.GCAllocationFailed);
    }
  });

  it("may be as large as the limit says", () => {
    const source = hostile("i8", "(array.new_default $a (local.get 0))");
    const engine = new Engine({ runtime: { maxGCObjectBytes: 1000 } });
    const instance = engine.instantiate(source);
    expect(engine.call(instance, "f", 1000)).toEqual([1000]);
    expect(failureOf(() => engine.call(instance, "f", 1001)).code).toBe(ErrCode.GCObjectSizeLimit);
  });

  it("are added up over a run, and each run begins anew", () => {
    const source = `(module (type $s (struct (field i64)))
      (func (export "f") (param $n i32)
        (loop $more (drop (struct.new $s (i64.const 1)))
          (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`;
    const runtime: Partial<RuntimeConfigure> = { maxGCBytesPerRun: 100_000 };
    const engine = new Engine({ runtime });
    const instance = engine.instantiate(source);
    for (let i = 0; i < 5; i++) engine.call(instance, "f", 1000);
    const error = failureOf(() => engine.call(instance, "f", 1_000_000));
    expect(error.headline()).toBe(
      "execution failed: garbage-collected objects exceed the configured limit, Code: 0x4e1",
    );
    expect(contextOf(error, "note")[0].text).toMatch(/^All objects of the run would take/);
  });

  it("are counted over a run, and each run begins anew", () => {
    const source = `(module (type $s (struct)) (type $a (array i8))
      (func (export "f") (param $n i32)
        (loop $more (drop (struct.new $s)) (drop (array.new_default $a (i32.const 0)))
          (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`;
    const engine = new Engine({ runtime: { maxGCObjectsPerRun: 20 } });
    const instance = engine.instantiate(source);
    for (let i = 0; i < 3; i++) expect(engine.call(instance, "f", 10)).toEqual([]);
    const error = failureOf(() => engine.call(instance, "f", 11));
    expect(error.headline()).toBe("execution failed: too many garbage-collected objects, Code: 0x4e5");
    expect(contextOf(error, "note")[0].text).toBe("The run may make 20 objects.");
    expect(contextOf(error, "instruction")).toMatchObject([{ name: "struct.new" }]);
  });

  it("count in constant expressions too", () => {
    const source = `(module (type $a (array i64)) (global (ref $a) (array.new_default $a (i32.const -1))))`;
    expect(failureOf(() => new Engine().instantiate(source)).code).toBe(ErrCode.GCObjectSizeLimit);
  });
});

describe("Objects", () => {
  it("that are dropped are collected: many more than fit are made", () => {
    const source = `(module (type $s (struct (field (mut (ref null $s))) (field i64)))
      (func (export "f") (param $n i32) (result i64) (local $s (ref null $s))
        (loop $more
          (local.set $s (struct.new $s (ref.null $s) (i64.extend_i32_u (local.get $n))))
          (struct.set $s 0 (local.get $s) (local.get $s))
          (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (struct.get $s 1 (local.get $s))))`;
    expect(run(source, "f", 300_000)).toEqual([1n]);
  });

  it("show their fields to the host", () => {
    const source = `(module (type $s (struct (field i8) (field f64) (field v128) (field externref)))
      (func (export "f") (result anyref)
        (struct.new $s (i32.const 300) (f64.const 0.5) (v128.const i64x2 1 2) (ref.null extern))))`;
    const [struct] = run(source, "f");
    if (!(struct instanceof StructInstance)) throw new Error("no struct");
    expect(struct.fieldCount).toBe(4);
    expect([0, 1, 2, 3].map((i) => struct.getField(i).toValue())).toEqual([44, 0.5, 1n + (2n << 64n), null]);
    expect(failureOf(() => struct.getField(4)).code).toBe(ErrCode.WrongInstanceIndex);
  });

  it("are counted over an instantiation", () => {
    const engine = new Engine({ runtime: { maxGCObjectsPerRun: 2 } });
    const source = (globals: number): string =>
      `(module (type $s (struct)) ${"(global (ref $s) (struct.new $s))".repeat(globals)})`;
    engine.instantiate(source(2));
    expect(failureOf(() => engine.instantiate(source(3))).code).toBe(ErrCode.GCObjectCountLimit);
  });
});
