import { Op } from "../ast/generated/opcode.ts";
import { type Opcode, prefixedOpcode, prefixPage } from "../ast/instructions.ts";
import { TypeCode } from "../common/value-type.ts";
import type { BodyOffsets } from "./body-offsets.ts";
import { Form } from "./instruction-forms.ts";
import type { InstructionReader } from "./instruction-reader.ts";
import { sliceOf } from "./slice.ts";

/** What may still follow in an open block: WasmEdge's block stack, a byte a block. */
export const enum Frame {
  /** Instructions and `end` only. */
  plain,
  /** `if` without `else` so far. */
  then,
  /** Legacy `try` without clause so far. */
  try,
  /** Legacy `catch`: more clauses may follow. */
  catch,
}

/** The bytes of the longest integer. */
const LONGEST_INTEGER = 10;

/** The most bytes that are read before the end of the bytes is looked at again: a vector instruction's code and sixteen. */
const LONGEST = 19;

/**
 * The fast lane of the loader's scan: bodies, one after the other, whose instructions are of the forms that nearly all have.
 * What is of another form, and whatever is malformed, is left to the ExpressionScanner at the place where it begins; so this
 * never throws.
 *
 * All is in one function and its state in local variables: V8 compiles one function then, where several that call each
 * other are compiled again into each of their callers, while the first module waits.
 */
export class PlainCode {
  private readonly reader: InstructionReader;
  private calls = 0;
  /** The open blocks of the expression, its own included; 0 between expressions. */
  depth = 0;
  /** What these are, outermost first; longer than any nesting met so far. */
  frames: Uint8Array = new Uint8Array(128);
  /** Where the expression has to end, -1 where the format does not say it. */
  bound = -1;

  constructor(reader: InstructionReader) {
    this.reader = reader;
    // V8 takes a field that nobody has set twice for constant in the code that it makes.
    this.growFrames();
  }

  growFrames(): void {
    const frames = new Uint8Array(2 * this.frames.length);
    frames.set(this.frames);
    this.frames = frames;
  }

  /** Begins an expression at the reader's position. */
  open(bound: number): void {
    this.depth = 1;
    this.frames[0] = Frame.plain;
    this.bound = bound;
  }

  /** Begins the next body. */
  openBody(bodies: BodyOffsets): void {
    const body = bodies.walked++;
    this.reader.seek(bodies.expressionStarts[body]);
    this.open(bodies.ends[body]);
  }

  /**
   * Walks on from the reader's position, and leaves it where it stopped: behind an expression (`depth` is 0), or at an
   * instruction.
   * @param bodies those that are to follow once no block is open
   * @returns true where it stopped only because it has walked for long
   */
  walk(bodies: BodyOffsets): boolean {
    const { reader, frames } = this;
    const { expressionStarts, ends, opened } = bodies;
    const { bytes, forms } = reader;
    let { depth, bound } = this;
    let { position } = reader;
    let { walked } = bodies;
    const limit = bytes.length - LONGEST;
    const last = Math.min(limit, position + sliceOf(this.calls++));
    scan: while (position <= last) {
      if (depth === 0) {
        if (walked === opened) break;
        // `| 0`: as unsigned numbers they would make V8 keep all positions as floats.
        position = expressionStarts[walked] | 0;
        bound = ends[walked++] | 0;
        frames[0] = Frame.plain;
        depth = 1;
        continue;
      }
      let opcode: Opcode = bytes[position];
      // The last byte that was read.
      let end = position;
      let form = forms[opcode];
      if (form === Form.single) {
        position++;
        continue;
      }
      if (form === Form.prefix) {
        let code = bytes[++end];
        if (code >= 0x80) code = (code & 0x7f) | (bytes[++end] << 7);
        opcode = prefixedOpcode(prefixPage(opcode), code);
        // With a third byte it is none.
        if (opcode < 0) break;
        form = forms[opcode];
      }
      if (form <= Form.memArgLane) {
        if (form !== Form.integer && bytes[++end] >= 0x20) break;
        // An integer of up to four bytes; a fifth one might make it too large.
        if (bytes[++end] >= 0x80 && bytes[++end] >= 0x80 && bytes[++end] >= 0x80 && bytes[++end] >= 0x80) {
          let byte = bytes[++end];
          if (opcode === Op["i32.const"]) {
            // The unused bits repeat the sign.
            const unused = byte & 0x78;
            if (byte >= 0x80 || (unused !== 0 && unused !== 0x78)) break;
          } else if (opcode === Op["i64.const"]) {
            while (byte >= 0x80 && end - position < LONGEST_INTEGER) byte = bytes[++end];
            if (byte >= 0x80 || (end - position === LONGEST_INTEGER && byte !== 0 && byte !== 0x7f)) break;
          } else break;
        }
        if (form === Form.memArgLane) end++;
      } else {
        switch (form) {
          case Form.prefixed:
            break;
          case Form.block:
            // A type of one byte: none, or a number type.
            end++;
            if (bytes[end] !== TypeCode.Epsilon && (bytes[end] < TypeCode.F64 || bytes[end] > TypeCode.I32)) break scan;
            if (depth === frames.length) break scan;
            frames[depth++] = opcode === Op.if ? Frame.then : Frame.plain;
            break;
          case Form.else:
            if (frames[depth - 1] !== Frame.then) break scan;
            frames[depth - 1] = Frame.plain;
            break;
          case Form.end:
            // That of the expression has to stand at its bound.
            if (depth === 1 && bound >= 0 && end + 1 !== bound) break scan;
            depth--;
            break;
          case Form.four:
            end += 4;
            break;
          case Form.eight:
            end += 8;
            break;
          case Form.sixteen:
            end += 16;
            break;
          case Form.lane:
            end++;
            break;
          case Form.zero:
            if (bytes[++end] !== 0) break scan;
            break;
          case Form.zeros:
            if ((bytes[++end] | bytes[++end]) !== 0) break scan;
            break;
          case Form.integers:
            if (bytes[++end] >= 0x80 && bytes[++end] >= 0x80 && bytes[++end] >= 0x80) break scan;
            if (bytes[++end] >= 0x80 && bytes[++end] >= 0x80 && bytes[++end] >= 0x80) break scan;
            break;
          case Form.labels: {
            let labels = bytes[++end];
            if (labels >= 0x80) {
              const byte = bytes[++end];
              if (byte >= 0x80) break scan;
              labels = (labels & 0x7f) | (byte << 7);
            }
            // The default label follows the counted ones.
            for (; labels >= 0; labels--) {
              if (end > limit || (bytes[++end] >= 0x80 && bytes[++end] >= 0x80 && bytes[++end] >= 0x80)) break scan;
            }
            break;
          }
          default:
            break scan;
        }
      }
      position = end + 1;
    }
    this.depth = depth;
    this.bound = bound;
    bodies.walked = walked;
    reader.seek(position);
    // Near the end of the bytes nothing is plain.
    return position > last && last < limit;
  }
}
