import type { TableType } from "../ast/types.ts";
import { ValType } from "../common/value-type.ts";
import type { CheckerState, RuleTable } from "./checker-state.ts";
import { addressType, checkIndex, type ModuleContext } from "./module-context.ts";
import { failMismatch } from "./operand-stack.ts";

/**
 * Instructions on whole ranges of memories and tables, and on single table elements. Loads and stores have signatures in
 * the instruction table and are checked by the FormChecker itself.
 *
 * https://webassembly.github.io/spec/core/valid/instructions.html#table-instructions
 */

/** The type of a length that counts in two address spaces: the smaller of the two. */
function smaller(a: ValType, b: ValType): ValType {
  return a === ValType.I64 ? b : a;
}

function checkMemoryInit({ reader, context, operands }: CheckerState): void {
  const address = context.memoryAddressType(reader.index);
  checkIndex("data", reader.index2, context.dataCount);
  operands.popExpected(ValType.I32);
  operands.popExpected(ValType.I32);
  operands.popExpected(address);
}

function checkMemoryCopy({ reader, context, operands }: CheckerState): void {
  const destination = context.memoryAddressType(reader.index);
  const source = context.memoryAddressType(reader.index2);
  operands.popExpected(smaller(destination, source));
  operands.popExpected(source);
  operands.popExpected(destination);
}

function checkMemoryFill({ reader, context, operands }: CheckerState): void {
  const address = context.memoryAddressType(reader.index);
  operands.popExpected(address);
  operands.popExpected(ValType.I32);
  operands.popExpected(address);
}

/** Checks that elements of type `source` may be written to a table. */
function checkElements(context: ModuleContext, source: ValType, { elementType }: TableType): void {
  if (!context.matcher.matches(source, elementType)) failMismatch(elementType, source);
}

function checkTableInit({ reader, context, operands }: CheckerState): void {
  const table = context.table(reader.index);
  checkIndex("elem", reader.index2, context.elementTypes.length);
  checkElements(context, context.elementTypes[reader.index2], table);
  operands.popExpected(ValType.I32);
  operands.popExpected(ValType.I32);
  operands.popExpected(addressType(table.limit));
}

function checkTableCopy({ reader, context, operands }: CheckerState): void {
  const destination = context.table(reader.index);
  const source = context.table(reader.index2);
  checkElements(context, source.elementType, destination);
  const destinationAddress = addressType(destination.limit);
  const sourceAddress = addressType(source.limit);
  operands.popExpected(smaller(destinationAddress, sourceAddress));
  operands.popExpected(sourceAddress);
  operands.popExpected(destinationAddress);
}

export const memoryRules: RuleTable = {
  "memory.init": checkMemoryInit,
  "memory.copy": checkMemoryCopy,
  "memory.fill": checkMemoryFill,
  "table.init": checkTableInit,
  "table.copy": checkTableCopy,
  "table.get": ({ reader, context, operands }) => {
    const table = context.table(reader.index);
    operands.popExpected(addressType(table.limit));
    operands.push(table.elementType);
  },
  "table.set": ({ reader, context, operands }) => {
    const table = context.table(reader.index);
    operands.popExpected(table.elementType);
    operands.popExpected(addressType(table.limit));
  },
  "table.grow": ({ reader, context, operands }) => {
    const table = context.table(reader.index);
    const address = addressType(table.limit);
    operands.popExpected(address);
    operands.popExpected(table.elementType);
    operands.push(address);
  },
  "table.size": ({ reader, context, operands }) => {
    operands.push(addressType(context.table(reader.index).limit));
  },
  "table.fill": ({ reader, context, operands }) => {
    const table = context.table(reader.index);
    const address = addressType(table.limit);
    operands.popExpected(address);
    operands.popExpected(table.elementType);
    operands.popExpected(address);
  },
};
