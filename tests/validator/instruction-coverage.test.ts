import { describe, expect, it } from "vitest";
import { instructions } from "../../src/ast/instruction-list.ts";
import { aggregateRules } from "../../src/validator/aggregate-rules.ts";
import { Check } from "../../src/validator/checks.ts";
import { controlRules } from "../../src/validator/control-rules.ts";
import { exceptionRules } from "../../src/validator/exception-rules.ts";
import { checkOf } from "../../src/validator/generated/signatures.ts";
import { memoryRules } from "../../src/validator/memory-rules.ts";
import { referenceRules } from "../../src/validator/reference-rules.ts";
import { variableRules } from "../../src/validator/variable-rules.ts";

const tables = [controlRules, variableRules, memoryRules, referenceRules, aggregateRules, exceptionRules];
const ruled = tables.flatMap((table) => Object.keys(table));
const names = new Set(instructions.map(({ name }) => name));

describe("Each instruction of the table", () => {
  it("has a signature or a rule, and not both", () => {
    for (const { name, operands } of instructions) {
      const rules = ruled.filter((ruledName) => ruledName === name).length;
      expect([name, rules]).toEqual([name, operands === undefined ? 1 : 0]);
    }
    expect(ruled.filter((name) => !names.has(name))).toEqual([]);
  });

  it("of the form `-> r`, and nothing else to check, is a constant", () => {
    const constants = instructions.filter(({ opcode }) => checkOf[opcode] === Check.constant);
    expect(constants.map(({ name }) => name)).toEqual([
      "i32.const",
      "i64.const",
      "f32.const",
      "f64.const",
      "v128.const",
    ]);
  });
});
