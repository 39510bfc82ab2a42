/**
 * An internal slot of the specification: what an object has besides its properties, and nobody else can see or forge.
 * All `WebAssembly` objects share the slots, so that one takes what another has made.
 */
export class Slot<T> {
  private readonly values = new WeakMap<object, T>();
  private readonly owner: string;

  /** @param owner what has the slot, for errors: "WebAssembly.Memory" */
  constructor(owner: string) {
    this.owner = owner;
  }

  set(object: object, value: T): void {
    this.values.set(object, value);
  }

  /** The slot's value; undefined where `value` is no object that has the slot. */
  of(value: unknown): T | undefined {
    return isObject(value) ? this.values.get(value) : undefined;
  }

  /** @throws TypeError where `value` is no object that has the slot */
  require(value: unknown): T {
    const found = this.of(value);
    if (found === undefined) throw new TypeError(`This is no ${this.owner}.`);
    return found;
  }
}

/** Whether a value is an object of the language, a function included. */
export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
