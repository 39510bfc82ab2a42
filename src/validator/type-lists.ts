import type { FunctionType } from "../ast/types.ts";
import { TypeCode, type ValType } from "../common/value-type.ts";

/**
 * Lists of value types, as a place in one array each: the parameters and results of a module's functions and blocks. So the
 * control stack is of numbers alone, and two lists that stand at one place are equal without being walked.
 */
export class TypeLists {
  /** At the place of a list: its length, then its types. */
  types: Int32Array = new Int32Array(0);
  private used = 0;
  private readonly places = new Map<readonly ValType[], number>();
  private readonly lists = new Map<number, readonly ValType[]>();
  private readonly singles = new Map<ValType, readonly ValType[]>();
  /** Per type index: the places of parameters and of results; -1 where it is no function type. */
  readonly signatures: Int32Array;

  /** @param functionTypes per type index: the function type, or undefined where it is another type */
  constructor(functionTypes: readonly (FunctionType | undefined)[]) {
    // Set for the second time: V8 takes a field that nobody has set twice for constant in the code that it makes, and throws
    // that code away when a module of many types sets it again.
    this.types = new Int32Array(256);
    this.add([]);
    for (let code: ValType = TypeCode.I32; code >= TypeCode.V128; code--) this.placeOf(this.single(code));
    this.signatures = new Int32Array(2 * functionTypes.length).fill(-1);
    functionTypes.forEach((type, i) => {
      if (type === undefined) return;
      this.signatures[2 * i] = this.placeOf(type.params);
      this.signatures[2 * i + 1] = this.placeOf(type.results);
    });
  }

  /** The place of a list; lists without types share place 0. @param list the same array each time */
  placeOf(list: readonly ValType[]): number {
    return list.length === 0 ? 0 : (this.places.get(list) ?? this.add(list));
  }

  private add(list: readonly ValType[]): number {
    const place = this.used;
    this.used = place + 1 + list.length;
    while (this.used > this.types.length) {
      const types = new Int32Array(2 * this.types.length);
      types.set(this.types);
      this.types = types;
    }
    this.types[place] = list.length;
    this.types.set(list, place + 1);
    this.places.set(list, place);
    this.lists.set(place, list);
    return place;
  }

  /** The list at a place. */
  listAt(place: number): readonly ValType[] {
    return this.lists.get(place) as readonly ValType[];
  }

  /** The list of one type; the same list each time, so that a block with a result need not make one. */
  single(type: ValType): readonly ValType[] {
    let list = this.singles.get(type);
    if (list === undefined) {
      list = [type];
      this.singles.set(type, list);
    }
    return list;
  }
}

/** The place of the list of one number type, or of v128. */
export function placeOfSingle(type: ValType): number {
  return 1 + 2 * (TypeCode.I32 - type);
}
