import { ExceptionInstance } from "../store/exception-instance.ts";
import type { Realm } from "./realm.ts";
import { exceptionSlot } from "./slots.ts";
import { isJSTag, requireTag, type Tag } from "./tag.ts";
import { canonicalTypeOf, requireTransparent, toJSValue, toWebAssemblyValue } from "./values.ts";
import { asInterface, dictionary, requireArguments, sequence, toUnsignedLong } from "./web-idl.ts";

/** https://webassembly.github.io/spec/js-api/#exception */
export interface Exception {
  /** Whether it has the tag. */
  is(exceptionTag: Tag): boolean;
  /** A value of its payload. */
  getArg(exceptionTag: Tag, index: number): unknown;
  /** Where it was made, where that was asked for. */
  readonly stack: string | undefined;
}

export interface ExceptionOptions {
  /** Whether it is to keep where it was made. */
  readonly traceStack?: boolean;
}

export type ExceptionConstructor = new (
  exceptionTag: Tag,
  payload: Iterable<unknown>,
  options?: ExceptionOptions,
) => Exception;

/** `WebAssembly.Exception`. */
export function defineException(realm: Realm): ExceptionConstructor {
  const stacks = new WeakMap<object, string | undefined>();

  class Exception {
    constructor(...args: unknown[]) {
      requireArguments(args, 2);
      const [exceptionTag, payload, options] = args;
      const tag = requireTag(exceptionTag);
      const values = sequence(payload, "The payload");
      const { traceStack } = dictionary<"traceStack">(options, "The options of an exception");
      if (isJSTag(tag)) throw new TypeError("JavaScript throws exceptions of JSTag by itself.");
      const { params } = canonicalTypeOf(tag);
      if (values.length !== params.length) {
        throw new TypeError(`The payload has ${values.length} values, and the tag ${params.length}.`);
      }
      const typed = params.map((type, i) => {
        requireTransparent([type]);
        return toWebAssemblyValue(values[i], type);
      });
      realm.exceptions.add(this, new ExceptionInstance(tag, typed));
      if (traceStack) stacks.set(this, new Error().stack);
    }

    getArg(...args: unknown[]): unknown {
      requireArguments(args, 2);
      const [exceptionTag, index] = args;
      const { tag, payload } = exceptionSlot.require(this);
      const wanted = requireTag(exceptionTag);
      const place = toUnsignedLong(index, "The index");
      if (tag !== wanted) throw new TypeError("The exception has another tag.");
      if (place >= payload.length) throw new RangeError(`The payload has ${payload.length} values.`);
      requireTransparent([canonicalTypeOf(tag).params[place]]);
      return toJSValue(realm, payload[place].toValue());
    }

    is(exceptionTag: unknown): boolean {
      const { tag } = exceptionSlot.require(this);
      return tag === requireTag(exceptionTag);
    }

    get stack(): string | undefined {
      exceptionSlot.require(this);
      return stacks.get(this);
    }
  }
  Object.defineProperty(Exception.prototype.getArg, "length", { value: 2, configurable: true });
  realm.exceptions.prototype = Exception.prototype;
  return asInterface("Exception", 2, Exception) as unknown as ExceptionConstructor;
}
