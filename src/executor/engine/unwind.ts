import { ValType } from "../../common/value-type.ts";
import { WasmValue } from "../../common/wasm-value.ts";
import type { ExceptionInstance } from "../../store/exception-instance.ts";
import type { ModuleInstance } from "../../store/module-instance.ts";
import type { CodeSpace, LoweredFunction } from "../lowering/code-space.ts";
import type { CatchClause, Handler } from "../lowering/exceptions.ts";
import { slotWords } from "../lowering/frame-builder.ts";
import type { Execution } from "./execution.ts";

/** Where an exception is caught. */
interface Landing {
  readonly space: CodeSpace;
  readonly fp: number;
  readonly clause: CatchClause;
  /** Open calls and boundaries that remain. */
  readonly depth: number;
  readonly boundaries: number;
}

/** The first clause of the innermost handler around `position` that takes the exception. */
function findClause(
  handlers: readonly Handler[],
  position: number,
  instance: ModuleInstance,
  exception: ExceptionInstance,
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
    for (const clause of handler.clauses) {
      if (clause.tag < 0 || instance.tags[clause.tag] === exception.tag) return clause;
    }
  }
  return undefined;
}

/** Walks the frames outwards to one that catches the exception; changes nothing. */
function findLanding(execution: Execution, exception: ExceptionInstance, from: number): Landing | undefined {
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
      const clause = findClause(func.handlers, position, space.instance, exception);
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
  const landing = findLanding(execution, exception, from);
  if (landing === undefined) return false;
  const { clause, fp } = landing;
  // Setting a length, also to what it is, costs V8 a tenth of the whole throw.
  if (execution.boundaries.length > landing.boundaries) execution.boundaries.length = landing.boundaries;
  execution.depth = landing.depth;
  execution.fp = fp;
  execution.switchTo(landing.space);
  execution.pc = clause.position;
  let at = fp + clause.landing;
  if (clause.tag >= 0) {
    for (const value of exception.payload) {
      execution.stack.write(at, value);
      at += slotWords(value.type);
    }
  }
  if (clause.pushesReference) execution.stack.write(at, WasmValue.ref(ValType.ExnRef, exception));
  if (clause.keeps >= 0) execution.stack.write(fp + clause.keeps, WasmValue.ref(ValType.ExnRef, exception));
  return true;
}
