import { createHash } from "node:crypto";

/** Bytes that look random and follow from a text: the same on every machine, in every version of Node. */
export function randomBytes(seed: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0, block = 0; at < length; at += 32, block++) {
    const digest = createHash("sha256").update(`${seed}/${block}`).digest();
    bytes.set(digest.subarray(0, Math.min(32, length - at)), at);
  }
  return bytes;
}

/** Numbers that look random and follow from a text. */
export class Random {
  private readonly seed: string;
  private block = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;

  constructor(seed: string) {
    this.seed = seed;
  }

  /** From 0 to 255. */
  byte(): number {
    if (this.at === this.bytes.length) {
      this.bytes = randomBytes(`${this.seed}#${this.block++}`, 1024);
      this.at = 0;
    }
    return this.bytes[this.at++];
  }

  /** 32 bits, read as unsigned. */
  bits32(): number {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0;
  }

  /** From 0 to `bound - 1`. */
  below(bound: number): number {
    return this.bits32() % bound;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }
}
