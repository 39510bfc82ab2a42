/** A typed array that can be filled. */
interface Fillable {
  fill(value: number, start: number, end?: number): unknown;
}

/**
 * Fills a table from what `npm run generate` has made of it: the place where each run of equal numbers begins, and the number.
 * A program that starts has no time to make such tables of lists of objects.
 */
export function fromRuns<T extends Fillable>(table: T, runs: readonly number[]): T {
  for (let i = 0; i < runs.length; i += 2) table.fill(runs[i + 1], runs[i], runs[i + 2]);
  return table;
}

/** The reverse of `fromRuns`. */
export function toRuns(table: ArrayLike<number>): number[] {
  const runs: number[] = [];
  let last = 0;
  for (let i = 0; i < table.length; i++) {
    if (table[i] !== last) runs.push(i, table[i]);
    last = table[i];
  }
  return runs;
}
