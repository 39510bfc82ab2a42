import { isRefType, ValType } from "../../common/value-type.ts";
import { IR } from "../engine/generated/ir.ts";
import { CodeBuilder } from "./code-builder.ts";
import { Kind, type OperandState, slotWords } from "./operands.ts";

/** What `saveStack` gives. */
export interface SavedStack {
  readonly depth: number;
  readonly top: number;
  readonly localsFrom: number;
  readonly lists: readonly (readonly number[])[];
}

/** The instruction that moves a value of this type between registers. */
function moveOf(type: ValType): IR {
  switch (type) {
    case ValType.I32:
    case ValType.F32:
      return IR.move32;
    case ValType.I64:
    case ValType.F64:
      return IR.move64;
    case ValType.V128:
      return IR.move128;
    default:
      return IR["move-ref"];
  }
}

/**
 * Emits the code of one function and keeps the operand stack as it would be at this place of the run.
 *
 * Locals and operands are registers of one frame. An operand that is a local or a constant is not moved to its home
 * register until someone needs it there; so `local.get` and `const` vanish into the instructions that use them.
 */
export class FrameBuilder extends CodeBuilder {
  /** Word offset of each local's register. */
  localOffsets: number[] = [];
  localTypes: ValType[] = [];

  /** The operand stack. */
  readonly kinds: Kind[] = [];
  readonly types: ValType[] = [];
  readonly homes: number[] = [];
  readonly values: number[] = [];
  readonly highs: number[] = [];
  depth = 0;
  /** Word offset of the next operand's home. */
  top = 0;
  /** The largest `top` there was: the size of the frame. */
  highWater = 0;
  /** Entries below this depth are known not to be locals. */
  private localsFrom = 0;

  /** Begins a function. @param operandBase word offset of the first operand's home */
  begin(base: number, operandBase: number): void {
    this.beginCode(base);
    this.depth = 0;
    this.top = operandBase;
    this.highWater = operandBase;
    this.localsFrom = 0;
  }

  // --- The operand stack ---

  private push(kind: Kind, type: ValType, value: number, high: number): void {
    const index = this.depth++;
    this.kinds[index] = kind;
    this.types[index] = type;
    this.homes[index] = this.top;
    this.values[index] = value;
    this.highs[index] = high;
    this.top += slotWords(type);
    if (this.top > this.highWater) this.highWater = this.top;
  }

  /** Pushes a value that stands in its home. */
  pushRegister(type: ValType): void {
    this.push(Kind.Register, type, this.top, 0);
  }

  /** `local.get`. */
  pushLocal(local: number): void {
    this.push(Kind.Local, this.localTypes[local], this.localOffsets[local], 0);
  }

  pushConstant(type: ValType, low: number, high: number): void {
    this.push(Kind.Constant, type, low, high);
  }

  /** Takes the top entry off; its fields stay readable at the returned index until the next push. */
  pop(): number {
    const index = --this.depth;
    this.top = this.homes[index];
    if (this.localsFrom > index) this.localsFrom = index;
    return index;
  }

  /** Puts the entry back that was popped last, unchanged. */
  restore(): void {
    this.top += slotWords(this.types[this.depth]);
    this.depth++;
  }

  /** Takes entries off down to `depth`. */
  popTo(depth: number): void {
    while (this.depth > depth) this.pop();
  }

  /** Gives the top entry another type of the same bits; its value stays where it is. */
  retype(type: ValType): void {
    this.types[this.depth - 1] = type;
  }

  isConstant(index: number): boolean {
    return this.kinds[index] === Kind.Constant;
  }

  /** Whether an entry's value stands in the register of its own. */
  isAtHome(index: number): boolean {
    return this.kinds[index] === Kind.Register && this.values[index] === this.homes[index];
  }

  /** The register that holds an entry's value; a constant is put into its home first. */
  register(index: number): number {
    if (this.kinds[index] === Kind.Constant) this.toHome(index);
    return this.values[index];
  }

  /** Puts an entry's value into its home register. */
  toHome(index: number): void {
    const home = this.homes[index];
    const type = this.types[index];
    switch (this.kinds[index]) {
      case Kind.Register:
        if (this.values[index] !== home) this.emitMove(type, home, this.values[index]);
        break;
      case Kind.Local:
        this.emitMove(type, home, this.values[index]);
        break;
      case Kind.Constant:
        this.emitConstant(type, home, this.values[index], this.highs[index]);
        break;
    }
    this.kinds[index] = Kind.Register;
    this.values[index] = home;
  }

  private emitConstant(type: ValType, destination: number, low: number, high: number): void {
    if (isRefType(type)) this.emit(IR["ref.null"], destination);
    else if (type === ValType.I32 || type === ValType.F32) this.emit(IR.const32, destination, low);
    else this.emit(IR.const64, destination, low, high);
  }

  /** Puts the topmost `count` entries into their homes. */
  topToHome(count: number): void {
    for (let index = this.depth - count; index < this.depth; index++) this.toHome(index);
  }

