import { describe, expect, it } from "vitest";
import { createWebAssembly } from "../../src/js-api/namespace.ts";
import { binary, type Exports, thrownBy } from "./support.ts";

const WebAssembly = createWebAssembly();

const text = `(module
  (type $codes (array (mut i16)))
  (import "wasm:js-string" "cast" (func $cast (param externref) (result (ref extern))))
  (import "wasm:js-string" "test" (func $test (param externref) (result i32)))
  (import "wasm:js-string" "fromCharCodeArray" (func $fromArray (param (ref null $codes) i32 i32) (result (ref extern))))
  (import "wasm:js-string" "intoCharCodeArray" (func $intoArray (param externref (ref null $codes) i32) (result i32)))
  (import "wasm:js-string" "fromCharCode" (func $fromCharCode (param i32) (result (ref extern))))
  (import "wasm:js-string" "fromCodePoint" (func $fromCodePoint (param i32) (result (ref extern))))
  (import "wasm:js-string" "charCodeAt" (func $charCodeAt (param externref i32) (result i32)))
  (import "wasm:js-string" "codePointAt" (func $codePointAt (param externref i32) (result i32)))
  (import "wasm:js-string" "length" (func $length (param externref) (result i32)))
  (import "wasm:js-string" "concat" (func $concat (param externref externref) (result (ref extern))))
  (import "wasm:js-string" "substring" (func $substring (param externref i32 i32) (result (ref extern))))
  (import "wasm:js-string" "equals" (func $equals (param externref externref) (result i32)))
  (import "wasm:js-string" "compare" (func $compare (param externref externref) (result i32)))
  (import "strings" "hello, \\c3\\a4" (global $hello (ref extern)))
  (import "m" "other" (func $other (param i32)))
  (export "cast" (func $cast)) (export "test" (func $test)) (export "fromCharCode" (func $fromCharCode))
  (export "fromCodePoint" (func $fromCodePoint)) (export "charCodeAt" (func $charCodeAt)) (export "codePointAt" (func $codePointAt))
  (export "length" (func $length)) (export "concat" (func $concat)) (export "substring" (func $substring))
  (export "equals" (func $equals)) (export "compare" (func $compare)) (export "intoArray" (func $intoArray)) (export "fromArray" (func $fromArray))
  (func (export "hello") (result externref) global.get $hello)
  (func (export "array") (param i32) (result (ref $codes)) local.get 0 array.new_default $codes)
  (func (export "turned") (param externref) (result externref) (local $codes (ref null $codes))
    (local.set $codes (array.new_default $codes (i32.const 4)))
    (drop (call $intoArray (local.get 0) (local.get $codes) (i32.const 1)))
    (call $fromArray (local.get $codes) (i32.const 1) (i32.const 4))))`;

const options = { builtins: ["js-string"], importedStringConstants: "strings" };

describe("builtins on strings", () => {
  // watr has \\-escapes of bytes in names.
  const module = new WebAssembly.Module(binary(text), options);
  const exports: Exports = new WebAssembly.Instance(module, { m: { other: () => undefined } }).exports;

  it("do what the methods of strings do", () => {
    expect([exports.test("a"), exports.test(5), exports.test(null), exports.cast("text")]).toEqual([1, 0, 0, "text"]);
    expect([exports.length("a😀"), exports.charCodeAt("a😀", 1), exports.codePointAt("a😀", 1)]).toEqual([
      3, 0xd83d, 0x1f600,
    ]);
    expect([exports.fromCharCode(0x10041), exports.fromCodePoint(0x1f600)]).toEqual(["A", "😀"]);
    expect([exports.concat("a", "b"), exports.substring("abcdef", 1, 3), exports.substring("abc", 2, 1)]).toEqual([
      "ab",
      "bc",
      "",
    ]);
    expect([exports.substring("abc", 1, -1), exports.substring("abc", 4, 5)]).toEqual(["bc", ""]);
    expect([exports.equals("a", "a"), exports.equals("a", null), exports.equals(null, null)]).toEqual([1, 0, 1]);
    expect([exports.compare("a", "b"), exports.compare("b", "a"), exports.compare("a", "a")]).toEqual([-1, 1, 0]);
  });

  it("write into arrays of code units, and read them", () => {
    expect(exports.turned("abc")).toBe("abc");
    const array = exports.array(30_000);
    expect(exports.intoArray("x".repeat(30_000), array, 0)).toBe(30_000);
    expect(exports.fromArray(array, 0, 30_000)).toBe("x".repeat(30_000));
  });

  it("trap at what is no string, no array, or outside", () => {
    const traps = [
      () => exports.cast(5),
      () => exports.length(null),
      () => exports.charCodeAt("abc", 3),
      () => exports.codePointAt("abc", -1),
      () => exports.fromCodePoint(0x110000),
      () => exports.fromCodePoint(-1),
      () => exports.intoArray("abc", null, 0),
      () => exports.intoArray("abc", exports.array(3), 1),
      () => exports.fromArray(exports.array(3), 2, 1),
      () => exports.fromArray(exports.array(3), 0, 4),
      () => exports.equals(5, "5"),
      () => exports.compare("a", null),
      () => exports.concat("a", 5),
    ];
    for (const trap of traps) expect(thrownBy(trap)).toBeInstanceOf(WebAssembly.RuntimeError);
  });

  it("and strings are no imports of the module any more", () => {
    expect(exports.hello()).toBe("hello, ä");
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "m", name: "other", kind: "function" }]);
    const without = new WebAssembly.Module(binary(text));
    expect(WebAssembly.Module.imports(without)).toHaveLength(15);
  });

  it("are refused where the import has another type, or a set is named twice", () => {
    const wrong = [
      [`(module (import "wasm:js-string" "length" (func (param i32) (result i32))))`, options],
      [`(module (import "wasm:js-string" "length" (global i32)))`, options],
      [`(module (import "strings" "a" (global i32)))`, options],
      [`(module (import "strings" "a" (func)))`, options],
      [`(module)`, { builtins: ["js-string", "js-string"] }],
    ] as const;
    for (const [source, given] of wrong) {
      expect(thrownBy(() => new WebAssembly.Module(binary(source), given))).toBeInstanceOf(WebAssembly.CompileError);
      expect(WebAssembly.validate(binary(source), given)).toBe(false);
    }
  });

  it("are imports like others where the set or the name is unknown", () => {
    const source = binary(`(module (import "wasm:js-string" "new" (func $f (result i32))) (export "f" (func $f)))`);
    const own = new WebAssembly.Module(source, { builtins: ["js-string", "unknown"] });
    const { exports: made } = new WebAssembly.Instance(own, { "wasm:js-string": { new: () => 4 } });
    expect((made["f"] as () => number)()).toBe(4);
  });
});
