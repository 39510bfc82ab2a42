import type { MemoryType } from "../ast/types.ts";
import { kindText, requireBytes, requireText } from "../common/arguments.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { decodeUtf8Lossy, encodeUtf8 } from "../common/utf8.ts";
import { MemoryInstance } from "../store/memory-instance.ts";
import type { SharedMemory } from "../store/shared-memory.ts";
import { type LimitOptions, memoryType } from "./value-types.ts";

/** A linear memory. Rust SDK `Memory`. Offsets and lengths are in bytes. */
export class Memory {
  /** The core's instance. */
  readonly inner: MemoryInstance;

  constructor(inner: MemoryInstance) {
    this.inner = inner;
  }

  /**
   * A new memory, for an import object.
   * @param options in pages of 64 KiB
   * @throws as `memoryType`; MemoryAllocationFailed where the host cannot give so much; SharedMemoryUnsupported
   */
  static create(options: LimitOptions): Memory {
    return new Memory(new MemoryInstance(memoryType(options)));
  }

  /**
   * A memory that another worker has shared, for an import object: both work on the same bytes from now on.
   * @param shared what `toShared` gave there, as it came here in a message
   * @throws SharedMemoryUnsupported where the host has no SharedArrayBuffer; ExpectSharedMemory where it is something else
   */
  static fromShared(shared: SharedMemory): Memory {
    return new Memory(MemoryInstance.fromShared(shared));
  }

  /**
   * What another worker makes the same memory of: a plain object for `postMessage` or `workerData`.
   * @throws ExpectSharedMemory where the memory was not made with `shared`
   */
  toShared(): SharedMemory {
    return this.inner.toShared();
  }

  /** The type, with the present size as its minimum. */
  get type(): MemoryType {
    return this.inner.type;
  }

  /** The size in pages. */
  get size(): number {
    return this.inner.pageCount;
  }

  /** All bytes, not a copy. Ask again after anything that may have grown the memory: growing replaces them. */
  get bytes(): Uint8Array {
    return this.inner.bytes;
  }

  /** The same bytes, for numbers: WebAssembly's order is little-endian. */
  get view(): DataView {
    return this.inner.view;
  }

  /** A copy of `length` bytes from `offset` on. @throws MemoryOutOfBounds */
  read(offset: number, length: number): Uint8Array {
    return this.inner.getBytes(requireAddress(offset), requireAddress(length));
  }

  /** Writes `data` at `offset`. @throws MemoryOutOfBounds, with nothing written */
  write(data: Uint8Array, offset: number): void {
    this.inner.setBytes(requireBytes("data", data), requireAddress(offset));
  }

  /** `length` bytes from `offset` on as text; what is not UTF-8 becomes U+FFFD. @throws MemoryOutOfBounds */
  readString(offset: number, length: number): string {
    return decodeUtf8Lossy(this.read(offset, length));
  }

  /** Writes a text as UTF-8. @returns the number of bytes @throws MemoryOutOfBounds, with nothing written */
  writeString(text: string, offset: number): number {
    const bytes = encodeUtf8(requireText("text", text));
    this.write(bytes, offset);
    return bytes.length;
  }

  /** Grows by `count` pages. @throws MemoryOutOfBounds beyond the maximum or what the host can give */
  grow(count: number): void {
    if (!this.inner.growPage(requireAddress(count))) fail(ErrCode.MemoryOutOfBounds);
  }
}

/** @throws MemoryOutOfBounds where a number can be no offset and no length */
function requireAddress(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    fail(ErrCode.MemoryOutOfBounds, { kind: "note", text: `not an offset or length in bytes: ${kindText(value)}` });
  }
  return value;
}
