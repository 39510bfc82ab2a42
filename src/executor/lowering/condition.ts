import { Op } from "../../ast/generated/opcode.ts";
import {
  branchRI,
  branchRR,
  branchUnlessRR,
  fusionOf,
  IR,
  irLengths,
  irTraits,
  Trait,
} from "../engine/generated/ir.ts";
import type { FrameBuilder } from "./frame-builder.ts";

/**
 * Comparisons, and conditions to branch on. A comparison whose result only decides a branch is undone and becomes part of
 * the branch.
 */

/** The comparison that says the same of exchanged operands. */
const exchangedComparisons = new Map<number, number>([
  [Op["i32.eq"], Op["i32.eq"]],
  [Op["i32.ne"], Op["i32.ne"]],
  [Op["i32.lt_s"], Op["i32.gt_s"]],
  [Op["i32.lt_u"], Op["i32.gt_u"]],
  [Op["i32.gt_s"], Op["i32.lt_s"]],
  [Op["i32.gt_u"], Op["i32.lt_u"]],
  [Op["i32.le_s"], Op["i32.ge_s"]],
  [Op["i32.le_u"], Op["i32.ge_u"]],
  [Op["i32.ge_s"], Op["i32.le_s"]],
  [Op["i32.ge_u"], Op["i32.le_u"]],
  [Op["i64.eq"], Op["i64.eq"]],
  [Op["i64.ne"], Op["i64.ne"]],
  [Op["i64.lt_s"], Op["i64.gt_s"]],
  [Op["i64.lt_u"], Op["i64.gt_u"]],
  [Op["i64.gt_s"], Op["i64.lt_s"]],
  [Op["i64.gt_u"], Op["i64.lt_u"]],
  [Op["i64.le_s"], Op["i64.ge_s"]],
  [Op["i64.le_u"], Op["i64.ge_u"]],
  [Op["i64.ge_s"], Op["i64.le_s"]],
  [Op["i64.ge_u"], Op["i64.le_u"]],
  [Op["f32.eq"], Op["f32.eq"]],
  [Op["f32.ne"], Op["f32.ne"]],
  [Op["f32.lt"], Op["f32.gt"]],
  [Op["f32.gt"], Op["f32.lt"]],
  [Op["f32.le"], Op["f32.ge"]],
  [Op["f32.ge"], Op["f32.le"]],
  [Op["f64.eq"], Op["f64.eq"]],
  [Op["f64.ne"], Op["f64.ne"]],
  [Op["f64.lt"], Op["f64.gt"]],
  [Op["f64.gt"], Op["f64.lt"]],
  [Op["f64.le"], Op["f64.ge"]],
  [Op["f64.ge"], Op["f64.le"]],
]);

/** The comparison that holds exactly where the other does not; floats with `<` and `<=` have none, because of NaN. */
const negatedComparisons = new Map<number, number>([
  [Op["i32.eq"], Op["i32.ne"]],
  [Op["i32.ne"], Op["i32.eq"]],
  [Op["i32.lt_s"], Op["i32.ge_s"]],
  [Op["i32.lt_u"], Op["i32.ge_u"]],
  [Op["i32.gt_s"], Op["i32.le_s"]],
  [Op["i32.gt_u"], Op["i32.le_u"]],
  [Op["i32.le_s"], Op["i32.gt_s"]],
  [Op["i32.le_u"], Op["i32.gt_u"]],
  [Op["i32.ge_s"], Op["i32.lt_s"]],
  [Op["i32.ge_u"], Op["i32.lt_u"]],
  [Op["i64.eq"], Op["i64.ne"]],
  [Op["i64.ne"], Op["i64.eq"]],
  [Op["i64.lt_s"], Op["i64.ge_s"]],
  [Op["i64.lt_u"], Op["i64.ge_u"]],
  [Op["i64.le_s"], Op["i64.gt_s"]],
  [Op["i64.le_u"], Op["i64.gt_u"]],
  [Op["f32.eq"], Op["f32.ne"]],
  [Op["f32.ne"], Op["f32.eq"]],
  [Op["f64.eq"], Op["f64.ne"]],
  [Op["f64.ne"], Op["f64.eq"]],
]);

