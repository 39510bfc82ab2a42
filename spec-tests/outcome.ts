import { instructions, instructionText, opcodeBytes } from "../src/ast/instructions.ts";
import { WasmEdgeError } from "../src/common/error.ts";
import { ErrCode, type ErrPhase, errMessage } from "../src/common/error-code.ts";

/** What became of a command. */
export type Outcome =
  | { readonly status: "passed" }
  | { readonly status: "failed"; readonly reason: string }
  /** It is about a module in text form: nothing here reads that. */
  | { readonly status: "text" }
  /**
   * It needs an instance of `file`, which the executor refused; with `line`, only the command there cannot do what it should,
   * since a refused module has not done its part.
   */
  | { readonly status: "refused"; readonly file: string; readonly line?: number; readonly cause: string };

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

/** Whether the encoding of an opcode stands at `offset`; the code behind a prefix byte is a LEB128 number. */
function holdsOpcode(bytes: Uint8Array, offset: number, opcode: readonly number[]): boolean {
  const [first, code] = opcode;
  if (bytes[offset] !== first) return false;
  if (code === undefined) return true;
  let value = 0;
  for (let i = 1; i <= 5; i++) {
    const byte = bytes[offset + i] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (i - 1));
    if (byte < 0x80) break;
  }
  return value === code;
}

/**
 * The instruction for which the executor refused a module.
 * @returns undefined for any other error
 * @throws Error where the refusal does not name an instruction that stands in the module at the place it tells
 */
export function refusedInstruction(error: WasmEdgeError, bytes: Uint8Array): string | undefined {
  if (error.code !== ErrCode.InstructionNotExecutable) return undefined;
  const place = error.context.find((entry) => entry.kind === "instruction");
  const info = instructions.find(({ opcode }) => `${opcodeBytes(opcode)}` === `${place?.opcode}`);
  if (place === undefined || info === undefined || place.name !== instructionText(info.opcode)) {
    throw new Error("the executor refused an instruction, but names none");
  }
  if (!holdsOpcode(bytes, place.offset, opcodeBytes(info.opcode))) {
    throw new Error(`the executor refused ${place.name}, which is not at 0x${place.offset.toString(16)}`);
  }
  return info.name;
}
