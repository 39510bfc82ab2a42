import type { CodeSpace } from "../executor/lowering/code-space.ts";
import type { Breakpoint } from "./breakpoint.ts";

/** The breakpoints of a debugger, and the marks that they have in the code of watched runs. */
export class Breakpoints {
  private readonly points = new Set<Breakpoint>();
  /** By code space and position. */
  private readonly places = new Map<CodeSpace, Map<number, Breakpoint[]>>();

  get all(): readonly Breakpoint[] {
    return Array.from(this.points);
  }

  get any(): boolean {
    return this.points.size > 0;
  }

  /** @throws WrongInstanceIndex where there is no such instruction in code that is in use */
  add(breakpoint: Breakpoint): void {
    for (const space of this.places.keys()) this.put(breakpoint, space);
    this.points.add(breakpoint);
  }

  remove(breakpoint: Breakpoint): void {
    this.points.delete(breakpoint);
    for (const [space, places] of this.places) {
      for (const [position, held] of places) {
        if (!held.includes(breakpoint)) continue;
        places.set(
          position,
          held.filter((other) => other !== breakpoint),
        );
        space.steps.unmark(position);
      }
    }
  }

  /** A run goes to code of this space. */
  usesCode(space: CodeSpace): void {
    if (this.places.has(space)) return;
    this.places.set(space, new Map());
    for (const breakpoint of this.points) this.put(breakpoint, space);
  }

  private put(breakpoint: Breakpoint, space: CodeSpace): void {
    if (space.instance !== breakpoint.instance) return;
    const places = this.places.get(space);
    for (const position of breakpoint.positionsIn(space)) {
      space.steps.mark(position);
      places?.set(position, (places.get(position) ?? []).concat(breakpoint));
    }
  }

  /** Those at a position. */
  at(space: CodeSpace, position: number): readonly Breakpoint[] {
    return this.places.get(space)?.get(position) ?? [];
  }
}
