import { describe, expect, it } from "vitest";
import { ErrCode } from "../src/common/error-code.ts";
import { ValType } from "../src/common/value-type.ts";
import type { Value } from "../src/common/wasm-value.ts";
import { HostFunction } from "../src/store/host-function.ts";
import { ModuleInstance } from "../src/store/module-instance.ts";
import { VM } from "../src/vm/vm.ts";
import { section, wasm } from "./loader/support.ts";
import { Engine, failureOf, run } from "./support/engine.ts";
import { module, validate } from "./validator/support.ts";

/**
 * What WasmEdge has got wrong and put right lately, as the reference lists it in chapter 12.3, in its order. More of each
 * stands beside the code concerned: `executor/gc-casts`, `executor/exceptions`, `executor/regressions` (13.5),
 * `validator/regressions` (13.4), `vm/vm` (13.3), `api` (13.6), `cli` and `wasi`.
 */

function codeOf(action: () => unknown): string {
  return failureOf(action).codeName;
}

describe("References that were externalized and come back", () => {
  const source = (type: string): string => `(module
    (func $back (param externref) (result anyref) (any.convert_extern (local.get 0)))
    (func (export "test") (param externref) (result i32) (ref.test ${type} (call $back (local.get 0))))
    (func (export "cast") (param externref) (result i32) (drop (ref.cast ${type} (call $back (local.get 0)))) (i32.const 1))
    (func (export "branch") (param externref) (result i32)
      (block $is (result ${type}) (drop (br_on_cast $is anyref ${type} (call $back (local.get 0)))) (return (i32.const 0)))
      (drop) (i32.const 1)))`;

  it("are null exactly where they were", () => {
    const values: Value[] = ["x", null];
    const results = (type: string, name: string): unknown[] =>
      values.map((value) => {
        try {
          return run(source(type), name, value)[0];
        } catch {
          return "trap";
        }
      });
    expect(results("(ref null any)", "test")).toEqual([1, 1]);
    expect(results("(ref any)", "test")).toEqual([1, 0]);
    expect(results("(ref null any)", "cast")).toEqual([1, 1]);
    expect(results("(ref any)", "cast")).toEqual([1, "trap"]);
    expect(results("(ref null any)", "branch")).toEqual([1, 1]);
    expect(results("(ref any)", "branch")).toEqual([1, 0]);
    expect(results("(ref null eq)", "branch")).toEqual([0, 1]);
  });
});

describe("Nulls of defined types", () => {
  it.each([
    ["a local", "(local $x (ref null $s))", "(local.get $x)"],
    ["a table slot that was never set", "", "(table.get $t (i32.const 1))"],
    ["a result", "", "(call $null)"],
    ["a global", "", "(global.get $g)"],
    ["a field", "", "(struct.get $box 0 (struct.new_default $box))"],
    ["an element of an array", "", "(array.get $a (array.new_default $a (i32.const 1)) (i32.const 0))"],
  ])("of %s is null of every type above and below, and nothing else", (_, locals, value) => {
    const types = ["(ref null $s)", "(ref null eq)", "(ref null none)", "(ref null $box)", "(ref $s)", "(ref eq)"];
    const source = `(module (type $s (struct (field i32))) (type $box (struct (field (ref null $s))))
      (type $a (array (ref null $s))) (table $t 2 (ref null $s)) (global $g (ref null $s) (ref.null $s))
      (func $null (result (ref null $s)) (ref.null $s))
      (func (export "f") (result ${"i32 ".repeat(types.length)}) ${locals}
        ${types.map((type) => `(ref.test ${type} ${value})`).join(" ")}))`;
    expect(run(source, "f")).toEqual([1, 1, 1, 1, 0, 0]);
  });
});

