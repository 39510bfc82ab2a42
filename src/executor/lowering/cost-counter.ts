import type { InstructionInfo } from "../../ast/instructions.ts";
import { IR } from "../engine/generated/ir.ts";
import type { FrameBuilder } from "./frame-builder.ts";

/** Cost of each instruction by its opcode: what WasmEdge's cost table holds. */
export type CostTable = (opcode: number) => number;

/**
 * Keeps the cost of the straight way from the function's start, or its last call, to this place. Branches charge the
 * difference between their own place and their target's; see docs/rationale.md. In the stepwise form a `step` charges each
 * instruction by itself, and there is nothing to keep.
 */
export class CostCounter {
  /** The cost counted in at this place. */
  value = 0;
  /** The largest value there was. */
  largest = 0;
  private readonly costs: CostTable;
  private readonly stepwise: boolean;
  private readonly builder: FrameBuilder;

  constructor(costs: CostTable, stepwise: boolean, builder: FrameBuilder) {
    this.costs = costs;
    this.stepwise = stepwise;
    this.builder = builder;
  }

  /** Begins a function. */
  begin(): void {
    this.value = 0;
    this.largest = 0;
  }

  /** Counts an instruction in. */
  charge({ opcode }: InstructionInfo): void {
    this.chargeOpcode(opcode);
  }

  /** Counts an instruction in by its opcode. */
  chargeOpcode(opcode: number): void {
    const cost = this.costs(opcode);
    if (this.stepwise) {
      this.builder.emit(IR.step, cost);
      return;
    }
    this.value += cost;
    if (this.value > this.largest) this.largest = this.value;
  }
}
