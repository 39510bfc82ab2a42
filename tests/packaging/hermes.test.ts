import { spawnSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { coreAsScript } from "../../scripts/core-as-script.ts";
import { dist, temporaryFolder } from "./support.ts";

const folder = temporaryFolder();

/** The package exposes no path; its compilers lie in a folder for each system. */
function hermesc(): string {
  const home = join(dirname(createRequire(import.meta.url).resolve("hermes-compiler/package.json")), "hermesc");
  const binaries: Partial<Record<NodeJS.Platform, string>> = {
    linux: "linux64-bin/hermesc",
    darwin: "osx-bin/hermesc",
    win32: "win64-bin/hermesc.exe",
  };
  const binary = binaries[process.platform];
  if (binary === undefined) throw new Error(`hermes-compiler has no compiler for ${process.platform}`);
  return join(home, binary);
}

function compile(name: string, text: string): { status: number | null; output: string; bytecode: string } {
  const source = join(folder, `${name}.js`);
  const bytecode = join(folder, `${name}.hbc`);
  writeFileSync(source, text);
  const result = spawnSync(hermesc(), ["-O", "-emit-binary", "-out", bytecode, source], { encoding: "utf8" });
  if (result.error !== undefined) throw result.error;
  return { status: result.status, output: result.stdout + result.stderr, bytecode };
}

it("Hermes compiles the core bundle", async () => {
  const { status, output, bytecode } = compile("core", coreAsScript(dist));
  expect(output.split("\n").filter((line) => line.includes("error:"))).toEqual([]);
  expect(status, output).toBe(0);
  expect(statSync(bytecode).size).toBeGreaterThan(0);
});

it("Hermes refuses what it cannot compile, so the test above can fail", () => {
  const { status, output } = compile("bad", "with ({}) { let = ; }");
  expect(status).not.toBe(0);
  expect(output).toContain("error:");
});
