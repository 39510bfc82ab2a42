import { WasmEdgeError } from "../src/common/error.ts";
import type { ErrPhase } from "../src/common/error-code.ts";
import { errMessage } from "../src/common/error-message.ts";

/** What became of a command. */
export type Outcome =
  | { readonly status: "passed" }
  | { readonly status: "failed"; readonly reason: string }
  /** It is about a module in text form: nothing here reads that. */
  | { readonly status: "text" };

export const passed: Outcome = { status: "passed" };
export const skippedText: Outcome = { status: "text" };

export function failed(reason: string): Outcome {
  return { status: "failed", reason };
}

/** What a step of loader, validator or executor gave: a value, or the error that it threw. */
export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WasmEdgeError };

/**
 * Runs a step.
 * @throws Error where it threw anything but a WasmEdgeError, which is a bug of the engine
 */
export function attempt<T>(step: () => T): Attempt<T> {
  try {
    return { ok: true, value: step() };
  } catch (error) {
    if (error instanceof WasmEdgeError) return { ok: false, error };
    throw new Error(`leaked ${error instanceof Error ? (error.stack ?? `${error}`) : String(error)}`);
  }
}

/** An error as failures print it. */
export function errorText(error: WasmEdgeError): string {
  const place = error.context.find((entry) => entry.kind === "loading" || entry.kind === "instruction");
  const offset = place === undefined ? "" : ` at 0x${place.offset.toString(16)}`;
  return `${error.phase} error ${error.codeName} "${error.message}"${offset}`;
}

/**
 * Checks an error against what a suite expects: phase, message, and that the message is the one of the error's code.
 * @param text what the message has to be a prefix of; undefined where the suite does not say
 */
export function checkError(error: WasmEdgeError, phases: readonly ErrPhase[], text: string | undefined): Outcome {
  const expected = `expected ${phases.join(" or ")} error${text === undefined ? "" : ` "${text}"`}`;
  if (!phases.includes(error.phase)) return failed(`${expected}, got ${errorText(error)}`);
  if (error.message === "" || error.message !== errMessage(error.code)) {
    return failed(
      `the message "${error.message}" is not that of code 0x${error.code.toString(16)} (${error.codeName})`,
    );
  }
  return text?.startsWith(error.message) === false ? failed(`${expected}, got ${errorText(error)}`) : passed;
}
