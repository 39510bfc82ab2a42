import type { ValType } from "../../common/value-type.ts";
import type { CostCounter } from "./cost-counter.ts";
import type { Handler } from "./exceptions.ts";
import type { FrameBuilder } from "./frame-builder.ts";
import { slotWords } from "./operands.ts";

/** A block that is being lowered: where branches to it go and what they carry. */
export interface Label {
  /** `function` for the body itself. */
  kind: "function" | "block" | "loop" | "if" | "else" | "try";
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
  /** Entries of the operand stack below the block's parameters. */
  readonly depth: number;
  /** Word offset of the first register above those. */
  readonly top: number;
  /** Of a loop: the position that branches go to, and the cost counted in there. */
  readonly target: number;
  readonly targetCost: number;
  /** Places of the target words of branches to the end, which is not known yet; the words after them hold the cost. */
  readonly patches: number[];
  /** Of an `if`: the place of the target word of the branch around its first part; -1 for none. */
  elsePatch: number;
  /** Of an `if`: the cost counted in where it branches. */
  readonly costAtIf: number;
  /** Of a try block: its handler. */
  readonly handler: Handler | undefined;
  /** Of a legacy try block: the word offset of the register that keeps what it caught. */
  readonly keeps: number;
}

/** What a branch to the label carries. */
export function labelTypes(label: Label): readonly ValType[] {
  return label.kind === "loop" ? label.params : label.results;
}

/** The blocks that are open at this place of a function, and whether the place can be reached. */
export class Labels {
  /** False behind a branch that is always taken, a return or a trap: nothing is emitted there. */
  reachable = true;
  /** Word offset of the frame's header. */
  header = 0;
  /** The function's result types. */
  results: readonly ValType[] = [];
  private readonly builder: FrameBuilder;
  private readonly cost: CostCounter;
  private readonly stepwise: boolean;
  private stack: Label[] = [];

  constructor(builder: FrameBuilder, cost: CostCounter, stepwise: boolean) {
    this.builder = builder;
    this.cost = cost;
    this.stepwise = stepwise;
  }

  /** Begins a function. */
  begin(header: number, results: readonly ValType[]): void {
    this.reachable = true;
    this.header = header;
    this.results = results;
    this.stack = [];
    this.push("function", [], results);
  }

  /** Opens a block; its parameters are the topmost operands. */
  push(kind: Label["kind"], params: readonly ValType[], results: readonly ValType[], at: Partial<Label> = {}): void {
    const { builder } = this;
    const depth = builder.depth - params.length;
    this.stack.push({
      kind,
      params,
      results,
      depth,
      top: params.length > 0 ? builder.homes[depth] : builder.top,
      target: -1,
      targetCost: 0,
      patches: [],
      elsePatch: -1,
      costAtIf: 0,
      handler: undefined,
      keeps: -1,
      ...at,
    });
  }

  /** Closes the innermost block. */
  pop(): Label {
    return this.stack.pop() as Label;
  }

  get innermost(): Label {
    return this.stack[this.stack.length - 1];
  }

  /** The block that a branch with this label index goes to. */
  at(index: number): Label {
    return this.stack[this.stack.length - 1 - index];
  }

  /** How many blocks are open around that block. */
  levelOf(index: number): number {
    return this.stack.length - 1 - index;
  }

  /** How many blocks are open. */
  get level(): number {
    return this.stack.length;
  }

  /** The number of legacy try blocks that are open. */
  get legacyTries(): number {
    return this.stack.filter((label) => label.keeps >= 0).length;
  }

  /** Nothing that follows in the innermost block is reached. */
  becomeUnreachable(): void {
    this.reachable = false;
    this.builder.popTo(this.innermost.depth);
    this.builder.forgetLast();
  }

  /** Writes target and cost of a branch to the label at `patch`. */
  aim(label: Label, patch: number): void {
    if (label.kind !== "loop") {
      this.patchLater(label, patch);
      return;
    }
    this.builder.code[patch] = label.target;
    this.builder.code[patch + 1] = this.cost.value - label.targetCost;
  }

  /** Remembers that the target word at `patch` wants the end of the label, and what has been counted in here. */
  patchLater(label: Label, patch: number): void {
    this.builder.code[patch + 1] = this.cost.value;
    label.patches.push(patch);
  }

  /** All branches to the end of the label arrive here. */
  resolve(label: Label): void {
    const { builder } = this;
    for (const patch of label.patches) {
      builder.code[patch] = builder.position;
      if (!this.stepwise) builder.code[patch + 1] -= this.cost.value;
    }
    builder.forgetLast();
  }

  /** Whether what a branch carries is not where the label wants it. A function's results leave by its return. */
  needsMoves(label: Label): boolean {
    const types = labelTypes(label);
    if (label.kind === "function") return types.length > 0;
    const { builder } = this;
    let destination = label.top;
    for (let i = 0; i < types.length; i++) {
      const index = builder.depth - types.length + i;
      if (builder.isConstant(index) || builder.values[index] !== destination) return true;
      destination += slotWords(types[i]);
    }
    return false;
  }
}
