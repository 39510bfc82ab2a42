import { isRefType } from "../../common/value-type.ts";
import { CodeSpace } from "../lowering/code-space.ts";
import { Kind, type OperandState } from "../lowering/frame-builder.ts";
import type { Execution } from "./execution.ts";
import { framesOf } from "./frames.ts";

/** Puts an operand that stands for a local or a constant into its own register. */
function materialize(execution: Execution, fp: number, operand: OperandState): void {
  const { i32, refs } = execution;
  const home = fp + operand.home;
  if (operand.kind === Kind.Constant) {
    if (isRefType(operand.type)) refs[home >> 1] = null;
    else {
      i32[home] = operand.value;
      i32[home + 1] = operand.high;
    }
    return;
  }
  const from = fp + operand.value;
  if (from === home) return;
  refs[home >> 1] = refs[from >> 1];
  i32.copyWithin(home, from, from + 4);
}

/**
 * Goes over from optimised to stepwise code, in the midst of a run and for all of its frames: before a limit that must be
 * reached at the exact instruction.
 *
 * The present frame goes on before the instruction whose code comes next. A calling frame goes on after its call; what it
 * had put off until after the call has not been executed then.
 *
 * @returns the cost that the present frame has counted in but not charged
 */
export function switchToStepwise(execution: Execution): number {
  let owed = 0;
  for (const frame of Array.from(framesOf(execution))) {
    const { space, func, fp, calleeFp } = frame;
    const place = space.placeOf(calleeFp === undefined ? frame.position : frame.position - 1);
    if (place === undefined) continue;
    for (const operand of place.operands) {
      if (calleeFp === undefined || fp + operand.home < calleeFp) materialize(execution, fp, operand);
    }
    const stepwise = CodeSpace.of(space.instance, space.costs, true);
    const offset = calleeFp === undefined ? place.offset : space.offsetAfter(place.offset);
    const position = stepwise.positionOf(func.index, offset);
    if (position === undefined) throw new Error(`BUG: no stepwise code at offset ${offset}`);
    // A frame may be a little larger in this form.
    execution.reserve(fp + stepwise.frameWords(stepwise.entries[func.index]));
    if (calleeFp === undefined) owed = place.cost;
    frame.resumeAt(stepwise, position);
  }
  return owed;
}
