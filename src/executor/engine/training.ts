import { Op } from "../../ast/generated/opcode.ts";
import type { Module } from "../../ast/module.ts";
import type { FunctionType } from "../../ast/types.ts";
import { ValType } from "../../common/value-type.ts";
import { Configure } from "../../config/configure.ts";
import { FunctionInstance } from "../../store/function-instance.ts";
import { MemoryInstance } from "../../store/memory-instance.ts";
import { ModuleInstance } from "../../store/module-instance.ts";
import { TableInstance } from "../../store/table-instance.ts";
import { TagInstance } from "../../store/tag-instance.ts";
import { CodeSpace, unitCosts } from "../lowering/code-space.ts";
import { LinkedCode } from "../lowering/linked-code.ts";
import { Execution } from "./execution.ts";
import { Exit } from "./exit.ts";
import { FIRST_COLD, IR, irOperands, irTraits, Trait } from "./generated/ir.ts";
import { run } from "./generated/run.ts";
import { CALLEE_BASE, codeOf, partsOf, setOperands } from "./training-code.ts";
import { ValueStack } from "./value-stack.ts";

/**
 * Trains the run loop for V8.
 *
 * An instruction that the loop has never executed has no type feedback, so the optimised loop is thrown away when it meets
 * one: an interpreter that runs a real program loses it a dozen times, at 40 to 100 ms each. Executing every instruction
 * once, both ways of each branch, on operands of all kinds, settles that in less time than one such loss. It makes the first
 * compilation longer, so it is done only once a program has proved large.
 */

const MAX_DEPTH = 16;

const signature: FunctionType = { params: [], results: [] };

const EMPTY = 0x40;
const EXNREF = 0x69;
const CATCH_REF = [1, 1, 0, 0];
const CATCH_ALL = [1, 2, 0];

/** A body without locals that throws an exception with the tag 0, catches it, throws it again and catches it. */
const throwing = Uint8Array.of(
  ...[0, Op.block, EMPTY, Op.try_table, EMPTY, ...CATCH_ALL, Op.block, EXNREF, Op.try_table, EMPTY, ...CATCH_REF],
  ...[Op.throw, 0, Op.end, Op.unreachable, Op.end, Op.throw_ref, Op.end, Op.end, Op.end],
);

/** A module of one function, which throws, one memory, one table and one tag. */
function trainingModule(): Module {
  return {
    bytes: throwing,
    customSections: [],
    sections: [],
    types: [
      { isFinal: true, superTypes: [], composite: { kind: "function", type: signature }, groupStart: 0, groupSize: 1 },
    ],
    imports: [],
    functionTypeIndices: Uint32Array.of(0),
    tables: [],
    memories: [],
    tags: [{ typeIndex: 0 }],
    globals: [],
    exports: [],
    start: undefined,
    elements: [],
    code: {
      segmentOffsets: Uint32Array.of(0),
      starts: Uint32Array.of(0),
      expressionStarts: Uint32Array.of(1),
      ends: Uint32Array.of(throwing.length),
      scanned: true,
    },
    data: [],
    dataCount: undefined,
  };
}

/** A code space that shows the loop other code than its own. */
class TrainingSpace extends CodeSpace {
  shown: LinkedCode | undefined;

  override linked(): LinkedCode {
    return this.shown ?? super.linked();
  }
}

interface Trained {
  readonly execution: Execution;
  readonly space: TrainingSpace;
}

/**
 * What the loop has been trained on. Kept for good: V8 forgets the shapes of objects of which none is alive, and the loop
 * that it has compiled for them too, so that the next program of the process would find it gone.
 */
let trainedOn: Trained | undefined;

let trainedForVectors = false;

/**
 * Trains the loop, once for what any large program may have, and once for vectors: compiling what no program executes takes its
 * time too.
 * @param withVectors whether the program has instructions of vectors
 */
export function trainLoop(withVectors: boolean): void {
  const isFirst = trainedOn === undefined;
  const isForVectors = withVectors && !trainedForVectors;
  if (!isFirst && !isForVectors) return;
  trainedOn ??= beginTraining();
  for (let ir = 0; ir < FIRST_COLD; ir++) {
    const isVector = (irTraits[ir] & Trait.Vector) !== 0;
    if (isVector ? isForVectors : isFirst) trainInstruction(trainedOn, ir);
  }
  trainedForVectors ||= withVectors;
  // One of those that have no case in the loop.
  trainInstruction(trainedOn, IR["ref.nulls"]);
  trainThrowing(trainedOn);
}

