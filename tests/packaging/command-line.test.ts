import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dist, root, temporaryFolder } from "./support.ts";

const folder = temporaryFolder();

/** What the command line in a folder prints for a module. */
function output(home: string, module: string): string {
  const run = spawnSync(process.execPath, [join(home, "cli.js"), join(root, "examples", module)], { encoding: "utf8" });
  if (run.error !== undefined) throw run.error;
  expect(run.stderr).toBe("");
  return run.stdout;
}

/** A copy of the command line that can find the optional package. */
function copy(name: string): string {
  const home = join(folder, name, "dist");
  mkdirSync(home, { recursive: true });
  for (const file of ["cli.js", "cli-program.cjs", "cli-program.cache"]) cpSync(join(dist, file), join(home, file));
  writeFileSync(join(folder, name, "package.json"), '{ "type": "module" }');
  symlinkSync(join(root, "node_modules"), join(folder, name, "node_modules"), "junction");
  return home;
}

it("the command line does the same with what V8 has compiled before, without it, and where it is spoilt", () => {
  expect(existsSync(join(dist, "cli-program.cache"))).toBe(true);
  const without = copy("without");
  rmSync(join(without, "cli-program.cache"));
  const spoilt = copy("spoilt");
  writeFileSync(join(spoilt, "cli-program.cache"), "no code");
  for (const home of [dist, copy("with"), without, spoilt]) {
    for (const module of ["hello.wasm", "hello.wat"]) expect(output(home, module)).toBe("Hello from WebAssembly!\n");
  }
});
