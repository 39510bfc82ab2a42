import { defineHidden } from "./web-idl.ts";

/** A class of errors like the language's own: it can be called without `new`. */
export interface NativeErrorConstructor {
  new (message?: string, options?: { readonly cause?: unknown }): Error;
  (message?: string, options?: { readonly cause?: unknown }): Error;
  readonly prototype: Error;
}

/**
 * `CompileError`, `LinkError`, `RuntimeError`.
 * https://webassembly.github.io/spec/js-api/#error-objects
 */
export function defineError(name: string): NativeErrorConstructor {
  // A class could not be called; `new.target` says for whose prototype the error is.
  function constructError(...args: unknown[]): Error {
    const [message, options] = args as [string?, { readonly cause?: unknown }?];
    const error = Reflect.construct(
      Error,
      message === undefined ? [] : [message],
      new.target ?? constructError,
    ) as Error;
    // Engines of before ECMAScript 2022 have no such option.
    if (typeof options === "object" && options !== null && "cause" in options) {
      Object.defineProperty(error, "cause", { value: options.cause, configurable: true, writable: true });
    }
    return error;
  }
  Object.setPrototypeOf(constructError, Error);
  const prototype = Object.create(Error.prototype) as object;
  const hidden = { configurable: true, enumerable: false, writable: true };
  Object.defineProperty(prototype, "constructor", { ...hidden, value: constructError });
  Object.defineProperty(prototype, "name", { ...hidden, value: name });
  Object.defineProperty(prototype, "message", { ...hidden, value: "" });
  Object.defineProperty(constructError, "prototype", { value: prototype, writable: false });
  defineHidden(constructError, "name", name);
  defineHidden(constructError, "length", 1);
  return constructError as unknown as NativeErrorConstructor;
}
