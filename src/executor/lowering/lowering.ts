import type { IndexSpaces } from "../../ast/index-spaces.ts";
import type { FunctionType } from "../../ast/types.ts";
import type { ValType } from "../../common/value-type.ts";
import type { InstructionReader } from "../../loader/instruction-reader.ts";
import { LastComparison } from "./condition.ts";
import { CostCounter, type CostTable } from "./cost-counter.ts";
import type { CatchClause, Handler } from "./exceptions.ts";
import { FrameBuilder } from "./frame-builder.ts";
import { Labels } from "./labels.ts";
import { slotWords } from "./operands.ts";

/** What to lower, and how. */
export interface LoweringOptions {
  readonly spaces: IndexSpaces;
  /** The canonical id of each type. */
  readonly typeIds: Int32Array;
  readonly costs: CostTable;
  /** Each wasm instruction becomes one instruction behind a `step`, with all operands in their registers. */
  readonly stepwise: boolean;
  /** NaNs that instructions make become canonical behind each of them. */
  readonly canonicalNaN: boolean;
}

/**
 * Is told each place where the code can be entered by a run whose locals and operands are all in their registers: nothing of
 * the instructions before is left undone there.
 * @param offset of the instruction that is next
 * @param cost what is counted in there and not charged
 */
export type EntranceVisitor = (offset: number, position: number, cost: number) => void;

/** What the lowerings of all instructions share while one function is lowered. */
export class Lowering {
  readonly options: LoweringOptions;
  /** Stands at the instruction that is being lowered. */
  readonly reader: InstructionReader;
  readonly builder = new FrameBuilder();
  readonly comparisons = new LastComparison();
  readonly cost: CostCounter;
  readonly labels: Labels;
  /** The handlers of the function, in the order in which their blocks begin. */
  handlers: Handler[] = [];
  /** Where someone watches: the operand stack and the cost are those of the ways that meet here, before an `end` or `else`. */
  onJoin: (() => void) | undefined;
  /** Where someone asks for the entrances. */
  onEntrance: EntranceVisitor | undefined;
  /** How many values the branch or return that was lowered last takes along: who looks sets it to 0 before an instruction. */
  carried = 0;
  /** The first of the registers behind the locals that keep exceptions for `rethrow`. */
  firstLegacyRegister = 0;

  constructor(options: LoweringOptions, reader: InstructionReader) {
    this.options = options;
    this.reader = reader;
    this.cost = new CostCounter(options.costs, options.stepwise, this.builder);
    this.labels = new Labels(this.builder, this.cost, options.stepwise);
  }

  /** The type of the block that the reader stands at. */
  blockType(): FunctionType {
    const { blockTypeIndex, blockResult } = this.reader;
    if (blockTypeIndex >= 0) return this.options.spaces.functionType(blockTypeIndex);
    return { params: [], results: blockResult === 0 ? [] : [blockResult] };
  }

  /** Begins a try block at this position. */
  addHandler(clauses: CatchClause[]): Handler {
    const { position } = this.builder;
    const handler = { start: position, end: -1, level: this.labels.level, clauses, delegateLevel: -1 };
    this.handlers.push(handler);
    return handler;
  }

  /** The register that keeps what the legacy try block of that depth has caught. */
  legacyRegister(depth: number): number {
    return this.builder.localOffsets[this.firstLegacyRegister + depth];
  }

  /** The registers of the topmost `count` operands, which are taken off. */
  operandRegisters(count: number): number[] {
    const { builder } = this;
    const registers: number[] = [];
    for (let i = builder.depth - count; i < builder.depth; i++) registers.push(builder.register(i));
    builder.popTo(builder.depth - count);
    return registers;
  }

  /** The type of the function at an index of the index space. */
  functionType(index: number): FunctionType {
    const { spaces } = this.options;
    return spaces.functionType(spaces.functionTypeIndex(index));
  }
}

/** The words that values of these types take one after the other. */
export function wordsOf(types: readonly ValType[]): number {
  return types.reduce((sum, type) => sum + slotWords(type), 0);
}
