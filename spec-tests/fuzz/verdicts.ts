import { createHash } from "node:crypto";
import { bases } from "./judge.ts";
import { variant } from "./mutate.ts";

/** Native verdicts on the first variants of the committed modules. */
export interface Verdicts {
  readonly variants: number;
  /** SHA-1 of all variants: another one means that the verdicts are of other bytes. */
  readonly digest: string;
  /** The variants that the native engine accepts. */
  readonly accepted: readonly number[];
  /** Those where our verdict differs, as `known-differences.json` explains. */
  readonly explained: readonly number[];
}

/** The variants of the committed modules, in order. */
export function committedVariants(count: number): Uint8Array[] {
  const committed = bases("");
  return Array.from({ length: count }, (_, number) => variant(committed, number));
}

export function digestOf(variants: readonly Uint8Array[]): string {
  const hash = createHash("sha1");
  for (const bytes of variants) hash.update(bytes);
  return hash.digest("hex");
}

/** The text of a file of verdicts. */
export function recordVerdicts(variants: number, accepted: readonly number[], explained: readonly number[]): string {
  const digest = digestOf(committedVariants(variants));
  return `${JSON.stringify({ variants, digest, accepted, explained } satisfies Verdicts)}\n`;
}
