import { Op } from "../ast/generated/opcode.ts";
import type { ValType } from "../common/value-type.ts";
import type { LocalTypes } from "./local-types.ts";
import { checkIndex } from "./module-context.ts";
import type { OperandStack } from "./operand-stack.ts";
import type { TypeLists } from "./type-lists.ts";

/** What a frame is in `ControlStack.frames`: so many numbers. */
export const enum Frame {
  /** The instruction that opened it, or its last `else` or `catch`. */
  opcode,
  /** The offset of the instruction that opened it. */
  offset,
  /** The floor of its operands. */
  floor,
  /** 1 where its operands are polymorphic; out of date for the innermost frame. */
  polymorphic,
  /** Where its parameters and its results stand in the TypeLists. */
  parameters,
  results,
  /** How many locals had been initialised when it began; out of date where no local needs that. */
  initialised,
  size,
}

/**
 * The open blocks of a body, the function's own first. A frame is some numbers in an array, so that opening a block
 * allocates nothing; blocks nest as deep as the module likes.
 *
 * https://webassembly.github.io/spec/core/appendix/algorithm.html#data-structures — WasmEdge `FormChecker::CtrlStack`
 */
export class ControlStack {
  private readonly operands: OperandStack;
  private readonly locals: LocalTypes;
  private readonly lists: TypeLists;
  /** The number of open blocks. */
  depth = 0;
  /** The frames of the open blocks, the outermost first; replaced by a longer array where they need room. */
  frames: Int32Array = new Int32Array(128 * Frame.size);

  constructor(operands: OperandStack, locals: LocalTypes, lists: TypeLists) {
    this.operands = operands;
    this.locals = locals;
    this.lists = lists;
    // V8 takes a field that nobody has set twice for constant in the code that it makes.
    this.grow();
  }

  /** Opens a block whose parameters have been taken from the stack. */
  push(opcode: number, offset: number, parameters: readonly ValType[], results: readonly ValType[]): void {
    const { depth, operands, lists } = this;
    if ((depth + 1) * Frame.size > this.frames.length) this.grow();
    const { frames } = this;
    const at = depth * Frame.size;
    if (depth > 0) frames[at - Frame.size + Frame.polymorphic] = operands.polymorphic ? 1 : 0;
    frames[at + Frame.opcode] = opcode;
    frames[at + Frame.offset] = offset;
    frames[at + Frame.floor] = operands.height;
    frames[at + Frame.initialised] = this.locals.initialisedCount;
    frames[at + Frame.parameters] = lists.placeOf(parameters);
    frames[at + Frame.results] = lists.placeOf(results);
    this.depth = depth + 1;
    operands.floor = operands.height;
    operands.polymorphic = false;
    operands.pushList(parameters);
  }

  private grow(): void {
    const frames = new Int32Array(2 * this.frames.length);
    frames.set(this.frames);
    this.frames = frames;
  }

  private get(frame: number, field: Frame): number {
    return this.frames[frame * Frame.size + field];
  }

  /** Closes the innermost block: its results, and nothing else, stand on the stack, and are taken. @throws TypeCheckFailed */
  pop(): void {
    const { operands } = this;
    const depth = this.depth - 1;
    operands.popList(this.endTypesOf(depth));
    operands.checkEmpty();
    this.locals.forgetInitialised(this.get(depth, Frame.initialised));
    this.depth = depth;
    if (depth > 0) {
      operands.floor = this.get(depth - 1, Frame.floor);
      operands.polymorphic = this.get(depth - 1, Frame.polymorphic) !== 0;
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
    return this.get(frame, Frame.opcode);
  }

  offsetOf(frame: number): number {
    return this.get(frame, Frame.offset);
  }

  startTypesOf(frame: number): readonly ValType[] {
    return this.lists.listAt(this.get(frame, Frame.parameters));
  }

  endTypesOf(frame: number): readonly ValType[] {
    return this.lists.listAt(this.get(frame, Frame.results));
  }

  /** The types of the operands that a branch to a frame takes along. */
  labelTypesOf(frame: number): readonly ValType[] {
    return this.opcodeOf(frame) === Op["loop"] ? this.startTypesOf(frame) : this.endTypesOf(frame);
  }
}
