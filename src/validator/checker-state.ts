import type { ValType } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import { InstructionReader } from "../loader/instruction-reader.ts";
import { ControlStack } from "./control-stack.ts";
import { LocalTypes } from "./local-types.ts";
import type { ModuleContext } from "./module-context.ts";
import { OperandStack } from "./operand-stack.ts";

/**
 * What the rules of the instructions work on: the instruction just read, the stacks, the locals, the module's context.
 * WasmEdge keeps the same in `FormChecker`.
 */
export class CheckerState {
  readonly reader: InstructionReader;
  readonly context: ModuleContext;
  readonly operands: OperandStack;
  readonly control: ControlStack;
  readonly locals: LocalTypes;
  /** The results of the function or constant expression at hand. */
  results: readonly ValType[] = [];
  private readonly lists = new Map<ValType, readonly ValType[]>();

  constructor(bytes: Uint8Array, context: ModuleContext, configure: Configure) {
    this.reader = new InstructionReader(bytes, configure);
    this.context = context;
    this.operands = new OperandStack(context.matcher);
    this.locals = new LocalTypes(context, configure);
    this.control = new ControlStack(this.operands, this.locals);
  }

  /** The list of one type; the same list each time, so that a block with a result need not make one. */
  listOf(type: ValType): readonly ValType[] {
    let list = this.lists.get(type);
    if (list === undefined) {
      list = [type];
      this.lists.set(type, list);
    }
    return list;
  }
}

/** The rule of one instruction: checks the instruction that the reader has just read, and changes the stacks as it does. */
export type Rule = (state: CheckerState) => void;

/** Rules by the name of their instruction, as in `src/ast/instructions.ts`. */
export type RuleTable = { readonly [name: string]: Rule };
