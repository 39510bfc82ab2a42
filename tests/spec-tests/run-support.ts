import { join } from "node:path";
import { compile } from "watr";
import { parseOptions } from "../../spec-tests/options.ts";
import { run } from "../../spec-tests/run.ts";
import type { RecordedCounts } from "../../spec-tests/suite-sources.ts";
import { temporaryFolder, writeFiles } from "./support.ts";

/** A module as text, or its bytes. */
export type Modules = readonly (string | Uint8Array)[];

export const i32 = (value: number): object => ({ type: "i32", value: `${value >>> 0}` });

export function invoke(field: string, args: readonly object[] = [], module?: string): object {
  return { type: "invoke", field, args, ...(module === undefined ? {} : { module }) };
}

/** The files of a unit: each module is `<unit>.<n>.wasm` (`.wat` where it is given as a comment). */
export function unitFiles(
  path: string,
  modules: Modules,
  commands: readonly object[],
): { [path: string]: string | Uint8Array } {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const lined = commands.map((command, i) => ({ line: i + 1, ...command }));
  const files: { [path: string]: string | Uint8Array } = {
    [`${path}/${name}.json`]: JSON.stringify({ source_filename: `${name}.wast`, commands: lined }),
  };
  modules.forEach((module, i) => {
    files[`${path}/${name}.${i}.wasm`] = typeof module === "string" ? compile(module) : module;
  });
  return files;
}

export interface Ran {
  readonly code: number;
  readonly lines: readonly string[];
  /** "line: reason" of the commands that failed. */
  readonly failures: readonly string[];
  readonly last: string | undefined;
}

export interface Setting {
  readonly files: { readonly [path: string]: string | Uint8Array };
  readonly args?: readonly string[];
  readonly counts?: RecordedCounts["suites"];
  /** Run what is in the store instead of the folder `mine`. */
  readonly pinned?: boolean;
}

/** Runs the suites of `files` (`mine/<unit>/…`, or `store/<suite>/…` with `pinned`) as `npm run spec` does. */
export async function runFiles({ files, args = [], counts = {}, pinned = false }: Setting): Promise<Ran> {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  const lines: string[] = [];
  const code = await run(parseOptions([...args, "--failures", "0", ...(pinned ? [] : [join(folder, "mine")])]), {
    places: { shared: join(folder, "shared"), store: join(folder, "store"), cache: join(folder, "cache") },
    counts: { tag: "test", suites: counts },
    documents: { conformance: join(folder, "conformance.md"), readme: join(folder, "README.md") },
    print: (line) => lines.push(line),
  });
  const failures = lines.flatMap((line) => /^FAILED [^:]*:(\d+ .*)$/s.exec(line)?.[1] ?? []);
  return { code, lines, failures, last: lines.at(-1) };
}

export function runUnit(modules: Modules, commands: readonly object[], setting: Partial<Setting> = {}): Promise<Ran> {
  return runFiles({ files: unitFiles("mine/u", modules, commands), ...setting });
}

export const module0 = { type: "module", filename: "u.0.wasm" };

export const arithmetic = `(module
  (memory (export "mem") 1)
  (global (export "g") i32 (i32.const 42))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "div") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "nan") (result f32) (f32.reinterpret_i32 (i32.const 0x7fc00001)))
  (func (export "two") (result i32 i64) (i32.const 1) (i64.const -1))
  (func $loop (export "loop") (call $loop))
  (func (export "none")))`;

export const invalid = "(module (func (result i32) (i64.const 1)))";
export const importing = '(module (import "lib" "add" (func (param i32 i32) (result i32))))';
export const trapping = "(module (func $f unreachable) (start $f))";
/** The header of a module, and a byte that is no section. */
export const malformed = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0x7f, 0);
