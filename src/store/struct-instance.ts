import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Reference, WasmValue } from "../common/wasm-value.ts";
import { CompositeInstance } from "./composite-instance.ts";
import { readEntries, structLayout } from "./composite-layout.ts";

/**
 * A struct: made by wasm code, a reference to be handed on for the host.
 * https://webassembly.github.io/spec/core/exec/runtime.html#structure-instances — WasmEdge `Runtime::Instance::StructInstance`
 */
export class StructInstance extends CompositeInstance {
  /**
   * The fields one after the other, each in as many entries as its storage takes: bits of numbers as 32-bit integers,
   * references as they are. `structLayout` tells the places.
   */
  readonly fields: Reference[];

  /** For the executor. @param fields as the type's layout has them */
  constructor(typeId: number, fields: Reference[]) {
    super(typeId);
    this.fields = fields;
  }

  /** The number of fields. */
  get fieldCount(): number {
    return structLayout(this.typeId).types.length;
  }

  /** The value of a field with its exact bits; a packed one as unsigned i32. @throws WrongInstanceIndex where there is none */
  getField(index: number): WasmValue {
    const { types, entries } = structLayout(this.typeId);
    if (types[index] === undefined) {
      fail(ErrCode.WrongInstanceIndex, { kind: "index", category: "field", index, bound: types.length });
    }
    return readEntries(this.fields, entries[index], types[index]);
  }

  override toString(): string {
    return "struct";
  }
}
