import { Op } from "../ast/generated/opcode.ts";
import { instructionInfo, type Opcode } from "../ast/instructions.ts";
import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { Proposal, proposalText } from "../common/proposal.ts";
import { TypeCode, type ValType } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import { FileManager } from "./file-manager.ts";
import { Kind } from "./instruction-forms.ts";
import { readHeapType, readValType } from "./type-reader.ts";

/**
 * Of an `InstructionReader`: the instruction that was read, field by field, and how immediates of any kind are read into the
 * fields. Lists (labels, types, catch clauses) are checked and passed over; `beginVector` and the `vector…` methods read them
 * again where they are wanted.
 *
 * https://webassembly.github.io/spec/core/binary/instructions.html — WasmEdge `Loader::loadInstruction`
 */
export abstract class ImmediateReader {
  readonly file: FileManager;
  private readonly configure: Configure;
  private readonly multiMemories: boolean;
  private readonly memory64: boolean;
  private readonly referenceTypes: boolean;
  private readonly multiValue: boolean;

  /** Whether the module has a data count section: segments of data may only be named in code where it has. */
  hasDataCount = true;

  /** Offset of the instruction's first byte. */
  offset = 0;
  opcode: Opcode = 0;
  /** The first index: label, function, type, local, global, table, memory, segment, tag; the destination of copies. */
  index = 0;
  /** The second index: table of call_indirect, source of copies, field, count of array.new_fixed, segment. */
  index2 = 0;
  /** Halves of a constant (a float's bits), or of a memory access's offset. */
  low = 0;
  high = 0;
  /** Alignment of a memory access: the exponent of a power of two. */
  align = 0;
  lane = 0;
  /** A block's type: a type index, or -1 where `blockResult` tells it. */
  blockTypeIndex = -1;
  /** The one result of a block without type index; 0 for none. */
  blockResult: ValType = 0;
  /** The type of ref.null, ref.test, ref.cast as a reference type; the first type of br_on_cast. */
  type: ValType = 0;
  /** The second, wanted type of br_on_cast. */
  type2: ValType = 0;
  /** Length of the list: labels of br_table without the default, types of select, catch clauses. */
  count = 0;
  /** Offset of the list's first element, or of the bytes of v128.const and i8x16.shuffle. */
  vectorStart = 0;

  constructor(bytes: Uint8Array, configure: Configure) {
    this.file = new FileManager(bytes);
    this.configure = configure;
    this.multiMemories = configure.hasProposal(Proposal.MultiMemories);
    this.memory64 = configure.hasProposal(Proposal.Memory64);
    this.referenceTypes = configure.hasProposal(Proposal.ReferenceTypes);
    this.multiValue = configure.hasProposal(Proposal.MultiValue);
  }

  /** @param missing the proposal without which the instruction or its immediate is refused */
  private fail(code: number, offset = this.file.lastPosition, missing?: Proposal): never {
    const error = new WasmEdgeError(code);
    if (missing !== undefined) error.withContext({ kind: "proposal", proposal: proposalText(missing) });
    throw error.withContext({ kind: "loading", offset });
  }

  /** Reads the immediates of `opcode` from the file's position. */
  protected readImmediates(kind: Kind): void {
    const { file } = this;
    switch (kind) {
      case Kind.none:
        return;
      case Kind.local:
      case Kind.global:
      case Kind.label:
      case Kind.func:
      case Kind.type:
      case Kind.table:
      case Kind.elem:
      case Kind.tag:
        this.index = file.readU32();
        return;
      case Kind.i32:
        this.low = file.readS32();
        return;
      case Kind.memArg:
        this.readMemArg();
        return;
      case Kind.block:
        this.readBlockType();
        return;
      case Kind.i64:
        file.readS64();
        this.low = file.low;
        this.high = file.high;
        return;
      case Kind.f32:
        file.readF32();
        this.low = file.low;
        return;
      case Kind.f64:
        file.readF64();
        this.low = file.low;
        this.high = file.high;
        return;
      case Kind.labelTable:
        this.beginReadingVector();
        // The default label follows the counted ones.
        for (let i = 0; i <= this.count; i++) file.readU32();
        return;
      case Kind.typeTable:
        this.index = file.readU32();
        this.readTableIndexOfCall();
        return;
      case Kind.tableTable:
      case Kind.typeField:
      case Kind.typeCount:
      case Kind.typeElem:
      case Kind.typeType:
        this.index = file.readU32();
        this.index2 = file.readU32();
        return;
      case Kind.elemTable:
        // The segment stands first on the wire; the table is the destination.
        this.index2 = file.readU32();
        this.index = file.readU32();
        return;
      case Kind.data:
        this.requireDataCount();
        this.index = file.readU32();
        return;
      case Kind.typeData:
        this.requireDataCount();
        this.index = file.readU32();
        this.index2 = file.readU32();
        return;
      case Kind.dataMemory:
        this.requireDataCount();
        this.index2 = file.readU32();
        this.index = this.readMemoryIndex();
        return;
      case Kind.memory:
        this.index = this.readMemoryIndex();
        return;
      case Kind.memoryMemory:
        this.index = this.readMemoryIndex();
        this.index2 = this.readMemoryIndex();
        return;
      case Kind.memArgLane:
        this.readMemArg();
        this.lane = file.readByte();
        return;
      case Kind.lane:
        this.lane = file.readByte();
        return;
      case Kind.shuffle:
      case Kind.v128:
        this.vectorStart = file.skipBytes(16);
        return;
      case Kind.heapType:
        this.type = readHeapType(
          file,
          this.configure,
          this.opcode === Op["ref.null"] || this.opcode === Op["ref.test_null"] || this.opcode === Op["ref.cast_null"],
        );
        return;
      case Kind.valTypes:
        this.beginReadingVector();
        for (let i = 0; i < this.count; i++) readValType(file, this.configure);
        return;
      case Kind.branchCast: {
        const flags = file.readByte();
        if (flags > 3) this.fail(ErrCode.MalformedCastFlags);
        this.index = file.readU32();
        this.type = readHeapType(file, this.configure, (flags & 1) !== 0);
        this.type2 = readHeapType(file, this.configure, (flags & 2) !== 0);
        return;
      }
      case Kind.tryTable:
        this.readBlockType();
        this.beginReadingVector();
        for (let i = 0; i < this.count; i++) this.readCatch();
        return;
      case Kind.zeroByte:
        if (file.readByte() !== 0) this.fail(ErrCode.ExpectedZeroByte);
        return;
      case Kind.illegal:
        this.failIllegal();
    }
  }

