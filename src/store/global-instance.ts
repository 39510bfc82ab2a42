import type { GlobalType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { isNullableRefType, isRefType } from "../common/value-type.ts";
import { type Reference, type Value, WasmValue, wordCount } from "../common/wasm-value.ts";
import { LATER } from "./later.ts";
import { requireReference } from "./reference-check.ts";

/**
 * A global. The bits of a number stand in `cells` from `cell` on, four words a global: the globals that a module defines
 * share one array, which the run loop reads directly. A reference stands in `reference`.
 *
 * https://webassembly.github.io/spec/core/exec/runtime.html#global-instances — WasmEdge `Runtime::Instance::GlobalInstance`
 */
export class GlobalInstance {
  readonly type: GlobalType;
  readonly cells: Int32Array;
  readonly cell: number;
  reference: Reference = null;

  /**
   * @param value natural or typed; absent: zero or null; `LATER` where `initialize` follows
   * @param cells where the bits stand; absent: an array of its own
   * @throws SetValueErrorType, RefTypeMismatch or NonNullRequired where `value` is none of `type`
   */
  constructor(type: GlobalType, value?: Value | WasmValue, cells: Int32Array = new Int32Array(4), cell = 0) {
    this.type = type;
    this.cells = cells;
    this.cell = cell;
    if (value === LATER) return;
    if (value !== undefined) this.initialize(value);
    else if (isRefType(type.valType) && !isNullableRefType(type.valType)) fail(ErrCode.NonNullRequired);
  }

  /** Sets the value, of a constant too: for the executor's use at instantiation. */
  initialize(value: Value | WasmValue): void {
    const { valType } = this.type;
    const typed = WasmValue.of(valType, value);
    if (typed === undefined || (typed.type !== valType && !isRefType(valType))) fail(ErrCode.SetValueErrorType);
    if (isRefType(valType)) {
      if (!isRefType(typed.type)) fail(ErrCode.RefTypeMismatch);
      requireReference(typed.reference, valType);
      this.reference = typed.reference;
      return;
    }
    for (let i = 0; i < wordCount(valType); i++) this.cells[this.cell + i] = typed.words[i];
  }

  /** The value with its exact bits. */
  getTypedValue(): WasmValue {
    const { valType } = this.type;
    if (isRefType(valType)) return WasmValue.ref(valType, this.reference);
    return new WasmValue(valType, Array.from(this.cells.subarray(this.cell, this.cell + wordCount(valType))));
  }

  getValue(): Value {
    return this.getTypedValue().toValue();
  }

  /** @throws SetValueToConst, SetValueErrorType, RefTypeMismatch, NonNullRequired */
  setValue(value: Value | WasmValue): void {
    if (!this.type.mutable) fail(ErrCode.SetValueToConst);
    this.initialize(value);
  }
}
