import { instructionText, opcodeBytes } from "../../ast/instructions.ts";
import { fail } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import type { Executor } from "../executor.ts";
import type { CostTable } from "../lowering/cost-counter.ts";
import { Meter } from "../meter.ts";

/** Books the instructions of constant expressions, as those of functions are. WasmEdge `runExpression`, which executes them. */
export class ConstantCharges {
  /** False where nothing is measured: then nobody has to call `charge`. */
  readonly measures: boolean;
  private readonly meter: Meter;
  private readonly costs: CostTable;

  constructor({ statistics, configure, unitCosts }: Executor) {
    const { instructionCounting, costMeasuring } = configure.statistics;
    this.measures = statistics !== undefined && (instructionCounting || costMeasuring);
    this.meter = new Meter(statistics, configure.statistics);
    this.costs = statistics?.costs ?? unitCosts;
  }

  /**
   * Books one instruction.
   * @param offset its place in the module, for the error
   * @throws CostLimitExceeded
   */
  charge(opcode: number, offset: number): void {
    this.meter.count(1);
    if (this.meter.tryToSpend(this.costs(opcode))) return;
    fail(ErrCode.CostLimitExceeded, {
      kind: "instruction",
      name: instructionText(opcode),
      opcode: opcodeBytes(opcode),
      offset,
    });
  }
}
