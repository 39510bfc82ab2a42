import { describe, expect, it } from "vitest";
import { Engine } from "../../support/engine.ts";

describe("operands that are put off until someone needs them", () => {
  it("keeps a constant below a block that is left before a loop in it", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module
      (func (export "f") (param i32) (result i32) (local i32)
        i32.const 40
        block
          local.get 0
          br_if 0
          i32.const 3
          local.set 1
          loop
            local.get 1
            i32.const 1
            i32.sub
            local.tee 1
            br_if 0
          end
        end
        i32.const 2
        i32.add))`);
    expect(engine.call(instance, "f", 1)).toEqual([42]);
    expect(engine.call(instance, "f", 0)).toEqual([42]);
  });

  it("moves a loop's constant parameter before the loop's start, not with each round", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module
      (func (export "f") (result i32) (local i32)
        i32.const 1
        loop (param i32) (result i32)
          i32.const 4
          i32.add
          local.tee 0
          local.get 0
          i32.const 10
          i32.lt_u
          br_if 0
        end))`);
    expect(engine.call(instance, "f")).toEqual([13]);
  });
});
