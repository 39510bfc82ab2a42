import { Op } from "../ast/generated/opcode.ts";
import { ADDRESS, instructions, OPCODE_BOUND, type Opcode, prefixPage } from "../ast/instructions.ts";
import type { Expression } from "../ast/module.ts";
import { fail, WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { ValType } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import { aggregateRules } from "./aggregate-rules.ts";
import { CheckerState, type Rule } from "./checker-state.ts";
import { ConstantExpressions } from "./constant-expressions.ts";
import { checkBlock, checkBr, checkBrIf, checkCall, checkEnd, controlRules } from "./control-rules.ts";
import { exceptionRules } from "./exception-rules.ts";
import { instructionContext } from "./instruction-context.ts";
import { memoryRules } from "./memory-rules.ts";
import { checkIndex, type ModuleContext } from "./module-context.ts";
import { referenceRules } from "./reference-rules.ts";
import { Check, checkOf, operandsStart, resultsEnd, resultsStart, signatureTypes, widthOf } from "./signatures.ts";
import { checkLocalGet, checkLocalSet, checkLocalTee, variableRules } from "./variable-rules.ts";

/** Per opcode: its rule, where it has one. */
const rules: (Rule | undefined)[] = new Array(OPCODE_BOUND).fill(undefined);
const namedRules = {
  ...controlRules,
  ...variableRules,
  ...memoryRules,
  ...referenceRules,
  ...aggregateRules,
  ...exceptionRules,
};
for (const { opcode, name } of instructions) rules[opcode] = namedRules[name];

/**
 * Checks function bodies and constant expressions of one module, straight from its bytes: the specification's algorithm, in
 * one pass, without an object an instruction.
 *
 * https://webassembly.github.io/spec/core/appendix/algorithm.html — WasmEdge `FormChecker`
 */
export class FormChecker {
  private readonly context: ModuleContext;
  private readonly state: CheckerState;
  private readonly constants: ConstantExpressions;

  constructor(bytes: Uint8Array, context: ModuleContext, configure: Configure) {
    this.context = context;
    this.state = new CheckerState(bytes, context, configure);
    this.constants = new ConstantExpressions(context, configure);
  }

  /**
   * Checks a function's body.
   * @param typeIndex of the function's type
   * @param start offset of the body's declarations of locals
   * @throws WasmEdgeError of the validation phase, with the instruction and the AST node "expression"
   */
  checkBody(typeIndex: number, start: number): void {
    const { params, results } = this.context.definedFunctionType(typeIndex);
    const { locals, reader } = this.state;
    locals.begin(params);
    reader.seek(start);
    locals.readDeclarations(reader.file);
    this.begin(results);
    try {
      this.checkInstructions();
    } catch (error) {
      this.fail(error);
    }
  }

  /**
   * Checks a constant expression.
   * @param results one type: that of the expression's value
   * @throws ConstExprRequired where an instruction is not constant; else as `checkBody`
   */
  checkConstant(expression: Expression, results: readonly ValType[]): void {
    const { locals, reader, control } = this.state;
    locals.begin([]);
    reader.seek(expression.start);
    this.begin(results);
    try {
      do {
        const opcode = reader.next();
        this.constants.check(reader);
        this.checkInstruction(opcode);
      } while (control.depth > 0);
    } catch (error) {
      this.fail(error);
    }
  }

  private begin(results: readonly ValType[]): void {
    const { state } = this;
    state.results = results;
    state.operands.clear();
    state.control.clear();
    state.control.push(Op["block"], state.reader.position, [], results);
  }

  /** Tells the instruction, unless the error knows it already or arose in reading one. */
  private fail(error: unknown): never {
    if (!(error instanceof WasmEdgeError)) throw error;
    const { opcode, offset } = this.state.reader;
    if (!error.context.some(({ kind }) => kind === "instruction" || kind === "loading")) {
      error.withContext(instructionContext(opcode, offset));
    }
    throw error.withContext({ kind: "ast", node: "expression" });
  }

  private checkInstructions(): void {
    const { reader, control } = this.state;
    do this.checkInstruction(reader.next());
    while (control.depth > 0);
  }

  private checkInstruction(opcode: Opcode): void {
    const { state } = this;
    switch (checkOf[opcode] as Check) {
      case Check.signature:
        this.applySignature(opcode);
        return;
      case Check.localGet:
        checkLocalGet(state);
        return;
      case Check.localSet:
        checkLocalSet(state);
        return;
      case Check.localTee:
        checkLocalTee(state);
        return;
      case Check.memoryAccess:
        this.applySignature(opcode, this.checkAccess(opcode));
        return;
      case Check.block:
        checkBlock(state);
        return;
      case Check.end:
        checkEnd(state);
        return;
      case Check.br:
        checkBr(state);
        return;
      case Check.brIf:
        checkBrIf(state);
        return;
      case Check.call:
        checkCall(state);
        return;
      case Check.laneAccess: {
        const address = this.checkAccess(opcode);
        checkIndex("lane", state.reader.lane, 16 / widthOf[opcode]);
        this.applySignature(opcode, address);
        return;
      }
      case Check.lane:
        checkIndex("lane", state.reader.lane, widthOf[opcode]);
        this.applySignature(opcode);
        return;
      case Check.shuffle:
        this.checkShuffle();
        this.applySignature(opcode);
        return;
      case Check.memory:
        this.applySignature(opcode, state.context.memoryAddressType(state.reader.index));
        return;
      case Check.data:
        checkIndex("data", state.reader.index, state.context.dataCount);
        return;
      case Check.elem:
        checkIndex("elem", state.reader.index, state.context.elementTypes.length);
        return;
      case Check.rule:
        (rules[opcode] as Rule)(state);
    }
  }

  /** Takes the operands of the signature and puts its results. @param address what ADDRESS stands for in it */
  private applySignature(opcode: Opcode, address: ValType = ADDRESS): void {
    const { operands } = this.state;
    const middle = resultsStart[opcode];
    const end = resultsEnd[opcode];
    for (let i = middle - 1; i >= operandsStart[opcode]; i--) operands.popExpected(signatureTypes[i] || address);
    for (let i = middle; i < end; i++) operands.push(signatureTypes[i] || address);
  }

  /**
   * Checks memory, alignment and offset of an access, and returns the type of its address.
   * @throws InvalidMemoryIdx, AlignmentTooLarge, InvalidAlignment, InvalidOffset
   */
  private checkAccess(opcode: Opcode): ValType {
    const { reader, context } = this.state;
    const address = context.memoryAddressType(reader.index);
    const width = widthOf[opcode];
    const alignment = 2 ** reader.align;
    if (alignment !== width && (alignment > width || isAtomic(opcode))) {
      fail(isAtomic(opcode) ? ErrCode.InvalidAlignment : ErrCode.AlignmentTooLarge, {
        kind: "mismatch",
        category: "memory alignment",
        expected: width,
        got: alignment,
      });
    }
    if (reader.high !== 0 && address === ValType.I32) fail(ErrCode.InvalidOffset);
    return address;
  }

  private checkShuffle(): void {
    const { reader } = this.state;
    reader.beginVector();
    for (let i = 0; i < 16; i++) checkIndex("lane", reader.vectorByte(), 32);
  }
}

/** The accesses of the Threads proposal, which must be aligned exactly: those behind the prefix 0xFE. */
function isAtomic(opcode: Opcode): boolean {
  return opcode >> 8 === prefixPage(0xfe);
}