describe("memory.copy within a memory", () => {
  it("copies as if through a buffer, whichever way the ranges overlap", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (memory (export "m") 1) (data (i32.const 0) "0123456789")
      (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2))))`);
    const text = (): string =>
      String.fromCharCode(...(instance.findMemoryExports("m")?.getBytes(0, 10) ?? new Uint8Array(0)));
    engine.call(instance, "copy", 2, 0, 6);
    expect(text()).toBe("0101234589");
    engine.call(instance, "copy", 0, 3, 6);
    expect(text()).toBe("1234584589");
    engine.call(instance, "copy", 0, 0, 10);
    expect(text()).toBe("1234584589");
  });
});

describe("throw_ref", () => {
  it("keeps a payload that is null", () => {
    const source = `(module (type $s (struct (field i32))) (tag $t (param (ref null $s)))
      (func (export "f") (result i32)
        (struct.get $s 0
          (block $outer (result (ref null $s))
            (try_table (catch $t $outer)
              (block $inner (result (ref null $s) exnref)
                (try_table (catch_ref $t $inner) (throw $t (ref.null $s))) (unreachable))
              (throw_ref))
            (unreachable)))))`;
    expect(codeOf(() => run(source, "f"))).toBe("AccessNullStruct");
  });
});

describe("Handlers that were left", () => {
  const left: Readonly<Record<string, string>> = {
    br: "(block $out (try_table (catch_all $caught) (br $out)))",
    br_if: "(block $out (try_table (catch_all $caught) (br_if $out (i32.const 1))))",
    br_table: "(block $out (try_table (catch_all $caught) (br_table $out $out (i32.const 0))))",
    br_on_null: "(block $out (try_table (catch_all $caught) (drop (br_on_null $out (ref.null func)))))",
    "a loop's branch": `(loop $again
      (try_table (catch_all $caught)
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50)))))`,
    "a caught exception": `(block $inner (try_table (catch_all $inner) (throw $t)))`,
    "the end": "(try_table (catch_all $caught))",
    "return in a callee": "(call $returns)",
    "a tail call in a callee": "(call $tail)",
  };

  it.each(Object.entries(left))("by %s catch nothing any more", (_, body) => {
    const source = `(module (tag $t)
      (func $nothing)
      (func $returns (block $c (try_table (catch_all $c) (return))))
      (func $tail (block $c (try_table (catch_all $c) (return_call $nothing))))
      (func (export "f") (local $i i32) (block $caught ${body} (throw $t))))`;
    expect(codeOf(() => run(source, "f"))).toBe("UncaughtException");
  });
});

describe("The end of a try_table", () => {
  it("goes on behind it, with its results, whether something was caught or not", () => {
    const source = `(module (tag $t (param i32))
      (func (export "f") (param i32) (result i32)
        (i32.add (i32.const 100)
          (block $caught (result i32)
            (i32.mul (i32.const 2)
              (try_table (result i32) (catch $t $caught)
                (if (local.get 0) (then (throw $t (i32.const 5))))
                (i32.const 7)))))))`;
    expect([run(source, "f", 0), run(source, "f", 1)]).toEqual([[114], [105]]);
  });
});

describe("return_call to a host function", () => {
  it.each([
    [0, "(return_call $h (i32.const 41))", []],
    [1, "(return_call $h (local.get 0))", [41]],
    [4, "(return_call $h (local.get 2))", [1, 2, 41, 4]],
  ])("from a function of %i parameters passes its argument and returns its result", (count, body, args) => {
    const engine = new Engine();
    const seen: Value[] = [];
    const type = { params: [ValType.I32], results: [ValType.I32] };
    const host = new ModuleInstance("host");
    host.addHostFunction(
      "h",
      new HostFunction(type, (_frame, [value]) => {
        seen.push(value);
        return (value as number) + 1;
      }),
    );
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "h" (func $h (param i32) (result i32)))
      (func (export "f") ${"(param i32)".repeat(count)} (result i32) ${body})
      (func (export "g") (result i32)
        (i32.mul (call 1 ${args.map((arg) => `(i32.const ${arg})`).join(" ")}) (i32.const 10))))`);
    expect(engine.call(instance, "f", ...args)).toEqual([42]);
    expect(engine.call(instance, "g")).toEqual([420]);
    expect(seen).toEqual([41, 41]);
  });
});

describe("Modules that were accepted", () => {
  it("call_indirect on a table of structs", () => {
    const text =
      "(type $s (struct)) (type $f (func)) (table 1 (ref null $s)) (func (call_indirect (type $f) (i32.const 0)))";
    expect(codeOf(() => validate(module(text)))).toBe("TypeCheckFailed");
  });

  it("a block type in more bytes than it needs", () => {
    // Empty, i32, and funcref, each in two bytes, of which the sign alone is in the second.
    for (const first of [0x40, 0x7f, 0x70]) {
      const bytes = wasm(
        section(1, 1, 0x60, 0, 0),
        section(3, 1, 0),
        section(10, 1, 7, 0, 0x02, first | 0x80, 0x7f, 0x00, 0x0b, 0x0b),
      );
      expect(codeOf(() => validate(bytes))).toBe("MalformedValType");
    }
  });

  it("an active element segment whose elements are above the table's type", () => {
    const text = (elements: string): string =>
      `(type $s (sub (func))) (type $t (sub $s (func))) (func $f (type $s)) (table 1 (ref null $t))
       (elem (table 0) (i32.const 0) ${elements})`;
    expect(codeOf(() => validate(module(text("(ref null $s) (ref.func $f)"))))).toBe("TypeCheckFailed");
    expect(codeOf(() => validate(module(text("funcref (ref.func $f)"))))).toBe("TypeCheckFailed");
    expect(validate(module(text("(ref null $t) (ref.null $t)")))).toBeDefined();
  });
});

describe("Names", () => {
  it("of registrations: an alias is found, and can be imported from", () => {
    const vm = new VM();
    const provider = vm.registerModule("own", module('(func (export "f") (result i32) (i32.const 7))'));
    vm.registerModule("alias", provider);
    expect(vm.getRegisteredModule("alias")).toBe(provider);
    vm.loadWasm(module('(import "alias" "f" (func $f (result i32))) (func (export "g") (result i32) (call $f))'));
    vm.validate();
    vm.instantiate();
    expect(vm.execute("g")).toEqual([7]);
  });

  it("may be empty: of modules, of imports, of exports", () => {
    const engine = new Engine();
    engine.instantiate('(module (func (export "") (result i32) (i32.const 7)))', "");
    const instance = engine.instantiate(
      '(module (import "" "" (func $f (result i32))) (func (export "g") (result i32) (call $f)))',
    );
    expect(engine.call(instance, "g")).toEqual([7]);
    expect(engine.store.findModule("")).not.toBeNull();
  });
});

describe("registerModule of a VM", () => {
  it.each([
    ["MalformedMagic", Uint8Array.of(1, 2, 3, 4)],
    ["TypeCheckFailed", module("(func (result i32) (i64.const 0))")],
    ["UnknownImport", module('(import "no" "f" (func))')],
    ["Unreachable", module("(func $s unreachable) (start $s)")],
    ["MemoryOutOfBounds", module('(memory 1) (data (i32.const -1) "xx")')],
  ])("keeps the code %s", (code, bytes) => {
    expect(codeOf(() => new VM().registerModule("name", bytes))).toBe(code);
  });

  it("keeps the code of a name that is taken", () => {
    const vm = new VM();
    vm.registerModule("name", module(""));
    expect(failureOf(() => vm.registerModule("name", module(""))).code).toBe(ErrCode.ModuleNameConflict);
  });
});
