import type { MemoryType } from "../ast/types.ts";
import { kindText } from "../common/arguments.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { boundaryOf } from "../common/error-context.ts";
import { host, isSharedBuffer, type SharedBuffer } from "../common/host.ts";
import { Account } from "./account.ts";
import { MemoryGrowth } from "./memory-growth.ts";
import { PageLimits } from "./page-limits.ts";
import { isSharedMemory, SharedCells, type SharedMemory, SharedPages } from "./shared-memory.ts";

/**
 * A linear memory: an `ArrayBuffer`, replaced by a larger one when it grows, with the views that the engine reads it by; or,
 * where threads share it, a `SharedArrayBuffer`, which any of them may grow at any time.
 *
 * `bytes` and `view` are replaced too: read them again after anything that may have grown the memory.
 * https://webassembly.github.io/spec/core/exec/runtime.html#memory-instances — WasmEdge `Runtime::Instance::MemoryInstance`
 */
export class MemoryInstance {
  private readonly memoryType: MemoryType;
  private readonly limits: PageLimits;
  /** Of a shared memory: as many as this thread has seen. */
  private pages: number;
  /** May be longer than the memory, so that growing in small steps does not copy each time; not once somebody holds it. */
  private buffer: ArrayBuffer | SharedBuffer;
  /** Whether somebody outside holds the buffer itself: it is exactly as long as the memory then, until the memory grows. */
  private exposed = false;
  /** The longer buffer that its bytes are on their way to. */
  private growth: MemoryGrowth | undefined;
  private readonly sharedPages: SharedPages | undefined;
  private sharedCells: SharedCells | undefined;
  /** Whether growing fails the run where the host has no room, rather than the instruction: the guest would see the host. */
  deterministic = false;
  /** Where someone records: told what a host function that `tellsWrites` may write to. */
  onHostWrite: ((offset: number, length: number) => void) | undefined;
  private currentBytes: Uint8Array;
  private currentView: DataView;

  /**
   * @param type with limits in pages
   * @param pageLimit pages that the memory may have, whatever its type allows (RuntimeConfigure.maxMemoryPage)
   * @param shared what another thread's memory is to be this one too; only for `fromShared`
   * @param account what several memories may have together
   * @throws MemoryLimitExceeded where the minimum is above the limit (WasmEdge cuts it off silently),
   *   MemoryAllocationFailed where the host cannot give so much, SharedMemoryUnsupported
   */
  constructor(type: MemoryType, pageLimit?: number, shared?: SharedMemory, account = new Account()) {
    this.memoryType = type;
    this.limits = new PageLimits(type, pageLimit, account);
    this.pages = this.limits.takeFirst();
    const sharedPages = this.isShared ? this.share(shared) : undefined;
    const buffer = sharedPages?.buffer ?? this.allocate(this.pages * this.pageSize);
    if (buffer === undefined) {
      this.limits.give(this.pages);
      fail(ErrCode.MemoryAllocationFailed, { kind: "limit", limit: type.limit });
    }
    this.sharedPages = sharedPages;
    this.buffer = buffer;
    this.currentBytes = new Uint8Array(0);
    this.currentView = new DataView(buffer, 0, 0);
    this.updateViews();
    this.refresh();
  }

  /**
   * The memory that another thread has shared; growing it in one thread grows it in all.
   * @param shared what `share` gave there, as it came here in a message
   * @throws SharedMemoryUnsupported; ExpectSharedMemory where it is something else
   */
  static fromShared(shared: SharedMemory): MemoryInstance {
    if (!isSharedMemory(shared)) {
      fail(ErrCode.ExpectSharedMemory, { kind: "note", text: `What toShared gave , Got: ${kindText(shared)}` });
    }
    return new MemoryInstance(shared.type, shared.pageLimit, shared);
  }

  /**
   * What another thread makes the same memory of (`fromShared`): a plain object that structured cloning keeps, for
   * `postMessage` and `workerData`.
   * @throws ExpectSharedMemory where the memory is not shared
   */
  toShared(): SharedMemory {
    const { sharedPages } = this;
    if (sharedPages === undefined) fail(ErrCode.ExpectSharedMemory);
    const { buffer, size } = sharedPages;
    return { type: this.memoryType, pageLimit: this.limits.configured, buffer, size };
  }

  private share(shared: SharedMemory | undefined): SharedPages | undefined {
    if (shared !== undefined) return new SharedPages(this.pageSize, shared.buffer, shared.size);
    return SharedPages.allocate(this.pageSize, this.pages, this.mostPages);
  }

