import { type IR, irLengths } from "../engine/generated/ir.ts";

/** Words of the longest instruction, a br-table's list aside. */
const LONGEST = 9;

/**
 * Emits the code of one function: words, and which instruction was the last one. The next may become one with it, or have it write
 * its result somewhere else.
 */
export class CodeBuilder {
  /** The code so far; `length` words of it. */
  code: Int32Array = new Int32Array(256);
  length = 0;
  /** Where the code will stand: branch targets are positions in the code space. */
  base = 0;

  /** Start of the last instruction that was emitted, if the next can become one with it; else -1. */
  last = -1;
  /** The one before it, likewise. */
  beforeLast = -1;
  /** The last one, if its destination may still be changed; else -1. */
  lastStart = -1;
  /** Place of its destination word. */
  protected lastDestination = -1;

  /** Called before the first word of an instruction is emitted. */
  onEmit: (() => void) | undefined;

  /** Begins a function's code. */
  protected beginCode(base: number): void {
    this.length = 0;
    this.base = base;
    this.forgetLast();
  }

  /** The position in the code space of the next instruction. */
  get position(): number {
    return this.base + this.length;
  }

  /** Appends a word that belongs to no fixed operand: a br-table's list. */
  word(value: number): void {
    if (this.length >= this.code.length) this.grow();
    this.code[this.length++] = value;
  }

  private grow(): void {
    const larger = new Int32Array(this.code.length * 2);
    larger.set(this.code);
    this.code = larger;
  }

  /** Emits an instruction with its operands in order. @returns the place of its first word in `code` */
  emit(ir: IR, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0): number {
    this.onEmit?.();
    const start = this.length;
    if (start + LONGEST > this.code.length) this.grow();
    const { code } = this;
    code[start] = ir;
    code[start + 1] = a;
    code[start + 2] = b;
    code[start + 3] = c;
    code[start + 4] = d;
    code[start + 5] = e;
    code[start + 6] = f;
    code[start + 7] = g;
    code[start + 8] = h;
    this.length = start + irLengths[ir];
    this.keepDestination();
    this.beforeLast = this.last;
    this.last = start;
    return start;
  }

  /** Emits an instruction that does what the last one does and something after it: the place stays that of the last one. */
  emitInPlaceOfLast(ir: IR, a: number, b: number, c: number, d: number, e = 0, f = 0): number {
    const { onEmit } = this;
    this.onEmit = undefined;
    this.undo(this.last);
    const start = this.emit(ir, a, b, c, d, e, f);
    this.onEmit = onEmit;
    return start;
  }

  /** Takes the last instruction back. */
  undo(start: number): void {
    this.length = start;
    this.last = this.beforeLast;
    this.beforeLast = -1;
    this.keepDestination();
  }

  /** From here on the last instruction stays as it is: a branch may arrive between it and the next. */
  forgetLast(): void {
    this.last = -1;
    this.beforeLast = -1;
    this.keepDestination();
  }

  /** From here on the last instruction's result goes where it goes. */
  protected keepDestination(): void {
    this.lastStart = -1;
    this.lastDestination = -1;
  }

  /** Until the next instruction the destination of this one may be changed. @param place of its destination word */
  protected offerDestination(start: number, place: number): void {
    this.lastStart = start;
    this.lastDestination = place;
  }
}
