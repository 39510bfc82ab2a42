import { isInstance } from "../common/host-values.ts";
import { isRefType } from "../common/value-type.ts";
import type { Reference, WasmValue } from "../common/wasm-value.ts";
import type { ByteWriter } from "../executor/coredump/byte-writer.ts";
import { ArrayInstance } from "../store/array-instance.ts";
import { CompositeInstance } from "../store/composite-instance.ts";
import { elementType, Storage, storageEntries, storageOf, structLayout } from "../store/composite-layout.ts";
import { ExceptionInstance } from "../store/exception-instance.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import { I31 } from "../store/i31.ts";
import { StructInstance } from "../store/struct-instance.ts";
import type { InstanceGraph } from "./instance-graph.ts";
import { refuse } from "./snapshot-errors.ts";

/** What a reference is, in a snapshot. */
export const enum ReferenceKind {
  Null,
  /** Of a wasm module, by its index. */
  Function,
  /** Of a host module, by its name. */
  HostFunction,
  I31,
  /** A struct or array. */
  Composite,
  Exception,
  Undefined,
  False,
  True,
  Number,
  BigInt,
  Text,
  /** A host's object, by the text that the embedder has for it. */
  HostReference,
  Bound,
}

/** The text by which the embedder knows an object of its own again; undefined where it does not. */
export type SaveHostReference = (reference: NonNullable<Reference>) => string | undefined;

/**
 * Writes values. Structs, arrays and exceptions get numbers when they are first met; what they hold is written once for all,
 * so that identity is kept and cycles end.
 */
export class ValueWriter {
  readonly graph: InstanceGraph;
  readonly composites: CompositeInstance[] = [];
  readonly exceptions: ExceptionInstance[] = [];
  private readonly compositeIndices = new Map<CompositeInstance, number>();
  private readonly exceptionIndices = new Map<ExceptionInstance, number>();
  private readonly saveHostReference: SaveHostReference | undefined;

  constructor(graph: InstanceGraph, saveHostReference?: SaveHostReference) {
    this.graph = graph;
    this.saveHostReference = saveHostReference;
  }

  /** A value whose type the reader will know. @param where it stands, for the message */
  value(writer: ByteWriter, value: WasmValue, where: string): void {
    if (isRefType(value.type)) this.reference(writer, value.reference, where);
    else for (const word of value.words) writer.word(word);
  }

  /** @throws NotInSnapshot for what the bytes cannot tell */
  reference(writer: ByteWriter, reference: Reference, where: string): void {
    if (reference === null) writer.byte(ReferenceKind.Null);
    else if (isInstance(reference, FunctionInstance)) this.functionReference(writer, reference, where);
    else if (isInstance(reference, I31)) writer.byte(ReferenceKind.I31).word(reference.value);
    else if (isInstance(reference, CompositeInstance)) {
      writer.byte(ReferenceKind.Composite).unsigned(numberOf(reference, this.composites, this.compositeIndices));
    } else if (isInstance(reference, ExceptionInstance)) {
      writer.byte(ReferenceKind.Exception).unsigned(numberOf(reference, this.exceptions, this.exceptionIndices));
    } else this.hostReference(writer, reference, where);
  }

  private functionReference(writer: ByteWriter, func: FunctionInstance, where: string): void {
    const { instance, place } = this.graph.homeOfFunction(func, where);
    const index = this.graph.indexOf(instance);
    if (typeof place === "number") writer.byte(ReferenceKind.Function).unsigned(index).unsigned(place);
    else writer.byte(ReferenceKind.HostFunction).unsigned(index).name(place);
  }

  private hostReference(writer: ByteWriter, reference: NonNullable<Reference> | undefined, where: string): void {
    const key = reference === undefined ? undefined : this.saveHostReference?.(reference);
    if (key !== undefined) {
      writer.byte(ReferenceKind.HostReference).name(key);
      return;
    }
    switch (typeof reference) {
      case "undefined":
        writer.byte(ReferenceKind.Undefined);
        return;
      case "boolean":
        writer.byte(reference ? ReferenceKind.True : ReferenceKind.False);
        return;
      case "number": {
        const bits = new DataView(new ArrayBuffer(8));
        bits.setFloat64(0, reference, true);
        writer.byte(ReferenceKind.Number).word(bits.getInt32(0, true)).word(bits.getInt32(4, true));
        return;
      }
      case "bigint":
        writer.byte(ReferenceKind.BigInt).name(reference.toString());
        return;
      case "string":
        writer.byte(ReferenceKind.Text).name(reference);
        return;
      default:
        refuse(`${where} is a reference to an object of the host, for which there is no hostReference.`);
    }
  }

  /** What a struct or array is, without what it holds. */
  compositeShape(writer: ByteWriter, composite: CompositeInstance): void {
    const [module, type] = this.typeOf(composite.typeId);
    writer.unsigned(module).unsigned(type);
    if (isInstance(composite, ArrayInstance)) writer.unsigned(composite.length);
  }

  /** An instance that has a type, and its index there. */
  private typeOf(typeId: number): readonly [instance: number, type: number] {
    const { instances } = this.graph;
    for (let i = 0; i < instances.length; i++) {
      const type = instances[i].typeIds.indexOf(typeId);
      if (type >= 0) return [i, type];
    }
    return refuse("An object has a type of a module that is not in the snapshot.");
  }

  /** What a struct or array holds. */
  compositeContent(writer: ByteWriter, composite: CompositeInstance): void {
    if (isInstance(composite, ArrayInstance)) this.arrayContent(writer, composite);
    else if (isInstance(composite, StructInstance)) this.structContent(writer, composite);
  }

  private structContent(writer: ByteWriter, { typeId, fields }: StructInstance): void {
    const { storages, entries } = structLayout(typeId);
    storages.forEach((storage, i) => {
      for (let k = 0; k < storageEntries[storage]; k++) {
        const entry = fields[entries[i] + k];
        if (storage === Storage.Reference) this.reference(writer, entry, `A struct's field ${i}`);
        else writer.word(entry as number);
      }
    });
  }

  private arrayContent(writer: ByteWriter, { typeId, elements }: ArrayInstance): void {
    if (storageOf(elementType(typeId)) === Storage.Reference) {
      for (const element of elements as Reference[]) this.reference(writer, element, "An array's element");
    } else {
      const { buffer, byteOffset, byteLength } = elements as Uint8Array;
      writer.bytes(new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength)));
    }
  }

  exceptionPayload(writer: ByteWriter, exception: ExceptionInstance): void {
    for (const value of exception.payload) this.value(writer, value, "An exception's payload");
  }

  /** The home of an exception's tag. */
  exceptionShape(writer: ByteWriter, { tag }: ExceptionInstance): void {
    this.home(writer, this.graph.homeOf(tag, "the tag of an exception"));
  }

  /** Where something stands: an instance, and a name in it if it is a host module, else an index. */
  home(writer: ByteWriter, { instance, place }: ReturnType<InstanceGraph["homeOf"]>): void {
    writer.unsigned(this.graph.indexOf(instance));
    if (typeof place === "number") writer.unsigned(place);
    else writer.name(place);
  }
}

function numberOf<T>(thing: T, list: T[], indices: Map<T, number>): number {
  let index = indices.get(thing);
  if (index === undefined) {
    index = list.push(thing) - 1;
    indices.set(thing, index);
  }
  return index;
}