  private allocate(byteLength: number): ArrayBuffer | undefined {
    // Of a shared memory the shared pages alone allocate.
    if (this.isShared) return undefined;
    try {
      return new ArrayBuffer(byteLength);
    } catch {
      return undefined;
    }
  }

  private updateViews(): void {
    const byteLength = this.pages * this.pageSize;
    this.currentBytes = new Uint8Array(this.buffer, 0, byteLength);
    this.currentView = new DataView(this.buffer, 0, byteLength);
    this.sharedCells = undefined;
  }

  /**
   * Whoever looks at a memory that is growing sees it grown: nothing is written to the old buffer any more that the new one
   * would not have. Of a shared memory, takes notice of what other threads have grown.
   */
  private refresh(): void {
    if (this.growth !== undefined) this.finishGrowth(this.growth);
    const { sharedPages } = this;
    if (sharedPages === undefined) return;
    const { count } = sharedPages;
    if (count === this.pages) return;
    this.pages = count;
    this.updateViews();
  }

  /** All bytes of the memory as they are now. */
  get bytes(): Uint8Array {
    this.refresh();
    return this.currentBytes;
  }

  /** The same bytes; an access beyond the end throws a RangeError, which is the engine's bound check. */
  get view(): DataView {
    this.refresh();
    return this.currentView;
  }

  /**
   * The buffer itself, exactly as long as the memory, for those who make views of it. When the memory grows another one takes its
   * place, and this one is detached, where the host can do that. That of a shared memory stays, and grows with it.
   * https://webassembly.github.io/spec/js-api/#dom-memory-buffer
   */
  exposeBuffer(): ArrayBuffer | SharedBuffer {
    const { byteLength } = this;
    if (!this.isShared && this.buffer.byteLength !== byteLength) {
      const buffer = this.allocate(byteLength) ?? fail(ErrCode.MemoryAllocationFailed);
      new Uint8Array(buffer).set(this.currentBytes);
      this.buffer = buffer;
      this.updateViews();
    }
    this.exposed = true;
    return this.buffer;
  }

  /** Growing by nothing is growing, too, to those who hold the buffer. */
  private renewBuffer(): void {
    if (!this.exposed || isSharedBuffer(this.buffer)) return;
    this.exposed = false;
    this.buffer = host.transferBuffer?.(this.buffer) ?? this.buffer;
    this.updateViews();
  }

  /** For atomic access to the bytes as they are now; undefined where the memory is not shared. */
  get cells(): SharedCells | undefined {
    const { sharedPages } = this;
    if (sharedPages === undefined) return undefined;
    this.refresh();
    this.sharedCells ??= new SharedCells(sharedPages.buffer, this.pages * this.pageSize);
    return this.sharedCells;
  }

  /** The type with the present size as its minimum, as imports are matched. */
  get type(): MemoryType {
    return { ...this.memoryType, limit: { ...this.memoryType.limit, min: BigInt(this.pageCount) } };
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
    return this.limits.pageSize;
  }

  get pageCount(): number {
    this.refresh();
    return this.pages;
  }

  get byteLength(): number {
    return this.pageCount * this.pageSize;
  }

  /**
   * Grows by `count` pages.
   * @returns false, and nothing changed, beyond the type's maximum, the configured limit or what the host can give, and where
   *   `count` is no whole number from 0 on
   */
  growPage(count: number): boolean {
    return this.grow(count) >= 0;
  }

  /**
   * Grows by `count` pages.
   * @returns the pages that it had before; -1, and nothing changed, where `growPage` returns false
   */
  grow(count: number): number {
    const growth = this.beginGrowth(count);
    if (growth === undefined) return -1;
    this.advanceGrowth(growth, growth.left);
    return growth.pagesBefore;
  }

  /**
   * Begins to grow by `count` pages: `advanceGrowth` moves the bytes to where there is room for more. Until that is done the
   * memory is as it was; but whoever looks at it meanwhile makes it grow at once.
   * @returns undefined, and nothing changed, where `growPage` returns false
   */
  beginGrowth(count: number): MemoryGrowth | undefined {
    const before = this.pageCount;
    if (count === 0) {
      this.renewBuffer();
      return new MemoryGrowth(before, before);
    }
    if (!Number.isSafeInteger(count) || count < 0) return undefined;
    if (!this.limits.takeGrowth(before, count)) return undefined;
    const growth = this.growthTo(before, before + count);
    if (growth === undefined) {
      this.limits.give(count);
      if (this.deterministic && !this.isShared) fail(ErrCode.MemoryAllocationFailed);
    }
    return growth;
  }