  /** Puts all entries into their homes. */
  allToHome(): void {
    this.topToHome(this.depth);
    this.localsFrom = this.depth;
  }

  /** Puts into their homes all entries that stand for locals: the code that follows may set those on one way only. */
  localsToHome(): void {
    for (let index = this.localsFrom; index < this.depth; index++) {
      if (this.kinds[index] === Kind.Local) this.toHome(index);
    }
    this.localsFrom = this.depth;
  }

  private hasEntryOfLocal(offset: number): boolean {
    for (let index = this.localsFrom; index < this.depth; index++) {
      if (this.kinds[index] === Kind.Local && this.values[index] === offset) return true;
    }
    return false;
  }

  // --- Results ---

  /** Emits an instruction whose first operand is its destination, and pushes its result. */
  result(ir: IR, type: ValType, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0): void {
    const start = this.emit(ir, this.top, a, b, c, d, e, f);
    this.pushRegister(type);
    this.offerDestination(start, start + 1);
  }

  /** Like `result`, for cold instructions whose first word is the wasm opcode. */
  resultOf(ir: IR, opcode: number, type: ValType, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0): void {
    const start = this.emit(ir, opcode, this.top, a, b, c, d, e, f);
    this.pushRegister(type);
    this.offerDestination(start, start + 2);
  }

  /** Like `result`, of an instruction that does what the last one does and something after it. */
  resultInPlaceOfLast(ir: IR, type: ValType, a: number, b: number, c: number, d = 0, e = 0): void {
    const start = this.emitInPlaceOfLast(ir, this.top, a, b, c, d, e);
    this.pushRegister(type);
    this.offerDestination(start, start + 1);
  }

  /** The start of the instruction that made an entry, if it was the last one and can be undone; else -1. */
  makerOf(index: number): number {
    return this.lastStart >= 0 && this.isAtHome(index) && this.code[this.lastDestination] === this.homes[index]
      ? this.lastStart
      : -1;
  }

  /** `local.set`: the top entry becomes the local's value. @param keep whether it stays on the stack: `local.tee` */
  setLocal(local: number, keep: boolean): void {
    const offset = this.localOffsets[local];
    const type = this.localTypes[local];
    const maker = this.makerOf(this.depth - 1);
    const index = this.pop();
    if (this.kinds[index] === Kind.Local && this.values[index] === offset) {
      // A local set to itself.
    } else if (this.hasEntryOfLocal(offset)) {
      for (let i = this.localsFrom; i < this.depth; i++) {
        if (this.kinds[i] === Kind.Local && this.values[i] === offset) this.toHome(i);
      }
      this.moveInto(offset, type, index);
    } else if (maker >= 0) {
      // The instruction that computes the value writes the local at once.
      this.code[this.lastDestination] = offset;
      this.keepDestination();
    } else this.moveInto(offset, type, index);
    if (keep) this.pushLocal(local);
  }

  private moveInto(offset: number, type: ValType, index: number): void {
    if (this.kinds[index] === Kind.Constant) this.emitConstant(type, offset, this.values[index], this.highs[index]);
    else this.emitMove(type, offset, this.values[index]);
  }

  /** Moves a value between registers; two moves of words one after the other become one instruction. */
  private emitMove(type: ValType, destination: number, register: number): void {
    const move = moveOf(type);
    const { last, code } = this;
    if (move !== IR.move32 || last < 0 || code[last] !== IR.move32) {
      this.emit(move, destination, register);
      return;
    }
    const [, firstDestination, firstRegister] = code.subarray(last, this.length);
    this.emitInPlaceOfLast(IR["move32; move32"], firstDestination, firstRegister, destination, register);
  }

  /** Moves an entry's value to any register. */
  moveTo(destination: number, index: number): void {
    if (this.kinds[index] !== Kind.Constant && this.values[index] === destination) return;
    this.moveInto(destination, this.types[index], index);
  }

  /** The operand stack, to be put back by `restoreStack` after code that is not on the normal way. */
  saveStack(): SavedStack {
    const { depth, top, localsFrom } = this;
    const lists = [this.kinds, this.types, this.homes, this.values, this.highs].map((list) => list.slice(0, depth));
    return { depth, top, localsFrom, lists };
  }

  restoreStack({ depth, top, localsFrom, lists }: SavedStack): void {
    [this.kinds, this.types, this.homes, this.values, this.highs].forEach((list, i) => {
      for (let k = 0; k < depth; k++) list[k] = lists[i][k];
    });
    this.depth = depth;
    this.top = top;
    this.localsFrom = localsFrom;
  }

  /** The operand stack as it is now. */
  snapshot(): OperandState[] {
    const states: OperandState[] = [];
    for (let i = 0; i < this.depth; i++) {
      states.push({
        kind: this.kinds[i],
        type: this.types[i],
        home: this.homes[i],
        value: this.values[i],
        high: this.highs[i],
      });
    }
    return states;
  }
}
