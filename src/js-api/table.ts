import { WasmEdgeError } from "../common/error.ts";
import { isRefType, type ValType } from "../common/value-type.ts";
import type { Reference } from "../common/wasm-value.ts";
import { TableInstance } from "../store/table-instance.ts";
import { type LimitDescriptor, readAddressType, readLimit } from "./descriptors.ts";
import type { Realm } from "./realm.ts";
import { tableSlot } from "./slots.ts";
import { defaultValue, requireTransparent, toJSValue, toReference, toValueType } from "./values.ts";
import { asInterface, dictionary, fromAddress, toAddress } from "./web-idl.ts";

/** Sizes in elements. https://webassembly.github.io/spec/js-api/#dictdef-tabledescriptor */
export interface TableDescriptor extends LimitDescriptor {
  readonly element: "anyfunc" | "externref";
}

/** Sizes and places are bigints where the table's addresses are i64. https://webassembly.github.io/spec/js-api/#table */
export interface Table {
  readonly length: number | bigint;
  get(index: number | bigint): unknown;
  /** @throws TypeError for what is none of the element type, RangeError behind the end */
  set(index: number | bigint, value?: unknown): void;
  /** Grows by `delta` elements. @returns how many there were @throws RangeError */
  grow(delta: number | bigint, value?: unknown): number | bigint;
}

export type TableConstructor = new (descriptor: TableDescriptor, value?: unknown) => Table;

/** What the sizes of a type may be. */
const mostElements = { i32: (1n << 32n) - 1n, i64: (1n << 64n) - 1n };

/** `WebAssembly.Table`. */
export function defineTable(realm: Realm): TableConstructor {
  class Table {
    constructor(descriptor?: unknown, ...rest: unknown[]) {
      const where = "WebAssembly.Table()";
      const given = dictionary<keyof TableDescriptor>(descriptor, "The descriptor of a table");
      const elementType = toValueType(given.element);
      if (!isRefType(elementType)) throw new TypeError(`${where}: The elements must be references.`);
      const address = readAddressType(given.address);
      const limit = readLimit(given, address, mostElements[address], where);
      const { configure, limits } = realm.executor;
      const element = elementFrom(elementType, rest);
      try {
        const type = { elementType, limit };
        const table = new TableInstance(type, element, configure.runtime.maxTableElements, limits.tables);
        fillUndefined(table, element, 0);
        realm.tables.add(this, table);
      } catch (error) {
        throw error instanceof WasmEdgeError ? new RangeError(`${where}: ${error.message}`) : error;
      }
    }

    get length(): number | bigint {
      const table = tableSlot.require(this);
      return fromAddress(table.size, table.is64);
    }

    grow(delta: unknown, ...rest: unknown[]): number | bigint {
      const table = tableSlot.require(this);
      const { size, is64, type } = table;
      const count = Number(toAddress(delta, is64, "The number of elements"));
      const element = elementFrom(type.elementType, rest);
      if (!table.growTable(count, element)) {
        throw new RangeError("WebAssembly.Table.grow(): The table cannot have so many elements.");
      }
      fillUndefined(table, element, size);
      return fromAddress(size, is64);
    }

    get(index: unknown): unknown {
      const table = tableSlot.require(this);
      return toJSValue(realm, table.getRef(placeIn(table, index)));
    }

    set(index: unknown, ...rest: unknown[]): void {
      const table = tableSlot.require(this);
      const place = placeIn(table, index);
      table.setRef(place, elementFrom(table.type.elementType, rest));
    }
  }
  realm.tables.prototype = Table.prototype;
  return asInterface("Table", 1, Table) as unknown as TableConstructor;
}

/** The element that is given; or, where none is, the default of the type. @throws TypeError */
function elementFrom(elementType: ValType, given: readonly unknown[]): Reference {
  return given.length > 0 ? toReference(given[0], elementType) : defaultValue(elementType).reference;
}

/** The engine takes undefined for no element, and so for null; as one that is given it is itself. */
function fillUndefined(table: TableInstance, element: Reference, from: number): void {
  if (element === undefined) table.fillRefs(undefined, from, table.size - from);
}

/** @throws TypeError for what is no place, or where the elements stay inside; RangeError behind the end */
function placeIn(table: TableInstance, index: unknown): number {
  requireTransparent([table.type.elementType]);
  const place = toAddress(index, table.is64, "The index");
  if (place >= BigInt(table.size)) throw new RangeError(`The table has ${table.size} elements.`);
  return Number(place);
}
