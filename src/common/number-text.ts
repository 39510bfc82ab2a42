import { formatFloat32, formatFloat64 } from "./float-text.ts";
import { ValType } from "./value-type.ts";
import type { WasmValue } from "./wasm-value.ts";

/** A number as WasmEdge prints it: integers signed, floats by the fewest digits; undefined for vectors and references. */
export function numberText(value: WasmValue): string | undefined {
  const [low = 0, high = 0] = value.words;
  switch (value.type) {
    case ValType.I32:
      return String(value.toI32());
    case ValType.I64:
      return String(value.toI64());
    case ValType.F32:
      return formatFloat32(low);
    case ValType.F64:
      return formatFloat64(low, high);
    default:
      return undefined;
  }
}
