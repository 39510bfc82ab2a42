import { fail, WasmEdgeError } from "../../../common/error.ts";
import { ErrCode } from "../../../common/error-code.ts";
import type { ErrorContext } from "../../../common/error-context.ts";
import { ArrayInstance, makeElements } from "../../../store/array-instance.ts";
import { type Storage, type StructLayout, storageBytes, structLayout } from "../../../store/composite-layout.ts";
import { StructInstance } from "../../../store/struct-instance.ts";

/** How much a run may allocate: RuntimeConfigure's options. */
export interface GCLimits {
  readonly maxGCObjectBytes: number;
  readonly maxGCBytesPerRun: number;
  readonly maxGCObjectsPerRun: number;
}

/**
 * Makes the structs and arrays of one run, and counts what they take. Which of them are still alive only the host's collector
 * knows, so the limits are on the size of one object, and on all that a run makes.
 */
export class GCHeap {
  private readonly limits: GCLimits;
  /** Bytes of all objects so far. */
  private allocated = 0;
  private objects = 0;

  constructor(limits: GCLimits) {
    this.limits = limits;
  }

  /** What the run has made so far: bytes and objects. */
  get usage(): readonly [bytes: number, objects: number] {
    return [this.allocated, this.objects];
  }

  /** For snapshots: as if the run had made so much already. */
  restoreUsage(bytes: number, objects: number): void {
    this.allocated = bytes;
    this.objects = objects;
  }

  /** @throws GCObjectSizeLimit, GCObjectCountLimit, GCLimitExceeded, before anything is allocated */
  private take(bytes: number): void {
    const { maxGCObjectBytes, maxGCBytesPerRun, maxGCObjectsPerRun } = this.limits;
    if (bytes > maxGCObjectBytes) {
      fail(ErrCode.GCObjectSizeLimit, sizeNote("An object", bytes, maxGCObjectBytes));
    }
    if (++this.objects > maxGCObjectsPerRun) {
      fail(ErrCode.GCObjectCountLimit, { kind: "note", text: `The run may make ${maxGCObjectsPerRun} objects.` });
    }
    this.allocated += bytes;
    if (this.allocated > maxGCBytesPerRun) {
      fail(ErrCode.GCLimitExceeded, sizeNote("All objects of the run", this.allocated, maxGCBytesPerRun));
    }
  }

  /** A struct whose fields have their defaults; its `fields` are the caller's to fill. @throws as `take` */
  newStruct(typeId: number, layout: StructLayout = structLayout(typeId)): StructInstance {
    this.take(layout.bytes);
    return new StructInstance(typeId, layout.initial.slice());
  }

  /** An array of zeros or nulls. @param blank see `makeElements` @throws as `take`; GCAllocationFailed */
  newArray(typeId: number, storage: Storage, length: number, blank = false): ArrayInstance {
    const bytes = length * storageBytes[storage];
    this.take(bytes);
    try {
      return new ArrayInstance(typeId, length, makeElements(storage, length, blank));
    } catch {
      throw new WasmEdgeError(ErrCode.GCAllocationFailed, { kind: "note", text: `An array takes ${bytes} bytes.` });
    }
  }
}

/** A heap without limits. */
export const unlimitedHeap = new GCHeap({
  maxGCObjectBytes: Number.POSITIVE_INFINITY,
  maxGCBytesPerRun: Number.POSITIVE_INFINITY,
  maxGCObjectsPerRun: Number.POSITIVE_INFINITY,
});

function sizeNote(what: string, bytes: number, limit: number): ErrorContext {
  return { kind: "note", text: `${what} would take ${bytes} bytes, the limit is ${limit}.` };
}
