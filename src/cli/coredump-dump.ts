import type { Module } from "../ast/module.ts";
import { WasmEdgeError } from "../common/error.ts";
import { valTypeName } from "../common/value-type.ts";
import type { WasmValue } from "../common/wasm-value.ts";
import { type CoredumpSections, type DumpedFrame, readCoredump } from "../loader/coredump-sections.ts";
import { formatResult } from "./results.ts";

/**
 * The lines of `parse` for the custom sections of a core dump, in the layout of the others; none for a module that is no dump. Custom
 * sections are anybody's, so that what only has the name of one is said, and is no failure.
 */
export function dumpCoredump(module: Module): string[] {
  try {
    const dump = readCoredump(module);
    return dump === undefined ? [] : linesOf(dump);
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    return ["Core dump: malformed", ...error.lines().map((line) => ` - ${line.trim()}`)];
  }
}

function linesOf(dump: CoredumpSections): string[] {
  return [
    `Core dump of ${JSON.stringify(dump.executableName)}:`,
    ...dump.modules.map((name, i) => ` - module[${i}] ${JSON.stringify(name)}`),
    ...dump.instances.map((instance, i) => {
      const memories = instance.memories.map((index) => ` memory[${index}]`);
      const globals = instance.globals.map((index) => ` global[${index}]`);
      return ` - instance[${i}] module=${instance.module}${memories.join("")}${globals.join("")}`;
    }),
    ...dump.threads.flatMap(({ name, frames }) => [
      ` - thread ${JSON.stringify(name)} frames=${frames.length}`,
      ...frames.flatMap(frameLines),
    ]),
  ];
}

function frameLines(frame: DumpedFrame, index: number): string[] {
  const place = `instance=${frame.instance} func=${frame.functionIndex} offset=0x${frame.codeOffset.toString(16)}`;
  return [
    `  - frame[${index}] ${place}`,
    `     locals: ${valuesText(frame.locals)}`,
    `     stack: ${valuesText(frame.stack)}`,
  ];
}

function valuesText(values: readonly (WasmValue | undefined)[]): string {
  if (values.length === 0) return "none";
  return values
    .map((value) => (value === undefined ? "missing" : `${valTypeName(value.type)}=${formatResult(value)}`))
    .join(", ");
}
