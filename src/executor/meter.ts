import type { StatisticsConfigure } from "../config/configure.ts";
import type { Statistics } from "./statistics.ts";

const FIRST_SLICE = 1 << 16;

/** Shorter ones would cost more for entering the loop than for running in it. */
const SHORTEST_SLICE = 1 << 12;

/** With larger costs the sum over a long function might not fit a 32-bit number. */
const LARGEST_SUMMED_COST = 256;

/**
 * Hands out fuel and keeps the accounts of a run: how many instructions it executed, what they cost, and how much may still
 * be spent. One unit of fuel is one unit of cost; where nothing else is asked for, that is one instruction.
 */
export class Meter {
  private readonly statistics: Statistics | undefined;
  private readonly countsInstructions: boolean;
  private readonly measuresCost: boolean;
  /** Whether instructions have costs of their own. */
  readonly usesCostTable: boolean;
  /** Whether the run must be stepwise from its start: counts and costs differ and both are wanted, or costs are large. */
  readonly needsSteps: boolean;
  /** What of the last grant is not settled. */
  granted = 0;
  /** Cost booked by this run. */
  total = 0;
  /** The count of instructions at which the run pauses. */
  private pauseCount = Number.POSITIVE_INFINITY;
  /** Whether the run stands still at the cost limit, and does not end. */
  pausesAtLimit = false;
  /** Cost of a slice where no limit is near, and what that may be at most. */
  private slice: number;
  private readonly longestSlice: number;

  /** @param slice cost of a slice where no limit is near; `fitSlice` makes it shorter for a while */
  constructor(statistics: Statistics | undefined, configure: StatisticsConfigure, slice = 1 << 20) {
    this.slice = Math.max(1, Math.min(slice, 2 ** 30));
    this.longestSlice = this.slice;
    this.statistics = statistics;
    this.countsInstructions = configure.instructionCounting;
    this.measuresCost = configure.costMeasuring;
    this.usesCostTable = statistics !== undefined && this.measuresCost && !statistics.hasUnitCosts;
    this.needsSteps =
      this.usesCostTable && (this.countsInstructions || (statistics?.largestCost ?? 1) > LARGEST_SUMMED_COST);
  }

  /** Whether instructions are counted and each costs one: then a run can be paused at a count. */
  get canPause(): boolean {
    return this.statistics !== undefined && this.countsInstructions && !this.usesCostTable;
  }

  /** @param count of instructions in the statistics, from which on the run is paused */
  pauseAt(count: number): void {
    this.pauseCount = count;
  }

  /** Instructions up to the pause; Infinity where there is none. */
  private get untilPause(): number {
    if (this.statistics === undefined || this.pauseCount === Number.POSITIVE_INFINITY) return this.pauseCount;
    return this.pauseCount - this.statistics.getInstrCount();
  }

  /** Whether the next instruction is not to be executed before the pause is over. */
  get isPaused(): boolean {
    return this.untilPause <= 0;
  }

  /** Whether what costs so much goes beyond the limit, and the run stands still for that. */
  pausesBefore(cost: number): boolean {
    if (!this.pausesAtLimit || cost === 0 || this.statistics === undefined || !this.measuresCost) return false;
    return this.statistics.remainingCost < BigInt(cost);
  }

  /** Cost that may still be spent before the limit or the pause; Infinity where there is neither. */
  private get remaining(): number {
    const { untilPause } = this;
    if (this.statistics === undefined || !this.measuresCost) return untilPause;
    return Math.min(untilPause, Number(this.statistics.remainingCost));
  }

  /** The first slice of a run in turns is short: nobody knows yet how fast the engine is, and its compiler has had no time. */
  beginShort(): void {
    this.slice = Math.min(this.longestSlice, FIRST_SLICE);
  }

  /**
   * Makes the next slices as long as turns are to be.
   * @param took nanoseconds of the last one
   * @param wanted nanoseconds
   */
  fitSlice(took: number, wanted: number): void {
    if (took > wanted) this.slice = Math.max(this.slice >> 1, Math.min(this.longestSlice, SHORTEST_SLICE));
    else if (took < wanted / 4) this.slice = Math.min(this.slice * 2, this.longestSlice);
  }

  /**
   * The fuel of the next slice, or of the rest of one.
   * @param margin what may be spent beyond it before the run comes back
   * @param most what the fuel may be at most
   * @returns -1 where the limit is too near for that: the run has to go on stepwise
   */
  grant(margin: number, most = this.slice): number {
    this.granted = Math.max(-1, Math.min(Math.max(0, most), this.remaining - margin));
    return this.granted;
  }

  /**
   * The same for stepwise code, which comes back before the step for which nothing is left. Behind a call that has gone beyond the
   * pause that is nothing at all, and not less: with less, branches too would come back, whose targets are taken for such steps.
   */
  grantSteps(most?: number): number {
    this.granted = Math.max(0, this.grant(0, most));
    return this.granted;
  }

  /**
   * Books what was spent of the last grant.
   * @param fuel what is left of it, negative where more was spent
   * @param steps instructions that stepwise code executed meanwhile
   */
  settle(fuel: number, steps: number): void {
    this.spend(this.granted - fuel);
    if (this.needsSteps) this.count(steps);
    this.granted = fuel;
  }

  /** Books cost, and as many instructions where each costs one. May be negative: see docs/rationale.md on costs. */
  spend(cost: number): void {
    this.total += cost;
    if (this.statistics === undefined || cost === 0) return;
    if (this.measuresCost) this.statistics.addCost(BigInt(cost));
    if (!this.needsSteps && !this.usesCostTable) this.count(cost);
  }

  /** Counts instructions. */
  count(instructions: number): void {
    if (this.countsInstructions) this.statistics?.addInstructions(instructions);
  }

  /** Books the cost of one instruction or host call. @returns false, and nothing booked, where the limit forbids it */
  tryToSpend(cost: number): boolean {
    this.total += cost;
    if (this.statistics === undefined || !this.measuresCost) return true;
    return this.statistics.addCost(BigInt(cost));
  }
}
