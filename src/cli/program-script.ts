import type { Script } from "node:vm";

/**
 * The command line's program as a script that V8 has compiled before. Compiling takes more than half of the time of a program
 * that prints a line, since V8 has to look through all of ours once; with what the build has kept of an earlier
 * compilation, `cli-program.cache`, it need not. V8 itself refuses what another version of it, or one with other flags, has made,
 * and compiles.
 */

type Require = (name: string) => unknown;

/** What the program exports: `src/cli/main.ts`. */
export interface Program {
  start(importWatr: () => Promise<object>): void;
}

/** A CommonJS module, as Node calls it. */
type ModuleFunction = (exports: object, require: Require, module: object, filename: string, dirname: string) => void;

/** Where the compiled form of a program is kept. */
export function cachePath(program: string): string {
  return program.replace(/\.cjs$/, ".cache");
}

/** The file's bytes, or undefined where there is none. */
function readIfThere({ readFileSync }: typeof import("node:fs"), path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Compiles a program, or takes it from its cache.
 * @param program the path of a CommonJS module in ASCII
 * @param useCache false: it is compiled afresh
 * @returns undefined where there is no cache
 */
export function compileProgram(require: Require, program: string, useCache: boolean): Script | undefined {
  const fs = require("node:fs") as typeof import("node:fs");
  const vm = require("node:vm") as typeof import("node:vm");
  const cachedData = useCache ? readIfThere(fs, cachePath(program)) : undefined;
  if (useCache && cachedData === undefined) return undefined;
  const text = fs.readFileSync(program, "latin1");
  return new vm.Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
    filename: program,
    ...(cachedData && { cachedData: cachedData as Buffer }),
  });
}

/** What a compiled program exports. */
export function loadProgram(script: Script, require: Require, program: string): Program {
  const module = { exports: {} };
  (script.runInThisContext() as ModuleFunction)(
    module.exports,
    require,
    module,
    program,
    program.replace(/[^/\\]*$/, ""),
  );
  return module.exports as Program;
}
