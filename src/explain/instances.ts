import { externalKinds } from "../common/external.ts";
import { typedText } from "../debugger/text.ts";
import { readNameSection } from "../loader/name-section.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { Instantiation } from "./explanation.ts";
import { functionTypeText, indexText, memoryTypeText, shortened, tableTypeText } from "./sections.ts";

/** Functions of an instance that are shown; the others are counted. */
const SHOWN_FUNCTIONS = 12;

/** What the executor has made of a module. */
export function explainInstances(instance: ModuleInstance): Instantiation {
  const { source, functionCount } = instance;
  if (source === undefined) throw new Error("BUG: a host module is not explained");
  const names = readNameSection(source);
  const shown = Array.from({ length: Math.min(functionCount, SHOWN_FUNCTIONS) }, (_, i) => {
    const { type, hostFunction, module } = instance.getFunction(i);
    const from = module === instance ? "" : hostFunction === undefined ? ", of another module" : ", of the host";
    return `${indexText(names, "function", i)}: ${functionTypeText(type)}${from}`;
  });
  const more = functionCount > shown.length ? [`and ${functionCount - shown.length} more`] : [];
  return {
    functions: [...shown, ...more],
    tables: instance.tables.map((table, i) => `${indexText(names, "table", i)}: ${tableTypeText(table.type)}`),
    memories: instance.memories.map((memory, i) => {
      return `${indexText(names, "memory", i)}: ${memoryTypeText(memory.type)}, ${memory.byteLength} bytes`;
    }),
    globals: instance.globals.map(
      (global, i) => `${indexText(names, "global", i)}: ${typedText(global.getTypedValue())}`,
    ),
    exports: shortened(
      externalKinds.flatMap((kind) => instance.exportNames(kind).map((name) => `${JSON.stringify(name)}: a ${kind}`)),
    ),
    start: source.start === undefined ? undefined : indexText(names, "function", source.start),
  };
}
