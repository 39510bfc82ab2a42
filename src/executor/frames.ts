import type { Execution } from "./engine/execution.ts";
import type { CodeSpace } from "./lowering/code-space.ts";
import { HEADER_WORDS } from "./lowering/lower-function.ts";

/**
 * Frames that the driver makes and takes away: those of calls that leave the instance, of indirect calls and of tail calls.
 * The loop makes the others itself, in the same way. WasmEdge's `StackManager::pushFrame` and `popFrame`.
 */

/** A wasm function in the code in which it is to run. */
export interface WasmCallee {
  readonly space: CodeSpace;
  /** In the index space of functions. */
  readonly index: number;
}

/** What a frame's header holds. */
export interface FrameHeader {
  /** Where the caller goes on; 0 where that is in another instance. */
  readonly next: number;
  readonly callerFp: number;
}

/** The frame that a call needs does not fit: makes the stack larger. @throws CallStackExhausted, ValueStackExhausted */
export function growStack(execution: Execution): void {
  // Either may be what the loop has come back for.
  if (execution.requireDepth()) execution.reserve(execution.stackEnd + HEADER_WORDS);
}

/** @returns the word offset of the frame's header */
function clearLocals(execution: Execution, space: CodeSpace, entry: number, at: number): number {
  const header = at + space.headerOffset(entry);
  execution.i32.fill(0, at + space.code[entry - 2], header);
  return header;
}

/**
 * Makes a frame for a wasm function and goes to its code.
 * @param at word offset of the arguments on the stack
 * @param caller the code that goes on afterwards, undefined for none
 * @param next where that goes on
 * @throws CallStackExhausted, ValueStackExhausted
 */
export function enterFrame(
  execution: Execution,
  { space, index }: WasmCallee,
  at: number,
  caller: CodeSpace | undefined,
  next: number,
): void {
  execution.requireDepth();
  const entry = space.lower(index);
  execution.reserve(at + space.frameWords(entry));
  const header = clearLocals(execution, space, entry, at);
  const within = caller === space;
  if (!within) execution.boundaries.push({ space: caller, position: next });
  execution.i32[header] = within ? next : 0;
  execution.i32[header + 1] = execution.fp;
  execution.fp = at;
  execution.depth++;
  execution.switchTo(space);
  execution.pc = entry;
}

/**
 * Makes the frame of a tail call's callee in the place of the present one.
 * @param operands see `giveWay`
 */
export function replaceFrame(execution: Execution, { space, index }: WasmCallee, operands: number): void {
  const { fp } = execution;
  const entry = space.lower(index);
  const { next, callerFp } = giveWay(execution, operands);
  const within = space === execution.space;
  if (!within && next !== 0) execution.boundaries.push({ space: execution.space, position: next });
  const header = clearLocals(execution, space, entry, fp);
  execution.i32[header] = within ? next : 0;
  execution.i32[header + 1] = callerFp;
  execution.switchTo(space);
  execution.pc = entry;
}

/**
 * Charges a tail call and moves its arguments to the start of the present frame.
 * @param operands position of the words header, base, words, cost
 * @returns what the frame's header held
 */
export function giveWay(execution: Execution, operands: number): FrameHeader {
  const { code, fp, i32, refs } = execution;
  const header = fp + code[operands];
  const from = fp + code[operands + 1];
  const words = code[operands + 2];
  execution.fuel -= code[operands + 3];
  const frame = { next: i32[header], callerFp: i32[header + 1] };
  i32.copyWithin(fp, from, from + words);
  refs.copyWithin(fp >> 1, from >> 1, (from + words) >> 1);
  return frame;
}

/** Goes back over a boundary between instances. @returns true where the frame that was left is the first */
export function leaveInstance(execution: Execution): boolean {
  const boundary = execution.boundaries.pop();
  if (boundary?.space === undefined) return true;
  execution.switchTo(boundary.space);
  execution.pc = boundary.position;
  return false;
}
