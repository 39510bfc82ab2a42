import * as modules from "node:module";
import { fileURLToPath } from "node:url";
import { loadProgram, type Program, programScript } from "./program-script.ts";

/** `dist/cli.js`: starts the program beside it, from what V8 has compiled of it before where there is such. */

const require = modules.createRequire(import.meta.url);
const program = fileURLToPath(new URL("cli-program.cjs", import.meta.url));
const script = programScript(require, program);
let loaded: Program;
if (script !== undefined) loaded = loadProgram(script, require, program);
else {
  // Newer versions of Node (from 22.8 on) keep compiled programs by themselves, in a folder of their own.
  (modules as { readonly enableCompileCache?: () => unknown }).enableCompileCache?.();
  loaded = require(program) as Program;
}
loaded.start(() => import("watr"));
