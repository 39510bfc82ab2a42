import { log } from "../common/log.ts";
import { refuseUnbuilt } from "./configuration.ts";
import { ExitStatus } from "./exit-status.ts";
import { type Command, helpText, usageText, versionText } from "./help.ts";
import { applyLogLevel, installLogger, writeText } from "./logger.ts";
import { parseCommand, validateCommand } from "./module-commands.ts";
import {
  type OptionDefinitions,
  type OptionValues,
  optionValues,
  type Scan,
  scanOptions,
  UsageError,
} from "./option-parser.ts";
import { compileOptions, linkOptions, moduleOptions, runOptions } from "./options.ts";
import { instantiateCommand, runCommand } from "./run-command.ts";

/** Reads the command line and hands over to a command. */

/** How the command line shows itself. */
export interface Appearance {
  /** The program's name in texts. */
  readonly program: string;
  /** Colours log levels. */
  readonly colour: boolean;
}

interface ExecutableCommand<D extends OptionDefinitions> extends Command {
  readonly definitions: D;
  /** @returns the exit status */
  run(values: OptionValues<D>, path: string, args: readonly string[]): Promise<number>;
}

/** Hides a command's own options from what treats all commands alike. */
interface AnyCommand extends Command {
  /** @returns the exit status @throws UsageError for values that are none */
  runWith(occurrences: Scan["occurrences"], path: string, args: readonly string[]): Promise<number>;
}

function command<D extends OptionDefinitions>(definition: ExecutableCommand<D>): AnyCommand {
  return {
    usage: definition.usage,
    summary: definition.summary,
    definitions: definition.definitions,
    runWith: (occurrences, path, args) => {
      const values = optionValues(definition.definitions, occurrences);
      refuseUnbuilt(values);
      return definition.run(values, path, args);
    },
  };
}

const run = command({
  usage: "[run] [OPTIONS] [--] FILE [ARG...]",
  summary:
    "Runs a WebAssembly module: its _start function, or with --reactor, and where there is no _start, the exported function that the first ARG names. Other commands: parse, validate, instantiate; COMMAND --help tells about each. FILE is a binary module, or text (.wat) where the package watr is installed.",
  definitions: runOptions,
  run: runCommand,
});

const commands: ReadonlyMap<string, AnyCommand> = new Map([
  ["run", run],
  [
    "parse",
    command({
      usage: "parse [OPTIONS] [--] FILE",
      summary: "Loads a module and prints its sections.",
      definitions: moduleOptions,
      run: parseCommand,
    }),
  ],
  [
    "validate",
    command({
      usage: "validate [OPTIONS] [--] FILE",
      summary: "Loads and validates a module.",
      definitions: moduleOptions,
      run: validateCommand,
    }),
  ],
  [
    "instantiate",
    command({
      usage: "instantiate [OPTIONS] [--] FILE",
      summary: "Loads, validates and instantiates a module; its start function runs.",
      definitions: linkOptions,
      run: instantiateCommand,
    }),
  ],
  [
    "compile",
    command({
      usage: "compile [OPTIONS] [--] FILE OUTPUT",
      summary: "Compilation is not supported.",
      definitions: compileOptions,
      run: () => {
        log.error("Compilation is not supported!");
        return Promise.resolve(ExitStatus.Failure);
      },
    }),
  ],
]);

/** The command that is meant, and its arguments. */
interface Choice {
  readonly command: AnyCommand;
  readonly scan: Scan;
}

/** Options may stand before the name of a command, as far as the command knows them; WasmEdge ignores them there. */
function choose(args: readonly string[]): Choice {
  const first = scanOptions(runOptions, args);
  const name = first.positionals[0] ?? "";
  const chosen = first.ended ? undefined : commands.get(name);
  if (chosen === undefined) return { command: run, scan: first };
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
