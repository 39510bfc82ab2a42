import type { MemoryType } from "../../../src/ast/types.ts";
import type { WasmValue } from "../../../src/common/wasm-value.ts";
import { type CoredumpSections, readCoredump } from "../../../src/loader/coredump-sections.ts";
import { Engine } from "../../support/engine.ts";

/** A core dump as its file tells it. */
export interface ReadDump {
  readonly sections: CoredumpSections;
  readonly memories: readonly { readonly type: MemoryType; readonly bytes: Uint8Array }[];
  readonly globals: readonly WasmValue[];
}

/** Loads a core dump, validates it as the module that it is, and makes its memories and globals again. */
export function readBack(bytes: Uint8Array | undefined): ReadDump {
  if (bytes === undefined) throw new Error("there is no core dump");
  const engine = new Engine();
  const module = engine.parse(bytes);
  const sections = readCoredump(module);
  if (sections === undefined) throw new Error("the module has no section named core");
  const instance = engine.instantiate(module);
  return {
    sections,
    memories: instance.memories.map(({ bytes: content }, i) => ({
      type: module.memories[i] as MemoryType,
      bytes: content,
    })),
    globals: instance.globals.map((global) => global.getTypedValue()),
  };
}
