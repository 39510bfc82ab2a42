import { describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import { ExceptionInstance, WasmException } from "../../src/store/exception-instance.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { TagInstance } from "../../src/store/tag-instance.ts";
import { canonicalFunctionType } from "../../src/validator/canonical-types.ts";
import { contextOf, Engine, failureOf, meteringEngine } from "../support/engine.ts";

const tagType = { params: [ValType.I32, ValType.I64], results: [] };

function makeTag(): TagInstance {
  return new TagInstance(tagType, canonicalFunctionType(tagType));
}

/** A host module "host" with a tag, and functions that throw, call back, and catch. */
function hostModule(engine: Engine, tag: TagInstance): ModuleInstance {
  const host = new ModuleInstance("host");
  host.addHostTag("tag", tag);
  host.addHostFunction(
    "throw",
    new HostFunction({ params: [ValType.I32], results: [] }, (_, [value]) => {
      throw WasmException.of(tag, [value, 7n]);
    }),
  );
  host.addHostFunction(
    "call",
    new HostFunction({ params: [ValType.FuncRef], results: [] }, (frame, [func]) => {
      frame.executor.invoke(func as Parameters<typeof frame.executor.invoke>[0]);
    }),
  );
  host.addHostFunction(
    "catch",
    new HostFunction({ params: [ValType.FuncRef], results: [ValType.I32] }, (frame, [func]) => {
      try {
        frame.executor.invoke(func as Parameters<typeof frame.executor.invoke>[0]);
        return -1;
      } catch (error) {
        if (!(error instanceof WasmException)) throw error;
        return error.exception.payload[0].toI32();
      }
    }),
  );
  engine.store.registerModule(host);
  return host;
}

const imports = `
  (import "host" "tag" (tag $tag (param i32 i64)))
  (import "host" "throw" (func $throw (param i32)))
  (import "host" "call" (func $call (param funcref)))
  (import "host" "catch" (func $catch (param funcref) (result i32)))`;

const catcher = (body: string): string => `
  (block $caught (result i32 i64)
    (try_table (catch $tag $caught) ${body})
    i32.const -1
    i64.const -1)
  i32.wrap_i64
  i32.add`;

describe("exceptions", () => {
  it("carry their payload to the clause of their tag, whatever stands on the operand stack below", () => {
    const engine = new Engine();
    hostModule(engine, makeTag());
    const instance = engine.instantiate(`(module ${imports}
      (tag $other (param i32))
      (func $deep (param i32) local.get 0 i64.const 30 throw $tag)
      (func (export "f") (param i32) (result i32)
        local.get 0 i32.const 1000
        (block $other_caught (result i32)
          (try_table (result i32) (catch $other $other_caught) ${catcher("local.get 0 call $deep")}))
        i32.add i32.add))`);
    expect(engine.call(instance, "f", 5)).toEqual([1040]);
  });

  it("thrown by a host function are caught in wasm", () => {
    const engine = new Engine();
    hostModule(engine, makeTag());
    const instance = engine.instantiate(`(module ${imports}
      (func (export "f") (param i32) (result i32) ${catcher("local.get 0 call $throw")}))`);
    expect(engine.call(instance, "f", 35)).toEqual([42]);
  });

  it("pass through a host function, and stay the same exception", () => {
    const engine = new Engine();
    hostModule(engine, makeTag());
    const instance = engine.instantiate(`(module ${imports}
      (elem declare func $inner)
      (func $inner i32.const 3 call $throw)
      (func (export "through") (result i32) ${catcher("ref.func $inner call $call")})
      (func (export "caught") (result i32) ref.func $inner call $catch))`);
    expect(engine.call(instance, "through")).toEqual([10]);
    expect(engine.call(instance, "caught")).toEqual([3]);
  });

  it("that nothing catches reach the embedder with tag, payload and frames", () => {
    const engine = new Engine();
    const tag = makeTag();
    hostModule(engine, tag);
    const instance = engine.instantiate(`(module ${imports}
      (func $inner (export "inner") i32.const 3 i64.const 4 throw $tag)
      (func (export "f") call $inner))`);
    const error = failureOf(() => engine.call(instance, "f"));
    expect(error.code).toBe(ErrCode.UncaughtException);
    expect(error.message).toBe("uncaught exception");
    expect(error).toBeInstanceOf(WasmException);
    const { exception } = error as WasmException;
    expect(exception).toBeInstanceOf(ExceptionInstance);
    expect(exception.tag).toBe(tag);
    expect(exception.payload.map((value) => value.toValue())).toEqual([3, 4n]);
    expect(contextOf(error, "backtrace")[0].frames.map(({ functionIndex }) => functionIndex)).toEqual([4, 3]);
  });

  it("of a host function that was tail-called are not caught by the frame that is gone", () => {
    const engine = new Engine();
    hostModule(engine, makeTag());
    const instance = engine.instantiate(`(module ${imports}
      (func $gone (param i32)
        (block $caught (result i32 i64)
          (try_table (catch $tag $caught) local.get 0 return_call $throw)
          unreachable)
        drop drop)
      (func (export "f") (result i32) ${catcher("i32.const 1 call $gone")}))`);
    expect(engine.call(instance, "f")).toEqual([8]);
  });

  it("are no traps: catch_all leaves traps alone", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module
      (func (export "f") (block $all (try_table (catch_all $all) unreachable))))`);
    expect(failureOf(() => engine.call(instance, "f")).code).toBe(ErrCode.Unreachable);
  });

  it("refuse a payload that is not the tag's", () => {
    expect(() => WasmException.of(makeTag(), [1])).toThrow(WasmEdgeError);
    expect(failureOf(() => WasmException.of(makeTag(), [1, 2])).code).toBe(ErrCode.FuncSigMismatch);
  });

  it("give every cost limit the same count at which it is reached", () => {
    const text = `(module
      (tag $tag (param i32))
      (func $thrower (param i32) local.get 0 throw $tag)
      (func (export "f") (result i32) (local i32 i32)
        i32.const 100
        loop $again
          (block $caught (result i32)
            (try_table (catch $tag $caught) local.get 0 call $thrower)
            unreachable)
          local.get 1 i32.add local.set 1
          local.get 0 i32.const 1 i32.add local.tee 0
          i32.const 4 i32.lt_u
          br_if $again
        end
        local.get 1 i32.add))`;
    const whole = meteringEngine();
    expect(whole.call(whole.instantiate(text), "f")).toEqual([106]);
    const total = Number(whole.totals.cost);
    for (let limit = 0; limit <= total; limit++) {
      const engine = meteringEngine({ statistics: { costLimit: BigInt(limit) } });
      const instance = engine.instantiate(text);
      if (limit === total) expect(engine.call(instance, "f")).toEqual([106]);
      else {
        expect(failureOf(() => engine.call(instance, "f")).code, `limit ${limit}`).toBe(ErrCode.CostLimitExceeded);
        expect(engine.totals, `limit ${limit}`).toEqual({ count: limit + 1, cost: BigInt(limit) });
      }
    }
  });

  // WasmEdge's regressions: ThrowRefPreservesPayload, CatchAllPayloadNotLeaked, BuriedStaleTryTableHandler and
  // StaleTryTableHandlerPile.
  it("keep their payload when they are thrown again", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module
      (tag $tag (param i32 i64))
      (func (export "f") (result i64) (local i64)
        (block $outer (result i32 i64)
          (try_table (catch $tag $outer)
            (block $inner (result i32 i64 exnref)
              (try_table (catch_ref $tag $inner) i32.const 7 i64.const 1000 throw $tag)
              unreachable)
            throw_ref)
          unreachable)
        local.set 0
        i64.extend_i32_u
        local.get 0
        i64.add))`);
    expect(engine.call(instance, "f")).toEqual([1007n]);
  });

  it.each(["catch_all", "catch_all_ref"])("leave nothing of their payload to %s", (clause) => {
    const engine = new Engine();
    const reference = clause === "catch_all_ref";
    const instance = engine.instantiate(`(module
      (tag $tag (param i32))
      (func (export "f") (result i32)
        i32.const 1
        (block $all ${reference ? "(result exnref)" : ""}
          (try_table (${clause} $all) i32.const 5 throw $tag)
          unreachable)
        ${reference ? "drop" : ""}))`);
    expect(engine.call(instance, "f")).toEqual([1]);
  });

  it("are not caught by a block that a branch has left", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module
      (tag $tag)
      (func (export "once")
        (block $out (block $caught (try_table (catch_all $caught) br $out)) return)
        throw $tag)
      (func (export "often") (local i32)
        (block $caught
          (loop $again
            (block $out (try_table (catch_all $caught) br $out))
            local.get 0 i32.const 1 i32.add local.tee 0
            i32.const 100 i32.lt_u
            br_if $again)
          throw $tag)
        unreachable))`);
    for (const name of ["once", "often"]) {
      expect(failureOf(() => engine.call(instance, name)).code, name).toBe(ErrCode.UncaughtException);
    }
  });

  it("throw_ref of null is a trap", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (func (export "f") ref.null exn throw_ref))`);
    expect(failureOf(() => engine.call(instance, "f")).code).toBe(ErrCode.AccessNullException);
  });
});
