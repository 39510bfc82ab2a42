import { Op } from "../../ast/generated/opcode.ts";
import type { Module } from "../../ast/module.ts";
import type { FunctionType } from "../../ast/types.ts";
import { ValType } from "../../common/value-type.ts";
import { Configure } from "../../config/configure.ts";
import { ExceptionInstance } from "../../store/exception-instance.ts";
import { FunctionInstance } from "../../store/function-instance.ts";
import { MemoryInstance } from "../../store/memory-instance.ts";
import { ModuleInstance } from "../../store/module-instance.ts";
import { TableInstance } from "../../store/table-instance.ts";
import { TagInstance } from "../../store/tag-instance.ts";
import { CodeSpace, unitCosts } from "../lowering/code-space.ts";
import { LinkedCode } from "../lowering/linked-code.ts";
import { PROLOGUE_WORDS } from "../lowering/lower-function.ts";
import { Execution } from "./execution.ts";
import { Exit } from "./exit.ts";
import {
  chainedTo,
  FIRST_CHAIN,
  FIRST_COLD,
  headOf,
  IR,
  irLengths,
  irNames,
  irOperands,
  irTraits,
  Trait,
} from "./generated/ir.ts";
import { run } from "./generated/run.ts";
import { ValueStack } from "./value-stack.ts";

/**
 * Trains the run loop for V8.
 *
 * An instruction that the loop has never executed has no type feedback, so the optimised loop is thrown away when it meets
 * one: an interpreter that runs a real program loses it a dozen times, at 40 to 100 ms each. Executing every instruction
 * once, both ways of each branch, on operands of all kinds, settles that in less time than one such loss. It makes the first
 * compilation longer, so it is done only once a program has proved large.
 */

/** Registers: the destination, then the operands; a callee's frame lies above. */
const DESTINATION = 8;
const REGISTERS = { a: 0, b: 2, c: 4 } as const;
const FRAME_HEADER = 10;
const CALLEE_BASE = 16;
const MAX_DEPTH = 16;

/** The words that the operands a, b and c hold, a triple a round: both ways of comparisons, sums that overflow, quotients too. */
const words: readonly (readonly [a: number, b: number, c: number])[] = [
  [0, 1, 0],
  [1, 0, 1],
  [2, 2, 0],
  [5, 5, 7],
  [0x7fffffff, 0x7fffffff, 1],
  [-1, -0x80000000, 3],
  [-0x80000000, -1, 1],
  [-2, 2, 0],
  [0x12345678, 40, 0],
];

const floats: readonly (readonly [a: number, b: number])[] = [
  [0.5, 1],
  [1e10, -0.25],
  [-1e10, 1],
  [Number.NaN, 2],
  [2, Number.NaN],
  [3, 3],
];

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
  return { space, execution: new Execution(new ValueStack(1 << 16), space, signature, MAX_DEPTH) };
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

function trainInstruction(dummy: Trained, ir: number): void {
  const { execution } = dummy;
  const { i32, f32, f64 } = execution;
  const name = irNames()[ir];
  const exception = new ExceptionInstance(execution.instance.tags[0], []);
  for (const [a, b, c] of words) {
    i32.fill(0, 0, CALLEE_BASE);
    i32[REGISTERS.a] = a;
    i32[REGISTERS.a + 1] = a === b ? a >> 31 : a >> 1;
    i32[REGISTERS.b] = b;
    i32[REGISTERS.b + 1] = a === b ? b >> 31 : b >> 1;
    i32[REGISTERS.c] = c;
    // A word that is zero, and one that is not.
    execution.memory.setInt32(0, 0, true);
    execution.memory.setInt32(5, a, true);
    // And a null reference, and one that is none.
    execution.refs[REGISTERS.a >> 1] = c === 0 ? null : exception;
    runOnce(dummy, ir, [b, a]);
  }
  if (!/f32|f64/.test(name)) return;
  for (const [a, b] of floats) {
    const view = name.includes("_f32") || (name.includes("f32.") && !name.includes("demote")) ? f32 : f64;
    const scale = view === f32 ? 1 : 2;
    view[REGISTERS.a / scale] = a;
    view[REGISTERS.b / scale] = b;
    runOnce(dummy, ir, [0, 0]);
  }
}

