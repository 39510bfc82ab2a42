/** One measurement of one program on one peer. Times are CPU time of all threads, user and system, in milliseconds. */
export interface Sample {
  /** The signed 64-bit result in decimal digits. */
  readonly checksum: string;
  /** What counts: the last call in a process that has made the others; of a command, its time beyond that of doing nothing. */
  readonly time: number;
  /** The first call in a fresh process, with lowering and compiling; undefined of a command. */
  readonly firstCall: number | undefined;
}

/** What became of a program on a peer: its good samples, or why there are none. */
export interface Outcome {
  readonly samples: Sample[];
  readonly failures: string[];
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
