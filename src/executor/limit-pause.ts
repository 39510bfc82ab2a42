import { MAX_COST_LIMIT } from "../config/configure.ts";
import type { Statistics } from "./statistics.ts";

/** A run that stands at its cost limit until its owner says that it goes on. */
export class LimitPause {
  settled = false;
  readonly promise: Promise<void>;
  private readonly statistics: Statistics;
  private settle: () => void = () => {};

  constructor(statistics: Statistics) {
    this.statistics = statistics;
    this.promise = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** @param cost added to the limit */
  resume(cost: bigint): void {
    const limit = this.statistics.getCostLimit() + cost;
    this.statistics.setCostLimit(limit > MAX_COST_LIMIT ? MAX_COST_LIMIT : limit);
    this.settled = true;
    this.settle();
  }
}
