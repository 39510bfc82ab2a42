import { geometricMean, median, type Outcome } from "./sample.ts";
import type { Results } from "./suite.ts";

/** The column that the ratios refer to, and of which the first call is shown. */
const US = "us";

/**
 * The results as a table in Markdown: CPU time in milliseconds, then each other peer's time divided by ours, and below the
 * geometric means of the ratios. Without us among the peers, times only.
 */
export function formatTable(results: Results, labels: readonly string[]): string {
  const others = labels.includes(US) ? labels.filter((label) => label !== US) : [];
  const rows: string[][] = [["program"]];
  for (const label of labels) {
    rows[0]!.push(`${label}, ms`);
    if (label === US) rows[0]!.push("us, first call");
  }
  rows[0]!.push(...others.map((label) => `${label} / us`));

  const ratios = new Map<string, number[]>(others.map((label) => [label, []]));
  for (const [program, outcomes] of results) {
    const row = [program];
    for (const label of labels) {
      row.push(milliseconds(outcomes.get(label), "time"));
      if (label === US) row.push(milliseconds(outcomes.get(label), "firstCall"));
    }
    for (const label of others) {
      const ratio = ratioOf(outcomes.get(label), outcomes.get(US));
      row.push(ratio === undefined ? "" : formatRatio(ratio));
      if (ratio !== undefined) ratios.get(label)!.push(ratio);
    }
    rows.push(row);
  }
  if (others.length > 0 && results.size > 1) {
    const means = others.map((label) => ratios.get(label)!);
    const blank = rows[0]!.length - others.length - 1;
    const cells = means.map((values) => (values.length === 0 ? "" : formatRatio(geometricMean(values))));
    rows.push(["geometric mean", ...Array<string>(blank).fill(""), ...cells]);
  }
  return layOut(rows);
}

/**
 * Of programs that exist with vectors as well (`blur`, `blur-simd`): our time with vectors divided by our time without, as a
 * line of text; undefined where none has been measured.
 */
export function formatVectorRatios(results: Results): string | undefined {
  const ratios: string[] = [];
  for (const [program, outcomes] of results) {
    const ratio = ratioOf(results.get(`${program}-simd`)?.get(US), outcomes.get(US));
    if (ratio !== undefined) ratios.push(`${program} ${formatRatio(ratio)}`);
  }
  return ratios.length === 0 ? undefined : `With vectors, times the scalar form: ${ratios.join(", ")}.`;
}

function timeOf(outcome: Outcome | undefined, which: "time" | "firstCall"): number | undefined {
  const times = outcome?.samples.map((sample) => sample[which]).filter((time) => time !== undefined) ?? [];
  return times.length === 0 ? undefined : median(times);
}

function milliseconds(outcome: Outcome | undefined, which: "time" | "firstCall"): string {
  if (outcome !== undefined && outcome.failures.length > 0) return "failed";
  const time = timeOf(outcome, which);
  return time === undefined ? "" : time.toFixed(time < 100 ? 1 : 0);
}

function ratioOf(peer: Outcome | undefined, us: Outcome | undefined): number | undefined {
  if ((peer?.failures.length ?? 0) > 0 || (us?.failures.length ?? 0) > 0) return undefined;
  const [above, below] = [timeOf(peer, "time"), timeOf(us, "time")];
  return above === undefined || below === undefined || above <= 0 || below <= 0 ? undefined : above / below;
}

function formatRatio(ratio: number): string {
  return ratio.toFixed(ratio < 0.1 ? 3 : 2);
}

/** A Markdown table whose columns stand below each other in plain text as well: names to the left, numbers to the right. */
export function layOut(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join(" | ")} |`;
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(rows[0]!), line(rule), ...rows.slice(1).map(line)].join("\n");
}
