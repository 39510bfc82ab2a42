import type { MemoryType } from "../ast/types.ts";
import { fail, WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { boundaryOf } from "../common/error-context.ts";
import { host } from "../common/host.ts";
import { log } from "../common/log.ts";

/** Pages of an i32 memory by the specification. */
const PAGE_LIMIT_32 = 65536;
/** Pages of an i64 memory by the specification. */
const PAGE_LIMIT_64 = 2 ** 48;

/**
 * A linear memory: an `ArrayBuffer`, replaced by a larger one when it grows, with the views that the engine reads it by.
 *
 * `bytes` and `view` are replaced too: read them again after anything that may have grown the memory.
 * https://webassembly.github.io/spec/core/exec/runtime.html#memory-instances — WasmEdge `Runtime::Instance::MemoryInstance`
 */
export class MemoryInstance {
  /** All bytes of the memory as they are now. */
  bytes: Uint8Array;
  /** The same bytes; an access beyond the end throws a RangeError, which is the engine's bound check. */
  view: DataView;
  private readonly memoryType: MemoryType;
  private readonly pageLimit: number;
  private pages: number;
  /** May be longer than the memory, so that growing in small steps does not copy each time. */
  private buffer: ArrayBuffer;

  /**
   * @param type with limits in pages
   * @param pageLimit pages that the memory may have, whatever its type allows (RuntimeConfigure.maxMemoryPage)
   * @throws MemoryLimitExceeded where the minimum is above the limit (WasmEdge cuts it off silently),
   *   MemoryAllocationFailed where the host cannot give so much, SharedMemoryUnsupported
   */
  constructor(type: MemoryType, pageLimit = PAGE_LIMIT_64) {
    this.memoryType = type;
    this.pageLimit = pageLimit;
    const { min, max, shared } = type.limit;
    if (min > BigInt(pageLimit)) {
      fail(ErrCode.MemoryLimitExceeded, { kind: "limit", limit: type.limit }, limitNote(pageLimit));
    }
    this.pages = Number(min);
    // A shared buffer cannot be replaced, since other threads hold it: all that it may grow to is reserved at once.
    const reserved = shared ? Math.min(Number(max ?? min), pageLimit) : this.pages;
    const buffer = this.allocate(reserved * this.pageSize);
    if (buffer === undefined) fail(ErrCode.MemoryAllocationFailed, { kind: "limit", limit: type.limit });
    this.buffer = buffer;
    this.bytes = new Uint8Array(0);
    this.view = new DataView(buffer, 0, 0);
    this.updateViews();
  }

  private allocate(byteLength: number): ArrayBuffer | undefined {
    try {
      if (!this.memoryType.limit.shared) return new ArrayBuffer(byteLength);
      if (host.createSharedBuffer === undefined) fail(ErrCode.SharedMemoryUnsupported);
      return host.createSharedBuffer(byteLength);
    } catch (error) {
      if (error instanceof WasmEdgeError) throw error;
      return undefined;
    }
  }

  private updateViews(): void {
    this.bytes = new Uint8Array(this.buffer, 0, this.byteLength);
    this.view = new DataView(this.buffer, 0, this.byteLength);
  }

  /** The type with the present size as its minimum, as imports are matched. */
  get type(): MemoryType {
    return { ...this.memoryType, limit: { ...this.memoryType.limit, min: BigInt(this.pages) } };
  }

  get isShared(): boolean {
    return this.memoryType.limit.shared;
  }

  /** True where addresses are i64. */
  get is64(): boolean {
    return this.memoryType.limit.is64;
  }

  /** Bytes in a page. */
  get pageSize(): number {
    return 2 ** this.memoryType.pageSizeLog2;
  }

  get pageCount(): number {
    return this.pages;
  }

  get byteLength(): number {
    return this.pages * this.pageSize;
  }

  /** The most pages that the memory can have: by its type, the specification and the configuration. */
  private get maxPages(): number {
    const { max, is64 } = this.memoryType.limit;
    const specified = is64 ? PAGE_LIMIT_64 : (PAGE_LIMIT_32 * 65536) / this.pageSize;
    return max === undefined ? specified : Math.min(specified, Number(max));
  }

  /**
   * Grows by `count` pages.
   * @returns false, and nothing changed, beyond the type's maximum, the configured limit or what the host can give
   */
  growPage(count: number): boolean {
    if (count === 0) return true;
    if (!(count > 0)) return false;
    const pages = this.pages + count;
    if (pages > this.maxPages) return false;
    if (pages > this.pageLimit) {
      log.error(
        `Memory Instance: Memory grow page failed, exceeded limited ${this.pageLimit} page size in configuration.`,
      );
      return false;
    }
    const byteLength = pages * this.pageSize;
    if (byteLength > this.buffer.byteLength) {
      const buffer = this.growBuffer(byteLength);
      if (buffer === undefined) return false;
      new Uint8Array(buffer).set(this.bytes);
      this.buffer = buffer;
    }
    this.pages = pages;
    this.updateViews();
    return true;
  }

  /** A buffer with room for a quarter more, or with just enough where the host cannot give that. */
  private growBuffer(byteLength: number): ArrayBuffer | undefined {
    const most = Math.min(this.maxPages, this.pageLimit) * this.pageSize;
    const roomy = Math.min(byteLength + (this.buffer.byteLength >>> 2), most);
    return this.allocate(roomy) ?? this.allocate(byteLength);
  }

  /** Whether [offset, offset + length) lies inside. */
  contains(offset: number, length: number): boolean {
    // A host may ask for anything, a negative offset too.
    return offset >= 0 && length >= 0 && offset <= this.byteLength && length <= this.byteLength - offset;
  }

  private check(offset: number, length: number): void {
    if (Number.isInteger(offset) && this.contains(offset, length)) return;
    fail(ErrCode.MemoryOutOfBounds, boundaryOf(offset, length, this.byteLength));
  }

  /** A copy of `length` bytes from `offset` on. @throws MemoryOutOfBounds */
  getBytes(offset: number, length: number): Uint8Array {
    this.check(offset, length);
    return this.bytes.slice(offset, offset + length);
  }

  /** Writes `data` at `offset`. @throws MemoryOutOfBounds, with nothing written */
  setBytes(data: Uint8Array, offset: number): void {
    this.check(offset, data.length);
    this.bytes.set(data, offset);
  }

  /** Sets `length` bytes from `offset` on to `value`. @throws MemoryOutOfBounds, with nothing written */
  fillBytes(value: number, offset: number, length: number): void {
    this.check(offset, length);
    this.bytes.fill(value, offset, offset + length);
  }

  /**
   * The bytes themselves, not a copy; null where they are not all inside. Stale once the memory has grown.
   * WasmEdge `getSpan`.
   */
  getSpan(offset: number, length: number): Uint8Array | null {
    return this.contains(offset, length) ? this.bytes.subarray(offset, offset + length) : null;
  }
}

function limitNote(pageLimit: number): { readonly kind: "note"; readonly text: string } {
  return { kind: "note", text: `Memory Instance: Limited ${pageLimit} page in configuration.` };
}
