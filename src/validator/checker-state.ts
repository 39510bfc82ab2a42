import type { ValType } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import { InstructionReader } from "../loader/instruction-reader.ts";
import { ControlStack } from "./control-stack.ts";
import { LocalTypes } from "./local-types.ts";
import type { ModuleContext } from "./module-context.ts";
import { OperandStack } from "./operand-stack.ts";
import { TypeLists } from "./type-lists.ts";

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
  readonly lists: TypeLists;

  constructor(bytes: Uint8Array, context: ModuleContext, configure: Configure) {
    this.reader = new InstructionReader(bytes, configure);
    this.context = context;
    this.operands = new OperandStack(context.matcher);
    this.locals = new LocalTypes(context, configure);
    this.lists = new TypeLists(context.functionTypes);
    this.control = new ControlStack(this.operands, this.locals, this.lists);
  }

  /** The results of the function or constant expression at hand. */
  get results(): readonly ValType[] {
    return this.control.endTypesOf(0);
  }
}

/** The rule of one instruction: checks the instruction that the reader has just read, and changes the stacks as it does. */
export type Rule = (state: CheckerState) => void;

/** Rules by the name of their instruction, as in `src/ast/instructions.ts`. */
export type RuleTable = { readonly [name: string]: Rule };
