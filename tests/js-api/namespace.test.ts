import { describe, expect, it } from "vitest";
import { createWebAssembly } from "../../src/js-api/namespace.ts";
import { native } from "../support/native.ts";
import { binary, describeBoth } from "./support.ts";

describeBoth("the namespace", (WebAssembly) => {
  const bytes = binary(`(module (import "m" "f" (func $f (result i32))) (func (export "run") (result i32) call $f))`);
  const imports = { m: { f: () => 5 } };

  it("compiles and instantiates later, bytes that are the caller's again at once", async () => {
    const own = bytes.slice();
    const promise = WebAssembly.instantiate(own, imports);
    own.fill(0);
    const { module, instance } = await promise;
    expect([module instanceof WebAssembly.Module, instance instanceof WebAssembly.Instance]).toEqual([true, true]);
    expect((instance.exports["run"] as () => number)()).toBe(5);
    const second = await WebAssembly.instantiate(module, imports);
    expect(second).toBeInstanceOf(WebAssembly.Instance);
    expect(await WebAssembly.compile(bytes)).toBeInstanceOf(WebAssembly.Module);
  });

  it("rejects with what the constructors throw, and never throws itself", async () => {
    const { CompileError, LinkError } = WebAssembly;
    const wrongs: [() => Promise<unknown>, new (...args: never[]) => Error][] = [
      [() => WebAssembly.compile(undefined as never), TypeError],
      [() => WebAssembly.compile(new Uint8Array(3)), CompileError as never],
      [() => WebAssembly.instantiate(5 as never), TypeError],
      [() => WebAssembly.instantiate(new Uint8Array(3)), CompileError as never],
      [() => WebAssembly.instantiate(bytes), TypeError],
      [() => WebAssembly.instantiate(bytes, 5 as never), TypeError],
      [() => WebAssembly.instantiate(bytes, { m: {} }), LinkError as never],
    ];
    for (const [action, kind] of wrongs) await expect(action()).rejects.toBeInstanceOf(kind);
  });

  it("takes the bytes of a response", async () => {
    const response = (type: string, status = 200) => new Response(bytes, { headers: { "Content-Type": type }, status });
    const wasm = "application/wasm";
    const { instance } = await WebAssembly.instantiateStreaming(Promise.resolve(response(wasm)), imports);
    expect((instance.exports["run"] as () => number)()).toBe(5);
    expect(await WebAssembly.compileStreaming(response(wasm))).toBeInstanceOf(WebAssembly.Module);
    for (const wrong of [response("text/plain"), response(wasm, 404), {}, bytes, undefined]) {
      await expect(WebAssembly.compileStreaming(wrong)).rejects.toBeInstanceOf(TypeError);
    }
  });

  it("has errors like the language's own, with or without new", () => {
    for (const name of ["CompileError", "LinkError", "RuntimeError"] as const) {
      const Class = WebAssembly[name];
      const error = new Class("text");
      expect([error.name, error.message, String(error)]).toEqual([name, "text", `${name}: text`]);
      expect([error instanceof Error, error instanceof Class, Class("text") instanceof Class]).toEqual([
        true,
        true,
        true,
      ]);
      expect([Class.name, Class.length, Object.getPrototypeOf(Class) === Error]).toEqual([name, 1, true]);
      expect(Object.keys(error)).toEqual([]);
      class Own extends Class {}
      expect(new Own("x")).toBeInstanceOf(Own);
    }
  });
});

describe("the shape of the namespace", () => {
  const ours = createWebAssembly() as unknown as Record<string, object>;
  const natives = native as unknown as Record<string, object>;

  /** What can be seen of an object's properties: name, kind, flags; of functions name and length. */
  function shapeOf(object: object): Record<string, unknown> {
    const shape: Record<string, unknown> = {};
    for (const key of Reflect.ownKeys(object)) {
      // V8's own functions for these interfaces are of the old kind.
      if (key === "arguments" || key === "caller") continue;
      const { value, get, set, enumerable, configurable, writable } =
        Object.getOwnPropertyDescriptor(object, key) ?? {};
      const func = typeof value === "function" ? [value.name, value.length] : typeof value;
      shape[String(key)] = { func, get: get?.name, set: set?.name, enumerable, configurable, writable };
    }
    return shape;
  }

  it("is that of the host's, member by member", () => {
    // Of Exception, older engines say another number of arguments than the specification.
    const interfaces = ["Module", "Instance", "Memory", "Table", "Global", "Tag"];
    for (const name of interfaces) {
      expect([name, shapeOf(ours[name])]).toMatchObject([name, shapeOf(natives[name])]);
      const prototype = (of: Record<string, object>) => shapeOf((of[name] as { prototype: object }).prototype);
      expect([name, prototype(ours)]).toMatchObject([name, prototype(natives)]);
    }
    expect(String(ours)).toBe("[object WebAssembly]");
    const { Exception: _, ...others } = shapeOf(natives);
    for (const [name, shape] of Object.entries(others)) expect([name, shapeOf(ours)[name]]).toEqual([name, shape]);
  });
});
