import type { ExceptionInstance } from "../store/exception-instance.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { GlobalInstance } from "../store/global-instance.ts";
import type { MemoryInstance } from "../store/memory-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { TableInstance } from "../store/table-instance.ts";
import type { TagInstance } from "../store/tag-instance.ts";
import type { CompiledModule } from "./compile.ts";
import { Slot } from "./slot.ts";

/** The internal slots of the specification's objects, with what they hold of the engine. */

export const moduleSlot: Slot<CompiledModule> = new Slot("WebAssembly.Module");
export const instanceSlot: Slot<{ readonly instance: ModuleInstance; readonly exports: object }> = new Slot(
  "WebAssembly.Instance",
);
export const memorySlot: Slot<MemoryInstance> = new Slot("WebAssembly.Memory");
export const tableSlot: Slot<TableInstance> = new Slot("WebAssembly.Table");
export const globalSlot: Slot<GlobalInstance> = new Slot("WebAssembly.Global");
export const tagSlot: Slot<TagInstance> = new Slot("WebAssembly.Tag");
export const exceptionSlot: Slot<ExceptionInstance> = new Slot("WebAssembly.Exception");
/** An Exported Function's. https://webassembly.github.io/spec/js-api/#exported-function-exotic-objects */
export const functionSlot: Slot<FunctionInstance> = new Slot("exported WebAssembly function");
