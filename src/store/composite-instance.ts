/**
 * What structs and arrays have in common: an identity, and their type. The host's collector collects them, as soon as neither
 * a module nor the host refers to them; WasmEdge keeps each one until its module goes.
 *
 * https://webassembly.github.io/spec/core/exec/runtime.html#aggregate-instances — WasmEdge `Runtime::Instance::CompositeBase`
 */
export abstract class CompositeInstance {
  /** The canonical id of the type. */
  readonly typeId: number;

  constructor(typeId: number) {
    this.typeId = typeId;
  }
}
