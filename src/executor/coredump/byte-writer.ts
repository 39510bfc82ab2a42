import { encodeUtf8 } from "../../common/utf8.ts";

/** Writes what a module is made of: bytes, LEB128 integers, names, sections. The counterpart of the loader's `FileManager`. */
export class ByteWriter {
  /** The bytes so far, in pieces that are not copied again. */
  readonly chunks: Uint8Array[] = [];
  private total = 0;
  private small: number[] = [];

  /** Bytes so far. */
  get length(): number {
    return this.total + this.small.length;
  }

  byte(value: number): this {
    this.small.push(value & 0xff);
    return this;
  }

  /** Bytes that nobody changes afterwards. */
  bytes(bytes: Uint8Array): this {
    this.flush();
    this.chunks.push(bytes);
    this.total += bytes.length;
    return this;
  }

  private flush(): void {
    if (this.small.length === 0) return;
    this.chunks.push(Uint8Array.from(this.small));
    this.total += this.small.length;
    this.small = [];
  }

  /** An unsigned LEB128. */
  unsigned(value: number | bigint): this {
    if (typeof value === "number" && value < 2 ** 31) {
      let small = value;
      for (; small >= 0x80; small >>= 7) this.small.push((small & 0x7f) | 0x80);
      this.small.push(small);
      return this;
    }
    let rest = BigInt(value);
    while (rest >= 0x80n) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    return this.byte(Number(rest));
  }

  /** A signed LEB128. */
  signed(value: bigint): this {
    let rest = value;
    for (;;) {
      const group = Number(rest & 0x7fn);
      rest >>= 7n;
      if (rest === ((group & 0x40) === 0 ? 0n : -1n)) return this.byte(group);
      this.byte(group | 0x80);
    }
  }

  /** A word of 32 bits, lowest byte first. */
  word(value: number): this {
    return this.byte(value)
      .byte(value >> 8)
      .byte(value >> 16)
      .byte(value >> 24);
  }

  /** A name: its length in bytes, and UTF-8. */
  name(text: string): this {
    const bytes = encodeUtf8(text);
    return this.unsigned(bytes.length).bytes(bytes);
  }

  /** A vector: the number of elements, and each as `write` writes it. */
  vector<T>(elements: readonly T[], write: (element: T, writer: this) => void): this {
    this.unsigned(elements.length);
    for (const element of elements) write(element, this);
    return this;
  }

  /** What another writer has written, its size before it. */
  sized(content: ByteWriter): this {
    content.flush();
    this.unsigned(content.length);
    for (const chunk of content.chunks) this.bytes(chunk);
    return this;
  }

  /** All in one piece. @throws RangeError where the host cannot give so much */
  toBytes(): Uint8Array {
    this.flush();
    const all = new Uint8Array(this.total);
    let at = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}
