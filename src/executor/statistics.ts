import { numberedInstructions, ordinalOf } from "../ast/instruction-numbers.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import { log } from "../common/log.ts";
import { MAX_COST_LIMIT, requireCostLimit, type StatisticsConfigure } from "../config/configure.ts";
import type { CostTable } from "./lowering/cost-counter.ts";

/** WasmEdge's cost table has one entry for each value of a 16-bit index. */
const COST_TABLE_SIZE = 65536;

/** Costs are added in 32-bit numbers while a run goes on. */
const LARGEST_COST = 2 ** 30;

const NANOSECONDS_PER_SECOND = 1e9;

function refuse(text: string): never {
  fail(ErrCode.RuntimeError, { kind: "note", text });
}

/** WasmEdge's number of an instruction. @throws RuntimeError for no instruction's name */
function ordinalOfName(name: string): number {
  const info = numberedInstructions().find((row) => row.name === name);
  return info === undefined ? refuse(`no instruction is named ${name}`) : info.ordinal;
}

/**
 * Counts instructions, costs and time. Costs are indexed by WasmEdge's number of the instruction (`ordinal` in
 * `ast/instruction-numbers.ts`); `setCostOf` takes its name. WasmEdge `Statistics::Statistics`.
 */
export class Statistics {
  /** What `dumpToLog` tells of, where that is not all that is measured. */
  reported: StatisticsConfigure | undefined;
  private numbers: number[] | undefined;
  private limit: bigint;
  private instructionCount = 0;
  private costSum = 0n;
  private wasmNanoseconds = 0n;
  private hostNanoseconds = 0n;
  private wasmStart: bigint | undefined;
  private hostStart: bigint | undefined;
  /** Changes when the cost table does, so that code that was made for another table is known. */
  private table: CostTable;

  /**
   * @param limit cost at which a run ends with CostLimitExceeded
   * @param costTable cost by instruction number; what it does not reach costs nothing, as in WasmEdge
   */
  constructor(limit: bigint = MAX_COST_LIMIT, costTable?: readonly number[]) {
    this.limit = requireCostLimit(limit);
    this.table = unitCost;
    if (costTable !== undefined) this.setCostTable(costTable);
  }

  /** The cost of an instruction by its number. */
  costOf(ordinal: number): number {
    return this.numbers === undefined ? 1 : (this.numbers[ordinal] ?? 0);
  }

  /** The cost of an instruction by its opcode. The same function as long as the table is the same. */
  get costs(): CostTable {
    return this.table;
  }

  /** True while every instruction costs one. */
  get hasUnitCosts(): boolean {
    return this.numbers === undefined;
  }

  /** The largest cost of the table. */
  get largestCost(): number {
    return this.numbers === undefined ? 1 : this.numbers.reduce((largest, cost) => Math.max(largest, cost), 0);
  }

  /**
   * @param costTable cost by instruction number, each a whole number from 0 to 2^30; beyond its end all cost nothing
   * @throws RuntimeError for any other cost, with nothing changed
   */
  setCostTable(costTable: readonly number[]): void {
    this.adopt(costTable.slice(0, COST_TABLE_SIZE));
  }

  /** The cost table, as long as WasmEdge's. */
  getCostTable(): number[] {
    return Array.from({ length: COST_TABLE_SIZE }, (_, ordinal) => this.costOf(ordinal));
  }

  /**
   * Sets the cost of one instruction; the others keep theirs.
   * @param name as the text format has it: "i32.add"
   * @param cost a whole number from 0 to 2^30
   * @throws RuntimeError for any other cost or name, with nothing changed
   */
  setCostOf(name: string, cost: number): void {
    const costs = this.numbers?.slice() ?? new Array<number>(COST_TABLE_SIZE).fill(1);
    costs[ordinalOfName(name)] = cost;
    this.adopt(costs);
  }

  private adopt(costs: number[]): void {
    for (const cost of costs) {
      if (!Number.isInteger(cost) || cost < 0 || cost > LARGEST_COST) {
        refuse(`the cost ${cost} is not a whole number from 0 to ${LARGEST_COST}`);
      }
    }
    this.numbers = costs;
    this.table = (opcode) => costs[ordinalOf(opcode)] ?? 0;
  }

  /** @param limit the cost at which runs end, from 0 to 2^64 - 1 @throws RuntimeError for any other limit */
  setCostLimit(limit: bigint): void {
    this.limit = requireCostLimit(limit);
  }

  /** The cost at which runs end. */
  getCostLimit(): bigint {
    return this.limit;
  }

  /** Adds executed instructions. */
  addInstructions(count: number): void {
    this.instructionCount += count;
  }

  /** Instructions that have been executed since it was made or cleared. */
  getInstrCount(): number {
    return this.instructionCount;
  }

