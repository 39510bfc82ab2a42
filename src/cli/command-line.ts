import { Plugin } from "../plugin/plugin.ts";
import { type AnyCommand, commands, defaultCommand } from "./commands.ts";
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

/** Options may stand before the name of a command, as far as the command knows them; WasmEdge ignores them there. */
function choose(args: readonly string[]): Choice {
  const first = scanOptions(defaultCommand.definitions, args);
  const name = first.positionals[0] ?? "";
  const chosen = first.ended ? undefined : commands.get(name);
  if (chosen === undefined) return { command: defaultCommand, scan: first };
  for (const { name: option } of first.occurrences) {
    if (!Object.hasOwn(chosen.definitions, option)) throw new UsageError(`option --${option} is none of ${name}'s`);
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
    const { command, scan } = choose(args);
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
