import type { TableType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { boundaryOf } from "../common/error-context.ts";
import type { Reference } from "../common/wasm-value.ts";
import { USUAL_TABLE_ELEMENTS } from "../config/configure.ts";
import { Account } from "./account.ts";
import { LATER } from "./later.ts";
import type { ModuleInstance } from "./module-instance.ts";
import { requireReference } from "./reference-check.ts";
import { MOST_REFERENCES, moveReferences } from "./references.ts";
import type { ElementInstance } from "./segment-instances.ts";
import { TableGrowth } from "./table-growth.ts";

/**
 * A table: an array of references.
 *
 * A module may fill a table with hundreds of thousands of its functions of which it calls a few. So an element may also be
 * the bare index of a function of `functionOwner`; it becomes a `FunctionInstance` when it is looked at. In a table of
 * functions no reference is a number, so the two cannot be taken for one another.
 *
 * https://webassembly.github.io/spec/core/exec/runtime.html#table-instances — WasmEdge `Runtime::Instance::TableInstance`
 */
export class TableInstance {
  /** The elements; for a table of functions, read them through `getRef`. */
  readonly elements: Reference[];
  private readonly tableType: TableType;
  private readonly elementLimit: number;
  private readonly account: Account;
  // Set from the start: tables of two shapes would be two kinds of objects to the run loop.
  private functionOwner: ModuleInstance | undefined = undefined;
  /** What is growing it piece by piece, the oldest first. */
  private readonly growths: TableGrowth[] = [];

  /**
   * @param init what each element is at the start; `LATER` where `restoreElements` follows
   * @param elementLimit elements that the table may have, whatever its type allows (RuntimeConfigure.maxTableElements), 2^25 at most;
   *   absent: ten million
   * @param account what several tables may have together
   * @throws TableLimitExceeded where the minimum is above the limit; NonNullRequired or RefTypeMismatch where `init` is not of
   *   the element type
   */
  constructor(type: TableType, init: Reference = null, elementLimit = USUAL_TABLE_ELEMENTS, account = new Account()) {
    this.tableType = type;
    this.account = account;
    this.elementLimit = Math.min(elementLimit, MOST_REFERENCES);
    if (type.limit.min > BigInt(this.elementLimit)) {
      const text = `Table Instance: Limited ${this.elementLimit} elements in configuration.`;
      fail(ErrCode.TableLimitExceeded, { kind: "limit", limit: type.limit }, { kind: "note", text });
    }
    if (init === LATER) {
      this.elements = [];
      return;
    }
    requireReference(init, type.elementType);
    if (!account.take(Number(type.limit.min))) {
      const text = `All tables may have ${account.limit} elements.`;
      fail(ErrCode.TableLimitExceeded, { kind: "limit", limit: type.limit }, { kind: "note", text });
    }
    this.elements = new Array<Reference>(Number(type.limit.min)).fill(init);
  }

  /** For snapshots. The module whose functions stand as bare indices among the elements. */
  get ownerOfIndices(): ModuleInstance | undefined {
    return this.functionOwner;
  }

  /**
   * For snapshots: makes the table so long, for elements that `restoreElements` gives.
   * @returns false, and nothing changed, where the type and the limits do not allow that
   */
  restoreSize(length: number): boolean {
    const { min, max } = this.tableType.limit;
    if (length > this.elementLimit || BigInt(length) < min) return false;
    if (max !== undefined && BigInt(length) > max) return false;
    for (const { left } of this.growths.splice(0)) this.account.give(left);
    const more = length - this.size;
    if (more > 0 && !this.account.take(more)) return false;
    if (more < 0) this.account.give(-more);
    this.elements.length = length;
    return true;
  }

  /**
   * For snapshots: puts other elements in place of all.
   * @param elements as many as the table has
   * @param owner of those that are bare indices of functions
   * @throws NonNullRequired or RefTypeMismatch where an element is not of the element type, with nothing changed
   */
  restoreElements(elements: readonly Reference[], owner: ModuleInstance | undefined): void {
    const { elementType } = this.tableType;
    for (const element of elements) {
      if (owner !== undefined && typeof element === "number") requireReference(owner.getFunction(element), elementType);
      else requireReference(element, elementType);
    }
    this.functionOwner = owner;
    for (let i = 0; i < elements.length; i++) this.elements[i] = elements[i];
  }

  /** The type with the present size as its minimum, as imports are matched. */
  get type(): TableType {
    return { ...this.tableType, limit: { ...this.tableType.limit, min: BigInt(this.size) } };
  }

  /** True where indices are i64. */
  get is64(): boolean {
    return this.tableType.limit.is64;
  }

  get size(): number {
    return this.elements.length;
  }

  contains(offset: number, length: number): boolean {
    // A host may ask for anything, a negative offset too.
    return offset >= 0 && length >= 0 && offset <= this.size && length <= this.size - offset;
  }

  private check(offset: number, length: number): void {
    if (Number.isInteger(offset) && this.contains(offset, length)) return;
    fail(ErrCode.TableOutOfBounds, boundaryOf(offset, length, this.size));
  }

  /** The reference at `index`. @throws TableOutOfBounds */
  getRef(index: number): Reference {
    this.check(index, 1);
    const element = this.elements[index];
    if (typeof element !== "number" || this.functionOwner === undefined) return element;
    const instance = this.functionOwner.getFunction(element);
    this.elements[index] = instance;
    return instance;
  }

  /** @throws TableOutOfBounds; NonNullRequired or RefTypeMismatch where `reference` is not of the element type */
  setRef(index: number, reference: Reference): void {
    this.check(index, 1);
    requireReference(reference, this.tableType.elementType);
    this.elements[index] = reference;
  }

  /** Sets `length` elements from `offset` on. @throws as `setRef`, with nothing changed */
  fillRefs(reference: Reference, offset: number, length: number): void {
    this.check(offset, length);
    requireReference(reference, this.tableType.elementType);
    this.elements.fill(reference, offset, offset + length);
  }

  /** Copies elements of `source`, which may be this table. @throws TableOutOfBounds, with nothing changed */
  copyFrom(source: TableInstance, destinationOffset: number, sourceOffset: number, length: number): void {
    source.check(sourceOffset, length);
    this.check(destinationOffset, length);
    if (source === this) {
      moveReferences(this.elements, destinationOffset, this.elements, sourceOffset, length);
      return;
    }
    for (let i = 0; i < length; i++) this.elements[destinationOffset + i] = source.getRef(sourceOffset + i);
  }

  /**
   * Copies elements of a segment, functions without making instances of them.
   * @throws TableOutOfBounds, with nothing changed; the segment's bounds are the caller's to check
   */
  initialize(segment: ElementInstance, offset: number, source: number, length: number): void {
    this.check(offset, length);
    const indices = segment.functionIndices;
    if (indices !== undefined) this.functionOwner ??= segment.owner;
    if (indices !== undefined && this.functionOwner === segment.owner) {
      for (let i = 0; i < length; i++) this.elements[offset + i] = indices[source + i];
    } else {
      for (let i = 0; i < length; i++) this.elements[offset + i] = segment.getRef(source + i);
    }
  }

  /**
   * Grows by `count` elements.
   * @returns false, and nothing changed, beyond the type's maximum or the limit, and where `count` is no whole number from 0 on
   * @throws NonNullRequired or RefTypeMismatch where `reference` is not of the element type
   */
  growTable(count: number, reference: Reference = null): boolean {
    const growth = this.beginGrowth(count, reference);
    if (growth === undefined) return false;
    this.advanceGrowth(growth.sizeAfter - this.size);
    return true;
  }

  /**
   * Begins to grow by `count` elements; `advanceGrowth` adds them. Others see the table as long as it is by then. What they
   * begin meanwhile comes behind this.
   * @returns and @throws as `growTable`; undefined for its false
   */
  beginGrowth(count: number, reference: Reference): TableGrowth | undefined {
    if (!Number.isSafeInteger(count) || count < 0) return undefined;
    const before = this.growths[this.growths.length - 1]?.sizeAfter ?? this.size;
    const { max } = this.tableType.limit;
    const most = max === undefined ? this.elementLimit : Math.min(this.elementLimit, Number(max));
    if (before + count > most) return undefined;
    if (count > 0) requireReference(reference, this.tableType.elementType);
    if (!this.account.take(count)) return undefined;
    const growth = new TableGrowth(before, count, reference);
    if (count > 0) this.growths.push(growth);
    return growth;
  }

  /** Adds as many of the elements that are under way, those that were begun first before the others. */
  advanceGrowth(count: number): void {
    for (let growth = this.growths[0]; growth !== undefined && count > 0; growth = this.growths[0]) {
      const added = growth.addTo(this.elements, count);
      count -= added;
      if (growth.left > 0) return;
      this.growths.shift();
    }
  }

  /** Gives up what of a growth is left; where others have begun behind it, they go on with it. */
  abandonGrowth(growth: TableGrowth): void {
    growth.abandoned = true;
    for (let last = this.growths.pop(); last !== undefined; last = this.growths.pop()) {
      if (!last.abandoned) {
        this.growths.push(last);
        return;
      }
      this.account.give(last.left);
    }
  }
}
