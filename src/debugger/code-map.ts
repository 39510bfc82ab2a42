import type { CodeSpace } from "../executor/lowering/code-space.ts";
import type { Step } from "../executor/lowering/steps.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { Disassembler } from "./disassembler.ts";

/** How many functions a module imports: the indices of its own follow. */
export function importedCount({ source }: ModuleInstance): number {
  return source?.imports.filter(({ type }) => type.kind === "function").length ?? 0;
}

/** Where the instructions of a function lie in the module's bytes; from -1 to -1 where it has none. */
export function bodyOf(instance: ModuleInstance, index: number): { readonly start: number; readonly end: number } {
  const { code } = instance.source ?? {};
  const defined = index - importedCount(instance);
  return { start: code?.expressionStarts[defined] ?? -1, end: code?.ends[defined] ?? -1 };
}

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
    steps = new FunctionSteps(withFinalEnds(space, index));
    functions.set(index, steps);
  }
  return steps;
}

/**
 * A branch to the function's own label executes the final `end` too. The code has that as a second step of the branch; here it is
 * what it does, so that whoever looks on sees the branch once, and the `end`.
 */
function withFinalEnds(space: CodeSpace, index: number): Step[] {
  const steps = space.steps.ofFunction(index);
  const { source } = space.instance;
  if (source === undefined) return steps;
  const disassembler = Disassembler.of(source);
  const end = bodyOf(space.instance, index).end - 1;
  for (let i = 1; i < steps.length; i++) {
    const [branch, next] = [steps[i - 1] as Step, steps[i] as Step];
    if (next.offset !== branch.offset || !disassembler.infoAt(next.offset).name.startsWith("br")) continue;
    steps[i] = { ...next, offset: end };
    // Nothing stands between the two where the branch is always taken.
    if (branch.carries === 0) {
      branch.takes += next.carries;
      branch.carries = next.carries;
    }
  }
  return steps;
}
