import { CodeSpace } from "../lowering/code-space.ts";
import type { Execution } from "./execution.ts";
import { type Frame, framesOf } from "./frames.ts";

/** Where optimised code can be entered. */
interface Entrance {
  readonly position: number;
  /** What is counted in there and not charged. */
  readonly cost: number;
}

/** Of one function: where its steps stand, and which of them are entrances of its optimised code. */
interface Crossings {
  /** The offset of each instruction by the position of its stepwise code. */
  readonly offsets: ReadonlyMap<number, number>;
  /** The entrances of the optimised code by offset. */
  readonly entrances: ReadonlyMap<number, Entrance>;
}

/** By stepwise code and index of the function. */
const known = new WeakMap<CodeSpace, Map<number, Crossings>>();

function findCrossings(stepwise: CodeSpace, index: number): Crossings {
  // Of an `else`, and a branch out of the function, there are further steps: they are no entrances.
  const offsets = new Map<number, number>();
  const seen = new Set<number>();
  stepwise.observe(index, (position, { offset }) => {
    if (!seen.has(offset)) offsets.set(position, offset);
    seen.add(offset);
  });
  const entrances = new Map<number, Entrance>();
  const optimised = CodeSpace.of(stepwise.instance, stepwise.costs);
  // A loop that begins behind a call is entered as a loop.
  optimised.observe(index, undefined, (offset, position, cost) => {
    entrances.set(offset, { position, cost });
  });
  return { offsets, entrances };
}

function crossingsOf(stepwise: CodeSpace, index: number): Crossings {
  let ofSpace = known.get(stepwise);
  if (ofSpace === undefined) {
    ofSpace = new Map();
    known.set(stepwise, ofSpace);
  }
  let crossings = ofSpace.get(index);
  if (crossings === undefined) {
    crossings = findCrossings(stepwise, index);
    ofSpace.set(index, crossings);
  }
  return crossings;
}

/**
 * The entrance that a frame of stepwise code can go on at: before a `step`, or after its call.
 * @param after positions behind calls, with the offsets there, as far as they are known
 */
function entranceOf({ space, func, position, calleeFp }: Frame, after: Map<number, number>): Entrance | undefined {
  const { offsets, entrances } = crossingsOf(space, func.index);
  if (calleeFp === undefined) return entrances.get(offsets.get(position) ?? -1);
  let offset = after.get(position);
  if (offset === undefined) {
    const call = space.placeOf(position - 1)?.offset;
    if (call === undefined) return undefined;
    offset = space.bodies.offsetAfter(call);
    after.set(position, offset);
  }
  return entrances.get(offset);
}

/**
 * Goes back from stepwise to optimised code, in the midst of a run and for all of its frames, if it stands where the
 * optimised code of its present function can be entered: at the function's start, at a loop, after a call. There a frame is
 * the same in both forms, since what optimised code leaves undone is undone no more.
 *
 * @param execution before a `step`
 * @returns the cost that is counted in there and not charged; undefined, and nothing changed, where it stands elsewhere
 */
export function switchToOptimised(execution: Execution): number | undefined {
  const { space } = execution;
  const present = space.functionAt(execution.pc);
  if (present === undefined) return undefined;
  const { offsets, entrances } = crossingsOf(space, present.index);
  const entrance = entrances.get(offsets.get(execution.pc) ?? -1);
  if (entrance === undefined) return undefined;
  const after = new Map<CodeSpace, Map<number, number>>();
  const moves: (() => void)[] = [];
  for (const frame of framesOf(execution)) {
    const known = after.get(frame.space) ?? new Map<number, number>();
    after.set(frame.space, known);
    const found = entranceOf(frame, known);
    if (found === undefined) return undefined;
    const optimised = CodeSpace.of(frame.space.instance, frame.space.costs);
    execution.reserve(frame.fp + optimised.frameWords(optimised.lower(frame.func.index)));
    moves.push(() => frame.resumeAt(optimised, found.position));
  }
  for (const move of moves) move();
  execution.refreshCode();
  return entrance.cost;
}
