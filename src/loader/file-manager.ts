import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { decodeUtf8 } from "../common/utf8.ts";

/**
 * The longest name that is decoded, in bytes. WasmEdge has no limit and web engines allow 100,000; without one a hostile
 * module asks for a string that no JavaScript engine can make.
 */
export const MAX_NAME_LENGTH = 1 << 24;

/**
 * Reads bytes, LEB128 integers and names from a module's bytes, and remembers where the last read began: that place is
 * the "Bytecode offset" of a failure. A failed read leaves the position where it was.
 *
 * https://webassembly.github.io/spec/core/binary/values.html — WasmEdge `FileMgr`
 */
export class FileManager {
  readonly bytes: Uint8Array;
  /** Offset of the next byte to be read. */
  position = 0;
  /**
   * Offset of the first byte of the last read, or the end of the bytes where that read went beyond it. A name is one
   * read, its length included.
   */
  lastPosition = 0;
  /** The halves of the last 64-bit integer or float read. */
  low = 0;
  high = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Bytes left to read. */
  get remaining(): number {
    return this.bytes.length - this.position;
  }

  private fail(code: number): never {
    throw new WasmEdgeError(code, { kind: "loading", offset: this.lastPosition });
  }

  private failAtEnd(): never {
    this.lastPosition = this.bytes.length;
    this.fail(ErrCode.UnexpectedEnd);
  }

  /** The next byte, without moving. @throws UnexpectedEnd */
  peekByte(): number {
    this.lastPosition = this.position;
    if (this.position >= this.bytes.length) this.failAtEnd();
    return this.bytes[this.position];
  }

  /** One byte. @throws UnexpectedEnd */
  readByte(): number {
    const position = this.position;
    this.lastPosition = position;
    if (position >= this.bytes.length) this.failAtEnd();
    this.position = position + 1;
    return this.bytes[position];
  }

  /** Moves over `count` bytes and returns the offset of the first. @throws UnexpectedEnd */
  skipBytes(count: number): number {
    const position = this.position;
    this.lastPosition = position;
    if (count > this.bytes.length - position) this.failAtEnd();
    this.position = position + count;
    return position;
  }

  /** An unsigned 32-bit LEB128. @throws IntegerTooLong, IntegerTooLarge, UnexpectedEnd */
  readU32(): number {
    const { bytes, position } = this;
    this.lastPosition = position;
    // Most integers of a module have one byte.
    if (position < bytes.length && bytes[position] < 0x80) {
      this.position = position + 1;
      return bytes[position];
    }
    let result = 0;
    for (let i = 0; ; i++) {
      if (position + i >= bytes.length) this.failAtEnd();
      const byte = bytes[position + i];
      result |= (byte & 0x7f) << (7 * i);
      if (i === 4) {
        if ((byte & 0x70) !== 0) this.fail(ErrCode.IntegerTooLarge);
        if (byte >= 0x80) this.fail(ErrCode.IntegerTooLong);
      }
      if (byte < 0x80) {
        this.position = position + i + 1;
        return result >>> 0;
      }
    }
  }

  /** A signed 32-bit LEB128. @throws IntegerTooLong, IntegerTooLarge, UnexpectedEnd */
  readS32(): number {
    const { bytes, position } = this;
    this.lastPosition = position;
    let result = 0;
    for (let i = 0; ; i++) {
      if (position + i >= bytes.length) this.failAtEnd();
      const byte = bytes[position + i];
      result |= (byte & 0x7f) << (7 * i);
      if (i === 4) {
        if (byte >= 0x80) this.fail(ErrCode.IntegerTooLong);
        // The three unused bits repeat the sign, which is bit 3 of this byte.
        const unused = byte & 0x78;
        if (unused !== 0 && unused !== 0x78) this.fail(ErrCode.IntegerTooLarge);
      }
      if (byte < 0x80) {
        this.position = position + i + 1;
        const bits = 7 * (i + 1);
        return bits < 32 ? (result << (32 - bits)) >> (32 - bits) : result;
      }
    }
  }

