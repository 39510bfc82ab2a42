import { commandNames } from "./command-names.ts";

/**
 * Which program a command line needs. `cli-run.cjs` runs modules, and is `cli-program.cjs` without the other commands, and without
 * what observes runs and stops them, so that it starts sooner.
 */

/** The modules that are imported where they are needed, and are not in `cli-run.cjs`. */
export const lateModules: readonly string[] = ["./commands.ts", "./observation.ts", "./stoppable-run.ts"];

/** The options that need the other two. */
const observing = /^--(?:trace|profile|coverage|snapshot(?:-[a-z-]+)?)(?:=|$)/;

/**
 * The name of the program, for arguments without the program's own. A guest's argument may look like a name or an option of ours:
 * then the larger program does the same.
 */
export function neededProgram(args: readonly string[]): "cli-run.cjs" | "cli-program.cjs" {
  const others: readonly string[] = commandNames.filter((name) => name !== "run");
  const isOther = args.some((argument) => others.includes(argument) || observing.test(argument));
  return isOther ? "cli-program.cjs" : "cli-run.cjs";
}
