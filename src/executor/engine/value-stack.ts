import { fail } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import { i64FromHalves } from "../../common/float-bits.ts";
import { ValType } from "../../common/value-type.ts";
import { type Reference, type Value, WasmValue } from "../../common/wasm-value.ts";

/** Words of a fresh value stack: 1 KiB. All its references are let go of after each call from outside, so that short ones should not have more. */
const INITIAL_WORDS = 256;

/** Words that a stack may have, 8 KiB, to be worth keeping for the next run. */
const KEPT_WORDS = 2048;

/**
 * Words that any value stack may have: 512 MiB. Offsets then fit 32-bit numbers, with room for a frame behind them; and the references, one a
 * slot, are 2^26: where V8 has to make a list longer than some 1.1 * 10^8, it ends the process.
 */
const MOST_WORDS = 2 ** 27;

/** An array whose length is set to more becomes a dictionary in V8. */
const MOST_AT_ONCE = 2 ** 25;

/**
 * The value stack of an execution: one buffer with a slot of eight bytes a value (two slots a v128), views over it, and
 * beside it the references by slot number. Frames lie on it one after the other.
 */
export class ValueStack {
  i32!: Int32Array;
  f32!: Float32Array;
  f64!: Float64Array;
  i8!: Int8Array;
  u8!: Uint8Array;
  i16!: Int16Array;
  u16!: Uint16Array;
  refs: Reference[];
  private readonly maxWords: number;

  /** @param maxBytes size that the stack may reach; above 512 MiB it is 512 MiB */
  constructor(maxBytes: number) {
    this.maxWords = Math.min(2 * Math.floor(maxBytes / 8), MOST_WORDS);
    const buffer = new ArrayBuffer(4 * Math.min(INITIAL_WORDS, this.maxWords));
    this.lookAt(buffer);
    this.refs = new Array<Reference>(this.f64.length).fill(null);
  }

  private lookAt(buffer: ArrayBuffer): void {
    this.i32 = new Int32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i8 = new Int8Array(buffer);
    this.u8 = new Uint8Array(buffer);
    this.i16 = new Int16Array(buffer);
    this.u16 = new Uint16Array(buffer);
  }

  /** Words that there are. */
  get words(): number {
    return this.i32.length;
  }

  /** Worth keeping for the next run. */
  get isSmall(): boolean {
    return this.words <= KEPT_WORDS;
  }

  /** Lets go of what the last run referred to. */
  dropReferences(): void {
    this.refs.fill(null);
  }

  /** Makes the stack at least `words` long. @throws ValueStackExhausted above the configured size */
  reserve(words: number): void {
    if (words <= this.words) return;
    const wanted = Math.min(this.maxWords, Math.max(words + (words & 1), 2 * this.words));
    if (words > wanted) exhausted(words, `the limit is ${4 * this.maxWords}`);
    let buffer: ArrayBuffer;
    try {
      buffer = new ArrayBuffer(4 * wanted);
    } catch {
      exhausted(wanted, "the host has no room for it");
    }
    new Int32Array(buffer).set(this.i32);
    this.lookAt(buffer);
    this.growReferences(this.f64.length);
  }

  /** All at once as far as that leaves V8 an array without gaps, the rest one by one, which takes ten times as long. */
  private growReferences(slots: number): void {
    const { refs } = this;
    const first = refs.length;
    if (first < MOST_AT_ONCE) {
      refs.length = Math.min(slots, MOST_AT_ONCE);
      refs.fill(null, first);
    }
    while (refs.length < slots) refs.push(null);
  }

  /** Writes a value at a word offset. */
  write(at: number, value: WasmValue): void {
    const { words } = value;
    const { length } = words;
    // A reference has none.
    if (length === 0) this.refs[at >> 1] = value.reference;
    for (let i = 0; i < length; i++) this.i32[at + i] = words[i];
  }

  /** Reads a value at a word offset. */
  read(at: number, type: ValType): WasmValue {
    const { i32 } = this;
    switch (type) {
      case ValType.I32:
      case ValType.F32:
        return new WasmValue(type, [i32[at]]);
      case ValType.I64:
      case ValType.F64:
        return new WasmValue(type, [i32[at], i32[at + 1]]);
      case ValType.V128:
        return new WasmValue(type, [i32[at], i32[at + 1], i32[at + 2], i32[at + 3]]);
      default:
        return WasmValue.ref(type, this.refs[at >> 1]);
    }
  }

  /** Reads a value in its natural form, as host functions receive it. */
  readValue(at: number, type: ValType): Value {
    switch (type) {
      case ValType.I32:
        return this.i32[at];
      case ValType.I64:
        return i64FromHalves(this.i32[at], this.i32[at + 1]);
      case ValType.F32:
        return this.f32[at];
      case ValType.F64:
        return this.f64[at >> 1];
      default:
        return this.read(at, type).toValue();
    }
  }
}

function exhausted(words: number, reason: string): never {
  fail(ErrCode.ValueStackExhausted, {
    kind: "note",
    text: `The value stack would take ${4 * words} bytes, ${reason}.`,
  });
}
