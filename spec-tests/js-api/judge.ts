import type { FileResult } from "./harness.ts";

/** Subtests that are known to fail, and why they may. */
export interface KnownDeviation {
  readonly file: string;
  readonly subtests: readonly string[];
  readonly reason: string;
}

export interface Failure {
  readonly subtest: string;
  readonly message: string;
}

/** What came of one file, beside what was known before. */
export interface Verdict {
  readonly passed: number;
  /** Failures that are known; they are neither passed nor failed. */
  readonly known: readonly Failure[];
  readonly failures: readonly Failure[];
}

/** What a failure outside of all subtests is called. */
const WHOLE_FILE = "(the file)";

/** A subtest that is known to fail and does not, or is not there, is a failure: its entry has to go. */
export function judge(file: string, { subtests, errors }: FileResult, deviations: readonly KnownDeviation[]): Verdict {
  const expected = new Set(deviations.filter((entry) => entry.file === file).flatMap((entry) => entry.subtests));
  const failures: Failure[] = errors.map((message) => ({ subtest: WHOLE_FILE, message }));
  const known: Failure[] = [];
  let passed = 0;
  for (const { name, failure } of subtests) {
    const isKnown = expected.delete(name);
    if (failure !== undefined) (isKnown ? known : failures).push({ subtest: name, message: failure });
    else if (isKnown) failures.push({ subtest: name, message: "passes, though it is known to fail: remove its entry" });
    else passed++;
  }
  for (const name of expected)
    failures.push({ subtest: name, message: "is known to fail, but there is no such subtest" });
  return { passed, known, failures };
}

/** Entries for files that there are not. */
export function entriesWithoutFile(files: readonly string[], deviations: readonly KnownDeviation[]): string[] {
  return deviations.map(({ file }) => file).filter((file) => !files.includes(file));
}
