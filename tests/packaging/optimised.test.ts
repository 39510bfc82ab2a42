import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readManifest, readProgram } from "../../bench/manifest.ts";
import { bundleForNode, temporaryFolder } from "./support.ts";

/** By V8's own traces: the trained loop is compiled, and no program makes V8 throw the compiled loop away. */

const folder = temporaryFolder();

/** Runs programs one after the other on the trained loop, each in a fresh instance, until V8 has compiled it and then all once more. */
const contents = `
import { readFileSync } from "node:fs";
import { Executor } from "./src/executor/executor.ts";
import { trainLoop } from "./src/executor/engine/training.ts";
import { Loader } from "./src/loader/loader.ts";
import { StoreManager } from "./src/store/store-manager.ts";
import { Validator } from "./src/validator/validator.ts";

const programs = JSON.parse(readFileSync(process.argv[2], "utf8"));
// Programs have run when the loop is trained: what V8 has seen before the first of them it has not kept.
for (const round of ["begin", "compile", "check"]) {
  if (round === "compile") trainLoop(true);
  console.log("round " + round);
  for (const { name, bytes, entry, argument, checksum } of round === "begin" ? programs.slice(0, 1) : programs) {
    const module = new Loader().parseModule(Uint8Array.from(bytes));
    new Validator().validate(module);
    const executor = new Executor();
    const instance = executor.instantiateModule(new StoreManager(), module);
    const [answer] = executor.invoke(instance.findFuncExports(entry), [argument]);
    if (String(answer) !== checksum) throw new Error(name + " answered " + answer);
  }
}
console.log("round end");
`;

it("V8 compiles the trained loop, and none of the benchmark programs makes it throw that away", async () => {
  const outfile = join(folder, "optimised.mjs");
  await bundleForNode(contents, outfile);
  const programs = readManifest().map((program) => ({
    name: program.name,
    bytes: [...readProgram(program)],
    entry: program.export,
    argument: program.short.argument,
    checksum: program.short.checksum,
  }));
  const list = join(folder, "programs.json");
  writeFileSync(list, JSON.stringify(programs));
  // Compiled on the main thread, so that it does not depend on other threads what is compiled when.
  const flags = ["--trace-opt", "--trace-deopt", "--no-concurrent-recompilation"];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, outfile, list], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  expect(status, stderr).toBe(0);
  const [, , compiling = "", checking = ""] = stdout.split(/^round .*$/m);
  const ofLoop = (text: string, event: string): string[] =>
    text.split("\n").filter((line) => line.startsWith(`[${event}`) && /<JSFunction run[ >]/.test(line));
  expect(ofLoop(compiling, "completed compiling")).not.toEqual([]);
  expect(ofLoop(compiling, "bailout")).toEqual([]);
  expect(ofLoop(checking, "bailout")).toEqual([]);
});
