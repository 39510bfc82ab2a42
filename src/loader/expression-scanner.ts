import { Op } from "../ast/generated/opcode.ts";
import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { BodyOffsets } from "./body-offsets.ts";
import type { InstructionReader } from "./instruction-reader.ts";
import { Frame, PlainCode } from "./plain-code.ts";

const noBodies = new BodyOffsets(0);

/**
 * Walks instruction sequences once, so that malformed ones are refused at load: opcodes, immediates, and the nesting of
 * blocks. Nothing is kept of them and nothing is allocated for an instruction.
 *
 * https://webassembly.github.io/spec/core/binary/instructions.html#expressions — WasmEdge `Loader::loadInstrSeq`
 */
export class ExpressionScanner {
  private readonly reader: InstructionReader;
  private readonly plain: PlainCode;

  constructor(reader: InstructionReader) {
    this.reader = reader;
    this.plain = new PlainCode(reader);
  }

  /**
   * Walks from the reader's position to behind the `end` that closes the sequence.
   * @param bound where the sequence has to end, if the format says it
   * @returns the offset after the final `end`
   * @throws WasmEdgeError of the loading phase, with offset and the AST nodes "instruction" and "expression"
   */
  scan(bound = -1): number {
    const { plain } = this;
    plain.open(bound);
    do {
      if (!plain.walk(noBodies) && plain.depth > 0) this.step();
    } while (plain.depth > 0);
    return this.reader.position;
  }

  /**
   * Walks the bodies of a code section whose headers have been read.
   * @throws as `scan`
   */
  scanBodies(bodies: BodyOffsets): void {
    const { plain } = this;
    if (bodies.opened === 0) return;
    plain.openBody(bodies);
    while (plain.depth > 0 || bodies.walked < bodies.opened) {
      if (plain.walk(bodies)) continue;
      if (plain.depth > 0) this.step();
      else if (bodies.walked < bodies.opened) plain.openBody(bodies);
    }
  }

  /** Reads one instruction, of whatever form. */
  private step(): void {
    try {
      this.scanInstruction();
    } catch (error) {
      throw error instanceof WasmEdgeError ? error.withContext({ kind: "ast", node: "expression" }) : error;
    }
  }

  private fail(code: number, offset: number): never {
    throw new WasmEdgeError(code, { kind: "loading", offset }, { kind: "ast", node: "instruction" });
  }

  private scanInstruction(): void {
    const { plain } = this;
    const innermost = plain.depth - 1;
    const opcode = this.reader.next();
    // What concerns the nesting stands among the first opcodes.
    if (opcode > Op.try_table) return;
    switch (opcode) {
      case Op.block:
      case Op.loop:
      case Op.try_table:
        this.open(Frame.plain);
        return;
      case Op.if:
        this.open(Frame.then);
        return;
      case Op.try:
        this.open(Frame.try);
        return;
      case Op.else:
        if (plain.frames[innermost] !== Frame.then) this.failMisplaced();
        plain.frames[innermost] = Frame.plain;
        return;
      case Op.catch:
      case Op.catch_all:
        if (plain.frames[innermost] < Frame.try) this.failMisplaced();
        plain.frames[innermost] = opcode === Op.catch ? Frame.catch : Frame.plain;
        return;
      case Op.delegate:
        if (plain.frames[innermost] !== Frame.try) this.failMisplaced();
        plain.depth--;
        return;
      case Op.end:
        plain.depth--;
        if (plain.depth === 0) this.checkBound();
    }
  }

  /** Opens a block. */
  private open(frame: Frame): void {
    const { plain } = this;
    if (plain.depth === plain.frames.length) plain.growFrames();
    plain.frames[plain.depth++] = frame;
  }

  private checkBound(): void {
    const { bound } = this.plain;
    const end = this.reader.position;
    if (bound < 0 || end === bound) return;
    this.fail(end < bound ? ErrCode.JunkSection : ErrCode.SectionSizeMismatch, end);
  }

  /** A part of a block that is not open: beyond the bound it says that the `end` before it is missing. */
  private failMisplaced(): never {
    const { offset } = this.reader;
    const { bound } = this.plain;
    const beyond = bound >= 0 && offset + 1 > bound;
    this.fail(beyond ? ErrCode.ENDCodeExpected : ErrCode.IllegalOpCode, offset);
  }
}
