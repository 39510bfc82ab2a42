// Runs the command line's program on a small module and keeps what V8 has compiled of it by then beside it: see
// `src/cli/program-script.ts`. Usage: node scripts/run-ts.mjs scripts/write-compile-cache.ts PROGRAM MODULE
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { cachePath, compileProgram, loadProgram } from "../src/cli/program-script.ts";

const [program = "", module = ""] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(program);
const script = compileProgram(require, program, false);
if (script === undefined) process.exit();
process.on("exit", () => writeFileSync(cachePath(program), script.createCachedData()));
process.argv = [process.execPath, program, module];
loadProgram(script, require, program).start(() => import("watr"));
