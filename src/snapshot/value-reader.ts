import { isIndexedRefType, isNullableRefType, isRefType, ValType, valTypeName } from "../common/value-type.ts";
import { type Reference, WasmValue, wordCount } from "../common/wasm-value.ts";
import { ArrayInstance, makeElements } from "../store/array-instance.ts";
import type { CompositeInstance } from "../store/composite-instance.ts";
import {
  elementType,
  Storage,
  storageBytes,
  storageEntries,
  storageOf,
  structLayout,
} from "../store/composite-layout.ts";
import { ExceptionInstance } from "../store/exception-instance.ts";
import { I31 } from "../store/i31.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { referenceMatches } from "../store/reference-check.ts";
import { StructInstance } from "../store/struct-instance.ts";
import type { TagInstance } from "../store/tag-instance.ts";
import { canonicalComposite, canonicalValType } from "../validator/canonical-types.ts";
import { malformed, mismatch } from "./snapshot-errors.ts";
import type { SnapshotReader } from "./snapshot-reader.ts";
import { ReferenceKind } from "./value-writer.ts";

/** Finds an object of the host by the text that `SaveHostReference` gave for it. */
export type RestoreHostReference = (key: string) => Reference;

/** Reads values, each of the type that its place has, or fails. */
export class ValueReader {
  readonly instances: ModuleInstance[];
  private readonly composites: CompositeInstance[] = [];
  private readonly exceptions: { readonly exception: ExceptionInstance; readonly payload: WasmValue[] }[] = [];
  private readonly reader: SnapshotReader;
  private readonly restoreHostReference: RestoreHostReference | undefined;

  constructor(reader: SnapshotReader, instances: ModuleInstance[], restoreHostReference?: RestoreHostReference) {
    this.reader = reader;
    this.instances = instances;
    this.restoreHostReference = restoreHostReference;
  }

  instance(): ModuleInstance {
    return this.instances[this.reader.index(this.instances.length, "instance")];
  }

  /**
   * A value of a type over the type indices of an instance's module.
   * @param mayBeNull whether a reference that cannot be null may be it all the same, as locals that have no value yet are
   */
  value(type: ValType, { typeIds }: ModuleInstance, mayBeNull = false): WasmValue {
    return this.canonicalValue(canonicalValType(type, typeIds), type, mayBeNull);
  }

  /** @param canonical over canonical ids @param type what the value is to be told as */
  private canonicalValue(canonical: ValType, type: ValType, mayBeNull = false): WasmValue {
    if (isRefType(type)) return WasmValue.ref(type, this.reference(canonical, mayBeNull));
    return this.number(type);
  }

  /** A value of a number type. */
  number(type: ValType): WasmValue {
    const words: number[] = [];
    for (let i = wordCount(type); i > 0; i--) words.push(this.reader.word());
    return new WasmValue(type, words);
  }

  /** A reference of a type over canonical ids. */
  reference(type: ValType, mayBeNull = false): Reference {
    const reference = this.anyReference();
    if (reference === null && (mayBeNull || isNullableRefType(type))) return null;
    if (!referenceMatches(reference, type)) {
      const name = isIndexedRefType(type) ? "a defined type" : valTypeName(type);
      malformed(`The reference before byte ${this.reader.position} is none of ${name}.`);
    }
    return reference;
  }

  /** The reference to a function, or to nothing. */
  functionReference(): Reference {
    return this.reference(ValType.FuncRef);
  }

  private anyReference(): Reference {
    const { reader } = this;
    switch (reader.choice(ReferenceKind.Bound, "kind of references")) {
      case ReferenceKind.Null:
        return null;
      case ReferenceKind.Function: {
        const instance = this.instance();
        if (instance.source === undefined) malformed("A function of a host module has an index.");
        return instance.getFunction(reader.index(instance.functionCount, "function"));
      }
      case ReferenceKind.HostFunction: {
        const instance = this.instance();
        const name = reader.name();
        return instance.findFuncExports(name) ?? mismatch(`"${instance.name}" exports no function "${name}".`);
      }
      case ReferenceKind.I31:
        return I31.of(reader.word());
      case ReferenceKind.Composite:
        return this.composites[reader.index(this.composites.length, "object")];
      case ReferenceKind.Exception:
        return this.exceptions[reader.index(this.exceptions.length, "exception")].exception;
      case ReferenceKind.Undefined:
        return undefined;
      case ReferenceKind.False:
        return false;
      case ReferenceKind.True:
        return true;
      case ReferenceKind.Number:
        return reader.float();
      case ReferenceKind.BigInt: {
        const text = reader.name();
        if (!/^-?\d+$/.test(text)) malformed(`"${text}" is no integer.`);
        return BigInt(text);
      }
      case ReferenceKind.Text:
        return reader.name();
      default:
        return this.hostReference(reader.name());
    }
  }

