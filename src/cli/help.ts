import { VERSION, WASMEDGE_VERSION } from "../common/version.ts";
import { Plugin } from "../plugin/plugin.ts";
import type { LazyDefinitions, OptionDefinition, OptionDefinitions } from "./option-parser.ts";
import { optInProposalOptions, proposalOptions, proposalToggleOptions } from "./options.ts";

/** The texts of `--help` and `--version`, at most 80 columns wide. */

const WIDTH = 80;
const INDENT = "      ";
const FIRST_GROUP = "OPTIONS";

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

/** The proposals' many toggles as one paragraph. */
function proposalText(): string {
  return [
    "  --enable-PROPOSAL, --disable-PROPOSAL",
    wrap("Switch a proposal on or off, after the standard: enabling comes last. PROPOSAL is one of", INDENT),
    wrap(`${Object.keys(proposalOptions).join(", ")};`, INDENT),
    wrap(`to be enabled only: ${Object.keys(optInProposalOptions).join(", ")}.`, INDENT),
  ].join("\n");
}

/** A heading, and the options below it. */
function groupText(heading: string, definitions: OptionDefinitions): string {
  const names = Object.keys(definitions).filter((name) => (definitions[name]?.group ?? FIRST_GROUP) === heading);
  const listed = names.filter((name) => !Object.hasOwn(proposalToggleOptions(), name));
  const texts = listed.map((name) => optionText(name, definitions[name] as OptionDefinition));
  if (listed.length < names.length) texts.push(proposalText());
  return [heading, ...texts, ""].join("\n");
}

/** The headings in the order in which they are shown: the proposals, which are many, come last. */
function headings(definitions: OptionDefinitions): string[] {
  const all = Array.from(new Set(Object.values(definitions).map(({ group = FIRST_GROUP }) => group)));
  const place = (heading: string): number => (heading === FIRST_GROUP ? 0 : heading === "PROPOSALS" ? 2 : 1);
  return all.sort((a, b) => place(a) - place(b));
}

/** A command line as someone would type it, without the program's name, and what it does. */
export interface Example {
  readonly line: string;
  readonly effect: string;
}

export interface Command {
  /** What stands behind the program's name. */
  readonly usage: string;
  readonly summary: string;
  readonly examples: readonly Example[];
  readonly definitions: LazyDefinitions;
}

/** The usage line alone, as it is shown when something is missing. */
export function usageText(program: string, command: Command): string {
  return `USAGE\n  ${program} ${command.usage}\n`;
}

function exampleText(program: string, { examples }: Command): string {
  const lines = examples.map(({ line, effect }) => `  ${program} ${line}\n${wrap(effect, INDENT)}`);
  return [examples.length === 1 ? "EXAMPLE" : "EXAMPLES", ...lines, ""].join("\n");
}

/** All that `--help` shows of a command. */
export function helpText(program: string, command: Command): string {
  const definitions = command.definitions();
  return [
    usageText(program, command),
    `${wrap(command.summary, "")}\n`,
    exampleText(program, command),
    ...headings(definitions).map((heading) => groupText(heading, definitions)),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}

/** The version, and a line a plugin. */
export function versionText(program: string): string {
  const plugins = Plugin.plugins().map(({ name, version: { major, minor, patch, build } }) => {
    return ` (plugin "${name}") version ${major}.${minor}.${patch}.${build}\n`;
  });
  return `${program} version ${VERSION} (follows WasmEdge ${WASMEDGE_VERSION})\n${plugins.join("")}`;
}
