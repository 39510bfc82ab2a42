import { describe, expect, it } from "vitest";
import { instructionText } from "../../../src/ast/instructions.ts";
import { ErrCode } from "../../../src/common/error-code.ts";
import { Proposal } from "../../../src/common/proposal.ts";
import { valTypeName } from "../../../src/common/value-type.ts";
import { Configure } from "../../../src/config/configure.ts";
import { declaredLocals, FunctionBodies } from "../../../src/executor/lowering/function-bodies.ts";
import { Loader } from "../../../src/loader/loader.ts";
import { Validator } from "../../../src/validator/validator.ts";
import { failureOf } from "../../support/engine.ts";
import { legacyModule, module } from "../../validator/support.ts";

/** The bodies count as validated. */
function bodiesOf(bytes: Uint8Array): FunctionBodies {
  const configure = new Configure();
  configure.addProposal(Proposal.LegacyExceptionHandling);
  return new FunctionBodies(new Loader(configure).parseModule(bytes));
}

describe("the functions of a module as they stand in its bytes", () => {
  const bodies = bodiesOf(
    module(`(import "a" "f" (func (param i64)))
    (func nop)
    (func (param f32) (result f32) (local i32 i32 v128)
      (i32.add (i32.const 300) (i32.const 1)) drop (local.get 0))`),
  );

  it("have their types by the index space of functions, imported ones first", () => {
    expect([0, 1, 2].map((index) => bodies.functionType(index).params.map(valTypeName))).toEqual([
      ["i64"],
      [],
      ["f32"],
    ]);
    expect(bodies.localTypes(2).map(valTypeName)).toEqual(["f32", "i32", "i32", "v128"]);
  });

  it("are walked from instruction to instruction, from the first to the end", () => {
    const names: string[] = [];
    for (let at = bodies.firstOffset(2); at < bodies.endOf(2); at = bodies.offsetAfter(at)) {
      names.push(instructionText(bodies.instructionAt(at).opcode));
    }
    expect(names).toEqual(["i32.const", "i32.const", "i32.add", "drop", "local.get", "end"]);
    // Two groups of locals: their number, and for each a count and a type.
    expect(bodies.firstOffset(2) - bodies.startOf(2)).toBe(5);
  });

  it("have a register more for each legacy try block around another", () => {
    const legacy = bodiesOf(legacyModule("(func (local i32) try try nop catch_all rethrow 0 end catch_all end)"));
    expect(legacy.registerTypes(0).map(valTypeName)).toEqual(["i32", "ref_null exn", "ref_null exn"]);
    expect(legacy.localTypes(0).map(valTypeName)).toEqual(["i32"]);
  });

  it("have that register also where the body is checked at its first call, and none where no body has such a block", () => {
    const configure = new Configure();
    configure.addProposal(Proposal.LegacyExceptionHandling);
    configure.runtime.lazyValidation = true;
    // The second has the byte of `try` as an index of a local.
    const text = `(func (local i32) try try nop catch_all rethrow 0 end catch_all end)
      (func (param i32 i32 i32 i32 i32 i32 i32) local.get 6 drop)`;
    const loaded = new Loader(configure).parseModule(legacyModule(text));
    new Validator(configure).validate(loaded);
    const lazy = new FunctionBodies(loaded);
    expect(lazy.body(1).legacyTries).toBe(0);
    lazy.check(0);
    expect([lazy.body(0).legacyTries, lazy.body(1).legacyTries]).toEqual([2, 0]);
  });

  it("have no more locals than a frame can hold", () => {
    // One group of 2^22 locals of type i32, and a parameter.
    const declarations = Uint8Array.of(1, 0x80, 0x80, 0x80, 0x02, 0x7f);
    expect(declaredLocals(declarations, 0, [])).toHaveLength(1 << 22);
    expect(failureOf(() => declaredLocals(declarations, 0, [0x7f])).code).toBe(ErrCode.ValueStackExhausted);
  });
});
