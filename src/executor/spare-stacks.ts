import type { RuntimeConfigure } from "../config/configure.ts";
import { ValueStack } from "./engine/value-stack.ts";

/** Calls of wasm by functions that wasm calls are seldom in each other deeper than this. */
const KEPT_STACKS = 4;

/** Value stacks that no run uses at present: most calls come one after the other, or in each other. */
export class SpareStacks {
  private readonly runtime: Pick<RuntimeConfigure, "maxValueStackBytes">;
  private readonly stacks: ValueStack[] = [];

  /** @param runtime how large a stack may become */
  constructor(runtime: Pick<RuntimeConfigure, "maxValueStackBytes">) {
    this.runtime = runtime;
  }

  take(): ValueStack {
    return this.stacks.pop() ?? new ValueStack(this.runtime.maxValueStackBytes);
  }

  /** A large one is not worth keeping. */
  giveBack(stack: ValueStack): void {
    if (!stack.isSmall || this.stacks.length === KEPT_STACKS) return;
    stack.dropReferences();
    this.stacks.push(stack);
  }
}
