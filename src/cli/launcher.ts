import { neededProgram } from "./needed-program.ts";
import { loadProgram, type ModuleFunction, programScript, type Require } from "./program-script.ts";

/**
 * `dist/cli.cjs`: starts the program beside it that is needed, from what V8 has compiled of it before where there is such. It is a
 * CommonJS module, and loads nothing of Node's where it need not: a program that prints a line would feel it.
 */

declare const require: Require;
declare const __dirname: string;

type ModuleOfNode = { readonly enableCompileCache?: () => unknown };

// From 20.16 on Node hands out its modules without a `require`, which is cheaper.
const builtin: Require = process.getBuiltinModule ?? require;
const program = `${__dirname}/${neededProgram(process.argv.slice(2))}`;
const script = programScript(builtin, program);
let run: ModuleFunction;
if (script !== undefined) run = script.runInThisContext() as ModuleFunction;
else {
  // Newer versions of Node (from 22.8 on) keep compiled programs by themselves, in a folder of their own.
  (builtin("node:module") as ModuleOfNode).enableCompileCache?.();
  run = require(program) as ModuleFunction;
}
loadProgram(run, builtin, program).start(() => import("watr"));
