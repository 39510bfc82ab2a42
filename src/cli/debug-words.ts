import type { Command } from "../debugger/stop.ts";
import { Complaint } from "./debug-complaint.ts";

/** The words of the terminal debugger: its commands, and what may stand behind them. */

/** What `help` says. */
export const helpLines = [
  "  step (s)               execute one instruction; into a function that it calls",
  "  next (n)               execute one instruction; a call whole",
  "  finish (f)             go on until this function has returned",
  "  continue (c)           go on to the next breakpoint, change or failure",
  "  break PLACE [if $LOCAL OP NUMBER]",
  "                         stop at a function (its name or index) or an offset (0x4e)",
  "  watch $GLOBAL, watch local $LOCAL, watch memory ADDRESS LENGTH",
  "                         stop when that changes",
  "  delete N               take a breakpoint or watch away; points lists them",
  "  print locals, stack, globals, $NAME, memory ADDRESS [LENGTH]",
  "  backtrace (bt)         the functions that have called each other",
  "  list (l)               the whole function",
  "  where (w)              this stop once more",
  "  core                   write all of this to a core dump; parse shows it",
  "  quit (q)               end the run",
  "  An empty line repeats the last command.",
];

/** The commands by which a run goes on, and what they ask of the debugger. */
export const goingOn = new Map<string, Command>([
  ["step", "step"],
  ["next", "over"],
  ["finish", "out"],
  ["continue", "continue"],
]);

/** All commands by their whole names. */
export const verbs = [
  ...goingOn.keys(),
  ...["break", "watch", "delete", "points", "print", "backtrace", "list", "where", "core", "help", "quit"],
];

/** The commands by their short forms. */
export const shortForms = new Map([
  ...["step", "next", "finish", "continue", "break", "print", "list", "where", "help", "quit"].map(
    (verb) => [verb.charAt(0), verb] as const,
  ),
  ["bt", "backtrace"] as const,
]);

/** @throws Complaint where words stand behind a command that takes no more: to leave them out would be to do something else */
export function expectNone(command: string, [first]: readonly string[]): void {
  if (first !== undefined) throw new Complaint(`${command} takes nothing more: ${first}`);
}

/** Where a number is wanted. @throws Complaint where it is none */
export function numberOf(text: string | undefined, what: string): number {
  const value = Number(text);
  if (text === undefined || text === "" || !Number.isSafeInteger(value) || value < 0) {
    throw new Complaint(`${what} is a number from 0 on, as 64 or 0x40.`);
  }
  return value;
}

/** A name, or an index where it is a number. @throws Complaint where there is none */
export function nameOrIndex(text: string | undefined): string | number {
  if (text === undefined) throw new Complaint("watch wants a name: watch $total, watch local $n, watch memory 64 4");
  return /^\d+$/.test(text) ? Number(text) : text;
}
