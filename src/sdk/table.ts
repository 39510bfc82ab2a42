import type { TableType } from "../ast/types.ts";
import { kindText } from "../common/arguments.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Reference } from "../common/wasm-value.ts";
import { TableInstance } from "../store/table-instance.ts";
import { fromCore } from "./func.ts";
import { referenceFor } from "./references.ts";
import { type LimitOptions, tableType, type ValueTypeLike } from "./value-types.ts";

/** A table of references. Rust SDK `Table`. */
export class Table {
  /** The core's instance. */
  readonly inner: TableInstance;

  constructor(inner: TableInstance) {
    this.inner = inner;
  }

  /**
   * A new table, for an import object.
   * @param options in elements; ten million are the most, whatever the maximum: guests may grow it, too
   * @param init what each element is at the start
   * @throws as `tableType`; TableLimitExceeded; RefTypeMismatch or NonNullRequired where `init` is not of the element type
   */
  static create(elementType: ValueTypeLike, options: LimitOptions, init: Reference = null): Table {
    const type = tableType(elementType, options);
    return new Table(new TableInstance(type, referenceFor(type.elementType, init)));
  }

  /** The type, with the present size as its minimum. */
  get type(): TableType {
    return this.inner.type;
  }

  /** The number of elements. */
  get size(): number {
    return this.inner.size;
  }

  /** The element at `index`; a function as `Func`. @throws TableOutOfBounds */
  get(index: number): Reference {
    return fromCore(this.inner.getRef(requireIndex(index)));
  }

  /** @throws TableOutOfBounds; RefTypeMismatch or NonNullRequired where `value` is not of the element type */
  set(index: number, value: Reference): void {
    this.inner.setRef(requireIndex(index), referenceFor(this.type.elementType, value));
  }

  /**
   * Grows by `count` elements that are `init`.
   * @throws TableOutOfBounds beyond the maximum; RefTypeMismatch or NonNullRequired where `init` is not of the element type
   */
  grow(count: number, init: Reference = null): void {
    const reference = referenceFor(this.type.elementType, init);
    if (!this.inner.growTable(requireIndex(count), reference)) fail(ErrCode.TableOutOfBounds);
  }
}

/** @throws TableOutOfBounds where a number can be no index and no count */
function requireIndex(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    fail(ErrCode.TableOutOfBounds, { kind: "note", text: `not an index or a number of elements: ${kindText(value)}` });
  }
  return value;
}
