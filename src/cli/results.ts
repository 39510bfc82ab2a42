import { numberText } from "../common/number-text.ts";
import { heapCodeOf, TypeCode, ValType } from "../common/value-type.ts";
import type { WasmValue } from "../common/wasm-value.ts";

/** The hierarchy that a reference belongs to, as WasmEdge prints it. */
function referenceName({ type }: WasmValue): string {
  switch (heapCodeOf(type)) {
    case TypeCode.FuncRef:
    case TypeCode.NullFuncRef:
      return "funcref";
    case TypeCode.ExternRef:
    case TypeCode.NullExternRef:
      return "externref";
    case TypeCode.ExnRef:
    case TypeCode.NullExnRef:
      return "exnref";
    default:
      return "anyref";
  }
}

/** A result of a function as WasmEdge prints it: integers signed, vectors as one unsigned integer. */
export function formatResult(value: WasmValue): string {
  if (value.type === ValType.V128) return String(value.bits128);
  return numberText(value) ?? `<${value.isNullRef() ? "null " : ""}${referenceName(value)}>`;
}
