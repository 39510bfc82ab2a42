import { isRefType } from "../../common/value-type.ts";
import { CodeSpace, type LoweredFunction } from "../lowering/code-space.ts";
import type { CatchClause } from "../lowering/exceptions.ts";
import { Kind, type OperandState, slotWords } from "../lowering/operands.ts";
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
  if (isRefType(operand.type)) refs[home >> 1] = refs[from >> 1];
  else i32.copyWithin(home, from, from + slotWords(operand.type));
}

/** The catch clause whose code begins at a position: where a run stands that has just caught an exception. */
function clauseAt(func: LoweredFunction, position: number): CatchClause | undefined {
  for (const { clauses } of func.handlers) {
    const found = clauses.find((clause) => clause.position === position);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The position of the same clause in stepwise code. */
function sameClause(stepwise: CodeSpace, func: LoweredFunction, clause: CatchClause): number {
  const handler = func.handlers.findIndex(({ clauses }) => clauses.includes(clause));
  const other = stepwise.functionAt(stepwise.entries[func.index])?.handlers[handler];
  const position = other?.clauses[func.handlers[handler].clauses.indexOf(clause)]?.position;
  if (position === undefined) throw new Error("BUG: no stepwise code of a catch clause");
  return position;
}

/**
 * Goes over from optimised to stepwise code, in the midst of a run and for all of its frames: before a limit that must be
 * reached at the exact instruction.
 *
 * The present frame goes on before the instruction whose code comes next. A calling frame goes on after its call; what it
 * had put off until after the call has not been executed then.
 *
 * @param returnedFrom where the present frame has just come back from a call: the callee's frame pointer
 * @param watched to the stepwise code that observers mark; frames that are in stepwise code already go over as well
 * @returns the cost that the present frame has counted in but not charged
 */
export function switchToStepwise(execution: Execution, returnedFrom?: number, watched = false): number {
  let owed = 0;
  for (const frame of Array.from(framesOf(execution, returnedFrom))) {
    const { space, func, fp, calleeFp } = frame;
    const stepwise = CodeSpace.of(space.instance, space.costs, true, watched);
    const entry = stepwise.lower(func.index);
    if (space.stepwise) {
      // The same code at another place.
      frame.resumeAt(stepwise, frame.position - func.entry + entry);
      continue;
    }
    // A frame may be a little larger in this form.
    execution.reserve(fp + stepwise.frameWords(entry));
    const place = space.placeOf(calleeFp === undefined ? frame.position : frame.position - 1);
    if (place === undefined) {
      // At the function's entry, before its locals have their null references.
      frame.resumeAt(stepwise, entry);
      continue;
    }
    const clause = calleeFp === undefined ? clauseAt(func, frame.position) : undefined;
    // Above this there are arguments, or a caught payload, which are in place.
    const bound = clause === undefined ? calleeFp : fp + clause.landing;
    for (const operand of place.operands) {
      if (bound === undefined || fp + operand.home < bound) materialize(execution, fp, operand);
    }
    if (clause !== undefined) {
      frame.resumeAt(stepwise, sameClause(stepwise, func, clause));
      continue;
    }
    const offset = calleeFp === undefined ? place.offset : space.bodies.offsetAfter(place.offset);
    const position = stepwise.positionOf(func.index, offset);
    if (position === undefined) throw new Error(`BUG: no stepwise code at offset ${offset}`);
    if (calleeFp === undefined) owed = place.cost;
    frame.resumeAt(stepwise, position);
  }
  // Frames further out may have had functions lowered that the innermost has not.
  execution.refreshCode();
  return owed;
}
