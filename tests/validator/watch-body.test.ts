import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "watr";
import { instructions } from "../../src/ast/instruction-list.ts";
import { instructionText } from "../../src/ast/instructions.ts";
import { allProposals } from "../../src/common/proposal.ts";
import { valTypeName } from "../../src/common/value-type.ts";
import { Configure } from "../../src/config/configure.ts";
import { Loader } from "../../src/loader/loader.ts";
import { type CheckedInstruction, Validator, validationOf } from "../../src/validator/validator.ts";
import { failureOf } from "../support/engine.ts";
import { programOf } from "../support/instruction-programs.ts";
import { randomModule } from "../support/random/random-module.ts";
import { writeModule } from "../support/wasm-writer.ts";

/** `Validator.watchBody`: the same checks, one instruction after the other, told to whoever looks on. */

const configure = new Configure();
for (const proposal of allProposals) configure.addProposal(proposal);
const loader = new Loader(configure);
const validator = new Validator(configure);

function watched(bytes: Uint8Array, index = 0): CheckedInstruction[] {
  const checked: CheckedInstruction[] = [];
  validator.watchBody(loader.parseModule(bytes), index, (instruction) => checked.push(instruction));
  return checked;
}

describe("watching the checks of a body", () => {
  it("tells each instruction with the stack before and after it", () => {
    const checked = watched(compile("(module (func (param i32) (result i64) (i64.extend_i32_s (local.get 0))))"));
    expect(
      checked.map(({ opcode, depth, before, after }) => [
        instructionText(opcode),
        depth,
        before.types.map(valTypeName),
        after.types.map(valTypeName),
      ]),
    ).toEqual([
      ["local.get", 1, [], ["i32"]],
      ["i64.extend_i32_s", 1, ["i32"], ["i64"]],
      ["end", 1, ["i64"], []],
    ]);
  });

  it("looks at one body only, and leaves the module as it was: not validated", () => {
    const module = loader.parseModule(compile("(module (func) (func (result i32) (i64.const 0)))"));
    const seen: number[] = [];
    validator.watchBody(module, 0, ({ offset }) => seen.push(offset));
    expect(seen).toHaveLength(1);
    expect(validationOf(module)).toBeUndefined();
  });

  it("fails as validation does, with the same lines, behind what was valid", () => {
    const bodies = [
      "(i32.add (i32.const 1) (i64.const 1)) drop",
      "(i32.load align=8 (i32.const 0)) drop",
      "(i32.const 1)",
      "(drop)",
      "(i8x16.extract_lane_s 0 (i32.const 1)) drop",
    ];
    for (const body of bodies) {
      const bytes = compile(`(module (memory 1) (func ${body}))`);
      const wanted = failureOf(() => validator.validate(loader.parseModule(bytes))).lines();
      expect(failureOf(() => watched(bytes)).lines()).toEqual(wanted);
    }
  });

  it("finds valid what validation does: every instruction there is, and random modules", () => {
    for (const info of instructions) {
      const { source } = programOf(info);
      const bytes = typeof source === "string" ? compile(source) : source;
      const module = loader.parseModule(bytes);
      for (let i = 0; i < module.code.starts.length; i++) watched(bytes, i);
    }
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 40, maxLength: 700, size: "max" }), (tape) => {
        const bytes = writeModule(randomModule(tape).plan);
        const module = loader.parseModule(bytes);
        module.code.starts.forEach((_, i) => {
          const checked = watched(bytes, i);
          checked.forEach(({ before }, k) => {
            if (k > 0) expect(before).toEqual(checked[k - 1]?.after);
          });
        });
      }),
      { numRuns: 30, seed: 7 },
    );
  });
});
