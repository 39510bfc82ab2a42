import { decodeUtf8 } from "../../common/utf8.ts";
import type { MemoryInstance } from "../../store/memory-instance.ts";
import { Errno, failWith } from "./errno.ts";

/** Linux's PATH_MAX, its terminator not counted. */
export const MAX_PATH_BYTES = 4095;

/**
 * The guest's memory during one call. Everything in it is hostile: each access is checked, and an address outside is FAULT.
 * Misaligned addresses are as good as others, where WasmEdge traps.
 *
 * i64 fields are written as two halves, since not every host has the 64-bit accessors of `DataView`.
 */
export class GuestMemory {
  private readonly memory: MemoryInstance;

  constructor(memory: MemoryInstance) {
    this.memory = memory;
  }

  /**
   * Checks that a result can be written before anything happens.
   * @throws FAULT where [address, address + length) is not all inside
   */
  require(address: number, length: number): void {
    this.memory.onHostWrite?.(address, length);
    // No length at all touches nothing, so any address will do (as in WasmEdge, whose own tests ask for it).
    if (length > 0 && !this.memory.contains(address, length)) failWith(Errno.FAULT);
  }

  /** The bytes themselves, not a copy: stale once the memory grows. @throws FAULT */
  span(address: number, length: number): Uint8Array {
    if (length === 0) return new Uint8Array(0);
    this.memory.onHostWrite?.(address, length);
    return this.memory.getSpan(address, length) ?? failWith(Errno.FAULT);
  }

  readUint8(address: number): number {
    this.require(address, 1);
    return this.memory.view.getUint8(address);
  }

  readUint16(address: number): number {
    this.require(address, 2);
    return this.memory.view.getUint16(address, true);
  }

  readUint32(address: number): number {
    this.require(address, 4);
    return this.memory.view.getUint32(address, true);
  }

  readUint64(address: number): bigint {
    this.require(address, 8);
    const { view } = this.memory;
    return (BigInt(view.getUint32(address + 4, true)) << 32n) | BigInt(view.getUint32(address, true));
  }

  writeUint8(address: number, value: number): void {
    this.require(address, 1);
    this.memory.view.setUint8(address, value);
  }

  writeUint16(address: number, value: number): void {
    this.require(address, 2);
    this.memory.view.setUint16(address, value, true);
  }

  writeUint32(address: number, value: number): void {
    this.require(address, 4);
    this.memory.view.setUint32(address, value, true);
  }

  writeUint64(address: number, value: bigint): void {
    this.require(address, 8);
    const { view } = this.memory;
    view.setUint32(address, Number(value & 0xffffffffn), true);
    view.setUint32(address + 4, Number((value >> 32n) & 0xffffffffn), true);
  }

  writeBytes(address: number, bytes: Uint8Array): void {
    this.span(address, bytes.length).set(bytes);
  }

  /** Sets `length` bytes to zero: the padding of structures does not show what stood there. */
  clear(address: number, length: number): void {
    this.span(address, length).fill(0);
  }

  /**
   * A path or name.
   * @throws FAULT; NAMETOOLONG; ILSEQ where it is not UTF-8
   */
  readPath(address: number, length: number): string {
    this.require(address, length);
    if (length > MAX_PATH_BYTES) failWith(Errno.NAMETOOLONG);
    return decodeUtf8(this.span(address, length), 0, length) ?? failWith(Errno.ILSEQ);
  }
}
