import type { CodeSpace, LoweredFunction } from "../lowering/code-space.ts";
import type { Execution } from "./execution.ts";

/**
 * How frames lie on the value stack.
 *
 * A frame begins with the function's parameters, where the caller has put the arguments on its own operand stack, and the
 * other locals; then comes the header of two words: the position where the caller goes on, and the caller's frame pointer;
 * then the operand stack. Results go to the frame's start, which is where the caller's operand stack wants them.
 *
 * Where the caller is code of another instance, the position in the header is 0, which holds `leave-instance`, and the true
 * one is kept in a Boundary.
 */
export interface Frame {
  readonly space: CodeSpace;
  readonly func: LoweredFunction;
  /** Word offset of the frame. */
  readonly fp: number;
  /** Where the frame's code stands: the next instruction, or in a calling frame the one after the call. */
  readonly position: number;
  /** Frame pointer of the function that this frame calls; undefined for the innermost. */
  readonly calleeFp: number | undefined;
  /** Makes the frame go on elsewhere. */
  resumeAt(space: CodeSpace, position: number): void;
}

/**
 * The frames of an execution that is outside of its loop, innermost first.
 * @param returnedFrom where the innermost has just come back from a call: the callee's frame pointer
 */
export function* framesOf(execution: Execution, returnedFrom = execution.leftFrame): Generator<Frame> {
  const { boundaries, i32 } = execution;
  let space = execution.space;
  let { pc: position, fp } = execution;
  let calleeFp = returnedFrom;
  let level = boundaries.length;
  let resumeAt = (newSpace: CodeSpace, newPosition: number): void => {
    execution.switchTo(newSpace);
    execution.pc = newPosition;
  };
  for (;;) {
    if (position === 0) {
      const at = --level;
      const boundary = boundaries[at];
      if (boundary?.space === undefined) return;
      space = boundary.space;
      position = boundary.position;
      resumeAt = (newSpace, newPosition) => {
        boundaries[at] = { space: newSpace, position: newPosition };
      };
    }
    const func = space.functionAt(position);
    if (func === undefined) return;
    const header = fp + space.headerOffset(func.entry);
    const frame: Frame = { space, func, fp, position, calleeFp, resumeAt };
    const next = i32[header];
    const nextFp = i32[header + 1];
    yield frame;
    resumeAt = (_, newPosition) => {
      // The stack may have grown since.
      execution.i32[header] = newPosition;
    };
    calleeFp = fp;
    position = next;
    fp = nextFp;
  }
}
