import type { Program } from "./manifest.ts";
import type { Outcome, Sample } from "./sample.ts";

/** The outcomes of all programs on all peers, by the program's name and the peer's label. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, Outcome>>;

/**
 * Measures all programs on all peers, `runs` times. The peers take turns, so that what else the machine does meets all of
 * them alike. A peer that failed a program is not asked for it again.
 * @param attempt one measurement; what it throws is a failure; undefined where the peer does not have what the program needs
 */
export function runSuite(
  programs: readonly Program[],
  labels: readonly string[],
  runs: number,
  attempt: (program: Program, label: string) => { readonly sample: Sample; readonly expected: string } | undefined,
): Results {
  const results = new Map(
    programs.map(({ name }) => [
      name,
      new Map(labels.map((label) => [label, { samples: [], failures: [] } as Outcome])),
    ]),
  );
  for (let run = 0; run < runs; run++) {
    for (const program of programs) {
      for (const label of labels) {
        const { samples, failures } = results.get(program.name)!.get(label)!;
        if (failures.length > 0) continue;
        try {
          const answer = attempt(program, label);
          if (answer === undefined) continue;
          const { sample, expected } = answer;
          if (sample.checksum === expected) samples.push(sample);
          else failures.push(`answered ${sample.checksum}; right is ${expected}`);
        } catch (error) {
          failures.push(error instanceof Error ? error.message : String(error));
        }
      }
    }
  }
  return results;
}

/** A line for each failure. */
export function failuresOf(results: Results): string[] {
  const lines: string[] = [];
  for (const [program, outcomes] of results) {
    for (const [label, { failures }] of outcomes) {
      for (const failure of failures) lines.push(`${program} on ${label}: ${failure}`);
    }
  }
  return lines;
}
