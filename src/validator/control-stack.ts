import { Op } from "../ast/generated/opcode.ts";
import type { ValType } from "../common/value-type.ts";
import type { LocalTypes } from "./local-types.ts";
import { checkIndex } from "./module-context.ts";
import type { OperandStack } from "./operand-stack.ts";

/**
 * The open blocks of a body, the function's own first. A frame is a place in several arrays, so that opening a block
 * allocates nothing; blocks nest as deep as the module likes.
 *
 * https://webassembly.github.io/spec/core/appendix/algorithm.html#data-structures — WasmEdge `FormChecker::CtrlStack`
 */
export class ControlStack {
  private readonly operands: OperandStack;
  private readonly locals: LocalTypes;
  /** The number of open blocks. */
  depth = 0;
  /** Per frame: the instruction that opened it, or its last `else` or `catch`. */
  private opcodes = new Int32Array(64);
  /** Per frame: the offset of the instruction that opened it. */
  private offsets = new Uint32Array(64);
  /** Per frame: the floor of its operands. */
  private floors = new Int32Array(64);
  /** Per frame: 1 where its operands are polymorphic; out of date for the innermost one. */
  private polymorphic = new Uint8Array(64);
  /** Per frame: how many locals had been initialised when it began. */
  private initialised = new Int32Array(64);
  private readonly startTypes: (readonly ValType[])[] = [];
  private readonly endTypes: (readonly ValType[])[] = [];

  constructor(operands: OperandStack, locals: LocalTypes) {
    this.operands = operands;
    this.locals = locals;
  }

  /** Opens a block whose parameters have been taken from the stack. */
  push(opcode: number, offset: number, startTypes: readonly ValType[], endTypes: readonly ValType[]): void {
    const { depth, operands } = this;
    if (depth === this.opcodes.length) this.grow();
    if (depth > 0) this.polymorphic[depth - 1] = operands.polymorphic ? 1 : 0;
    this.opcodes[depth] = opcode;
    this.offsets[depth] = offset;
    this.floors[depth] = operands.height;
    this.initialised[depth] = this.locals.initialisedCount;
    this.startTypes[depth] = startTypes;
    this.endTypes[depth] = endTypes;
    this.depth = depth + 1;
    operands.floor = operands.height;
    operands.polymorphic = false;
    operands.pushList(startTypes);
  }

  private grow(): void {
    const size = 2 * this.depth;
    const { opcodes, offsets, floors, polymorphic, initialised } = this;
    this.opcodes = new Int32Array(size);
    this.opcodes.set(opcodes);
    this.offsets = new Uint32Array(size);
    this.offsets.set(offsets);
    this.floors = new Int32Array(size);
    this.floors.set(floors);
    this.polymorphic = new Uint8Array(size);
    this.polymorphic.set(polymorphic);
    this.initialised = new Int32Array(size);
    this.initialised.set(initialised);
  }

  /** Closes the innermost block: its results, and nothing else, stand on the stack, and are taken. @throws TypeCheckFailed */
  pop(): void {
    const { operands } = this;
    const depth = this.depth - 1;
    operands.popList(this.endTypes[depth]);
    operands.checkEmpty();
    this.locals.forgetInitialised(this.initialised[depth]);
    this.depth = depth;
    if (depth > 0) {
      operands.floor = this.floors[depth - 1];
      operands.polymorphic = this.polymorphic[depth - 1] !== 0;
    }
  }

  /** Forgets all blocks. */
  clear(): void {
    this.depth = 0;
  }

  /** The frame of the innermost block. */
  get innermost(): number {
    return this.depth - 1;
  }

  /** The frame that a label names. @throws InvalidLabelIdx */
  frameOf(label: number): number {
    if (label >= this.depth) checkIndex("label", label, this.depth);
    return this.depth - 1 - label;
  }

  opcodeOf(frame: number): number {
    return this.opcodes[frame];
  }

  offsetOf(frame: number): number {
    return this.offsets[frame];
  }

  startTypesOf(frame: number): readonly ValType[] {
    return this.startTypes[frame];
  }

  endTypesOf(frame: number): readonly ValType[] {
    return this.endTypes[frame];
  }

  /** The types of the operands that a branch to a frame takes along. */
  labelTypesOf(frame: number): readonly ValType[] {
    return this.opcodes[frame] === Op["loop"] ? this.startTypes[frame] : this.endTypes[frame];
  }
}
