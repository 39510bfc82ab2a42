import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { isDefaultable, type ValType } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import type { FileManager } from "../loader/file-manager.ts";
import { readValType } from "../loader/type-reader.ts";
import { checkIndex, type ModuleContext } from "./module-context.ts";

/** Locals of a lower index are found in a table; further ones by their run. */
const TABLE_SIZE = 1024;

/**
 * The types of a function's parameters and locals.
 *
 * A body declares locals in runs, and seven bytes can declare 67 million of them. So the runs are kept, and only the first
 * locals are spread out in a table, which serves nearly every access. Whether a local without default value has been set is
 * remembered only of those that have.
 *
 * https://webassembly.github.io/spec/core/appendix/algorithm.html#context — WasmEdge `FormChecker::Locals`, `LocalInits`
 */
export class LocalTypes {
  private readonly context: ModuleContext;
  private readonly configure: Configure;
  /** The number of parameters and locals. */
  count = 0;
  /** The types of the first locals. */
  readonly table: Int32Array = new Int32Array(TABLE_SIZE);
  /** The number of locals in the table. */
  tableCount = 0;
  private runCount = 0;
  private runTypes = new Int32Array(16);
  /** Per run: the first index after it. */
  private runEnds = new Uint32Array(16);
  private parameterCount = 0;
  /** Whether any local has no default value. */
  needsInitialising = false;
  private readonly initialised = new Set<number>();
  /** The initialised locals, in the order of their first setting. */
  private readonly initialisedOrder: number[] = [];

  constructor(context: ModuleContext, configure: Configure) {
    this.context = context;
    this.configure = configure;
  }

  /** Starts anew, with the parameters of a function. */
  begin(parameters: readonly ValType[]): void {
    this.count = 0;
    this.tableCount = 0;
    this.runCount = 0;
    this.needsInitialising = false;
    this.forgetInitialised(0);
    for (let i = 0; i < parameters.length; i++) this.addRun(1, parameters[i]);
    this.parameterCount = parameters.length;
  }

  /**
   * Reads the locals that a body declares, at the position of `file`.
   * @throws InvalidFuncTypeIdx; what reading throws
   */
  readDeclarations(file: FileManager): void {
    const runs = file.readVectorCount();
    for (let i = 0; i < runs; i++) {
      const count = file.readU32();
      const type = readValType(file, this.configure);
      this.context.checkValType(type);
      this.addRun(count, type);
    }
  }

  private addRun(count: number, type: ValType): void {
    this.count += count;
    if (this.count > TABLE_SIZE) this.keepRun(type);
    const end = Math.min(this.count, TABLE_SIZE);
    for (let i = this.tableCount; i < end; i++) this.table[i] = type;
    this.tableCount = end;
    if (!isDefaultable(type)) this.needsInitialising = true;
  }

  private keepRun(type: ValType): void {
    const run = this.runCount++;
    if (run === this.runTypes.length) {
      const { runTypes, runEnds } = this;
      this.runTypes = new Int32Array(2 * run);
      this.runTypes.set(runTypes);
      this.runEnds = new Uint32Array(2 * run);
      this.runEnds.set(runEnds);
    }
    this.runTypes[run] = type;
    this.runEnds[run] = this.count;
  }

  /** @throws InvalidLocalIdx */
  private typeOf(index: number): ValType {
    return index < this.tableCount ? this.table[index] : this.typeOfFar(index);
  }

  private typeOfFar(index: number): ValType {
    checkIndex("local", index, this.count);
    const { runEnds } = this;
    let low = 0;
    let high = this.runCount - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (runEnds[middle] > index) high = middle;
      else low = middle + 1;
    }
    return this.runTypes[low];
  }

  /**
   * The type of a local that is read: it is a parameter, has a default value, or was set.
   * @throws InvalidLocalIdx, InvalidUninitLocal
   */
  readableType(index: number): ValType {
    const type = this.typeOf(index);
    if (this.needsInitialising) this.checkInitialised(index, type);
    return type;
  }

  private checkInitialised(index: number, type: ValType): void {
    if (isDefaultable(type) || index < this.parameterCount || this.initialised.has(index)) return;
    fail(ErrCode.InvalidUninitLocal);
  }

  /** The type of a local that is set, and counts as set from now on. @throws InvalidLocalIdx */
  writtenType(index: number): ValType {
    const type = this.typeOf(index);
    if (this.needsInitialising) this.markInitialised(index, type);
    return type;
  }

  private markInitialised(index: number, type: ValType): void {
    if (isDefaultable(type) || index < this.parameterCount || this.initialised.has(index)) return;
    this.initialised.add(index);
    this.initialisedOrder.push(index);
  }

  /** The number of locals set so far, of those that need it. */
  get initialisedCount(): number {
    return this.initialisedOrder.length;
  }

  /** Forgets the settings of locals since there were `count`: at the end of a block. */
  forgetInitialised(count: number): void {
    while (this.initialisedOrder.length > count) this.initialised.delete(this.initialisedOrder.pop() as number);
  }
}