/** The circumstances in which an instruction goes on in the loop; the table holds a function, a function's number, or nothing. */
const usual = [{ fuel: 1000, lowered: true, depth: 1, element: "function" }];

/** And those in which instructions that look at the fuel leave it to the driver. */
const all = [
  ...usual,
  { fuel: -1, lowered: true, depth: 1, element: "function" },
  { fuel: 1000, lowered: false, depth: 1, element: 1 },
  { fuel: 1000, lowered: true, depth: 1, element: null },
  { fuel: 1000, lowered: true, depth: MAX_DEPTH, element: "function" },
];

/** Of an instruction, and of the second of a chain. */
type Immediates = readonly [first: number, second: number];

/** Whether an instruction, or what is chained to it, looks at the fuel: branches, calls and returns do. */
function looksAtFuel(ir: number): boolean {
  return partsOf(ir).some((part) => irOperands()[part].includes("cost"));
}

/** An instruction, and where it is the first of a chain, the second. */
function partsOf(ir: number): readonly number[] {
  return ir < FIRST_CHAIN || ir >= FIRST_COLD ? [ir] : [headOf(ir), chainedTo(ir)];
}

/** Runs the instruction in all circumstances that concern it. */
function runOnce({ execution, space }: Trained, ir: number, immediates: Immediates): void {
  const { code, start, callee, end } = codeOf(ir, immediates);
  const linked = new LinkedCode(code, 2);
  linked.add(code, 0, callee, start);
  linked.add(code, 1, start, end);
  const { functions } = linked;
  const [calleeCode] = functions;
  execution.code = code;
  space.shown = linked;
  const { elements } = execution.tables[0];
  const [func] = elements;
  for (const { fuel, lowered, depth, element } of looksAtFuel(ir) ? all : usual) {
    elements[0] = element === "function" ? func : element;
    functions[0] = lowered ? calleeCode : undefined;
    execution.i32[FRAME_HEADER] = 0;
    execution.i32[FRAME_HEADER + 1] = 0;
    execution.pc = start;
    execution.fp = 0;
    execution.depth = depth;
    execution.fuel = fuel;
    run(execution);
  }
  elements[0] = func;
}

/** What `codeOf` makes: the instruction stands from `start` up to `end`. */
interface TrainingCode {
  readonly code: Int32Array;
  readonly start: number;
  readonly end: number;
  readonly callee: number;
}

/** Code: the instruction, and around it a callee that returns at once and the end of the frame. */
function codeOf(ir: number, immediates: Immediates): TrainingCode {
  const code = new Int32Array(64);
  code[0] = IR["leave-instance"];
  const callee = 1 + PROLOGUE_WORDS;
  // A local, which the call sets to zero.
  code[callee - 3] = 2;
  code[callee - 2] = 0;
  code[callee - 1] = 4;
  code[callee] = IR.return;
  const start = callee + irLengths[IR.return];
  // Behind a chain's first instruction stands the second, on other registers.
  const parts = partsOf(ir);
  const next = start + parts.reduce((sum, part) => sum + irLengths[part], 4);
  let at = start;
  parts.forEach((part, order) => {
    code[at] = order === 0 ? ir : part;
    irOperands()[part].forEach((operand, i) => {
      code[at + 1 + i] = operandWord(operand, part, next, immediates[order], order === 0 ? "a" : "b");
    });
    at += irLengths[part];
  });
  // A br-table reads its list, other instructions go on at the end of the frame: position 0 and the words after them.
  if (ir === IR["br-table"]) code.fill(0, start + 3, next);
  return { code, start, end: next + 1, callee };
}

/** @param first the register of the first operand: that of the second is the other */
function operandWord(operand: string, ir: number, next: number, immediate: number, first: "a" | "b"): number {
  switch (operand) {
    case "d":
      return DESTINATION;
    case "a":
      return REGISTERS[first];
    case "b":
      if (irNames()[ir].endsWith(" ri") || irNames()[ir].endsWith(" i")) return immediate;
      return REGISTERS[first === "a" ? "b" : "a"];
    case "c":
      return REGISTERS.c;
    case "target":
      return next;
    case "header":
      return FRAME_HEADER;
    case "base":
      return CALLEE_BASE;
    case "low":
      return immediate;
    case "count":
    case "cost":
    case "high":
      return 1;
    default:
      return 0;
  }
}
