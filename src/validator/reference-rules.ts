import { Op } from "../ast/generated/opcode.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import {
  heapCodeOf,
  indexedRefType,
  isIndexedRefType,
  isNullableRefType,
  isRefType,
  refType,
  TypeCode,
  typeIndexOf,
  ValType,
  withNullability,
} from "../common/value-type.ts";
import { topHeapCode } from "./abstract-heap-types.ts";
import type { CheckerState, RuleTable } from "./checker-state.ts";
import type { ModuleContext } from "./module-context.ts";
import { failMismatch } from "./operand-stack.ts";
import { BOTTOM, BOTTOM_REFERENCE } from "./type-matching.ts";

/**
 * Instructions on references: null, function references, tests, casts, and the branches that go with them.
 * https://webassembly.github.io/spec/core/valid/instructions.html#reference-instructions
 */

function checkRefFunc({ reader, context, operands }: CheckerState): void {
  const { index } = reader;
  // WasmEdge has one error for a function that does not exist and one that is not declared.
  if (index >= context.functionCount || context.declaredFunctions[index] === 0) fail(ErrCode.InvalidRefIdx);
  operands.push(indexedRefType(context.functionTypeIndices[index], false));
}

/** The top of a reference type's hierarchy, nullable. */
function topOf(context: ModuleContext, type: ValType): ValType {
  if (!isIndexedRefType(type)) return refType(topHeapCode(heapCodeOf(type)), true);
  return context.functionTypes[typeIndexOf(type)] === undefined ? ValType.AnyRef : ValType.FuncRef;
}

/** ref.test and ref.cast: any two types of one hierarchy. */
function checkCastOperand({ reader, context, operands }: CheckerState): void {
  context.checkValType(reader.type);
  const actual = operands.popReference();
  if (actual === BOTTOM_REFERENCE) return;
  if (!context.matcher.matches(reader.type, topOf(context, actual))) failMismatch(actual, reader.type);
}

function checkRefTest(state: CheckerState): void {
  checkCastOperand(state);
  state.operands.push(ValType.I32);
}

function checkRefCast(state: CheckerState): void {
  checkCastOperand(state);
  state.operands.push(state.reader.type);
}

function failBranchReference(): never {
  fail(ErrCode.InvalidBrRefType);
}

function checkBrOnNull({ reader, operands, control }: CheckerState): void {
  const types = control.labelTypesOf(control.frameOf(reader.index));
  const reference = operands.pop();
  if (reference !== BOTTOM && !isRefType(reference)) failBranchReference();
  operands.popList(types);
  operands.pushList(types);
  operands.push(reference === BOTTOM ? BOTTOM_REFERENCE : withNullability(reference, false));
}

/** The last type of a label is that of the reference which the branch takes along. */
function checkBrOnNonNull({ reader, operands, control }: CheckerState): void {
  const types = control.labelTypesOf(control.frameOf(reader.index));
  const below = types.length - 1;
  if (below < 0 || !isRefType(types[below])) failBranchReference();
  operands.popExpected(withNullability(types[below], true));
  operands.popList(types, below);
  operands.pushList(types, below);
}

function checkBrOnCast({ reader, context, operands, control }: CheckerState): void {
  const { type: from, type2: to } = reader;
  context.checkValType(from);
  context.checkValType(to);
  if (!context.matcher.matches(to, from)) failMismatch(from, to);
  const types = control.labelTypesOf(control.frameOf(reader.index));
  const below = types.length - 1;
  if (below < 0) failBranchReference();
  // What is left where the cast fails: null has gone with the cast if it could.
  const rest = isNullableRefType(to) ? withNullability(from, false) : from;
  const onSuccess = reader.opcode === Op["br_on_cast"];
  const taken = onSuccess ? to : rest;
  if (!context.matcher.matches(taken, types[below])) failMismatch(types[below], taken);
  operands.popExpected(from);
  operands.popList(types, below);
  operands.pushList(types, below);
  operands.push(onSuccess ? rest : to);
}

/** any.convert_extern, extern.convert_any: null stays null. */
function convert({ operands }: CheckerState, from: ValType, to: ValType): void {
  const actual = operands.popExpected(from);
  operands.push(withNullability(to, actual !== BOTTOM && isNullableRefType(actual)));
}

function checkI31Get({ operands }: CheckerState): void {
  operands.popExpected(ValType.I31Ref);
  operands.push(ValType.I32);
}

export const referenceRules: RuleTable = {
  "ref.null": ({ reader, context, operands }) => {
    context.checkValType(reader.type);
    operands.push(reader.type);
  },
  "ref.is_null": ({ operands }) => {
    operands.popReference();
    operands.push(ValType.I32);
  },
  "ref.func": checkRefFunc,
  "ref.as_non_null": ({ operands }) => operands.push(withNullability(operands.popReference(), false)),
  "ref.eq": ({ operands }) => {
    operands.popExpected(ValType.EqRef);
    operands.popExpected(ValType.EqRef);
    operands.push(ValType.I32);
  },
  "ref.test": checkRefTest,
  "ref.test_null": checkRefTest,
  "ref.cast": checkRefCast,
  "ref.cast_null": checkRefCast,
  br_on_null: checkBrOnNull,
  br_on_non_null: checkBrOnNonNull,
  br_on_cast: checkBrOnCast,
  br_on_cast_fail: checkBrOnCast,
  "any.convert_extern": (state) => convert(state, ValType.ExternRef, ValType.AnyRef),
  "extern.convert_any": (state) => convert(state, ValType.AnyRef, ValType.ExternRef),
  "ref.i31": ({ operands }) => {
    operands.popExpected(ValType.I32);
    operands.push(refType(TypeCode.I31Ref, false));
  },
  "i31.get_s": checkI31Get,
  "i31.get_u": checkI31Get,
};
