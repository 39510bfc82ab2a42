import type { CatchClause, Handler } from "./exceptions.ts";

/** What an exception meets at a position of the code: where it is thrown, or where a call stands that it comes out of. */
export interface ThrowSite {
  readonly position: number;
  /** The clauses of the try blocks around the position, in the order in which they are asked whether they catch it. */
  readonly clauses: readonly CatchClause[];
  /** Word offset of the frame's header, which says where it goes on if none does. */
  readonly header: number;
}

/** The clauses that guard a position. @param handlers of its function, in the order in which their blocks begin */
export function clausesAround(position: number, handlers: readonly Handler[]): readonly CatchClause[] {
  const clauses: CatchClause[] = [];
  let level = Number.POSITIVE_INFINITY;
  // The last that holds the position is the innermost.
  for (const handler of [...handlers].reverse()) {
    if (position < handler.start || position >= handler.end || handler.level > level) continue;
    if (handler.delegateLevel >= 0) level = handler.delegateLevel;
    else clauses.push(...handler.clauses);
  }
  return clauses;
}