export function isComparison(opcode: number): boolean {
  return exchangedComparisons.has(opcode);
}

export function exchanged(opcode: number): number {
  return exchangedComparisons.get(opcode) as number;
}

/** What a branch depends on. */
export type Condition =
  /** An i32 register: whether it is not zero. */
  | { readonly kind: "register"; readonly register: number; readonly negated: boolean }
  /** A comparison of a register with another or with an immediate. */
  | {
      readonly kind: "comparison";
      readonly opcode: number;
      readonly a: number;
      readonly b: number;
      readonly immediate: boolean;
      readonly negated: boolean;
    };

export function negate(condition: Condition): Condition {
  return { ...condition, negated: !condition.negated };
}

/** The comparison that was emitted last, for a branch to take over. */
export class LastComparison {
  private start = -1;
  private opcode = 0;
  private immediate = false;

  /** Remembers that the instruction at `start` of the code is this comparison. */
  remember(start: number, opcode: number, immediate: boolean): void {
    this.start = start;
    this.opcode = opcode;
    this.immediate = immediate;
  }

  forget(): void {
    this.start = -1;
  }

  /**
   * Takes the top entry off as a condition. A comparison that made it is undone: its operands are locals or registers above
   * the rest of the stack, so they are still there when the branch is emitted.
   */
  take(builder: FrameBuilder): Condition {
    const maker = builder.makerOf(builder.depth - 1);
    if (maker >= 0 && maker === this.start) {
      const { opcode, immediate } = this;
      this.forget();
      const a = builder.code[maker + 2];
      const b = builder.code[maker + 3];
      builder.undo(maker);
      builder.pop();
      if (opcode === Op["i32.eqz"]) return { kind: "register", register: a, negated: true };
      return { kind: "comparison", opcode, a, b, immediate, negated: false };
    }
    const register = builder.register(builder.depth - 1);
    builder.pop();
    return { kind: "register", register, negated: false };
  }
}

/** Emits the branch on a condition, without target and cost. @returns the place of the target word */
export function emitConditionalBranch(builder: FrameBuilder, condition: Condition): number {
  if (condition.kind === "register") {
    return emitBranchOn(builder, condition.negated ? IR["br-unless"] : IR["br-if"], condition.register);
  }
  let { opcode, a, b } = condition;
  if (condition.negated) {
    const negated = negatedComparisons.get(opcode);
    if (negated === undefined) return emitBranchOn(builder, branchUnlessRR[opcode], a, b);
    opcode = negated;
  }
  if (condition.immediate) return emitBranchOn(builder, branchRI[opcode], a, b);
  if (branchRR[opcode] < 0) {
    opcode = exchanged(opcode);
    [a, b] = [b, a];
  }
  return emitBranchOn(builder, branchRR[opcode], a, b);
}

/** Emits a branch; it becomes one with the instruction before it where that computes the register `a`. */
function emitBranchOn(builder: FrameBuilder, branch: IR, a: number, b = 0): number {
  const { last, code } = builder;
  const fused = last < 0 || code[last + 1] !== a ? undefined : fusionOf(code[last], branch);
  if (fused !== undefined) {
    const [, , first, second] = code.subarray(last, last + irLengths[code[last]]);
    if ((irTraits[fused] & Trait.Destination) !== 0) {
      return builder.emitInPlaceOfLast(fused, 0, 0, a, first, second, b) + 1;
    }
    // What only the branch wants to know goes into no register.
    if (a >= builder.top) {
      builder.undo(last);
      return builder.emit(fused, 0, 0, first, second) + 1;
    }
  }
  return builder.emit(branch, 0, 0, a, b) + 1;
}
