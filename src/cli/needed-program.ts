import { commandNames } from "./command-names.ts";

/**
 * Which program a command line needs. `cli-run.cjs` runs modules, and is `cli-program.cjs` without the other commands, and without
 * what observes runs and stops them, so that it starts sooner.
 */

/** The modules that are imported where they are needed, and are not in `cli-run.cjs`. */
export const lateModules: readonly string[] = ["./commands.ts", "./observation.ts", "./stoppable-run.ts"];

/** Whether it is an option that needs the other two. A program that starts has no time for regular expressions without need. */
function isObserving(argument: string): boolean {
  return argument.startsWith("--") && /^--(?:trace|profile|coverage|snapshot(?:-[a-z-]+)?)(?:=|$)/.test(argument);
}

/**
 * The name of the program, for arguments without the program's own. A guest's argument may look like a name or an option of ours:
 * then the larger program does the same.
 */
export function neededProgram(args: readonly string[]): "cli-run.cjs" | "cli-program.cjs" {
  const others: readonly string[] = commandNames.filter((name) => name !== "run");
  const isOther = args.some((argument) => others.includes(argument) || isObserving(argument));
  return isOther ? "cli-program.cjs" : "cli-run.cjs";
}
