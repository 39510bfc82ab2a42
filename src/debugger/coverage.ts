import { printable } from "../common/printable.ts";
import { type Executor, requireExecutor } from "../executor/executor.ts";
import type { CodeSpace } from "../executor/lowering/code-space.ts";
import { Attention, IdleObserver, type ObservedRun } from "../executor/observer.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { importedCount, stepsOf } from "./code-map.ts";
import { Disassembler } from "./disassembler.ts";
import { functionName, functionText, indentation, offsetText } from "./text.ts";

/** An instruction and whether it was executed. */
export interface CoveredInstruction {
  /** Offset in the module's bytes. */
  readonly offset: number;
  readonly text: string;
  /** How many blocks are open around it. */
  readonly depth: number;
  readonly executed: boolean;
}

/** What of a function was executed. */
export interface CoveredFunction {
  /** In the index space of functions, imports first. */
  readonly index: number;
  /** Of the `name` section or an export. */
  readonly name: string | undefined;
  /** How many of its instructions were executed at least once. */
  readonly executed: number;
  /** How many it has. */
  readonly total: number;
  readonly instructions: readonly CoveredInstruction[];
}

/** What of a module was executed: of all its functions, also those that never were. */
export interface CoverageReport {
  /** The module's own name; empty for an anonymous one. */
  readonly module: string;
  /** Functions of which at least one instruction was executed. */
  readonly executedFunctions: number;
  /** Functions that the module defines. */
  readonly totalFunctions: number;
  /** Instructions of all functions that were executed at least once. */
  readonly executed: number;
  /** Instructions of all functions. */
  readonly total: number;
  readonly functions: readonly CoveredFunction[];
}

/** Notes which instructions are executed. Each comes to be looked at once; after that it is as fast as stepwise code is. */
export class Coverage extends IdleObserver {
  private readonly executor: Executor;
  /** Offsets of executed instructions, by module. */
  private readonly executed = new Map<ModuleInstance, Set<number>>();
  /** How many functions of a space have been marked, and the marks that are left. */
  private readonly spaces = new Map<CodeSpace, { functions: number; readonly marks: Set<number> }>();

  /** Attaches to an executor, until `detach`. Runs that are under way are seen from their next slice on. */
  constructor(executor: Executor) {
    super();
    this.executor = requireExecutor(executor);
    executor.addObserver(this);
  }

  /** Takes all marks away; what was seen can still be asked for. */
  detach(): void {
    this.executor.removeObserver(this);
    for (const [space, { marks }] of this.spaces) for (const position of marks) space.steps.unmark(position);
    this.spaces.clear();
  }

  override get attention(): Attention {
    return Attention.Marks;
  }

  override usesCode(space: CodeSpace): void {
    let seen = this.spaces.get(space);
    if (seen === undefined) {
      seen = { functions: 0, marks: new Set() };
      this.spaces.set(space, seen);
    }
    if (!this.executed.has(space.instance)) this.executed.set(space.instance, new Set());
    const { loweredFunctions } = space;
    for (; seen.functions < loweredFunctions.length; seen.functions++) {
      const func = loweredFunctions[seen.functions];
      if (func === undefined) continue;
      for (const { position } of stepsOf(space, func.index).steps) {
        space.steps.mark(position);
        seen.marks.add(position);
      }
    }
  }

  override beforeInstruction({ execution }: ObservedRun): undefined {
    if (execution === undefined) return;
    const { space, pc } = execution;
    const marks = this.spaces.get(space)?.marks;
    if (marks === undefined || !marks.delete(pc)) return;
    space.steps.unmark(pc);
    const func = space.functionAt(pc);
    const step = func && stepsOf(space, func.index).at(pc);
    if (step !== undefined) this.executed.get(space.instance)?.add(step.offset);
  }

  /** The modules of which something was executed. */
  get modules(): readonly ModuleInstance[] {
    return Array.from(this.executed.keys());
  }

  /** What of a module has been executed so far, by function and instruction. A host module has no functions that are covered. */
  report(instance: ModuleInstance): CoverageReport {
    const { source } = instance;
    const functions: CoveredFunction[] = [];
    if (source !== undefined) {
      const seen = this.executed.get(instance) ?? new Set();
      const disassembler = Disassembler.of(source);
      for (let index = importedCount(instance); index < instance.functionCount; index++) {
        const instructions = disassembler
          .listing(index)
          .map((line): CoveredInstruction => ({ ...line, executed: seen.has(line.offset) }));
        const executed = instructions.filter((one) => one.executed).length;
        functions.push({
          index,
          name: functionName(instance, index),
          executed,
          total: instructions.length,
          instructions,
        });
      }
    }
    return {
      module: instance.name,
      executedFunctions: functions.filter(({ executed }) => executed > 0).length,
      totalFunctions: functions.length,
      executed: functions.reduce((sum, { executed }) => sum + executed, 0),
      total: functions.reduce((sum, { total }) => sum + total, 0),
      functions,
    };
  }
}

function share(executed: number, total: number): string {
  return `${executed} of ${total} (${total === 0 ? 100 : Math.floor((100 * executed) / total)} %)`;
}

/** A report as text: each function, and of those of which a part was executed each instruction with `+` or `-`. */
export function coverageText(instance: ModuleInstance, report: CoverageReport): string {
  const lines = [
    `module${report.module === "" ? "" : ` ${printable(report.module)}`}`,
    `functions     ${share(report.executedFunctions, report.totalFunctions)}`,
    `instructions  ${share(report.executed, report.total)}`,
    "",
  ];
  for (const { index, executed, total, instructions } of report.functions) {
    const name = functionText({ module: instance, index, hostFunction: undefined });
    lines.push(`${printable(name)}  ${share(executed, total)}`);
    if (executed === 0 || executed === total) continue;
    for (const { offset, text, depth, executed: was } of instructions) {
      lines.push(`  ${was ? "+" : "-"} ${offsetText(offset)}  ${indentation(depth)}${printable(text)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
