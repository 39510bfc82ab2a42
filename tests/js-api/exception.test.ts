import { describe, expect, it } from "vitest";
import { createWebAssembly } from "../../src/js-api/namespace.ts";
import { describeBoth, exportsOf, thrownBy } from "./support.ts";

describeBoth("an exception", (WebAssembly) => {
  const { Tag, Exception } = WebAssembly;

  it("has the tag and the payload that it was made with", () => {
    const tag = new Tag({ parameters: ["i32", "i64", "externref"] });
    const reference = {};
    const exception = new Exception(tag, [1.5, 2n, reference]);
    expect([exception.is(tag), exception.is(new Tag({ parameters: ["i32", "i64", "externref"] }))]).toEqual([
      true,
      false,
    ]);
    expect([0, 1, 2].map((i) => exception.getArg(tag, i))).toEqual([1, 2n, reference]);
    expect(() => exception.getArg(tag, 3)).toThrow(RangeError);
    expect(() => exception.getArg(tag, -1)).toThrow(TypeError);
    expect(() => exception.getArg(new Tag({ parameters: [] }), 0)).toThrow(TypeError);
    expect(exception instanceof Error).toBe(false);
  });

  it("is refused without a tag, or with another payload than the tag's", () => {
    const tag = new Tag({ parameters: ["i32"] });
    for (const args of [[], [tag], [{}, []], [tag, [1n]], [tag, 5]]) {
      expect(() => Reflect.construct(Exception, args)).toThrow(TypeError);
    }
    for (const wrong of [undefined, {}, { parameters: 5 }, { parameters: ["i16"] }]) {
      expect(() => new Tag(wrong as never)).toThrow(TypeError);
    }
  });

  it("keeps where it was made, where that is asked for", () => {
    const tag = new Tag({ parameters: [] });
    expect(new Exception(tag, []).stack).toBeUndefined();
    expect(typeof new Exception(tag, [], { traceStack: true }).stack).toBe("string");
  });

  it("comes out of wasm, and goes in, as the same object", () => {
    const tag = new Tag({ parameters: ["i32"] });
    const exports = exportsOf(
      WebAssembly,
      `(module (import "m" "e" (tag $e (param i32))) (import "m" "f" (func $f)) (export "e" (tag $e))
        (func (export "throw") (param i32) local.get 0 throw $e) (func (export "call") call $f))`,
      {
        m: {
          e: tag,
          f: () => {
            throw exception;
          },
        },
      },
    );
    expect(exports.e).toBe(tag);
    const thrown = thrownBy(() => exports.throw(7)) as InstanceType<typeof Exception>;
    expect(thrown).toBeInstanceOf(Exception);
    expect([thrown.is(tag), thrown.getArg(tag, 0)]).toEqual([true, 7]);
    const exception = new Exception(tag, [8]);
    expect(thrownBy(() => exports.call())).toBe(exception);
  });
});

describe("an exception with us", () => {
  it("has as many values as its tag has parameters; V8 has long taken any number", () => {
    const { Tag, Exception } = createWebAssembly();
    const tag = new Tag({ parameters: ["i32"] });
    for (const payload of [[], [1, 2]]) expect(() => new Exception(tag, payload)).toThrow(TypeError);
  });
});

describe("exceptions of JavaScript in wasm", () => {
  const WebAssembly = createWebAssembly();
  const text = `(module (import "m" "js" (tag $js (param externref))) (import "m" "e" (tag $e (param i32)))
    (import "m" "f" (func $f))
    (func (export "caught") (result externref)
      (block $caught (result externref) (try_table (catch $js $caught) call $f) (ref.null extern)))
    (func (export "all") (result i32) (block $caught (try_table (catch_all $caught) call $f) (return (i32.const 0))) i32.const 1)
    (func (export "mine") (result i32)
      (block $caught (result i32) (try_table (catch $e $caught) call $f) (return (i32.const -1))))
    (func (export "throw") (param externref) local.get 0 throw $js)
    (func (export "again") (block $caught (result exnref) (try_table (catch_all_ref $caught) call $f) (return)) throw_ref))`;
  let thrown: unknown;
  const tag = new WebAssembly.Tag({ parameters: ["i32"] });
  const f = () => {
    throw thrown;
  };
  const exports = exportsOf(WebAssembly, text, { m: { js: WebAssembly.JSTag, e: tag, f } });

  it("are caught by JSTag, with what was thrown as payload", () => {
    for (thrown of [new Error("mine"), null, 5, "text"]) expect(exports.caught()).toBe(thrown);
    expect(exports.all()).toBe(1);
    expect(WebAssembly.JSTag).toBe(WebAssembly.JSTag);
  });

  it("are thrown by JSTag, as what the payload is", () => {
    for (const value of [new Error("mine"), null, 5, "text"]) expect(thrownBy(() => exports.throw(value))).toBe(value);
  });

  it("are others where an Exception was thrown: caught by its tag, not by JSTag", () => {
    thrown = new WebAssembly.Exception(tag, [42]);
    expect(exports.mine()).toBe(42);
    expect(thrownBy(() => exports.caught())).toBe(thrown);
  });

  it("keep their identity when wasm throws them again", () => {
    for (thrown of [new Error("mine"), new WebAssembly.Exception(tag, [1])])
      expect(thrownBy(() => exports.again())).toBe(thrown);
  });

  it("cannot be made by JavaScript itself", () => {
    expect(() => new WebAssembly.Exception(WebAssembly.JSTag, [1])).toThrow(TypeError);
  });

  it("have no payload that JavaScript could not see", () => {
    const vectors = new WebAssembly.Tag({ parameters: ["v128"] });
    expect(() => new WebAssembly.Exception(vectors, [1])).toThrow(TypeError);
    const { run } = exportsOf(
      WebAssembly,
      `(module (import "m" "e" (tag $e (param v128))) (func (export "run") (throw $e (v128.const i32x4 1 2 3 4))))`,
      { m: { e: vectors } },
    );
    const exception = thrownBy(run) as { getArg(tag: object, index: number): unknown };
    expect(() => exception.getArg(vectors, 0)).toThrow(TypeError);
  });
});
