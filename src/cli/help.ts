import { VERSION, WASMEDGE_VERSION } from "../common/version.ts";
import type { OptionDefinition, OptionDefinitions } from "./option-parser.ts";

/** The texts of `--help` and `--version`, at most 80 columns wide. */

const WIDTH = 80;
const INDENT = "      ";

/** Breaks a text into lines of at most `WIDTH` columns, each indented. */
function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(indent + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, indent + line].join("\n");
}

function optionText(name: string, definition: OptionDefinition): string {
  const short = definition.short === undefined ? "" : `-${definition.short}, `;
  const value = definition.kind === "toggle" ? "" : ` ${definition.metavar}`;
  return `  ${short}--${name}${value}\n${wrap(definition.description, INDENT)}`;
}

const proposalToggle = /^(enable|disable)-(?!all|jit|coredump|component|instruction-count|gas-|time-)/;

/** The proposals' many toggles as one paragraph. */
function proposalText(definitions: OptionDefinitions): string {
  const names = Object.keys(definitions).filter((name) => proposalToggle.test(name));
  if (names.length === 0) return "";
  const list = (prefix: string): string[] =>
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const disabled = list("disable-");
  const enabled = list("enable-").filter((name) => !disabled.includes(name));
  return [
    "  --enable-PROPOSAL, --disable-PROPOSAL",
    wrap("Switch a proposal on or off, after the standard: enabling comes last. PROPOSAL is one of", INDENT),
    wrap(`${disabled.join(", ")};`, INDENT),
    wrap(`to be enabled only: ${enabled.join(", ")}.`, INDENT),
  ].join("\n");
}

export interface Command {
  /** What stands behind the program's name. */
  readonly usage: string;
  readonly summary: string;
  readonly definitions: OptionDefinitions;
}

/** The usage line alone, as it is shown when something is missing. */
export function usageText(program: string, command: Command): string {
  return `USAGE\n  ${program} ${command.usage}\n`;
}

/** All that `--help` shows of a command. */
export function helpText(program: string, command: Command): string {
  const options = Object.entries(command.definitions)
    .filter(([name]) => !proposalToggle.test(name))
    .map(([name, definition]) => optionText(name, definition));
  return [
    usageText(program, command),
    `${wrap(command.summary, "")}\n`,
    "OPTIONS",
    ...options,
    proposalText(command.definitions),
    "",
  ].join("\n");
}

export function versionText(program: string): string {
  return `${program} version ${VERSION} (follows WasmEdge ${WASMEDGE_VERSION})\n`;
}
