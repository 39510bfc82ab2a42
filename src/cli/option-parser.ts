import { lazy } from "../common/lazy.ts";

/**
 * Reads command line options as WasmEdge's `po` does: `--name value`, `--name=value`, single letters with one dash, `--`
 * ends the options, and so does the first positional argument, so that a guest's own options need no quoting.
 */

interface OptionBase {
  readonly description: string;
  /** A single letter that stands for the option. */
  readonly short?: string;
  /** The heading under which `--help` lists it. Absent: OPTIONS. */
  readonly group?: string;
}

export type OptionDefinition =
  | (OptionBase & { readonly kind: "toggle" })
  | (OptionBase & { readonly kind: "text"; readonly metavar: string })
  /** May be given more than once. */
  | (OptionBase & { readonly kind: "list"; readonly metavar: string })
  | (OptionBase & { readonly kind: "integer"; readonly metavar: string; readonly max: bigint });

export type OptionDefinitions = Readonly<Record<string, OptionDefinition>>;

/** Definitions that are made when somebody asks: a command line without options needs none. */
export type LazyDefinitions<D extends OptionDefinitions = OptionDefinitions> = () => D;

/** Defines options, with the kind of each in the type. */
export function defineOptions<const D extends OptionDefinitions>(make: () => D): LazyDefinitions<D> {
  return lazy(make);
}

/** The value that an option of each kind has. */
interface ValueOfKind {
  readonly toggle: true;
  readonly text: string;
  readonly list: readonly string[];
  readonly integer: bigint;
}

/** What was given; of other options there is nothing. */
export type OptionValues<D extends OptionDefinitions> = {
  readonly [name in keyof D]?: ValueOfKind[D[name]["kind"]];
};

/** An option as it was given. */
export interface Occurrence {
  readonly name: string;
  /** The text of the value; undefined for toggles. */
  readonly value: string | undefined;
}

export interface Scan {
  readonly occurrences: readonly Occurrence[];
  /** What stands from the first positional argument on. */
  readonly positionals: readonly string[];
  /** Whether `--` ended the options. */
  readonly ended: boolean;
}

/** The command line cannot be understood: exit status 1. */
export class UsageError extends Error {
  /** A second line that helps. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = "UsageError";
    this.hint = hint;
  }
}

/** Insertions, deletions, replacements, and exchanges of two neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isExchange = j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const exchanged = isExchange ? (before[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known name that is nearest to `name`, if one is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const bound = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let least = bound + 1;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

function unknownOption(name: string, definitions: LazyDefinitions): UsageError {
  const nearest = nearestName(name, Object.keys(definitions()));
  return new UsageError(
    `unknown option: ${name}`,
    nearest === undefined ? "--help lists the options." : `Did you mean --${nearest}?`,
  );
}

/** @returns the name of the option, or undefined where none is meant */
function resolveName(name: string, dashes: number, definitions: OptionDefinitions): string | undefined {
  if (dashes === 2) return Object.hasOwn(definitions, name) ? name : undefined;
  return Object.keys(definitions).find((candidate) => definitions[candidate]?.short === name);
}

/**
 * Splits the arguments into options and positional arguments.
 * @throws UsageError for an unknown option, a missing value, or a value that a toggle does not take
 */
export function scanOptions(definitions: LazyDefinitions, args: readonly string[]): Scan {
  const occurrences: Occurrence[] = [];
  let i = 0;
  for (; i < args.length; i++) {
    const argument = args[i] ?? "";
    if (argument === "--") return { occurrences, positionals: args.slice(i + 1), ended: true };
    // A lone dash is a positional argument.
    if (!argument.startsWith("-") || argument === "-") break;
    const match = /^(--?)([^-=][^=]*)(?:=([\s\S]*))?$/.exec(argument);
    if (match === null) throw unknownOption(argument.replace(/^-+/, ""), definitions);
    const [, dashes = "", given = "", inline] = match;
    const name = resolveName(given, dashes.length, definitions());
    const definition = name === undefined ? undefined : definitions()[name];
    if (name === undefined || definition === undefined) throw unknownOption(given, definitions);
    if (definition.kind === "toggle") {
      if (inline !== undefined) throw new UsageError(`option takes no value: ${name}`);
      occurrences.push({ name, value: undefined });
      continue;
    }
    occurrences.push({ name, value: inline ?? separateValue(name, args[++i], definitions) });
  }
  return { occurrences, positionals: args.slice(i), ended: false };
}

/** The value in the argument after the option's. One that begins with a dash is taken for an option, as in WasmEdge. */
function separateValue(name: string, value: string | undefined, definitions: LazyDefinitions): string {
  if (value === undefined) throw new UsageError(`missing value for option: ${name}`);
  if (!value.startsWith("-") || value === "-") return value;
  const { message } = unknownOption(value.replace(/^-+/, ""), definitions);
  throw new UsageError(message, `A value that begins with a dash is given as --${name}=${value}`);
}

function parseInteger(name: string, text: string, max: bigint): bigint {
  const hint = `--${name} takes a whole number from 0 to ${max}.`;
  if (!/^-?\d+$/.test(text)) throw new UsageError(`invalid integer value: ${text}`, hint);
  const value = BigInt(text);
  if (value < 0n || value > max) throw new UsageError(`integer value out of range: ${text}`, hint);
  return value;
}

/**
 * The values of the options that were given; of one that is no list, the last counts.
 * @throws UsageError for a number that is none
 */
export function optionValues<D extends OptionDefinitions>(
  definitions: LazyDefinitions<D>,
  occurrences: readonly Occurrence[],
): OptionValues<D> {
  const values: Record<string, ValueOfKind[keyof ValueOfKind]> = {};
  const lists: Record<string, string[]> = {};
  for (const { name, value = "" } of occurrences) {
    const definition = definitions()[name] as OptionDefinition;
    switch (definition.kind) {
      case "toggle":
        values[name] = true;
        break;
      case "text":
        values[name] = value;
        break;
      case "list":
        lists[name] ??= [];
        lists[name].push(value);
        break;
      case "integer":
        values[name] = parseInteger(name, value, definition.max);
        break;
    }
  }
  return { ...values, ...lists } as OptionValues<D>;
}
