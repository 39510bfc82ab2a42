import type { ValType } from "../common/value-type.ts";
import type { Reference } from "../common/wasm-value.ts";
import type { ModuleInstance } from "./module-instance.ts";

/**
 * An element segment at run time. Segments of functions keep indices and make no instances by themselves.
 * https://webassembly.github.io/spec/core/exec/runtime.html#element-instances — WasmEdge `ElementInstance`
 */
export class ElementInstance {
  readonly type: ValType;
  /** The module whose functions the indices are. */
  readonly owner: ModuleInstance;
  private content: Uint32Array | readonly Reference[];

  /** @param content indices of functions of `owner`, or references */
  constructor(type: ValType, owner: ModuleInstance, content: Uint32Array | readonly Reference[]) {
    this.type = type;
    this.owner = owner;
    this.content = content;
  }

  get length(): number {
    return this.content.length;
  }

  /** The elements as function indices, or undefined where they are references. */
  get functionIndices(): Uint32Array | undefined {
    return this.content instanceof Uint32Array ? this.content : undefined;
  }

  getRef(index: number): Reference {
    return this.content instanceof Uint32Array ? this.owner.getFunction(this.content[index]) : this.content[index];
  }

  /** The same elements, which stay when this segment is dropped. */
  held(): ElementInstance {
    return new ElementInstance(this.type, this.owner, this.content);
  }

  /** What `elem.drop` does. */
  clear(): void {
    this.content = [];
  }
}

/**
 * A data segment at run time: a range of the module's bytes.
 * https://webassembly.github.io/spec/core/exec/runtime.html#data-instances — WasmEdge `DataInstance`
 */
export class DataInstance {
  bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** What `data.drop` does. */
  clear(): void {
    this.bytes = this.bytes.subarray(0, 0);
  }
}
