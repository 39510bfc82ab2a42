import type { Module } from "../ast/module.ts";
import type { ValType } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import { FormChecker } from "./form-checker.ts";
import type { ModuleContext } from "./module-context.ts";

/**
 * The types of operand stacks in the middle of valid bodies: what the values of a suspended run must be. Bodies are checked
 * once more to tell, so that validation has nothing to keep.
 */
export class OperandTypes {
  private readonly module: Module;
  private readonly context: ModuleContext;
  private readonly configure: Configure;
  private checker: FormChecker | undefined;
  private readonly known = new Map<number, readonly ValType[] | undefined>();

  /** @param configure under which the module is valid */
  constructor(module: Module, context: ModuleContext, configure: Configure) {
    this.module = module;
    this.context = context;
    this.configure = configure;
  }

  /**
   * @param index of the defined function (without imports)
   * @param offset of an instruction of its body
   * @returns the types before that instruction, lowest first; undefined where no instruction begins there, or none that can be
   *   reached
   */
  before(index: number, offset: number): readonly ValType[] | undefined {
    const { code, functionTypeIndices } = this.module;
    const inside = offset >= code.expressionStarts[index] && offset < code.ends[index];
    if (!inside) return undefined;
    if (!this.known.has(offset)) {
      this.checker ??= new FormChecker(this.module.bytes, this.context, this.configure);
      const types = this.checker.operandTypesAt(functionTypeIndices[index], code.starts[index], offset);
      this.known.set(offset, types);
    }
    return this.known.get(offset);
  }
}
