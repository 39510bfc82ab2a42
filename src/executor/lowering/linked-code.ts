import { FIRST_CHAIN, FIRST_COLD, IR, irLengths, irTraits, Trait } from "../engine/generated/ir.ts";
import { wordsOfInstruction } from "./chains.ts";

/**
 * Lowered code as objects, which the run loop goes through; see `engine/loop/code-form.ts`. The words stay what the code is:
 * all but the run loop reads them, and a run that has left the loop stands at a position in them.
 */

/**
 * An instruction. All are made alike, since engines remember where a property stands by the shape of its object; what most
 * instructions use comes first, to be near to each other in memory.
 */
export class LinkedInstruction {
  readonly ir: number;
  /** The one behind it. */
  next: LinkedInstruction;
  /** Its operands, as far as instructions of the loop have as many. */
  word1: number;
  readonly word2: number;
  readonly word3: number;
  readonly word4: number;
  /** The target of its branch. Where there is none, and no next one, it is never read. */
  target: LinkedInstruction;
  /** Of its first word in the code. */
  readonly position: number;
  readonly word5: number;
  readonly word6: number;
  /** Of a br-table: a `br` to each of its targets. */
  list: readonly LinkedInstruction[];

  /** @param ir the instruction; that of the code at `position`, but of a target of a br-table */
  constructor(code: Int32Array, position: number, ir: number) {
    this.ir = ir;
    this.next = this;
    this.word1 = code[position + 1] | 0;
    this.word2 = code[position + 2] | 0;
    this.word3 = code[position + 3] | 0;
    this.word4 = code[position + 4] | 0;
    this.target = this;
    this.position = position;
    this.word5 = code[position + 5] | 0;
    this.word6 = code[position + 6] | 0;
    this.list = none;
  }
}

const none: readonly LinkedInstruction[] = [];

/** A function, and what stands before its code. */
export interface LinkedFunction {
  readonly first: LinkedInstruction;
  /** Word offset in the frame of the first local that is no parameter, and of the header behind the last. */
  readonly locals: number;
  readonly header: number;
  /** Words of the frame. */
  readonly frame: number;
}

/** All linked code of a code space. */
export class LinkedCode {
  /** By position; what stands between the instructions is never asked for. */
  readonly instructions: LinkedInstruction[] = [];
  /** By index; undefined where one is not lowered. */
  readonly functions: (LinkedFunction | undefined)[];

  /** @param code with what ends a run at position 0 */
  constructor(code: Int32Array, functionCount: number) {
    this.functions = new Array<LinkedFunction | undefined>(functionCount).fill(undefined);
    this.instructions[0] = new LinkedInstruction(code, 0, code[0]);
  }

  /** Follows a word of the code that has changed: the first operand of an instruction. */
  setOperand(position: number, value: number): void {
    this.instructions[position].word1 = value;
  }

  /** Adds a function that has been lowered. Those before it in the code have been added. */
  add(code: Int32Array, index: number, entry: number, end: number): void {
    const { instructions } = this;
    const first = new LinkedInstruction(code, entry, code[entry]);
    // The list has no holes, which would make it slower to read.
    while (instructions.length < entry) instructions.push(instructions[0]);
    instructions.push(first);
    let last = first;
    for (let at = entry + wordsOfInstruction(code, entry); at < end; at += wordsOfInstruction(code, at)) {
      const instruction = new LinkedInstruction(code, at, code[at]);
      while (instructions.length < at) instructions.push(last);
      instructions.push(instruction);
      last.next = instruction;
      last = instruction;
    }
    while (instructions.length < end) instructions.push(last);
    let instruction = first;
    for (;;) {
      const { ir, next } = instruction;
      this.linkTargets(code, instruction);
      // The first of a chain goes on with its second, whatever that is.
      if (ir < FIRST_CHAIN || ir >= FIRST_COLD) instruction.next = this.arrivalAt(next);
      if (instruction === last) break;
      instruction = next;
    }
    this.functions[index] = {
      first: this.arrivalAt(first),
      header: code[entry - 3],
      locals: code[entry - 2],
      frame: code[entry - 1],
    };
  }

  /**
   * Where a run is that comes to an instruction: forward branches that cost nothing are passed over, of which there is one
   * around the clauses of each try block. Backward ones are not, which might never end.
   */
  private arrivalAt(instruction: LinkedInstruction): LinkedInstruction {
    let arrival = instruction;
    while (arrival.ir === IR.br && arrival.word2 === 0 && arrival.word1 > arrival.position) {
      arrival = this.instructions[arrival.word1];
    }
    return arrival;
  }

  private linkTargets(code: Int32Array, instruction: LinkedInstruction): void {
    const { ir, position, word1, word2 } = instruction;
    const { instructions } = this;
    if (ir === IR["br-table"]) {
      const first = position + irLengths[ir];
      const list: LinkedInstruction[] = [];
      for (let i = 0; i <= word2; i++) {
        const branch = new LinkedInstruction(code, first - 1 + 2 * i, IR.br);
        branch.target = this.arrivalAt(instructions[branch.word1]);
        list.push(branch);
      }
      instruction.list = list;
    } else if ((irTraits[ir] & Trait.Target) !== 0) {
      instruction.target = this.arrivalAt(instructions[word1]);
      // Nor does a run stop there that comes back from a call, or has caught an exception.
      if (ir === IR.br) instructions[position] = this.arrivalAt(instruction);
    }
  }
}