  /** @returns false, and nothing added, where the sum would be above the limit */
  addCost(cost: bigint): boolean {
    if (this.costSum + cost > this.limit) {
      log.error("Cost exceeded limit. Force terminate the execution.");
      return false;
    }
    this.costSum += cost;
    return true;
  }

  /** @returns false, and nothing taken off, where no more than `cost` has been counted */
  subCost(cost: bigint): boolean {
    if (this.costSum <= cost) return false;
    this.costSum -= cost;
    return true;
  }

  /** Adds what an instruction costs by the table. @param name "i32.add" @returns as `addCost` @throws RuntimeError for no instruction's name */
  addInstrCost(name: string): boolean {
    return this.addCost(BigInt(this.costOf(ordinalOfName(name))));
  }

  /** Takes it off again. @returns as `subCost` @throws RuntimeError for no instruction's name */
  subInstrCost(name: string): boolean {
    return this.subCost(BigInt(this.costOf(ordinalOfName(name))));
  }

  /** Costs since it was made or cleared. */
  getTotalCost(): bigint {
    return this.costSum;
  }

  /** Cost that may still be added. */
  get remainingCost(): bigint {
    return this.limit > this.costSum ? this.limit - this.costSum : 0n;
  }

  /** For snapshots: what had been counted when they were taken. */
  restoreCounts(instructions: number, cost: bigint): void {
    this.instructionCount = instructions;
    this.costSum = cost;
  }

  /** The clock of wasm begins to run, from zero of this stretch; stretches add up. */
  startRecordWasm(): void {
    this.wasmStart = host.monotonicNanoseconds();
  }

  /** It stops; without effect where it does not run. */
  stopRecordWasm(): void {
    if (this.wasmStart !== undefined) this.wasmNanoseconds += host.monotonicNanoseconds() - this.wasmStart;
    this.wasmStart = undefined;
  }

  /** The clock of host functions begins to run. */
  startRecordHost(): void {
    this.hostStart = host.monotonicNanoseconds();
  }

  /** It stops; without effect where it does not run. */
  stopRecordHost(): void {
    if (this.hostStart !== undefined) this.hostNanoseconds += host.monotonicNanoseconds() - this.hostStart;
    this.hostStart = undefined;
  }

  /** True between `startRecordHost` and `stopRecordHost`. */
  get isRecordingHost(): boolean {
    return this.hostStart !== undefined;
  }

  /** Adds time that a run waited for the promise of a host function: others may have run meanwhile. */
  addHostTime(nanoseconds: bigint): void {
    this.hostNanoseconds += nanoseconds;
  }

  /** Nanoseconds spent in wasm, host functions excluded. */
  getWasmExecTime(): bigint {
    return this.wasmNanoseconds;
  }

  /** Nanoseconds spent in host functions. */
  getHostFuncExecTime(): bigint {
    return this.hostNanoseconds;
  }

  /** Nanoseconds spent in wasm and in host functions. */
  getTotalExecTime(): bigint {
    return this.wasmNanoseconds + this.hostNanoseconds;
  }

  /** Instructions in a second of wasm's own time. NaN where nothing was counted nor measured, infinite where only counted. */
  getInstrPerSecond(): number {
    return (this.instructionCount * NANOSECONDS_PER_SECOND) / Number(this.wasmNanoseconds);
  }

  /** Sets counters and times to zero; cost table and limit stay. */
  clear(): void {
    this.instructionCount = 0;
    this.costSum = 0n;
    this.wasmNanoseconds = 0n;
    this.hostNanoseconds = 0n;
    this.wasmStart = undefined;
    this.hostStart = undefined;
  }

  /** Logs what `configure` measures, at the level info. WasmEdge `Statistics::dumpToLog`. */
  dumpToLog(configure: StatisticsConfigure): void {
    for (const line of this.lines(this.reported ?? configure)) log.info(line);
  }

  private lines({ timeMeasuring, instructionCounting, costMeasuring }: StatisticsConfigure): string[] {
    if (!timeMeasuring && !instructionCounting && !costMeasuring) return [];
    const lines = ["====================  Statistics  ===================="];
    if (timeMeasuring) {
      lines.push(` Total execution time: ${this.getTotalExecTime()} ns`);
      lines.push(` Wasm instructions execution time: ${this.getWasmExecTime()} ns`);
      lines.push(` Host functions execution time: ${this.getHostFuncExecTime()} ns`);
    }
    if (instructionCounting) lines.push(` Executed wasm instructions count: ${this.instructionCount}`);
    if (costMeasuring) lines.push(` Gas costs: ${this.costSum}`);
    if (instructionCounting && timeMeasuring) {
      const rate = this.getInstrPerSecond();
      // WasmEdge prints the largest 64-bit number where there is no rate.
      lines.push(` Instructions per second: ${Number.isFinite(rate) ? Math.floor(rate) : MAX_COST_LIMIT}`);
    }
    lines.push("=======================   End   ======================");
    return lines;
  }
}

function unitCost(): number {
  return 1;
}
