import { lazy } from "../common/lazy.ts";
import type { Command } from "./help.ts";
import {
  type LazyDefinitions,
  type OptionDefinitions,
  type OptionValues,
  optionValues,
  type Scan,
  UsageError,
} from "./option-parser.ts";
import { pluginOptions } from "./plugin-options.ts";

/** What a command is: what it takes, how `--help` shows it, and what runs it. */

interface ExecutableCommand<D extends OptionDefinitions> extends Command {
  readonly definitions: LazyDefinitions<D>;
  /** Whether it links, so that it takes the plugins' options too. */
  readonly links?: true;
  /** Whether nothing may stand behind FILE. */
  readonly takesNoArguments?: true;
  /** @returns the exit status */
  run(values: OptionValues<D>, path: string, args: readonly string[]): Promise<number>;
}

/** Hides a command's own options from what treats all commands alike. */
export interface AnyCommand extends Command {
  /** @returns the exit status @throws UsageError for values that are none */
  runWith(occurrences: Scan["occurrences"], path: string, args: readonly string[]): Promise<number>;
}

export function command<D extends OptionDefinitions>(definition: ExecutableCommand<D>): AnyCommand {
  const own = definition.definitions;
  const definitions = definition.links ? lazy((): D => ({ ...own(), ...pluginOptions() })) : own;
  return {
    ...definition,
    definitions,
    runWith: (occurrences, path, args) => {
      const values = optionValues(definitions, occurrences);
      if (definition.takesNoArguments && args[0] !== undefined) {
        throw new UsageError(`unexpected argument: ${args[0]}`, "Options stand before FILE, and nothing behind it.");
      }
      return definition.run(values, path, args);
    },
  };
}
