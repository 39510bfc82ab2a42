import { instructionInfo } from "../../ast/instructions.ts";
import type { ValType } from "../../common/value-type.ts";
import { IR } from "../engine/generated/ir.ts";
import type { CodeSpace } from "./code-space.ts";

/** A wasm instruction in stepwise code. */
export interface Step {
  /** Position of its `step`. */
  readonly position: number;
  /** Offset of the instruction in the module's bytes. */
  readonly offset: number;
  /** The types of the operand stack before it; the values stand one after the other behind the frame's header. */
  readonly types: readonly ValType[];
  /** How many of the topmost operands it takes; of a branch or return those that it takes along as well. */
  takes: number;
  /** How many a branch or return takes along, where it goes. */
  carries: number;
}

/** Of a step: it is not known yet how many operands it takes. */
const UNKNOWN = -1;

/** What a marked `step` costs: more than any fuel, so that the loop comes back before it. */
const MARKED_COST = 2 ** 30;

/** The steps of stepwise code, of which some are marked: before those the loop comes back to its driver. */
export class Steps {
  private readonly space: CodeSpace;
  /** The marked ones by position: what they cost, and how many marks there are. */
  private readonly marks = new Map<number, { readonly cost: number; count: number }>();

  constructor(space: CodeSpace) {
    this.space = space;
  }

  /** Those of a function, by position; it is lowered if it is not. There are two of an `else`: one of each way. */
  ofFunction(index: number): Step[] {
    const { space } = this;
    const steps: Step[] = [];
    space.observe(index, (position, { offset }, _, operands, carried) => {
      const types = operands().map(({ type }) => type);
      const last = steps[steps.length - 1];
      if (space.code[position] === IR.step) {
        // What drops emits nothing: the next instruction finds less.
        if (last?.takes === UNKNOWN) last.takes = Math.max(0, last.types.length - types.length);
        steps.push({ position, offset, types, takes: UNKNOWN, carries: 0 });
      } else if (last?.takes === UNKNOWN && last.offset === offset) {
        // Code is emitted when the operands are off the stack and before the results are on it.
        last.carries = carried;
        last.takes = Math.max(0, last.types.length - types.length) + carried;
      }
    });
    for (const step of steps) {
      const { operands } = instructionInfo(space.bodies.instructionAt(step.offset).opcode) ?? {};
      step.takes = operands?.length ?? Math.max(0, step.takes);
    }
    return steps;
  }

  /** Makes the loop come back before the step at a position, until it is unmarked as often. */
  mark(position: number): void {
    const mark = this.marks.get(position);
    if (mark !== undefined) mark.count++;
    else {
      this.marks.set(position, { cost: this.costAt(position), count: 1 });
      this.space.setOperand(position, MARKED_COST);
    }
  }

  unmark(position: number): void {
    const mark = this.marks.get(position);
    if (mark === undefined || --mark.count > 0) return;
    this.space.setOperand(position, mark.cost);
    this.marks.delete(position);
  }

  isMarked(position: number): boolean {
    return this.marks.has(position);
  }

  /** What the instruction behind the step at a position costs. */
  costAt(position: number): number {
    return this.marks.get(position)?.cost ?? this.space.code[position + 1];
  }
}
