import { existsSync, readFileSync, writeFileSync } from "node:fs";

/**
 * The list of what is expected to fail for now: modules that the executor refuses because they hold an instruction which
 * it does not execute yet. By suite, unit and instruction it names the numbers `n` of the modules `<unit>.<n>.wasm`:
 *
 *     { "wasm-2.0": { "simd_load": { "v128.load": "0 3-17" } } }
 *
 * What is listed is each command that needs an instance of such a module. The runner verifies each against the executor's
 * refusal, and fails where one passes. Where a module cannot be linked because a refused module should have provided its
 * imports, the entry names that one too: `"v128.const in linking.0.wasm": "1"`. So it does where a command cannot succeed
 * because a refused module has not written into a memory, table or global that both import; such a command is listed by
 * its module and line: `"i32.atomic.store in simple.1.wasm": "2:29"`.
 *
 * `npm run spec -- --write-expected` writes the file; nothing but verified refusals gets into it.
 */
type Listing = { [suite: string]: { [unit: string]: { [cause: string]: string } } };

/**
 * What is expected to be refused of one unit, with its cause: modules by file name, and single commands on a module by file
 * name, colon and line.
 */
export type ExpectedRefusals = ReadonlyMap<string, string>;

/** `<n>.wasm` behind the unit's name, and the line of a command. */
const usualName = /^(0|[1-9]\d*)\.wasm(:\d+)?$/;

/** File names as numbers and ranges of numbers where they have the usual form, else as they are. */
function compress(unit: string, files: readonly string[]): string {
  const numbers: number[] = [];
  const others: string[] = [];
  for (const file of files) {
    const [, number, line] = (file.startsWith(`${unit}.`) && usualName.exec(file.slice(unit.length + 1))) || [];
    if (number === undefined && /^\d|\s/.test(file)) throw new Error(`${JSON.stringify(file)} cannot be listed`);
    if (number === undefined) others.push(file);
    else if (line === undefined) numbers.push(Number(number));
    else others.push(number + line);
  }
  numbers.sort((a, b) => a - b);
  const ranges: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let end = i;
    while (numbers[end + 1] === numbers[end] + 1) end++;
    ranges.push(end === i ? `${numbers[i]}` : `${numbers[i]}-${numbers[end]}`);
    i = end + 1;
  }
  return [...ranges, ...others.sort()].join(" ");
}

function* expand(unit: string, text: string): Generator<string> {
  for (const word of text.split(" ")) {
    const [, number, end = number, line = ""] = /^(\d+)(?:-(\d+)|(:\d+))?$/.exec(word) ?? [];
    if (number === undefined) yield word;
    else for (let n = Number(number); n <= Number(end); n++) yield `${unit}.${n}.wasm${line}`;
  }
}

export class ExpectedFailures {
  private readonly listing: Listing;

  private constructor(listing: Listing) {
    this.listing = listing;
  }

  /** The list in `file`; an empty one where there is no such file. */
  static read(file: string): ExpectedFailures {
    return new ExpectedFailures(existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Listing) : {});
  }

  /** The names of the units of a suite that are listed. */
  units(suite: string): string[] {
    return Object.keys(this.listing[suite] ?? {});
  }

  /** What is listed of a unit. @throws Error where a module is listed twice */
  of(suite: string, unit: string): ExpectedRefusals {
    const refusals = new Map<string, string>();
    for (const [cause, text] of Object.entries(this.listing[suite]?.[unit] ?? {})) {
      for (const file of expand(unit, text)) {
        if (refusals.has(file)) throw new Error(`${suite}/${unit} lists ${file} twice`);
        refusals.set(file, cause);
      }
    }
    return refusals;
  }

  /** Replaces what is listed of a unit; an empty map removes it. */
  set(suite: string, unit: string, refusals: ExpectedRefusals): void {
    const files = new Map<string, string[]>();
    for (const [file, cause] of refusals) files.set(cause, [...(files.get(cause) ?? []), file]);
    const units = { ...this.listing[suite] };
    delete units[unit];
    if (files.size > 0) {
      units[unit] = Object.fromEntries([...files].sort(byKey).map(([cause, list]) => [cause, compress(unit, list)]));
    }
    delete this.listing[suite];
    if (Object.keys(units).length > 0) this.listing[suite] = units;
  }

  write(file: string): void {
    const sorted = Object.entries(this.listing)
      .sort(byKey)
      .map(([suite, units]) => [suite, Object.fromEntries(Object.entries(units).sort(byKey))]);
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
