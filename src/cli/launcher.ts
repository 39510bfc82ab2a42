import { neededProgram } from "./needed-program.ts";
import { loadProgram, type ModuleFunction, programScript, type Require } from "./program-script.ts";

/**
 * `dist/cli.js`: starts the program beside it that is needed, from what V8 has compiled of it before where there is such. It imports nothing of
 * Node's at its head: a program that prints a line would feel it.
 */

type ModuleOfNode = typeof import("node:module") & { readonly enableCompileCache?: () => unknown };

/** @param builtin gives modules of Node */
function startProgram(builtin: Require, folder: string): void {
  const program = `${folder}/${neededProgram(process.argv.slice(2))}`;
  const script = programScript(builtin, program);
  let run: ModuleFunction;
  if (script !== undefined) run = script.runInThisContext() as ModuleFunction;
  else {
    const { createRequire, enableCompileCache } = builtin("node:module") as ModuleOfNode;
    // Newer versions of Node (from 22.8 on) keep compiled programs by themselves, in a folder of their own.
    enableCompileCache?.();
    run = createRequire(import.meta.url)(program) as ModuleFunction;
  }
  loadProgram(run, builtin, program).start(() => import("watr"));
}

// From 20.16 on Node hands out its modules without a `require`.
if (process.getBuiltinModule !== undefined) startProgram(process.getBuiltinModule, import.meta.dirname);
else {
  import("node:module").then(({ createRequire }) => {
    const require = createRequire(import.meta.url);
    const { fileURLToPath } = require("node:url") as typeof import("node:url");
    startProgram(require, fileURLToPath(new URL(".", import.meta.url)).replace(/[/\\]$/, ""));
  });
}
