import { lazy } from "../common/lazy.ts";
import type { Configure } from "../config/configure.ts";
import { builtInPlugins, optionFault } from "../plugin/plugin.ts";
import type { PluginOption } from "../plugin/plugin-descriptor.ts";
import { type LazyDefinitions, type OptionDefinition, UsageError } from "./option-parser.ts";

/** The options of plugins on the command line, under a heading for each plugin. WasmEdge `Plugin::addPluginOptions`. */

/** Numbers of plugins have 64 bits. */
const MAX_INTEGER = 2n ** 64n - 1n;

function toDefinition(option: PluginOption, group: string): OptionDefinition {
  const { kind, description, metavar = "VALUE" } = option;
  if (kind === "toggle") return { kind, description, group };
  const choices = option.choices === undefined ? "" : ` ${metavar} is one of ${option.choices.join(", ")}.`;
  if (kind === "integer") return { kind, description, group, metavar, max: MAX_INTEGER };
  return { kind, description: description + choices, group, metavar };
}

/** For the commands that link. */
export const pluginOptions: LazyDefinitions = lazy(() =>
  Object.fromEntries(
    builtInPlugins.flatMap(({ name, options = [] }) =>
      options.map((option) => [option.name, toDefinition(option, `PLUGIN ${name}`)] as const),
    ),
  ),
);

/**
 * Sets what was given of the plugins' options.
 * @throws UsageError for a value that is none of an option
 */
export function applyPluginOptions(configure: Configure, values: Readonly<Record<string, unknown>>): void {
  for (const plugin of builtInPlugins) {
    for (const option of plugin.options ?? []) {
      const value = values[option.name] as Parameters<typeof optionFault>[1] | undefined;
      if (value === undefined) continue;
      const fault = optionFault(option, value);
      if (fault !== undefined)
        throw new UsageError(`invalid value for --${option.name}: ${String(value)}`, `${fault.replace("it", "It")}.`);
      configure.setPluginOption(plugin.name, option.name, value);
    }
  }
}