  private hostReference(key: string): Reference {
    if (this.restoreHostReference === undefined) {
      mismatch(`It refers to an object of the host, "${key}", for which there is no hostReference.`);
    }
    return this.restoreHostReference(key);
  }

  // --- Objects ---

  /** Makes the structs and arrays, which hold nothing yet. @param existing to be filled in place of new ones */
  compositeShapes(existing?: readonly CompositeInstance[]): void {
    const { reader } = this;
    // The least bytes of an array's elements have to follow, so what is made is bounded by what there is.
    let promised = 0;
    const length = reader.count(2);
    for (let i = 0; i < length; i++) {
      const { typeIds } = this.instance();
      const typeId = typeIds[reader.index(typeIds.length, "type")];
      const { kind } = canonicalComposite(typeId);
      if (kind === "struct") {
        this.composites.push(existing?.[i] ?? new StructInstance(typeId, structLayout(typeId).initial.slice()));
      } else if (kind === "array") {
        const elements = reader.unsigned();
        const storage = storageOf(elementType(typeId));
        promised += elements * (storage === Storage.Reference ? 1 : storageBytes[storage]);
        if (promised > reader.left) malformed(`Arrays of ${promised} bytes are longer than what follows.`);
        this.composites.push(existing?.[i] ?? new ArrayInstance(typeId, elements, makeElements(storage, elements)));
      } else malformed("An object has the type of a function.");
    }
  }

  compositeContents(): void {
    for (const composite of this.composites) {
      if (composite instanceof ArrayInstance) this.arrayContent(composite);
      else if (composite instanceof StructInstance) this.structContent(composite);
    }
  }

  private structContent({ typeId, fields }: StructInstance): void {
    const { storages, types, entries } = structLayout(typeId);
    storages.forEach((storage, i) => {
      for (let k = 0; k < storageEntries[storage]; k++) {
        const at = entries[i] + k;
        if (storage === Storage.Reference) fields[at] = this.reference(types[i]);
        else fields[at] = packed(storage, this.reader.word());
      }
    });
  }

  private arrayContent({ typeId, elements, length }: ArrayInstance): void {
    const type = elementType(typeId);
    const storage = storageOf(type);
    if (storage === Storage.Reference) {
      const references = elements as Reference[];
      for (let i = 0; i < length; i++) references[i] = this.reference(type);
    } else {
      const { buffer, byteOffset, byteLength } = elements as Uint8Array;
      new Uint8Array(buffer, byteOffset, byteLength).set(this.reader.bytes(byteLength));
    }
  }

  // --- Exceptions ---

  exceptionShapes(): void {
    this.reader.vector(() => {
      const payload: WasmValue[] = [];
      this.exceptions.push({ exception: new ExceptionInstance(this.tag(), payload), payload });
    });
  }

  private tag(): TagInstance {
    const instance = this.instance();
    if (instance.source !== undefined) return instance.tags[this.reader.index(instance.tags.length, "tag")];
    const name = this.reader.name();
    return instance.findTagExports(name) ?? mismatch(`"${instance.name}" exports no tag "${name}".`);
  }

  exceptionPayloads(): void {
    for (const { exception, payload } of this.exceptions) {
      const composite = canonicalComposite(exception.tag.typeId);
      const canonical = composite.kind === "function" ? composite.type.params : [];
      exception.tag.type.params.forEach((type, i) => {
        payload.push(this.canonicalValue(canonical[i], type));
      });
    }
  }
}

/** A packed number is kept unsigned; no other word is a field of its type. */
function packed(storage: Storage, word: number): number {
  const mask = storage === Storage.I8 ? 0xff : storage === Storage.I16 ? 0xffff : -1;
  if ((word & mask) !== word) malformed(`A packed field cannot be ${word}.`);
  return word;
}
