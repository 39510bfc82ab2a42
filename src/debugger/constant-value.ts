import { isRefType, ValType } from "../common/value-type.ts";
import { WasmValue } from "../common/wasm-value.ts";
import type { OperandState } from "../executor/lowering/operands.ts";

/** The value of an operand that is a constant of the code and stands in no register. */
export function constantValue({ type, value, high }: OperandState): WasmValue {
  if (isRefType(type)) return WasmValue.ref(type, null);
  return new WasmValue(type, type === ValType.I32 || type === ValType.F32 ? [value] : [value, high]);
}
