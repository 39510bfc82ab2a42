import { Plugin } from "../plugin/plugin.ts";
import type { AnyCommand } from "./command.ts";
import { commandNames } from "./command-names.ts";
import { defaultCommand } from "./default-command.ts";
import { ExitStatus } from "./exit-status.ts";
import { helpText, usageText, versionText } from "./help.ts";
import { applyLogLevel, installLogger, writeText } from "./logger.ts";
import { type Scan, scanOptions, UsageError } from "./option-parser.ts";

/** Reads the command line and hands over to a command. */

/** How the command line shows itself. */
export interface Appearance {
  /** The program's name in texts. */
  readonly program: string;
  /** Whether log levels are coloured. Asked at the first line of the log: to find out costs more than to print it. */
  readonly colour: () => boolean;
}

/** The command that is meant, and its arguments. */
interface Choice {
  readonly command: AnyCommand;
  readonly scan: Scan;
}

/** @returns undefined for a name that no command has */
async function commandOf(name: string): Promise<AnyCommand | undefined> {
  if (name === "run") return defaultCommand;
  if (!commandNames.some((known) => known === name)) return undefined;
  return (await import("./commands.ts")).commands.get(name);
}

/** Options may stand before the name of a command, as far as the command knows them; WasmEdge ignores them there. */
async function choose(args: readonly string[]): Promise<Choice> {
  const first = scanOptions(defaultCommand.definitions, args);
  const name = first.positionals[0] ?? "";
  const chosen = first.ended ? undefined : await commandOf(name);
  if (chosen === undefined) return { command: defaultCommand, scan: first };
  for (const { name: option } of first.occurrences) {
    if (!Object.hasOwn(chosen.definitions(), option)) throw new UsageError(`option --${option} is none of ${name}'s`);
  }
  const second = scanOptions(chosen.definitions, first.positionals.slice(1));
  return {
    command: chosen,
    scan: { ...second, occurrences: [...first.occurrences, ...second.occurrences] },
  };
}

/**
 * Runs a command line.
 * @param args without the program's own name
 * @returns the exit status
 */
export async function runCommandLine(args: readonly string[], appearance: Appearance): Promise<number> {
  installLogger(appearance.colour);
  Plugin.loadFromDefaultPaths();
  try {
    const { command, scan } = await choose(args);
    const given = (name: string): boolean => scan.occurrences.some((occurrence) => occurrence.name === name);
    if (given("help")) {
      writeText(1, helpText(appearance.program, command));
      return ExitStatus.Success;
    }
    if (given("version")) {
      writeText(1, versionText(appearance.program));
      return ExitStatus.Success;
    }
    const [path, ...rest] = scan.positionals;
    if (path === undefined) {
      writeText(2, usageText(appearance.program, command));
      return ExitStatus.Failure;
    }
    applyLogLevel(scan.occurrences.filter(({ name }) => name === "log-level").pop()?.value);
    return await command.runWith(scan.occurrences, path, rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    writeText(2, `${error.message}\n${error.hint === undefined ? "" : `${error.hint}\n`}`);
    return ExitStatus.Failure;
  }
}
