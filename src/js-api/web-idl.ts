import { isSharedBuffer } from "../common/host.ts";

/**
 * What Web IDL does for the interfaces of the specification: how arguments become values, and what constructors look like.
 * https://webidl.spec.whatwg.org/#js-type-mapping
 */

type Constructor = abstract new (...args: never[]) => object;

/**
 * Makes a class look like a Web IDL interface: its members can be enumerated, and its objects tell its name.
 * @param length how many arguments its constructor must have
 */
export function asInterface<C extends Constructor>(name: string, length: number, interfaceObject: C): C {
  defineHidden(interfaceObject, "name", name);
  defineHidden(interfaceObject, "length", length);
  enumerateMembers(interfaceObject.prototype as object, ["constructor"]);
  enumerateMembers(interfaceObject, ["name", "length", "prototype"]);
  defineHidden(interfaceObject.prototype as object, Symbol.toStringTag, `WebAssembly.${name}`);
  return interfaceObject;
}

/** Defines a property as those of built-in functions are: it cannot be enumerated or written, but configured. */
export function defineHidden(object: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(object, key, { value, configurable: true, enumerable: false, writable: false });
}

function enumerateMembers(object: object, besides: readonly PropertyKey[]): void {
  for (const key of Reflect.ownKeys(object)) {
    if (!besides.includes(key)) Object.defineProperty(object, key, { enumerable: true });
  }
}

/** Looks at whether the arguments that must be given are. @throws TypeError */
export function requireArguments(args: readonly unknown[], count: number): void {
  if (args.length < count) throw new TypeError(`At least ${count} arguments are wanted, and there are ${args.length}.`);
}

/** A dictionary: null and undefined are the empty one. @param what for errors @throws TypeError where it is no object */
export function dictionary<K extends string>(value: unknown, what: string): Readonly<Partial<Record<K, unknown>>> {
  if (value === undefined || value === null) return {} as Readonly<Partial<Record<K, unknown>>>;
  if (typeof value !== "object" && typeof value !== "function") throw new TypeError(`${what} must be an object.`);
  return value as Readonly<Partial<Record<K, unknown>>>;
}

/** One of some strings. @throws TypeError */
export function enumeration<T extends string>(value: unknown, values: readonly T[], what: string): T {
  const text = toText(value);
  const found = values.find((known) => known === text);
  if (found === undefined) throw new TypeError(`${what} must be one of ${values.join(", ")}, and is ${text}.`);
  return found;
}

/** ToString. @throws TypeError for a symbol, and what `toString` throws */
export function toText(value: unknown): string {
  return `${value as string}`;
}

/** A string without halves of surrogate pairs. */
export function toScalarText(value: unknown): string {
  return toText(value).replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]/g, (found) =>
    found.length === 2 ? found : "\uFFFD",
  );
}

/** The values of an iterable object. @throws TypeError where it is none */
export function sequence(value: unknown, what: string): unknown[] {
  if (typeof value !== "object" && typeof value !== "function") throw new TypeError(`${what} must be iterable.`);
  return valuesOf(value, what);
}

/** The values of whatever has an iterator, which is looked for once. @throws TypeError where there is none */
export function valuesOf(value: unknown, what: string): unknown[] {
  const method = (value as Iterable<unknown> | null | undefined)?.[Symbol.iterator] as unknown;
  if (typeof method !== "function") throw new TypeError(`${what} must be iterable.`);
  return Array.from({ [Symbol.iterator]: () => Reflect.apply(method, value, []) as Iterator<unknown> });
}

/** A whole number from 0 to 2^32 - 1: `[EnforceRange] unsigned long`. @throws TypeError */
export function toUnsignedLong(value: unknown, what: string): number {
  // Unary plus, since `Number` would take a bigint.
  const number = Math.trunc(+(value as number));
  if (!(number >= 0 && number <= 0xffff_ffff)) {
    throw new TypeError(`${what} must be a number from 0 to ${0xffff_ffff}.`);
  }
  return number + 0;
}

/** A size or place in a memory or table. https://webassembly.github.io/spec/js-api/#abstract-opdef-addressvaluetou64 */
export function toAddress(value: unknown, is64: boolean, what: string): bigint {
  if (!is64) return BigInt(toUnsignedLong(value, what));
  const address = toBigInt(value);
  if (BigInt.asUintN(64, address) !== address) throw new TypeError(`${what} must be a bigint from 0 to 2 ** 64 - 1.`);
  return address;
}

/** ToBigInt, which takes no numbers, as `BigInt` does; of what is no bigint itself, as many bits as anybody might write. */
function toBigInt(value: unknown): bigint {
  return typeof value === "bigint" ? value : BigInt.asIntN(1024, value as bigint);
}

/** The same the other way. https://webassembly.github.io/spec/js-api/#abstract-opdef-u64toaddressvalue */
export function fromAddress(address: number | bigint, is64: boolean): number | bigint {
  return is64 ? BigInt(address) : Number(address);
}

const arrayBufferLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get;

/** Whether it is one, of whatever realm, and not only called so. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  try {
    arrayBufferLength?.call(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * A copy of the bytes of a buffer or a view of one.
 * @throws TypeError for anything else
 */
export function copyOfBytes(value: unknown): Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  if (isArrayBuffer(value) || isSharedBuffer(value)) return new Uint8Array(value).slice();
  throw new TypeError("The bytes of a module are in an ArrayBuffer or a view of one.");
}
