import { decodeUtf8 } from "../common/utf8.ts";
import { malformed } from "./snapshot-errors.ts";

/**
 * Reads what `ByteWriter` has written, and believes nothing: whatever the bytes are, each read gives a value in its range or
 * fails with MalformedSnapshot.
 */
export class SnapshotReader {
  private readonly data: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(data: Uint8Array) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.length);
  }

  /** Where the next read begins. */
  get position(): number {
    return this.at;
  }

  /** Bytes that have not been read. */
  get left(): number {
    return this.data.length - this.at;
  }

  private require(count: number): void {
    if (count > this.left)
      malformed(`It ends at byte ${this.data.length}, where ${count - this.left} more are wanted.`);
  }

  byte(): number {
    this.require(1);
    return this.data[this.at++];
  }

  /** A byte below a bound. @param what it is, for the message */
  choice(bound: number, what: string): number {
    const value = this.byte();
    if (value >= bound) malformed(`There is no ${what} of the number ${value}.`);
    return value;
  }

  flag(): boolean {
    return this.choice(2, "flag") === 1;
  }

  /** An unsigned LEB128 up to 2^53 - 1. */
  unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER || scale > 2 ** 49)
        malformed(`A number before byte ${this.at} is too large.`);
      if (byte < 0x80) return value;
    }
  }

  /** An index below a bound. @param what it is an index of, for the message */
  index(bound: number, what: string): number {
    const value = this.unsigned();
    if (value >= bound) malformed(`There is no ${what} ${value}: there are ${bound}.`);
    return value;
  }

  /** A number of things of which each takes at least `least` bytes: so what is made for them is bounded by the bytes. */
  count(least = 1): number {
    const value = this.unsigned();
    if (value * least > this.left) malformed(`Byte ${this.at} begins a list of ${value}, for which it is too short.`);
    return value;
  }

  word(): number {
    this.require(4);
    this.at += 4;
    return this.view.getInt32(this.at - 4, true);
  }

  /** A 64-bit number. */
  long(): bigint {
    const low = BigInt(this.word() >>> 0);
    return (BigInt(this.word()) << 32n) | low;
  }

  float(): number {
    this.require(8);
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  /** The bytes themselves, not a copy. */
  bytes(length: number): Uint8Array {
    this.require(length);
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }

  /** Bytes with their number before them. */
  sized(): Uint8Array {
    return this.bytes(this.count());
  }

  name(): string {
    const bytes = this.sized();
    return decodeUtf8(bytes, 0, bytes.length) ?? malformed(`The text before byte ${this.at} is no UTF-8.`);
  }

  vector<T>(read: (index: number) => T): T[] {
    const length = this.count();
    const list: T[] = [];
    for (let i = 0; i < length; i++) list.push(read(i));
    return list;
  }

  /** @param what was read, for the message */
  end(what: string): void {
    if (this.left > 0) malformed(`${this.left} bytes follow ${what}.`);
  }
}
