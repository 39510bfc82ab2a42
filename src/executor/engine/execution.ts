import type { FunctionType } from "../../ast/types.ts";
import { fail } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import type { Reference } from "../../common/wasm-value.ts";
import type { ModuleInstance } from "../../store/module-instance.ts";
import type { TableInstance } from "../../store/table-instance.ts";
import type { CodeSpace } from "../lowering/code-space.ts";
import { type GCHeap, unlimitedHeap } from "./gc/gc-heap.ts";
import type { ValueStack } from "./value-stack.ts";

/** Where a frame of one instance was called by code of another. */
export interface Boundary {
  /** The calling code; undefined below the first frame. */
  readonly space: CodeSpace | undefined;
  /** Where that goes on. */
  readonly position: number;
}

/** So many open calls are counted one by one: each that is one more costs a microsecond. */
const EXACT_DEPTH = 1024;

/** What bulk instructions may do in a slice, in bytes moved; those that would do more are done in pieces of that. */
export const BULK_WORK_OF_A_SLICE = 1 << 24;

const noMemory = new DataView(new ArrayBuffer(0));

/**
 * The whole state of a run: value stack, frames, position. The run loop reads it when it is entered and writes it back when it
 * leaves, so between two rounds a run can be looked at, kept, and continued. WasmEdge's `StackManager`.
 */
export class Execution {
  /** Position of the next instruction in `code`. */
  pc = 0;
  /** Word offset of the present frame on the value stack. */
  fp = 0;
  /** Cost that may be charged before the loop comes back; below 0 it does. */
  fuel = 0;
  /** Open calls. */
  depth = 0;
  /** Instructions that stepwise code has executed and nobody has booked yet. */
  steps = 0;
  /** What bulk instructions may still do in this slice, in bytes moved; below 0 where the host has done more at a time. */
  bulkLeft = BULK_WORK_OF_A_SLICE;
  /** Open calls at which the loop comes back; as many as there have been, where that is kept track of. */
  maxDepth: number;
  /** Calls that may be open. */
  readonly depthLimit: number;
  /** Words of the value stack. */
  stackEnd: number;
  readonly stack: ValueStack;

  // What the loop uses, taken from the stack and the present instance.
  i32: Int32Array;
  f32: Float32Array;
  f64: Float64Array;
  // The same for lanes of vectors.
  i8: Int8Array;
  u8: Uint8Array;
  i16: Int16Array;
  u16: Uint16Array;
  refs: Reference[];
  space: CodeSpace;
  instance: ModuleInstance;
  code: Int32Array;
  entries: Int32Array;
  globals: Int32Array;
  tables: readonly TableInstance[];
  /** Memory 0 of the instance, or an empty one. */
  memory: DataView;

  /** Whether somebody wants to be told of exceptions. */
  isObserved = false;
  /** Makes structs and arrays, within the limits of the run. */
  heap: GCHeap = unlimitedHeap;
  /** What was thrown when the loop left with Exit.Threw. */
  thrown: unknown = undefined;
  /**
   * While a host function runs that a tail call has called: the frame pointer of the frame that gave way to it. The execution
   * stands behind the call by which that frame was made.
   */
  leftFrame: number | undefined = undefined;
  /** The calls between instances that are open, the first one's caller included. */
  readonly boundaries: Boundary[] = [];
  /** The type of the function that was called first: its results are the run's. */
  readonly type: FunctionType;

  constructor(stack: ValueStack, space: CodeSpace, type: FunctionType, maxDepth: number) {
    this.stack = stack;
    this.type = type;
    // The loop compares 32-bit numbers.
    this.depthLimit = Math.min(maxDepth, 2 ** 31 - 1);
    this.maxDepth = this.depthLimit;
    this.stackEnd = stack.words;
    this.i32 = stack.i32;
    this.f32 = stack.f32;
    this.f64 = stack.f64;
    this.i8 = stack.i8;
    this.u8 = stack.u8;
    this.i16 = stack.i16;
    this.u16 = stack.u16;
    this.refs = stack.refs;
    this.space = space;
    this.instance = space.instance;
    this.code = space.code;
    this.entries = space.entries;
    this.globals = space.instance.globalCells;
    this.tables = space.instance.tables;
    this.memory = noMemory;
    this.refreshMemory();
  }

  /** Goes over to the code of another instance. */
  switchTo(space: CodeSpace): void {
    this.space = space;
    this.instance = space.instance;
    this.globals = space.instance.globalCells;
    this.tables = space.instance.tables;
    this.refreshCode();
    this.refreshMemory();
  }

  /** After something was lowered. */
  refreshCode(): void {
    this.code = this.space.code;
    this.entries = this.space.entries;
  }

  /** After anything that may have grown memory 0: a host function, another instance. */
  refreshMemory(): void {
    this.memory = this.instance.memories[0]?.view ?? noMemory;
  }

  /** Whether another thread has grown memory 0 since the loop has looked; takes notice. */
  hasGrownElsewhere(): boolean {
    const before = this.memory.byteLength;
    this.refreshMemory();
    return this.memory.byteLength > before;
  }

  /** From now on `maxDepth` is the most calls that have been open: the loop comes back when there are more. */
  trackDepth(): void {
    this.maxDepth = Math.min(this.depthLimit, this.depth);
  }

  /** One call more may be open. @returns whether that was so before @throws CallStackExhausted beyond the limit */
  requireDepth(): boolean {
    if (this.depth < this.maxDepth) return true;
    if (this.depth >= this.depthLimit) {
      fail(ErrCode.CallStackExhausted, { kind: "note", text: `The limit of open calls is ${this.depthLimit}.` });
    }
    // Exactly as many as there are; where that would come to cost time, up to a 64th more.
    this.maxDepth = Math.min(this.depthLimit, this.depth + 1 + (this.depth < EXACT_DEPTH ? 0 : this.depth >> 6));
    return false;
  }

  /** Makes the value stack at least `words` long. @throws ValueStackExhausted */
  reserve(words: number): void {
    const { stack } = this;
    stack.reserve(words);
    this.i32 = stack.i32;
    this.f32 = stack.f32;
    this.f64 = stack.f64;
    this.i8 = stack.i8;
    this.u8 = stack.u8;
    this.i16 = stack.i16;
    this.u16 = stack.u16;
    this.refs = stack.refs;
    this.stackEnd = stack.words;
  }
}
