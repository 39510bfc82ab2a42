import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { I31 } from "../../src/store/i31.ts";
import { contextOf, Engine, failureOf, run } from "../support/engine.ts";

/** Tests, casts and branches on types; null above all. WasmEdge test/executor/ExecutorRegression, and what it leaves out. */

/** The results of a function without parameters whose body is `body`. */
function results(definitions: string, types: string, body: string): Value[] {
  return run(`(module ${definitions} (func (export "f") (result ${types}) ${body}))`, "f");
}

const types = `
  (type $s (sub (struct (field i32))))
  (type $t (sub $s (struct (field i32 i64))))
  (type $a (array (mut i8)))
  (type $f (func))`;

describe("ref.test", () => {
  it("tells an externalized reference from null, as a nullable type and as one that is not (RefTest)", () => {
    const tests = `(ref.test (ref null extern) (local.get $x)) (ref.test (ref extern) (local.get $x))`;
    const of = (make: string): Value[] =>
      results(types, "i32 i32", `(local $x externref) (local.set $x (extern.convert_any ${make})) ${tests}`);
    expect(of("(struct.new $s (i32.const 1))")).toEqual([1, 1]);
    expect(of("(ref.i31 (i32.const 1))")).toEqual([1, 1]);
    expect(of("(ref.null any)")).toEqual([1, 0]);
    expect(of("(any.convert_extern (ref.null extern))")).toEqual([1, 0]);
    expect(of("(any.convert_extern (extern.convert_any (array.new_fixed $a 0)))")).toEqual([1, 1]);
  });

  it("takes the null of a local of a concrete type for null of any type of its hierarchy (NullLocalConcreteType)", () => {
    const of = (type: string, top: string): Value[] =>
      results(
        types,
        "i32 i32 i32",
        `(local $x (ref null ${type}))
         (ref.test (ref null ${type}) (local.get $x))
         (ref.test (ref null ${top}) (local.get $x))
         (ref.test (ref ${type}) (local.get $x))`,
      );
    expect(of("$s", "eq")).toEqual([1, 1, 0]);
    expect(of("$s", "none")).toEqual([1, 1, 0]);
    expect(of("$a", "array")).toEqual([1, 1, 0]);
    expect(of("$f", "func")).toEqual([1, 1, 0]);
    expect(of("$f", "nofunc")).toEqual([1, 1, 0]);
  });

  it("takes nulls of tables, globals and results for null too, and no slot of a table for anything else", () => {
    const definitions = `${types}
      (table $t 3 (ref null $s))
      (global $g (ref null $s) (ref.null $s))
      (func $none (result (ref null $s)) (ref.null none))`;
    for (const source of ["(table.get $t (i32.const 2))", "(global.get $g)", "(call $none)"]) {
      const tests = `(ref.test (ref null eq) ${source}) (ref.test (ref $s) ${source}) (ref.is_null ${source})`;
      expect(results(definitions, "i32 i32 i32", tests), source).toEqual([1, 0, 1]);
    }
  });

  it("places each kind of object below the types that it has, and below no other", () => {
    const kinds = {
      struct: "(struct.new $t (i32.const 1) (i64.const 2))",
      array: "(array.new_default $a (i32.const 3))",
      i31: "(ref.i31 (i32.const 4))",
    };
    const wanted = ["any", "eq", "i31", "struct", "array", "none", "$s", "$t", "$a"];
    const of = (make: string): string[] => {
      const tests = wanted.map((type) => `(ref.test (ref ${type}) (local.get $x))`).join(" ");
      const bits = results(
        types,
        wanted.map(() => "i32").join(" "),
        `(local $x anyref) (local.set $x ${make}) ${tests}`,
      );
      return wanted.filter((_, i) => bits[i] === 1);
    };
    expect(of(kinds.struct)).toEqual(["any", "eq", "struct", "$s", "$t"]);
    expect(of("(struct.new $s (i32.const 1))")).toEqual(["any", "eq", "struct", "$s"]);
    expect(of(kinds.array)).toEqual(["any", "eq", "array", "$a"]);
    expect(of(kinds.i31)).toEqual(["any", "eq", "i31"]);
  });

  it("finds a host value that was internalized in any, and in nothing below", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (type $s (struct (field i32)))
      (func (export "f") (param externref) (result i32 i32 i32 i32 i32) (local $x anyref)
        (local.set $x (any.convert_extern (local.get 0)))
        (ref.test (ref any) (local.get $x)) (ref.test (ref eq) (local.get $x)) (ref.test (ref i31) (local.get $x))
        (ref.test (ref struct) (local.get $x)) (ref.test (ref $s) (local.get $x))))`);
    for (const value of [5, 0, "", false, Symbol.iterator, {}, { typeId: 0, fields: [] }, 1n]) {
      expect(engine.call(instance, "f", value), String(value)).toEqual([1, 0, 0, 0, 0]);
    }
    expect(engine.call(instance, "f", null)).toEqual([0, 0, 0, 0, 0]);
    expect(engine.call(instance, "f", I31.of(5))).toEqual([1, 1, 1, 0, 0]);
    const func = instance.findFuncExports("f");
    expect(engine.call(instance, "f", func)).toEqual([1, 0, 0, 0, 0]);
  });

  it("looks at a function's declared supertypes", () => {
    const definitions = `
      (type $f (sub (func))) (type $g (sub $f (func))) (type $other (func (param i32)))
      (elem declare func $h) (func $h (type $g))`;
    const tests = ["$f", "$g", "$other", "func", "nofunc"].map((type) => `(ref.test (ref ${type}) (local.get $x))`);
    expect(
      results(definitions, "i32 i32 i32 i32 i32", `(local $x funcref) (local.set $x (ref.func $h)) ${tests.join(" ")}`),
    ).toEqual([1, 1, 0, 1, 0]);
  });
});

describe("Locals of reference types", () => {
  it("are null at each call, wherever they stand among others, whatever the frame held before", () => {
    const source = `(module (type $s (struct))
      (func $fill (result i32) (local anyref anyref anyref anyref anyref anyref anyref anyref)
        ${[0, 1, 2, 3, 4, 5, 6, 7].map((i) => `(local.set ${i} (ref.i31 (i32.const 1)))`).join(" ")}
        (ref.is_null (local.get 7)))
      (func $look (result i32) (local i32 anyref (ref null $s) i64 externref v128 funcref anyref (ref null $s) f32 eqref)
        (i32.and (ref.is_null (local.get 1)) (i32.and (ref.is_null (local.get 2)) (i32.and (ref.is_null (local.get 4))
        (i32.and (ref.is_null (local.get 6)) (i32.and (ref.is_null (local.get 7)) (i32.and (ref.is_null (local.get 8))
        (ref.is_null (local.get 10)))))))))
      (func (export "f") (result i32 i32) (call $fill) (call $look)))`;
    expect(run(source, "f")).toEqual([0, 1]);
  });
});

describe("ref.cast", () => {
  it("hands on what has the type, null included where the type has it", () => {
    expect(
      results(types, "i32", "(struct.get $s 0 (ref.cast (ref $s) (struct.new $t (i32.const 7) (i64.const 0))))"),
    ).toEqual([7]);
    expect(results(types, "i32", "(ref.is_null (ref.cast (ref null $t) (ref.null any)))")).toEqual([1]);
    expect(results(types, "i32", "(ref.is_null (ref.cast (ref null none) (ref.null any)))")).toEqual([1]);
  });

  it("traps with CastFailed and both types otherwise, in the words of the casting module", () => {
    const definitions = `(type $unused (struct (field f64))) ${types}`;
    const failure = (body: string): unknown => {
      const error = failureOf(() => results(definitions, "anyref", body));
      expect(error.code).toBe(ErrCode.CastFailed);
      expect(contextOf(error, "instruction")).toMatchObject([{ name: expect.stringMatching(/^ref\.cast( null)?$/) }]);
      return error
        .lines()
        .find((line) => line.includes("Mismatched"))
        ?.trim();
    };
    const mismatch = (expected: string, got: string): string =>
      `Mismatched value type. Expected: ${expected} , Got: ${got}`;
    expect(failure("(ref.cast (ref $t) (struct.new $s (i32.const 1)))")).toBe(
      mismatch("ref type_index[2]", "ref type_index[1]"),
    );
    expect(failure("(ref.cast (ref $s) (ref.null any))")).toBe(mismatch("ref type_index[1]", "ref_null none"));
    expect(failure("(ref.cast i31ref (array.new_fixed $a 0))")).toBe(mismatch("ref_null i31", "ref type_index[3]"));
    expect(failure("(ref.cast (ref none) (ref.i31 (i32.const 0)))")).toBe(mismatch("ref none", "ref i31"));
  });
});

describe("br_on_cast and br_on_cast_fail", () => {
  it("go where the null goes, and take the reference along either way (BrOnCast)", () => {
    const module = (from: string, to: string, make: string): string => `
      (func $cast (export "cast") (result i32)
        (block $hit (result (ref null any))
          (drop (br_on_cast $hit ${from} ${to} ${make}))
          (return (i32.const 0)))
        drop (i32.const 1))
      (func $fail (export "fail") (result i32)
        (block $miss (result (ref null any))
          (drop (br_on_cast_fail $miss ${from} ${to} ${make}))
          (return (i32.const 1)))
        drop (i32.const 0))`;
    const of = (from: string, to: string, make: string): Value[] => [
      ...run(`(module ${types} ${module(from, to, make)})`, "cast"),
      ...run(`(module ${types} ${module(from, to, make)})`, "fail"),
    ];
    expect(of("anyref", "(ref null $s)", "(ref.null any)")).toEqual([1, 1]);
    expect(of("anyref", "(ref $s)", "(ref.null any)")).toEqual([0, 0]);
    expect(of("anyref", "(ref $s)", "(struct.new $s (i32.const 1))")).toEqual([1, 1]);
    expect(of("anyref", "(ref $t)", "(struct.new $s (i32.const 1))")).toEqual([0, 0]);
    expect(of("anyref", "(ref null i31)", "(ref.i31 (i32.const 1))")).toEqual([1, 1]);
    expect(of("(ref null $s)", "(ref $s)", "(ref.null $s)")).toEqual([0, 0]);
  });

  it("carry other values in their places, whichever way is taken", () => {
    const source = `(module ${types}
      (func (export "f") (param $x anyref) (result i32 i64 i32)
        (local $n i32)
        (block $hit (result i32 i64 (ref $s))
          (i32.const 10) (i64.const 20) (local.get $x)
          (br_on_cast $hit anyref (ref $s))
          (drop)
          (local.set $n (i32.const -1))
          (drop) (drop)
          (return (i32.const 1) (i64.const 2) (local.get $n)))
        (struct.get $s 0))
      (func (export "make") (result anyref) (struct.new $t (i32.const 30) (i64.const 0))))`;
    const engine = new Engine();
    const instance = engine.instantiate(source);
    expect(engine.call(instance, "f", ...engine.call(instance, "make"))).toEqual([10, 20n, 30]);
    expect(engine.call(instance, "f", null)).toEqual([1, 2n, -1]);
    expect(engine.call(instance, "f", I31.of(1))).toEqual([1, 2n, -1]);
  });

  it("leave the operand that is a local, and a later change of the local does not reach it", () => {
    const source = `(module ${types}
      (func (export "f") (result i32) (local $x anyref)
        (local.set $x (ref.i31 (i32.const 5)))
        (block $hit (result (ref i31))
          (local.get $x)
          (local.set $x (ref.null any))
          (br_on_cast $hit anyref (ref i31))
          unreachable)
        (i31.get_s)))`;
    expect(run(source, "f")).toEqual([5]);
  });

  it("go around a loop until the cast decides", () => {
    const source = `(module
      (type $node (struct (field $next (ref null eq)) (field $value i32)))
      (func $list (param $n i32) (result (ref null eq)) (local $list (ref null eq))
        (local.set $list (ref.i31 (local.get $n)))
        (loop $more
          (if (i32.eqz (local.get $n)) (then (return (local.get $list))))
          (local.set $list (struct.new $node (local.get $list) (local.get $n)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $more))
        unreachable)
      (func (export "sum") (param $n i32) (result i32) (local $sum i32) (local $node (ref null $node))
        (call $list (local.get $n))
        (loop $walk (param (ref null eq)) (result i32)
          (block $leaf (param (ref null eq)) (result (ref null eq))
            (br_on_cast_fail $leaf (ref null eq) (ref $node))
            (local.set $node)
            (local.set $sum (i32.add (local.get $sum) (struct.get $node $value (local.get $node))))
            (struct.get $node $next (local.get $node))
            (br $walk))
          (i31.get_u (ref.cast (ref i31)))
          (i32.add (local.get $sum)))))`;
    expect(run(source, "sum", 1000)).toEqual([501500]);
  });
});

describe("ref.eq", () => {
  it("compares i31 references by value, objects by identity, and takes all nulls for one", () => {
    const of = (a: string, b: string): Value =>
      results(types, "i32", `(local $s eqref) (local.set $s (struct.new $s (i32.const 1))) (ref.eq ${a} ${b})`)[0];
    expect(of("(ref.i31 (i32.const 100000))", "(ref.i31 (i32.const 100000))")).toBe(1);
    expect(of("(ref.i31 (i32.const 0x80000001))", "(ref.i31 (i32.const 1))")).toBe(1);
    expect(of("(ref.i31 (i32.const 1))", "(ref.i31 (i32.const 2))")).toBe(0);
    expect(of("(local.get $s)", "(local.get $s)")).toBe(1);
    expect(of("(local.get $s)", "(struct.new $s (i32.const 1))")).toBe(0);
    expect(of("(ref.null eq)", "(ref.null i31)")).toBe(1);
    expect(of("(ref.null eq)", "(ref.i31 (i32.const 0))")).toBe(0);
  });

  it("finds an object again after it was outside", () => {
    expect(
      results(
        types,
        "i32",
        `(local $s (ref null $s)) (local.set $s (struct.new $s (i32.const 1)))
         (ref.eq (local.get $s) (ref.cast (ref eq) (any.convert_extern (extern.convert_any (local.get $s)))))`,
      ),
    ).toEqual([1]);
  });
});

describe("i31", () => {
  it("keeps 31 bits, read with and without sign", () => {
    const source = `(module (func (export "f") (param i32) (result i32 i32)
      (i31.get_s (ref.i31 (local.get 0))) (i31.get_u (ref.i31 (local.get 0)))))`;
    const of = (value: number): Value[] => run(source, "f", value);
    expect(of(0)).toEqual([0, 0]);
    expect(of(-1)).toEqual([-1, 0x7fffffff]);
    expect(of(0x3fffffff)).toEqual([0x3fffffff, 0x3fffffff]);
    expect(of(0x40000000)).toEqual([-0x40000000, 0x40000000]);
    expect(of(0x7fffffff)).toEqual([-1, 0x7fffffff]);
    expect(of(-0x80000000)).toEqual([0, 0]);
  });

  it("of null traps with AccessNullI31", () => {
    for (const get of ["i31.get_s", "i31.get_u"]) {
      const error = failureOf(() => results("", "i32", `(${get} (ref.null i31))`));
      expect(error.code).toBe(ErrCode.AccessNullI31);
      expect(contextOf(error, "instruction")).toMatchObject([{ name: get }]);
    }
  });
});
