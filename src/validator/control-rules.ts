import { Op } from "../ast/generated/opcode.ts";
import type { FunctionType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { indexedRefType, ValType } from "../common/value-type.ts";
import type { CheckerState, RuleTable } from "./checker-state.ts";
import { instructionContext } from "./instruction-context.ts";
import { addressType } from "./module-context.ts";
import { failListMismatch, failMismatch } from "./operand-stack.ts";

/**
 * Control instructions: blocks, branches, calls.
 * https://webassembly.github.io/spec/core/valid/instructions.html#control-instructions
 */

const none: readonly ValType[] = [];

/** The parameters of the block type just read. @throws InvalidFuncTypeIdx, TypeCheckFailed where it names no function type */
export function blockParameters({ reader, context }: CheckerState): readonly ValType[] {
  return reader.blockTypeIndex < 0 ? none : context.definedFunctionType(reader.blockTypeIndex).params;
}

/** The results of the block type just read. @throws InvalidFuncTypeIdx, TypeCheckFailed where it names no function type */
export function blockResults(state: CheckerState): readonly ValType[] {
  const { reader, context } = state;
  if (reader.blockTypeIndex >= 0) return context.definedFunctionType(reader.blockTypeIndex).results;
  if (reader.blockResult === 0) return none;
  context.checkValType(reader.blockResult);
  return state.lists.single(reader.blockResult);
}

/** block, loop, if, try */
export function checkBlock(state: CheckerState): void {
  const { reader, operands, control } = state;
  const parameters = blockParameters(state);
  const results = blockResults(state);
  if (reader.opcode === Op["if"]) operands.popExpected(ValType.I32);
  operands.popList(parameters);
  control.push(reader.opcode, reader.offset, parameters, results);
}

function checkElse({ reader, control }: CheckerState): void {
  const frame = control.innermost;
  // The scan of the loader has refused this already.
  if (control.opcodeOf(frame) !== Op["if"]) fail(ErrCode.IllegalOpCode);
  const parameters = control.startTypesOf(frame);
  const results = control.endTypesOf(frame);
  control.pop();
  control.push(Op["else"], reader.offset, parameters, results);
}

function checkEnd({ context, operands, control }: CheckerState): void {
  const frame = control.innermost;
  const results = control.endTypesOf(frame);
  control.pop();
  if (control.opcodeOf(frame) === Op["if"]) {
    // Without `else`, the parameters are the results.
    const parameters = control.startTypesOf(frame);
    if (!context.matcher.matchesAll(parameters, results)) {
      fail(
        ErrCode.TypeCheckFailed,
        { kind: "mismatch", category: "value types", expected: results, got: parameters },
        instructionContext(Op["if"], control.offsetOf(frame)),
      );
    }
  }
  if (control.depth > 0) operands.pushList(results);
}

function checkBr({ reader, operands, control }: CheckerState): void {
  operands.popList(control.labelTypesOf(control.frameOf(reader.index)));
  operands.becomePolymorphic();
}

function checkBrIf({ reader, operands, control }: CheckerState): void {
  const types = control.labelTypesOf(control.frameOf(reader.index));
  operands.popExpected(ValType.I32);
  operands.popList(types);
  operands.pushList(types);
}

/**
 * Each label is checked against the operands themselves. WasmEdge, in code that is never reached, forgets their types
 * after the first label, and so accepts labels of different types.
 */
function checkBrTable({ reader, operands, control }: CheckerState): void {
  operands.popExpected(ValType.I32);
  reader.beginVector();
  let last = -1;
  let arity = -1;
  for (let i = 0; i <= reader.count; i++) {
    const frame = control.frameOf(reader.vectorU32());
    // Tables name the same label over and over.
    if (frame === last) continue;
    last = frame;
    const types = control.labelTypesOf(frame);
    if (arity < 0) arity = types.length;
    else if (arity !== types.length) failArity(arity, types.length);
    operands.checkTop(types);
  }
  operands.becomePolymorphic();
}

function failArity(expected: number, got: number): never {
  fail(ErrCode.TypeCheckFailed, { kind: "note", text: `Labels of br_table take ${expected} and ${got} operands.` });
}

function checkReturn({ operands, results }: CheckerState): void {
  operands.popList(results);
  operands.becomePolymorphic();
}

function applyCall({ operands }: CheckerState, type: FunctionType): void {
  operands.popList(type.params);
  operands.pushList(type.results);
}

/** A tail call: the callee's results are the function's own. */
function applyTailCall({ operands }: CheckerState, type: FunctionType): void {
  operands.popList(type.params);
  operands.becomePolymorphic();
}

function checkTailResults({ context, results }: CheckerState, type: FunctionType): void {
  if (!context.matcher.matchesAll(type.results, results)) failListMismatch(results, type.results);
}

function checkCall(state: CheckerState): void {
  applyCall(state, state.context.functionType(state.reader.index));
}

/** The type that an indirect call names, and the check of its table. */
function indirectCallee({ reader, context }: CheckerState): FunctionType {
  const { elementType } = context.table(reader.index2);
  if (!context.matcher.matches(elementType, ValType.FuncRef)) failMismatch(ValType.FuncRef, elementType);
  return context.definedFunctionType(reader.index);
}

function popTableIndex({ reader, context, operands }: CheckerState): void {
  operands.popExpected(addressType(context.table(reader.index2).limit));
}

function popCallee({ reader, operands }: CheckerState): void {
  operands.popExpected(indexedRefType(reader.index, true));
}

export const controlRules: RuleTable = {
  unreachable: ({ operands }) => operands.becomePolymorphic(),
  block: checkBlock,
  loop: checkBlock,
  if: checkBlock,
  else: checkElse,
  end: checkEnd,
  br: checkBr,
  br_if: checkBrIf,
  br_table: checkBrTable,
  return: checkReturn,
  call: checkCall,
  call_indirect: (state) => {
    const type = indirectCallee(state);
    popTableIndex(state);
    applyCall(state, type);
  },
  call_ref: (state) => {
    const type = state.context.definedFunctionType(state.reader.index);
    popCallee(state);
    applyCall(state, type);
  },
  return_call: (state) => {
    const type = state.context.functionType(state.reader.index);
    checkTailResults(state, type);
    applyTailCall(state, type);
  },
  return_call_indirect: (state) => {
    const type = indirectCallee(state);
    checkTailResults(state, type);
    popTableIndex(state);
    applyTailCall(state, type);
  },
  return_call_ref: (state) => {
    const type = state.context.definedFunctionType(state.reader.index);
    checkTailResults(state, type);
    popCallee(state);
    applyTailCall(state, type);
  },
};
