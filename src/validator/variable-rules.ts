import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { ValType } from "../common/value-type.ts";
import type { CheckerState, RuleTable } from "./checker-state.ts";
import { failMismatch } from "./operand-stack.ts";
import { BOTTOM } from "./type-matching.ts";

/**
 * Parametric and variable instructions.
 * https://webassembly.github.io/spec/core/valid/instructions.html#parametric-instructions
 */

/** Without type: both operands are of the same number or vector type. */
function checkSelect({ operands }: CheckerState): void {
  operands.popExpected(ValType.I32);
  const second = operands.popNumber();
  const first = operands.popNumber();
  if (first !== second && first !== BOTTOM && second !== BOTTOM) failMismatch(second, first);
  operands.push(second === BOTTOM ? first : second);
}

function checkSelectTyped({ reader, context, operands }: CheckerState): void {
  if (reader.count !== 1) fail(ErrCode.InvalidResultArity);
  reader.beginVector();
  const type = reader.vectorValType();
  context.checkValType(type);
  operands.popExpected(ValType.I32);
  operands.popExpected(type);
  operands.popExpected(type);
  operands.push(type);
}

function checkGlobalSet({ reader, context, operands }: CheckerState): void {
  const { valType, mutable } = context.global(reader.index);
  if (!mutable) fail(ErrCode.ImmutableGlobal);
  operands.popExpected(valType);
}

export const variableRules: RuleTable = {
  drop: ({ operands }) => operands.pop(),
  select: checkSelect,
  select_t: checkSelectTyped,
  "local.get": ({ reader, operands, locals }) => operands.push(locals.readableType(reader.index)),
  "local.set": ({ reader, operands, locals }) => operands.popExpected(locals.writtenType(reader.index)),
  "local.tee": ({ reader, operands, locals }) => {
    const type = locals.writtenType(reader.index);
    operands.popExpected(type);
    operands.push(type);
  },
  "global.get": ({ reader, context, operands }) => operands.push(context.global(reader.index).valType),
  "global.set": checkGlobalSet,
};
