import { command } from "./command.ts";
import { runCommand } from "./run-command.ts";
import { runOptions } from "./run-options.ts";

/** The command that is meant where none is named. */
export const defaultCommand = command({
  usage: "[run] [OPTIONS] [--] FILE [ARG...]",
  summary:
    "Runs a WebAssembly module: its _start function, or with --reactor, and where there is no _start, the exported function that the first ARG names. Other commands: resume, debug, explain, parse, validate, instantiate, compile; COMMAND --help tells about each. FILE is a binary module, or text (.wat) where the package watr is installed; - is standard input. Options stand before FILE: what follows it is the module's.",
  examples: [
    { line: "--dir /data:./data app.wasm input.txt", effect: "Runs a program that sees ./data as /data." },
    { line: "--reactor add.wasm add 2 3", effect: "Calls the exported function add and prints its result." },
  ],
  definitions: runOptions,
  links: true,
  run: runCommand,
});
