import type { FunctionType } from "../ast/types.ts";
import type { HostFunction } from "./host-function.ts";
import type { ModuleInstance } from "./module-instance.ts";

/**
 * A function of a module instance, or a host function.
 *
 * A wasm function is known by its module and index; what it executes belongs to the module's code, so an instance is made
 * only for functions that are exported, imported, or looked at as references.
 *
 * https://webassembly.github.io/spec/core/exec/runtime.html#function-instances — WasmEdge `FunctionInstance`
 */
export class FunctionInstance {
  /** Type indices in it are those of the defining module. */
  readonly type: FunctionType;
  /** The canonical id of the type: equal ids are equal types across modules. */
  readonly typeId: number;
  /** The module that defines the function; undefined for a host function that is in no module yet. */
  module: ModuleInstance | undefined;
  /** The index in that module's index space of functions. */
  index: number;
  /** For the executor: whether a call of it from outside is seldom over at once. */
  isLong = false;
  /** The host function, undefined for a wasm function. */
  readonly hostFunction: HostFunction | undefined;

  constructor(
    type: FunctionType,
    typeId: number,
    module: ModuleInstance | undefined,
    index: number,
    hostFunction?: HostFunction,
  ) {
    this.type = type;
    this.typeId = typeId;
    this.module = module;
    this.index = index;
    this.hostFunction = hostFunction;
  }

  isHostFunction(): boolean {
    return this.hostFunction !== undefined;
  }

  isWasmFunction(): boolean {
    return this.hostFunction === undefined;
  }

  toString(): string {
    return `function ${this.index}`;
  }
}