  /** @returns undefined where the host cannot give so much */
  private growthTo(before: number, pages: number): MemoryGrowth | undefined {
    if (this.sharedPages !== undefined) {
      const grownFrom = this.sharedPages.grow(pages - before, this.mostPages);
      return grownFrom < 0 ? undefined : new MemoryGrowth(grownFrom, grownFrom + pages - before);
    }
    const byteLength = pages * this.pageSize;
    if (byteLength <= this.buffer.byteLength) {
      // A buffer that somebody holds is no longer than the memory.
      this.pages = pages;
      this.updateViews();
      return new MemoryGrowth(before, pages);
    }
    const buffer = this.growBuffer(byteLength);
    if (buffer === undefined) return undefined;
    this.growth = new MemoryGrowth(before, pages, this.currentBytes, buffer);
    return this.growth;
  }

  /** Moves `count` bytes more; with the last ones, the memory has grown. Without effect where it has already. */
  advanceGrowth(growth: MemoryGrowth, count: number): void {
    if (this.growth !== growth) return;
    growth.advance(count);
    if (growth.left === 0) this.finishGrowth(growth);
  }

  private finishGrowth(growth: MemoryGrowth): void {
    this.growth = undefined;
    growth.advance(growth.left);
    this.replaceBuffer(growth.buffer ?? this.buffer);
    this.pages = growth.pagesAfter;
    this.updateViews();
  }

  /** Whoever holds the former buffer has it no more. */
  private replaceBuffer(buffer: ArrayBuffer | SharedBuffer): void {
    if (this.exposed && !isSharedBuffer(this.buffer)) host.transferBuffer?.(this.buffer);
    this.exposed = false;
    this.buffer = buffer;
  }

  /** Leaves the memory as it is, where it has not grown yet. */
  abandonGrowth(growth: MemoryGrowth): void {
    if (this.growth !== growth) return;
    this.growth = undefined;
    this.limits.give(growth.pagesAfter - growth.pagesBefore);
  }

  /** Pages that it can have by its type and by the limit. */
  get mostPages(): number {
    return this.limits.most;
  }

  /**
   * For snapshots: makes the memory as long as it was, all zeros.
   * @returns false, and nothing changed, beyond the type's maximum or the limit, or what the host can give
   */
  restoreSize(pages: number): boolean {
    this.refresh();
    if (this.isShared || pages > this.mostPages || BigInt(pages) < this.memoryType.limit.min) return false;
    const byteLength = pages * this.pageSize;
    const more = pages - this.pages;
    if (more > 0 && !this.limits.take(more)) return false;
    // A buffer of a memory that has been longer would go on taking that room.
    const { buffer: former } = this;
    if (this.exposed || byteLength > former.byteLength || 4 * byteLength < former.byteLength) {
      const buffer = this.allocate(byteLength);
      if (buffer === undefined) {
        if (more > 0) this.limits.give(more);
        return false;
      }
      this.replaceBuffer(buffer);
    } else new Uint8Array(former).fill(0);
    if (more < 0) this.limits.give(-more);
    this.pages = pages;
    this.updateViews();
    return true;
  }

  /** A buffer with room for a quarter more; with just enough where the host cannot give that, or somebody will want it so. */
  private growBuffer(byteLength: number): ArrayBuffer | undefined {
    if (this.exposed) return this.allocate(byteLength);
    const most = this.mostPages * this.pageSize;
    const roomy = Math.min(byteLength + Math.floor(this.buffer.byteLength / 4), most);
    return this.allocate(roomy) ?? this.allocate(byteLength);
  }

  /** Whether [offset, offset + length) lies inside. */
  contains(offset: number, length: number): boolean {
    // A host may ask for anything, a negative offset too.
    return offset >= 0 && length >= 0 && offset <= this.byteLength && length <= this.byteLength - offset;
  }

  private check(offset: number, length: number): void {
    if (Number.isInteger(offset) && Number.isInteger(length) && this.contains(offset, length)) return;
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
    // What has been transferred has no bytes left, and `set` would fail.
    if (data.length > 0) this.bytes.set(data, offset);
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
    const isInside = Number.isInteger(offset) && Number.isInteger(length) && this.contains(offset, length);
    return isInside ? this.bytes.subarray(offset, offset + length) : null;
  }
}
