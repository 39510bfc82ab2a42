import { fail } from "./error.ts";
import { ErrCode } from "./error-code.ts";
import { type Class, isInstance, isList } from "./host-values.ts";

/**
 * What embedders hand over who write JavaScript, or a cast: TypeScript's types say what it has to be, and here it is refused where it
 * is something else, before anything has happened, in place of a TypeError from the depths.
 */

/** What a value is, for the text of a refusal: nothing of the value's own is asked, since that may fail. */
export function kindText(value: unknown): string {
  if (value === null || value === undefined) return `${value}`;
  if (isList(value)) return "a list";
  const type = typeof value;
  if (type === "number" || type === "bigint" || type === "boolean") return `${value}`;
  return type === "object" ? "an object" : `a ${type}`;
}

/** @throws RuntimeError: `what` must be `wanted` */
export function refuseArgument(what: string, wanted: string, value: unknown): never {
  fail(ErrCode.RuntimeError, { kind: "note", text: `${what} must be ${wanted} , Got: ${kindText(value)}` });
}

/** @throws RuntimeError */
export function requireText(what: string, value: string): string {
  if (typeof value !== "string") refuseArgument(what, "a string", value);
  return value;
}

/** @throws RuntimeError */
export function requireFunction<F extends (...args: never[]) => unknown>(what: string, value: F): F {
  if (typeof value !== "function") refuseArgument(what, "a function", value);
  return value;
}

/** @throws RuntimeError for anything but an array */
export function requireList<L extends readonly unknown[]>(what: string, value: L): L {
  if (!isList(value)) refuseArgument(what, "a list", value);
  return value;
}

/** @throws RuntimeError */
export function requireBytes(what: string, value: Uint8Array): Uint8Array {
  if (!isInstance(value, Uint8Array)) refuseArgument(what, "a Uint8Array", value);
  return value;
}

/** @throws RuntimeError for what has no properties */
export function requireObject<T extends object>(what: string, value: T): T {
  if (typeof value !== "object" || value === null) refuseArgument(what, "an object", value);
  return value;
}

/** @param name of the class, for the text, which a bundler may have renamed @throws RuntimeError */
export function requireKind<T>(what: string, value: T, kind: Class<T>, name: string): T {
  if (!isInstance(value, kind)) refuseArgument(what, `a ${name}`, value);
  return value;
}
