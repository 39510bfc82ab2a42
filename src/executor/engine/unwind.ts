import { ValType } from "../../common/value-type.ts";
import { WasmValue } from "../../common/wasm-value.ts";
import type { ExceptionInstance } from "../../store/exception-instance.ts";
import type { ModuleInstance } from "../../store/module-instance.ts";
import type { TagInstance } from "../../store/tag-instance.ts";
import type { CodeSpace, LoweredFunction } from "../lowering/code-space.ts";
import type { CatchClause, Handler } from "../lowering/exceptions.ts";
import { slotWords } from "../lowering/operands.ts";
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

// An engine without a compiler takes longer over a `for` of a list than over its places.

/** The first clause of the innermost handler around `position` that takes exceptions with that tag. */
function findClause(
  handlers: readonly Handler[],
  position: number,
  instance: ModuleInstance,
  thrown: TagInstance,
): CatchClause | undefined {
  let level = Number.POSITIVE_INFINITY;
  // Handlers stand in the order in which their blocks begin, so the last that holds the position is the innermost.
  for (let i = handlers.length - 1; i >= 0; i--) {
    const handler = handlers[i];
    if (position < handler.start || position >= handler.end || handler.level > level) continue;
    if (handler.delegateLevel >= 0) {
      level = handler.delegateLevel;
      continue;
    }
    const { clauses } = handler;
    for (let k = 0; k < clauses.length; k++) {
      const { tag } = clauses[k];
      if (tag < 0 || instance.tags[tag] === thrown) return clauses[k];
    }
  }
  return undefined;
}

/** Walks the frames outwards to one that catches exceptions with that tag; changes nothing. @param from as of `unwind` */
export function findLanding(execution: Execution, thrown: TagInstance, from: number): Landing | undefined {
  const { boundaries, i32 } = execution;
  let { space, fp, depth } = execution;
  let position = from;
  let open = boundaries.length;
  let func: LoweredFunction | undefined;
  for (;;) {
    if (position < 0) {
      const boundary = boundaries[--open];
      if (boundary?.space === undefined) return undefined;
      space = boundary.space;
      position = boundary.position - 1;
      func = undefined;
    }
    // The caller is often the same function.
    if (func === undefined || position < func.start || position >= func.end) func = space.functionAt(position);
    if (func === undefined) return undefined;
    if (func.handlers.length > 0) {
      const clause = findClause(func.handlers, position, space.instance, thrown);
      if (clause !== undefined) return { space, fp, clause, depth, boundaries: open };
    }
    const header = fp + space.headerOffset(func.entry);
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
