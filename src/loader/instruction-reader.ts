import { type Opcode, prefixedOpcode, prefixPage } from "../ast/instructions.ts";
import { WasmEdgeError } from "../common/error.ts";
import { TypeCode } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import { ImmediateReader } from "./immediate-reader.ts";
import { Kind } from "./instruction-forms.ts";
import { tablesFor } from "./instruction-tables.ts";

/** The most bytes that the short ways of `next` read: an opcode and eight of a constant. */
const SHORT = 9;

/**
 * The one decoder of instructions: the loader's scan, the validator and the lowering walk bodies with it.
 *
 * `next()` reads an instruction into the fields; nothing is allocated. Which fields are set follows from the immediate
 * kind of the instruction's row.
 *
 * https://webassembly.github.io/spec/core/binary/instructions.html — WasmEdge `Loader::loadInstruction`
 */
export class InstructionReader extends ImmediateReader {
  readonly bytes: Uint8Array;
  private readonly immediates: Uint8Array;
  /** Per opcode, and per byte of a prefix: how `PlainCode` walks over it. */
  readonly forms: Uint8Array;

  constructor(bytes: Uint8Array, configure: Configure) {
    super(bytes, configure);
    this.bytes = bytes;
    const tables = tablesFor(configure);
    this.immediates = tables.immediates;
    this.forms = tables.forms;
  }

  /** Offset of the next instruction. */
  get position(): number {
    return this.file.position;
  }

  /** Goes on at another offset. */
  seek(offset: number): void {
    this.file.position = offset;
  }

  /**
   * Reads the next instruction.
   * @returns its opcode
   * @throws WasmEdgeError of the loading phase, with offset and the AST node "instruction"
   */
  next(): Opcode {
    const { file, bytes } = this;
    const offset = file.position;
    this.offset = offset;
    // Nearly all instructions of real modules have one of these forms, and integers of few bytes. Those which have not, and
    // whatever is malformed, take the long way, which reads the instruction again from its start.
    if (offset <= bytes.length - SHORT) {
      const opcode = bytes[offset];
      let end = offset + 2;
      switch (this.immediates[opcode]) {
        case Kind.none:
          file.position = offset + 1;
          this.opcode = opcode;
          return opcode;
        case Kind.local:
        case Kind.global:
        case Kind.label:
        case Kind.func:
        case Kind.table: {
          let index = bytes[offset + 1];
          if (index >= 0x80) {
            const second = bytes[end++];
            if (second >= 0x80) break;
            index = (index & 0x7f) | (second << 7);
          }
          this.index = index;
          file.position = end;
          this.opcode = opcode;
          return opcode;
        }
        case Kind.i32: {
          let byte = bytes[offset + 1];
          let value = byte & 0x7f;
          let shift = 7;
          while (byte >= 0x80 && shift < 28) {
            byte = bytes[end++];
            value |= (byte & 0x7f) << shift;
            shift += 7;
          }
          if (byte >= 0x80) break;
          this.low = (value << (32 - shift)) >> (32 - shift);
          file.position = end;
          this.opcode = opcode;
          return opcode;
        }
        case Kind.i64: {
          const byte = bytes[offset + 1];
          if (byte >= 0x80) break;
          this.low = (byte << 25) >> 25;
          this.high = this.low >> 31;
          file.position = end;
          this.opcode = opcode;
          return opcode;
        }
        case Kind.memArg: {
          const align = bytes[offset + 1];
          if (align >= 0x20) break;
          let byte = bytes[end++];
          let value = byte & 0x7f;
          let shift = 7;
          while (byte >= 0x80 && shift < 28) {
            byte = bytes[end++];
            value |= (byte & 0x7f) << shift;
            shift += 7;
          }
          if (byte >= 0x80) break;
          this.index = 0;
          this.align = align;
          this.low = value;
          this.high = 0;
          file.position = end;
          this.opcode = opcode;
          return opcode;
        }
        case Kind.block: {
          const type = bytes[offset + 1];
          if (type !== TypeCode.Epsilon && (type < TypeCode.F64 || type > TypeCode.I32)) break;
          this.blockTypeIndex = -1;
          this.blockResult = type === TypeCode.Epsilon ? 0 : type;
          file.position = end;
          this.opcode = opcode;
          return opcode;
        }
        case Kind.f64:
          this.low = file.wordAt(offset + 1);
          this.high = file.wordAt(offset + 5);
          file.position = offset + 9;
          this.opcode = opcode;
          return opcode;
      }
    }
    return this.readInstruction();
  }

  /** Any instruction, from the present position. */
  private readInstruction(): Opcode {
    const { file } = this;
    try {
      let opcode = file.readByte();
      const page = prefixPage(opcode);
      if (page !== 0) opcode = prefixedOpcode(page, file.readU32());
      this.opcode = opcode;
      this.readImmediates(opcode < 0 ? Kind.illegal : this.immediates[opcode]);
      return opcode;
    } catch (error) {
      throw error instanceof WasmEdgeError ? error.withContext({ kind: "ast", node: "instruction" }) : error;
    }
  }
}
