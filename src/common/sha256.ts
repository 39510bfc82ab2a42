import { lazy } from "./lazy.ts";

/**
 * SHA-256, written out because the core has no cryptography to hand on every host.
 * https://csrc.nist.gov/pubs/fips/180-4/upd1/final
 */

/** The first 32 bits of the fractional parts of roots of the first primes: cube roots, and square roots. */
function fractions(count: number, root: (value: number) => number): Int32Array {
  const words = new Int32Array(count);
  for (let candidate = 2, found = 0; found < count; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false;
    if (prime) words[found++] = ((root(candidate) % 1) * 2 ** 32) | 0;
  }
  return words;
}

const roundConstants = lazy(() => fractions(64, Math.cbrt));
const initialState = lazy(() => fractions(8, Math.sqrt));

function mixBlock(state: Int32Array, block: DataView, at: number, schedule: Int32Array): void {
  const constants = roundConstants();
  for (let i = 0; i < 16; i++) schedule[i] = block.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const x = schedule[i - 15];
    const y = schedule[i - 2];
    const first = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const second = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    schedule[i] = (schedule[i - 16] + first + schedule[i - 7] + second) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < 64; i++) {
    const ofE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + ofE + ((e & f) ^ (~e & g)) + constants[i] + schedule[i]) | 0;
    const ofA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (ofA + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

/** Takes bytes in pieces. */
export class Sha256 {
  private readonly state = initialState().slice();
  private readonly schedule = new Int32Array(64);
  private readonly rest = new Uint8Array(64);
  private restLength = 0;
  private total = 0;

  update(bytes: Uint8Array): this {
    this.total += bytes.length;
    let at = 0;
    if (this.restLength > 0) {
      at = Math.min(64 - this.restLength, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.restLength);
      this.restLength += at;
      if (this.restLength < 64) return this;
      mixBlock(this.state, new DataView(this.rest.buffer), 0, this.schedule);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (; at + 64 <= bytes.length; at += 64) mixBlock(this.state, view, at, this.schedule);
    this.rest.set(bytes.subarray(at));
    this.restLength = bytes.length - at;
    return this;
  }

  /** Another one that goes on from here. */
  clone(): Sha256 {
    const other = new Sha256();
    other.state.set(this.state);
    other.rest.set(this.rest);
    other.restLength = this.restLength;
    other.total = this.total;
    return other;
  }

  /** The 32 bytes; nothing can be added afterwards. */
  digest(): Uint8Array {
    const padding = new Uint8Array(((119 - (this.total % 64)) % 64) + 9);
    padding[0] = 0x80;
    const bits = BigInt(this.total) * 8n;
    for (let i = 0; i < 8; i++) padding[padding.length - 1 - i] = Number((bits >> BigInt(8 * i)) & 0xffn);
    this.update(padding);
    const result = new Uint8Array(32);
    const view = new DataView(result.buffer);
    this.state.forEach((word, i) => {
      view.setInt32(4 * i, word);
    });
    return result;
  }
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Sha256().update(bytes).digest();
}

/** Bytes as hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
