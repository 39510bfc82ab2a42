import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { type Value, WasmValue } from "../common/wasm-value.ts";
import type { TagInstance } from "./tag-instance.ts";

/**
 * An exception that was thrown: its tag and payload. An exnref is a reference to one, and throwing it again keeps it the same.
 * https://webassembly.github.io/spec/core/exec/runtime.html#exception-instances — WasmEdge `ExceptionInstance`
 */
export class ExceptionInstance {
  readonly tag: TagInstance;
  /** One value for each parameter of the tag. */
  readonly payload: readonly WasmValue[];

  constructor(tag: TagInstance, payload: readonly WasmValue[]) {
    this.tag = tag;
    this.payload = payload;
  }

  toString(): string {
    return "exception";
  }
}

/**
 * A wasm exception on its way through JavaScript: what a call from outside ends with when nothing in wasm catches the
 * exception. A host function that calls wasm may catch it, and one that throws it throws the exception into its caller.
 * WasmEdge's host functions can do neither.
 */
export class WasmException extends WasmEdgeError {
  readonly exception: ExceptionInstance;

  constructor(exception: ExceptionInstance) {
    super(ErrCode.UncaughtException);
    this.name = "WasmException";
    this.exception = exception;
  }

  /**
   * An exception for a host function to throw.
   * @param payload one value for each parameter of the tag, natural or typed
   * @throws FuncSigMismatch where count or types are not the tag's
   */
  static of(tag: TagInstance, payload: readonly (Value | WasmValue)[] = []): WasmException {
    const { params } = tag.type;
    const typed = params.map((param, i) => WasmValue.of(param, payload[i]));
    if (payload.length !== params.length || typed.includes(undefined)) {
      throw new WasmEdgeError(ErrCode.FuncSigMismatch);
    }
    return new WasmException(new ExceptionInstance(tag, typed as WasmValue[]));
  }
}