  /** An opcode that no instruction has is named by the place of its last part, as in WasmEdge. */
  private failIllegal(): never {
    const info = this.opcode < 0 ? undefined : instructionInfo(this.opcode);
    const missing = info && this.configure.missingProposal(info);
    if (missing === undefined) this.fail(ErrCode.IllegalOpCode);
    this.fail(ErrCode.IllegalOpCode, this.offset, missing);
  }

  private requireDataCount(): void {
    if (!this.hasDataCount) this.fail(ErrCode.DataCountRequired, this.offset);
  }

  private beginReadingVector(): void {
    this.count = this.file.readVectorCount();
    this.vectorStart = this.file.position;
  }

  /** https://webassembly.github.io/spec/core/binary/instructions.html#binary-memarg */
  private readMemArg(): void {
    const { file } = this;
    let flags = file.readU32();
    this.index = 0;
    if (this.multiMemories && flags >= 64) {
      flags -= 64;
      this.index = file.readU32();
    }
    if (flags >= (this.memory64 ? 64 : 32)) this.fail(ErrCode.MalformedMemoryOpFlags);
    this.align = flags;
    if (this.memory64) {
      file.readU64();
      this.low = file.low;
      this.high = file.high;
    } else {
      this.low = file.readU32() | 0;
      this.high = 0;
    }
  }

  private readMemoryIndex(): number {
    if (this.multiMemories) return this.file.readU32();
    if (this.file.readByte() !== 0) this.fail(ErrCode.ExpectedZeroByte);
    return 0;
  }

  private readTableIndexOfCall(): void {
    const start = this.file.position;
    this.index2 = this.file.readU32();
    if (!this.referenceTypes && (this.index2 !== 0 || this.file.position - start > 1)) {
      this.fail(ErrCode.ExpectedZeroByte, start, Proposal.ReferenceTypes);
    }
  }

  /** https://webassembly.github.io/spec/core/binary/instructions.html#binary-blocktype */
  private readBlockType(): void {
    const { file } = this;
    const first = file.peekByte();
    this.blockTypeIndex = -1;
    this.blockResult = 0;
    if (first === TypeCode.Epsilon) {
      file.readByte();
    } else if (first > 0x40 && first < 0x80) {
      this.blockResult = readValType(file, this.configure);
    } else {
      const index = file.readS33();
      // A type that is written in more than one byte is none.
      if (index < 0) this.fail(ErrCode.MalformedValType);
      if (!this.multiValue) this.fail(ErrCode.MalformedValType, file.lastPosition, Proposal.MultiValue);
      this.blockTypeIndex = index;
    }
  }

  private readCatch(): void {
    const { file } = this;
    const flags = file.readByte();
    if (flags > 3) this.fail(ErrCode.MalformedCatchFlags);
    if ((flags & 2) === 0) file.readU32();
    file.readU32();
  }

  /** Offset from which the list's elements are read again. */
  private vectorPosition = 0;

  /** Begins to read the list of this instruction again, from its first element. */
  beginVector(): void {
    this.vectorPosition = this.vectorStart;
  }

  /** The list's next element as label or index. */
  vectorU32(): number {
    const { file } = this;
    const resume = file.position;
    file.position = this.vectorPosition;
    const element = file.readU32();
    this.vectorPosition = file.position;
    file.position = resume;
    return element;
  }

  /** The list's next element as byte. */
  vectorByte(): number {
    return this.file.bytes[this.vectorPosition++];
  }

  /** The list's next element as value type. */
  vectorValType(): ValType {
    const { file } = this;
    const resume = file.position;
    file.position = this.vectorPosition;
    const element = readValType(file, this.configure);
    this.vectorPosition = file.position;
    file.position = resume;
    return element;
  }
}
