import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { committedModules, suiteModules } from "./bases.ts";
import type { Bases } from "./mutate.ts";

/** A variant that one engine accepts and the other refuses. */
export interface Difference {
  readonly number: number;
  /** "valid" or the name of an error code and the instruction. */
  readonly ours: string;
  /** "valid" or V8's message. */
  readonly native: string;
}

/** What became of a batch of variants. */
export interface Judged {
  readonly differences: readonly Difference[];
  /** The variants that the native engine accepts. */
  readonly accepted: readonly number[];
  /** How often each of our verdicts. */
  readonly codes: Readonly<Record<string, number>>;
  /** Milliseconds that the slowest verdict of ours took. */
  readonly slowest: number;
  /** The most memory that the process had, in MiB. */
  readonly peak: number;
}

/** A difference that is no defect. */
export interface KnownDifference {
  readonly ours: string;
  /** A pattern of V8's message. */
  readonly native: string;
  readonly reason: string;
}

/** How often a committed module stands among the suites' many small ones. */
const COPIES = 8;

/** What is mutated. @param suites the folder of the suites' archives; empty: the committed modules alone */
export function bases(suites: string): Bases {
  const committed = committedModules();
  if (suites === "") return { modules: committed };
  return { modules: [...suiteModules(suites), ...Array<Uint8Array[]>(COPIES).fill(committed).flat()] };
}

/** The differences that are no defects: `known-differences.json`. */
export function knownDifferences(): KnownDifference[] {
  const file = join(dirname(fileURLToPath(import.meta.url)), "known-differences.json");
  return JSON.parse(readFileSync(file, "utf8")) as KnownDifference[];
}

/** What explains a difference, if anything. */
export function explanation(
  known: readonly KnownDifference[],
  { ours, native }: Difference,
): KnownDifference | undefined {
  return known.find((item) => item.ours === ours && new RegExp(item.native).test(native));
}
