import type { TagInstance } from "../../store/tag-instance.ts";
import type { CatchClause } from "../lowering/exceptions.ts";
import { newException, thrownReference } from "./callee.ts";
import type { Execution } from "./execution.ts";
import { findLanding, goTo, type Landing, land } from "./unwind.ts";

/**
 * Throws that do not leave the loop: code of the same instance catches the exception, and the execution stands there then.
 *
 * Both give false, and have changed nothing, where the throw is for the driver to do: nobody catches it, or another instance,
 * the reference is null, or somebody wants to be told.
 */

/**
 * Throws a new exception, for the present instruction, a `throw`.
 * @param tag index of the tag
 * @param payload word offset on the stack
 */
export function throwWithin(execution: Execution, tag: number, payload: number): boolean {
  const landing = findWithin(execution, execution.instance.tags[tag]);
  if (landing === undefined) return false;
  const { clause } = landing;
  if (clause.pushesReference || clause.keeps >= 0) land(execution, landing, newException(execution));
  else {
    // Nobody gets a reference to the exception, so there need not be one.
    movePayload(execution, clause, payload, landing.fp + clause.landing);
    goTo(execution, landing);
  }
  return true;
}

/** Throws what the present instruction, a `throw-ref`, refers to. */
export function rethrowWithin(execution: Execution): boolean {
  const exception = thrownReference(execution);
  const landing = exception === null ? undefined : findWithin(execution, exception.tag);
  if (exception === null || landing === undefined) return false;
  land(execution, landing, exception);
  return true;
}

function findWithin(execution: Execution, tag: TagInstance): Landing | undefined {
  return execution.isObserved ? undefined : findLanding(execution, tag, execution.pc, execution.boundaries.length);
}

/** Moves what a clause takes downwards on the stack. */
function movePayload({ i32, refs }: Execution, clause: CatchClause, from: number, to: number): void {
  const { words } = clause;
  for (let i = 0; i < words; i++) i32[to + i] = i32[from + i];
  if (!clause.takesReferences) return;
  for (let i = 0; i < words; i += 2) refs[(to + i) >> 1] = refs[(from + i) >> 1];
}
