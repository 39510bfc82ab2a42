import { Op } from "../ast/generated/opcode.ts";
import { allInstructions, OPCODE_BOUND } from "../ast/instructions.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { lazy } from "../common/lazy.ts";
import { Proposal, proposalText } from "../common/proposal.ts";
import type { Configure } from "../config/configure.ts";
import type { InstructionReader } from "../loader/instruction-reader.ts";
import { checkIndex, type ModuleContext } from "./module-context.ts";

/**
 * Which instructions a constant expression may have.
 * https://webassembly.github.io/spec/core/valid/instructions.html#constant-expressions — WasmEdge `validateConstExpr`
 */

const constant = new Set([
  "i32.const",
  "i64.const",
  "f32.const",
  "f64.const",
  "v128.const",
  "ref.null",
  "ref.func",
  "ref.i31",
  "global.get",
  "struct.new",
  "struct.new_default",
  "array.new",
  "array.new_default",
  "array.new_fixed",
  "any.convert_extern",
  "extern.convert_any",
  "end",
]);

const extendedConstant = new Set(["i32.add", "i32.sub", "i32.mul", "i64.add", "i64.sub", "i64.mul"]);

const NOT_CONSTANT = 0;
const CONSTANT = 1;
const EXTENDED_CONSTANT = 2;

/** Per opcode: whether it is constant. */
const constancies = lazy(() => {
  const constancy = new Uint8Array(OPCODE_BOUND);
  for (const { opcode, name } of allInstructions()) {
    if (constant.has(name)) constancy[opcode] = CONSTANT;
    if (extendedConstant.has(name)) constancy[opcode] = EXTENDED_CONSTANT;
  }
  return constancy;
});

export class ConstantExpressions {
  private readonly context: ModuleContext;
  private readonly extendedConst: boolean;
  /** Whether `global.get` may name the module's own globals, as far as they have been defined. */
  private readonly ownGlobals: boolean;

  constructor(context: ModuleContext, configure: Configure) {
    this.context = context;
    this.extendedConst = configure.hasProposal(Proposal.ExtendedConst);
    this.ownGlobals = configure.hasProposal(Proposal.FunctionReferences);
  }

  /**
   * Checks that the instruction just read is constant. A function named here is declared by it.
   * @throws ConstExprRequired, InvalidGlobalIdx, InvalidFuncIdx
   */
  check({ opcode, index }: InstructionReader): void {
    const { context } = this;
    switch (constancies()[opcode]) {
      case NOT_CONSTANT:
        fail(ErrCode.ConstExprRequired);
        break;
      case EXTENDED_CONSTANT:
        if (this.extendedConst) return;
        fail(ErrCode.ConstExprRequired, { kind: "proposal", proposal: proposalText(Proposal.ExtendedConst) });
    }
    if (opcode === Op["global.get"]) {
      checkIndex("global", index, this.ownGlobals ? context.globals.length : context.importedGlobalCount);
      if (context.globals[index].mutable) fail(ErrCode.ConstExprRequired);
    } else if (opcode === Op["ref.func"]) {
      checkIndex("func", index, context.functionCount);
      context.declaredFunctions[index] = 1;
    }
  }
}
