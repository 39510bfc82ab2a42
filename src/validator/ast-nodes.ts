import { WasmEdgeError } from "../common/error.ts";
import type { ASTNode } from "../common/error-context.ts";

/** Does `check`; an error of it gets the AST node in which it arose. */
export function within<Result>(node: ASTNode, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    throw error instanceof WasmEdgeError ? error.withContext({ kind: "ast", node }) : error;
  }
}
