import { Op } from "../ast/generated/opcode.ts";
import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { InstructionReader } from "./instruction-reader.ts";

/** What may still follow in an open block: WasmEdge's block stack, a byte a block. */
const enum Frame {
  /** Instructions and `end` only. */
  plain,
  /** `if` without `else` so far. */
  then,
  /** Legacy `try` without clause so far. */
  try,
  /** Legacy `catch`: more clauses may follow. */
  catch,
}

/**
 * Walks instruction sequences once, so that malformed ones are refused at load: opcodes, immediates, and the nesting of
 * blocks. Nothing is kept of them and nothing is allocated for an instruction.
 *
 * https://webassembly.github.io/spec/core/binary/instructions.html#expressions — WasmEdge `Loader::loadInstrSeq`
 */
export class ExpressionScanner {
  readonly reader: InstructionReader;
  /** The open blocks, outermost first; longer than any nesting met so far. */
  private frames: Uint8Array = new Uint8Array(256);

  constructor(reader: InstructionReader) {
    this.reader = reader;
  }

  /**
   * Walks from the reader's position to behind the `end` that closes the sequence.
   * @param bound where the sequence has to end, if the format says it
   * @returns the offset after the final `end`
   * @throws WasmEdgeError of the loading phase, with offset and the AST nodes "instruction" and "expression"
   */
  scan(bound?: number): number {
    try {
      this.scanInstructions(bound);
      const end = this.reader.position;
      if (bound !== undefined && end < bound) this.fail(ErrCode.JunkSection, end);
      if (bound !== undefined && end > bound) this.fail(ErrCode.SectionSizeMismatch, end);
      return end;
    } catch (error) {
      throw error instanceof WasmEdgeError ? error.withContext({ kind: "ast", node: "expression" }) : error;
    }
  }

  private fail(code: number, offset: number): never {
    throw new WasmEdgeError(code, { kind: "loading", offset }, { kind: "ast", node: "instruction" });
  }

  private scanInstructions(bound: number | undefined): void {
    const { reader } = this;
    let { frames } = this;
    let depth = 0;
    for (;;) {
      reader.skipPlain();
      const opcode = reader.next();
      // What concerns the nesting stands among the first opcodes.
      if (opcode > Op.try_table) continue;
      let opened: Frame;
      switch (opcode) {
        case Op.block:
        case Op.loop:
        case Op.try_table:
          opened = Frame.plain;
          break;
        case Op.if:
          opened = Frame.then;
          break;
        case Op.try:
          opened = Frame.try;
          break;
        case Op.else:
          if (depth === 0 || frames[depth - 1] !== Frame.then) this.failMisplaced(bound);
          frames[depth - 1] = Frame.plain;
          continue;
        case Op.catch:
        case Op.catch_all:
          if (depth === 0 || frames[depth - 1] < Frame.try) this.failMisplaced(bound);
          frames[depth - 1] = opcode === Op.catch ? Frame.catch : Frame.plain;
          continue;
        case Op.delegate:
          if (depth === 0 || frames[depth - 1] !== Frame.try) this.failMisplaced(bound);
          depth--;
          continue;
        case Op.end:
          if (depth === 0) return;
          depth--;
          continue;
        default:
          continue;
      }
      if (depth === frames.length) frames = this.growFrames();
      frames[depth++] = opened;
    }
  }

  private growFrames(): Uint8Array {
    const frames = new Uint8Array(this.frames.length * 2);
    frames.set(this.frames);
    this.frames = frames;
    return frames;
  }

  /** A part of a block that is not open: beyond the bound it says that the `end` before it is missing. */
  private failMisplaced(bound: number | undefined): never {
    const { offset } = this.reader;
    const beyond = bound !== undefined && offset + 1 > bound;
    this.fail(beyond ? ErrCode.ENDCodeExpected : ErrCode.IllegalOpCode, offset);
  }
}
