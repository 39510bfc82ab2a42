import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { decodeUtf8 } from "../common/utf8.ts";

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
  /** Offset of the first byte of the last read. */
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

  private fail(code: number, offset: number): never {
    throw new WasmEdgeError(code, { kind: "loading", offset });
  }

  /** The next byte, without moving. @throws UnexpectedEnd */
  peekByte(): number {
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

  private failAtEnd(): never {
    this.lastPosition = this.bytes.length;
    this.fail(ErrCode.UnexpectedEnd, this.bytes.length);
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
        if (byte >= 0x80) this.fail(ErrCode.IntegerTooLong, position);
        if (byte > 0x0f) this.fail(ErrCode.IntegerTooLarge, position);
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
        if (byte >= 0x80) this.fail(ErrCode.IntegerTooLong, position);
        // The three unused bits repeat the sign, which is bit 3 of this byte.
        const unused = byte & 0x78;
        if (unused !== 0 && unused !== 0x78) this.fail(ErrCode.IntegerTooLarge, position);
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
        if (byte >= 0x80) this.fail(ErrCode.IntegerTooLong, position);
        const unused = byte & 0x70;
        if (unused !== 0 && unused !== 0x70) this.fail(ErrCode.IntegerTooLarge, position);
      }
      if (byte < 0x80) {
        this.position = position + i + 1;
        return (byte & 0x40) !== 0 ? result - scale : result;
      }
    }
  }

  /** An unsigned 64-bit LEB128 into `low` and `high`. @throws IntegerTooLong, IntegerTooLarge, UnexpectedEnd */
  readU64(): void {
    this.readLeb64((byte) => byte <= 0x01, false);
  }

  /** A signed 64-bit LEB128 into `low` and `high`. @throws IntegerTooLong, IntegerTooLarge, UnexpectedEnd */
  readS64(): void {
    this.readLeb64((byte) => byte === 0x00 || byte === 0x7f, true);
  }

  /** @param isLastByte whether a tenth byte repeats the sign or is within range */
  private readLeb64(isLastByte: (byte: number) => boolean, signed: boolean): void {
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
      if (i === 9) {
        if (byte >= 0x80) this.fail(ErrCode.IntegerTooLong, position);
        if (!isLastByte(byte)) this.fail(ErrCode.IntegerTooLarge, position);
      }
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

  /** Four bytes, little endian, into `low`. @throws UnexpectedEnd */
  readF32(): void {
    const at = this.skipBytes(4);
    this.low = this.word(at);
  }

  /** Eight bytes, little endian, into `low` and `high`. @throws UnexpectedEnd */
  readF64(): void {
    const at = this.skipBytes(8);
    this.low = this.word(at);
    this.high = this.word(at + 4);
  }

  private word(at: number): number {
    const { bytes } = this;
    return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  }

  /** A vector's length. Each element takes at least half a byte. @throws IntegerTooLong where the bytes cannot suffice */
  readVectorCount(): number {
    const count = this.readU32();
    if (count / 2 > this.remaining) this.fail(ErrCode.IntegerTooLong, this.lastPosition);
    return count;
  }

  /** A name: length and UTF-8. @throws LengthOutOfBounds, MalformedUTF8, UnexpectedEnd */
  readName(): string {
    const length = this.readU32();
    if (length > this.remaining) this.fail(ErrCode.LengthOutOfBounds, this.lastPosition);
    const start = this.skipBytes(length);
    const name = decodeUtf8(this.bytes, start, start + length);
    if (name === undefined) this.fail(ErrCode.MalformedUTF8, start);
    return name;
  }
}
