import { isRefType, type ValType } from "../../common/value-type.ts";
import { slotWords } from "../lowering/operands.ts";
import { newException, thrownReference } from "./callee.ts";
import type { Execution } from "./execution.ts";
import { IR } from "./generated/ir.ts";
import { findLanding, goTo, land } from "./unwind.ts";

/**
 * Throws what the present instruction, a `throw` or `throw-ref`, throws, if code of the same instance catches it: then the
 * execution stands where it is caught.
 * @returns false, and nothing changed, where that is for the driver to do: nobody catches it, or another instance, the reference
 *   is null, or somebody wants to be told
 */
export function throwWithin(execution: Execution): boolean {
  if (execution.isObserved) return false;
  const { code, pc, fp, instance } = execution;
  const rethrown = code[pc] === IR.throw ? undefined : thrownReference(execution);
  if (rethrown === null) return false;
  const tag = rethrown?.tag ?? instance.tags[code[pc + 1]];
  const landing = findLanding(execution, tag, pc);
  if (landing === undefined || landing.boundaries < execution.boundaries.length) return false;
  const { clause } = landing;
  if (rethrown !== undefined) land(execution, landing, rethrown);
  else if (clause.pushesReference || clause.keeps >= 0) land(execution, landing, newException(execution));
  else {
    // Nobody gets a reference to the exception, so there need not be one.
    if (clause.tag >= 0) moveValues(execution, tag.type.params, fp + code[pc + 2], landing.fp + clause.landing);
    goTo(execution, landing);
  }
  return true;
}

/** Moves values downwards on the stack. */
function moveValues({ i32, refs }: Execution, types: readonly ValType[], from: number, to: number): void {
  for (let i = 0; i < types.length; i++) {
    if (isRefType(types[i])) refs[to >> 1] = refs[from >> 1];
    const end = to + slotWords(types[i]);
    for (; to < end; to++) i32[to] = i32[from++];
  }
}
