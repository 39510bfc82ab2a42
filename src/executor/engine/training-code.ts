import { ExceptionInstance } from "../../store/exception-instance.ts";
import { PROLOGUE_WORDS } from "../lowering/lower-function.ts";
import type { Execution } from "./execution.ts";
import { chainedTo, FIRST_CHAIN, FIRST_COLD, headOf, IR, irLengths, irNames, irOperands } from "./generated/ir.ts";

/** The code on which the run loop is trained: an instruction with one set of operands after the other, each in registers of its own. */

/** The registers of a set: the operands, the header that a return leaves by, the destination. */
const REGISTERS = { a: 0, b: 2, c: 4, header: 6, d: 8 } as const;
const REGISTERS_OF_A_SET = 12;

/** Where callees' frames begin, above the registers of all sets. */
export const CALLEE_BASE = 256;

/**
 * The words that the operands a, b and c hold: both ways of comparisons, sums that overflow, quotients too. Addresses that lie
 * outside of the memory come last.
 */
const words: readonly (readonly [a: number, b: number, c: number])[] = [
  [0, 0, 0],
  [0, 1, 0],
  [1, 0, 1],
  [5, 5, 7],
  [0x7fffffff, 0x7fffffff, 1],
  [-1, -0x80000000, 3],
  [-0x80000000, -1, 1],
  [-2, 2, 1],
  [0x12345678, 40, 0],
];

/** What a and b hold besides, of instructions on floats. */
const floats: readonly (readonly [a: number, b: number])[] = [
  [0.5, 1],
  [1e10, -0.25],
  [-1e10, 1],
  [Number.NaN, 2],
  [2, Number.NaN],
  [3, 3],
];

/** The sets of an instruction: those of words, then those of floats, which have none. */
function setsOf(ir: number): readonly (readonly [a: number, b: number, c: number])[] {
  return /f32|f64/.test(irNames()[ir]) ? [...words, ...floats.map(() => [0, 0, 0] as const)] : words;
}

/** An instruction, and where it is the first of a chain, the second. */
export function partsOf(ir: number): readonly number[] {
  return ir < FIRST_CHAIN || ir >= FIRST_COLD ? [ir] : [headOf(ir), chainedTo(ir)];
}

export interface TrainingCode {
  readonly code: Int32Array;
  /** A function that returns at once. */
  readonly callee: number;
  /** Where the instruction stands for each set, and where the last one ends: there the run does. */
  readonly starts: readonly number[];
}

/** The code for an instruction. */
export function codeOf(ir: number): TrainingCode {
  // The callee's header stands behind a local, which the call sets to zero.
  const code: number[] = [IR["leave-instance"], 2, 0, 4, IR.return, 2, 0];
  const starts = [code.length];
  // Of a br-table, two targets and their costs follow.
  const listWords = ir === IR["br-table"] ? 4 : 0;
  const length = partsOf(ir).reduce((sum, part) => sum + irLengths[part], listWords);
  setsOf(ir).forEach(([a, b, c], set) => {
    const next = code.length + length;
    const registers = set * REGISTERS_OF_A_SET;
    const [first, second] = [registers + REGISTERS.a, registers + REGISTERS.b];
    partsOf(ir).forEach((part, order) => {
      // Behind a chain's first instruction stands the second, with its operands exchanged.
      const operands =
        order === 0 ? { a: first, b: second, immediate: b, c } : { a: second, b: first, immediate: a, c };
      code.push(order === 0 ? ir : part);
      for (const operand of irOperands()[part]) {
        code.push(operandWord(operand, irNames()[part], operands, registers, next));
      }
    });
    if (listWords > 0) code.push(next, 1, next, 1);
    starts.push(next);
  });
  code.push(IR["leave-instance"]);
  return { code: Int32Array.from(code), callee: 1 + PROLOGUE_WORDS, starts };
}

/** The registers of the first two operands of an instruction, and what it has for an immediate. */
interface Operands {
  readonly a: number;
  readonly b: number;
  readonly immediate: number;
  readonly c: number;
}

function operandWord(operand: string, name: string, operands: Operands, registers: number, next: number): number {
  switch (operand) {
    case "a":
      return operands.a;
    case "b":
      return /\br?i(;|$)/.test(name) ? operands.immediate : operands.b;
    case "c":
      // Where what counts is compared with an immediate.
      return /;.*\bri$/.test(name) ? operands.c : registers + REGISTERS.c;
    case "d":
    case "header":
      return registers + REGISTERS[operand];
    case "target":
      return next;
    case "base":
      return CALLEE_BASE;
    case "low":
      return operands.immediate;
    case "count":
    case "cost":
    case "high":
      return 1;
    default:
      return 0;
  }
}

/** Fills the registers of all sets, and the memory. @param starts of the code for the instruction */
export function setOperands(execution: Execution, ir: number, starts: readonly number[]): void {
  const { i32, f32, f64, refs, memory } = execution;
  const name = irNames()[ir];
  const view = name.includes("_f32") || (name.includes("f32.") && !name.includes("demote")) ? f32 : f64;
  const viewWords = i32.length / view.length;
  const exception = new ExceptionInstance(execution.instance.tags[0], []);
  setsOf(ir).forEach(([a, b, c], set) => {
    const base = set * REGISTERS_OF_A_SET;
    i32.fill(0, base, base + REGISTERS_OF_A_SET);
    i32[base + REGISTERS.a] = a;
    i32[base + REGISTERS.a + 1] = a === b ? a >> 31 : a >> 1;
    i32[base + REGISTERS.b] = b;
    i32[base + REGISTERS.b + 1] = a === b ? b >> 31 : b >> 1;
    i32[base + REGISTERS.c] = c;
    // A null reference, and one that is none.
    refs[(base + REGISTERS.a) >> 1] = c === 0 ? null : exception;
    // A return goes on with the next set, in the same frame.
    i32[base + REGISTERS.header] = starts[set + 1];
    if (set < words.length) return;
    const [x, y] = floats[set - words.length];
    view[(base + REGISTERS.a) / viewWords] = x;
    view[(base + REGISTERS.b) / viewWords] = y;
  });
  // A word that is zero, and one that is not.
  memory.setInt32(0, 0, true);
  memory.setInt32(5, 5, true);
}
