import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { contextOf, Engine, failureOf } from "../support/engine.ts";

/** Addresses above 2^31: every host of these tests has buffers of 4 GiB, of which only what is touched takes memory. */

const PAGES = 65_536;
const LAST = 0xffff_ffff;

const source = `(module (memory ${PAGES})
  (func (export "walk") (param $from i32) (param $count i32) (result i64) (local $i i32) (local $sum i64)
    (loop $next
      (i32.store offset=4 (i32.add (local.get $from) (local.get $i)) (i32.add (local.get $i) (i32.const 1)))
      (local.set $sum (i64.add (local.get $sum)
        (i64.extend_i32_u (i32.load offset=4 (i32.add (local.get $from) (local.get $i))))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $count))))
    (local.get $sum))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "far") (param i32) (result i32) (i32.load8_u offset=0xffffffff (local.get 0)))
  (func (export "fill") (memory.fill (i32.const 0xfffffff0) (i32.const 7) (i32.const 16)))
  (func (export "copy") (memory.copy (i32.const 0) (i32.const 0xfffffff8) (i32.const 8)))
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (result i32) (memory.grow (i32.const 1))))`;

describe("a memory of 4 GiB", () => {
  const engine = new Engine();
  const instance = engine.instantiate(source);

  it("is read and written up to its last byte", () => {
    // 1 + 5 + … + 997
    expect(engine.call(instance, "walk", 0xf000_0000 | 0, 1000)).toEqual([124_750n]);
    expect(engine.call(instance, "walk", 0xffff_fff8 | 0, 4)).toEqual([1n]);
    expect(engine.call(instance, "load", 0xffff_fffc | 0)).toEqual([1]);
    engine.call(instance, "fill");
    engine.call(instance, "copy");
    expect(engine.call(instance, "load", 4)).toEqual([0x0707_0707]);
    expect(engine.call(instance, "far", 0)).toEqual([7]);
  });

  it("ends there", () => {
    const error = failureOf(() => engine.call(instance, "load", 0xffff_fffd | 0));
    expect(error.code).toBe(ErrCode.MemoryOutOfBounds);
    expect(contextOf(error, "boundary")).toEqual([
      { kind: "boundary", offset: BigInt(LAST) - 2n, length: 4n, limit: BigInt(LAST) + 1n },
    ]);
    expect(failureOf(() => engine.call(instance, "far", 1)).code).toBe(ErrCode.MemoryOutOfBounds);
    expect(engine.call(instance, "size")).toEqual([PAGES]);
    expect(engine.call(instance, "grow")).toEqual([-1]);
  });
});
