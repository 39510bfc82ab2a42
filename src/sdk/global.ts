import type { GlobalType } from "../ast/types.ts";
import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { isInstance } from "../common/host-values.ts";
import { isRefType } from "../common/value-type.ts";
import { type Value, WasmValue } from "../common/wasm-value.ts";
import { GlobalInstance } from "../store/global-instance.ts";
import { ModifyConst, UnmatchedValType } from "./errors.ts";
import { fromCore } from "./func.ts";
import { referenceFor } from "./references.ts";
import { globalType, type Mutability, type ValueTypeLike } from "./value-types.ts";

/** A global variable. Rust SDK `Global`. */
export class Global {
  /** The core's instance. */
  readonly inner: GlobalInstance;

  constructor(inner: GlobalInstance) {
    this.inner = inner;
  }

  /**
   * A new global, for an import object.
   * @throws UnmatchedValType where `value` is not of the type; NonNullRequired for null where the type allows none
   */
  static create(type: ValueTypeLike, mutability: Mutability, value: Value | WasmValue): Global {
    const wanted = globalType(type, mutability);
    return translated(() => new Global(new GlobalInstance(wanted, valueFor(wanted, value))));
  }

  get type(): GlobalType {
    return this.inner.type;
  }

  /** The value in the form natural to JavaScript; a function as `Func`. */
  getValue(): Value {
    return fromCore(this.inner.getValue());
  }

  /** The value with its exact bits. */
  getTypedValue(): WasmValue {
    return this.inner.getTypedValue();
  }

  /**
   * @throws ModifyConst for a constant; UnmatchedValType where `value` is not of the type; NonNullRequired for null where
   *   the type allows none
   */
  setValue(value: Value | WasmValue): void {
    if (!this.type.mutable) throw new ModifyConst();
    translated(() => this.inner.setValue(valueFor(this.type, value)));
  }
}

/** A value in the core's form; the core checks numbers, and of references only that they are some. */
function valueFor({ valType }: GlobalType, value: Value | WasmValue): Value | WasmValue {
  if (!isRefType(valType)) return value;
  if (!isInstance(value, WasmValue)) return referenceFor(valType, value);
  return isRefType(value.type) ? WasmValue.ref(valType, referenceFor(valType, value.reference)) : value;
}

/** Turns the core's errors into the SDK's. */
function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    if (error.code === ErrCode.SetValueErrorType || error.code === ErrCode.RefTypeMismatch) {
      throw new UnmatchedValType();
    }
    throw error;
  }
}