function beginTraining(): Trained {
  const limit = { min: 1n, max: undefined, shared: false, is64: false };
  const instance = new ModuleInstance("", undefined, trainingModule(), Int32Array.of(0));
  instance.memories.push(new MemoryInstance({ limit, pageSizeLog2: 16 }));
  instance.globalCells = new Int32Array(4);
  // With the limit that tables of modules have: V8 tells a small number from a large one in an object's shape.
  const { maxTableElements } = new Configure().runtime;
  const table = new TableInstance({ elementType: ValType.FuncRef, limit }, null, maxTableElements);
  instance.tables.push(table);
  instance.tags.push(new TagInstance(signature, 0));
  table.setRef(0, new FunctionInstance(signature, 0, instance, 0));
  const space = new TrainingSpace(instance, unitCosts);
  const execution = new Execution(new ValueStack(1 << 16), space, signature, MAX_DEPTH);
  execution.reserve(2 * CALLEE_BASE);
  return { space, execution };
}

/** What an instruction by itself does not show: exceptions that are caught. */
function trainThrowing({ execution, space }: Trained): void {
  const { i32 } = execution;
  const entry = space.lower(0);
  space.shown = undefined;
  execution.refreshCode();
  for (const fuel of [1000, -1]) {
    i32.fill(0);
    execution.pc = entry;
    execution.fp = 0;
    execution.depth = 1;
    do execution.fuel = fuel;
    while (run(execution) === Exit.Fuel);
  }
}

/** In what circumstances an instruction is executed. */
interface Circumstances {
  readonly fuel: number;
  readonly depth: number;
  /** Whether the function that is called has code. */
  readonly lowered: boolean;
  /** What the table holds: a function, a function's number, or nothing. */
  readonly element: "function" | 1 | null;
}

/** Those in which it goes on in the loop. */
const usual: Circumstances = { fuel: 1000, lowered: true, depth: 1, element: "function" };

/** And those in which instructions that look at the fuel leave it to the driver. */
const exceptional: readonly Circumstances[] = [
  { ...usual, fuel: -1 },
  { ...usual, lowered: false, element: 1 },
  { ...usual, element: null },
  { ...usual, depth: MAX_DEPTH },
];

function trainInstruction({ execution, space }: Trained, ir: number): void {
  const { code, starts, callee } = codeOf(ir);
  const linked = new LinkedCode(code, 2);
  linked.add(code, 0, callee, starts[0]);
  linked.add(code, 1, starts[0], code.length);
  execution.code = code;
  space.shown = linked;
  setOperands(execution, ir, starts);
  let position = starts[0];
  // Behind a trap, the next set is tried; what leaves the loop in another way has no more to show.
  while (runFrom(execution, linked, position, usual) > Exit.Threw) {
    position = starts.find((start) => start > execution.pc) as number;
  }
  if (!looksAtFuel(ir)) return;
  for (const circumstances of exceptional) {
    setOperands(execution, ir, starts);
    runFrom(execution, linked, starts[0], circumstances);
  }
}

/** @returns as `run` */
function runFrom(
  execution: Execution,
  { functions }: LinkedCode,
  position: number,
  circumstances: Circumstances,
): number {
  const { elements } = execution.tables[0];
  const [callee] = functions;
  const [func] = elements;
  if (!circumstances.lowered) functions[0] = undefined;
  if (circumstances.element !== "function") elements[0] = circumstances.element;
  execution.pc = position;
  execution.fp = 0;
  execution.depth = circumstances.depth;
  execution.fuel = circumstances.fuel;
  const exit = run(execution);
  functions[0] = callee;
  elements[0] = func;
  return exit;
}

/** Whether an instruction, or what is chained to it, looks at the fuel: branches, calls and returns do. */
function looksAtFuel(ir: number): boolean {
  return partsOf(ir).some((part) => irOperands()[part].includes("cost"));
}
