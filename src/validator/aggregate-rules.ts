import { Op } from "../ast/generated/opcode.ts";
import type { FieldType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { indexedRefType, isDefaultable, isNumType, isPackedType, isRefType, ValType } from "../common/value-type.ts";
import type { CheckerState, RuleTable } from "./checker-state.ts";
import { checkIndex } from "./module-context.ts";
import { failMismatch } from "./operand-stack.ts";

/**
 * Instructions on structs and arrays.
 * https://webassembly.github.io/spec/core/valid/instructions.html#aggregate-reference-instructions
 */

/** The type of an operand for a storage type: packed ones are i32. */
function unpacked(storage: ValType): ValType {
  return isPackedType(storage) ? ValType.I32 : storage;
}

function failNotDefaultable(): never {
  fail(ErrCode.TypeCheckFailed, { kind: "note", text: "Value type should be defaultable." });
}

function checkStructNew({ reader, context, operands }: CheckerState): void {
  const { fields } = context.composite(reader.index, "struct");
  for (let i = fields.length - 1; i >= 0 && !operands.isExhausted(); i--)
    operands.popExpected(unpacked(fields[i].type));
  operands.push(indexedRefType(reader.index, false));
}

function checkStructNewDefault({ reader, context, operands }: CheckerState): void {
  context.composite(reader.index, "struct");
  if (!context.isDefaultableStruct(reader.index)) failNotDefaultable();
  operands.push(indexedRefType(reader.index, false));
}

/** The field that a struct instruction names. @throws InvalidFieldIdx */
function fieldOf({ reader, context }: CheckerState): FieldType {
  const { fields } = context.composite(reader.index, "struct");
  checkIndex("field", reader.index2, fields.length);
  return fields[reader.index2];
}

function checkStructGet(state: CheckerState): void {
  const { reader, operands } = state;
  const { type } = fieldOf(state);
  if (isPackedType(type) === (reader.opcode === Op["struct.get"])) {
    fail(isPackedType(type) ? ErrCode.InvalidPackedField : ErrCode.InvalidUnpackedField);
  }
  operands.popExpected(indexedRefType(reader.index, true));
  operands.push(unpacked(type));
}

function checkStructSet(state: CheckerState): void {
  const { reader, operands } = state;
  const { type, mutable } = fieldOf(state);
  if (!mutable) fail(ErrCode.ImmutableField);
  operands.popExpected(unpacked(type));
  operands.popExpected(indexedRefType(reader.index, true));
}

/** The element type of the array type that the instruction names first. */
function elementOf({ reader, context }: CheckerState): FieldType {
  return context.composite(reader.index, "array").field;
}

/** The same, of an array that is written to. @throws ImmutableArray */
function mutableElementOf(state: CheckerState): ValType {
  const { type, mutable } = elementOf(state);
  if (!mutable) fail(ErrCode.ImmutableArray);
  return type;
}

function pushArray({ reader, operands }: CheckerState): void {
  operands.push(indexedRefType(reader.index, false));
}

function popArray({ reader, operands }: CheckerState): void {
  operands.popExpected(indexedRefType(reader.index, true));
}

function checkArrayNew(state: CheckerState): void {
  const { type } = elementOf(state);
  state.operands.popExpected(ValType.I32);
  state.operands.popExpected(unpacked(type));
  pushArray(state);
}

function checkArrayNewDefault(state: CheckerState): void {
  const { type } = elementOf(state);
  if (!isDefaultable(type)) failNotDefaultable();
  state.operands.popExpected(ValType.I32);
  pushArray(state);
}

/** The count of elements is the module's to choose; WasmEdge makes a list of that length before it looks at the stack. */
function checkArrayNewFixed(state: CheckerState): void {
  state.operands.popRepeated(unpacked(elementOf(state).type), state.reader.index2);
  pushArray(state);
}

function checkArrayGet(state: CheckerState): void {
  const { reader, operands } = state;
  const { type } = elementOf(state);
  if (isPackedType(type) === (reader.opcode === Op["array.get"])) {
    fail(isPackedType(type) ? ErrCode.InvalidPackedArray : ErrCode.InvalidUnpackedArray);
  }
  operands.popExpected(ValType.I32);
  popArray(state);
  operands.push(unpacked(type));
}

function checkArraySet(state: CheckerState): void {
  const type = mutableElementOf(state);
  state.operands.popExpected(unpacked(type));
  state.operands.popExpected(ValType.I32);
  popArray(state);
}

function checkArrayFill(state: CheckerState): void {
  const type = mutableElementOf(state);
  state.operands.popExpected(ValType.I32);
  state.operands.popExpected(unpacked(type));
  state.operands.popExpected(ValType.I32);
  popArray(state);
}

function checkArrayCopy(state: CheckerState): void {
  const { reader, context, operands } = state;
  const destination = mutableElementOf(state);
  const source = context.composite(reader.index2, "array").field.type;
  if (!context.matcher.matches(source, destination)) {
    fail(ErrCode.ArrayTypesMismatch, {
      kind: "mismatch",
      category: "value type",
      expected: destination,
      got: source,
    });
  }
  operands.popExpected(ValType.I32);
  operands.popExpected(ValType.I32);
  operands.popExpected(indexedRefType(reader.index2, true));
  operands.popExpected(ValType.I32);
  popArray(state);
}

/** Data segments hold numbers only. */
function checkDataSource({ reader, context }: CheckerState, element: ValType): void {
  if (!isNumType(unpacked(element))) fail(ErrCode.ArrayTypesNumtypeRequired);
  checkIndex("data", reader.index2, context.dataCount);
}

/** Element segments hold references. */
function checkElementSource({ reader, context }: CheckerState, element: ValType): void {
  if (!isRefType(element)) {
    fail(ErrCode.TypeCheckFailed, { kind: "note", text: "Array of references required." });
  }
  checkIndex("elem", reader.index2, context.elementTypes.length);
  const source = context.elementTypes[reader.index2];
  if (!context.matcher.matches(source, element)) failMismatch(element, source);
}

/** From offset and length in a segment, a new array. */
function finishNewFromSegment(state: CheckerState): void {
  state.operands.popExpected(ValType.I32);
  state.operands.popExpected(ValType.I32);
  pushArray(state);
}

/** From an array, an index in it, offset and length in a segment. */
function finishInitFromSegment(state: CheckerState): void {
  state.operands.popExpected(ValType.I32);
  state.operands.popExpected(ValType.I32);
  state.operands.popExpected(ValType.I32);
  popArray(state);
}

export const aggregateRules: RuleTable = {
  "struct.new": checkStructNew,
  "struct.new_default": checkStructNewDefault,
  "struct.get": checkStructGet,
  "struct.get_s": checkStructGet,
  "struct.get_u": checkStructGet,
  "struct.set": checkStructSet,
  "array.new": checkArrayNew,
  "array.new_default": checkArrayNewDefault,
  "array.new_fixed": checkArrayNewFixed,
  "array.new_data": (state) => {
    checkDataSource(state, elementOf(state).type);
    finishNewFromSegment(state);
  },
  "array.new_elem": (state) => {
    checkElementSource(state, elementOf(state).type);
    finishNewFromSegment(state);
  },
  "array.get": checkArrayGet,
  "array.get_s": checkArrayGet,
  "array.get_u": checkArrayGet,
  "array.set": checkArraySet,
  "array.len": ({ operands }) => {
    operands.popExpected(ValType.ArrayRef);
    operands.push(ValType.I32);
  },
  "array.fill": checkArrayFill,
  "array.copy": checkArrayCopy,
  "array.init_data": (state) => {
    checkDataSource(state, mutableElementOf(state));
    finishInitFromSegment(state);
  },
  "array.init_elem": (state) => {
    checkElementSource(state, mutableElementOf(state));
    finishInitFromSegment(state);
  },
};
