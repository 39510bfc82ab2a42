import { Op } from "../ast/generated/opcode.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { refType, TypeCode, ValType } from "../common/value-type.ts";
import type { CheckerState, RuleTable } from "./checker-state.ts";
import { blockParameters, blockResults, checkBlock } from "./control-rules.ts";
import { failListMismatch } from "./operand-stack.ts";

/**
 * Exceptions: throw, throw_ref and try_table of WebAssembly 3.0, and the legacy proposal's try, catch, catch_all, rethrow and
 * delegate, which WasmEdge no longer has.
 *
 * https://webassembly.github.io/spec/core/valid/instructions.html#control-instructions
 * https://github.com/WebAssembly/exception-handling/blob/main/proposals/exception-handling/legacy/Exceptions.md
 */

const exception = refType(TypeCode.ExnRef, false);

/** Bits of a catch clause's first byte: it passes the exception itself on; it has no tag. */
const CATCH_REF = 1;
const CATCH_ALL = 2;

const noPayload: readonly ValType[] = [];

/** The labels of the clauses count from outside of the try_table. */
function checkTryTable(state: CheckerState): void {
  const { reader, context, operands, control } = state;
  const parameters = blockParameters(state);
  const results = blockResults(state);
  operands.popList(parameters);
  reader.beginVector();
  for (let i = 0; i < reader.count; i++) {
    const flags = reader.vectorByte();
    const payload = (flags & CATCH_ALL) === 0 ? context.tagParams(reader.vectorU32()) : noPayload;
    const labelTypes = control.labelTypesOf(control.frameOf(reader.vectorU32()));
    checkClause(state, payload, (flags & CATCH_REF) !== 0, labelTypes);
  }
  control.push(Op["try_table"], reader.offset, parameters, results);
}

/** A clause passes the payload of its tag to its label, and with `catch_ref` the exception after it. */
function checkClause(
  { context: { matcher } }: CheckerState,
  payload: readonly ValType[],
  withException: boolean,
  labelTypes: readonly ValType[],
): void {
  const count = payload.length + (withException ? 1 : 0);
  let matches = labelTypes.length === count && (!withException || matcher.matches(exception, labelTypes[count - 1]));
  for (let i = 0; i < payload.length && matches; i++) matches = matcher.matches(payload[i], labelTypes[i]);
  if (!matches) failListMismatch(labelTypes, withException ? [...payload, exception] : payload);
}

function checkThrow({ reader, context, operands }: CheckerState): void {
  operands.popList(context.tagParams(reader.index));
  operands.becomePolymorphic();
}

function checkThrowRef({ operands }: CheckerState): void {
  operands.popExpected(ValType.ExnRef);
  operands.becomePolymorphic();
}

/** Ends the body of a `try` or the handler before, and begins the next handler with its operands. */
function beginHandler({ reader, control }: CheckerState, payload: readonly ValType[]): void {
  const frame = control.innermost;
  const opcode = control.opcodeOf(frame);
  // The scan of the loader has refused this already.
  if (opcode !== Op["try"] && opcode !== Op["catch"]) fail(ErrCode.IllegalOpCode);
  const results = control.endTypesOf(frame);
  control.pop();
  control.push(reader.opcode, reader.offset, payload, results);
}

/** A `try` without handlers of its own ends here; the label counts from outside of it and need not name a `try`. */
function checkDelegate({ reader, operands, control }: CheckerState): void {
  const frame = control.innermost;
  if (control.opcodeOf(frame) !== Op["try"]) fail(ErrCode.IllegalOpCode);
  const results = control.endTypesOf(frame);
  control.pop();
  control.frameOf(reader.index);
  operands.pushList(results);
}

/** @throws InvalidLabelIdx where the label names no handler */
function checkRethrow({ reader, operands, control }: CheckerState): void {
  const opcode = control.opcodeOf(control.frameOf(reader.index));
  if (opcode !== Op["catch"] && opcode !== Op["catch_all"]) {
    fail(ErrCode.InvalidLabelIdx, { kind: "note", text: `Label ${reader.index} is not a catch block.` });
  }
  operands.becomePolymorphic();
}

export const exceptionRules: RuleTable = {
  throw: checkThrow,
  throw_ref: checkThrowRef,
  try_table: checkTryTable,
  try: (state) => {
    state.context.features.legacyTry = true;
    checkBlock(state);
  },
  catch: (state) => beginHandler(state, state.context.tagParams(state.reader.index)),
  catch_all: (state) => beginHandler(state, noPayload),
  rethrow: checkRethrow,
  delegate: checkDelegate,
};
