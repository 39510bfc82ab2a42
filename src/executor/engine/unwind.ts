import { ValType } from "../../common/value-type.ts";
import { WasmValue } from "../../common/wasm-value.ts";
import type { ExceptionInstance } from "../../store/exception-instance.ts";
import type { TagInstance } from "../../store/tag-instance.ts";
import type { CodeSpace } from "../lowering/code-space.ts";
import type { CatchClause } from "../lowering/exceptions.ts";
import { slotWords } from "../lowering/operands.ts";
import type { ThrowSite } from "../lowering/throw-site.ts";
import type { Execution } from "./execution.ts";

/** Where an exception is caught. */
export interface Landing {
  readonly space: CodeSpace;
  readonly fp: number;
  readonly clause: CatchClause;
  /** Open calls and boundaries that remain. */
  readonly depth: number;
  readonly boundaries: number;
}

/**
 * Walks the frames outwards to one that catches exceptions with that tag; changes nothing.
 *
 * An engine without a compiler takes longer over a `for` of a list than over its places.
 * @param from as of `unwind`
 * @param outermost how many boundaries are not to be crossed
 */
export function findLanding(
  execution: Execution,
  thrown: TagInstance,
  from: number,
  outermost = 0,
): Landing | undefined {
  const { boundaries, i32 } = execution;
  let { space, fp, depth } = execution;
  let position = from;
  let open = boundaries.length;
  let site: ThrowSite | undefined;
  for (;;) {
    if (position < 0) {
      if (open === outermost) return undefined;
      const boundary = boundaries[--open];
      if (boundary.space === undefined) return undefined;
      space = boundary.space;
      position = boundary.position - 1;
      site = undefined;
    }
    // The caller often stands where its own caller does.
    if (site?.position !== position) site = space.throwSiteAt(position);
    if (site === undefined) return undefined;
    const { clauses } = site;
    for (let i = 0; i < clauses.length; i++) {
      const clause = clauses[i];
      if (clause.tag < 0 || space.instance.tags[clause.tag] === thrown) {
        return { space, fp, clause, depth, boundaries: open };
      }
    }
    const header = fp + site.header;
    // The position after a call may be the first one of another block: the call itself is what stands in the block.
    position = i32[header] - 1;
    fp = i32[header + 1];
    depth--;
  }
}

/**
 * Takes an exception to the code that catches it. https://webassembly.github.io/spec/core/exec/instructions.html#exec-throw-ref
 * @param from where it is thrown: a position in the present frame's code; -1 where that frame belongs to another instance
 * @returns false, and nothing changed, where no frame of the execution catches it
 */
export function unwind(execution: Execution, exception: ExceptionInstance, from = execution.pc): boolean {
  const landing = findLanding(execution, exception.tag, from);
  if (landing === undefined) return false;
  land(execution, landing, exception);
  return true;
}

/** Goes to where an exception is caught, and hands it over there. */
export function land(execution: Execution, landing: Landing, exception: ExceptionInstance): void {
  const { clause, fp } = landing;
  goTo(execution, landing);
  let at = fp + clause.landing;
  if (clause.tag >= 0) {
    const { payload } = exception;
    for (let i = 0; i < payload.length; i++) {
      execution.stack.write(at, payload[i]);
      at += slotWords(payload[i].type);
    }
  }
  if (clause.pushesReference) execution.stack.write(at, WasmValue.ref(ValType.ExnRef, exception));
  if (clause.keeps >= 0) execution.stack.write(fp + clause.keeps, WasmValue.ref(ValType.ExnRef, exception));
}

/** Goes to where an exception is caught. */
export function goTo(execution: Execution, { space, fp, clause, depth, boundaries }: Landing): void {
  // Setting a length, also to what it is, costs V8 a tenth of the whole throw.
  if (execution.boundaries.length > boundaries) execution.boundaries.length = boundaries;
  execution.depth = depth;
  execution.fp = fp;
  if (space !== execution.space) execution.switchTo(space);
  execution.pc = clause.position;
}
