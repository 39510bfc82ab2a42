import type { CodeSpace, Step } from "../executor/lowering/code-space.ts";

/** The steps of a function's stepwise code, to find them by position and by byte offset. */
export class FunctionSteps {
  /** In the order of positions. */
  readonly steps: readonly Step[];
  private readonly byPosition: ReadonlyMap<number, Step>;

  constructor(steps: readonly Step[]) {
    this.steps = steps;
    this.byPosition = new Map(steps.map((step) => [step.position, step]));
  }

  /** The step at exactly that position. */
  at(position: number): Step | undefined {
    return this.byPosition.get(position);
  }

  /** The step whose code holds a position; undefined before the first. */
  holding(position: number): Step | undefined {
    let low = 0;
    let high = this.steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.steps[middle] as Step).position <= position) low = middle + 1;
      else high = middle;
    }
    return this.steps[low - 1];
  }

  /** The steps of the instruction at a byte offset: none where it can never be reached. */
  ofOffset(offset: number): Step[] {
    return this.steps.filter((step) => step.offset === offset);
  }
}

const known = new WeakMap<CodeSpace, Map<number, FunctionSteps>>();

/** The steps of a function of a stepwise code space, computed once. @param index of a function that the module defines */
export function stepsOf(space: CodeSpace, index: number): FunctionSteps {
  let functions = known.get(space);
  if (functions === undefined) {
    functions = new Map();
    known.set(space, functions);
  }
  let steps = functions.get(index);
  if (steps === undefined) {
    steps = new FunctionSteps(space.stepsOf(index));
    functions.set(index, steps);
  }
  return steps;
}
