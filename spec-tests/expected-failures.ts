import { existsSync, readFileSync, writeFileSync } from "node:fs";

/**
 * The list of what is expected to fail for now: modules that the executor refuses because they hold an instruction which
 * it does not execute yet. By suite, unit and instruction it names the numbers `n` of the modules `<unit>.<n>.wasm`:
 *
 *     { "wasm-2.0": { "simd_load": { "v128.load": "0 3-17" } } }
 *
 * What is listed is each command that needs an instance of such a module. The runner verifies each against the executor's
 * refusal, and fails where one passes. Where a module cannot be linked because a refused module should have provided its
 * imports, the entry names that one too: `"v128.const in linking.0.wasm": "1"`.
 *
 * `npm run spec -- --write-expected` writes the file; nothing but verified refusals gets into it.
 */
type Listing = { [suite: string]: { [unit: string]: { [cause: string]: string } } };

/** The modules of one unit that are expected to be refused: file name to cause. */
export type ExpectedRefusals = ReadonlyMap<string, string>;

/** File names as numbers and ranges of numbers where they have the usual form, else as they are. */
function compress(unit: string, files: readonly string[]): string {
  const numbers: number[] = [];
  const others: string[] = [];
  for (const file of files) {
    const digits = file.startsWith(`${unit}.`) ? /^(0|[1-9]\d*)\.wasm$/.exec(file.slice(unit.length + 1)) : null;
    if (digits !== null) numbers.push(Number(digits[1]));
    else if (/^\d+(?:-\d+)?$|\s/.test(file)) throw new Error(`the module ${JSON.stringify(file)} cannot be listed`);
    else others.push(file);
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
    const range = /^(\d+)(?:-(\d+))?$/.exec(word);
    if (range === null) {
      yield word;
      continue;
    }
    const first = Number(range[1]);
    for (let n = first; n <= Number(range[2] ?? first); n++) yield `${unit}.${n}.wasm`;
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
