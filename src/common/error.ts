import { type ErrCodeName, type ErrPhase, errName, errPhase } from "./error-code.ts";
import { type ErrorContext, formatContext } from "./error-context.ts";
import { errMessage } from "./error-message.ts";

/**
 * The one error class of the library.
 *
 * Where WasmEdge's C++ returns `Expect<T>` and logs lines, we throw this: the code, the phase and message that belong to
 * it, and as `context` what the log lines of WasmEdge would say, as values, innermost first. `lines()` gives the text.
 */
export class WasmEdgeError extends Error {
  /** WasmEdge's number: category in the top 8 bits. */
  readonly code: number;
  /** Where it happened, innermost first; grows while the error climbs. */
  readonly context: ErrorContext[];
  /** What a host function threw, where that was another kind of error. */
  override cause?: unknown;

  /**
   * @param code a number of `ErrCode`, or a user's code made by `userErrCode`
   * @param context what is known at the place of the error; callers further out add to it by `withContext`
   */
  constructor(code: number, ...context: ErrorContext[]) {
    super(errMessage(code));
    this.name = "WasmEdgeError";
    this.code = code;
    this.context = context;
  }

  /** The name of the code, for example "MemoryOutOfBounds". */
  get codeName(): ErrCodeName {
    return errName(this.code);
  }

  get phase(): ErrPhase {
    return errPhase(this.code);
  }

  /** Adds what an outer caller knows, and returns the error to be thrown on. */
  withContext(...context: ErrorContext[]): this {
    this.context.push(...context);
    return this;
  }

  /** The head line of WasmEdge's log: `execution failed: unreachable, Code: 0x40a`. Of a user's code, the user's number. */
  headline(): string {
    return `${this.phase} failed: ${this.message}, Code: 0x${(this.code & 0xffffff).toString(16).padStart(3, "0")}`;
  }

  /** The lines that WasmEdge would log: some context stands before the head line, most of it after, indented. */
  lines(): string[] {
    const before = this.context.filter((entry) => entry.kind === "preface").map(formatContext);
    const after = this.context.filter((entry) => entry.kind !== "preface").map(formatContext);
    return [...before, this.headline(), ...after];
  }

  override toString(): string {
    return this.lines().join("\n");
  }
}

/** Throws a `WasmEdgeError`; an expression, so that it can stand after `??`. */
export function fail(code: number, ...context: ErrorContext[]): never {
  throw new WasmEdgeError(code, ...context);
}