  /** A signed 33-bit LEB128, as block types and heap types use it. @throws IntegerTooLong, IntegerTooLarge, UnexpectedEnd */
  readS33(): number {
    const { bytes, position } = this;
    this.lastPosition = position;
    let result = 0;
    let scale = 1;
    for (let i = 0; ; i++) {
      if (position + i >= bytes.length) this.failAtEnd();
      const byte = bytes[position + i];
      result += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (i === 4) {
        if (byte >= 0x80) this.fail(ErrCode.IntegerTooLong);
        const unused = byte & 0x70;
        if (unused !== 0 && unused !== 0x70) this.fail(ErrCode.IntegerTooLarge);
      }
      if (byte < 0x80) {
        this.position = position + i + 1;
        return (byte & 0x40) !== 0 ? result - scale : result;
      }
    }
  }

  /** An unsigned 64-bit LEB128 into `low` and `high`. @throws IntegerTooLong, IntegerTooLarge, UnexpectedEnd */
  readU64(): void {
    this.readLeb64(false);
  }

  /** A signed 64-bit LEB128 into `low` and `high`. @throws IntegerTooLong, IntegerTooLarge, UnexpectedEnd */
  readS64(): void {
    this.readLeb64(true);
  }

  private readLeb64(signed: boolean): void {
    const { bytes, position } = this;
    this.lastPosition = position;
    let low = 0;
    let high = 0;
    for (let i = 0; ; i++) {
      if (position + i >= bytes.length) this.failAtEnd();
      const byte = bytes[position + i];
      const group = byte & 0x7f;
      if (i < 4) low |= group << (7 * i);
      else if (i === 4) {
        low |= group << 28;
        high = group >> 4;
      } else high |= group << (7 * i - 32);
      if (i === 9) this.checkTenthByte(byte, signed);
      if (byte < 0x80) {
        this.position = position + i + 1;
        if (signed && (byte & 0x40) !== 0) {
          const bits = 7 * (i + 1);
          if (bits < 32) {
            low |= -1 << bits;
            high = -1;
          } else if (bits < 64) high |= -1 << (bits - 32);
        }
        this.low = low;
        this.high = high;
        return;
      }
    }
  }

  /** Of the tenth byte of a 64-bit LEB128 one bit belongs to the value; signed, the others repeat it. */
  private checkTenthByte(byte: number, signed: boolean): void {
    if (signed) {
      if (byte >= 0x80) this.fail(ErrCode.IntegerTooLong);
      if (byte !== 0x00 && byte !== 0x7f) this.fail(ErrCode.IntegerTooLarge);
    } else {
      if ((byte & 0x7e) !== 0) this.fail(ErrCode.IntegerTooLarge);
      if (byte >= 0x80) this.fail(ErrCode.IntegerTooLong);
    }
  }

  /** Four bytes, little endian, into `low`. @throws UnexpectedEnd */
  readF32(): void {
    const at = this.skipBytes(4);
    this.low = this.wordAt(at);
  }

  /** Eight bytes, little endian, into `low` and `high`. @throws UnexpectedEnd */
  readF64(): void {
    const at = this.skipBytes(8);
    this.low = this.wordAt(at);
    this.high = this.wordAt(at + 4);
  }

  /** The four bytes at an offset that the caller has checked, little endian. */
  wordAt(offset: number): number {
    const { bytes } = this;
    return bytes[offset] | (bytes[offset + 1] << 8) | (bytes[offset + 2] << 16) | (bytes[offset + 3] << 24);
  }

  /**
   * A vector's length. As in WasmEdge, each element is taken to need half a byte, so a larger count cannot be true.
   * @throws IntegerTooLong where the bytes left cannot suffice, and what `readU32` throws
   */
  readVectorCount(): number {
    const count = this.readU32();
    if (count >>> 1 > this.remaining) this.fail(ErrCode.IntegerTooLong);
    return count;
  }

  /**
   * A name: length and UTF-8.
   * @throws LengthOutOfBounds, MalformedUTF8, ModuleSizeLimit (beyond MAX_NAME_LENGTH), and what `readU32` throws
   */
  readName(): string {
    const start = this.position;
    const length = this.readU32();
    const first = this.position;
    if (length > this.remaining) {
      // WasmEdge has tried to read beyond the end by then, and names that place.
      this.lastPosition = this.bytes.length;
      this.position = start;
      this.fail(ErrCode.LengthOutOfBounds);
    }
    const name = length > MAX_NAME_LENGTH ? undefined : decodeUtf8(this.bytes, first, first + length);
    if (name === undefined) {
      this.position = start;
      this.fail(length > MAX_NAME_LENGTH ? ErrCode.ModuleSizeLimit : ErrCode.MalformedUTF8);
    }
    this.position = first + length;
    return name;
  }
}
