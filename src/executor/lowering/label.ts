import type { ValType } from "../../common/value-type.ts";

/** A block that is being lowered: where branches to it go and what they carry. */
export interface Label {
  /** `function` for the body itself. */
  kind: "function" | "block" | "loop" | "if" | "else";
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
  /** Entries of the operand stack below the block's parameters. */
  readonly depth: number;
  /** Word offset of the first register above those. */
  readonly top: number;
  /** Of a loop: the position that branches go to, and the cost counted in there. */
  readonly target: number;
  readonly targetCost: number;
  /** Places of the target words of branches to the end, which is not known yet; the words after them hold the cost. */
  readonly patches: number[];
  /** Of an `if`: the place of the target word of the branch around its first part; -1 for none. */
  elsePatch: number;
  /** Of an `if`: the cost counted in where it branches. */
  readonly costAtIf: number;
}

/** What a branch to the label carries. */
export function labelTypes(label: Label): readonly ValType[] {
  return label.kind === "loop" ? label.params : label.results;
}
