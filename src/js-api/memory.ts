import { WasmEdgeError } from "../common/error.ts";
import { MemoryInstance } from "../store/memory-instance.ts";
import type { AddressType, LimitDescriptor } from "./descriptors.ts";
import { readAddressType, readLimit } from "./descriptors.ts";
import type { Realm } from "./realm.ts";
import { memorySlot } from "./slots.ts";
import { asInterface, dictionary, fromAddress, toAddress } from "./web-idl.ts";

/** Sizes in pages. https://webassembly.github.io/spec/js-api/#dictdef-memorydescriptor */
export interface MemoryDescriptor extends LimitDescriptor {
  /** Whether threads share it; then it must have a maximum. */
  readonly shared?: boolean;
}

/** https://webassembly.github.io/spec/js-api/#memory */
export interface Memory {
  /**
   * The memory's bytes. Growing detaches the buffer, and the next look gives another one; that of a shared memory stays, and
   * grows with it where the engine has buffers that do.
   */
  readonly buffer: ArrayBuffer;
  /** Grows by `delta` pages. @returns how many there were @throws RangeError */
  grow(delta: number | bigint): number | bigint;
}

export type MemoryConstructor = new (descriptor: MemoryDescriptor) => Memory;

/** Log2 of the bytes in a page. */
const PAGE_SIZE_LOG2 = 16;
/** Pages that a memory may have by the interface. https://webassembly.github.io/spec/js-api/#limits */
const mostPages = { i32: 1n << 16n, i64: (1n << 37n) - 1n };

/** `WebAssembly.Memory`. */
export function defineMemory(realm: Realm): MemoryConstructor {
  class Memory {
    constructor(descriptor?: unknown) {
      const where = "WebAssembly.Memory()";
      const given = dictionary<keyof MemoryDescriptor>(descriptor, "The descriptor of a memory");
      const address: AddressType = readAddressType(given.address);
      const limit = readLimit(given, address, mostPages[address], where);
      const shared = Boolean(given.shared);
      if (shared && limit.max === undefined) throw new TypeError(`${where}: A shared memory must have a maximum.`);
      const { configure, limits } = realm.executor;
      try {
        const type = { limit: { ...limit, shared }, pageSizeLog2: PAGE_SIZE_LOG2 };
        realm.memories.add(this, new MemoryInstance(type, configure.runtime.maxMemoryPage, undefined, limits.memories));
      } catch (error) {
        throw error instanceof WasmEdgeError ? new RangeError(`${where}: ${error.message}`) : error;
      }
    }

    get buffer(): unknown {
      const memory = memorySlot.require(this);
      const buffer = memory.exposeBuffer();
      // Nobody must give it properties that another thread would not see.
      return memory.isShared ? Object.freeze(buffer) : buffer;
    }

    grow(delta: unknown): number | bigint {
      const memory = memorySlot.require(this);
      const pages = toAddress(delta, memory.is64, "The number of pages");
      const before = memory.grow(Number(pages));
      if (before < 0) throw new RangeError("WebAssembly.Memory.grow(): The memory cannot have so many pages.");
      return fromAddress(before, memory.is64);
    }
  }
  realm.memories.prototype = Memory.prototype;
  return asInterface("Memory", 1, Memory) as unknown as MemoryConstructor;
}
