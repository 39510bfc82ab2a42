import { log } from "../common/log.ts";
import { type AnyCommand, command } from "./command.ts";
import { debugCommand } from "./debug-command.ts";
import { defaultCommand } from "./default-command.ts";
import { ExitStatus } from "./exit-status.ts";
import { explainCommand } from "./explain-command.ts";
import { parseCommand, validateCommand } from "./module-commands.ts";
import { moduleOptions } from "./options.ts";
import { compileOptions, debugOptions, explainOptions, linkOptions, resumeOptions } from "./other-options.ts";
import { resumeCommand } from "./resume-command.ts";
import { instantiateCommand } from "./run-command.ts";

/** All commands. This file, and what only they need, is loaded where one of them is named: who names none shall not wait for it. */

export const commands: ReadonlyMap<string, AnyCommand> = new Map([
  ["run", defaultCommand],
  [
    "resume",
    command({
      usage: "resume [OPTIONS] [--] FILE [MODULE...]",
      summary:
        "Goes on with a run that run --snapshot has stopped into FILE, here or in another process: memories, frames, arguments, environment and open files are what they were. The directories are given again, under the same names; standard input and output are those of now. MODULE is given where the snapshot was made without modules.",
      examples: [
        {
          line: "run --snapshot app.snapshot --snapshot-at 1000000 app.wasm",
          effect: "Runs a million instructions of app.wasm, and keeps what there is then.",
        },
        { line: "resume app.snapshot", effect: "Runs the rest." },
      ],
      definitions: resumeOptions,
      links: true,
      run: resumeCommand,
    }),
  ],
  [
    "debug",
    command({
      usage: "debug [OPTIONS] [--] FILE [ARG...]",
      summary:
        "Runs a module as run does, and stops before its first instruction. Commands on standard input go on step by step, to breakpoints, or until something changes; help lists them. The module itself has no standard input.",
      examples: [{ line: "debug --reactor gcd.wasm gcd 12 18", effect: "Steps through the exported function gcd." }],
      definitions: debugOptions,
      links: true,
      run: debugCommand,
    }),
  ],
  [
    "parse",
    command({
      usage: "parse [OPTIONS] [--] FILE",
      summary: "Loads a module and prints its sections.",
      examples: [{ line: "parse app.wasm", effect: "Prints the types, imports, functions, … of app.wasm." }],
      definitions: moduleOptions,
      takesNoArguments: true,
      run: parseCommand,
    }),
  ],
  [
    "validate",
    command({
      usage: "validate [OPTIONS] [--] FILE",
      summary: "Loads and validates a module. Exit status 0: it is valid.",
      examples: [
        {
          line: "validate --wasm-2 app.wasm",
          effect: "Tells whether app.wasm needs nothing newer than WebAssembly 2.0.",
        },
      ],
      definitions: moduleOptions,
      takesNoArguments: true,
      run: validateCommand,
    }),
  ],
  [
    "instantiate",
    command({
      usage: "instantiate [OPTIONS] [--] FILE",
      summary: "Loads, validates and instantiates a module; its start function runs.",
      examples: [
        {
          line: "instantiate --module env:env.wasm app.wasm",
          effect: "Tells whether all imports of app.wasm are there, those from env.wasm included.",
        },
      ],
      definitions: linkOptions,
      links: true,
      takesNoArguments: true,
      run: instantiateCommand,
    }),
  ],
  [
    "explain",
    command({
      usage: "explain [OPTIONS] [--] FILE [ARG...]",
      summary:
        "Shows what each phase does with a small module: the sections that are loaded, the types on the operand stack around each instruction, the instances, the register code, and the first steps of a call with the ARGs. It wants no knowledge of stack machines.",
      examples: [
        { line: "explain --function gcd gcd.wasm 12 18", effect: "Follows gcd(12, 18) from the bytes to the result." },
      ],
      definitions: explainOptions,
      links: true,
      run: explainCommand,
    }),
  ],
  [
    "compile",
    command({
      usage: "compile [OPTIONS] [--] FILE OUTPUT",
      summary: "There is no ahead-of-time compiler yet: this command says so, and its exit status is 1.",
      examples: [{ line: "compile app.wasm app.so", effect: "Fails; run app.wasm as it is." }],
      definitions: compileOptions,
      run: () => {
        log.error("Compilation is not supported!");
        log.error("    There is no ahead-of-time compiler yet. A module runs as it is: wasmedge-ts FILE");
        return Promise.resolve(ExitStatus.Failure);
      },
    }),
  ],
]);
