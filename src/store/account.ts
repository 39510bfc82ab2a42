/** How much there is of something, how much there was at most, and how much there may be. */
export interface Usage {
  readonly current: number;
  readonly peak: number;
  /** Infinity where there is no limit. */
  readonly limit: number;
}

/** Keeps count of what the memories, or the tables, of several modules take up together. */
export class Account implements Usage {
  current = 0;
  peak = 0;
  limit: number;

  constructor(limit = Number.POSITIVE_INFINITY) {
    this.limit = limit;
  }

  /** @returns false, and nothing taken, where the limit does not allow it */
  take(amount: number): boolean {
    if (this.current + amount > this.limit) return false;
    this.current += amount;
    this.peak = Math.max(this.peak, this.current);
    return true;
  }

  /** Gives back what was taken. */
  give(amount: number): void {
    this.current = Math.max(0, this.current - amount);
  }
}
