import { readFileSync } from "node:fs";

/**
 * The command files of the suites, as `wast2json` and its relatives write them and WasmEdge's harness reads them.
 * https://github.com/WasmEdge/wasmedge-spectest
 */

/** A value as argument or as pattern of a result; numbers are decimal strings of the bits read as unsigned. */
export interface JsonValue {
  readonly type: string;
  readonly value?: string | readonly string[];
  readonly lane_type?: string;
}

export interface Action {
  readonly type: "invoke" | "get";
  /** The export's name; any Unicode string, the empty one too. */
  readonly field: string;
  readonly args?: readonly JsonValue[];
  /** The instance's name, with its dollar sign; absent: the current instance. */
  readonly module?: string;
}

interface At {
  /** In the source; for the reader only. */
  readonly line: number;
}

/** A file beside the commands that holds a module. */
interface File {
  readonly filename: string;
  readonly module_type?: "binary" | "text";
}

export interface ModuleCommand extends At, File {
  readonly type: "module" | "module_definition";
  readonly name?: string;
}

export interface ModuleInstanceCommand extends At {
  readonly type: "module_instance";
  readonly name?: string;
  readonly definition?: string;
}

export interface RegisterCommand extends At {
  readonly type: "register";
  readonly as: string;
  readonly name?: string;
}

export interface ActionCommand extends At {
  readonly type: "action" | "assert_return" | "assert_trap" | "assert_exhaustion" | "assert_exception";
  readonly action: Action;
  readonly expected?: readonly JsonValue[];
  /** Alternatives for the one and only result. */
  readonly either?: readonly JsonValue[];
  /** What the error's message has to be a prefix of. */
  readonly text?: string;
}

export interface ModuleAssertion extends At, File {
  readonly type: "assert_invalid" | "assert_malformed" | "assert_unlinkable" | "assert_uninstantiable";
  readonly text: string;
}

export interface ThreadCommand extends At {
  readonly type: "thread";
  readonly name: string;
  readonly shared?: readonly { readonly module: string }[];
  readonly commands: readonly Command[];
}

export interface WaitCommand extends At {
  readonly type: "wait";
  readonly thread: string;
}

export type Command =
  | ModuleCommand
  | ModuleInstanceCommand
  | RegisterCommand
  | ActionCommand
  | ModuleAssertion
  | ThreadCommand
  | WaitCommand;

/**
 * The commands of a file.
 * @throws Error where the file cannot be read or holds no list of commands
 */
export function readScript(file: string): readonly Command[] {
  const json = JSON.parse(readFileSync(file, "utf8")) as { readonly commands?: unknown } | null;
  const commands = json?.commands;
  if (!Array.isArray(commands)) throw new Error(`${file} holds no "commands"`);
  return commands as Command[];
}

/** The number of commands, those of threads included. */
export function countCommands(commands: readonly Command[]): number {
  return commands.reduce(
    (sum, command) => sum + 1 + (command.type === "thread" ? countCommands(command.commands) : 0),
    0,
  );
}
