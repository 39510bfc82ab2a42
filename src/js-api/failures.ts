import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { ValType } from "../common/value-type.ts";
import { ExceptionInstance, WasmException } from "../store/exception-instance.ts";
import type { NativeErrorConstructor } from "./error-classes.ts";
import type { Realm } from "./realm.ts";
import { Slot } from "./slot.ts";
import { exceptionSlot } from "./slots.ts";
import { isJSTag, jsTag } from "./tag.ts";
import { toJSValue, toWebAssemblyValue } from "./values.ts";

/**
 * How what goes wrong inside comes out, and what is thrown outside goes in.
 * https://webassembly.github.io/spec/js-api/#errors
 */

/** Errors that a trap became: wasm cannot catch them, and so they go through it as that trap, and come out as they were. */
const traps: Slot<WasmEdgeError> = new Slot("trap");
const errorsOfTraps = new WeakMap<WasmEdgeError, Error>();

/** What the engine says, and where in the module. */
function messageOf({ message, context }: WasmEdgeError, where: string): string {
  const place = context.find((entry) => entry.kind === "loading" || entry.kind === "instruction");
  return place === undefined ? `${where}: ${message}` : `${where}: ${message} @+${place.offset}`;
}

/** An error of one of the specification's classes; its cause is the engine's, with code and place. */
export function errorOf(Class: NativeErrorConstructor, where: string, cause: WasmEdgeError): Error {
  return new Class(messageOf(cause, where), { cause });
}

/** What a run that failed throws into JavaScript. */
export function thrownOut(realm: Realm, error: unknown): unknown {
  if (!(error instanceof WasmEdgeError)) return error;
  if (error instanceof WasmException) {
    const { exception } = error;
    if (!isJSTag(exception.tag)) return realm.exceptions.objectOf(exception);
    return toJSValue(realm, exception.payload[0].toValue());
  }
  // What a host function has thrown that is none of this interface's.
  if (error.code === ErrCode.HostFuncError && "cause" in error) return error.cause;
  const known = errorsOfTraps.get(error);
  if (known !== undefined) return known;
  const trap = errorOfTrap(realm, error);
  traps.set(trap, error);
  errorsOfTraps.set(error, trap);
  return trap;
}

function errorOfTrap(realm: Realm, error: WasmEdgeError): Error {
  switch (error.code) {
    case ErrCode.CallStackExhausted:
    case ErrCode.ValueStackExhausted:
      return new RangeError("Maximum call stack size exceeded");
    default:
      return new realm.RuntimeError(error.message, { cause: error });
  }
}

/** What a host function that throws `thrown` makes the engine throw: a trap again, an exception, or one with JavaScript's tag. */
export function thrownInto(thrown: unknown): WasmEdgeError {
  const trap = traps.of(thrown);
  if (trap !== undefined) return trap;
  const exception = exceptionSlot.of(thrown);
  if (exception !== undefined) return new WasmException(exception);
  return new WasmException(new ExceptionInstance(jsTag(), [toWebAssemblyValue(thrown, ValType.ExternRef)]));
}
