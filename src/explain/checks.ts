import { type InstructionInfo, instructionInfo, instructionText } from "../ast/instructions.ts";
import type { Module } from "../ast/module.ts";
import { specificationRules } from "../ast/specification-rule.ts";
import { Disassembler } from "../debugger/disassembler.ts";
import { typeText } from "../debugger/text.ts";
import { BOTTOM, BOTTOM_REFERENCE } from "../validator/type-matching.ts";
import type { CheckedInstruction, CheckedStack, Validator } from "../validator/validator.ts";
import type { ExplainedCheck, ExplainedTypes } from "./explanation.ts";

/** How the validator checks one function's body. */

/** What stands in a place that is never reached, where anything may be taken. */
const ANYTHING = "anything";

function stackText({ types, floor, polymorphic }: CheckedStack): ExplainedTypes {
  const texts = types.map((type) => (type === BOTTOM || type === BOTTOM_REFERENCE ? ANYTHING : typeText(type)));
  // It stands below what the present block has put there itself.
  if (polymorphic) texts.splice(floor, 0, ANYTHING);
  return { types: texts, unreachable: polymorphic };
}

/**
 * @param func index of the function in the index space
 * @param defined the same without imports
 * @param checks takes the instructions that were found valid, also where the body is not valid as a whole
 * @throws WasmEdgeError of the validation phase
 */
export function explainChecks(
  validator: Validator,
  module: Module,
  { func, defined }: { readonly func: number; readonly defined: number },
  checks: ExplainedCheck[],
): void {
  const disassembler = Disassembler.of(module);
  validator.watchBody(module, defined, ({ opcode, offset, depth, before, after }: CheckedInstruction) => {
    checks.push({
      offset,
      name: instructionText(opcode),
      text: disassembler.textAt(func, offset),
      // The function's own block is not shown; an `else` or `end` stands where its block began.
      depth: Math.max(0, depth - 1 - (closes(opcode) ? 1 : 0)),
      before: stackText(before),
      after: stackText(after),
      rules: specificationRules(instructionInfo(opcode) as InstructionInfo),
    });
  });
}

const closing: ReadonlySet<string> = new Set(["end", "else", "catch", "catch_all", "delegate"]);

function closes(opcode: number): boolean {
  return closing.has(instructionText(opcode));
}
