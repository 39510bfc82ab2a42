import type { FunctionType } from "../ast/types.ts";

/**
 * A tag: its identity tells exceptions apart, its parameters are their payload.
 * https://webassembly.github.io/spec/core/exec/runtime.html#tag-instances — WasmEdge `Runtime::Instance::TagInstance`
 */
export class TagInstance {
  readonly type: FunctionType;
  /** The canonical id of the function type. */
  readonly typeId: number;

  constructor(type: FunctionType, typeId: number) {
    this.type = type;
    this.typeId = typeId;
  }
}
