import { describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { createWebAssembly } from "../../src/js-api/namespace.ts";
import { binary, describeBoth, thrownBy } from "./support.ts";

const everything = `(module
  (import "a" "function" (func)) (import "a" "table" (table 1 funcref)) (import "b" "memory" (memory 1))
  (import "b" "global" (global i32)) (import "c" "tag" (tag))
  (export "t" (table 0)) (export "m" (memory 0)) (export "g" (global 0)) (export "e" (tag 0)) (export "f" (func 0)))`;

/** A custom section. */
function custom(name: string, ...content: number[]): number[] {
  const text = [...new TextEncoder().encode(name)];
  return [0, 1 + text.length + content.length, text.length, ...text, ...content];
}

describeBoth("a module", (WebAssembly) => {
  it("tells what it imports and exports", () => {
    const module = new WebAssembly.Module(binary(everything));
    expect(WebAssembly.Module.imports(module)).toEqual([
      { module: "a", name: "function", kind: "function" },
      { module: "a", name: "table", kind: "table" },
      { module: "b", name: "memory", kind: "memory" },
      { module: "b", name: "global", kind: "global" },
      { module: "c", name: "tag", kind: "tag" },
    ]);
    expect(WebAssembly.Module.exports(module)).toEqual([
      { name: "t", kind: "table" },
      { name: "m", kind: "memory" },
      { name: "g", kind: "global" },
      { name: "e", kind: "tag" },
      { name: "f", kind: "function" },
    ]);
  });

  it("gives copies of its custom sections", () => {
    const bytes = Uint8Array.from([...binary("(module)"), ...custom("a", 1, 2), ...custom("b"), ...custom("a", 3)]);
    const module = new WebAssembly.Module(bytes);
    const contents = (name: string) =>
      WebAssembly.Module.customSections(module, name).map((buffer) => [...new Uint8Array(buffer)]);
    expect([contents("a"), contents("b"), contents("c")]).toEqual([[[1, 2], [3]], [[]], []]);
    new Uint8Array(WebAssembly.Module.customSections(module, "a")[0])[0] = 9;
    expect(contents("a")).toEqual([[1, 2], [3]]);
  });

  it("has bytes of its own, from a buffer or any view of one", () => {
    const bytes = binary(everything);
    const within = new Uint8Array(bytes.length + 7);
    within.set(bytes, 5);
    const module = new WebAssembly.Module(within.subarray(5, 5 + bytes.length));
    within.fill(0);
    expect(WebAssembly.Module.exports(module)).toHaveLength(5);
    expect(WebAssembly.Module.exports(new WebAssembly.Module(bytes.slice().buffer as ArrayBuffer))).toHaveLength(5);
  });

  it("is refused with a TypeError where there are no bytes, with a CompileError where they are no module", () => {
    for (const wrong of [undefined, null, 1, "text", {}, [0, 97, 115, 109]]) {
      expect(() => new WebAssembly.Module(wrong as never)).toThrow(TypeError);
      expect(() => WebAssembly.validate(wrong as never)).toThrow(TypeError);
    }
    for (const wrong of [new Uint8Array(0), binary("(module)").slice(0, 7), binary("(module (func (result i32)))")]) {
      expect(thrownBy(() => new WebAssembly.Module(wrong))).toBeInstanceOf(WebAssembly.CompileError);
      expect(WebAssembly.validate(wrong)).toBe(false);
    }
    expect(WebAssembly.validate(binary(everything))).toBe(true);
  });

  it("is asked by what is one", () => {
    for (const wrong of [undefined, {}, WebAssembly.Module, WebAssembly.Module.prototype]) {
      expect(() => WebAssembly.Module.exports(wrong as never)).toThrow(TypeError);
      expect(() => WebAssembly.Module.imports(wrong as never)).toThrow(TypeError);
      expect(() => WebAssembly.Module.customSections(wrong as never, "")).toThrow(TypeError);
    }
    const module = new WebAssembly.Module(binary("(module)"));
    expect(() => Reflect.apply(WebAssembly.Module.customSections, undefined, [module])).toThrow(TypeError);
  });
});

describe("the bytes of a module", () => {
  it("may be in a DataView, or shared", () => {
    const WebAssembly = createWebAssembly();
    const bytes = binary("(module)");
    expect(WebAssembly.validate(new DataView(bytes.buffer, bytes.byteOffset, bytes.length))).toBe(true);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    expect(WebAssembly.validate(shared)).toBe(true);
  });
});

describe("a CompileError", () => {
  it("tells what is wrong, at which byte, and has the engine's error as its cause", () => {
    const WebAssembly = createWebAssembly();
    const error = thrownBy(() => new WebAssembly.Module(binary("(module (func i32.add drop))"))) as Error;
    expect([error.name, error.message]).toEqual(["CompileError", "WebAssembly.Module(): type mismatch @+23"]);
    expect(error.cause).toBeInstanceOf(WasmEdgeError);
    expect((error.cause as WasmEdgeError).codeName).toBe("TypeCheckFailed");
  });
});
